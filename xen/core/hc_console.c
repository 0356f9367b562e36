/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * console_io: a guest's early messages. What it may write at once and in a second
 * is bounded, so that it cannot drown the console; beyond that it is refused and
 * goes on, it never waits.
 */
#include <candor/support.h>

#include <stdint.h>

#include <xen/xen.h>

#include <hv/printk.h>

#include <arch/arch.h>

#include "subop.h"

SUPPORT_PROVIDES(console_io, "common");

#define WRITE_MAX 16384
#define BUDGET_MAX ((uint64_t)512 * 1024)
#define BUDGET_PER_MS 128

/* Bytes the domain may write now; they come back with time. */
static bool spend(struct domain *d, uint32_t count)
{
	stime_t now = arch_now();
	uint64_t earned = (uint64_t)(now - d->console_io_time) / NSEC_PER_MSEC * BUDGET_PER_MS;
	uint64_t used = d->console_io_used;

	if (earned) {
		used -= MIN(used, earned);
		d->console_io_time = now;
	}
	d->console_io_used = used;
	if (used + count > BUDGET_MAX)
		return false;
	d->console_io_used += count;
	return true;
}

static long console_write(struct vcpu *v, uint32_t count, uint64_t ptr)
{
	char chunk[128];

	if (count > WRITE_MAX)
		return -XEN_EINVAL;
	if (!spend(v->domain, count)) {
		printk_guest(LOG_WARNING, "d%u: console_io: over %u bytes a second, output refused",
			     v->domain->id, BUDGET_PER_MS * 1000);
		return -XEN_EBUSY;
	}
	while (count) {
		uint32_t n = MIN(count, (uint32_t)sizeof(chunk));

		if (arch_copy_from_guest(v, chunk, ptr, n))
			return -XEN_EFAULT;
		console_guest_write(v->domain->id, chunk, n);
		ptr += n;
		count -= n;
	}
	return 0;
}

/*
 * Input is the host administrator's: no guest reads it. The privileged domain may, and there
 * is none yet: the serial line is not listened to.
 */
hypercall_fn hc_console_io;
long hc_console_io(struct vcpu *v, const struct hypercall *call)
{
	switch ((uint32_t)call->arg[0]) {
	case CONSOLEIO_write:
		return console_write(v, (uint32_t)call->arg[1], guest_ptr(call, call->arg[2]));
	case CONSOLEIO_read:
		return v->domain->privileged ? 0 : -XEN_EPERM;
	default:
		return -XEN_ENOSYS;
	}
}
