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

#include <hv/console_input.h>
#include <hv/printk.h>

#include <arch/arch.h>

#include "subop.h"

SUPPORT_PROVIDES(console_io, "common");

#define WRITE_MAX 16384
static long console_write(struct vcpu *v, uint32_t count, uint64_t ptr)
{
	char chunk[128];

	if (count > WRITE_MAX)
		return -XEN_EINVAL;
	if (count && !console_allow(v->domain, count, CONSOLE_ALL)) {
		printk_guest(LOG_WARNING, "d%u: console_io: over %u bytes a second, output refused",
			     v->domain->id, CONSOLE_BYTES_PER_SECOND);
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

/* What was typed on the host's console is the administrator's: no other guest reads it. */
static long console_read_input(struct vcpu *v, uint32_t count, uint64_t ptr)
{
	uint32_t done = 0;
	char chunk[128];

	if (!v->domain->privileged)
		return -XEN_EPERM;
	while (SUPPORT_ENABLED(console_input) && done < count) {
		uint32_t n = console_input_read(chunk, MIN(count - done, (uint32_t)sizeof(chunk)));

		if (!n)
			break;
		if (arch_copy_to_guest(v, ptr + done, chunk, n))
			return -XEN_EFAULT;
		done += n;
	}
	return done;
}

hypercall_fn hc_console_io;
long hc_console_io(struct vcpu *v, const struct hypercall *call)
{
	switch ((uint32_t)call->arg[0]) {
	case CONSOLEIO_write:
		return console_write(v, (uint32_t)call->arg[1], guest_ptr(call, call->arg[2]));
	case CONSOLEIO_read:
		return console_read_input(v, (uint32_t)call->arg[1], guest_ptr(call, call->arg[2]));
	default:
		return -XEN_ENOSYS;
	}
}
