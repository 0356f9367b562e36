/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stubs of the host's 256 interrupt vectors: 16 bytes each, one common tail. */

/* Vectors whose exception pushes an error code (AMD APM volume 2, table 8-1) */
#define HAS_ERROR_CODE(v) \
	((v) == 8 || ((v) >= 10 && (v) <= 14) || (v) == 17 || (v) == 21 || (v) == 29 || (v) == 30)

	.text
	.align 16
	.globl trap_stubs
trap_stubs:
	.set vector, 0
	.rept 256
	.align 16
	.if !HAS_ERROR_CODE(vector)
	pushq $0
	.endif
	pushq $vector
	jmp trap_common
	.set vector, vector + 1
	.endr

/* bool rdmsr_safe(uint32_t msr, uint64_t *ret_value); trap_handle() knows the labels. */
	.globl rdmsr_safe, rdmsr_safe_access, rdmsr_safe_fault
rdmsr_safe:
	movl %edi, %ecx
rdmsr_safe_access:
	rdmsr
	shlq $32, %rdx
	orq %rdx, %rax
	movq %rax, (%rsi)
	movl $1, %eax
	ret
rdmsr_safe_fault:
	movq $0, (%rsi)
	xorl %eax, %eax
	ret

/* bool wrmsr_safe(uint32_t msr, uint64_t value); likewise */
	.globl wrmsr_safe, wrmsr_safe_access, wrmsr_safe_fault
wrmsr_safe:
	movl %edi, %ecx
	movq %rsi, %rdx
	movl %esi, %eax
	shrq $32, %rdx
wrmsr_safe_access:
	wrmsr
	movl $1, %eax
	ret
wrmsr_safe_fault:
	xorl %eax, %eax
	ret

trap_common:
	pushq %rdi
	pushq %rsi
	pushq %rdx
	pushq %rcx
	pushq %rax
	pushq %r8
	pushq %r9
	pushq %r10
	pushq %r11
	pushq %rbx
	pushq %rbp
	pushq %r12
	pushq %r13
	pushq %r14
	pushq %r15
	cld
	movq %rsp, %rdi
	movq %rsp, %rbx
	andq $-16, %rsp
	call trap_handle
	movq %rbx, %rsp
	popq %r15
	popq %r14
	popq %r13
	popq %r12
	popq %rbp
	popq %rbx
	popq %r11
	popq %r10
	popq %r9
	popq %r8
	popq %rax
	popq %rcx
	popq %rdx
	popq %rsi
	popq %rdi
	addq $16, %rsp
	iretq

	.section .note.GNU-stack, "", @progbits
