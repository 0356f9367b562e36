/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The few functions of a C library that Debian's liblzma.a refers to and
 * xen/lib does not have. unxz.c gives liblzma its own allocator, so malloc()
 * and its kin are linked but not called.
 */
#include <stddef.h>

#include <hv/frames.h>
#include <hv/printk.h>

void *malloc(size_t size);
void *calloc(size_t nmemb, size_t size);
void free(void *ptr);
void __stack_chk_fail(void) __noreturn;

void *malloc(size_t size)
{
	return heap_alloc(size);
}

void *calloc(size_t nmemb, size_t size)
{
	size_t total;

	return __builtin_mul_overflow(nmemb, size, &total) ? NULL : heap_alloc(total);
}

void free(void *ptr)
{
	heap_free(ptr);
}

/* Weak: a build of the hypervisor with stack protection brings its own. */
__attribute__((weak)) void __stack_chk_fail(void)
{
	panic("stack smashed while unpacking a kernel");
}
