/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where every indirect branch of the hypervisor goes through, in the order of the registers'
 * encoding, SPEC_THUNK_SIZE bytes each. As assembled a return to an address just stored, whose
 * prediction is the endless loop behind the call, and not what a guest has trained; spec_init()
 * may write a plain branch over it.
 */
	.section .text.spec, "ax", @progbits
	.macro THUNK reg
	.balign 32, 0xcc
	.globl __x86_indirect_thunk_\reg
	.type __x86_indirect_thunk_\reg, @function
__x86_indirect_thunk_\reg:
	call 2f
1:	pause
	lfence
	jmp 1b
2:	movq %\reg, (%rsp)
	ret
	int3
	.endm

	.balign 32, 0xcc
	.globl spec_thunks
spec_thunks:
	.irp reg, rax, rcx, rdx, rbx
	THUNK \reg
	.endr
	.fill 32, 1, 0xcc /* RSP is no branch's */
	.irp reg, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15
	THUNK \reg
	.endr
	.balign 32, 0xcc

	.globl __llvm_retpoline_r11 /* clang's name of it */
	.set __llvm_retpoline_r11, __x86_indirect_thunk_r11

	.section .note.GNU-stack, "", @progbits
