/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves what a balloon driver does: single pages and 2 MiB extents given back and taken
 * again, zeroed; a large page that loses one of its pages; how far a list was done; and the
 * operations a guest of this kind is refused. With peer=xen it runs on Xen, which need not
 * zero what the same domain has given back.
 */
#include <stdbool.h>
#include <stdint.h>

#include <candor/support.h>

#include <xen/memory.h>

#include "boot.h"
#include "hypercall.h"
#include "report.h"
#include "string.h"

SUPPORT_TEST(ballooning, "guest/balloon");

const char guest_name[] = "balloon";

#define MIB (1UL << 20)
#define BASE (16 * MIB) /* RAM that nothing of this kernel is in, on 2 MiB */
#define BASE_GFN (BASE >> 12)

static long memory_op(unsigned int cmd, void *arg)
{
	return hypercall_2(__HYPERVISOR_memory_op, cmd, arg);
}

static long reservation(unsigned int cmd, xen_pfn_t *list, unsigned long nr, unsigned int order)
{
	struct xen_memory_reservation r = { .nr_extents = nr,
					    .extent_order = order,
					    .domid = DOMID_SELF };

	set_xen_guest_handle(r.extent_start, list);
	return memory_op(cmd, &r);
}

static long current(void)
{
	struct xen_memory_domain self = { .domid = DOMID_SELF };

	return memory_op(XENMEM_current_reservation, &self);
}

static bool is_zero(unsigned long address, unsigned long size)
{
	if (boot_option_is("peer", "xen"))
		return true;
	for (const unsigned long *p = (const unsigned long *)address;
	     p < (const unsigned long *)(address + size); p++)
		if (*p)
			return false;
	return true;
}

static void test_pages(void)
{
	static xen_pfn_t list[] = { BASE_GFN + 5, BASE_GFN + 7, BASE_GFN + 1000 };
	long pages = current();

	memset((void *)(BASE + 5 * 4096), 0x77, 4096);
	memset((void *)(BASE + 6 * 4096), 0x66, 4096);
	report_rc(reservation(XENMEM_decrease_reservation, list, 3, 0), 3,
		  "three pages given back");
	report_rc(current(), pages - 3, "fewer pages");
	report_equal(*(volatile uint8_t *)(BASE + 6 * 4096), 0x66, "a page between them");
	report_rc(reservation(XENMEM_populate_physmap, list, 3, 0), 3, "and taken again");
	report_rc(current(), pages, "as many pages as before");
	report_ok(is_zero(BASE + 5 * 4096, 4096), "a page taken is zero");
	*(volatile uint8_t *)(BASE + 7 * 4096) = 1;
	report_equal(*(volatile uint8_t *)(BASE + 7 * 4096), 1, "and can be written");
}

static void test_large(void)
{
	xen_pfn_t list[] = { BASE_GFN + 512, BASE_GFN + 1024 };
	long pages = current();

	memset((void *)(BASE + 2 * MIB), 0x55, 4 * MIB);
	report_rc(reservation(XENMEM_decrease_reservation, list, 2, 9), 2, "4 MiB given back");
	report_rc(current(), pages - 1024, "fewer pages");
	report_rc(reservation(XENMEM_populate_physmap, list, 2, 9), 2, "and taken again");
	report_rc(current(), pages, "as many pages as before");
	report_ok(is_zero(BASE + 2 * MIB, 4 * MIB), "all zero");
	/* Ranges of it, in other sizes. */
	memset((void *)(BASE + 2 * MIB), 0x44, 2 * MIB);
	list[0] = BASE_GFN + 512 + 64;
	report_rc(reservation(XENMEM_decrease_reservation, list, 1, 6), 1, "64 pages of 2 MiB");
	report_equal(*(volatile uint8_t *)(BASE + 2 * MIB + 63 * 4096), 0x44, "the page before");
	report_equal(*(volatile uint8_t *)(BASE + 2 * MIB + 128 * 4096), 0x44, "the page behind");
	report_rc(reservation(XENMEM_populate_physmap, list, 1, 6), 1, "taken again");
	report_ok(is_zero(BASE + 2 * MIB + 64 * 4096, 64 * 4096), "those are zero");
}

static void test_lists(void)
{
	static xen_pfn_t list[600];
	unsigned long end = boot_ram_end() >> 12;

	for (unsigned int i = 0; i < 600; i++)
		list[i] = BASE_GFN + 2048 + i;
	report_rc(reservation(XENMEM_decrease_reservation, list, 600, 0), 600, "600 pages");
	report_rc(reservation(XENMEM_populate_physmap, list, 600, 0), 600, "and back");
	report_rc(reservation(XENMEM_decrease_reservation, list, 0, 0), 0, "none");
	/* A gap in the list ends it. */
	list[2] = end + (1UL << 20);
	report_rc(reservation(XENMEM_decrease_reservation, list, 4, 0), 2, "up to one that is not");
	list[2] = list[1];
	report_rc(reservation(XENMEM_populate_physmap, list, 2, 0), 2, "those two again");
	report_ok(reservation(XENMEM_populate_physmap, (void *)(1UL << 40), 2, 0) <= 0,
		  "nothing by a bad list");
}

/* A page of ours at another place. */
static void test_move(void)
{
	static xen_pfn_t hole = BASE_GFN + 3000;
	struct xen_add_to_physmap a = { .domid = DOMID_SELF,
					.space = XENMAPSPACE_gmfn,
					.idx = BASE_GFN + 3001,
					.gpfn = BASE_GFN + 3000 };
	struct xen_remove_from_physmap r = { .domid = DOMID_SELF, .gpfn = BASE_GFN + 3000 };

	memset((void *)(BASE + 3001 * 4096), 0x33, 4096);
	report_rc(reservation(XENMEM_decrease_reservation, &hole, 1, 0), 1, "a hole");
	report_rc(memory_op(XENMEM_add_to_physmap, &a), 0, "a page moves there");
	report_equal(*(volatile uint8_t *)(BASE + 3000 * 4096), 0x33, "with what is in it");
	a.space = XENMAPSPACE_gmfn_foreign;
	report_ok(memory_op(XENMEM_add_to_physmap, &a) < 0, "another domain's does not");
	report_rc(memory_op(XENMEM_remove_from_physmap, &r), 0, "it is removed");
	report_rc(memory_op(XENMEM_remove_from_physmap, &r), -XEN_ENOENT, "once");
}

static void test_refused(void)
{
	struct xen_memory_exchange x = { .in = { .nr_extents = 1, .domid = DOMID_SELF },
					 .out = { .nr_extents = 1, .domid = DOMID_SELF } };
	static xen_pfn_t in = BASE_GFN + 9, out = BASE_GFN + 9;

	set_xen_guest_handle(x.in.extent_start, &in);
	set_xen_guest_handle(x.out.extent_start, &out);
	report_ok(memory_op(XENMEM_exchange, &x) < 0 && !x.nr_exchanged,
		  "exchange is for guests that know machine frames");
	report_rc(memory_op(XENMEM_machphys_mapping, &x), -XEN_ENOSYS, "machphys_mapping");
	report_ok(memory_op(XENMEM_maximum_ram_page, 0) > 0, "maximum_ram_page");
}

void guest_main(void)
{
	test_pages();
	test_large();
	test_lists();
	test_move();
	test_refused();
}
