/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Counts what it costs to go from one vCPU to another: as the privileged guest, on one CPU, with a
 * second domain it builds from the boot module, which is this kernel again. TSC ticks, the least of
 * some rounds, which are instructions where the emulator's clock goes by them. Prints
 * "bench: NAME TICKS" in tenths.
 */
#include <stddef.h>
#include <stdint.h>

#include <xen/event_channel.h>
#include <xen/grant_table.h>
#include <xen/memory.h>
#include <xen/sched.h>

#include "boot.h"
#include "console.h"
#include "cpu.h"
#include "domain.h"
#include "evtchn.h"
#include "hypercall.h"
#include "lapic.h"
#include "report.h"
#include "smp.h"
#include "string.h"
#include "trap.h"

#define ROUNDS 16
#define LOOPS 50
#define PAGES 2048u
#define NR_GRANTS 32u
#define FIRST_REF 8u
#define MAP_AT 0x68000000ul /* where the granted pages are seen */
#define VECTOR_IPI 0x61

const char guest_name[] = "bench-domains";

enum command { WAIT, YIELD, ECHO };

/* The second domain's, at the same address in both. */
static volatile struct {
	uint64_t ready, command, remote, remote_port;
} box __attribute__((aligned(4096)));
static struct grant_entry_v1 table[512] __attribute__((aligned(4096)));
static char granted[NR_GRANTS][4096] __attribute__((aligned(4096)));
static char copied[NR_GRANTS][4096] __attribute__((aligned(4096)));

static unsigned int child, port;
static volatile uint64_t *child_command;
static volatile unsigned int nr_ipis[2];

static void yield(void)
{
	(void)hypercall_2(__HYPERVISOR_sched_op, SCHEDOP_yield, NULL);
}

/* The second domain */

static bool share(uint64_t with)
{
	struct xen_add_to_physmap map = { .domid = DOMID_SELF,
					  .space = XENMAPSPACE_grant_table,
					  .gpfn = boot_gfn(table) };

	if (hypercall_2(__HYPERVISOR_memory_op, XENMEM_add_to_physmap, &map))
		return false;
	for (unsigned int i = 0; i < NR_GRANTS; i++) {
		struct grant_entry_v1 *e = &table[FIRST_REF + i];

		memset(granted[i], (int)i + 1, sizeof(granted[i]));
		e->domid = (domid_t)with;
		e->frame = (uint32_t)boot_gfn(granted[i]);
		__atomic_store_n(&e->flags, GTF_permit_access, __ATOMIC_SEQ_CST);
	}
	return true;
}

static void child_main(void)
{
	struct evtchn_bind_interdomain b = { .remote_dom = (domid_t)box.remote,
					     .remote_port = (evtchn_port_t)box.remote_port };
	unsigned int seen;

	if (!evtchn_map_shared_info() || !evtchn_register_vcpu_info() || !share(box.remote) ||
	    evtchn_set_upcall(EVTCHN_DOMAIN_VECTOR) ||
	    hypercall_2(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_interdomain, &b))
		report_end();
	lapic_enable_x2apic();
	box.ready = 1;
	for (;;) {
		seen = evtchn_nr_upcalls;
		if (box.command == YIELD) {
			yield();
			continue;
		}
		while (seen == evtchn_nr_upcalls)
			cpu_halt_enabled();
		if (box.command == ECHO)
			(void)evtchn_op(EVTCHNOP_send, b.local_port);
	}
}

/* The privileged one */

static void print(const char *name, uint64_t ticks, uint64_t divisor)
{
	console_printf("bench: %s %lu.%lu\n", name, (unsigned long)(ticks / divisor),
		       (unsigned long)(ticks * 10 / divisor % 10));
}

static void measure(const char *name, void (*op)(void), unsigned int each)
{
	uint64_t least = ~0ul;

	for (unsigned int round = 0; round < ROUNDS; round++) {
		uint64_t start = cpu_rdtsc();

		for (unsigned int i = 0; i < LOOPS; i++)
			op();
		start = cpu_rdtsc() - start;
		least = start < least ? start : least;
	}
	print(name, least, (uint64_t)LOOPS * each);
}

static void op_ping(void)
{
	unsigned int seen = evtchn_nr_upcalls;

	(void)evtchn_op(EVTCHNOP_send, port);
	while (seen == evtchn_nr_upcalls)
		cpu_halt_enabled();
}

static bool copy_ok = true, map_ok = true;

static void op_copy(void)
{
	static struct gnttab_copy op[NR_GRANTS];

	for (unsigned int i = 0; i < NR_GRANTS; i++) {
		op[i] = (struct gnttab_copy){ .len = 4096, .flags = GNTCOPY_source_gref };
		op[i].source.u.ref = FIRST_REF + i;
		op[i].source.domid = (domid_t)child;
		op[i].dest.u.gmfn = boot_gfn(copied[i]);
		op[i].dest.domid = DOMID_SELF;
	}
	(void)hypercall_3(__HYPERVISOR_grant_table_op, GNTTABOP_copy, (unsigned long)op,
			  (void *)(uint64_t)NR_GRANTS);
	copy_ok &= !op[NR_GRANTS - 1].status;
}

static struct gnttab_map_grant_ref maps[NR_GRANTS];

static void op_map_unmap(void)
{
	static struct gnttab_unmap_grant_ref unmaps[NR_GRANTS];

	for (unsigned int i = 0; i < NR_GRANTS; i++)
		maps[i] = (struct gnttab_map_grant_ref){ .host_addr = MAP_AT + i * 4096ul,
							 .flags = GNTMAP_host_map,
							 .ref = FIRST_REF + i,
							 .dom = (domid_t)child };
	(void)hypercall_3(__HYPERVISOR_grant_table_op, GNTTABOP_map_grant_ref, (unsigned long)maps,
			  (void *)(uint64_t)NR_GRANTS);
	for (unsigned int i = 0; i < NR_GRANTS; i++) {
		map_ok &= !maps[i].status && *(volatile char *)maps[i].host_addr == (char)(i + 1);
		unmaps[i] = (struct gnttab_unmap_grant_ref){ .host_addr = maps[i].host_addr,
							     .handle = maps[i].handle };
	}
	(void)hypercall_3(__HYPERVISOR_grant_table_op, GNTTABOP_unmap_grant_ref,
			  (unsigned long)unmaps, (void *)(uint64_t)NR_GRANTS);
	map_ok &= !unmaps[NR_GRANTS - 1].status;
}

static void on_ipi(struct trap_frame *frame)
{
	nr_ipis[smp_id()]++;
	smp_eoi();
}

static volatile bool ipi_over;

static void op_ipi(void)
{
	unsigned int seen = nr_ipis[0];

	smp_icr(SMP_APIC_ID(1), ICR_ASSERT | VECTOR_IPI);
	while (seen == nr_ipis[0])
		cpu_halt_enabled();
}

static void answer_ipis(unsigned int id)
{
	if (!id) {
		measure("ipi_there_and_back", op_ipi, 1);
		ipi_over = true;
		smp_icr(SMP_APIC_ID(1), ICR_ASSERT | VECTOR_IPI);
		return;
	}
	/* The first one may have come with the message that woke this CPU. */
	for (unsigned int seen = 0;; seen++) {
		while (seen == nr_ipis[1])
			cpu_halt_enabled();
		if (ipi_over)
			return;
		smp_icr(SMP_APIC_ID(0), ICR_ASSERT | VECTOR_IPI);
	}
}

static void measure_ipi(void)
{
	trap_set_handler(VECTOR_IPI, on_ipi);
	smp_init(SMP_X2APIC);
	if (smp_start(1))
		report_ok(smp_run(2, answer_ipis), "IPIs go there and back");
	else
		report_ok(false, "a second vCPU starts");
}

static bool wait_gone(unsigned int id)
{
	for (unsigned int i = 0; i < 100000; i++) {
		if (domain_ended(id) < -1)
			return true;
		yield();
	}
	return false;
}

/* Paused, with memory, but nothing in it. */
static void measure_create(void)
{
	const struct domain_spec spec = { .nr_vcpus = 1, .nr_pages = PAGES };
	uint64_t least[2] = { ~0ul, ~0ul }, ticks;
	unsigned int id;
	bool ok = true;

	for (unsigned int round = 0; round < 4; round++) {
		ticks = cpu_rdtsc();
		ok &= !domain_build(&spec, &id);
		ticks = cpu_rdtsc() - ticks;
		least[0] = ticks < least[0] ? ticks : least[0];
		ticks = cpu_rdtsc();
		ok &= !domain_destroy(id) && wait_gone(id);
		ticks = cpu_rdtsc() - ticks;
		least[1] = ticks < least[1] ? ticks : least[1];
	}
	report_ok(ok, "domains come and go");
	print("domain_create_8M", least[0], 1);
	print("domain_destroy_8M", least[1], 1);
}

/* Frames the host keeps for a paused domain, beyond the domain's own. */
static uint64_t kept_by(unsigned int nr_vcpus, unsigned int nr_pages)
{
	const struct domain_spec spec = { .nr_vcpus = nr_vcpus, .nr_pages = nr_pages };
	uint64_t before = domain_host_free(), kept;
	unsigned int id;

	if (domain_build(&spec, &id))
		return 0;
	kept = before - domain_host_free() - nr_pages;
	(void)domain_destroy(id);
	(void)wait_gone(id);
	return kept;
}

static void measure_memory(void)
{
	uint64_t one, two, big;

	(void)kept_by(1, PAGES); /* what is kept from the first one on */
	one = kept_by(1, PAGES);
	two = kept_by(2, PAGES);
	big = kept_by(1, 8 * PAGES);
	print("frames_per_guest_8M", one, 1);
	print("frames_per_further_vcpu", two - one, 1);
	/* Fewer, if the first had a pool that was not used up. */
	print("frames_per_further_56M", big > one ? big - one : 0, 1);
}

static bool start_child(void)
{
	struct domain_spec spec = { .cmdline = "role=child", .nr_vcpus = 1, .nr_pages = PAGES };
	struct evtchn_alloc_unbound a = { .dom = DOMID_SELF };
	volatile uint64_t *page;

	spec.elf = domain_module(&spec.elf_size);
	if (!spec.elf || domain_build(&spec, &child))
		return false;
	a.remote_dom = (domid_t)child;
	page = domain_see(child, boot_gfn(&box));
	if (!page || hypercall_2(__HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound, &a))
		return false;
	port = a.port;
	child_command = page + 1;
	page[2] = 0; /* the privileged one's id */
	page[3] = port;
	if (domain_unpause(child))
		return false;
	for (unsigned int i = 0; i < 1000000 && !*page; i++)
		yield();
	return *page;
}

static void measure_child(void)
{
	uint64_t seen;

	*child_command = ECHO;
	op_ping();
	measure("event_there_and_back", op_ping, 1);
	report_ok(evtchn_nr_upcalls > ROUNDS * LOOPS, "events come back");
	measure("grant_copy_page", op_copy, NR_GRANTS);
	report_ok(copy_ok && copied[3][100] == 4, "grants are copied");
	measure("grant_map_unmap_page", op_map_unmap, NR_GRANTS);
	report_ok(map_ok, "grants are mapped");
	*child_command = YIELD;
	(void)evtchn_op(EVTCHNOP_send, port);
	for (unsigned int i = 0; i < 100; i++)
		yield();
	seen = cpu_rdtsc();
	measure("yield_there_and_back", yield, 1);
	*child_command = WAIT; /* from now on it sleeps */
	report_ok(cpu_rdtsc() > seen, "vCPUs take turns");
}

void guest_main(void)
{
	if (boot_option_is("role", "child"))
		child_main();
	/* Nothing but to Bochs' debugger, which tells the time. */
	__asm__ volatile("xchg %bx, %bx");
	if (!evtchn_map_shared_info() || !evtchn_register_vcpu_info()) {
		report_ok(false, "shared_info and vcpu_info are there");
		return;
	}
	lapic_enable_x2apic();
	report_rc(evtchn_set_upcall(EVTCHN_DOMAIN_VECTOR), 0, "the upcall vector");
	measure_create();
	measure_memory();
	report_ok(start_child(), "a second domain runs");
	if (child_command)
		measure_child();
	measure_ipi();
	console_printf("bench: over 0.0\n");
}
