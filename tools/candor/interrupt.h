/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SIGINT, SIGTERM and SIGHUP end the work at its next step, so that what was
 * half made is removed on the way out. A second one ends it at once.
 */
#ifndef CANDOR_INTERRUPT_H
#define CANDOR_INTERRUPT_H

#include <stdbool.h>

struct candor;

/**
 * Catch the signals from here on, and end the work of @c when one came; a closed pipe or
 * a file over its limit is an error, no signal. On a terminal standard error shows, with
 * the command's name, what is done next; NULL for @command: not.
 */
void interrupt_catch(struct candor *c, const char *command);

/** Take what was shown last off the terminal again. */
void interrupt_clear(const char *command);

/** Say so when a signal came; else false. */
bool interrupt_say(void);

#endif
