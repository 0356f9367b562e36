/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Traps of the hostile guest: each CPU has stubs of its own, which find the way back without
 * trusting a register or the stack, for nothing of both may be left.
 */
#include "cpu.h"

#define NR_CPUS 4

	.text
/*
 * int attacker_try(void (*fn)(void *), void *arg, uint64_t *slot): 0, or the vector + 1. The slot
 * is 0 again when it returns: then there is no way back, and an NMI just ends.
 */
	.globl attacker_try
attacker_try:
	push %rbx
	push %rbp
	push %r12
	push %r13
	push %r14
	push %r15
	push %rdx
	mov %rsp, (%rdx)
	mov %rdi, %rax
	mov %rsi, %rdi
	call *%rax
	xor %eax, %eax
recovered:
	push $2
	popfq
	pop %rdx
	movq $0, (%rdx)
	pop %r15
	pop %r14
	pop %r13
	pop %r12
	pop %rbp
	pop %rbx
	ret

back:
	cmpq $0, attacker_slots(,%rcx,8)
	jne 1f
	pop %rcx
	pop %rax
	iretq
1:
	mov $SEL_DATA, %edx
	mov %edx, %ds
	mov %edx, %es
	mov %edx, %ss
	mov attacker_slots(,%rcx,8), %rsp
	cld
	/* By IRET, so that NMIs come again. */
	pushq $SEL_DATA
	lea 8(%rsp), %rdx
	pushq %rdx
	pushq $2
	pushq $SEL_CODE
	pushq $recovered
	iretq

	.globl attacker_stubs
	.balign 32
attacker_stubs:
	.set cpu, 0
	.rept NR_CPUS
	.set vector, 0
	.rept 32
	.balign 32
	push %rax
	push %rcx
	mov $vector + 1, %eax
	mov $cpu, %ecx
	jmp back
	.set vector, vector + 1
	.endr
	.set cpu, cpu + 1
	.endr

	.section .note.GNU-stack, "", @progbits
