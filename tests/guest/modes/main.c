/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Processor modes on the way to 64 bits, each with exits in it: EFER.LME without PAE and without
 * paging above all. That the guest arrives is most of the test: a host that does not come back
 * from such an exit is gone without a word.
 */
#include <stdint.h>

#include <candor/support.h>

#include "boot.h"
#include "cpu.h"
#include "report.h"

SUPPORT_TEST(x86_svm, "guest/modes");

const char guest_name[] = "modes";

/* EFER as it read: LME set without PAE, with PAE, again without, and cleared. */
uint32_t early_efer[4];

/* start.S calls this in the entry state: 32-bit, paging off, CR4 0. */
__asm__(".section .text.entry, \"ax\"\n"
	".code32\n"
	".globl guest_early\n"
	"guest_early:\n"
	"	push %ebx\n"
	"	mov $0xc0000080, %ecx\n"
	"	rdmsr\n"
	"	or $0x100, %eax\n"
	"	wrmsr\n"
	"	call look\n"
	"	mov %eax, early_efer\n"
	"	mov $0x20, %eax\n"
	"	mov %eax, %cr4\n"
	"	call look\n"
	"	mov %eax, early_efer + 4\n"
	"	xor %eax, %eax\n"
	"	mov %eax, %cr4\n"
	"	call look\n"
	"	mov %eax, early_efer + 8\n"
	"	and $~0x100, %eax\n"
	"	wrmsr\n"
	"	call look\n"
	"	mov %eax, early_efer + 12\n"
	"	pop %ebx\n"
	"	ret\n"
	"look:\n" /* an exit, and EFER after it */
	"	xor %eax, %eax\n"
	"	cpuid\n"
	"	mov $0xc0000080, %ecx\n"
	"	rdmsr\n"
	"	ret\n"
	".code64\n"
	".previous\n");

void guest_main(void)
{
	report_equal(early_efer[0], EFER_LME, "EFER with LME and no PAE");
	report_equal(early_efer[1], EFER_LME, "EFER with LME and PAE, without paging");
	report_equal(early_efer[2], EFER_LME, "EFER after PAE is cleared");
	report_equal(early_efer[3], 0, "EFER after LME is cleared");
}
