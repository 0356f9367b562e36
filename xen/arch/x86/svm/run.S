/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The loop of a CPU: load a vCPU's registers, VMRUN, save them, call svm_exit().
 * Which vCPU comes next is in the top word of the stack; svm_exit() changes it there.
 *
 * GIF is 0 from before the first entry on, but inside the guest and where
 * svm_prepare_entry() opens a window, so no host interrupt comes in between.
 */
#include "offsets.h"

	.section .text.hot, "ax", @progbits
	.globl svm_run
	.align 64
svm_run:
	pushq %rdi /* aligns the stack for the call */
	movq %rsp, %gs:PCPU_RUN_SLOT
.Lenter:
	movq AV_VMCB_PA(%rdi), %rax
	movq AV_RCX(%rdi), %rcx
	movq AV_RDX(%rdi), %rdx
	movq AV_RBX(%rdi), %rbx
	movq AV_RBP(%rdi), %rbp
	movq AV_RSI(%rdi), %rsi
	movq AV_R8(%rdi), %r8
	movq AV_R9(%rdi), %r9
	movq AV_R10(%rdi), %r10
	movq AV_R11(%rdi), %r11
	movq AV_R12(%rdi), %r12
	movq AV_R13(%rdi), %r13
	movq AV_R14(%rdi), %r14
	movq AV_R15(%rdi), %r15
	movq AV_RDI(%rdi), %rdi
	vmload %rax
	vmrun %rax
	vmsave %rax
	pushq %rdi
	movq 8(%rsp), %rdi
	movq AV_HOST_VMCB_PA(%rdi), %rax
	vmload %rax
	movq %rcx, AV_RCX(%rdi)
	movq %rdx, AV_RDX(%rdi)
	movq %rbx, AV_RBX(%rdi)
	movq %rbp, AV_RBP(%rdi)
	movq %rsi, AV_RSI(%rdi)
	movq %r8, AV_R8(%rdi)
	movq %r9, AV_R9(%rdi)
	movq %r10, AV_R10(%rdi)
	movq %r11, AV_R11(%rdi)
	movq %r12, AV_R12(%rdi)
	movq %r13, AV_R13(%rdi)
	movq %r14, AV_R14(%rdi)
	movq %r15, AV_R15(%rdi)
	popq AV_RDI(%rdi)
	call svm_exit
	movq (%rsp), %rdi
	jmp .Lenter

	.section .note.GNU-stack, "", @progbits
