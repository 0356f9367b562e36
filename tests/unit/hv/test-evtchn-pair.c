/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Event channels between two domains; who may do what to another's; the end of one of them. */
#include "hv-test.h"

#include <stdlib.h>
#include <string.h>

#include <xen/event_channel.h>

#include <candor/support.h>
#include <xen/sched.h>

#include <hv/evtchn.h>

SUPPORT_TEST(evtchn_2l, "unit/hv-evtchn-pair");

static long evtchn(unsigned cmd, void *arg, size_t size)
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

static long bind_to(domid_t remote, evtchn_port_t remote_port, evtchn_port_t *ret_port)
{
	struct evtchn_bind_interdomain b = { .remote_dom = remote, .remote_port = remote_port };
	long rc = evtchn(EVTCHNOP_bind_interdomain, &b, sizeof(b));

	*ret_port = b.local_port;
	return rc;
}

static long on_port(unsigned cmd, evtchn_port_t port)
{
	return evtchn(cmd, &port, sizeof(port));
}

static struct evtchn_status status_of(domid_t dom, evtchn_port_t port)
{
	struct evtchn_status s = { .dom = dom, .port = port };

	assert_int_equal(evtchn(EVTCHNOP_status, &s, sizeof(s)), 0);
	return s;
}

static bool take(struct domain *d, evtchn_port_t port)
{
	unsigned long *word = &d->shared_info->evtchn_pending[port / 64];
	bool was = *word >> port % 64 & 1;

	*word &= ~(1ul << port % 64);
	return was;
}

static evtchn_port_t near, far; /* test_domain's and the peer's */

static int join_setup(void **state)
{
	if (pair_setup(state) || alloc_unbound(DOMID_SELF, PEER_DOMID, &near))
		return -1;
	change_places();
	if (bind_to(TEST_DOMID, near, &far))
		return -1;
	change_places();
	return 0;
}

static void both_ends_send(void **state)
{
	struct evtchn_status s = status_of(DOMID_SELF, near);

	assert_int_equal(s.status, EVTCHNSTAT_interdomain);
	assert_int_equal(s.u.interdomain.dom, PEER_DOMID);
	assert_int_equal(s.u.interdomain.port, far);
	assert_true(take(peer_domain, far)); /* the binder looks once */
	assert_false(take(test_domain, near));
	assert_int_equal(on_port(EVTCHNOP_send, near), 0);
	assert_true(take(peer_domain, far));
	assert_false(take(test_domain, near));
	assert_int_equal(peer_domain->vcpu[0]->arch->nr_upcalls, 1);
	change_places();
	assert_int_equal(on_port(EVTCHNOP_send, far), 0);
	assert_true(take(peer_domain, near));
	assert_int_equal(on_port(EVTCHNOP_send, near + far + 1), -XEN_EINVAL);
}

static void an_end_closes(void **state)
{
	struct evtchn_status s;
	evtchn_port_t again;

	assert_int_equal(on_port(EVTCHNOP_close, near), 0);
	assert_int_equal(status_of(DOMID_SELF, near).status, EVTCHNSTAT_closed);
	change_places();
	s = status_of(DOMID_SELF, far);
	assert_int_equal(s.status, EVTCHNSTAT_unbound);
	assert_int_equal(s.u.unbound.dom, TEST_DOMID);
	assert_int_equal(on_port(EVTCHNOP_send, far), 0); /* lost, not wrong */
	change_places();
	/* The other one, and nobody else, may bind to it again. */
	assert_int_equal(bind_to(PEER_DOMID, far, &again), 0);
	assert_int_equal(status_of(DOMID_SELF, again).u.interdomain.port, far);
	change_places();
	assert_int_equal(on_port(EVTCHNOP_close, far), 0);
	assert_int_equal(bind_to(TEST_DOMID, near, &again), 0);
	assert_int_equal(bind_to(TEST_DOMID, near, &again), -XEN_EINVAL);
}

static void binding_needs_an_invitation(void **state)
{
	evtchn_port_t port, other;

	assert_int_equal(alloc_unbound(DOMID_SELF, 9, &port), 0);
	change_places();
	assert_int_equal(bind_to(TEST_DOMID, port, &other), -XEN_EINVAL);
	assert_int_equal(bind_to(TEST_DOMID, 0, &other), -XEN_EINVAL);
	assert_int_equal(bind_to(TEST_DOMID, 1 << 20, &other), -XEN_EINVAL);
	assert_int_equal(bind_to(77, port, &other), -XEN_ESRCH);
	/* Ports of others: not without privilege, or being the device model. */
	assert_int_equal(alloc_unbound(TEST_DOMID, DOMID_SELF, &port), -XEN_EPERM);
	test_domain->target = TEST_DOMID;
	assert_int_equal(alloc_unbound(TEST_DOMID, DOMID_SELF, &port), 0);
	assert_int_equal(status_of(TEST_DOMID, port).u.unbound.dom, PEER_DOMID);
	test_domain->target = DOMID_INVALID;
	test_domain->privileged = true;
	assert_int_equal(alloc_unbound(TEST_DOMID, 5, &port), 0);
	assert_int_equal(status_of(TEST_DOMID, port).u.unbound.dom, 5);
	assert_int_equal(alloc_unbound(77, 5, &port), -XEN_ESRCH);
}

static void a_domain_dies(void **state)
{
	evtchn_port_t port = 0;
	struct evtchn_status s;

	/* Half of many are ends of channels. */
	for (unsigned i = 0; i < 600; i++) {
		assert_int_equal(alloc_unbound(DOMID_SELF, PEER_DOMID, &port), 0);
		change_places();
		if (i % 2)
			assert_int_equal(bind_to(TEST_DOMID, port, &port), 0);
		change_places();
	}
	test_domain->vcpu[0]->running = false;
	fake_host.preempt_every = 1;
	assert_int_equal(domain_kill(test_domain), -XEN_ERESTART);
	/* Dying, it is not bound to any more, and can still be sent to. */
	change_places();
	assert_int_equal(bind_to(TEST_DOMID, 599, &port), -XEN_EINVAL);
	assert_int_equal(on_port(EVTCHNOP_send, far), 0);
	test_domain_destroy(peer_domain);
	s = status_of(DOMID_SELF, far);
	assert_int_equal(s.status, EVTCHNSTAT_unbound);
	assert_int_equal(on_port(EVTCHNOP_send, far), 0);
	assert_int_equal(on_port(EVTCHNOP_close, far), 0);
	assert_int_equal(bind_to(TEST_DOMID, near, &port), -XEN_ESRCH);
	assert_int_equal(test_domain_create(TEST_DOMID, 1, &peer_domain), 0);
	fake_host.preempt_every = 0;
}

static void reset_gives_way(void **state)
{
	struct evtchn_reset r = { .dom = DOMID_SELF };
	evtchn_port_t port;

	for (unsigned i = 0; i < 1000; i++)
		assert_int_equal(alloc_unbound(DOMID_SELF, PEER_DOMID, &port), 0);
	fake_host.preempt_every = 1;
	assert_int_equal(evtchn(EVTCHNOP_reset, &r, sizeof(r)), 0);
	assert_true(hc_restarts >= 3);
	for (evtchn_port_t p = 1; p < 1002; p++)
		assert_int_equal(status_of(DOMID_SELF, p).status, EVTCHNSTAT_closed);
	change_places();
	assert_int_equal(status_of(DOMID_SELF, far).status, EVTCHNSTAT_unbound);
	r.dom = TEST_DOMID;
	assert_int_equal(evtchn(EVTCHNOP_reset, &r, sizeof(r)), -XEN_EPERM);
	test_domain->privileged = true;
	assert_int_equal(evtchn(EVTCHNOP_reset, &r, sizeof(r)), 0);
}

static void ports_are_limited(void **state)
{
	evtchn_port_t port;

	test_domain->max_evtchn_port = 10;
	for (evtchn_port_t want = near + 1; want <= 10; want++) {
		assert_int_equal(alloc_unbound(DOMID_SELF, PEER_DOMID, &port), 0);
		assert_int_equal(port, want);
	}
	assert_int_equal(alloc_unbound(DOMID_SELF, PEER_DOMID, &port), -XEN_ENOSPC);
	change_places();
	assert_int_equal(alloc_unbound(DOMID_SELF, TEST_DOMID, &port), 0);
	change_places();
	assert_int_equal(bind_to(PEER_DOMID, port, &port), -XEN_ENOSPC);
}

static void events_go_to_the_vcpu_that_is_bound(void **state)
{
	struct evtchn_bind_vcpu b = { .port = near, .vcpu = 1 };

	assert_int_equal(evtchn(EVTCHNOP_bind_vcpu, &b, sizeof(b)), 0);
	b.vcpu = 2;
	assert_int_equal(evtchn(EVTCHNOP_bind_vcpu, &b, sizeof(b)), -XEN_ENOENT);
	change_places();
	assert_int_equal(on_port(EVTCHNOP_send, far), 0);
	assert_int_equal(peer_domain->vcpu[1]->arch->nr_upcalls, 1);
	assert_int_equal(peer_domain->vcpu[0]->arch->nr_upcalls, 0);
}

static long bind_virq(unsigned virq, unsigned vcpu, evtchn_port_t *ret_port)
{
	struct evtchn_bind_virq b = { .virq = virq, .vcpu = vcpu };
	long rc = evtchn(EVTCHNOP_bind_virq, &b, sizeof(b));

	*ret_port = b.port;
	return rc;
}

/* Once in the host, and only its handler hears of it. */
static void global_virqs(void **state)
{
	evtchn_port_t mine, other;

	assert_int_equal(bind_virq(VIRQ_DOM_EXC, 1, &mine), -XEN_EINVAL);
	assert_int_equal(bind_virq(VIRQ_DOM_EXC, 0, &mine), 0);
	assert_int_equal(bind_virq(VIRQ_DOM_EXC, 0, &mine), -XEN_EEXIST);
	mine = test_domain->vcpu[0]->virq_port[VIRQ_DOM_EXC];
	change_places();
	assert_int_equal(bind_virq(VIRQ_DOM_EXC, 0, &other), 0);
	change_places();
	assert_false(evtchn_raise_global_virq(VIRQ_DOM_EXC)); /* nobody is privileged */
	peer_domain->privileged = true;
	assert_true(evtchn_raise_global_virq(VIRQ_DOM_EXC));
	assert_true(take(peer_domain, other));
	assert_false(take(test_domain, mine));
	assert_false(evtchn_raise_global_virq(VIRQ_CON_RING)); /* not bound */
	assert_int_equal(evtchn_set_virq_handler(VIRQ_DOM_EXC, test_domain), 0);
	assert_int_equal(evtchn_set_virq_handler(VIRQ_TIMER, test_domain), -XEN_EINVAL);
	assert_int_equal(evtchn_set_virq_handler(NR_VIRQS, test_domain), -XEN_EINVAL);
	assert_true(evtchn_raise_global_virq(VIRQ_DOM_EXC));
	assert_true(take(test_domain, mine));
	assert_false(take(peer_domain, other));
	/* When the handler is gone the privileged one is it again, whoever gets the number. */
	test_domain_destroy(test_domain);
	assert_int_equal(test_domain_create(TEST_DOMID, 1, &test_domain), 0);
	assert_true(evtchn_raise_global_virq(VIRQ_DOM_EXC));
	assert_true(take(peer_domain, other));
}

static long remote_shutdown(domid_t id, unsigned reason)
{
	struct sched_remote_shutdown r = { .domain_id = id, .reason = reason };

	return hc_arg(__HYPERVISOR_sched_op, SCHEDOP_remote_shutdown, &r, sizeof(r));
}

/* However a domain ends, who handles VIRQ_DOM_EXC hears of it once. */
static void the_toolstack_hears_of_every_end(void **state)
{
	struct sched_shutdown s = { .reason = SHUTDOWN_reboot };
	evtchn_port_t port;

	test_domain->privileged = true;
	assert_int_equal(bind_virq(VIRQ_DOM_EXC, 0, &port), 0);
	change_places();
	assert_int_equal(hc_arg(__HYPERVISOR_sched_op, SCHEDOP_shutdown, &s, sizeof(s)), 0);
	change_places();
	assert_true(take(test_domain, port));
	assert_int_equal(peer_domain->shutdown_code, SHUTDOWN_reboot);
	domain_shutdown(peer_domain, SHUTDOWN_crash);
	assert_false(take(test_domain, port));
	domain_resume(peer_domain);
	domain_crash(peer_domain->vcpu[0], "on purpose");
	assert_true(take(test_domain, port));
	domain_resume(peer_domain);
	vcpu_down(peer_domain->vcpu[0]);
	vcpu_down(peer_domain->vcpu[1]);
	assert_true(take(test_domain, port));
	assert_int_equal(peer_domain->shutdown_code, SHUTDOWN_poweroff);
}

/* Who controls or serves another domain shuts it down, and nobody else. */
static void shutting_another_down(void **state)
{
	assert_int_equal(remote_shutdown(PEER_DOMID, SHUTDOWN_suspend), -XEN_EPERM);
	test_domain->privileged = true;
	assert_int_equal(remote_shutdown(PEER_DOMID, SHUTDOWN_MAX + 1), -XEN_EINVAL);
	assert_int_equal(remote_shutdown(8, SHUTDOWN_suspend), -XEN_ESRCH);
	assert_int_equal(remote_shutdown(TEST_DOMID, SHUTDOWN_suspend), -XEN_EPERM);
	assert_int_equal(test_domain->shutdown_code, DOMAIN_RUNNING);
	vcpu_set_periodic(peer_domain->vcpu[1], 1000);
	assert_int_equal(remote_shutdown(PEER_DOMID, SHUTDOWN_suspend), 0);
	assert_int_equal(peer_domain->shutdown_code, SHUTDOWN_suspend);
	assert_false(vcpu_runnable(peer_domain->vcpu[0]));
	assert_false(peer_domain->vcpu[1]->periodic.active);
	domain_resume(peer_domain);
	assert_true(vcpu_runnable(peer_domain->vcpu[0]));
	test_domain->privileged = false;
	test_domain->target = PEER_DOMID;
	assert_int_equal(remote_shutdown(PEER_DOMID, SHUTDOWN_crash), 0);
	assert_int_equal(peer_domain->shutdown_code, SHUTDOWN_crash);
}

static long poll(struct vcpu *v, evtchn_port_t port)
{
	struct sched_poll p = { .nr_ports = port ? 1 : 0 };

	p.ports.p = (void *)(uintptr_t)(ARG + 128);
	memcpy(fake_guest(test_domain, ARG + 128), &port, sizeof(port));
	test_vcpu = v;
	return hc_arg(__HYPERVISOR_sched_op, SCHEDOP_poll, &p, sizeof(p));
}

/* Many vCPUs poll, each for its own port; the event of one wakes that one alone. */
static void many_vcpus_poll(void **state)
{
	static evtchn_port_t port[HV_MAX_VCPUS];
	struct evtchn_bind_ipi b;

	test_domain_destroy(test_domain);
	assert_int_equal(test_domain_create(TEST_DOMID, HV_MAX_VCPUS, &test_domain), 0);
	assert_int_equal(fake_ram_add(test_domain, gfn(0), TEST_RAM_PAGES), 0);
	for (unsigned i = 0; i < HV_MAX_VCPUS; i++) {
		test_vcpu = test_domain->vcpu[i];
		vcpu_up(test_vcpu);
		b.vcpu = i;
		assert_int_equal(evtchn(EVTCHNOP_bind_ipi, &b, sizeof(b)), 0);
		port[i] = b.port;
		test_domain->shared_info->evtchn_mask[b.port / 64] |= 1ul << b.port % 64;
		assert_int_equal(poll(test_vcpu, b.port), 0);
		assert_true(test_vcpu->polling);
	}
	for (unsigned i = HV_MAX_VCPUS; i--;) {
		evtchn_raise(test_domain, port[i]);
		assert_false(test_domain->vcpu[i]->polling);
		if (i)
			assert_true(test_domain->vcpu[i - 1]->polling);
	}
	/* One for whatever port wakes at any. */
	assert_int_equal(poll(test_domain->vcpu[100], 0), 0);
	assert_true(test_domain->vcpu[100]->polling);
	take(test_domain, port[3]);
	evtchn_raise(test_domain, port[3]);
	assert_false(test_domain->vcpu[100]->polling);
	test_vcpu = test_domain->vcpu[0];
}

/* Two domains bind, send and close at random: both tables agree after each step. */
static void random_walk_of_two(void **state)
{
	srand(4711);
	for (unsigned n = 0; n < 20000; n++) {
		evtchn_port_t port = (evtchn_port_t)rand() % 40, ret;

		if (rand() % 2)
			change_places();
		switch (rand() % 4) {
		case 0:
			if (port > 20)
				assert_int_equal(alloc_unbound(DOMID_SELF, peer_domain->id, &ret),
						 0);
			break;
		case 1:
			(void)bind_to(peer_domain->id, port, &ret);
			break;
		case 2:
			(void)on_port(EVTCHNOP_send, port);
			break;
		case 3:
			(void)on_port(EVTCHNOP_close, port);
			break;
		}
		for (evtchn_port_t p = 1; p < 40; p++) {
			struct evtchn_status s = status_of(DOMID_SELF, p), t;

			if (s.status != EVTCHNSTAT_interdomain)
				continue;
			assert_int_equal(s.u.interdomain.dom, peer_domain->id);
			change_places();
			t = status_of(DOMID_SELF, s.u.interdomain.port);
			change_places();
			assert_int_equal(t.status, EVTCHNSTAT_interdomain);
			assert_int_equal(t.u.interdomain.port, p);
		}
	}
}

#define J(f) cmocka_unit_test_setup_teardown(f, join_setup, pair_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		J(both_ends_send),
		J(an_end_closes),
		J(binding_needs_an_invitation),
		J(a_domain_dies),
		J(reset_gives_way),
		J(ports_are_limited),
		J(events_go_to_the_vcpu_that_is_bound),
		J(global_virqs),
		J(the_toolstack_hears_of_every_end),
		J(shutting_another_down),
		J(many_vcpus_poll),
		J(random_walk_of_two),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
