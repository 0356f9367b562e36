/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fixtures of the hypervisor's unit tests. */
#include "hv-test.h"

#include <string.h>

struct domain *test_domain, *peer_domain;
struct vcpu *test_vcpu;
unsigned hc_restarts;

static unsigned fail_countdown;
static bool failed;

/* The linker sends core's calls here (--wrap). */
mfn_t __real_frames_alloc(unsigned order);
mfn_t __wrap_frames_alloc(unsigned order);
void *__real_heap_alloc(size_t size);
void *__wrap_heap_alloc(size_t size);

static bool fail_now(void)
{
	if (!fail_countdown || --fail_countdown)
		return false;
	failed = true;
	return true;
}

mfn_t __real_frames_alloc_domain(struct domain *d, unsigned order, unsigned node,
				 enum node_rule rule);
mfn_t __wrap_frames_alloc_domain(struct domain *d, unsigned order, unsigned node,
				 enum node_rule rule);
mfn_t __real_frames_take(struct domain *d, unsigned order, unsigned node, enum node_rule rule,
			 enum frames_content *ret_content);
mfn_t __wrap_frames_take(struct domain *d, unsigned order, unsigned node, enum node_rule rule,
			 enum frames_content *ret_content);

mfn_t __wrap_frames_alloc_domain(struct domain *d, unsigned order, unsigned node,
				 enum node_rule rule)
{
	return fail_now() ? MFN_NONE : __real_frames_alloc_domain(d, order, node, rule);
}

mfn_t __wrap_frames_take(struct domain *d, unsigned order, unsigned node, enum node_rule rule,
			 enum frames_content *ret_content)
{
	return fail_now() ? MFN_NONE : __real_frames_take(d, order, node, rule, ret_content);
}

mfn_t __wrap_frames_alloc(unsigned order)
{
	return fail_now() ? MFN_NONE : __real_frames_alloc(order);
}

void *__wrap_heap_alloc(size_t size)
{
	return fail_now() ? NULL : __real_heap_alloc(size);
}

void alloc_fail_at(unsigned n)
{
	fail_countdown = n;
	failed = false;
}

bool alloc_failed(void)
{
	return failed;
}

void machine_start(uint64_t nr_frames)
{
	fake_host_create(nr_frames);
	assert_int_equal(sched_init(NULL), 0);
	assert_int_equal(sched_cpu_online(cpu_get(0)), 0);
	fake_console_clear();
}

void machine_restart(uint64_t nr_frames)
{
	sched_exit();
	fake_host_destroy();
	machine_start(nr_frames);
}

int machine_setup(void **state)
{
	machine_start(4096);
	return 0;
}

int machine_teardown(void **state)
{
	bool leak;

	alloc_fail_at(0);
	sched_exit();
	leak = frames_nr_free() != frames_nr_total();
	fake_host_destroy();
	return leak ? -1 : 0;
}

int test_domain_create(domid_t id, uint32_t nr_vcpus, struct domain **ret_d)
{
	struct domain_config config = {
		.id = id, .nr_vcpus = nr_vcpus, .max_grant_frames = -1, .max_maptrack_frames = -1
	};
	int rc = domain_create(&config, ret_d);

	if (!rc)
		domain_unpause(*ret_d);
	return rc;
}

void test_domain_destroy(struct domain *d)
{
	int rc;

	if (!d)
		return;
	for (uint32_t i = 0; i < d->nr_vcpus; i++)
		d->vcpu[i]->running = false;
	do {
		rc = domain_kill(d);
	} while (rc == -XEN_ERESTART);
	assert_int_equal(rc, 0);
	domain_put(d);
}

static int running_domain(domid_t id, unsigned nr_vcpus, struct domain **ret_d)
{
	struct domain *d;

	if (test_domain_create(id, nr_vcpus, &d) || fake_ram_add(d, gfn(0), TEST_RAM_PAGES))
		return -1;
	d->max_pages = d->nr_pages;
	for (unsigned i = 0; i < nr_vcpus; i++)
		vcpu_up(d->vcpu[i]);
	vcpu_set_runstate(d->vcpu[0], RUNSTATE_running, 0);
	*ret_d = d;
	return 0;
}

int domain_setup(void **state)
{
	machine_setup(state);
	if (running_domain(TEST_DOMID, 1, &test_domain))
		return -1;
	test_vcpu = test_domain->vcpu[0];
	return 0;
}

int domain_teardown(void **state)
{
	test_domain_destroy(test_domain);
	return machine_teardown(state);
}

int pair_setup(void **state)
{
	machine_setup(state);
	if (running_domain(TEST_DOMID, 2, &test_domain) ||
	    running_domain(PEER_DOMID, 2, &peer_domain))
		return -1;
	test_vcpu = test_domain->vcpu[0];
	return 0;
}

int pair_teardown(void **state)
{
	if (test_domain->id != TEST_DOMID)
		change_places();
	test_domain_destroy(peer_domain);
	peer_domain = NULL;
	return domain_teardown(state);
}

void change_places(void)
{
	struct domain *d = test_domain;

	test_domain = peer_domain;
	peer_domain = d;
	test_vcpu = test_domain->vcpu[0];
}

/* A call that gives way is issued again at once. */
static long run(uint64_t nr, struct hypercall *call)
{
	long rc = hypercall_dispatch(test_vcpu, nr, call);

	for (hc_restarts = 0; rc == -XEN_ERESTART; hc_restarts++) {
		memcpy(call->arg, test_vcpu->again.arg, sizeof(call->arg));
		rc = hypercall_dispatch(test_vcpu, test_vcpu->again.nr, call);
	}
	return rc;
}

long hc(uint64_t nr, uint64_t a0, uint64_t a1, uint64_t a2)
{
	struct hypercall call = { .arg = { a0, a1, a2 } };

	return run(nr, &call);
}

/* A 32-bit guest cannot clear the upper halves, and nobody may look at them. */
long hc32(uint64_t nr, uint64_t a0, uint64_t a1, uint64_t a2)
{
	uint64_t junk = 0xdeadbeefull << 32;
	struct hypercall call = { .arg = { a0 | junk, a1 | junk, a2 | junk }, .compat = true };

	return run(nr, &call);
}

long hc_arg(uint64_t nr, uint64_t cmd, void *arg, size_t size)
{
	long rc;

	memcpy(fake_guest(test_domain, ARG), arg, size);
	rc = hc(nr, cmd, ARG, 0);
	memcpy(arg, fake_guest(test_domain, ARG), size);
	return rc;
}

long vcpu_op(uint64_t cmd, void *arg, size_t size)
{
	long rc;

	memcpy(fake_guest(test_domain, ARG), arg, size);
	rc = hc(__HYPERVISOR_vcpu_op, cmd, 0, ARG);
	memcpy(arg, fake_guest(test_domain, ARG), size);
	return rc;
}

long sysctl_op(uint32_t cmd, struct xen_sysctl *op)
{
	long rc;

	op->cmd = cmd;
	op->interface_version = XEN_SYSCTL_INTERFACE_VERSION;
	memcpy(fake_guest(test_domain, ARG), op, sizeof(*op));
	rc = hc(__HYPERVISOR_sysctl, ARG, 0, 0);
	memcpy(op, fake_guest(test_domain, ARG), sizeof(*op));
	return rc;
}
