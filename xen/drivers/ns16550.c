/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Serial port of the 8250/16550 family, whose output is polled. */
#include <drivers/ns16550.h>

#include <arch/arch.h>

#define REG_DATA 0
#define REG_IER 1
#define REG_FCR 2
#define REG_LCR 3
#define REG_MCR 4
#define REG_LSR 5
#define IER_RECEIVED 0x01
#define LCR_8N1 0x03
#define LCR_DLAB 0x80
#define LSR_READY 0x01
#define LSR_THRE 0x20
#define MCR_ON 0x03   /* DTR, RTS */
#define MCR_OUT2 0x08 /* a PC lets the interrupt pass */
#define FIFO_BATCH 8  /* half of the FIFO: each may grow to CR LF */
#define BASE_BAUD 115200u
#define MAX_POLLS 1000000u /* over a character's time at 300 baud */

static uint16_t io_base;

static void write_bytes(const char *data, size_t size)
{
	while (size) {
		size_t n = MIN(size, (size_t)FIFO_BATCH);
		unsigned polls = 0;

		while (!(arch_io_read8(io_base + REG_LSR) & LSR_THRE) && ++polls < MAX_POLLS)
			;
		for (size_t i = 0; i < n; i++) {
			/* Terminals of a serial line want CR LF. */
			if (data[i] == '\n')
				arch_io_write8(io_base + REG_DATA, '\r');
			arch_io_write8(io_base + REG_DATA, (uint8_t)data[i]);
		}
		data += n;
		size -= n;
	}
}

static bool read_byte(char *ret_c)
{
	uint8_t status = arch_io_read8(io_base + REG_LSR);

	/* All ones: there is no port. */
	if (status == 0xff || !(status & LSR_READY))
		return false;
	*ret_c = (char)arch_io_read8(io_base + REG_DATA);
	return true;
}

static const struct console_ops ns16550_ops = {
	.name = "com1",
	.write = write_bytes,
	.read = read_byte,
};

void ns16550_listen(void)
{
	arch_io_write8(io_base + REG_MCR, MCR_ON | MCR_OUT2);
	arch_io_write8(io_base + REG_IER, IER_RECEIVED);
}

void ns16550_init(uint16_t base, unsigned baud)
{
	unsigned divisor = BASE_BAUD / baud;

	io_base = base;
	arch_io_write8(base + REG_IER, 0);
	arch_io_write8(base + REG_LCR, LCR_DLAB);
	arch_io_write8(base + REG_DATA, (uint8_t)divisor);
	arch_io_write8(base + REG_IER, (uint8_t)(divisor >> 8));
	arch_io_write8(base + REG_LCR, LCR_8N1);
	arch_io_write8(base + REG_FCR, 0x07); /* FIFOs on and empty */
	arch_io_write8(base + REG_MCR, MCR_ON);
	console_register(&ns16550_ops);
}
