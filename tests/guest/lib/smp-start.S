/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where further CPUs of a test guest begin: real mode, 32-bit, or 64-bit. */
#include "cpu.h"

	.text
	.code16
	.globl smp_trampoline, smp_trampoline_end
smp_trampoline:
	cli
	movw %cs, %ax
	movw %ax, %ds
	lgdtl smp_trampoline_gdt - smp_trampoline
	movl $CR4_PAE, %eax
	movl %eax, %cr4
	movl $paging_root, %eax
	movl %eax, %cr3
	movl $MSR_EFER, %ecx
	rdmsr
	orl $(EFER_LME | EFER_NXE), %eax
	wrmsr
	movl $(CR0_PG | CR0_WP | CR0_NE | CR0_PE), %eax
	movl %eax, %cr0
	ljmpl $SEL_CODE, $smp_entry
	.balign 8
smp_trampoline_gdt:
	.short 63
	.long gdt_table
smp_trampoline_end:

/* The CPU's number is its APIC id / 2; its stack the one of that number. */
	.code64
	.globl smp_entry
smp_entry:
	lgdt smp_gdt
	mov $SEL_DATA, %eax
	mov %eax, %ds
	mov %eax, %es
	mov %eax, %ss
	mov $1, %eax
	cpuid
	shr $25, %ebx
	mov %ebx, %edi
	mov %ebx, %eax
	inc %eax
	shl $13, %eax
	lea smp_stacks(%rax), %rsp
	push $SEL_CODE
	push $1f
	lretq
1:	call smp_secondary
	ud2

	.code32
	.globl smp_entry_32
smp_entry_32:
	lock incl smp_count_32
1:	cli
	hlt
	jmp 1b

	.code64
	.data
	.balign 8
	.short 0, 0, 0
smp_gdt:
	.short 63
	.quad gdt_table

	.section .note.GNU-stack, "", @progbits
