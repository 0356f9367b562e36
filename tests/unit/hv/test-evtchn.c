/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Event channels through their hypercall, and the bits a guest sees of them. */
#include "hv-test.h"

#include <stdlib.h>
#include <string.h>

#include <candor/support.h>

#include <hv/bitops.h>
#include <hv/evtchn.h>

SUPPORT_TEST(evtchn_2l, "unit/hv-evtchn");

static long evtchn(uint32_t cmd, void *arg, size_t size)
{
	return hc_arg(__HYPERVISOR_event_channel_op, cmd, arg, size);
}

static long alloc_unbound(domid_t dom, domid_t remote, evtchn_port_t *ret_port)
{
	struct evtchn_alloc_unbound a = { .dom = dom, .remote_dom = remote };
	long rc = evtchn(EVTCHNOP_alloc_unbound, &a, sizeof(a));

	*ret_port = a.port;
	return rc;
}

static long bind_interdomain(domid_t remote, evtchn_port_t port, evtchn_port_t *ret_port)
{
	struct evtchn_bind_interdomain b = { .remote_dom = remote, .remote_port = port };
	long rc = evtchn(EVTCHNOP_bind_interdomain, &b, sizeof(b));

	*ret_port = b.local_port;
	return rc;
}

static long bind_virq(uint32_t virq, uint32_t vcpu, evtchn_port_t *ret_port)
{
	struct evtchn_bind_virq b = { .virq = virq, .vcpu = vcpu };
	long rc = evtchn(EVTCHNOP_bind_virq, &b, sizeof(b));

	*ret_port = b.port;
	return rc;
}

static long bind_ipi(uint32_t vcpu, evtchn_port_t *ret_port)
{
	struct evtchn_bind_ipi b = { .vcpu = vcpu };
	long rc = evtchn(EVTCHNOP_bind_ipi, &b, sizeof(b));

	*ret_port = b.port;
	return rc;
}

/* close, send, unmask: their argument is one port. */
static long port_op(uint32_t cmd, evtchn_port_t port)
{
	return evtchn(cmd, &port, sizeof(port));
}

static struct evtchn_status status(evtchn_port_t port)
{
	struct evtchn_status s = { .dom = DOMID_SELF, .port = port };

	assert_int_equal(evtchn(EVTCHNOP_status, &s, sizeof(s)), 0);
	return s;
}

static bool pending(evtchn_port_t port)
{
	return bit_test(test_domain->shared_info->evtchn_pending, port);
}

/* Take all events as a guest's upcall does; how many upcalls it had. */
static unsigned upcalls_taken(void)
{
	unsigned nr = test_vcpu->arch->nr_upcalls;

	memset(test_domain->shared_info->evtchn_pending, 0,
	       sizeof(test_domain->shared_info->evtchn_pending));
	test_vcpu->info->evtchn_upcall_pending = 0;
	test_vcpu->info->evtchn_pending_sel = 0;
	test_vcpu->arch->nr_upcalls = 0;
	return nr;
}

static void ipi_sets_bit_selector_and_upcall(void **state)
{
	evtchn_port_t port, first;

	assert_int_equal(bind_ipi(0, &first), 0);
	for (unsigned i = 0; i < 70; i++)
		assert_int_equal(bind_ipi(0, &port), 0);
	assert_int_equal(first, 1); /* 0 is nobody's */
	assert_int_equal(port, 71);
	assert_int_equal(port_op(EVTCHNOP_send, port), 0);
	assert_true(pending(port));
	assert_int_equal(test_vcpu->info->evtchn_pending_sel, 1ul << 1);
	assert_int_equal(test_vcpu->info->evtchn_upcall_pending, 1);
	assert_int_equal(test_vcpu->arch->nr_upcalls, 1);
	/* More events before the guest looks: no second upcall. */
	assert_int_equal(port_op(EVTCHNOP_send, port), 0);
	assert_int_equal(port_op(EVTCHNOP_send, first), 0);
	assert_int_equal(test_vcpu->arch->nr_upcalls, 1);
	assert_int_equal(test_vcpu->info->evtchn_pending_sel, 3);
	assert_int_equal(upcalls_taken(), 1);
	assert_int_equal(port_op(EVTCHNOP_send, first), 0);
	assert_int_equal(upcalls_taken(), 1);
}

static void masked_event_waits_for_unmask(void **state)
{
	struct shared_info *si = test_domain->shared_info;
	evtchn_port_t port;

	assert_int_equal(bind_ipi(0, &port), 0);
	bit_test_and_set(si->evtchn_mask, port);
	assert_int_equal(port_op(EVTCHNOP_send, port), 0);
	assert_true(pending(port));
	assert_int_equal(test_vcpu->info->evtchn_pending_sel, 0);
	assert_int_equal(test_vcpu->arch->nr_upcalls, 0);
	assert_int_equal(port_op(EVTCHNOP_unmask, port), 0);
	assert_false(bit_test(si->evtchn_mask, port));
	assert_int_equal(upcalls_taken(), 1);
	/* Not masked, or not pending: nothing to tell. */
	assert_int_equal(port_op(EVTCHNOP_unmask, port), 0);
	bit_test_and_set(si->evtchn_mask, port);
	assert_int_equal(port_op(EVTCHNOP_unmask, port), 0);
	assert_int_equal(upcalls_taken(), 0);
}

static void interdomain_within_the_domain(void **state)
{
	evtchn_port_t a, b, c;

	assert_int_equal(alloc_unbound(DOMID_SELF, DOMID_SELF, &a), 0);
	assert_int_equal(status(a).status, EVTCHNSTAT_unbound);
	assert_int_equal(status(a).u.unbound.dom, TEST_DOMID);
	assert_int_equal(port_op(EVTCHNOP_send, a), 0); /* nobody hears it */
	assert_int_equal(upcalls_taken(), 0);
	assert_int_equal(bind_interdomain(TEST_DOMID, a, &b), 0);
	assert_true(pending(b)); /* lest the binder miss what came before */
	assert_int_equal(upcalls_taken(), 1);
	assert_int_equal(status(b).status, EVTCHNSTAT_interdomain);
	assert_int_equal(status(b).u.interdomain.port, a);
	assert_int_equal(status(a).u.interdomain.port, b);
	assert_int_equal(port_op(EVTCHNOP_send, a), 0);
	assert_true(pending(b));
	assert_false(pending(a));
	upcalls_taken();
	assert_int_equal(port_op(EVTCHNOP_send, b), 0);
	assert_true(pending(a));
	/* Bound already, never allocated, no port at all. */
	assert_int_equal(bind_interdomain(DOMID_SELF, a, &c), -XEN_EINVAL);
	assert_int_equal(bind_interdomain(DOMID_SELF, 999, &c), -XEN_EINVAL);
	assert_int_equal(bind_interdomain(DOMID_SELF, ~0u, &c), -XEN_EINVAL);
	/* The other end lives on, unbound, and can be bound again. */
	assert_int_equal(port_op(EVTCHNOP_close, b), 0);
	assert_int_equal(status(a).status, EVTCHNSTAT_unbound);
	assert_int_equal(status(b).status, EVTCHNSTAT_closed);
	assert_int_equal(bind_interdomain(DOMID_SELF, a, &c), 0);
	assert_int_equal(c, b);
}

static void other_domains_do_not_exist(void **state)
{
	struct evtchn_status s = { .dom = 7, .port = 1 };
	struct evtchn_reset r = { .dom = 7 };
	evtchn_port_t a, b;

	assert_int_equal(alloc_unbound(7, DOMID_SELF, &a), -XEN_ESRCH);
	assert_int_equal(bind_interdomain(7, 1, &b), -XEN_ESRCH);
	assert_int_equal(evtchn(EVTCHNOP_status, &s, sizeof(s)), -XEN_ESRCH);
	assert_int_equal(evtchn(EVTCHNOP_reset, &r, sizeof(r)), -XEN_ESRCH);
	/* A port for another domain is no port for us. */
	assert_int_equal(alloc_unbound(DOMID_SELF, 7, &a), 0);
	assert_int_equal(bind_interdomain(DOMID_SELF, a, &b), -XEN_EINVAL);
}

static void virqs_bind_once(void **state)
{
	evtchn_port_t timer, con, again;

	assert_false(evtchn_raise_virq(test_vcpu, VIRQ_TIMER));
	assert_int_equal(bind_virq(VIRQ_TIMER, 0, &timer), 0);
	assert_int_equal(bind_virq(VIRQ_TIMER, 0, &again), -XEN_EEXIST);
	assert_int_equal(bind_virq(VIRQ_TIMER, 1, &again), -XEN_ENOENT);
	assert_int_equal(bind_virq(VIRQ_CONSOLE, 1, &again), -XEN_EINVAL); /* global */
	assert_int_equal(bind_virq(VIRQ_CONSOLE, 0, &con), 0);
	assert_int_equal(bind_virq(NR_VIRQS, 0, &again), -XEN_EINVAL);
	assert_int_equal(bind_virq(~0u, 0, &again), -XEN_EINVAL);
	assert_true(evtchn_raise_virq(test_vcpu, VIRQ_TIMER));
	assert_true(pending(timer));
	assert_false(pending(con));
	assert_int_equal(status(con).status, EVTCHNSTAT_virq);
	assert_int_equal(status(con).u.virq, VIRQ_CONSOLE);
	assert_int_equal(port_op(EVTCHNOP_send, timer), -XEN_EINVAL);
	assert_int_equal(port_op(EVTCHNOP_close, timer), 0);
	assert_false(evtchn_raise_virq(test_vcpu, VIRQ_TIMER));
	assert_false(pending(timer)); /* the next owner finds no event of ours */
	assert_int_equal(bind_virq(VIRQ_TIMER, 0, &again), 0);
	assert_int_equal(again, timer);
}

static void bind_vcpu_checks_kind(void **state)
{
	struct evtchn_bind_vcpu b = { 0 };
	evtchn_port_t ipi, timer, con, unbound;

	bind_ipi(0, &ipi);
	bind_virq(VIRQ_TIMER, 0, &timer);
	bind_virq(VIRQ_CONSOLE, 0, &con);
	alloc_unbound(DOMID_SELF, DOMID_SELF, &unbound);
	const struct {
		evtchn_port_t port;
		uint32_t vcpu;
		int want;
	} cases[] = {
		{ ipi, 0, -XEN_EINVAL }, { timer, 0, -XEN_EINVAL },   { con, 0, 0 },
		{ unbound, 0, 0 },	 { unbound, 1, -XEN_ENOENT }, { 0, 0, -XEN_EINVAL },
		{ 99, 0, -XEN_EINVAL },	 { ~0u, 0, -XEN_EINVAL },
	};

	for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
		b.port = cases[i].port;
		b.vcpu = cases[i].vcpu;
		assert_int_equal(evtchn(EVTCHNOP_bind_vcpu, &b, sizeof(b)), cases[i].want);
	}
	assert_int_equal(bind_ipi(1, &ipi), -XEN_ENOENT);
}

static void bad_ports_and_operations(void **state)
{
	static const evtchn_port_t ports[] = { 0, 1, 63, 64, 4095, 4096, 0x80000000u, ~0u };
	struct evtchn_status s = { .dom = DOMID_SELF, .port = 4096 };

	for (unsigned i = 0; i < ARRAY_SIZE(ports); i++) {
		assert_int_equal(port_op(EVTCHNOP_send, ports[i]), -XEN_EINVAL);
		assert_int_equal(port_op(EVTCHNOP_close, ports[i]), -XEN_EINVAL);
		if (ports[i])
			assert_int_equal(port_op(EVTCHNOP_unmask, ports[i]), -XEN_EINVAL);
	}
	assert_int_equal(evtchn(EVTCHNOP_status, &s, sizeof(s)), -XEN_EINVAL);
	for (uint32_t cmd = EVTCHNOP_init_control;
	     !SUPPORT_ENABLED(evtchn_fifo) && cmd <= EVTCHNOP_set_priority; cmd++)
		assert_int_equal(hc(__HYPERVISOR_event_channel_op, cmd, ARG, 0), -XEN_ENOSYS);
	assert_int_equal(hc(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_pirq, ARG, 0),
			 -XEN_ENOSYS);
	assert_int_equal(hc(__HYPERVISOR_event_channel_op, ~0u, ARG, 0), -XEN_ENOSYS);
	for (uint32_t cmd = 0; cmd <= EVTCHNOP_reset; cmd++)
		if (cmd != EVTCHNOP_bind_pirq)
			assert_int_equal(hc(__HYPERVISOR_event_channel_op, cmd, BAD, 0),
					 -XEN_EFAULT);
}

/* All 4095 ports, allocating the table as they come, with each allocation failing once. */
static void ports_run_out(void **state)
{
	evtchn_port_t port, want = 1;
	unsigned nr_failures = 0;

	while (want < EVTCHN_2L_NR_CHANNELS) {
		alloc_fail_at(1);
		if (bind_ipi(0, &port) == -XEN_ENOMEM) {
			nr_failures++;
			alloc_fail_at(0);
			assert_int_equal(bind_ipi(0, &port), 0);
		}
		assert_int_equal(port, want++);
	}
	alloc_fail_at(0);
	assert_int_equal(nr_failures, EVTCHN_2L_NR_CHANNELS / 256 - 1);
	assert_int_equal(bind_ipi(0, &port), -XEN_ENOSPC);
	assert_int_equal(port_op(EVTCHNOP_send, 4095), 0);
	assert_int_equal(test_vcpu->info->evtchn_pending_sel, 1ul << 63);
	assert_int_equal(port_op(EVTCHNOP_close, 2000), 0);
	assert_int_equal(bind_ipi(0, &port), 0);
	assert_int_equal(port, 2000);
}

static unsigned nr_hv_calls;

static void hv_called(struct domain *d, evtchn_port_t port)
{
	nr_hv_calls++;
	evtchn_raise(d, port); /* as the console does: no deadlock */
}

static void hypervisor_end_of_a_channel(void **state)
{
	struct evtchn_reset r = { .dom = DOMID_SELF };
	evtchn_port_t port, ipi;

	nr_hv_calls = 0;
	assert_int_equal(evtchn_bind_hypervisor(test_domain, hv_called, &port), 0);
	bind_ipi(0, &ipi);
	assert_int_equal(port_op(EVTCHNOP_send, port), 0);
	assert_int_equal(nr_hv_calls, 1);
	assert_true(pending(port));
	assert_int_equal(status(port).status, EVTCHNSTAT_interdomain);
	assert_int_equal(status(port).u.interdomain.dom, DOMID_XEN);
	/* The guest cannot take it away, not even with all the others. */
	assert_int_equal(port_op(EVTCHNOP_close, port), -XEN_EINVAL);
	assert_int_equal(evtchn(EVTCHNOP_reset, &r, sizeof(r)), 0);
	assert_int_equal(status(ipi).status, EVTCHNSTAT_closed);
	assert_int_equal(port_op(EVTCHNOP_send, port), 0);
	assert_int_equal(nr_hv_calls, 2);
	evtchn_unbind_hypervisor(test_domain, port);
	assert_int_equal(port_op(EVTCHNOP_send, port), -XEN_EINVAL);
	evtchn_raise(test_domain, port);
	assert_false(pending(port));
	alloc_fail_at(1);
	for (unsigned i = 0; i < 255; i++)
		assert_int_equal(evtchn_bind_hypervisor(test_domain, hv_called, &port), 0);
	assert_int_equal(evtchn_bind_hypervisor(test_domain, hv_called, &port), -XEN_ENOMEM);
}

/*
 * Random operations against the guest scribbling over its pages: every result is one
 * of the ABI's, the pending bit of a port that was sent on is set, and the allocator
 * comes back to where it was (teardown).
 */
static void random_walk_with_a_hostile_guest(void **state)
{
	static const long allowed[] = { 0,	     -XEN_EINVAL, -XEN_ENOENT,
					-XEN_EEXIST, -XEN_ESRCH,  -XEN_EPERM };
	uint8_t arg[64];

	srand(5);
	for (unsigned round = 0; round < 200000; round++) {
		uint32_t cmd = (uint32_t)rand() % (EVTCHNOP_reset + (round % 50 ? 0 : 1));
		bool ok = cmd == EVTCHNOP_bind_pirq;
		long rc;

		for (unsigned i = 0; i < sizeof(arg); i++)
			arg[i] = rand() % 4 ? 0 : (uint8_t)(rand() % 80);
		if (rand() % 2)
			memcpy(arg, &(domid_t){ DOMID_SELF }, sizeof(domid_t));
		memset((char *)test_domain->shared_info + rand() % 3000, rand(), 64);
		rc = evtchn(cmd, arg, sizeof(arg));
		for (unsigned i = 0; i < ARRAY_SIZE(allowed); i++)
			ok |= rc == allowed[i];
		assert_true(ok);
	}
}

#define D(f) cmocka_unit_test_setup_teardown(f, domain_setup, domain_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		D(ipi_sets_bit_selector_and_upcall),
		D(masked_event_waits_for_unmask),
		D(interdomain_within_the_domain),
		D(other_domains_do_not_exist),
		D(virqs_bind_once),
		D(bind_vcpu_checks_kind),
		D(bad_ports_and_operations),
		D(ports_run_out),
		D(hypervisor_end_of_a_channel),
		D(random_walk_with_a_hostile_guest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
