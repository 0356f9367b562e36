/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an administrator observes a host by, with a tool that lies: trace buffers whose pages it
 * has mapped and scribbles over while records are written, performance counters, the console's
 * input and output, NUMA and memory information. Acts come from the input, as in
 * fuzz-hypercall.c. Found is what the sanitizers find, an unknown result, a frame that is lost.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <hv/sched.h> /* the toolstack's public headers */

#include <xen/memory.h>

#include <hv/console_input.h>
#include <hv/errno.h>
#include <hv/trace.h>

#include "fuzz.h"
#include "machine.h"
#include "shape.h"

#define MAX_ACTS 96
#define WINDOW_GFN 200 /* where the tool maps pages of trace buffers */
#define NR_WINDOW 8

static struct domain *tool(void)
{
	return fuzz_domain[0];
}

static long call(unsigned who, uint64_t nr, uint64_t a0, uint64_t a1, uint64_t a2)
{
	struct hypercall c = { .arg = { a0, a1, a2 } };
	struct domain *d = fuzz_domain[who % FUZZ_NR_DOMAINS];
	long rc = d ? hypercall_dispatch(d->vcpu[0], nr, &c) : 0;

	if (rc < 0 && (rc <= -4096 || rc == -XEN_ERESTART))
		abort();
	return rc;
}

static uint64_t pointer(struct shape *s)
{
	return shape_value(s, KIND_POINTER);
}

static void fill_tbuf(struct shape *s, struct xen_sysctl *op)
{
	struct xen_sysctl_tbuf_op *t = &op->u.tbuf_op;

	t->cmd = shape_byte(s) % 8;
	t->cpu_mask.nr_bits = (uint32_t)shape_value(s, KIND_SMALL);
	t->cpu_mask.bitmap.p = (void *)(uintptr_t)pointer(s);
	t->evt_mask = shape_byte(s) & 1 ? TRC_ALL : (uint32_t)shape_value(s, KIND_RAW);
	t->size = shape_byte(s) & 1 ? 1 + shape_byte(s) % 3u : (uint32_t)shape_value(s, KIND_SMALL);
}

static void fill_perfc(struct shape *s, struct xen_sysctl *op)
{
	op->u.perfc_op.cmd = shape_byte(s) % 4;
	op->u.perfc_op.desc.p = (void *)(uintptr_t)pointer(s);
	op->u.perfc_op.val.p = (void *)(uintptr_t)pointer(s);
}

static void fill_numa(struct shape *s, struct xen_sysctl *op)
{
	fake_host.nr_nodes = shape_byte(s) % 65u;
	op->u.numainfo.num_nodes = (uint32_t)shape_value(s, KIND_SMALL);
	op->u.numainfo.meminfo.p = (void *)(uintptr_t)pointer(s);
	op->u.numainfo.distance.p = (void *)(uintptr_t)pointer(s);
}

static void fill_heap(struct shape *s, struct xen_sysctl *op)
{
	op->u.availheap.node = (int32_t)shape_value(s, KIND_SMALL);
}

static void fill_nothing(struct shape *s, struct xen_sysctl *op)
{
}

static void sysctl(struct shape *s)
{
	static const struct {
		uint32_t cmd;
		void (*fill)(struct shape *s, struct xen_sysctl *op);
	} kinds[] = {
		{ XEN_SYSCTL_tbuf_op, fill_tbuf },	  { XEN_SYSCTL_tbuf_op, fill_tbuf },
		{ XEN_SYSCTL_perfc_op, fill_perfc },	  { XEN_SYSCTL_numainfo, fill_numa },
		{ XEN_SYSCTL_availheap, fill_heap },	  { XEN_SYSCTL_physinfo, fill_nothing },
		{ XEN_SYSCTL_lockprof_op, fill_nothing },
	};
	unsigned kind = shape_byte(s) % ARRAY_SIZE(kinds);
	struct xen_sysctl op = { .cmd = kinds[kind].cmd,
				 .interface_version = XEN_SYSCTL_INTERFACE_VERSION };
	uint8_t how = shape_byte(s);

	kinds[kind].fill(s, &op);
	memcpy(fake_guest(tool(), FUZZ_ARG), &op, sizeof(op));
	fuzz_machine_fail(how & 1 ? 1 + shape_byte(s) % 8 : 0);
	call(how & 2 ? 1 : 0, __HYPERVISOR_sysctl, FUZZ_ARG, 0, 0);
	fuzz_machine_fail(0);
}

/* Any frame, as DOMID_XEN's: mostly one that is near those of the buffers. */
static void map_frame(struct shape *s)
{
	struct xen_add_to_physmap_batch b = { .domid = DOMID_SELF,
					      .space = XENMAPSPACE_gmfn_foreign,
					      .size = 1,
					      .u.foreign_domid = DOMID_XEN };
	uint64_t *list = fake_guest(tool(), FUZZ_LIST);
	struct xen_sysctl op = { .cmd = XEN_SYSCTL_tbuf_op,
				 .interface_version = XEN_SYSCTL_INTERFACE_VERSION };

	memcpy(fake_guest(tool(), FUZZ_ARG), &op, sizeof(op));
	call(0, __HYPERVISOR_sysctl, FUZZ_ARG, 0, 0);
	memcpy(&op, fake_guest(tool(), FUZZ_ARG), sizeof(op));
	list[0] = shape_byte(s) & 7 ? op.u.tbuf_op.buffer_mfn + shape_byte(s) % 16 - 4
				    : shape_value(s, KIND_RAW);
	list[1] = WINDOW_GFN + shape_byte(s) % NR_WINDOW;
	b.idxs.p = (void *)(uintptr_t)FUZZ_LIST;
	b.gpfns.p = (void *)(uintptr_t)(FUZZ_LIST + 8);
	b.errs.p = (void *)(uintptr_t)(FUZZ_LIST + 16);
	memcpy(fake_guest(tool(), FUZZ_ARG), &b, sizeof(b));
	call(0, __HYPERVISOR_memory_op, XENMEM_add_to_physmap_batch, FUZZ_ARG, 0);
}

/* The reader's index, the writer's, or anything else in a page that is mapped. */
static void scribble(struct shape *s)
{
	static const uint32_t likely_ones[] = { 0,    4,     4088,  8172,	 8176,
						8180, 12280, 24560, 0x80000000u, UINT32_MAX };
	gfn_t g = gfn(WINDOW_GFN + shape_byte(s) % NR_WINDOW);
	unsigned at = shape_byte(s) & 3 ? 0 : shape_byte(s) * 4u;
	uint32_t value = likely_ones[shape_byte(s) % ARRAY_SIZE(likely_ones)];
	enum p2m_type type;

	arch_p2m_lookup(tool(), g, &type);
	if (type == P2M_NONE)
		return;
	if (shape_byte(s) & 1)
		value = (uint32_t)shape_value(s, KIND_RAW);
	memcpy((char *)fake_guest(tool(), g.n << PAGE_SHIFT) + at, &value, sizeof(value));
}

static void record(struct shape *s)
{
	uint32_t words[16], nr = shape_byte(s) % 16u;
	unsigned times = 1 + shape_byte(s);

	for (unsigned i = 0; i < ARRAY_SIZE(words); i++)
		words[i] = i;
	while (times--)
		trace_write((uint32_t)shape_value(s, KIND_RAW) | TRC_SCHED_MIN, words, nr);
	cpu_take_work(cpu_this());
}

static void type(struct shape *s)
{
	unsigned nr = shape_byte(s) % 32u;

	while (nr--) {
		char c = (char)(shape_byte(s) % 128);

		/* The one key that ends the host. */
		console_input_take(c == 'R' ? '\1' : c);
	}
}

static void console(struct shape *s)
{
	call(shape_byte(s), __HYPERVISOR_console_io, shape_byte(s) % 3, shape_value(s, KIND_SMALL),
	     pointer(s));
}

static void pass_time(struct shape *s)
{
	fake_clock_set(fake_host.now + shape_byte(s) * (stime_t)NSEC_PER_MSEC);
	vcpu_block(tool()->vcpu[0]);
	vcpu_wake(tool()->vcpu[0]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const acts[])(struct shape * s) = { sysctl, sysctl, map_frame, scribble,
							  record, type,	  console,   pass_time };
	struct shape s = { data, data + size };

	fuzz_machine_up();
	console_input_init(CONSOLE_INPUT_DOMAIN);
	for (unsigned i = 0; i < MAX_ACTS && s.at < s.end; i++)
		acts[shape_byte(&s) % ARRAY_SIZE(acts)](&s);
	console_input_exit();
	fake_host.nr_nodes = 0;
	trace_exit();
	fuzz_machine_down();
	return 0;
}
