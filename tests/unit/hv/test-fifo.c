/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The FIFO ABI of event channels: arguments, queues, masks, limits, the way there and
 * back, and a guest that forges the end of a queue.
 */
#include "fifo-guest.h"

#include <string.h>

#include <candor/support.h>

#include <xen/memory.h>

#include <hv/bitops.h>
#include <hv/evtchn.h>

SUPPORT_TEST(evtchn_fifo, "unit/hv-fifo");

static void arguments_are_checked(void **state)
{
	evtchn_port_t port;

	assert_int_equal(fifo_expand_array(ARRAY_GFN), -XEN_EOPNOTSUPP);
	fifo_bind_ipi(&port);
	assert_int_equal(fifo_set_priority(port, 3), -XEN_ENOSYS);
	assert_int_equal(fifo_init_control(CONTROL_GFN, 0, 1), -XEN_ENOENT);
	assert_int_equal(fifo_init_control(CONTROL_GFN, 4, 0), -XEN_EINVAL);
	assert_int_equal(fifo_init_control(CONTROL_GFN, 4096 - 64, 0), -XEN_EINVAL);
	assert_int_equal(fifo_init_control(CONTROL_GFN, 4096, 0), -XEN_EINVAL);
	assert_int_equal(fifo_init_control(CONTROL_GFN, ~7u, 0), -XEN_EINVAL);
	assert_int_equal(fifo_init_control(TEST_RAM_PAGES, 0, 0), -XEN_EINVAL);
	assert_int_equal(fifo_init_control(~0ull, 0, 0), -XEN_EINVAL);
	assert_int_equal(fifo_init_control(1ull << 52, 0, 0), -XEN_EINVAL);
	assert_int_equal(test_domain->nr_pinned, 0);
	assert_int_equal(fifo_init_control(CONTROL_GFN, 4096 - 72, 0), 0);
	assert_int_equal(fifo_init_control(CONTROL_GFN + 1, 0, 0), -XEN_EINVAL); /* it has one */
	assert_int_equal(fifo_expand_array(TEST_RAM_PAGES), -XEN_EINVAL);
	assert_int_equal(fifo_expand_array(~0ull), -XEN_EINVAL);
	assert_int_equal(test_domain->nr_pinned, 1);
	assert_int_equal(fifo_expand_array(ARRAY_GFN), 0);
	assert_int_equal(fifo_set_priority(port, 15), 0);
	assert_int_equal(fifo_set_priority(port, 16), -XEN_EINVAL);
	assert_int_equal(fifo_set_priority(port, ~0u), -XEN_EINVAL);
	assert_int_equal(fifo_set_priority(0, 1), -XEN_EINVAL);
	assert_int_equal(fifo_set_priority(port + 1, 1), -XEN_EINVAL);
	assert_int_equal(fifo_set_priority(~0u, 1), -XEN_EINVAL);
	for (uint32_t cmd = EVTCHNOP_init_control; cmd <= EVTCHNOP_set_priority; cmd++)
		assert_int_equal(hc(__HYPERVISOR_event_channel_op, cmd, BAD, 0), -XEN_EFAULT);
}

static void an_event_is_queued_once(void **state)
{
	uint32_t ready = 0;
	bool due = false;
	evtchn_port_t port;

	fifo_start();
	fifo_bind_ipi(&port);
	assert_int_equal(fifo_port_op(EVTCHNOP_send, port), 0);
	assert_int_equal(fifo_port_op(EVTCHNOP_send, port), 0);
	assert_int_equal(*fifo_word(port), BIT(PENDING) | BIT(LINKED));
	assert_int_equal(fifo_control()->head[EVTCHN_FIFO_PRIORITY_DEFAULT], port);
	assert_int_equal(fifo_control()->ready, 1u << EVTCHN_FIFO_PRIORITY_DEFAULT);
	assert_int_equal(fifo_upcalls_taken(), 1);
	assert_int_equal(fifo_take_due(&ready), port);
	assert_int_equal(fifo_take_due(&ready), 0);
	assert_int_equal(*fifo_word(port), 0);
	assert_int_equal(fifo_port_op(EVTCHNOP_send, port), 0);
	assert_int_equal(fifo_upcalls_taken(), 1);
	/* Taken out and not acknowledged yet: it comes again. */
	assert_int_equal(fifo_take(&ready, &due), port);
	assert_true(due);
	assert_int_equal(fifo_port_op(EVTCHNOP_send, port), 0);
	assert_int_equal(fifo_upcalls_taken(), 1);
	assert_int_equal(fifo_take_due(&ready), port);
	assert_int_equal(fifo_take_due(&ready), 0);
}

static void queues_go_by_priority(void **state)
{
	static const struct {
		unsigned send, priority;
	} sent[] = { { 0, 15 }, { 1, 7 }, { 2, 0 }, { 3, 7 }, { 4, 0 }, { 5, 7 } };
	static const unsigned order[] = { 2, 4, 1, 3, 5, 0 };
	evtchn_port_t port[6];
	uint32_t ready = 0;

	fifo_start();
	for (unsigned i = 0; i < 6; i++) {
		fifo_bind_ipi(&port[i]);
		assert_int_equal(fifo_set_priority(port[i], sent[i].priority), 0);
	}
	for (unsigned i = 0; i < 6; i++)
		assert_int_equal(fifo_port_op(EVTCHNOP_send, port[sent[i].send]), 0);
	assert_int_equal(fifo_upcalls_taken(), 1);
	for (unsigned i = 0; i < 6; i++)
		assert_int_equal(fifo_take_due(&ready), port[order[i]]);
	assert_int_equal(fifo_take_due(&ready), 0);
	/* A port that is freed goes back to the default. */
	assert_int_equal(fifo_port_op(EVTCHNOP_close, port[0]), 0);
	assert_int_equal(fifo_bind_ipi(&port[0]), 0);
	assert_int_equal(fifo_port_op(EVTCHNOP_send, port[0]), 0);
	assert_int_equal(fifo_control()->ready, 1u << EVTCHN_FIFO_PRIORITY_DEFAULT);
}

static void masked_events_wait(void **state)
{
	uint32_t ready = 0;
	evtchn_port_t port;

	fifo_start();
	fifo_bind_ipi(&port);
	*fifo_word(port) = BIT(MASKED);
	assert_int_equal(fifo_port_op(EVTCHNOP_send, port), 0);
	assert_int_equal(*fifo_word(port), BIT(MASKED) | BIT(PENDING));
	assert_int_equal(fifo_upcalls_taken(), 0);
	/* The hypercall alone, and after the guest has cleared the bit itself. */
	assert_int_equal(fifo_port_op(EVTCHNOP_unmask, port), 0);
	assert_int_equal(fifo_upcalls_taken(), 1);
	assert_int_equal(fifo_take_due(&ready), port);
	*fifo_word(port) = BIT(MASKED);
	assert_int_equal(fifo_port_op(EVTCHNOP_send, port), 0);
	fifo_unmask(port);
	assert_int_equal(fifo_take_due(&ready), port);
	/* Masked while it is linked: it is taken out, and comes again. */
	assert_int_equal(fifo_port_op(EVTCHNOP_send, port), 0);
	*fifo_word(port) |= BIT(MASKED);
	assert_int_equal(fifo_take_due(&ready), 0);
	fifo_unmask(port);
	assert_int_equal(fifo_take_due(&ready), port);
	/* Nothing pending: the mask goes, and no more. */
	*fifo_word(port) = BIT(MASKED);
	assert_int_equal(fifo_port_op(EVTCHNOP_unmask, port), 0);
	assert_int_equal(*fifo_word(port), 0);
	assert_int_equal(fifo_take_due(&ready), 0);
}

/* The last port of one queue goes into another: the first must not grow on there. */
static void a_port_changes_its_queue(void **state)
{
	evtchn_port_t a, b, c;
	uint32_t ready = 0;

	fifo_start();
	fifo_bind_ipi(&a);
	fifo_bind_ipi(&b);
	fifo_bind_ipi(&c);
	assert_int_equal(fifo_port_op(EVTCHNOP_send, a), 0);
	assert_int_equal(fifo_take_due(&ready), a);
	fifo_set_priority(a, 9);
	fifo_set_priority(c, 9);
	assert_int_equal(fifo_port_op(EVTCHNOP_send, a), 0);
	assert_int_equal(fifo_port_op(EVTCHNOP_send, b), 0);
	assert_int_equal(fifo_port_op(EVTCHNOP_send, c), 0);
	assert_int_equal(fifo_take_due(&ready), b);
	assert_int_equal(fifo_take_due(&ready), a);
	assert_int_equal(fifo_take_due(&ready), c);
	assert_int_equal(fifo_take_due(&ready), 0);
	/* The same across a close, for the port's next owner. */
	assert_int_equal(fifo_port_op(EVTCHNOP_close, c), 0);
	assert_int_equal(fifo_bind_ipi(&c), 0);
	assert_int_equal(fifo_port_op(EVTCHNOP_send, c), 0);
	assert_int_equal(fifo_port_op(EVTCHNOP_send, a), 0);
	assert_int_equal(fifo_port_op(EVTCHNOP_send, b), 0);
	assert_int_equal(fifo_take_due(&ready), c);
	assert_int_equal(fifo_take_due(&ready), b);
	assert_int_equal(fifo_take_due(&ready), a);
	assert_int_equal(fifo_take_due(&ready), 0);
}

static void closing_leaves_no_event(void **state)
{
	evtchn_port_t a, b;
	uint32_t ready = 0;

	fifo_start();
	fifo_bind_ipi(&a);
	fifo_bind_ipi(&b);
	assert_int_equal(fifo_port_op(EVTCHNOP_send, a), 0);
	assert_int_equal(fifo_port_op(EVTCHNOP_send, b), 0);
	assert_int_equal(fifo_port_op(EVTCHNOP_close, a), 0);
	assert_false(*fifo_word(a) & BIT(PENDING));
	assert_int_equal(fifo_take_due(&ready), b);
	assert_int_equal(fifo_take_due(&ready), 0);
}

/* Before the array reaches a port, and before there was one at all. */
static void events_wait_for_their_word(void **state)
{
	evtchn_port_t port[1025];
	uint32_t ready = 0;

	fifo_bind_ipi(&port[0]);
	assert_int_equal(fifo_port_op(EVTCHNOP_send, port[0]), 0);
	fifo_upcalls_taken();
	assert_int_equal(fifo_init_control(CONTROL_GFN, CONTROL_OFFSET, 0), 0);
	for (unsigned i = 1; i < 1025; i++)
		fifo_bind_ipi(&port[i]);
	assert_int_equal(fifo_port_op(EVTCHNOP_send, port[1024]), 0);
	assert_int_equal(fifo_port_op(EVTCHNOP_send, port[5]), 0);
	assert_int_equal(fifo_port_op(EVTCHNOP_unmask, port[5]), 0);
	assert_int_equal(fifo_port_op(EVTCHNOP_close, port[5]), 0);
	assert_int_equal(evtchn_any_pending(test_domain, &port[1024], 1), 1);
	assert_int_equal(evtchn_any_pending(test_domain, &port[5], 1), 0);
	assert_int_equal(evtchn_any_pending(test_domain, &(evtchn_port_t){ 1u << 17 }, 1),
			 -XEN_EINVAL);
	assert_int_equal(fifo_upcalls_taken(), 0);
	assert_int_equal(fifo_expand_array(ARRAY_GFN), 0);
	assert_int_equal(fifo_upcalls_taken(), 1);
	assert_int_equal(fifo_take_due(&ready), port[0]);
	assert_int_equal(fifo_take_due(&ready), 0);
	*fifo_word(port[1024]) = BIT(MASKED);
	assert_int_equal(fifo_expand_array(ARRAY_GFN + 1), 0);
	assert_int_equal(fifo_take_due(&ready), 0);
	assert_int_equal(evtchn_any_pending(test_domain, &port[1024], 1), 1);
	fifo_unmask(port[1024]);
	assert_int_equal(fifo_take_due(&ready), port[1024]);
	assert_int_equal(evtchn_any_pending(test_domain, &port[1024], 1), 0);
}

static void pollers_wake_for_masked_events(void **state)
{
	evtchn_port_t port;

	fifo_start();
	fifo_bind_ipi(&port);
	*fifo_word(port) = BIT(MASKED);
	assert_int_equal(evtchn_poll(test_vcpu, &port, 1, STIME_MAX), 0);
	assert_true(test_vcpu->blocked);
	evtchn_raise(test_domain, port);
	assert_false(test_vcpu->blocked);
}

static void pinned_frames_stay(void **state)
{
	const uint64_t gfns[] = { CONTROL_GFN, ARRAY_GFN };
	uint64_t before = test_domain->nr_pages;

	fifo_start();
	for (unsigned i = 0; i < ARRAY_SIZE(gfns); i++) {
		struct xen_add_to_physmap a = { .domid = DOMID_SELF,
						.space = XENMAPSPACE_shared_info,
						.gpfn = gfns[i] };
		struct xen_memory_reservation r = { .domid = DOMID_SELF, .nr_extents = 1 };

		*(uint64_t *)fake_guest(test_domain, 0x11000) = gfns[i];
		r.extent_start.p = (void *)0x11000;
		assert_int_equal(
			hc_arg(__HYPERVISOR_memory_op, XENMEM_decrease_reservation, &r, sizeof(r)),
			-XEN_EBUSY);
		assert_int_equal(
			hc_arg(__HYPERVISOR_memory_op, XENMEM_add_to_physmap, &a, sizeof(a)),
			-XEN_EBUSY);
	}
	assert_int_equal(test_domain->nr_pages, before);
	assert_int_equal(fifo_reset(), 0);
	assert_int_equal(test_domain->nr_pinned, 0);
}

static void reset_goes_back_to_two_levels(void **state)
{
	evtchn_port_t port, hv;

	assert_int_equal(evtchn_bind_hypervisor(test_domain, NULL, &hv), 0);
	for (unsigned round = 0; round < 3; round++) {
		fifo_start();
		fifo_bind_ipi(&port);
		assert_int_equal(fifo_port_op(EVTCHNOP_send, port), 0);
		assert_int_equal(fifo_reset(), 0);
		fifo_upcalls_taken();
		memset(fifo_word(0), 0, PAGE_SIZE);
		assert_int_equal(fifo_expand_array(ARRAY_GFN), -XEN_EOPNOTSUPP);
		assert_int_equal(fifo_port_op(EVTCHNOP_send, port), -XEN_EINVAL);
		fifo_bind_ipi(&port);
		assert_int_equal(fifo_port_op(EVTCHNOP_send, port), 0);
		evtchn_raise(test_domain, hv);
		assert_true(bit_test(test_domain->shared_info->evtchn_pending, port));
		assert_true(bit_test(test_domain->shared_info->evtchn_pending, hv));
		assert_int_equal(*fifo_word(port) | *fifo_word(hv), 0);
		assert_int_equal(fifo_upcalls_taken(), 1);
		assert_int_equal(fifo_reset(), 0);
	}
}

/* All 131071 ports, the 128 pages for them, and what is beyond. */
static void ports_run_out(void **state)
{
	struct evtchn_status s = { .dom = DOMID_SELF, .port = EVTCHN_FIFO_NR_CHANNELS };
	evtchn_port_t port, hv;

	fifo_start();
	for (unsigned i = 1; i < 128; i++)
		assert_int_equal(fifo_expand_array(ARRAY_GFN + i % 16), 0);
	assert_int_equal(fifo_expand_array(ARRAY_GFN), -XEN_ENOSPC);
	assert_int_equal(test_domain->nr_pinned, 129);
	for (evtchn_port_t want = 1; want < EVTCHN_FIFO_NR_CHANNELS; want++) {
		if (want == EVTCHN_2L_NR_CHANNELS)
			assert_int_equal(evtchn_bind_hypervisor(test_domain, NULL, &hv),
					 -XEN_ENOSPC);
		assert_int_equal(fifo_bind_ipi(&port), 0);
		assert_int_equal(port, want);
	}
	assert_int_equal(fifo_bind_ipi(&port), -XEN_ENOSPC);
	assert_int_equal(fifo_op(EVTCHNOP_status, &s, sizeof(s)), -XEN_EINVAL);
	s.port--;
	assert_int_equal(fifo_op(EVTCHNOP_status, &s, sizeof(s)), 0);
	assert_int_equal(s.status, EVTCHNSTAT_ipi);
	assert_int_equal(fifo_port_op(EVTCHNOP_send, EVTCHN_FIFO_NR_CHANNELS), -XEN_EINVAL);
	assert_int_equal(fifo_port_op(EVTCHNOP_send, EVTCHN_FIFO_NR_CHANNELS - 1), 0);
	assert_int_equal(fifo_control()->head[EVTCHN_FIFO_PRIORITY_DEFAULT],
			 EVTCHN_FIFO_NR_CHANNELS - 1);
	assert_int_equal(fifo_reset(), 0);
	assert_int_equal(test_domain->nr_pinned, 0);
	/* Of the ports above 4095 nothing is left that the 2-level ABI could trip over. */
	assert_int_equal(fifo_port_op(EVTCHNOP_send, 4096), -XEN_EINVAL);
	assert_int_equal(fifo_port_op(EVTCHNOP_unmask, 131071), -XEN_EINVAL);
	evtchn_raise(test_domain, 131071);
}

static void failed_allocations_leave_two_levels(void **state)
{
	alloc_fail_at(1);
	assert_int_equal(fifo_init_control(CONTROL_GFN, 0, 0), -XEN_ENOMEM);
	alloc_fail_at(0);
	for (unsigned i = 0; i < HV_MAX_PINNED_GFNS(1); i++)
		assert_int_equal(domain_pin_gfn(test_domain, gfn(1)), 0);
	assert_int_equal(fifo_init_control(CONTROL_GFN, 0, 0), -XEN_ENOSPC);
	assert_int_equal(fifo_expand_array(ARRAY_GFN), -XEN_ENOSPC);
	domain_unpin_gfn(test_domain, gfn(1));
	assert_int_equal(fifo_init_control(CONTROL_GFN, 0, 0), 0);
	assert_int_equal(fifo_expand_array(ARRAY_GFN), -XEN_ENOSPC);
}

/* A queue whose last word the guest has made look linked, unlinked, full of links. */
static void a_forged_tail_costs_only_its_guest(void **state)
{
	static const event_word_t forged[] = { 0,	    ~0u,
					       BIT(LINKED), BIT(LINKED) | 0x1ffff,
					       0x1ffff,	    BIT(BUSY) | BIT(LINKED) | 77 };
	evtchn_port_t a, b;

	fifo_start();
	fifo_bind_ipi(&a);
	fifo_bind_ipi(&b);
	for (unsigned i = 0; i < ARRAY_SIZE(forged); i++) {
		*fifo_word(a) = *fifo_word(b) = 0;
		assert_int_equal(fifo_port_op(EVTCHNOP_send, a), 0);
		*fifo_word(a) = forged[i];
		assert_int_equal(fifo_port_op(EVTCHNOP_send, b), 0);
		assert_int_equal(*fifo_word(b), BIT(PENDING) | BIT(LINKED));
		if (forged[i] & BIT(LINKED))
			assert_int_equal(*fifo_word(a), forged[i] | b);
		else
			assert_int_equal(*fifo_word(a), 0);
		/* The next events find it as if nothing had been. */
		*fifo_word(a) = *fifo_word(b) = 0;
		fifo_control()->ready = 0;
		assert_int_equal(fifo_port_op(EVTCHNOP_send, a), 0);
		assert_int_equal(fifo_control()->head[EVTCHN_FIFO_PRIORITY_DEFAULT], a);
		assert_int_equal(fifo_control()->ready, 1u << EVTCHN_FIFO_PRIORITY_DEFAULT);
	}
}

#define D(f) cmocka_unit_test_setup_teardown(f, domain_setup, domain_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		D(arguments_are_checked),
		D(an_event_is_queued_once),
		D(queues_go_by_priority),
		D(masked_events_wait),
		D(a_port_changes_its_queue),
		D(closing_leaves_no_event),
		D(events_wait_for_their_word),
		D(pollers_wake_for_masked_events),
		D(pinned_frames_stay),
		D(reset_goes_back_to_two_levels),
		D(ports_run_out),
		D(failed_allocations_leave_two_levels),
		D(a_forged_tail_costs_only_its_guest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
