/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Output of a test guest: whole lines by the console_io hypercall, or a byte
 * at a time to port 0xe9 where that is refused.
 */
#ifndef GUEST_CONSOLE_H
#define GUEST_CONSOLE_H

/** Choose the way out; needs hypercall_init(). */
void console_init(void);

/** printf with %s %c %d %u %x, the l modifier, zero and width. */
void console_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void console_vprintf(const char *fmt, __builtin_va_list ap);

#endif
