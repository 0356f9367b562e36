/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The loop of a CPU: load a vCPU's registers, VMRUN, save them, call svm_exit().
 * Which vCPU comes next is in the top word of the stack; svm_exit() changes it there.
 *
 * GIF is 0 from before the first entry on, but inside the guest and where
 * svm_prepare_entry() opens a window, so no host interrupt comes in between.
 */
#include "layout.h"
#include "offsets.h"

#define RSB_DEPTH 32 /* as deep as the return predictor of any of these CPUs */

	.section .rodata.spec, "a", @progbits
spec_verw_selector:
	.short SEL_DATA

	.section .text.hot, "ax", @progbits
	.globl svm_run
	.align 64
svm_run:
	pushq %rdi /* aligns the stack for the call */
	movq %rsp, %gs:PCPU_RUN_SLOT
.Lenter:
	.globl spec_entry_site, spec_entry_end, spec_verw_site, spec_verw_end
	.globl spec_exit_site, spec_exit_end, spec_rsb_site, spec_rsb_end
spec_entry_site: /* the guest's SPEC_CTRL, if it is not the host's */
	movl AV_SPEC_CTRL(%rdi), %eax
	cmpl spec_host_ctrl(%rip), %eax
	je spec_entry_end
	movl $MSR_SPEC_CTRL_NR, %ecx
	xorl %edx, %edx
	wrmsr
spec_entry_end:
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
spec_verw_site: /* clears buffers where microcode has made it do so; any writable data segment */
	verw spec_verw_selector(%rip)
spec_verw_end:
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
	/* Before the first return or indirect branch: neither may go where the guest has trained it. */
spec_rsb_site:
	.rept RSB_DEPTH
	call 1f
	int3
1:
	.endr
	addq $8 * RSB_DEPTH, %rsp
spec_rsb_end:
spec_exit_site:
	movl spec_host_ctrl(%rip), %eax
	cmpl AV_SPEC_CTRL(%rdi), %eax
	je spec_exit_end
	movl $MSR_SPEC_CTRL_NR, %ecx
	xorl %edx, %edx
	wrmsr
spec_exit_end:
	call svm_exit
	movq (%rsp), %rdi
	jmp .Lenter

	.section .note.GNU-stack, "", @progbits
