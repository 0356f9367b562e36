/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Entry from a boot loader: 32-bit protected mode, paging off, eax = magic,
 * ebx = physical address of the boot information. Builds page tables for the
 * first 4 GiB (identity and direct map) and the image, enters long mode.
 */
#include "layout.h"

#define PHYS(sym) ((sym) - IMAGE_VIRT_BASE)

#define MB1_MAGIC 0x1badb002
#define MB1_FLAGS 0x00010003 /* page-aligned modules, memory map, address fields */
#define MB2_MAGIC 0xe85250d6

	.section .multiboot, "ax", @progbits
	.align 8
multiboot1_header:
	.long MB1_MAGIC
	.long MB1_FLAGS
	.long -(MB1_MAGIC + MB1_FLAGS)
	.long PHYS(multiboot1_header)
	.long __image_phys_start
	.long __load_phys_end
	.long __image_phys_end
	.long multiboot_entry_phys

	.align 8
multiboot2_header:
	.long MB2_MAGIC
	.long 0 /* i386 protected mode */
	.long multiboot2_header_end - multiboot2_header
	.long -(MB2_MAGIC + (multiboot2_header_end - multiboot2_header))
	/* address */
	.short 2, 0
	.long 24
	.long PHYS(multiboot2_header)
	.long __image_phys_start
	.long __load_phys_end
	.long __image_phys_end
	/* entry address */
	.short 3, 0
	.long 12
	.long multiboot_entry_phys
	.align 8
	/* module alignment */
	.short 6, 0
	.long 8
	/* end */
	.short 0, 0
	.long 8
multiboot2_header_end:

	.section .head.text, "ax", @progbits
	.code32
	.globl multiboot_entry
multiboot_entry:
	cli
	cld
	movl $PHYS(boot_stack_top), %esp
	movl %eax, %ebp /* magic, kept across CPUID */
	movl %ebx, %esi /* boot information */

	/* Long mode and NX, or a word on the first serial port and the end. */
	movl $0x80000000, %eax
	cpuid
	cmpl $0x80000001, %eax
	jb no_long_mode
	movl $0x80000001, %eax
	cpuid
	testl $(1 << 29), %edx
	jz no_long_mode
	testl $(1 << 20), %edx
	jz no_long_mode

	/* 4 page directories of 2 MiB pages: the first 4 GiB. */
	movl $PHYS(boot_pd), %edi
	movl $0x83, %eax /* present, writable, 2 MiB */
	xorl %ecx, %ecx
1:	movl %eax, (%edi)
	movl %ecx, 4(%edi)
	addl $8, %edi
	addl $0x200000, %eax
	jnc 1b

	lgdt PHYS(boot_gdt_ptr32)
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
	ljmp $SEL_CODE, $PHYS(boot64)

no_long_mode:
	movl $PHYS(no_long_mode_text), %esi
1:	lodsb
	testb %al, %al
	jz 3f
	movb %al, %bl
2:	movw $0x3fd, %dx
	inb %dx, %al
	testb $0x20, %al
	jz 2b
	movb %bl, %al
	movw $0x3f8, %dx
	outb %al, %dx
	jmp 1b
3:	movw $0xf4, %dx
	movb $0x21, %al
	outb %al, %dx
4:	hlt
	jmp 4b

	.code64
boot64:
	movabsq $boot64_high, %rax
	jmp *%rax
boot64_high:
	movl $SEL_DATA, %eax
	movl %eax, %ds
	movl %eax, %es
	movl %eax, %ss
	xorl %eax, %eax
	movl %eax, %fs
	movl %eax, %gs
	movabsq $boot_stack_top, %rsp
	movl %ebp, %edi
	movl %esi, %esi
	xorl %ebp, %ebp
	call x86_start
	ud2

	.section .rodata.head, "a", @progbits
no_long_mode_text:
	.asciz "(HV) error: this CPU has no 64-bit mode with no-execute pages; use an x86-64 CPU\r\n"
	.align 8
	.globl boot_gdt
boot_gdt:
	.quad 0
	.quad 0x00cf9b000000ffff /* 32-bit code */
	.quad 0x00af9b000000ffff /* 64-bit code */
	.quad 0x00cf93000000ffff /* data */
boot_gdt_ptr32:
	.short boot_gdt_ptr32 - boot_gdt - 1
	.long PHYS(boot_gdt)

	.section .data.head, "aw", @progbits
	.align 4096
	.globl boot_pml4
boot_pml4:
	.quad PHYS(boot_pdpt_low) + 3 /* identity */
	.fill 255, 8, 0
	.quad PHYS(boot_pdpt_low) + 3 /* direct map */
	.fill 254, 8, 0
	.quad PHYS(boot_pdpt_high) + 3
boot_pdpt_low:
	.quad PHYS(boot_pd) + 3
	.quad PHYS(boot_pd) + 4096 + 3
	.quad PHYS(boot_pd) + 8192 + 3
	.quad PHYS(boot_pd) + 12288 + 3
	.fill 508, 8, 0
boot_pdpt_high:
	.fill 510, 8, 0
	.quad PHYS(boot_pd) + 3 /* the image: first GiB at -2 GiB */
	.quad 0

	.section .bss.head, "aw", @nobits
	.align 4096
boot_pd:
	.skip 4 * 4096
	.globl boot_stack_bottom
	.align 4096
boot_stack_bottom:
	.skip STACK_SIZE
boot_stack_top:

	.section .note.GNU-stack, "", @progbits
