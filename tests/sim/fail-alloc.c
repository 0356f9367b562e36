/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An allocator that fails on request. */
#include "simtest.h"

static unsigned countdown;
static bool failed;

void *__real_heap_alloc(size_t size);
void *__wrap_heap_alloc(size_t size);

void *__wrap_heap_alloc(size_t size)
{
	if (countdown && !--countdown) {
		failed = true;
		return NULL;
	}
	return __real_heap_alloc(size);
}

void sim_fail_alloc(unsigned n)
{
	countdown = n;
	failed = false;
}

bool sim_alloc_failed(void)
{
	return failed;
}
