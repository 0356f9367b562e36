/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Output of a test guest: a small printf and two ways out. */
#include "console.h"

#include <stdbool.h>
#include <stddef.h>

#include "cpu.h"
#include "hypercall.h"

enum console_way { WAY_PORT, WAY_HYPERCALL };

static enum console_way way;
static char line[256];
static unsigned int line_size;

static long console_write(const char *text, size_t size)
{
	return hypercall_3(__HYPERVISOR_console_io, CONSOLEIO_write, size, text);
}

void console_init(void)
{
	way = hypercall_features() && console_write(line, 0) >= 0 ? WAY_HYPERCALL : WAY_PORT;
}

static void console_flush(void)
{
	if (way == WAY_PORT || console_write(line, line_size) < 0) {
		for (unsigned int i = 0; i < line_size; i++)
			cpu_outb(0xe9, (uint8_t)line[i]);
	}
	line_size = 0;
}

static void console_put(char c)
{
	line[line_size++] = c;
	if (c == '\n' || line_size == sizeof(line))
		console_flush();
}

static void put_number(unsigned long value, unsigned int base, unsigned int width, char pad)
{
	char digits[24];
	unsigned int n = 0;

	do {
		digits[n++] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value && n < sizeof(digits));
	for (unsigned int i = n; i < width; i++)
		console_put(pad);
	while (n)
		console_put(digits[--n]);
}

static void put_signed(long value)
{
	if (value < 0)
		console_put('-');
	put_number(value < 0 ? -(unsigned long)value : (unsigned long)value, 10, 0, ' ');
}

static void put_string(const char *s)
{
	while (*s)
		console_put(*s++);
}

void console_vprintf(const char *fmt, __builtin_va_list ap)
{
	for (; *fmt; fmt++) {
		char pad = ' ';
		unsigned int width = 0;
		bool is_long = false;

		if (*fmt != '%') {
			console_put(*fmt);
			continue;
		}
		if (*++fmt == '0') {
			pad = '0';
			fmt++;
		}
		while (*fmt >= '0' && *fmt <= '9')
			width = width * 10 + (unsigned int)(*fmt++ - '0');
		if (*fmt == 'l') {
			is_long = true;
			fmt++;
		}
		switch (*fmt) {
		case 's':
			put_string(__builtin_va_arg(ap, const char *));
			break;
		case 'c':
			console_put((char)__builtin_va_arg(ap, int));
			break;
		case 'd':
			put_signed(is_long ? __builtin_va_arg(ap, long)
					   : __builtin_va_arg(ap, int));
			break;
		case 'u':
		case 'x':
			put_number(is_long ? __builtin_va_arg(ap, unsigned long)
					   : __builtin_va_arg(ap, unsigned int),
				   *fmt == 'x' ? 16 : 10, width, pad);
			break;
		default:
			console_put(*fmt);
		}
	}
}

void console_printf(const char *fmt, ...)
{
	__builtin_va_list ap;

	__builtin_va_start(ap, fmt);
	console_vprintf(fmt, ap);
	__builtin_va_end(ap);
}
