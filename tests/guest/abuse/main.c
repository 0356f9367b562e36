/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves that the hypervisor outlives a guest without manners: seed=N starts a
 * run of rounds=N random hypercalls, MSR and port accesses, control register
 * writes and odd instructions, each fault caught; it then still keeps time and
 * answers, and powers off. Only acts that would end or stop this domain by
 * right are left out. trace=on names each act.
 */
#include <stdbool.h>
#include <stdint.h>

#include <candor/support.h>

#include <xen/event_channel.h>
#include <xen/grant_table.h>
#include <xen/memory.h>
#include <xen/sched.h>
#include <xen/vcpu.h>
#include <xen/version.h>

#include "boot.h"
#include "console.h"
#include "cpu.h"
#include "hypercall.h"
#include "paging.h"
#include "report.h"
#include "string.h"
#include "trap.h"

SUPPORT_TEST(x86_svm, "guest/abuse");
SUPPORT_TEST(pvh_guest, "guest/abuse");

const char guest_name[] = "abuse";

#define CR0_NW (1UL << 29) /* this bit alone, and those above 31, crash a domain on Xen */

static uint64_t state;
static bool is_peer;
static bool is_traced;

/* With trace=on every act is named before it is done, to find the one that hurt. */
#define TRACE(...)                                   \
	do {                                         \
		if (is_traced)                       \
			console_printf(__VA_ARGS__); \
	} while (0)
static char scratch[2][4096] __attribute__((aligned(4096)));

static uint64_t next_random(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static uint64_t pick(const uint64_t *from, unsigned int nr)
{
	return from[next_random() % nr];
}

/* A number as an attacker would choose it. */
static uint64_t odd_number(void)
{
	static const uint64_t odd[] = { 0,	   1,	       2,	    31,
					64,	   4095,       4096,	    0x7ff0,
					0x7fff,	   0x7fffffff, 0x80000000,  0xffffffff,
					0xfee00,   0xfefff,    0x100000000, 1UL << 39,
					1UL << 52, 1UL << 63,  ~0UL,	    0x7fffffffffffffff };

	return next_random() & 1 ? pick(odd, sizeof(odd) / sizeof(odd[0])) : next_random();
}

/* A pointer: into scratch with odd contents, at a page end, or nowhere. */
static uint64_t odd_pointer(void)
{
	switch (next_random() % 6) {
	case 0:
		return odd_number();
	case 1:
		return PAGING_WINDOW + 4096 - next_random() % 64; /* the next page is absent */
	case 2:
		return PAGING_WINDOW + 0x100000;
	default:
		return (uint64_t)scratch[0] + next_random() % 2048;
	}
}

/* Frames in the scratch would let a call take our own memory away by right. */
static void fill_scratch(void)
{
	uint32_t *words = (uint32_t *)scratch;

	for (unsigned int i = 0; i < sizeof(scratch) / 4; i++) {
		words[i] = (uint32_t)odd_number();
		if (words[i] >= 0x100 && words[i] < 0x1000)
			words[i] = 0x7ff0;
	}
}

/* Acts that stop this domain by right. */
static bool is_forbidden(uint64_t nr, uint64_t a1)
{
	uint32_t cmd = (uint32_t)a1;

	switch (nr) {
	case __HYPERVISOR_sched_op:
		return cmd == SCHEDOP_shutdown || cmd == SCHEDOP_block || cmd == SCHEDOP_poll ||
		       cmd == SCHEDOP_watchdog;
	case __HYPERVISOR_vcpu_op:
		return cmd == VCPUOP_down || cmd == VCPUOP_register_runstate_memory_area ||
		       cmd == VCPUOP_register_vcpu_time_memory_area;
	case __HYPERVISOR_console_io:
		return cmd == CONSOLEIO_write;
	case __HYPERVISOR_memory_op:
		/* The bits above the command are a continuation's, as good as any. */
		return (cmd & 0x3f) == XENMEM_decrease_reservation ||
		       (cmd & 0x3f) == XENMEM_exchange ||
		       (cmd & 0x3f) == XENMEM_remove_from_physmap ||
		       (cmd & 0x3f) == XENMEM_add_to_physmap ||
		       (cmd & 0x3f) == XENMEM_add_to_physmap_batch;
	case __HYPERVISOR_grant_table_op:
		return cmd == GNTTABOP_copy; /* over any page of ours */
	case __HYPERVISOR_multicall:
		return true; /* it carries any of these */
	/* A hardware domain may stop the machine by these. */
	case __HYPERVISOR_platform_op:
	case __HYPERVISOR_physdev_op:
	case __HYPERVISOR_sysctl:
	case __HYPERVISOR_domctl:
		return hypercall_is_dom0();
	default:
		return false;
	}
}

static unsigned int nr_calls;
static unsigned int nr_refused;

static void abuse_hypercall(void)
{
	uint64_t nr = next_random() % 16 ? next_random() % 64 : odd_number();
	uint64_t a1 = next_random() % 4 ? next_random() % 40 : odd_number();
	uint64_t a2 = next_random() % 2 ? odd_pointer() : odd_number();
	uint64_t a3 = odd_pointer();

	if (is_forbidden(nr, a1))
		return;
	/* A long array of grant operations has its results written all over our memory. */
	if (nr == __HYPERVISOR_grant_table_op)
		a3 %= 4;
	if ((next_random() & 15) == 0)
		fill_scratch();
	nr_calls++;
	TRACE("hypercall %lx %lx %lx %lx\n", nr, a1, a2, a3);
	if (hypercall_5(nr, a1, a2, a3, odd_number(), odd_number()) < 0)
		nr_refused++;
}

static unsigned int nr_faults;

static void abuse_msr(void)
{
	static const uint64_t ranges[] = { 0x0,	       0x200,	   0x400,      0x800,
					   0x6a0,      0xc0000080, 0xc0000100, 0xc0010000,
					   0xc0010110, 0x40000000, 0xc0011000, 0xd90 };
	uint32_t msr = (uint32_t)(pick(ranges, 12) + next_random() % 64);
	uint64_t value;

	if (next_random() % 8 == 0)
		msr = (uint32_t)odd_number();
	TRACE("msr %x\n", msr);
	if (trap_read_msr(msr, &value)->vector >= 0)
		nr_faults++;
	/* An INIT or start-up IPI to ourselves would rightly stop us. */
	if (msr == 0x830 || msr == 0x10)
		return;
	if (trap_write_msr(msr, next_random() % 2 ? odd_number() : 0)->vector >= 0)
		nr_faults++;
}

static void abuse_port(void)
{
	uint16_t port = (uint16_t)next_random();

	if (is_peer || port == 0xe9)
		return;
	TRACE("port %x\n", port);
	(void)cpu_inb(port);
	(void)cpu_inl(port);
	cpu_outb(port, (uint8_t)next_random());
	cpu_outl(port, (uint32_t)next_random());
}

static void put_cr0(void *arg)
{
	cpu_set_cr0(*(uint64_t *)arg);
}

static void put_cr3(void *arg)
{
	__asm__ volatile("mov %0, %%cr3" : : "r"(*(uint64_t *)arg) : "memory");
}

extern uint64_t paging_root[512];

static void abuse_control(void)
{
	uint64_t cr4 = cpu_cr4();
	uint64_t cr0 = cpu_cr0();
	uint64_t bit = 1UL << next_random() % 64;
	uint64_t value = cr0 ^ bit;

	TRACE("control bit %lx\n", bit);
	/* Not the bits that change how the next instruction is found or run. */
	if (!(bit & 0x3011b0UL) && trap_write_cr4(cr4 ^ bit)->vector >= 0)
		nr_faults++;
	cpu_set_cr4(cr4);
	if (!(bit & (CR0_PE | CR0_PG)) && !(is_peer && bit >= CR0_NW) &&
	    trap_run(put_cr0, &value)->vector >= 0)
		nr_faults++;
	cpu_set_cr0(cr0);
	/* Not the bits above: the emulator takes them in and then refuses to run. */
	value = (uint64_t)paging_root | next_random() % 4096;
	if (trap_run(put_cr3, &value)->vector >= 0)
		nr_faults++;
	value = (uint64_t)paging_root;
	put_cr3(&value);
}

/* Instructions by their bytes, each followed by ret. */
static const unsigned char instructions[][8] = {
	{ 0x0f, 0x01, 0xd8, 0xc3 },		/* vmrun */
	{ 0x0f, 0x01, 0xd9, 0xc3 },		/* vmmcall */
	{ 0x0f, 0x01, 0xda, 0xc3 },		/* vmload */
	{ 0x0f, 0x01, 0xdb, 0xc3 },		/* vmsave */
	{ 0x0f, 0x01, 0xdc, 0xc3 },		/* stgi */
	{ 0x0f, 0x01, 0xdd, 0xc3 },		/* clgi */
	{ 0x0f, 0x01, 0xde, 0xc3 },		/* skinit */
	{ 0x0f, 0x01, 0xdf, 0xc3 },		/* invlpga */
	{ 0x0f, 0x01, 0xc1, 0xc3 },		/* vmcall */
	{ 0x0f, 0x01, 0xc8, 0xc3 },		/* monitor */
	{ 0x0f, 0x01, 0xd1, 0xc3 },		/* xsetbv */
	{ 0x0f, 0x01, 0xf9, 0xc3 },		/* rdtscp */
	{ 0x0f, 0x08, 0xc3 },			/* invd */
	{ 0x0f, 0x09, 0xc3 },			/* wbinvd */
	{ 0x0f, 0x33, 0xc3 },			/* rdpmc */
	{ 0x0f, 0xaa, 0xc3 },			/* rsm */
	{ 0x0f, 0x0b, 0xc3 },			/* ud2 */
	{ 0xf1, 0xc3 },				/* icebp */
	{ 0xcc, 0xc3 },				/* int3 */
	{ 0xcd, 0x0d, 0xc3 },			/* int 13 */
	{ 0xf0, 0x90, 0xc3 },			/* lock nop */
	{ 0x0f, 0x21, 0xc0, 0xc3 },		/* mov dr0, rax */
	{ 0x0f, 0x23, 0xc0, 0xc3 },		/* mov rax, dr0 */
	{ 0x66, 0x66, 0x66, 0x0f, 0xa2, 0xc3 }, /* cpuid behind prefixes */
	{ 0x48, 0x0f, 0x32, 0xc3 },		/* rdmsr behind rex.w */
	{ 0xf3, 0x6e, 0xc3 },			/* rep outsb */
	{ 0xf3, 0x6c, 0xc3 },			/* rep insb */
};

static unsigned char code[16] __attribute__((aligned(16)));

static void run_code(void *arg)
{
	uint64_t a = odd_number(), b = (uint64_t)scratch, c = next_random() % 8, d = 0x80;
	uint64_t to = (uint64_t)scratch[1], from = (uint64_t)scratch;

	__asm__ volatile("cld; call *%[code]"
			 : "+a"(a), "+b"(b), "+c"(c), "+d"(d), "+D"(to), "+S"(from)
			 : [code] "r"(arg)
			 : "memory", "r8", "r9", "r10", "r11", "cc");
}

static void abuse_instruction(void)
{
	unsigned int i =
		(unsigned int)(next_random() % (sizeof(instructions) / sizeof(instructions[0])));

	if (is_peer && i > 24)
		return;
	TRACE("instruction %u\n", i);
	memcpy(code, instructions[i], sizeof(instructions[i]));
	if (trap_run(run_code, code)->vector >= 0)
		nr_faults++;
}

static uint64_t option_number(const char *name, uint64_t otherwise)
{
	char text[24];
	uint64_t value = 0;

	if (!boot_option(name, text, sizeof(text)))
		return otherwise;
	for (const char *p = text; *p >= '0' && *p <= '9'; p++)
		value = value * 10 + (uint64_t)(*p - '0');
	return value;
}

/* Vectors an odd call may have raised; none is ours to answer. */
static void ignore(struct trap_frame *frame)
{
}

void guest_main(void)
{
	uint64_t rounds = option_number("rounds", 3000);
	uint64_t efer = cpu_rdmsr(MSR_EFER);
	long version;

	is_traced = boot_option_is("trace", "on");
	is_peer = boot_option_is("peer", "xen");

	state = option_number("seed", 1) * 0x9e3779b97f4a7c15UL | 1;
	for (unsigned int v = 32; v < 256; v++)
		trap_set_handler(v, ignore);
	paging_map(PAGING_WINDOW, (uint64_t)scratch[1], PTE_P | PTE_RW);
	paging_map(PAGING_WINDOW + 4096, 0, 0);
	fill_scratch();
	for (uint64_t i = 0; i < rounds; i++) {
		abuse_hypercall();
		abuse_msr();
		cpu_wrmsr(MSR_EFER, efer);
		abuse_port();
		abuse_control();
		abuse_instruction();
		if (i % 500 == 0)
			console_printf("abuse: round %lu\n", (unsigned long)i);
	}
	version = hypercall_2(__HYPERVISOR_xen_version, XENVER_version, NULL);
	report_ok(version >> 16 == 4, "the hypervisor still answers after %lu rounds",
		  (unsigned long)rounds);
	report_ok(nr_calls > rounds / 4 && nr_refused > nr_calls / 2, "it refused %u of %u calls",
		  nr_refused, nr_calls);
	report_ok(nr_faults > rounds / 2, "%u accesses faulted", nr_faults);
}
