/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What printk.c uses of the console beneath it. */
#ifndef CORE_CONSOLE_H
#define CORE_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>

/** Show text of the hypervisor, each of its lines prefixed. */
void console_write_lines(const char *text, size_t size);
/** The next byte that was typed, on whichever console. Only the CPU that listens asks. */
bool console_read(char *ret_c);
/** From now on write without taking the lock. For panic(). */
void console_break_lock(void);

#endif
