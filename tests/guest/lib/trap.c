/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Traps of a test guest: the tables, the dispatcher, guarded instructions. */
#include "trap.h"

#include "console.h"
#include "cpu.h"
#include "report.h"

struct idt_gate {
	uint16_t offset_low, selector;
	uint8_t ist, type;
	uint16_t offset_mid;
	uint32_t offset_high, reserved;
};

struct __attribute__((packed)) tss {
	uint32_t reserved0;
	uint64_t rsp[3];
	uint64_t reserved1;
	uint64_t ist[7];
	uint64_t reserved2;
	uint16_t reserved3, io_map;
};

struct __attribute__((packed)) table_pointer {
	uint16_t limit;
	uint64_t base;
};

extern const char trap_stubs[];
extern const char trap_recover[];
extern uint64_t gdt_table[];
extern uint64_t trap_recover_rsp;
int trap_run_asm(void (*fn)(void *arg), void *arg);
void user_enter(uint64_t rip, uint64_t rsp, uint64_t arg1, uint64_t arg2);
void trap_dispatch(struct trap_frame *frame);

static struct idt_gate idt[256];
static struct tss tss;
static char ring0_stack[8192] __attribute__((aligned(16)));
static trap_handler_fn handlers[256];
static struct trap last;

static void idt_load(uint16_t limit)
{
	struct table_pointer p = { .limit = limit, .base = (uint64_t)idt };

	__asm__ volatile("lidt %0" : : "m"(p));
}

void trap_init(void)
{
	uint64_t base = (uint64_t)&tss;

	for (unsigned int i = 0; i < 256; i++) {
		uint64_t stub = (uint64_t)trap_stubs + i * 16;

		idt[i] = (struct idt_gate){
			.offset_low = (uint16_t)stub,
			.selector = SEL_CODE,
			.type = 0x8e,
			.offset_mid = (uint16_t)(stub >> 16),
			.offset_high = (uint32_t)(stub >> 32),
		};
	}
	idt_load(sizeof(idt) - 1);
	tss.rsp[0] = (uint64_t)ring0_stack + sizeof(ring0_stack);
	tss.io_map = sizeof(tss);
	gdt_table[SEL_TSS / 8] = (sizeof(tss) - 1) | (base & 0xffffff) << 16 | 0x89ULL << 40 |
				 (base >> 24 & 0xff) << 56;
	gdt_table[SEL_TSS / 8 + 1] = base >> 32;
	__asm__ volatile("ltr %w0" : : "r"(SEL_TSS));
}

void trap_init_secondary(void)
{
	idt_load(sizeof(idt) - 1);
}

void trap_break(void)
{
	idt_load(0);
}

void trap_set_handler(unsigned int vector, trap_handler_fn fn)
{
	handlers[vector & 0xff] = fn;
}

static void trap_die(const struct trap_frame *f)
{
	console_printf("trap %lu error 0x%lx at rip 0x%lx cs 0x%lx rsp 0x%lx cr2 0x%lx\n",
		       (unsigned long)f->vector, (unsigned long)f->error, (unsigned long)f->rip,
		       (unsigned long)f->cs, (unsigned long)f->rsp, (unsigned long)cpu_cr2());
	report_ok(false, "no trap came that the test did not ask for");
	report_end();
}

void trap_dispatch(struct trap_frame *frame)
{
	if ((frame->vector >= 32 || frame->vector == VEC_NMI) && handlers[frame->vector]) {
		handlers[frame->vector](frame);
		return;
	}
	if (frame->vector >= 32 || !trap_recover_rsp) {
		trap_die(frame);
		return;
	}
	last.vector = (int)frame->vector;
	last.error = frame->error;
	last.cr2 = cpu_cr2();
	last.frame = *frame;
	frame->rip = (uint64_t)trap_recover;
	frame->rsp = trap_recover_rsp;
	frame->cs = SEL_CODE;
	frame->ss = SEL_DATA;
	frame->rflags = 0x2;
}

const struct trap *trap_run(void (*fn)(void *arg), void *arg)
{
	last.vector = -1;
	(void)trap_run_asm(fn, arg);
	return &last;
}

struct user_args {
	uint64_t rip, rsp, arg1, arg2;
};

static void user_do(void *arg)
{
	const struct user_args *u = arg;

	user_enter(u->rip, u->rsp, u->arg1, u->arg2);
}

const struct trap *trap_run_user(uint64_t rip, uint64_t rsp, uint64_t arg1, uint64_t arg2)
{
	struct user_args u = { rip, rsp, arg1, arg2 };

	return trap_run(user_do, &u);
}

struct access {
	uint64_t where, value;
};

static void rdmsr_do(void *arg)
{
	struct access *a = arg;

	a->value = cpu_rdmsr((uint32_t)a->where);
}

static void wrmsr_do(void *arg)
{
	struct access *a = arg;

	cpu_wrmsr((uint32_t)a->where, a->value);
}

static void cr4_do(void *arg)
{
	struct access *a = arg;

	cpu_set_cr4(a->value);
}

/* Plain 32-bit moves: the only forms a local APIC must understand. */
static void read_do(void *arg)
{
	struct access *a = arg;
	uint32_t value;

	__asm__ volatile("movl (%1), %0" : "=r"(value) : "r"(a->where) : "memory");
	a->value = value;
}

static void write_do(void *arg)
{
	struct access *a = arg;

	__asm__ volatile("movl %0, (%1)" : : "r"((uint32_t)a->value), "r"(a->where) : "memory");
}

const struct trap *trap_read_msr(uint32_t msr, uint64_t *ret_value)
{
	struct access a = { .where = msr };
	const struct trap *t = trap_run(rdmsr_do, &a);

	if (t->vector < 0)
		*ret_value = a.value;
	return t;
}

const struct trap *trap_write_msr(uint32_t msr, uint64_t value)
{
	struct access a = { .where = msr, .value = value };

	return trap_run(wrmsr_do, &a);
}

const struct trap *trap_write_cr4(uint64_t value)
{
	struct access a = { .value = value };

	return trap_run(cr4_do, &a);
}

const struct trap *trap_read_u32(uint64_t addr, uint32_t *ret_value)
{
	struct access a = { .where = addr };
	const struct trap *t = trap_run(read_do, &a);

	if (t->vector < 0)
		*ret_value = (uint32_t)a.value;
	return t;
}

const struct trap *trap_write_u32(uint64_t addr, uint32_t value)
{
	struct access a = { .where = addr, .value = value };

	return trap_run(write_do, &a);
}
