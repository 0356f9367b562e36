/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves the I/O ports of a PVH guest: those nothing owns read as all-ones in
 * every size and swallow writes (timer, PCI, keyboard, and the emulator's own
 * exit port above all), port 0xe9 prints, registers are merged as the width
 * says, and string forms move the right bytes and fault like hardware.
 */
#include <stdbool.h>
#include <stdint.h>

#include <candor/support.h>

#include "boot.h"
#include "cpu.h"
#include "hypercall.h"
#include "paging.h"
#include "report.h"
#include "string.h"
#include "trap.h"

SUPPORT_TEST(pvh_guest, "guest/ports");
SUPPORT_TEST(x86_svm, "guest/ports");

const char guest_name[] = "ports";

static char page[4096] __attribute__((aligned(4096)));

static void test_unowned(void)
{
	static const uint16_t unowned[] = { 0x20,  0x21,   0x40,   0x42,   0x60,   0x64,  0x71,
					    0x80,  0x92,   0xa1,   0x2f8,  0x3f8,  0x4d0, 0xcf8,
					    0xcfc, 0xafe0, 0xb000, 0xb004, 0x1234, 0xfff8 };

	for (unsigned int i = 0; i < sizeof(unowned) / sizeof(unowned[0]); i++) {
		uint16_t port = unowned[i];

		report_ok(cpu_inb(port) == 0xff && cpu_inw(port) == 0xffff &&
				  cpu_inl(port) == 0xffffffff,
			  "port 0x%x reads as all-ones", port);
		cpu_outb(port, 0x12);
		cpu_outl(port, 0x12345678);
	}
	report_ok(true, "writes to them are swallowed");
	for (unsigned int i = 0; i < 5; i++)
		(void)cpu_inb(0x61);
	report_ok(true, "port 0x61 may be read");
	cpu_outl(0xcf8, 0x80000000);
	report_equal(cpu_inl(0xcfc), 0xffffffff, "PCI device 0");
	report_ok(cpu_inl(0xffff) == 0xffffffff, "a read across the last port");
	cpu_outb(0xf4, 0x11);
	cpu_outl(0xf4, 0x11);
	report_ok(true, "the emulator's exit port is out of reach");
}

static void test_merge(void)
{
	uint64_t rax;

	__asm__ volatile("mov $0x1122334455667788, %%rax; inb $0x80, %%al; mov %%rax, %0"
			 : "=r"(rax)
			 :
			 : "rax");
	report_equal(rax, 0x11223344556677ff, "rax after a byte in");
	__asm__ volatile("mov $0x1122334455667788, %%rax; inw $0x80, %%ax; mov %%rax, %0"
			 : "=r"(rax)
			 :
			 : "rax");
	report_equal(rax, 0x112233445566ffff, "rax after a word in");
	__asm__ volatile("mov $0x1122334455667788, %%rax; inl $0x80, %%eax; mov %%rax, %0"
			 : "=r"(rax)
			 :
			 : "rax");
	report_equal(rax, 0xffffffff, "rax after a long in");
}

static void ins_bytes(void *arg)
{
	void *to = arg;
	uint64_t count = 16;

	__asm__ volatile("cld; rep insb" : "+D"(to), "+c"(count) : "d"(0x80) : "memory");
}

static void outs_bytes(void *arg)
{
	const void *from = arg;
	uint64_t count = 16;

	__asm__ volatile("cld; rep outsb" : "+S"(from), "+c"(count) : "d"(0x80) : "memory");
}

static void test_strings(void)
{
	static const char text[] = "ports: a line by rep outsb\n";
	static char other[4096] __attribute__((aligned(4096)));
	const void *from = text;
	void *to = page + 1;
	uint64_t count = sizeof(text) - 1;
	char *window = (char *)PAGING_WINDOW;
	const struct trap *t;

	__asm__ volatile("cld; rep outsb" : "+S"(from), "+c"(count) : "d"(0xe9) : "memory");
	report_ok(count == 0 && from == text + sizeof(text) - 1, "rep outsb moves rsi and rcx");
	memset(page, 0, sizeof(page));
	count = 10;
	__asm__ volatile("cld; rep insw" : "+D"(to), "+c"(count) : "d"(0x80) : "memory");
	report_ok(count == 0 && to == page + 21, "rep insw moves rdi and rcx");
	report_ok(page[0] == 0 && page[1] == (char)0xff && page[20] == (char)0xff && page[21] == 0,
		  "and fills 20 bytes and no more");
	to = page + 63;
	count = 8;
	__asm__ volatile("std; rep insb; cld" : "+D"(to), "+c"(count) : "d"(0x80) : "memory");
	report_ok(to == page + 55 && page[55] == 0 && page[56] == (char)0xff &&
			  page[63] == (char)0xff && page[64] == 0,
		  "rep insb goes down with DF set");
	count = 0;
	to = page;
	__asm__ volatile("rep insb" : "+D"(to), "+c"(count) : "d"(0x80) : "memory");
	report_ok(to == page && page[0] == 0, "rep insb of nothing does nothing");
	paging_map(PAGING_WINDOW, (uint64_t)page, PTE_P | PTE_RW);
	paging_map(PAGING_WINDOW + 4096, 0, 0);
	t = trap_run(ins_bytes, window + 4088);
	report_ok(t->vector == VEC_PF && t->cr2 == PAGING_WINDOW + 4096 && t->error == PFEC_W,
		  "rep insb into an absent page faults there (vector %d cr2 0x%lx error 0x%lx)",
		  t->vector, (unsigned long)t->cr2, (unsigned long)t->error);
	report_ok(page[4095] == (char)0xff, "after it filled the page before");
	t = trap_run(outs_bytes, window + 4096 + 8);
	report_ok(t->vector == VEC_PF && t->cr2 == PAGING_WINDOW + 4096 + 8 && t->error == 0,
		  "rep outsb from an absent page faults");
	paging_map(PAGING_WINDOW + 4096, (uint64_t)other, PTE_P | PTE_RW);
	memset(other, 0, sizeof(other));
	t = trap_run(ins_bytes, window + 4088);
	report_ok(t->vector < 0 && other[7] == (char)0xff && other[8] == 0,
		  "rep insb crosses into a page that lies apart");
}

void guest_main(void)
{
	if (boot_option_is("peer", "xen"))
		report_skip("the hardware domain owns real ports");
	else
		test_unowned();
	test_merge();
	test_strings();
}
