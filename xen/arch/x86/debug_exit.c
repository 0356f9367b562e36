/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ends the emulator with a status that tests read: QEMU's isa-debug-exit at 0xf4. */
#include <candor/support.h>

#include "cpu.h"
#include "x86.h"

SUPPORT_PROVIDES(debug_exit, "x86");

#define DEBUG_EXIT_PORT 0xf4

void debug_exit(unsigned status)
{
	outb(DEBUG_EXIT_PORT, (uint8_t)status);
}
