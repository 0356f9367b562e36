/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves grant tables with a domain's grants to itself: sizes, maps to write and to read,
 * the marks a granter sees, copies, both versions, parts of pages, and each error. With
 * v2=off the build has version 1 alone. With peer=xen it runs on Xen, where a page has one
 * place in a domain, and a map of an own page takes it from where it was.
 */
#include <stdbool.h>
#include <stdint.h>

#include <candor/support.h>

#include <xen/event_channel.h>
#include <xen/grant_table.h>
#include <xen/memory.h>

#include "boot.h"
#include "hypercall.h"
#include "report.h"
#include "string.h"

SUPPORT_TEST(gnttab_v1, "guest/grants");
SUPPORT_TEST(gnttab_v2, "guest/grants");

const char guest_name[] = "grants";

#define REF 20
#define OTHER_REF 21

static char table[4096] __attribute__((aligned(4096)));
static char status_page[4096] __attribute__((aligned(4096)));
static volatile char granted[4096] __attribute__((aligned(4096)));
static char own[4096] __attribute__((aligned(4096)));
/* Given back to the host: where grants are mapped. */
static volatile char window[2][4096] __attribute__((aligned(4096)));

static domid_t self;
static bool is_peer;

static volatile struct grant_entry_v1 *v1(unsigned int ref)
{
	return (volatile struct grant_entry_v1 *)table + ref;
}

static volatile union grant_entry_v2 *v2(unsigned int ref)
{
	return (volatile union grant_entry_v2 *)table + ref;
}

static volatile uint16_t *v2_status(unsigned int ref)
{
	return (volatile uint16_t *)status_page + ref;
}

static long grant_op(unsigned int cmd, void *arg, unsigned int nr)
{
	return hypercall_5(__HYPERVISOR_grant_table_op, cmd, (unsigned long)arg, nr, 0, 0);
}

static long show_frame(uint64_t idx, void *page)
{
	struct xen_add_to_physmap a = { .domid = DOMID_SELF,
					.space = XENMAPSPACE_grant_table,
					.idx = idx,
					.gpfn = boot_gfn(page) };

	return hypercall_2(__HYPERVISOR_memory_op, XENMEM_add_to_physmap, &a);
}

static domid_t find_self(void)
{
	struct evtchn_alloc_unbound a = { .dom = DOMID_SELF, .remote_dom = DOMID_SELF };
	struct evtchn_status s = { .dom = DOMID_SELF };

	report_rc(hypercall_2(__HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound, &a), 0,
		  "alloc_unbound");
	s.port = a.port;
	report_rc(hypercall_2(__HYPERVISOR_event_channel_op, EVTCHNOP_status, &s), 0, "status");
	return s.u.unbound.dom;
}

static void give_back(volatile void *page)
{
	xen_pfn_t g = boot_gfn(page);
	struct xen_memory_reservation r = { .nr_extents = 1, .domid = DOMID_SELF };

	set_xen_guest_handle(r.extent_start, &g);
	report_rc(hypercall_2(__HYPERVISOR_memory_op, XENMEM_decrease_reservation, &r), 1,
		  "a page is given back");
}

static void grant(unsigned int ref, const volatile void *page, uint16_t flags)
{
	v1(ref)->domid = self;
	v1(ref)->frame = (uint32_t)boot_gfn(page);
	__atomic_store_n(&v1(ref)->flags, (uint16_t)(GTF_permit_access | flags), __ATOMIC_SEQ_CST);
}

static struct gnttab_map_grant_ref map(unsigned int ref, const volatile void *at, uint32_t flags)
{
	struct gnttab_map_grant_ref m = {
		.host_addr = (uint64_t)at, .flags = GNTMAP_host_map | flags, .ref = ref, .dom = self
	};

	report_rc(grant_op(GNTTABOP_map_grant_ref, &m, 1), 0, "map_grant_ref");
	return m;
}

static int unmap(uint32_t handle, const volatile void *at)
{
	struct gnttab_unmap_grant_ref u = { .host_addr = (uint64_t)at, .handle = handle };

	report_rc(grant_op(GNTTABOP_unmap_grant_ref, &u, 1), 0, "unmap_grant_ref");
	return u.status;
}

static void test_sizes(void)
{
	struct gnttab_query_size q = { .dom = DOMID_SELF };
	struct gnttab_get_version g = { .dom = DOMID_SELF };

	report_rc(grant_op(GNTTABOP_query_size, &q, 1), 0, "query_size");
	report_ok(q.status == GNTST_okay && q.max_nr_frames >= 4, "up to %u frames",
		  q.max_nr_frames);
	report_rc(grant_op(GNTTABOP_query_size, &q, 2), -XEN_EINVAL, "query_size of two");
	report_rc(grant_op(GNTTABOP_get_version, &g, 1), 0, "get_version");
	report_equal(g.version, 1, "the version at first");
	report_rc(show_frame(0, table), 0, "the table is shown");
	report_ok(show_frame(q.max_nr_frames, own) < 0, "a frame beyond the limit is not");
	report_rc(grant_op(99, &q, 1), -XEN_ENOSYS, "grant_table_op 99");
	report_rc(grant_op(GNTTABOP_transfer, &q, 1), -XEN_ENOSYS, "transfer");
	report_rc(hypercall_5(__HYPERVISOR_grant_table_op, GNTTABOP_map_grant_ref, 1UL << 40, 1, 0,
			      0),
		  -XEN_EFAULT, "map_grant_ref of a bad pointer");
}

static void test_maps(void)
{
	struct gnttab_map_grant_ref m, w;

	memset((void *)granted, 0x5a, sizeof(granted));
	grant(REF, granted, 0);
	m = map(REF, window[0], 0);
	report_equal((uint64_t)m.status, 0, "a map");
	report_equal(v1(REF)->flags, GTF_permit_access | GTF_reading | GTF_writing,
		     "flags while it is mapped");
	report_equal((uint8_t)window[0][77], 0x5a, "what is seen");
	window[0][77] = 0x11;
	report_equal((uint8_t)granted[77], 0x11, "what is written");
	w = map(REF, window[1], GNTMAP_readonly);
	report_equal((uint64_t)w.status, 0, "a second map, to read");
	report_equal((uint8_t)window[1][77], 0x11, "what is seen there");
	report_equal((uint64_t)unmap(m.handle, window[0]), 0, "unmap");
	report_equal(v1(REF)->flags, GTF_permit_access | GTF_reading, "flags with the reader left");
	window[1][77] = 0x22;
	report_equal((uint8_t)granted[77], 0x11, "a write by the reader");
	report_equal((uint64_t)unmap(w.handle, window[1]), 0, "unmap of the reader");
	report_equal(v1(REF)->flags, GTF_permit_access, "flags after the last");
	report_ok(unmap(m.handle, window[0]) == GNTST_bad_handle, "a handle is good for once");
	report_ok(unmap(~0u, window[0]) == GNTST_bad_handle, "handle ~0 is none");
}

static int map_status(unsigned int dom, unsigned int ref, uint32_t flags)
{
	struct gnttab_map_grant_ref m = {
		.host_addr = (uint64_t)window[0], .flags = flags, .ref = ref, .dom = (domid_t)dom
	};

	report_rc(grant_op(GNTTABOP_map_grant_ref, &m, 1), 0, "map_grant_ref");
	return m.status;
}

static void test_refused_maps(void)
{
	grant(REF, granted, 0);
	report_ok(map_status(0x7000, REF, GNTMAP_host_map) == GNTST_bad_domain, "no such domain");
	report_ok(map_status(self, 1u << 30, GNTMAP_host_map) == GNTST_bad_gntref, "no such grant");
	report_ok(map_status(self, OTHER_REF, GNTMAP_host_map) < 0, "an empty entry");
	report_ok(map_status(self, REF, 0) < 0, "no kind of map asked for");
	grant(OTHER_REF, granted, 0);
	v1(OTHER_REF)->domid = (domid_t)(self + 1);
	report_ok(map_status(self, OTHER_REF, GNTMAP_host_map) < 0, "another domain's grant");
	grant(OTHER_REF, granted, GTF_readonly);
	report_ok(map_status(self, OTHER_REF, GNTMAP_host_map) == GNTST_general_error,
		  "a grant to read, mapped to write");
	report_equal(v1(OTHER_REF)->flags, GTF_permit_access | GTF_readonly, "its flags");
	grant(OTHER_REF, window[1], 0);
	report_ok(map_status(self, OTHER_REF, GNTMAP_host_map) < 0, "a grant of nothing");
	report_equal(v1(OTHER_REF)->flags, GTF_permit_access, "its flags");
}

static int copy_page(uint64_t from, bool from_grant, unsigned int from_at, uint64_t to,
		     bool to_grant, unsigned int to_at, unsigned int len)
{
	struct gnttab_copy c = {
		.source = { .domid = from_grant ? self : DOMID_SELF, .offset = (uint16_t)from_at },
		.dest = { .domid = to_grant ? self : DOMID_SELF, .offset = (uint16_t)to_at },
		.len = (uint16_t)len,
		.flags = (uint16_t)((from_grant ? GNTCOPY_source_gref : 0) |
				    (to_grant ? GNTCOPY_dest_gref : 0))
	};

	if (from_grant)
		c.source.u.ref = (grant_ref_t)from;
	else
		c.source.u.gmfn = from;
	if (to_grant)
		c.dest.u.ref = (grant_ref_t)to;
	else
		c.dest.u.gmfn = to;
	report_rc(grant_op(GNTTABOP_copy, &c, 1), 0, "copy");
	return c.status;
}

static void test_copies(void)
{
	memcpy((void *)granted, "a granted page", 15);
	memset(own, 0, sizeof(own));
	report_equal((uint64_t)copy_page(REF, true, 2, boot_gfn(own), false, 100, 13), 0,
		     "from a grant");
	report_ok(!strcmp(own + 100, "granted page"), "the bytes: %s", own + 100);
	memcpy(own, "back", 5);
	report_equal((uint64_t)copy_page(boot_gfn(own), false, 0, REF, true, 4091, 5), 0,
		     "to a grant");
	report_ok(!memcmp((void *)(granted + 4091), "back", 5), "up to the end of the page");
	report_equal(v1(REF)->flags, GTF_permit_access, "flags afterwards");
	report_equal((uint64_t)copy_page(boot_gfn(own), false, 0, boot_gfn(own), false, 200, 5), 0,
		     "between own pages");
	report_ok(copy_page(REF, true, 4092, boot_gfn(own), false, 0, 5) == GNTST_bad_copy_arg,
		  "beyond the page it comes from");
	report_ok(copy_page(REF, true, 0, boot_gfn(own), false, 4092, 5) == GNTST_bad_copy_arg,
		  "beyond the page it goes to");
	grant(OTHER_REF, granted, GTF_readonly);
	report_ok(copy_page(boot_gfn(own), false, 0, OTHER_REF, true, 0, 5) == GNTST_general_error,
		  "to a grant to read");
	report_ok(copy_page(REF, true, 0, 1UL << 30, false, 0, 5) < 0, "to no page");
}

static void test_swap(void)
{
	struct gnttab_swap_grant_ref s = { .ref_a = REF, .ref_b = OTHER_REF };

	report_rc(grant_op(GNTTABOP_swap_grant_ref, &s, 1), 0, "swap_grant_ref");
	report_equal((uint64_t)s.status, 0, "its status");
	report_equal(v1(REF)->flags, GTF_permit_access | GTF_readonly, "one entry is the other's");
	s.ref_b = 1u << 30;
	report_rc(grant_op(GNTTABOP_swap_grant_ref, &s, 1), 0, "swap_grant_ref");
	report_ok(s.status == GNTST_bad_gntref, "with no such entry");
}

static long set_version(unsigned int version)
{
	struct gnttab_set_version s = { .version = version };

	return grant_op(GNTTABOP_set_version, &s, 1);
}

static void test_version_2_map(void)
{
	struct gnttab_map_grant_ref m;

	m = map(REF, window[0], 0);
	report_equal((uint64_t)m.status, 0, "a map");
	report_equal(*v2_status(REF), GTF_reading | GTF_writing, "its status word");
	report_rc(set_version(1), -16, "version 1 while it is mapped");
	report_equal((uint64_t)unmap(m.handle, window[0]), 0, "unmap");
	report_equal(*v2_status(REF), 0, "the status word after it");
}

static void test_version_2(void)
{
	grant(1, granted, GTF_readonly);
	report_rc(set_version(3), -XEN_EINVAL, "version 3");
	report_rc(set_version(2), 0, "version 2");
	report_equal(v2(1)->hdr.flags, GTF_permit_access | GTF_readonly, "a reserved entry stays");
	report_equal(v2(1)->full_page.frame, boot_gfn(granted), "with its frame");
	report_equal(v2(REF)->hdr.flags, 0, "any other goes");
	report_rc(show_frame(XENMAPIDX_grant_table_status, status_page), 0, "status is shown");
	v2(REF)->full_page.frame = boot_gfn(granted);
	v2(REF)->hdr.domid = self;
	__atomic_store_n(&v2(REF)->hdr.flags, GTF_permit_access, __ATOMIC_SEQ_CST);
	if (!is_peer)
		test_version_2_map();
	v2(REF)->sub_page.page_off = 64;
	v2(REF)->sub_page.length = 32;
	__atomic_store_n(&v2(REF)->hdr.flags, GTF_permit_access | GTF_sub_page, __ATOMIC_SEQ_CST);
	report_equal((uint64_t)copy_page(REF, true, 64, boot_gfn(own), false, 0, 32), 0,
		     "a copy of the granted part");
	report_ok(copy_page(REF, true, 63, boot_gfn(own), false, 0, 2) < 0, "and of one byte more");
	report_ok(copy_page(REF, true, 95, boot_gfn(own), false, 0, 2) < 0, "and behind it");
	report_ok(map_status(self, REF, GNTMAP_host_map) < 0, "a part is not mapped");
	report_rc(set_version(1), 0, "version 1 again");
	report_equal(v1(1)->flags, GTF_permit_access | GTF_readonly, "the reserved entry stays");
}

void guest_main(void)
{
	is_peer = boot_option_is("peer", "xen");
	self = find_self();
	test_sizes();
	give_back(window[0]);
	give_back(window[1]);
	if (!is_peer)
		test_maps();
	test_refused_maps();
	test_copies();
	test_swap();
	if (boot_option_is("v2", "off"))
		report_rc(set_version(2), -XEN_ENOSYS, "version 2, which this build has not");
	else
		test_version_2();
}
