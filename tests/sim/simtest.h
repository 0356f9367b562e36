/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tests in the simulator include, besides sim.h, before anything else. */
#ifndef TESTS_SIM_SIMTEST_H
#define TESTS_SIM_SIMTEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <candor/support.h>

#include <hv/errno.h>
#include <hv/frames.h>

#include "sim.h"

/** The @n-th heap_alloc() from now on fails; 0: none. Tests are linked with --wrap=heap_alloc. */
void sim_fail_alloc(unsigned n);
/** Whether it has. */
bool sim_alloc_failed(void);

#endif
