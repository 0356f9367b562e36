/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves the hypercall page. With expect=present: CPUID names the MSR, the page
 * that is written holds a stub a hypercall that works, and a page that is none
 * gives #GP. With expect=absent: CPUID offers no page and the MSR does not
 * exist.
 */
#include <stdint.h>

#include <candor/support.h>

#include <xen/version.h>

#include "boot.h"
#include "cpu.h"
#include "hypercall.h"
#include "report.h"
#include "string.h"
#include "trap.h"

SUPPORT_TEST(hypercall_page, "guest/hypercall_page");

#define MSR_HYPERCALL 0x40000000

const char guest_name[] = "hypercall_page";

static unsigned char page[4096] __attribute__((aligned(4096)));

static long call_stub(unsigned int nr, unsigned long a1, unsigned long a2)
{
	const unsigned char *stub = page + nr * 32;
	long rc;

	__asm__ volatile("call *%[stub]"
			 : "=a"(rc), "+D"(a1), "+S"(a2)
			 : [stub] "r"(stub)
			 : "memory", "rcx", "rdx", "r8", "r9", "r10", "r11");
	return rc;
}

static void test_present(void)
{
	struct cpuid_regs r = cpu_cpuid(0x40000002, 0);
	uint64_t above = (boot_ram_end() + 0x40000000UL) & ~0xfffUL;
	char extra[16] = { 0 };
	uint64_t value = ~0UL;

	report_equal(r.eax, 1, "number of hypercall pages");
	report_equal(r.ebx, MSR_HYPERCALL, "MSR of the hypercall page");
	memset(page, 0xc3, sizeof(page));
	report_ok(trap_write_msr(MSR_HYPERCALL, (uint64_t)page)->vector < 0, "the MSR is written");
	report_ok(page[0] != 0xc3 && page[17 * 32] != 0xc3, "the page is filled");
	report_ok(trap_read_msr(MSR_HYPERCALL, &value)->vector < 0, "the MSR may be read");
	report_equal(value, 0, "the MSR read");
	report_rc(call_stub(__HYPERVISOR_xen_version, XENVER_version, 0),
		  cpu_cpuid(0x40000001, 0).eax, "version by the page");
	report_rc(call_stub(__HYPERVISOR_xen_version, XENVER_extraversion, (unsigned long)extra), 0,
		  "extraversion by the page");
	report_rc(call_stub(63, 0, 0), -XEN_ENOSYS, "stub 63");
	report_ok(trap_write_msr(MSR_HYPERCALL, above)->vector == VEC_GP,
		  "a page that no memory backs gives #GP");
	report_ok(trap_write_msr(MSR_HYPERCALL, 0xfffffffffffff000UL)->vector == VEC_GP,
		  "a page beyond every address gives #GP");
	report_ok(trap_write_msr(MSR_HYPERCALL, (uint64_t)page | 1)->vector == VEC_GP,
		  "page index 1 gives #GP");
}

static void test_absent(void)
{
	struct cpuid_regs r = cpu_cpuid(0x40000002, 0);
	uint64_t value;

	report_equal(r.eax, 0, "number of hypercall pages");
	memset(page, 0xc3, sizeof(page));
	report_ok(trap_write_msr(MSR_HYPERCALL, (uint64_t)page)->vector == VEC_GP,
		  "writing the MSR gives #GP");
	report_ok(trap_read_msr(MSR_HYPERCALL, &value)->vector == VEC_GP,
		  "reading the MSR gives #GP");
	report_ok(page[0] == 0xc3, "the page is left alone");
}

void guest_main(void)
{
	if (boot_option_is("expect", "present"))
		test_present();
	else if (boot_option_is("expect", "absent"))
		test_absent();
	else
		report_ok(false, "the command line says expect=present or expect=absent");
}
