/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The host console: whole lines only, so that lines of the hypervisor and of
 * guests never mix. What a guest has written of a line waits in a small buffer
 * of its domain until the line ends, the buffer is full, or the domain stops.
 */
#include <hv/printk.h>
#include <hv/spinlock.h>
#include <hv/string.h>

#include "console.h"

#define NR_CONSOLES 4
#define NR_GUEST_LINES 4
#define GUEST_LINE_SIZE 240
#define EARLY_SIZE 1024
#define RING_SIZE 32768u /* a power of two: indices wrap */

struct guest_line {
	char text[GUEST_LINE_SIZE];
	unsigned domid;
	unsigned len; /* 0 = nothing waits */
	bool used, seen_cr;
};

static const struct console_ops *consoles[NR_CONSOLES];
static unsigned nr_consoles;
/* Written before there is a console; the first one shows it. What does not fit is lost. */
static char early[EARLY_SIZE];
static size_t early_len;
static struct guest_line guest_lines[NR_GUEST_LINES];
/*
 * What was shown of late, for who comes later (xl dmesg): bytes [ring_start, ring_end) of
 * all that ever was, modulo 2^32.
 */
static char ring[RING_SIZE];
static uint32_t ring_start, ring_end;
static struct spinlock console_lock = SPINLOCK_INIT(LOCK_CONSOLE);
static bool lock_broken; /* panic(): the lock's holder may be the one who panics */

static void lock_console(void)
{
	if (!lock_broken)
		spin_lock(&console_lock);
}

static void unlock_console(void)
{
	if (!lock_broken)
		spin_unlock(&console_lock);
}

void console_register(const struct console_ops *ops)
{
	if (nr_consoles == NR_CONSOLES)
		return;
	if (!nr_consoles)
		ops->write(early, early_len);
	consoles[nr_consoles++] = ops;
}

static void write_early(const char *data, size_t size)
{
	size = MIN(size, sizeof(early) - early_len);
	memcpy(early + early_len, data, size);
	early_len += size;
}

void console_break_lock(void)
{
	lock_broken = true;
}

static void ring_add(const char *data, size_t size)
{
	for (size_t i = 0; i < size; i++)
		ring[ring_end++ % RING_SIZE] = data[i];
	if (ring_end - ring_start > RING_SIZE)
		ring_start = ring_end - RING_SIZE;
}

static void write_all(const char *data, size_t size)
{
	ring_add(data, size);
	if (!nr_consoles)
		write_early(data, size);
	for (unsigned i = 0; i < nr_consoles; i++)
		consoles[i]->write(data, size);
}

void console_write_lines(const char *text, size_t size)
{
	lock_console();
	while (size) {
		const char *nl = memchr(text, '\n', size);
		size_t len = nl ? (size_t)(nl - text) : size;

		write_all("(HV) ", 5);
		write_all(text, len);
		write_all("\n", 1);
		len += nl ? 1 : 0;
		text += len;
		size -= len;
	}
	unlock_console();
}

static void line_flush(struct guest_line *line)
{
	char prefix[16];
	int len = hv_snprintf(prefix, sizeof(prefix), "(d%u) ", line->domid);

	write_all(prefix, (size_t)len);
	write_all(line->text, line->len);
	write_all("\n", 1);
	line->len = 0;
}

/* The domain's line; if all are taken, the first one is shown as it is and reused. */
static struct guest_line *line_get(unsigned domid)
{
	struct guest_line *line = NULL;

	for (unsigned i = 0; i < NR_GUEST_LINES; i++) {
		if (guest_lines[i].used && guest_lines[i].domid == domid)
			return &guest_lines[i];
		if (!guest_lines[i].used && !line)
			line = &guest_lines[i];
	}
	if (!line) {
		line = &guest_lines[domid % NR_GUEST_LINES];
		if (line->len)
			line_flush(line);
	}
	line->domid = domid;
	line->used = true;
	line->seen_cr = false;
	return line;
}

static void line_add(struct guest_line *line, char c)
{
	static const char hex[] = "0123456789abcdef";
	uint8_t byte = (uint8_t)c;

	if (line->len > GUEST_LINE_SIZE - 4)
		line_flush(line);
	if (c == '\t' || (byte >= 0x20 && byte < 0x7f)) {
		line->text[line->len++] = c;
		return;
	}
	line->text[line->len++] = '\\';
	line->text[line->len++] = 'x';
	line->text[line->len++] = hex[byte >> 4];
	line->text[line->len++] = hex[byte & 15];
}

/*
 * CR LF and LF end a line; so does a lone CR, which on a terminal would let the
 * guest write over its prefix.
 */
static void line_put(struct guest_line *line, char c)
{
	bool after_cr = line->seen_cr;

	line->seen_cr = c == '\r';
	if (c == '\n') {
		line_flush(line);
		return;
	}
	if (after_cr && c != '\r' && line->len)
		line_flush(line);
	if (c != '\r')
		line_add(line, c);
}

void console_guest_write(unsigned domid, const char *data, size_t size)
{
	struct guest_line *line;

	lock_console();
	line = line_get(domid);
	for (size_t i = 0; i < size; i++)
		line_put(line, data[i]);
	unlock_console();
}

void console_guest_flush(unsigned domid)
{
	lock_console();
	for (unsigned i = 0; i < NR_GUEST_LINES; i++) {
		struct guest_line *line = &guest_lines[i];

		if (!line->used || line->domid != domid)
			continue;
		if (line->len)
			line_flush(line);
		line->used = false;
	}
	unlock_console();
}

bool console_read(char *ret_c)
{
	for (unsigned i = 0; i < nr_consoles; i++)
		if (consoles[i]->read && consoles[i]->read(ret_c))
			return true;
	return false;
}

uint32_t console_ring_read(uint32_t *index, char *buf, uint32_t size)
{
	uint32_t n = 0;

	lock_console();
	/* Older than what is kept, or from another time altogether. */
	if (ring_end - *index > ring_end - ring_start)
		*index = ring_start;
	while (n < size && *index != ring_end)
		buf[n++] = ring[(*index)++ % RING_SIZE];
	unlock_console();
	return n;
}

void console_ring_clear(void)
{
	lock_console();
	ring_start = ring_end;
	unlock_console();
}
