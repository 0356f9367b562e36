/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves the TSC modes of XEN_DOMCTL_settscinfo: the privileged guest builds a domain in each, of
 * two vCPUs and this same kernel, and holds the counter that one sees against its own clock:
 * its rate is the one told, by CPUID and by the PV clock as well; it never goes back, on one vCPU
 * or from one to the other; RDTSCP and the MSR show the same one; and it goes on where it was
 * when its state is saved and loaded again.
 */
#include <stddef.h>
#include <stdint.h>

#include <candor/support.h>

#undef __XEN_INTERFACE_VERSION__
#define __XEN_TOOLS__ 1
#include <xen/xen.h>

#include <xen/domctl.h>
#include <xen/hvm/save.h>
#include <xen/sched.h>

#include "boot.h"
#include "cpu.h"
#include "domain.h"
#include "evtchn.h"
#include "hypercall.h"
#include "lapic.h"
#include "pvclock.h"
#include "report.h"
#include "smp.h"
#include "string.h"

SUPPORT_TEST(pv_clock, "guest/tsc");
SUPPORT_TEST(control_interface, "guest/tsc");

#define PAGES 2048u
#define MSEC 1000000ul
#define AUX 0x5a5au
#define MSR_TSC 0x10
#define MSR_TSC_AUX 0xc0000103
#define EXT1D_RDTSCP (1u << 27)
#define NR_READS 2000u
#define NR_LOOKS 16u
#define PATIENCE (20000 * MSEC)
#define CR4_TSD 4u
#define LEAF_EMULATED 1u
#define TSC_MODE_EMULATE 1

const char guest_name[] = "tsc";

enum command { SAMPLE = 1, LEAVES, SWEEP, WRITE };

/* The domain's, at the same address in both. */
static volatile struct {
	uint64_t ready, command, nr_asked, nr_done;
	uint64_t tsc, ns;	     /* read together */
	uint64_t in_leaves[3][4];    /* CPUID leaf 3 */
	uint64_t nr_back, nr_behind; /* of NR_READS: before its own last, and the other vCPU's */
	uint64_t aux, around[3];     /* RDTSC, RDTSCP and its ECX, the MSR: one after another */
	uint64_t written, after_written; /* what the MSR was set to, and what it then showed */
} box __attribute__((aligned(4096)));

/* The domain */

static uint64_t latest;

static uint64_t rdtscp(uint32_t *ret_aux)
{
	uint32_t lo, hi;

	__asm__ volatile("rdtscp" : "=a"(lo), "=d"(hi), "=c"(*ret_aux) : : "memory");
	return (uint64_t)hi << 32 | lo;
}

static void sweep(unsigned int id)
{
	uint64_t last = 0, back = 0, behind = 0;

	for (unsigned int i = 0; i < NR_READS; i++) {
		uint64_t others = __atomic_load_n(&latest, __ATOMIC_SEQ_CST), tsc = cpu_rdtsc();

		back += tsc < last;
		behind += tsc < others;
		last = tsc;
		while (tsc > others &&
		       !__atomic_compare_exchange_n(&latest, &others, tsc, false, __ATOMIC_SEQ_CST,
						    __ATOMIC_SEQ_CST))
			;
	}
	__atomic_add_fetch(&box.nr_back, back, __ATOMIC_SEQ_CST);
	__atomic_add_fetch(&box.nr_behind, behind, __ATOMIC_SEQ_CST);
}

static void leaves(void)
{
	for (uint32_t i = 0; i < 3; i++) {
		struct cpuid_regs r = cpu_cpuid(0x40000003, i);

		box.in_leaves[i][0] = r.eax;
		box.in_leaves[i][1] = r.ebx;
		box.in_leaves[i][2] = r.ecx;
		box.in_leaves[i][3] = r.edx;
	}
}

static void read_three_ways(void)
{
	uint32_t aux = AUX;

	box.around[0] = cpu_rdtsc();
	if (cpu_cpuid(0x80000001, 0).edx & EXT1D_RDTSCP) {
		cpu_wrmsr(MSR_TSC_AUX, AUX);
		box.around[1] = rdtscp(&aux);
	} else {
		box.around[1] = box.around[0];
	}
	box.aux = aux;
	box.around[2] = cpu_rdmsr(MSR_TSC);
}

/* Counter and clock at one moment: the tightest look, as the vCPU may be held up in any. */
static void sample(void)
{
	uint64_t width = ~0ul;

	/* CR4.TSD does not concern the kernel's own level. */
	cpu_set_cr4(cpu_cr4() | CR4_TSD);
	for (unsigned int i = 0; i < NR_LOOKS; i++) {
		uint64_t before = cpu_rdtsc(), ns = pvclock_read(), after = cpu_rdtsc();

		if (after - before >= width)
			continue;
		width = after - before;
		box.tsc = before + width / 2;
		box.ns = ns;
	}
	cpu_set_cr4(cpu_cr4() & ~(uint64_t)CR4_TSD);
	read_three_ways();
}

static void write_msr(void)
{
	box.written = cpu_rdtsc() + (1ul << 40);
	cpu_wrmsr(MSR_TSC, box.written);
	box.after_written = cpu_rdtsc();
}

static void child_main(void)
{
	struct vcpu_info *info = evtchn_map_shared_info() ? evtchn_register_vcpu_info() : NULL;

	if (!info)
		report_end();
	pvclock_init(&info->time);
	smp_init(SMP_X2APIC);
	box.ready = smp_start(1);
	for (;;) {
		while (box.nr_asked == box.nr_done)
			(void)hypercall_2(__HYPERVISOR_sched_op, SCHEDOP_yield, NULL);
		if (box.command == SAMPLE)
			sample();
		else if (box.command == LEAVES)
			leaves();
		else if (box.command == WRITE)
			write_msr();
		else if (!smp_run(2, sweep))
			box.nr_back = ~0ul;
		box.nr_done = box.nr_asked;
	}
}

/* The privileged guest */

static volatile __typeof__(box) *other;
static unsigned int child;
static uint64_t host_khz;

/* When it was asked last and had answered, by our clock. */
static uint64_t asked_at, answered_at;

static bool ask(enum command command)
{
	uint64_t end;

	asked_at = pvclock_read();
	end = asked_at + PATIENCE;
	other->command = command;
	other->nr_asked++;
	while (other->nr_done != other->nr_asked && pvclock_read() < end)
		(void)hypercall_2(__HYPERVISOR_sched_op, SCHEDOP_yield, NULL);
	answered_at = pvclock_read();
	return other->nr_done == other->nr_asked;
}

static void wait_ms(uint64_t ms)
{
	uint64_t end = pvclock_read() + ms * MSEC;

	while (pvclock_read() < end)
		(void)hypercall_2(__HYPERVISOR_sched_op, SCHEDOP_yield, NULL);
}

static long set_mode(uint32_t mode, uint32_t khz, uint64_t elapsed)
{
	struct xen_domctl op = { .u.tsc_info = { .tsc_mode = mode,
						 .gtsc_khz = khz,
						 .incarnation = 7,
						 .elapsed_nsec = elapsed } };

	return domain_control(&op, XEN_DOMCTL_settscinfo, child);
}

static struct xen_domctl_tsc_info get_mode(void)
{
	struct xen_domctl op = { 0 };

	report_rc(domain_control(&op, XEN_DOMCTL_gettscinfo, child), 0, "gettscinfo");
	return op.u.tsc_info;
}

/* Is @a within a thousandth and @slack of @b? */
static bool about(uint64_t a, uint64_t b, uint64_t slack)
{
	uint64_t off = a > b ? a - b : b - a;

	return off <= b / 1000 + slack;
}

/* What a mode is and what comes of it. */
struct expected {
	const char *name;
	uint32_t mode, told_khz; /* as set */
	uint32_t khz;		 /* that comes of it; 0: the host's */
	bool emulated;
};

static void check_told(const struct expected *e, uint32_t khz)
{
	struct xen_domctl_tsc_info info = get_mode();

	report_equal(info.tsc_mode, e->mode, "the mode told");
	report_equal(info.gtsc_khz, khz, "the rate told");
	report_equal(info.incarnation, 7, "the incarnation told");
	report_ok(ask(LEAVES), "%s: it answers", e->name);
	report_equal(other->in_leaves[0][0] & LEAF_EMULATED, e->emulated, "CPUID: emulated");
	report_equal(other->in_leaves[0][1], e->mode, "CPUID: the mode");
	report_equal(other->in_leaves[0][2], khz, "CPUID: the guest's rate");
	report_equal(other->in_leaves[0][3], 7, "CPUID: the incarnation");
	report_equal(other->in_leaves[2][0], host_khz, "CPUID: the host's rate");
}

/* Nanoseconds of its counter by what CPUID told it, which are the host's time. */
static uint64_t ns_by_cpuid(uint64_t tsc)
{
	uint64_t start = other->in_leaves[1][0] | other->in_leaves[1][1] << 32;
	int32_t shift = (int32_t)other->in_leaves[1][3];
	uint64_t ticks = tsc - start;

	ticks = shift < 0 ? ticks >> -shift : ticks << shift;
	return (uint64_t)((unsigned __int128)ticks * other->in_leaves[1][2] >> 32);
}

/* Is @a between @low and @high, or a tenth of a thousandth outside? */
static bool within(uint64_t a, uint64_t low, uint64_t high)
{
	return a >= low - low / 10000 && a <= high + high / 10000;
}

static void check_rate(const struct expected *e, uint32_t khz)
{
	bool ok = ask(SAMPLE);
	uint64_t tsc = other->tsc, ns = other->ns, asked = asked_at, answered = answered_at;
	uint64_t least, most;

	report_ok(about(ns_by_cpuid(tsc), ns, 100000), "%s: %lu ns by CPUID, %lu by its clock",
		  e->name, (unsigned long)ns_by_cpuid(tsc), (unsigned long)ns);
	wait_ms(200);
	report_ok(ask(SAMPLE) && ok, "%s: it answers", e->name);
	tsc = other->tsc - tsc;
	ns = other->ns - ns;
	/* Each sample was taken between the question and the answer. */
	least = asked_at - answered;
	most = answered_at - asked;
	report_ok(within(tsc, least * khz / 1000000, most * khz / 1000000),
		  "%s: %lu ticks in %lu to %lu ns of ours, %u kHz", e->name, (unsigned long)tsc,
		  (unsigned long)least, (unsigned long)most, khz);
	report_ok(within(ns, least, most), "%s: %lu ns by its clock", e->name, (unsigned long)ns);
	report_ok(other->around[0] <= other->around[1] && other->around[1] <= other->around[2] &&
			  other->around[2] - other->around[0] < khz * 1000ul,
		  "%s: RDTSC, RDTSCP and the MSR show one counter", e->name);
	report_equal(other->aux, AUX, "TSC_AUX by RDTSCP");
}

static void check_monotone(const struct expected *e)
{
	report_ok(ask(SWEEP), "%s: two vCPUs read it at once", e->name);
	report_equal(other->nr_back, 0, "the number of times it went back");
	report_equal(other->nr_behind, 0, "the number behind the other vCPU");
}

static void check_write(const struct expected *e, uint32_t khz)
{
	struct expected after = *e;

	report_ok(ask(WRITE), "%s: it is written", e->name);
	report_ok(other->after_written >= other->written &&
			  other->after_written - other->written < khz * 1000ul,
		  "%s: and goes on from there", e->name);
	after.name = "after that";
	(void)ask(LEAVES);
	check_rate(&after, khz);
}

static struct {
	struct hvm_save_descriptor d;
	char rest[65536 - sizeof(struct hvm_save_descriptor)];
} state;

/* The counter in the first vCPU's record; 0 if there is none. */
static uint64_t saved_tsc(size_t size)
{
	const char *at = (const char *)&state, *end = at + size;

	while ((size_t)(end - at) >= sizeof(struct hvm_save_descriptor)) {
		const struct hvm_save_descriptor *d = (const void *)at;

		if (d->typecode == HVM_SAVE_CODE(CPU) && !d->instance)
			return ((const struct hvm_hw_cpu *)(at + sizeof(*d)))->tsc;
		at += sizeof(*d) + d->length;
	}
	return 0;
}

static long context(uint32_t cmd, size_t *size)
{
	struct xen_domctl op = { 0 };
	long rc;

	set_xen_guest_handle(op.u.hvmcontext.buffer, (uint8_t *)&state);
	op.u.hvmcontext.size = (uint32_t)*size;
	rc = domain_control(&op, cmd, child);
	*size = op.u.hvmcontext.size;
	return rc;
}

/* As a toolstack that saves it, and a second later restores it into a new incarnation. */
static void check_saved(const struct expected *e, uint32_t khz)
{
	struct xen_domctl op = { 0 };
	struct xen_domctl_tsc_info info;
	size_t size = sizeof(state);
	uint64_t at, back;

	report_rc(domain_control(&op, XEN_DOMCTL_pausedomain, child), 0, "pause");
	info = get_mode();
	report_rc(context(XEN_DOMCTL_gethvmcontext, &size), 0, "its state is saved");
	at = saved_tsc(size);
	wait_ms(1000);
	report_rc(set_mode(e->mode, info.gtsc_khz, info.elapsed_nsec), 0, "settscinfo again");
	report_rc(context(XEN_DOMCTL_sethvmcontext, &size), 0, "and loaded");
	size = sizeof(state);
	report_rc(context(XEN_DOMCTL_gethvmcontext, &size), 0, "and saved again");
	back = saved_tsc(size);
	report_ok(at && back >= at && back - at < 900 * (uint64_t)khz,
		  "%s: saved at %lu, it goes on at %lu", e->name, (unsigned long)at,
		  (unsigned long)back);
	report_rc(domain_unpause(child), 0, "unpause");
	(void)ask(LEAVES);
	check_rate(e, khz);
	check_monotone(e);
}

static bool start_child(const struct expected *e, uint64_t elapsed)
{
	struct domain_spec spec = { .cmdline = "role=child", .nr_vcpus = 2, .nr_pages = PAGES };

	spec.elf = domain_module(&spec.elf_size);
	if (!spec.elf || domain_build(&spec, &child))
		return false;
	report_rc(set_mode(e->mode, e->told_khz, elapsed), 0, e->name);
	other = domain_see(child, boot_gfn(&box));
	if (!other || domain_unpause(child))
		return false;
	for (uint64_t end = pvclock_read() + PATIENCE; !other->ready && pvclock_read() < end;)
		wait_ms(1);
	return other->ready;
}

static void end_child(void)
{
	domain_unsee((void *)(uint64_t)other);
	report_rc(domain_destroy(child), 0, "destroy");
}

static void check_mode(const struct expected *e)
{
	uint32_t khz = e->khz ? e->khz : (uint32_t)host_khz;

	if (!start_child(e, 0)) {
		report_ok(false, "%s: the domain runs", e->name);
		return;
	}
	report_rc(set_mode(3, 0, 0), -XEN_EINVAL, "a mode that is no more");
	check_told(e, khz);
	check_rate(e, khz);
	check_monotone(e);
	check_saved(e, khz);
	check_write(e, khz);
	end_child();
}

/* One that has run for an hour elsewhere. */
static void check_elapsed(void)
{
	const struct expected e = { "an hour before", TSC_MODE_EMULATE, 3000000, 3000000, true };
	const uint64_t hour = 3600ul * 3000000000ul;

	if (!start_child(&e, 3600000ul * MSEC)) {
		report_ok(false, "%s: the domain runs", e.name);
		return;
	}
	report_ok(ask(SAMPLE), "it answers");
	report_ok(other->tsc >= hour && other->tsc < hour + 30 * 3000000000ul,
		  "%s: the counter is at %lu", e.name, (unsigned long)other->tsc);
	end_child();
}

void guest_main(void)
{
	struct vcpu_info *info;

	if (boot_option_is("role", "child"))
		child_main();
	report_ok(hypercall_is_dom0(), "this is the privileged guest");
	info = evtchn_map_shared_info() ? evtchn_register_vcpu_info() : NULL;
	if (!info)
		return;
	pvclock_init(&info->time);
	host_khz = cpu_cpuid(0x40000003, 2).eax;
	report_equal(cpu_cpuid(0x40000003, 0).eax & LEAF_EMULATED, 0, "our own is emulated:");
	for (unsigned int i = 0; i < 6; i++) {
		const struct expected modes[] = {
			{ "default", 0, 0, 0, false },
			{ "default, of the host's rate", 0, (uint32_t)host_khz + 9, 0, false },
			{ "default, of another rate", 0, 1700000, 1700000, true },
			{ "always emulated", TSC_MODE_EMULATE, 0, 1000000, true },
			{ "always emulated, fast", TSC_MODE_EMULATE, 4321000, 4321000, true },
			{ "native", 2, 123, 0, false },
		};

		check_mode(&modes[i]);
	}
	check_elapsed();
}
