/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Serial port of the 8250/16550 family, whose output is polled. */
#ifndef DRIVERS_NS16550_H
#define DRIVERS_NS16550_H

#include <hv/printk.h>
#include <hv/types.h>

/**
 * Set up the port at I/O @base for @baud, 8N1, and make it the host console.
 * A port that is not there is used all the same; writes then vanish quickly.
 */
void ns16550_init(uint16_t base, unsigned baud);

/** From now on it interrupts when something is typed, and console_input_look() is to be called. */
void ns16550_listen(void);

#endif
