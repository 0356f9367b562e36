/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The hostile guest: on each of its vCPUs, at the same time, random hypercalls, registers, ports,
 * page tables, descriptors, interprocessor messages. Whatever it breaks of its own is its own
 * affair; what it can mend it mends, to go on longer.
 */
#include <stddef.h>
#include <stdint.h>

#include <xen/event_channel.h>
#include <xen/grant_table.h>
#include <xen/memory.h>
#include <xen/sched.h>
#include <xen/vcpu.h>

#include "boot.h"
#include "cpu.h"
#include "hypercall.h"
#include "mailbox.h"
#include "smp.h"
#include "string.h"
#include "trap.h"

#define PAGE 4096ul
#define NR_TABLES 4
#define WILD 0xffff900000000000ul /* addresses that the random tables stand for */
#define WILD_SLOT 288u
#define DEADLY 20000u /* one act in so many may end it all */
#define GDT_ENTRIES 16
#define LDT_SELECTOR(n) ((uint16_t)((n) << 3 | 4))

extern const char attacker_stubs[];
extern uint64_t paging_root[512], gdt_table[];
uint64_t attacker_slots[HOSTILE_CPUS];
int attacker_try(void (*fn)(void *arg), void *arg, uint64_t *slot);

struct gate {
	uint16_t offset_low, selector;
	uint8_t ist, type;
	uint16_t offset_mid;
	uint32_t offset_high, reserved;
};

struct __attribute__((packed)) tss {
	uint32_t reserved0;
	uint64_t rsp[3], reserved1, ist[7], reserved2;
	uint16_t reserved3, io_map;
};

struct __attribute__((packed)) table_pointer {
	uint16_t limit;
	uint64_t base;
};

/* What each CPU has for itself. */
static struct cpu_own {
	uint64_t root[512] __attribute__((aligned(4096)));
	uint64_t tables[NR_TABLES][512];
	struct gate idt[32];
	uint64_t gdt[GDT_ENTRIES];
	uint64_t ldt[512];
	char stack[8192] __attribute__((aligned(16)));
	char scratch[2 * 4096] __attribute__((aligned(4096)));
	struct tss tss;
	uint64_t random;
	unsigned int id;
	bool may_die;
} own[HOSTILE_CPUS];

static uint64_t nr_acts;
static uint64_t chosen; /* bits of kinds[]: to find the one that hurt */

static uint64_t next(struct cpu_own *c)
{
	c->random ^= c->random << 13;
	c->random ^= c->random >> 7;
	c->random ^= c->random << 17;
	return c->random;
}

static uint64_t odd_number(struct cpu_own *c)
{
	static const uint64_t odd[] = { 0,	     1,
					2,	     3,
					31,	     64,
					511,	     4095,
					4096,	     0x7ff0,
					0x7ff1,	     0x7fff,
					0x7fffffff,  0x80000000,
					0xffffffff,  0xfee00,
					0x100000000, 1ul << 39,
					1ul << 52,   1ul << 63,
					~0ul,	     0x7ffffffffffffffful };

	return next(c) & 1 ? odd[next(c) % (sizeof(odd) / sizeof(odd[0]))]
			   : next(c) >> next(c) % 64;
}

static uint64_t wild_address(struct cpu_own *c)
{
	return WILD + (next(c) % (1ul << 39)) / (1ul << next(c) % 32);
}

static uint64_t odd_pointer(struct cpu_own *c)
{
	switch (next(c) % 8) {
	case 0:
		return odd_number(c);
	case 1:
		return wild_address(c);
	case 2:
		return (uint64_t)c->scratch + sizeof(c->scratch) - next(c) % 64;
	default:
		return (uint64_t)c->scratch + next(c) % 4096;
	}
}

static void fill_scratch(struct cpu_own *c)
{
	uint32_t *words = (uint32_t *)c->scratch;
	unsigned int at = (unsigned int)(next(c) % 1024);

	for (unsigned int i = 0; i < 64; i++)
		words[at + i] = (uint32_t)odd_number(c);
	/* Often a domain that exists, so that the call gets beyond finding it. */
	words[at] = (uint32_t)(next(c) % 4 ? DOMID_SELF : next(c) % 8);
}

/* What ends the guest, silences it, or floods the console. */
static bool is_end(const struct cpu_own *c, uint64_t nr, uint32_t cmd)
{
	switch (nr) {
	case __HYPERVISOR_sched_op:
		return cmd == SCHEDOP_shutdown || cmd == SCHEDOP_block || cmd == SCHEDOP_poll ||
		       cmd == SCHEDOP_watchdog;
	case __HYPERVISOR_vcpu_op:
		return !c->may_die && (cmd == VCPUOP_down || cmd == VCPUOP_initialise);
	case __HYPERVISOR_console_io:
		return true;
	case __HYPERVISOR_memory_op:
		return !c->may_die &&
		       ((cmd & 0x3f) == XENMEM_decrease_reservation ||
			(cmd & 0x3f) == XENMEM_exchange || (cmd & 0x3f) == XENMEM_add_to_physmap ||
			(cmd & 0x3f) == XENMEM_remove_from_physmap ||
			(cmd & 0x3f) == XENMEM_add_to_physmap_batch);
	default:
		return false;
	}
}

/* One call in a few is a multicall, of four that are allowed. */
static uint64_t one_call(struct cpu_own *c, uint64_t *args)
{
	uint64_t nr;

	do {
		nr = next(c) % 16 ? next(c) % 48 : odd_number(c);
		args[0] = next(c) % 4 ? next(c) % 40 : odd_number(c);
	} while (is_end(c, nr, (uint32_t)args[0]) || nr == __HYPERVISOR_multicall);
	args[1] = next(c) % 4 ? odd_pointer(c) : odd_number(c);
	args[2] = nr == __HYPERVISOR_grant_table_op ? next(c) % 4 : odd_pointer(c);
	args[3] = odd_number(c);
	args[4] = odd_number(c);
	return nr;
}

static void do_hypercall(void *arg)
{
	struct cpu_own *c = arg;
	uint64_t args[6] = { 0 };
	uint64_t nr = one_call(c, args);

	if (next(c) % 8 == 0)
		fill_scratch(c);
	if (next(c) % 16 == 0) {
		struct multicall_entry *m = (void *)c->scratch;

		for (unsigned int i = 0; i < 4; i++)
			m[i].op = one_call(c, m[i].args);
		nr = __HYPERVISOR_multicall;
		args[0] = (uint64_t)m;
		args[1] = 4;
	}
	(void)hypercall_5(nr, args[0], args[1], args[2], args[3], args[4]);
}

static uint32_t odd_msr(struct cpu_own *c)
{
	static const uint32_t ranges[] = { 0x0,	       0x10,	   0x40,       0x174,
					   0x200,      0x400,	   0x6a0,      0x800,
					   0xd90,      0x40000000, 0xc0000080, 0xc0000100,
					   0xc0010000, 0xc0010110, 0xc0011000 };

	return next(c) % 8 ? ranges[next(c) % 15] + (uint32_t)(next(c) % 64)
			   : (uint32_t)odd_number(c);
}

static void do_rdmsr(void *arg)
{
	(void)cpu_rdmsr(odd_msr(arg));
}

static void do_wrmsr(void *arg)
{
	uint32_t msr = odd_msr(arg);

	/* Messages have an act of their own; the APIC's mode would make smp_icr() fault. */
	if (msr == 0x830 || msr == 0x1b)
		return;
	cpu_wrmsr(msr, odd_number(arg));
}

static void do_port(void *arg)
{
	struct cpu_own *c = arg;
	uint16_t port = (uint16_t)next(c);
	uint64_t at = odd_pointer(c), count = next(c) % 300;

	/* The console, and the reset that would end it. */
	if (port == 0xe9 || (port >= 0xcf6 && port <= 0xcf9))
		return;
	switch (next(c) % 6) {
	case 0:
		(void)cpu_inb(port);
		break;
	case 1:
		(void)cpu_inl(port);
		break;
	case 2:
		cpu_outb(port, (uint8_t)next(c));
		break;
	case 3:
		cpu_outl(port, (uint32_t)next(c));
		break;
	case 4:
		__asm__ volatile("rep outsb" : "+S"(at), "+c"(count) : "d"(port) : "memory");
		break;
	default:
		at = (uint64_t)c->scratch + next(c) % 4096;
		__asm__ volatile("rep insl" : "+D"(at), "+c"(count) : "d"(port) : "memory");
	}
}

static void do_control(void *arg)
{
	struct cpu_own *c = arg;
	uint64_t bit = 1ul << next(c) % 64;

	switch (next(c) % 3) {
	case 0:
		/* Not PE and PG: without them not even a trap comes back. */
		if (c->may_die || !(bit & (CR0_PE | CR0_PG)))
			cpu_set_cr0(cpu_cr0() ^ bit);
		break;
	case 1:
		if (c->may_die || bit != CR4_PAE)
			cpu_set_cr4(cpu_cr4() ^ bit);
		break;
	default:
		__asm__ volatile("mov %0, %%cr8" : : "r"(odd_number(c) % 32));
		__asm__ volatile("mov %0, %%cr8" : : "r"(0ul));
	}
}

/* A random entry, then whatever it means to the CPU, the hypervisor or the port. */
static void do_page_table(void *arg)
{
	struct cpu_own *c = arg;
	uint64_t *table = c->tables[next(c) % NR_TABLES];
	uint64_t to = (uint64_t)c->tables[next(c) % NR_TABLES];
	uint64_t entry = next(c) % 4 ? to | next(c) % 4096 : odd_number(c);
	uint64_t address = wild_address(c);
	volatile uint8_t *byte = (volatile uint8_t *)address;
	uint64_t count = 3;

	if (next(c) % 16 == 0)
		entry ^= 1ul << next(c) % 64;
	table[next(c) % 8 ? address >> 12 & 511 : next(c) % 512] = entry;
	if (next(c) % 16 == 0)
		c->root[WILD_SLOT] = (uint64_t)c->tables[0] | 7 | (next(c) % 8 ? 0 : next(c));
	switch (next(c) % 6) {
	case 0:
		(void)*byte;
		break;
	case 1:
		__asm__ volatile("invlpg (%0)" : : "r"(address) : "memory");
		break;
	case 2:
		(void)hypercall_2(__HYPERVISOR_xen_version, 1, (void *)address);
		break;
	case 3:
		(void)hypercall_2(__HYPERVISOR_event_channel_op, next(c) % 14, (void *)address);
		break;
	case 4:
		__asm__ volatile("rep outsb" : "+S"(address), "+c"(count) : "d"(0x80) : "memory");
		break;
	default:
		/* Code there, if anything lets it: a write would hit ourselves. */
		if (c->may_die)
			((void (*)(void))address)();
	}
}

static void load_random(struct cpu_own *c, uint16_t selector)
{
	switch (next(c) % 6) {
	case 0:
		__asm__ volatile("mov %0, %%ds" : : "r"((uint32_t)selector));
		break;
	case 1:
		__asm__ volatile("mov %0, %%es" : : "r"((uint32_t)selector));
		break;
	case 2:
		__asm__ volatile("mov %0, %%fs" : : "r"((uint32_t)selector));
		break;
	case 3:
		__asm__ volatile("mov %0, %%gs" : : "r"((uint32_t)selector));
		break;
	case 4:
		__asm__ volatile("ltr %w0" : : "r"((uint32_t)selector));
		break;
	default:
		if (!c->may_die)
			return;
		__asm__ volatile("pushq %0; push $1f; lretq; 1:" : : "r"((uint64_t)selector));
	}
}

/* A random descriptor, loaded, and an exit while it is. */
static void do_descriptor(void *arg)
{
	struct cpu_own *c = arg;
	unsigned int n = (unsigned int)(next(c) % 500);
	struct table_pointer p;

	c->ldt[n] = next(c) | (uint64_t)(next(c) % 4 ? 1 : 0) << 47;
	c->ldt[n + 1] = next(c) % 2 ? 0 : next(c);
	load_random(c, LDT_SELECTOR(n));
	(void)cpu_cpuid((uint32_t)odd_number(c), 0);
	/* A trap needs the table that is there. */
	if (!c->may_die)
		return;
	p = (struct table_pointer){ (uint16_t)next(c), odd_pointer(c) };
	__asm__ volatile("lgdt %0" : : "m"(p));
	load_random(c, (uint16_t)next(c));
	(void)cpu_cpuid(0x40000000, 0);
}

static void do_message(void *arg)
{
	struct cpu_own *c = arg;
	uint32_t low = (uint32_t)odd_number(c);
	uint32_t kind = low >> 8 & 7;

	/* INIT and start-up messages stop a CPU or start it at once in the middle of nowhere. */
	if (!c->may_die && (kind == 5 || kind == 6))
		low &= ~0x700u;
	smp_icr((uint32_t)odd_number(c), low);
}

/* Not MOV to DR7: QEMU 7.2 mixes up its breakpoints between vCPUs, and dies of it. */
static const unsigned char codes[][8] = {
	{ 0x0f, 0x34, 0xc3 },				    /* sysenter */
	{ 0x0f, 0x01, 0xd8, 0xc3 },			    /* vmrun */
	{ 0x0f, 0x01, 0xda, 0xc3 },			    /* vmload */
	{ 0x0f, 0x01, 0xdb, 0xc3 },			    /* vmsave */
	{ 0x0f, 0x01, 0xdc, 0xc3 },			    /* stgi */
	{ 0x0f, 0x01, 0xdd, 0xc3 },			    /* clgi */
	{ 0x0f, 0x01, 0xde, 0xc3 },			    /* skinit */
	{ 0x0f, 0x01, 0xdf, 0xc3 },			    /* invlpga */
	{ 0x0f, 0x01, 0xc1, 0xc3 },			    /* vmcall */
	{ 0x0f, 0x01, 0xc8, 0xc3 },			    /* monitor */
	{ 0x0f, 0x01, 0xc9, 0xc3 },			    /* mwait */
	{ 0x0f, 0x01, 0xd1, 0xc3 },			    /* xsetbv */
	{ 0x0f, 0x08, 0xc3 },				    /* invd */
	{ 0x0f, 0x09, 0xc3 },				    /* wbinvd */
	{ 0x0f, 0x33, 0xc3 },				    /* rdpmc */
	{ 0x0f, 0xaa, 0xc3 },				    /* rsm */
	{ 0xf1, 0xc3 },					    /* icebp */
	{ 0xcc, 0xc3 },					    /* int3 */
	{ 0xcd, 0x08, 0xc3 },				    /* int 8 */
	{ 0x0f, 0x21, 0xf0, 0xc3 },			    /* mov dr6, rax */
	{ 0x66, 0x67, 0xf3, 0x0f, 0xa2, 0xc3 },		    /* cpuid behind prefixes */
	{ 0x0f, 0xc7, 0xf0, 0xc3 },			    /* rdrand */
	{ 0xfb, 0x90, 0xfa, 0xc3 },			    /* sti; nop; cli */
	{ 0x9c, 0x80, 0x4c, 0x24, 0x01, 0x01, 0x9d, 0xc3 }, /* single step */
};

static void do_instruction(void *arg)
{
	struct cpu_own *c = arg;
	uint64_t a = odd_number(c), d = odd_number(c), n = odd_number(c);
	/* The first one leaves for where nothing comes back from. */
	unsigned int first = c->may_die ? 0 : 1;
	const unsigned char *code =
		codes[first + next(c) % (sizeof(codes) / sizeof(codes[0]) - first)];

	__asm__ volatile("call *%[code]"
			 : "+a"(a), "+d"(d), "+c"(n)
			 : [code] "r"(code)
			 : "memory", "rbx", "r8", "r9", "r10", "r11", "cc");
}

static void do_apic_page(void *arg)
{
	struct cpu_own *c = arg;
	volatile uint32_t *reg = (volatile uint32_t *)(0xfee00000ul + next(c) % 4096);

	if (((uint64_t)reg & 0xff0) == 0x300 || ((uint64_t)reg & 0xfff) == 0x300)
		return;
	if (next(c) % 2)
		(void)*reg;
	else
		*reg = (uint32_t)odd_number(c);
}

static void (*const kinds[])(void *) = {
	do_hypercall,  do_hypercall, do_hypercall, do_hypercall,   do_rdmsr,
	do_wrmsr,      do_port,	     do_control,   do_page_table,  do_page_table,
	do_descriptor, do_message,   do_apic_page, do_instruction,
};

static void load_tables(struct cpu_own *c)
{
	struct table_pointer g = { sizeof(c->gdt) - 1, (uint64_t)c->gdt };
	struct table_pointer i = { sizeof(c->idt) - 1, (uint64_t)c->idt };
	uint64_t tss = (uint64_t)&c->tss, ldt = (uint64_t)c->ldt;

	memcpy(c->gdt, gdt_table, SEL_TSS);
	c->gdt[5] = (sizeof(c->tss) - 1) | (tss & 0xffffff) << 16 | 0x89ull << 40 |
		    (tss >> 24 & 0xff) << 56;
	c->gdt[6] = tss >> 32;
	c->gdt[7] = (sizeof(c->ldt) - 1) | (ldt & 0xffffff) << 16 | 0x82ull << 40 |
		    (ldt >> 24 & 0xff) << 56;
	c->gdt[8] = ldt >> 32;
	__asm__ volatile("lgdt %0" : : "m"(g));
	__asm__ volatile("lidt %0" : : "m"(i));
	__asm__ volatile("ltr %w0" : : "r"(SEL_TSS));
	__asm__ volatile("lldt %w0" : : "r"(7 * 8));
}

/* What an act may have left behind. */
static void mend(struct cpu_own *c)
{
	__asm__ volatile("mov %0, %%dr7" : : "r"(0x400ul));
	cpu_set_cr0(CR0_PG | CR0_WP | CR0_NE | CR0_PE);
	cpu_set_cr4(CR4_PAE);
	cpu_wrmsr(MSR_EFER, EFER_LME | EFER_LMA | EFER_NXE);
	__asm__ volatile("mov %0, %%cr3" : : "r"(c->root) : "memory");
	load_tables(c);
}

static void set_up(struct cpu_own *c)
{
	for (unsigned int v = 0; v < 32; v++) {
		uint64_t stub = (uint64_t)attacker_stubs + (c->id * 32 + v) * 32;

		c->idt[v] = (struct gate){ .offset_low = (uint16_t)stub,
					   .selector = SEL_CODE,
					   .ist = 1,
					   .type = 0x8e,
					   .offset_mid = (uint16_t)(stub >> 16) };
	}
	c->tss.ist[0] = (uint64_t)c->stack + sizeof(c->stack);
	c->tss.io_map = sizeof(c->tss);
	memcpy(c->root, paging_root, sizeof(c->root));
	c->root[WILD_SLOT] = (uint64_t)c->tables[0] | 7;
	mend(c);
}

static void act(struct cpu_own *c)
{
	unsigned int kind;
	void (*fn)(void *);

	do {
		kind = (unsigned int)(next(c) % (sizeof(kinds) / sizeof(kinds[0])));
	} while (!(chosen >> kind & 1));
	fn = kinds[kind];
	c->may_die = next(c) % DEADLY == 0;
	if (attacker_try(fn, c, &attacker_slots[c->id])) {
		mailbox.faults[c->id]++;
		mend(c);
	} else if (fn == do_control || fn == do_descriptor || fn == do_wrmsr) {
		mend(c);
	}
	mailbox.acts[c->id]++;
}

static void attack(unsigned int id)
{
	struct cpu_own *c = &own[id];

	set_up(c);
	for (uint64_t i = 0; i < nr_acts; i++)
		act(c);
	__atomic_fetch_add(&mailbox.done, 1, __ATOMIC_SEQ_CST);
	for (;;)
		(void)hypercall_2(__HYPERVISOR_sched_op, SCHEDOP_yield, NULL);
}

static uint64_t number(const char *name)
{
	char text[24];
	uint64_t value = 0;

	if (boot_option(name, text, sizeof(text)))
		for (const char *p = text; *p >= '0' && *p <= '9'; p++)
			value = value * 10 + (uint64_t)(*p - '0');
	return value;
}

/* Vectors that messages raise before a CPU has tables of its own. */
static void ignore(struct trap_frame *frame)
{
}

void attacker_main(void)
{
	uint64_t seed = number("seed");

	trap_set_handler(VEC_NMI, ignore);
	for (unsigned int v = 32; v < 256; v++)
		trap_set_handler(v, ignore);

	nr_acts = number("acts") / HOSTILE_CPUS;
	chosen = number("kinds");
	if (!(chosen & ((1u << sizeof(kinds) / sizeof(kinds[0])) - 1)))
		chosen = ~0ul;
	for (unsigned int i = 0; i < HOSTILE_CPUS; i++) {
		own[i].id = i;
		own[i].random = (seed * HOSTILE_CPUS + i + 1) * 0x9e3779b97f4a7c15ul | 1;
	}
	smp_init(SMP_X2APIC); /* which has a handler of its own */
	for (unsigned int i = 1; i < HOSTILE_CPUS; i++)
		(void)smp_start(i);
	(void)smp_run(HOSTILE_CPUS, attack);
}
