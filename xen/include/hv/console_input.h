/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is typed on the host's console. One CPU listens; any may read. */
#ifndef HV_CONSOLE_INPUT_H
#define HV_CONSOLE_INPUT_H

#include <hv/types.h>

enum console_input_owner { CONSOLE_INPUT_DOMAIN, CONSOLE_INPUT_HYPERVISOR };

/** From now on this CPU listens, and what comes is @owner's at first. */
void console_input_init(enum console_input_owner owner);
/** Listen no more: what tests do. */
void console_input_exit(void);
/** Take what the console's drivers have, a bounded part. On the CPU that listens, no lock held. */
void console_input_look(void);
/** One byte that was typed. True: it is there for the domain to read. */
bool console_input_take(char c);
/** Up to @size bytes for the privileged domain; how many. */
uint32_t console_input_read(char *buf, uint32_t size);

#endif
