/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SIGINT, SIGTERM and SIGHUP end the work at its next step, so that what was
 * half made is removed on the way out. A second one ends it at once.
 */
#ifndef CANDOR_PUBLISH_INTERRUPT_H
#define CANDOR_PUBLISH_INTERRUPT_H

#include "trouble.h"

/** Catch the signals from here on; a closed pipe or a file over its limit is an error, no signal.
 */
void interrupt_catch(void);

/** -EINTR with trouble noted once a signal came, else 0. */
int interrupt_check(struct trouble *trouble);

#endif
