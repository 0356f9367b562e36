/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hypercalls of a test guest, by the instruction the CPU vendor has, with the
 * 64-bit register convention of the public ABI.
 */
#ifndef GUEST_HYPERCALL_H
#define GUEST_HYPERCALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <xen/xen.h>

/* Error numbers of the hypercall ABI, as in <xen/errno.h>. */
enum xen_error {
	XEN_EPERM = 1,
	XEN_ENOENT = 2,
	XEN_ESRCH = 3,
	XEN_ENXIO = 6,
	XEN_EFAULT = 14,
	XEN_EEXIST = 17,
	XEN_ENOMEM = 12,
	XEN_EINVAL = 22,
	XEN_ENOSPC = 28,
	XEN_ENOSYS = 38,
	XEN_EOPNOTSUPP = 95,
	XEN_ENOBUFS = 105,
};

/** True where the vendor's instruction is vmcall, not vmmcall. */
extern bool hypercall_vmcall;

/** Look at the vendor and try one hypercall; false if none is answered. */
bool hypercall_init(void);

static inline long hypercall_5(unsigned long nr, unsigned long a1, unsigned long a2,
			       unsigned long a3, unsigned long a4, unsigned long a5)
{
	register unsigned long r10 __asm__("r10") = a4;
	register unsigned long r8 __asm__("r8") = a5;
	long rc;

	if (hypercall_vmcall)
		__asm__ volatile("vmcall"
				 : "=a"(rc), "+D"(a1), "+S"(a2), "+d"(a3), "+r"(r10), "+r"(r8)
				 : "a"(nr)
				 : "memory");
	else
		__asm__ volatile("vmmcall"
				 : "=a"(rc), "+D"(a1), "+S"(a2), "+d"(a3), "+r"(r10), "+r"(r8)
				 : "a"(nr)
				 : "memory");
	return rc;
}

static inline long hypercall_2(unsigned long nr, unsigned long a1, const volatile void *a2)
{
	return hypercall_5(nr, a1, (unsigned long)a2, 0, 0, 0);
}

static inline long hypercall_3(unsigned long nr, unsigned long a1, unsigned long a2,
			       const volatile void *a3)
{
	return hypercall_5(nr, a1, a2, (unsigned long)a3, 0, 0);
}

/** sched_op shutdown with one of SHUTDOWN_*; does not come back. */
void hypercall_shutdown(unsigned int reason) __attribute__((noreturn));

/** hvm_op get/set of our own parameter; 0 or a negative xen_error. */
long hypercall_get_param(uint32_t index, uint64_t *ret_value);
long hypercall_set_param(uint32_t index, uint64_t value);

/** The XENFEAT bits of submap 0; 0 if there is no hypervisor. */
uint32_t hypercall_features(void);

/** True if we are the hardware domain: some calls then answer otherwise. */
bool hypercall_is_dom0(void);

#endif
