/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves the CPUID and MSR policy a PVH guest sees: the hypervisor leaves, no
 * virtualization extension leaked, control registers and EFER that fault on
 * what is not offered, MSRs that keep what is written, and #GP for unknown
 * ones. With umip=on|off on the command line also that UMIP works or is hidden.
 */
#include <stdint.h>

#include <candor/support.h>

#include "boot.h"
#include "cpu.h"
#include "hypercall.h"
#include "paging.h"
#include "report.h"
#include "string.h"
#include "trap.h"

SUPPORT_TEST(pvh_guest, "guest/cpuid_msr");
SUPPORT_TEST(x86_svm, "guest/cpuid_msr");
SUPPORT_TEST(umip, "guest/cpuid_msr");

#define CPUID_HYPERVISOR (1u << 31)

const char guest_name[] = "cpuid_msr";

static char page[4096] __attribute__((aligned(4096)));

static void test_hypervisor_leaves(void)
{
	struct cpuid_regs r = cpu_cpuid(0x40000000, 0);
	char signature[13] = { 0 };

	memcpy(signature, &r.ebx, 4);
	memcpy(signature + 4, &r.ecx, 4);
	memcpy(signature + 8, &r.edx, 4);
	report_ok(strcmp(signature, "XenVMMXenVMM") == 0, "signature is %s", signature);
	report_ok(r.eax >= 0x40000004 && r.eax < 0x40000100, "last leaf is 0x%x", r.eax);
	r = cpu_cpuid(0x40000001, 0);
	report_ok(r.eax >> 16 == 4, "version leaf is 0x%x", r.eax);
	r = cpu_cpuid(0x40000003, 0);
	report_ok(r.ecx > 100000, "the TSC runs at %u kHz", r.ecx);
	r = cpu_cpuid(0x40000004, 0);
	report_ok(r.eax & 1u << 3 && r.ebx == 0, "the vCPU id is there and 0");
	report_ok(r.eax & 1u << 6, "a per-vCPU upcall vector is offered");
	r = cpu_cpuid(0x40000100, 0);
	report_ok(r.ebx != 0x566e6558, "no second signature at 0x40000100");
}

static void test_plain_leaves(void)
{
	struct cpuid_regs r = cpu_cpuid(0, 0);
	uint32_t max = r.eax;

	report_ok(max >= 7 && max < 0x100, "last basic leaf is %u", max);
	r = cpu_cpuid(1, 0);
	report_ok(r.ecx & CPUID_HYPERVISOR, "the hypervisor bit is set");
	report_ok(r.ecx & 1u << 21, "x2APIC is offered");
	report_ok(r.edx & 1u << 9, "an APIC is offered");
	report_equal(r.ebx >> 24, 0, "APIC id of CPUID.1");
	report_ok(!(r.ecx & 1u << 5), "VMX is not offered");
	report_ok(!(r.ecx & 1u << 3), "MONITOR is not offered");
	report_ok(!(r.ecx & 1u << 24), "the TSC deadline timer is not offered");
	r = cpu_cpuid(0x80000001, 0);
	report_ok(!(r.ecx & 1u << 2), "SVM is not offered");
	report_ok(r.edx & 1u << 29, "long mode is offered");
	report_ok(r.edx & 1u << 20, "NX is offered");
	r = cpu_cpuid(0x8000000a, 0);
	report_ok(!r.eax && !r.ebx && !r.ecx && !r.edx, "the SVM leaf is empty");
	r = cpu_cpuid(0x80000008, 0);
	report_ok((r.eax & 0xff) >= 36 && (r.eax & 0xff) <= 52 && (r.eax >> 8 & 0xff) >= 48,
		  "addresses: %u physical bits, %u linear", r.eax & 0xff, r.eax >> 8 & 0xff);
}

/* CPUID.1:ECX.OSXSAVE follows CR4.OSXSAVE. */
static void test_osxsave(void)
{
	uint64_t cr4 = cpu_cr4();

	if (!(cpu_cpuid(1, 0).ecx & 1u << 26)) {
		report_ok(trap_write_cr4(cr4 | 1u << 18)->vector == VEC_GP,
			  "CR4.OSXSAVE gives #GP, as XSAVE is not offered");
		return;
	}
	report_ok(!(cpu_cpuid(1, 0).ecx & 1u << 27), "OSXSAVE is clear at first");
	cpu_set_cr4(cr4 | 1u << 18);
	report_ok(cpu_cpuid(1, 0).ecx & 1u << 27, "OSXSAVE follows CR4");
	cpu_set_cr4(cr4);
}

static void set_cr0(void *arg)
{
	cpu_set_cr0(*(uint64_t *)arg);
}

static void test_control_registers(void)
{
	static const unsigned int reserved[] = { 13, 15, 19, 30, 33, 63 };
	uint64_t cr4 = cpu_cr4();
	uint64_t cr0 = cpu_cr0();
	uint64_t bad = cr0 & ~(uint64_t)CR0_PE;

	for (unsigned int i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
		report_ok(trap_write_cr4(cr4 | 1UL << reserved[i])->vector == VEC_GP,
			  "CR4 bit %u gives #GP", reserved[i]);
	report_ok(trap_write_cr4(cr4 & ~(uint64_t)CR4_PAE)->vector == VEC_GP,
		  "clearing CR4.PAE in long mode gives #GP");
	report_equal(cpu_cr4(), cr4, "CR4 after the faults");
	cpu_set_cr4(cr4 | 0x680); /* PGE, OSFXSR, OSXMMEXCPT */
	report_equal(cpu_cr4(), cr4 | 0x680, "CR4 with PGE, OSFXSR, OSXMMEXCPT");
	cpu_set_cr4(cr4);
	report_ok(trap_run(set_cr0, &bad)->vector == VEC_GP, "CR0.PG without PE gives #GP");
	if (boot_option_is("peer", "xen")) {
		report_skip("Xen crashes the domain for CR0.NW without CD and for bit 40");
	} else {
		bad = cr0 | 1UL << 29;
		report_ok(trap_run(set_cr0, &bad)->vector == VEC_GP, "CR0.NW without CD gives #GP");
		bad = cr0 | 1UL << 40;
		report_ok(trap_run(set_cr0, &bad)->vector == VEC_GP, "CR0 bit 40 gives #GP");
	}
	cpu_set_cr0(cr0 | 0x8);
	report_ok(cpu_cr0() & 0x8, "CR0.TS sticks");
	__asm__ volatile("clts");
	report_equal(cpu_cr0(), cr0, "CR0 after clts");
}

static void test_efer(void)
{
	uint64_t efer = cpu_rdmsr(MSR_EFER);

	report_equal(efer & ~(uint64_t)EFER_SCE, EFER_LME | EFER_LMA | EFER_NXE, "EFER");
	report_ok(trap_write_msr(MSR_EFER, efer | EFER_SVME)->vector == VEC_GP,
		  "EFER.SVME gives #GP");
	report_ok(trap_write_msr(MSR_EFER, efer | 0x2)->vector == VEC_GP, "EFER bit 1 gives #GP");
	report_ok(trap_write_msr(MSR_EFER, efer | 1UL << 40)->vector == VEC_GP,
		  "EFER bit 40 gives #GP");
	report_ok(trap_write_msr(MSR_EFER, efer & ~(uint64_t)EFER_LME)->vector == VEC_GP,
		  "clearing EFER.LME under paging gives #GP");
	report_equal(cpu_rdmsr(MSR_EFER), efer, "EFER after the faults");
	cpu_wrmsr(MSR_EFER, efer ^ EFER_SCE);
	report_equal(cpu_rdmsr(MSR_EFER), efer ^ EFER_SCE, "EFER with SCE turned");
	cpu_wrmsr(MSR_EFER, efer);
}

static void test_unknown_msrs(void)
{
	static const uint32_t unknown[] = { 0x5,	0x12345,    0x40000100, 0x4fffffff,
					    0x80000000, 0xbfffffff, 0xc0020000, 0xffffffff };
	uint64_t value;

	for (unsigned int i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
		report_ok(trap_read_msr(unknown[i], &value)->vector == VEC_GP,
			  "reading MSR 0x%x gives #GP", unknown[i]);
		report_ok(trap_write_msr(unknown[i], 0)->vector == VEC_GP,
			  "writing MSR 0x%x gives #GP", unknown[i]);
	}
	if (boot_option_is("peer", "xen")) {
		report_skip("Xen swallows a write to VM_HSAVE_PA");
		return;
	}
	report_ok(trap_write_msr(0xc0010117, 0x1000)->vector == VEC_GP,
		  "writing VM_HSAVE_PA gives #GP");
}

/* What Linux reads without a safety net during a PVH boot. */
static void test_known_msrs(void)
{
	static const uint32_t known[] = {
		0x10,	    0x1b,	0xfe,	    0x179,	0x17a,	    0x174,
		0x175,	    0x176,	0x200,	    0x20f,	0x250,	    0x258,
		0x259,	    0x268,	0x26f,	    0x277,	0x2ff,	    0x400,
		0x401,	    0x404,	MSR_EFER,   0xc0000081, 0xc0000082, 0xc0000083,
		0xc0000084, 0xc0000100, 0xc0000101, 0xc0000102, 0xc0010010, 0xc0010015
	};
	uint64_t value;

	for (unsigned int i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		report_ok(trap_read_msr(known[i], &value)->vector < 0, "MSR 0x%x may be read",
			  known[i]);
}

/*
 * Values only: whether a non-canonical address faults is left to the processor
 * where these are not intercepted, and the emulator lets it pass.
 */
static void test_stored_msrs(void)
{
	/* SYSENTER_CS, _ESP, _EIP; LSTAR, CSTAR; FS, GS and kernel GS base. */
	static const uint32_t address[] = { 0x175,	0x176,	    0xc0000082, 0xc0000083,
					    0xc0000100, 0xc0000101, 0xc0000102 };
	uint64_t old;

	for (unsigned int i = 0; i < sizeof(address) / sizeof(address[0]); i++) {
		old = cpu_rdmsr(address[i]);
		cpu_wrmsr(address[i], 0xffff888012345678UL);
		report_ok(cpu_rdmsr(address[i]) == 0xffff888012345678UL, "MSR 0x%x keeps a value",
			  address[i]);
		cpu_wrmsr(address[i], old);
	}
	old = cpu_rdmsr(0x277);
	cpu_wrmsr(0x277, 0x0007010600070106UL);
	report_equal(cpu_rdmsr(0x277), 0x0007010600070106UL, "PAT");
	cpu_wrmsr(0x277, old);
}

static void test_tsc(void)
{
	uint64_t before = cpu_rdtsc();
	uint64_t msr = cpu_rdmsr(0x10);
	uint64_t after = cpu_rdtsc();

	report_ok(before <= msr && msr <= after, "the TSC MSR lies between two rdtsc");
}

static void test_apic_base(void)
{
	uint64_t base = cpu_rdmsr(MSR_APIC_BASE);

	report_equal(base, 0xfee00900, "APIC_BASE at first: boot CPU, enabled, xAPIC");
	report_ok(trap_write_msr(MSR_APIC_BASE, base | 1UL << 9)->vector == VEC_GP,
		  "a reserved bit of APIC_BASE gives #GP");
	report_ok(trap_write_msr(MSR_APIC_BASE, (base | 1UL << 10) & ~(1UL << 11))->vector ==
			  VEC_GP,
		  "x2APIC without enable gives #GP");
}

/* Instructions of extensions that are not offered. */
static void do_vmrun(void *arg)
{
	__asm__ volatile("vmrun %0" : : "a"(arg) : "memory");
}

static void do_vmload(void *arg)
{
	__asm__ volatile("vmload %0" : : "a"(arg) : "memory");
}

static void do_stgi(void *arg)
{
	__asm__ volatile("stgi" ::: "memory");
}

static void do_clgi(void *arg)
{
	__asm__ volatile("clgi" ::: "memory");
}

static void do_skinit(void *arg)
{
	__asm__ volatile("skinit" : : "a"(0) : "memory");
}

static void do_monitor(void *arg)
{
	__asm__ volatile("monitor" : : "a"(arg), "c"(0), "d"(0) : "memory");
}

static void do_invlpga(void *arg)
{
	__asm__ volatile("invlpga" : : "a"(arg), "c"(0) : "memory");
}

static void test_instructions(void)
{
	static const struct {
		const char *name;
		void (*fn)(void *arg);
	} absent[] = {
		{ "vmrun", do_vmrun },	   { "vmload", do_vmload }, { "stgi", do_stgi },
		{ "clgi", do_clgi },	   { "skinit", do_skinit }, { "monitor", do_monitor },
		{ "invlpga", do_invlpga },
	};

	for (unsigned int i = 0; i < sizeof(absent) / sizeof(absent[0]); i++) {
		const struct trap *t = trap_run(absent[i].fn, page);

		report_ok(t->vector == VEC_UD, "%s gives #UD (%d)", absent[i].name, t->vector);
	}
}

/* sgdt from ring 3 into the user stack, then ud2: which of them trapped? */
static const unsigned char sgdt_code[] = { 0x0f, 0x01, 0x04, 0x24, 0x0f, 0x0b };

static int user_sgdt_vector(void)
{
	uint64_t code = PAGING_WINDOW;

	memcpy(page, sgdt_code, sizeof(sgdt_code));
	paging_map(code, (uint64_t)page, PTE_P | PTE_RW | PTE_US);
	return trap_run_user(code, code + 2048, 0, 0)->vector;
}

static void test_umip(void)
{
	bool offered = cpu_cpuid(7, 0).ecx & 1u << 2;
	uint64_t cr4 = cpu_cr4();

	if (boot_option_is("umip", "on"))
		report_ok(offered, "UMIP is offered");
	if (boot_option_is("umip", "off"))
		report_ok(!offered, "UMIP is hidden");
	report_equal((uint64_t)user_sgdt_vector(), VEC_UD, "sgdt in ring 3 runs; the next trap");
	if (!offered) {
		report_ok(trap_write_cr4(cr4 | CR4_UMIP)->vector == VEC_GP,
			  "CR4.UMIP gives #GP where UMIP is not offered");
		return;
	}
	cpu_set_cr4(cr4 | CR4_UMIP);
	report_equal(cpu_cr4(), cr4 | CR4_UMIP, "CR4 with UMIP");
	report_equal((uint64_t)user_sgdt_vector(), VEC_GP, "the trap of sgdt in ring 3 with UMIP");
	cpu_set_cr4(cr4);
}

void guest_main(void)
{
	test_hypervisor_leaves();
	test_plain_leaves();
	test_osxsave();
	test_control_registers();
	test_efer();
	test_unknown_msrs();
	test_known_msrs();
	test_stored_msrs();
	test_tsc();
	test_apic_base();
	test_instructions();
	test_umip();
}
