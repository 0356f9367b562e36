/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves that a guest gets its own page faults exactly as hardware gives them
 * (address and error code), and that physical addresses nothing backs read as
 * all-ones and swallow writes. how=exec and how=tables instead run code from
 * such an address and put page tables there: that ends this domain alone.
 */
#include <stdint.h>

#include <candor/support.h>

#include "boot.h"
#include "console.h"
#include "cpu.h"
#include "hypercall.h"
#include "paging.h"
#include "report.h"
#include "string.h"
#include "trap.h"

SUPPORT_TEST(pvh_guest, "guest/memfaults");
SUPPORT_TEST(x86_svm, "guest/memfaults");

#define PTE_NX (1UL << 63)
#define PTE_RESERVED (1UL << 51)
#define PFEC_RSVD 0x8
#define PTE_ADDR 0x000ffffffffff000UL

const char guest_name[] = "memfaults";

extern uint64_t paging_root[512];
static char page[4096] __attribute__((aligned(4096)));

static void expect_fault(const struct trap *t, uint64_t addr, uint64_t error, const char *what)
{
	report_ok(t->vector == VEC_PF && t->cr2 == addr && t->error == error,
		  "%s: #PF at 0x%lx with error 0x%lx (vector %d, 0x%lx, 0x%lx)", what,
		  (unsigned long)addr, (unsigned long)error, t->vector, (unsigned long)t->cr2,
		  (unsigned long)t->error);
}

static void call_addr(void *arg)
{
	((void (*)(void))arg)();
}

/* mov (%rdi), %eax; ud2 and mov %eax, (%rdi); ud2, for ring 3. */
static const unsigned char user_read[] = { 0x8b, 0x07, 0x0f, 0x0b };
static const unsigned char user_write[] = { 0x89, 0x07, 0x0f, 0x0b };

static void test_own_faults(void)
{
	uint64_t va = PAGING_WINDOW;
	const struct trap *t;
	uint32_t value;

	paging_map(va, 0, 0);
	expect_fault(trap_read_u32(va + 0x123, &value), va + 0x123, 0, "read of an absent page");
	expect_fault(trap_write_u32(va + 0x456, 1), va + 0x456, PFEC_W, "write to an absent page");
	paging_map(va, (uint64_t)page, PTE_P);
	report_ok(trap_read_u32(va, &value)->vector < 0, "a read-only page can be read");
	expect_fault(trap_write_u32(va + 8, 1), va + 8, PFEC_P | PFEC_W,
		     "write to a read-only page");
	paging_map(va, (uint64_t)page, PTE_P | PTE_RW);
	report_ok(trap_write_u32(va, 1)->vector < 0, "a writable page can be written");
	paging_map(va, (uint64_t)page, PTE_P | PTE_RW | PTE_NX);
	expect_fault(trap_run(call_addr, (void *)(va + 16)), va + 16, PFEC_P | PFEC_I,
		     "a jump to a no-execute page");
	paging_map(va, 0, 0);
	expect_fault(trap_run(call_addr, (void *)(va + 32)), va + 32, PFEC_I,
		     "a jump to an absent page");
	paging_map(va, (uint64_t)page, PTE_P | PTE_RW);
	paging_set_reserved(va, PTE_RESERVED);
	t = trap_read_u32(va, &value);
	/* The emulator leaves the present bit out of this one. */
	report_ok(
		t->vector == VEC_PF && t->cr2 == va && (t->error | PFEC_P) == (PFEC_P | PFEC_RSVD),
		"an entry with reserved bits gives #PF with error 0x%lx", (unsigned long)t->error);
	paging_map(va, 0, 0);
	report_ok(trap_read_u32(0x0000900000000000UL, &value)->vector == VEC_GP,
		  "a non-canonical address gives #GP");
}

static void test_user_faults(void)
{
	uint64_t code = PAGING_WINDOW + 0x10000;
	uint64_t data = PAGING_WINDOW + 0x20000;
	uint64_t stack = code + 2048;

	paging_map(code, (uint64_t)page, PTE_P | PTE_RW | PTE_US);
	memcpy(page, user_read, sizeof(user_read));
	expect_fault(trap_run_user(code, stack, data, 0), data, PFEC_U,
		     "ring 3 reads an absent page");
	paging_map(data, (uint64_t)page, PTE_P | PTE_RW);
	expect_fault(trap_run_user(code, stack, data, 0), data, PFEC_P | PFEC_U,
		     "ring 3 reads a supervisor page");
	memcpy(page, user_write, sizeof(user_write));
	expect_fault(trap_run_user(code, stack, data, 0), data, PFEC_P | PFEC_U | PFEC_W,
		     "ring 3 writes a supervisor page");
	paging_map(data, 0, 0);
}

/* Every plain form a driver would use, at @va, which nothing backs. */
static void test_hole_at(uint64_t va, const char *what)
{
	volatile char *p = (volatile char *)va;
	uint64_t r8, r16, r32, r64, zx;
	uint32_t copy[4] = { 0 };
	const void *from = (const void *)va;
	void *to = copy;
	uint64_t count = 4;

	__asm__ volatile("mov $0, %%eax; movb (%1), %%al; mov %%rax, %0"
			 : "=r"(r8)
			 : "r"(p)
			 : "rax");
	__asm__ volatile("mov $0, %%eax; movw (%1), %%ax; mov %%rax, %0"
			 : "=r"(r16)
			 : "r"(p)
			 : "rax");
	__asm__ volatile("movl (%1), %k0" : "=r"(r32) : "r"(p));
	__asm__ volatile("movq (%1), %0" : "=r"(r64) : "r"(p));
	__asm__ volatile("movzbl (%1), %k0" : "=r"(zx) : "r"(p));
	report_ok(r8 == 0xff && r16 == 0xffff && r32 == 0xffffffff && r64 == ~0UL && zx == 0xff,
		  "%s reads as all-ones in every size", what);
	__asm__ volatile(
		"movb $1, (%0); movw $1, (%0); movl $1, (%0); movq $1, (%0); movl %%eax, (%0)"
		:
		: "r"(p)
		: "memory");
	__asm__ volatile("movl 4(%1), %k0" : "=r"(r32) : "r"(p));
	__asm__ volatile("movl (%1), %k0" : "=r"(zx) : "r"(p));
	report_ok(r32 == 0xffffffff && zx == 0xffffffff, "%s swallows writes", what);
	__asm__ volatile("rep movsl" : "+S"(from), "+D"(to), "+c"(count) : : "memory");
	report_ok(copy[0] == 0xffffffff && copy[3] == 0xffffffff && count == 0,
		  "%s can be copied from by rep movs", what);
	to = (void *)va;
	count = 8;
	__asm__ volatile("rep stosl" : "+D"(to), "+c"(count) : "a"(0) : "memory");
	report_ok(count == 0 && to == (void *)(va + 32), "%s can be filled by rep stos", what);
}

/* A page that no entry of the memory map has, above RAM and below the APIC. */
static uint64_t find_hole(void)
{
	uint64_t at = (boot_ram_end() + 0x10000000UL) & ~0x1fffffUL;

	while (boot_memmap_overlaps(at, 0x1000) ||
	       (at < 0x100000000UL && at + 0x1000 > 0xfec00000UL))
		at += 0x200000;
	return at;
}

static void test_holes(void)
{
	uint64_t va = PAGING_WINDOW + 0x30000;

	paging_map(va, find_hole(), PTE_P | PTE_RW);
	test_hole_at(va, "a hole above RAM");
	paging_map(va, 0xfe000000UL, PTE_P | PTE_RW);
	if (boot_option_is("peer", "xen"))
		report_skip("the hardware domain has devices there");
	else if (!boot_memmap_overlaps(0xfe000000UL, 0x1000))
		test_hole_at(va, "the device space below the APIC");
	paging_map(va, (1UL << (cpu_cpuid(0x80000008, 0).eax & 0xff)) - 0x1000000000UL,
		   PTE_P | PTE_RW);
	test_hole_at(va, "an address near the top");
	paging_map(va, 0, 0);
}

/* Tables the hypervisor built may be read only or ours to change; both end well. */
static void test_acpi_write(void)
{
	uint64_t rsdp = boot_start_info()->rsdp_paddr;
	uint32_t before, after;

	report_ok(rsdp && rsdp < 0x100000000UL, "an RSDP lies at 0x%lx", (unsigned long)rsdp);
	before = *(volatile uint32_t *)rsdp;
	*(volatile uint32_t *)rsdp = ~before;
	after = *(volatile uint32_t *)rsdp;
	report_ok(after == before || after == ~before, "a write to the RSDP stays or is dropped");
	*(volatile uint32_t *)rsdp = before;
	report_equal(*(volatile uint32_t *)rsdp, before, "the RSDP's first word");
}

/* Ends the domain: code where no memory is. */
static void test_exec(void)
{
	uint64_t va = PAGING_WINDOW + 0x40000;

	paging_map(va, find_hole(), PTE_P | PTE_RW);
	console_printf("guest: PASS so far, the domain must crash now\n");
	call_addr((void *)va);
	report_ok(false, "the call came back");
}

/* Ends the domain: a page directory pointer where no memory is. */
static void test_tables(void)
{
	uint64_t *slot = &paging_root[300];
	uint32_t value;

	*slot = (find_hole() & PTE_ADDR) | PTE_P | PTE_RW;
	console_printf("guest: PASS so far, the domain must crash now\n");
	(void)trap_read_u32(0xffff960000000000UL, &value);
	report_ok(false, "the read came back");
}

void guest_main(void)
{
	if (boot_option_is("how", "exec")) {
		test_exec();
		return;
	}
	if (boot_option_is("how", "tables")) {
		test_tables();
		return;
	}
	test_own_faults();
	test_user_faults();
	test_holes();
	test_acpi_write();
}
