/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a CPU other than the first begins: copied below 1 MiB, entered in real mode by a
 * start-up message. Straight to long mode on the boot page tables, which have the low 4 GiB
 * one to one; then to the image, the final tables, and a stack found by the APIC id.
 */
#include "layout.h"
#include "offsets.h"

#define PHYS(sym) ((sym) - IMAGE_VIRT_BASE)
#define HERE(sym) ((sym) - trampoline_start)

	.section .rodata.trampoline, "a", @progbits
	.code16
	.globl trampoline_start, trampoline_end
	.balign 16
trampoline_start:
	cli
	cld
	movw %cs, %ax
	movw %ax, %ds
	lgdtl HERE(trampoline_gdt)
	movl $CR4_BOOT, %eax
	movl %eax, %cr4
	movl $PHYS(boot_pml4), %eax
	movl %eax, %cr3
	movl $MSR_EFER_NR, %ecx
	rdmsr
	orl $EFER_BOOT, %eax
	wrmsr
	movl $CR0_BOOT, %eax
	movl %eax, %cr0
	ljmpl $SEL_CODE, $PHYS(secondary64)
	.balign 8
trampoline_gdt:
	.short 31
	.long PHYS(boot_gdt)
trampoline_end:

	.section .head.text, "ax", @progbits
	.code64
secondary64:
	movabsq $secondary64_high, %rax
	jmp *%rax
secondary64_high:
	movl $SEL_DATA, %eax
	movl %eax, %ds
	movl %eax, %es
	movl %eax, %ss
	xorl %eax, %eax
	movl %eax, %fs
	movl %eax, %gs
	movq smp_cr3(%rip), %rax
	movq %rax, %cr3

	/* Own APIC id: leaf 0xb where it says anything, else leaf 1. */
	xorl %eax, %eax
	cpuid
	cmpl $0xb, %eax
	jb 1f
	movl $0xb, %eax
	xorl %ecx, %ecx
	cpuid
	movl %edx, %edi
	testw %bx, %bx
	jnz 2f
1:	movl $1, %eax
	cpuid
	movl %ebx, %edi
	shrl $24, %edi

	/* The entry of smp_starts[] for it; without one this CPU is not wanted. */
2:	movl smp_nr_starts(%rip), %ecx
	leaq smp_starts(%rip), %rbx
3:	testl %ecx, %ecx
	jz 5f
	cmpl %edi, SMP_START_APIC_ID(%rbx)
	je 4f
	addq $SMP_START_SIZE, %rbx
	decl %ecx
	jmp 3b
4:	movq SMP_START_STACK(%rbx), %rsp
	movq SMP_START_CPU(%rbx), %rdi
	xorl %ebp, %ebp
	call smp_secondary_start
5:	cli
	hlt
	jmp 5b

	.section .note.GNU-stack, "", @progbits
