/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where things are in the hypervisor's own address space; shared by C, the
 * assembler and the linker script.
 *
 *   0xffff800000000000  direct map of all RAM, no execute
 *   0xffffc00000000000  device registers, uncached; firmware's tables, read-only
 *   0xffffd00000000000  stacks, each with a page below it that is not there
 *   0xffffffff80000000  the image: physical address + this
 */
#ifndef X86_LAYOUT_H
#define X86_LAYOUT_H

#define IMAGE_VIRT_BASE 0xffffffff80000000
#define IMAGE_PHYS_START 0x200000
#ifndef DIRECTMAP_BASE /* a program's is elsewhere */
#define DIRECTMAP_BASE 0xffff800000000000
#endif
#define DIRECTMAP_MAX 0x100000000000 /* 16 TiB */
#define DEVICE_BASE 0xffffc00000000000
#define STACK_BASE 0xffffd00000000000

#define STACK_ORDER 2
#define STACK_SIZE (4096 << STACK_ORDER)

/* What a CPU has on the boot page tables */
#define CR0_BOOT 0x80010033 /* PG WP NE ET MP PE */
#define CR4_BOOT 0x000006a0 /* PAE PGE OSFXSR OSXMMEXCPT */
#define EFER_BOOT 0x0900    /* LME NXE */
#define MSR_EFER_NR 0xc0000080
#define MSR_SPEC_CTRL_NR 0x48

/* Selectors of the hypervisor's GDT */
#define SEL_CODE32 0x08
#define SEL_CODE 0x10
#define SEL_DATA 0x18
#define SEL_TSS 0x20

#endif
