/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The hypervisor's link: one loadable segment whose file layout equals its
 * memory layout, because Multiboot loaders with address fields load it raw.
 */
#include "layout.h"

OUTPUT_FORMAT("elf64-x86-64")
OUTPUT_ARCH("i386:x86-64")
ENTRY(multiboot_entry_phys)

PHDRS
{
	load PT_LOAD FLAGS(7);
}

SECTIONS
{
	. = IMAGE_VIRT_BASE + IMAGE_PHYS_START;
	__image_start = .;
	.text : AT(ADDR(.text) - IMAGE_VIRT_BASE) {
		KEEP(*(.multiboot))
		KEEP(*(.head.text))
		*(.text.hot .text.hot.*)
		*(.text .text.*)
		*(.plt .iplt)
	} :load
	. = ALIGN(4096);
	__text_end = .;
	.rodata : AT(ADDR(.rodata) - IMAGE_VIRT_BASE) {
		*(.rodata .rodata.*)
		*(.rela.*)
		. = ALIGN(8);
	} :load
	/* Writable for the linker only: below __rodata_end, so mapped for reading. */
	.data.rel.ro : AT(ADDR(.data.rel.ro) - IMAGE_VIRT_BASE) {
		*(.data.rel.ro .data.rel.ro.*)
		*(.got .got.plt .igot .igot.plt)
		. = ALIGN(8);
	} :load
	. = ALIGN(4096);
	__rodata_end = .;
	.data : AT(ADDR(.data) - IMAGE_VIRT_BASE) {
		*(.data .data.*)
		. = ALIGN(8);
	} :load
	__load_end = .;
	.bss : AT(ADDR(.bss) - IMAGE_VIRT_BASE) {
		*(.bss .bss.* COMMON)
		. = ALIGN(4096);
	} :load
	__image_end = .;

	/* Not loaded: what this image is made of, for `candor inspect`. */
	.candor.support 0 : { KEEP(*(.candor.support)) }
	.candor.lock 0 : { KEEP(*(.candor.lock)) }
	.comment 0 : { *(.comment) }
	.debug_info 0 : { *(.debug_info) }
	.debug_abbrev 0 : { *(.debug_abbrev) }
	.debug_loclists 0 : { *(.debug_loclists) }
	.debug_aranges 0 : { *(.debug_aranges) }
	.debug_rnglists 0 : { *(.debug_rnglists) }
	.debug_line 0 : { *(.debug_line) }
	.debug_str 0 : { *(.debug_str) }
	.debug_line_str 0 : { *(.debug_line_str) }
	.debug_frame 0 : { *(.debug_frame) }
	.debug_addr 0 : { *(.debug_addr) }
	.debug_str_offsets 0 : { *(.debug_str_offsets) }
	.symtab 0 : { *(.symtab) }
	.strtab 0 : { *(.strtab) }
	.shstrtab 0 : { *(.shstrtab) }

	/DISCARD/ : { *(.note .note.*) *(.eh_frame .eh_frame_hdr) *(.interp .dynamic .hash .gnu.hash) }
}

multiboot_entry_phys = multiboot_entry - IMAGE_VIRT_BASE;
__image_phys_start = __image_start - IMAGE_VIRT_BASE;
__load_phys_end = __load_end - IMAGE_VIRT_BASE;
__image_phys_end = __image_end - IMAGE_VIRT_BASE;
