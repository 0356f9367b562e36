/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Entry of a test guest: the PVH entry state (32-bit, paging off, start_info
 * in ebx) to 64-bit mode over identity page tables for the low 4 GiB, the trap
 * stubs, and the way back from a trap that a test expects.
 */
#include "cpu.h"

	.section .note.Xen, "a", @note
	.balign 4
	.long 2f - 1f
	.long 4f - 3f
	.long 18			/* XEN_ELFNOTE_PHYS32_ENTRY */
1:	.asciz "Xen"
2:	.balign 4
3:	.long guest_entry
4:	.balign 4

	.section .text.entry, "ax"
	.code32
	.globl guest_entry
guest_entry:
	cli
	cld
	lgdt gdt_pointer
	mov $stack_top, %esp
	mov %ebx, boot_start_info_addr
	.weak guest_early /* what a test does in this state */
	mov $guest_early, %eax
	test %eax, %eax
	jz 1f
	call *%eax
1:
	mov %cr4, %eax
	or $CR4_PAE, %eax
	mov %eax, %cr4
	mov $paging_root, %eax
	mov %eax, %cr3
	mov $MSR_EFER, %ecx
	rdmsr
	or $(EFER_LME | EFER_NXE), %eax
	wrmsr
	mov %cr0, %eax
	or $(CR0_PG | CR0_WP | CR0_NE), %eax
	mov %eax, %cr0
	ljmp $SEL_CODE, $entry64

	.code64
entry64:
	mov $SEL_DATA, %eax
	mov %eax, %ds
	mov %eax, %es
	mov %eax, %ss
	xor %eax, %eax
	mov %eax, %fs
	mov %eax, %gs
	mov $stack_top, %rsp
	call boot_main
	ud2

	.text
/*
 * int trap_run_asm(void (*fn)(void *), void *arg): call fn; 0 if it came back,
 * 1 if trap_dispatch() sent it to trap_recover.
 */
	.globl trap_run_asm, trap_recover
trap_run_asm:
	push %rbx
	push %rbp
	push %r12
	push %r13
	push %r14
	push %r15
	pushfq
	mov %rsp, trap_recover_rsp
	mov %rdi, %rax
	mov %rsi, %rdi
	call *%rax
	xor %eax, %eax
	jmp 1f
trap_recover:
	mov $1, %eax
1:	movq $0, trap_recover_rsp
	popfq
	pop %r15
	pop %r14
	pop %r13
	pop %r12
	pop %rbp
	pop %rbx
	ret

/* void user_enter(rip, rsp, arg1, arg2): to ring 3; the way back is a trap. */
	.globl user_enter
user_enter:
	push $SEL_USER_DATA
	push %rsi
	push $0x2
	push $SEL_USER_CODE
	push %rdi
	mov %rdx, %rdi
	mov %rcx, %rsi
	iretq

trap_common:
	push %rax
	push %rbx
	push %rcx
	push %rdx
	push %rsi
	push %rdi
	push %rbp
	push %r8
	push %r9
	push %r10
	push %r11
	push %r12
	push %r13
	push %r14
	push %r15
	cld
	mov %rsp, %rdi
	call trap_dispatch
	pop %r15
	pop %r14
	pop %r13
	pop %r12
	pop %r11
	pop %r10
	pop %r9
	pop %r8
	pop %rbp
	pop %rdi
	pop %rsi
	pop %rdx
	pop %rcx
	pop %rbx
	pop %rax
	add $16, %rsp
	iretq

/* 256 stubs of 16 bytes; those whose vector has no error code push a zero. */
	.globl trap_stubs
	.balign 16
trap_stubs:
	.set vector, 0
	.rept 256
	.balign 16
	.if (vector >= 32) || (((0x60227d00 >> (vector & 31)) & 1) == 0)
	push $0
	.endif
	push $vector
	jmp trap_common
	.set vector, vector + 1
	.endr

	.data
	.balign 16
	.globl gdt_table
gdt_table:
	.quad 0
	.quad 0x00af9b000000ffff	/* SEL_CODE */
	.quad 0x00cf93000000ffff	/* SEL_DATA */
	.quad 0x00affb000000ffff	/* SEL_USER_CODE */
	.quad 0x00cff3000000ffff	/* SEL_USER_DATA */
	.quad 0, 0			/* SEL_TSS, filled by trap_init() */
gdt_pointer:
	.word . - gdt_table - 1
	.quad gdt_table

	.globl boot_start_info_addr, trap_recover_rsp
	.balign 8
boot_start_info_addr:
	.quad 0
trap_recover_rsp:
	.quad 0

/* The low 4 GiB, in 2 MiB pages. */
	.balign 4096
	.globl paging_root
paging_root:
	.quad paging_low + (PTE_P | PTE_RW | PTE_US)
	.fill 511, 8, 0
paging_low:
	.quad paging_pds + (PTE_P | PTE_RW | PTE_US)
	.quad paging_pds + 0x1000 + (PTE_P | PTE_RW | PTE_US)
	.quad paging_pds + 0x2000 + (PTE_P | PTE_RW | PTE_US)
	.quad paging_pds + 0x3000 + (PTE_P | PTE_RW | PTE_US)
	.fill 508, 8, 0
paging_pds:
	.set page, 0
	.rept 2048
	.quad page + (PTE_P | PTE_RW | PTE_PS)
	.set page, page + 0x200000
	.endr

	.bss
	.balign 16
	.skip 32768
stack_top:
