/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Exceptions of the hypervisor itself are its own faults: print all that is
 * known and stop. Interrupts: the local APIC's timer, and spurious ones.
 */
#include "traps.h"

#include <candor/support.h>
#include <hv/console_input.h>
#include <hv/printk.h>
#include <hv/string.h>

#include "cpu.h"
#include "host.h"
#include "hostapic.h"
#include "layout.h"
#include "pcpu.h"

extern char trap_stubs[], rdmsr_safe_access[], rdmsr_safe_fault[];

struct idt_gate {
	uint16_t offset_low, selector;
	uint8_t ist, type;
	uint16_t offset_mid;
	uint32_t offset_high, reserved;
};

struct table_ptr {
	uint16_t limit;
	uint64_t base;
} __attribute__((packed));

#define GATE_INTERRUPT 0x8e
#define PIC_COMMAND 0x20
#define PIC_MASK 0x21
#define PIC_EOI 0x20
#define IRQ_COM1 4

#define IST_DOUBLE_FAULT 1
#define IST_NMI 2
#define IST_MACHINE_CHECK 3

static struct idt_gate idt[256];
/* Null, 32-bit code, 64-bit code, data; then the TSS, two entries long. */
static const uint64_t gdt_template[] = {
	0,
	0x00cf9b000000ffff,
	0x00af9b000000ffff,
	0x00cf93000000ffff,
};

static void load_gdt(struct pcpu *cpu)
{
	uint64_t base = (uint64_t)&cpu->tss, limit = sizeof(cpu->tss) - 1;
	struct table_ptr gdtr = { sizeof(cpu->gdt) - 1, (uint64_t)cpu->gdt };

	cpu->tss.iopb = sizeof(cpu->tss);
	memcpy(cpu->gdt, gdt_template, sizeof(gdt_template));
	cpu->gdt[SEL_TSS / 8] =
		limit | (base & 0xffffff) << 16 | 0x89ull << 40 | (base >> 24 & 0xff) << 56;
	cpu->gdt[SEL_TSS / 8 + 1] = base >> 32;
	__asm__ volatile("lgdt %0" : : "m"(gdtr));
	__asm__ volatile("ltr %w0" : : "r"(SEL_TSS));
}

static void set_gate(unsigned vector, unsigned ist)
{
	uint64_t stub = (uint64_t)trap_stubs + 16ull * vector;

	idt[vector] = (struct idt_gate){
		.offset_low = (uint16_t)stub,
		.selector = SEL_CODE,
		.ist = (uint8_t)ist,
		.type = GATE_INTERRUPT,
		.offset_mid = (uint16_t)(stub >> 16),
		.offset_high = (uint32_t)(stub >> 32),
	};
}

/* 8259s: vectors out of the way of exceptions, every line masked. */
static void mask_pics(void)
{
	outb(0x20, 0x11);
	outb(0xa0, 0x11);
	outb(0x21, VECTOR_PIC);
	outb(0xa1, VECTOR_PIC + 8);
	outb(0x21, 4);
	outb(0xa1, 2);
	outb(0x21, 1);
	outb(0xa1, 1);
	outb(0x21, 0xff);
	outb(0xa1, 0xff);
}

void traps_listen(void)
{
	outb(PIC_MASK, (uint8_t) ~(1u << IRQ_COM1));
	hostapic_take_pic();
}

void traps_set_stack(struct pcpu *cpu, unsigned ist, void *top)
{
	cpu->tss.ist[ist] = (uint64_t)top;
}

void traps_init_cpu(void)
{
	struct table_ptr idtr = { sizeof(idt) - 1, (uint64_t)idt };

	load_gdt(this_cpu());
	__asm__ volatile("lidt %0" : : "m"(idtr));
}

void traps_init(void)
{
	/* Until smp_init() gives it stacks with guard pages. */
	static char stacks[NR_IST][IST_STACK_SIZE] __attribute__((aligned(16)));

	for (unsigned i = 0; i < NR_IST; i++)
		traps_set_stack(this_cpu(), i, stacks[i] + IST_STACK_SIZE);
	for (unsigned v = 0; v < 256; v++)
		set_gate(v, 0);
	set_gate(VEC_DF, IST_DOUBLE_FAULT);
	set_gate(VEC_NMI, IST_NMI);
	set_gate(VEC_MC, IST_MACHINE_CHECK);
	traps_init_cpu();
	mask_pics();
}

static void print_frame(const struct trap_frame *f)
{
	printk(LOG_ERROR, "rip %016lx rsp %016lx rflags %08lx cr2 %016lx cr3 %016lx", f->rip,
	       f->rsp, f->rflags, read_cr2(), read_cr3());
	printk(LOG_ERROR, "rax %016lx rbx %016lx rcx %016lx rdx %016lx", f->rax, f->rbx, f->rcx,
	       f->rdx);
	printk(LOG_ERROR, "rsi %016lx rdi %016lx rbp %016lx r8  %016lx", f->rsi, f->rdi, f->rbp,
	       f->r8);
	printk(LOG_ERROR, "r9  %016lx r10 %016lx r11 %016lx r12 %016lx", f->r9, f->r10, f->r11,
	       f->r12);
	printk(LOG_ERROR, "r13 %016lx r14 %016lx r15 %016lx", f->r13, f->r14, f->r15);
}

void trap_handle(struct trap_frame *f)
{
	perfc(interrupts);
	if (f->vector == VECTOR_TIMER) {
		hostapic_timer_interrupt();
		return;
	}
	if (f->vector == VECTOR_KICK) {
		hostapic_eoi();
		return;
	}
	if (f->vector == VEC_NMI) {
		host_nmi(f->rip);
		return;
	}
	if (SUPPORT_ENABLED(console_input) && f->vector == VECTOR_PIC + IRQ_COM1) {
		console_input_look();
		outb(PIC_COMMAND, PIC_EOI);
		return;
	}
	/* A line of the masked 8259s, or the APIC's own: spurious, no EOI. */
	if (f->vector >= VECTOR_PIC && f->vector < VECTOR_PIC + 16)
		return;
	if (f->vector == VECTOR_SPURIOUS)
		return;
	if (f->vector == VEC_GP && f->rip == (uint64_t)rdmsr_safe_access) {
		f->rip = (uint64_t)rdmsr_safe_fault;
		return;
	}
	print_frame(f);
	panic("exception %lu in the hypervisor on CPU %u, error code %04lx", f->vector,
	      this_cpu()->cpu.id, f->error);
}
