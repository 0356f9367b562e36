/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves that domains leave nothing behind: the privileged guest makes rounds=N of them, each with
 * a vCPU and memory, some with more of either, some refused halfway, ends each, and the host has
 * as much free memory as before. With gigabyte=yes two of them get 1 GiB in one piece.
 */
#include <stddef.h>
#include <stdint.h>

#include <candor/support.h>

#include <xen/event_channel.h>
#include <xen/memory.h>
#include <xen/sched.h>

#include "boot.h"
#include "domain.h"
#include "evtchn.h"
#include "hypercall.h"
#include "report.h"

SUPPORT_TEST(control_interface, "guest/churn");

#define PAGES 16u
#define PATIENCE 100000u

const char guest_name[] = "churn";

static uint64_t number(const char *name)
{
	char text[24];
	uint64_t value = 0;

	if (!boot_option(name, text, sizeof(text)))
		return 0;
	for (const char *p = text; *p >= '0' && *p <= '9'; p++)
		value = value * 10 + (uint64_t)(*p - '0');
	return value;
}

static bool wait_gone(unsigned int id)
{
	for (unsigned int i = 0; i < PATIENCE; i++) {
		if (domain_ended(id) < -1)
			return true;
		(void)hypercall_2(__HYPERVISOR_sched_op, SCHEDOP_yield, NULL);
	}
	return false;
}

/* A port of its own, and one of ours bound to it: both sides are to be let go. */
static bool bind(unsigned int id)
{
	struct evtchn_alloc_unbound a = { .dom = (domid_t)id, .remote_dom = DOMID_SELF };
	struct evtchn_bind_interdomain b = { .remote_dom = (domid_t)id };
	struct evtchn_close c;

	if (hypercall_2(__HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound, &a))
		return false;
	b.remote_port = a.port;
	if (hypercall_2(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_interdomain, &b))
		return false;
	c.port = b.local_port;
	return !hypercall_2(__HYPERVISOR_event_channel_op, EVTCHNOP_close, &c);
}

static bool one_round(uint64_t round)
{
	unsigned int nr_vcpus = round % 16 ? 1 : 8, id;
	unsigned int nr_pages = round % 64 ? PAGES : 64 * PAGES;
	bool ok = true;

	if (domain_create(nr_vcpus, nr_pages, &id))
		return false;
	ok &= !domain_populate(id, nr_pages);
	/* Beyond what it may have: refused, and what was given before stays its own. */
	if (round % 8 == 1)
		ok &= domain_populate(id, nr_pages + 128) != 0;
	if (round % 4 == 2)
		ok &= bind(id);
	if (round % 4 == 3) {
		void *page = domain_see(id, round % nr_pages);

		ok &= page && !*(volatile uint64_t *)page;
		if (page)
			*(volatile uint64_t *)page = ~round; /* the next owner must not see it */
		domain_unsee(page);
	}
	ok &= !domain_destroy(id);
	return wait_gone(id) && ok;
}

#define GIB_PAGES 0x40000u
#define GIB_ORDER 18

/* Memory that was in use, in one piece of 1 GiB, which takes long to clear: none of it is seen. */
static void a_gigabyte(void)
{
	xen_pfn_t at = GIB_PAGES;
	struct xen_memory_reservation r = { .nr_extents = 1, .extent_order = GIB_ORDER };
	unsigned int id;
	bool zero = true;

	if (domain_create(1, GIB_PAGES + PAGES, &id)) {
		report_ok(false, "a domain of 1 GiB");
		return;
	}
	r.domid = (domid_t)id;
	set_xen_guest_handle(r.extent_start, &at);
	report_rc(hypercall_2(__HYPERVISOR_memory_op, XENMEM_populate_physmap, &r), 1,
		  "an extent of 1 GiB");
	for (uint64_t i = 0; i < GIB_PAGES; i += 1021) {
		volatile uint64_t *page = domain_see(id, GIB_PAGES + i);

		for (unsigned int word = 0; page && word < 512; word++) {
			zero &= !page[word];
			page[word] = ~0ul;
		}
		zero &= page != NULL;
		domain_unsee((void *)(uint64_t)page);
	}
	report_ok(zero, "is zero");
	report_ok(!domain_destroy(id) && wait_gone(id), "and goes");
}

void guest_main(void)
{
	uint64_t rounds = number("rounds"), done = 0, free;
	unsigned int id;

	report_ok(hypercall_is_dom0(), "this is the privileged guest");
	/* The second one most likely where the first one has been. */
	if (boot_option_is("gigabyte", "yes")) {
		a_gigabyte();
		a_gigabyte();
	}
	report_ok(domain_create(129, PAGES, &id) < 0, "a domain of 129 vCPUs is refused");
	/* What the host keeps from the first ones on. */
	for (uint64_t i = 0; i < 64; i++)
		(void)one_round(i);
	free = domain_host_free();
	while (done < rounds && one_round(done))
		done++;
	report_ok(done == rounds, "%lu domains have come and gone", (unsigned long)done);
	report_equal(domain_host_free(), free, "free memory, as before them,");
}
