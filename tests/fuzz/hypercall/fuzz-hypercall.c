/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One hypercall, FUZZ_NR, through the real decoder. An input is a list of acts: mostly calls,
 * whose structures are made of fields by kind (shape.c) so that they reach beyond the first
 * check; and what a guest or its end does between them. Found is what the sanitizers
 * find, an unknown result, a call that never ends, a frame that is lost.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <xen/grant_table.h>

#include <hv/errno.h>

#include "fuzz.h"
#include "machine.h"
#include "shape.h"

#define MAX_ACTS 64
#define MAX_RESTARTS 300000

static bool known_result(long rc)
{
	/* -ERESTART never leaves; a guest's own number below that is a result. */
	return rc > -4096 ? rc != -XEN_ERESTART : rc >= 0;
}

static void call(struct vcpu *v, uint64_t nr, struct hypercall *c)
{
	long rc = hypercall_dispatch(v, nr, c);

	for (unsigned i = 0; rc == -XEN_ERESTART; i++) {
		if (i == MAX_RESTARTS)
			abort();
		/* What waits for another CPU to let go of something gets it. */
		for (unsigned cpu = 1; i > 64 && cpu < FUZZ_NR_CPUS; cpu++)
			fuzz_machine_run(cpu);
		/* An interrupted call that makes no progress would be one that never ends. */
		fake_host.preempt_every = i > 64 ? 0 : fake_host.preempt_every;
		memcpy(c->arg, v->again.arg, sizeof(c->arg));
		rc = hypercall_dispatch(v, v->again.nr, c);
	}
	if (!known_result(rc))
		abort();
}

static struct vcpu *pick_vcpu(struct shape *s)
{
	uint8_t who = shape_byte(s);
	struct domain *d = fuzz_domain[who % 8 < FUZZ_NR_DOMAINS ? who % 8 : 0];

	return d && d->state == DOMAIN_ALIVE ? d->vcpu[who / 8 % FUZZ_NR_VCPUS] : NULL;
}

/* A toolstack's calls come from where it is, but for a few. */
static struct vcpu *pick_caller(struct shape *s, unsigned nr)
{
	struct vcpu *v = pick_vcpu(s);

	if (v && shape_is_control(nr) && fuzz_domain[0] && shape_byte(s) < 240)
		v = fuzz_domain[0]->vcpu[v->id];
	return v;
}

static void make_call(struct shape *s, unsigned nr)
{
	struct vcpu *v = pick_caller(s, nr);
	uint8_t how = shape_byte(s);
	struct hypercall c = { .compat = how & 1 };

	/* What it called before may have shut it down. */
	if (!v || v->domain->state != DOMAIN_ALIVE || !shape_call(s, v->domain, nr, &c))
		return;
	fuzz_machine_fail(how & 2 ? 1 + shape_byte(s) % 8 : 0);
	fake_host.preempt_every = how & 4 ? 1 + (how >> 4) : 0;
	fake_host.fail_p2m_map = how & 8 ? 1 + shape_byte(s) % 4 : 0;
	call(v, nr, &c);
	fuzz_machine_fail(0);
	fake_host.fail_p2m_map = 0;
	fake_host.preempt_every = 0;
}

/* A guest writes where the hypervisor reads: an entry of its grant table. */
static void write_grant(struct shape *s)
{
	struct vcpu *v = pick_vcpu(s);
	enum p2m_type type;
	uint8_t *e;

	if (!v)
		return;
	arch_p2m_lookup(v->domain, gfn(FUZZ_TABLE_GFN), &type);
	if (type == P2M_NONE)
		return;
	e = fake_guest(v->domain, (uint64_t)FUZZ_TABLE_GFN << PAGE_SHIFT);
	e += shape_byte(s) % 32 * 8u;
	*(uint16_t *)e = (uint16_t)(shape_byte(s) | (shape_byte(s) & 1) << 8);
	*(uint16_t *)(e + 2) = (uint16_t)shape_value(s, KIND_DOMID);
	*(uint32_t *)(e + 4) = (uint32_t)shape_value(s, KIND_GFN);
}

static void scribble(struct shape *s)
{
	struct vcpu *v = pick_vcpu(s);
	unsigned at = shape_byte(s) * 16u, nr = shape_byte(s) % 64;

	if (v && at + nr <= PAGE_SIZE)
		memset((char *)v->domain->shared_info + at, shape_byte(s), nr);
}

static void act(struct shape *s)
{
	uint8_t what = shape_byte(s);

	if (what < 160) {
		make_call(s, FUZZ_NR);
	} else if (what < 208) {
		/* What else a guest calls: the state the target works on. */
		static const unsigned others[] = { __HYPERVISOR_memory_op,
						   __HYPERVISOR_grant_table_op,
						   __HYPERVISOR_event_channel_op,
						   __HYPERVISOR_vcpu_op };

		make_call(s, others[what % 4]);
	} else if (what < 240) {
		write_grant(s);
	} else if (what < 248) {
		scribble(s);
	} else if (what < 250) {
		fake_clock_set(fake_host.now + shape_byte(s) * 1000);
	} else if (what < 252) {
		fuzz_machine_run(shape_byte(s) % FUZZ_NR_CPUS);
	} else {
		fuzz_machine_kill(1 + what % 2, shape_byte(s) % 4);
	}
}

/* The debug key that reboots the host ends an input: what comes after it is another host. */
static bool run(struct shape *s)
{
	jmp_buf stopped;

	if (setjmp(stopped))
		return false;
	fake_host.on_stop = &stopped;
	for (unsigned i = 0; i < MAX_ACTS && s->at < s->end; i++)
		act(s);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct shape s = { data, data + size };
	bool stands;

	fuzz_machine_up();
	stands = run(&s);
	fake_host.on_stop = NULL;
	/* A panic is no end a guest may bring about. */
	if (!stands && fake_host.stop_status == HOST_EXIT_PANIC)
		abort();
	fuzz_machine_down();
	return 0;
}
