/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CPU pools in the simulator: every operation, every error, domains that move as they run. */
#include "simtest.h"

SUPPORT_TEST(cpupools, "unit/sched-pools");

#define ANY XEN_SYSCTL_CPUPOOL_PAR_ANY

static void host(unsigned nr, stime_t latency)
{
	struct sim_config config = { .nr_cpus = nr,
				     .sched = "credit2",
				     .kick_latency = latency,
				     .save_latency = latency,
				     .check = true };

	sim_create(&config);
}

static struct xen_sysctl_cpupool_op last;
static struct cpumask cpus;

static int op(uint32_t what, uint32_t pool, uint32_t arg)
{
	int rc;

	last = (struct xen_sysctl_cpupool_op){ .op = what, .cpupool_id = pool };
	if (what == XEN_SYSCTL_CPUPOOL_OP_CREATE)
		last.sched_id = arg;
	else if (what == XEN_SYSCTL_CPUPOOL_OP_MOVEDOMAIN)
		last.domid = arg;
	else
		last.cpu = arg;
	fake_cpu_switch(0);
	rc = cpupool_op(&last, &cpus);
	sim_settle();
	return rc;
}

/* As a toolstack does it. */
static int remove_cpu(uint32_t pool, uint32_t cpu)
{
	int rc = op(XEN_SYSCTL_CPUPOOL_OP_RMCPU, pool, cpu);

	for (unsigned i = 0; rc == -XEN_EAGAIN && i < 100; i++) {
		sim_run(MS);
		rc = op(XEN_SYSCTL_CPUPOOL_OP_RMCPU, pool, cpu);
	}
	return rc;
}

static void pools_come_and_go(void **state)
{
	host(4, 0);
	assert_int_equal(op(XEN_SYSCTL_CPUPOOL_OP_CREATE, ANY, XEN_SCHEDULER_RTDS), 0);
	assert_int_equal(last.cpupool_id, 1);
	assert_int_equal(op(XEN_SYSCTL_CPUPOOL_OP_CREATE, 1, XEN_SCHEDULER_NULL), -XEN_EEXIST);
	assert_int_equal(op(XEN_SYSCTL_CPUPOOL_OP_CREATE, 7, XEN_SCHEDULER_NULL), 0);
	assert_int_equal(op(XEN_SYSCTL_CPUPOOL_OP_CREATE, ANY, XEN_SCHEDULER_ARINC653),
			 -XEN_ENOENT);
	assert_int_equal(op(XEN_SYSCTL_CPUPOOL_OP_CREATE, ANY, XEN_SCHEDULER_CREDIT2), 0);
	assert_int_equal(last.cpupool_id, 2);
	/* A walk over all of them. */
	assert_int_equal(op(XEN_SYSCTL_CPUPOOL_OP_INFO, 0, 0), 0);
	assert_int_equal(last.sched_id, XEN_SCHEDULER_CREDIT2);
	assert_int_equal(cpumask_weight(&cpus), 4);
	assert_int_equal(op(XEN_SYSCTL_CPUPOOL_OP_INFO, 3, 0), 0);
	assert_int_equal(last.cpupool_id, 7);
	assert_int_equal(last.sched_id, XEN_SCHEDULER_NULL);
	assert_int_equal(cpumask_weight(&cpus), 0);
	assert_int_equal(op(XEN_SYSCTL_CPUPOOL_OP_INFO, 8, 0), -XEN_ENOENT);
	assert_int_equal(op(XEN_SYSCTL_CPUPOOL_OP_DESTROY, 3, 0), -XEN_ENOENT);
	assert_int_equal(op(XEN_SYSCTL_CPUPOOL_OP_DESTROY, 0, 0), -XEN_EBUSY);
	assert_int_equal(op(XEN_SYSCTL_CPUPOOL_OP_DESTROY, 7, 0), 0);
	assert_int_equal(op(XEN_SYSCTL_CPUPOOL_OP_DESTROY, 1, 0), 0);
	assert_int_equal(op(XEN_SYSCTL_CPUPOOL_OP_DESTROY, 2, 0), 0);
	assert_int_equal(op(99, 0, 0), -XEN_ENOSYS);
	assert_int_equal(op(0, 0, 0), -XEN_ENOSYS);
	sim_destroy();
}

static void cpus_change_pools(void **state)
{
	struct domain *d;

	host(4, 0);
	d = sim_domain(4);
	for (unsigned i = 0; i < 4; i++)
		sim_start(d, i, FOREVER, 0);
	assert_int_equal(op(XEN_SYSCTL_CPUPOOL_OP_CREATE, 1, XEN_SCHEDULER_NULL), 0);
	assert_int_equal(op(XEN_SYSCTL_CPUPOOL_OP_ADDCPU, 1, 9), -XEN_EINVAL);
	assert_int_equal(op(XEN_SYSCTL_CPUPOOL_OP_ADDCPU, 1, 2), -XEN_ENODEV);
	assert_int_equal(op(XEN_SYSCTL_CPUPOOL_OP_ADDCPU, 1, ANY), -XEN_ENODEV);
	assert_int_equal(op(XEN_SYSCTL_CPUPOOL_OP_ADDCPU, 3, 2), -XEN_ENOENT);
	assert_int_equal(op(XEN_SYSCTL_CPUPOOL_OP_RMCPU, 3, 2), -XEN_ENOENT);
	assert_int_equal(op(XEN_SYSCTL_CPUPOOL_OP_RMCPU, 0, 99), -XEN_EINVAL);
	assert_int_equal(op(XEN_SYSCTL_CPUPOOL_OP_RMCPU, 1, 2), -XEN_ENODEV);
	assert_int_equal(op(XEN_SYSCTL_CPUPOOL_OP_RMCPU, 1, ANY), -XEN_ENODEV);
	/* Something runs there: again, with the same parameters. */
	assert_int_equal(op(XEN_SYSCTL_CPUPOOL_OP_RMCPU, 0, 2), -XEN_EAGAIN);
	assert_int_equal(op(XEN_SYSCTL_CPUPOOL_OP_RMCPU, 0, 3), -XEN_EADDRNOTAVAIL);
	assert_int_equal(op(XEN_SYSCTL_CPUPOOL_OP_ADDCPU, 0, 2), -XEN_EADDRNOTAVAIL);
	assert_int_equal(op(XEN_SYSCTL_CPUPOOL_OP_RMCPU, 0, 2), 0);
	assert_int_equal(remove_cpu(0, ANY), 0);
	assert_int_equal(op(XEN_SYSCTL_CPUPOOL_OP_FREEINFO, 0, 0), 0);
	assert_int_equal(cpus.word[0], 1 << 2 | 1 << 3);
	sim_run(100 * MS);
	for (unsigned i = 0; i < 4; i++)
		assert_true(sim_ran(d->vcpu[i]) > 40 * MS);
	assert_int_equal(op(XEN_SYSCTL_CPUPOOL_OP_ADDCPU, 1, ANY), 0);
	assert_int_equal(op(XEN_SYSCTL_CPUPOOL_OP_ADDCPU, 1, 3), 0);
	assert_int_equal(op(XEN_SYSCTL_CPUPOOL_OP_INFO, 1, 0), 0);
	assert_int_equal(cpus.word[0], 1 << 2 | 1 << 3);
	assert_int_equal(op(XEN_SYSCTL_CPUPOOL_OP_DESTROY, 1, 0), -XEN_EBUSY);
	/* The last CPU of a pool stays as long as it has a domain. */
	assert_int_equal(remove_cpu(0, 1), 0);
	assert_int_equal(remove_cpu(0, 0), -XEN_EBUSY);
	assert_int_equal(remove_cpu(1, 3), 0);
	assert_int_equal(remove_cpu(1, 2), 0);
	assert_int_equal(op(XEN_SYSCTL_CPUPOOL_OP_DESTROY, 1, 0), 0);
	for (unsigned i = 1; i < 4; i++)
		assert_int_equal(op(XEN_SYSCTL_CPUPOOL_OP_ADDCPU, 0, ANY), 0);
	sim_run(100 * MS);
	assert_true(sim_idle(0) + sim_idle(1) < 10 * MS);
	sim_destroy();
}

static void domains_change_pools(void **state)
{
	static const uint32_t scheds[] = { XEN_SCHEDULER_RTDS, XEN_SCHEDULER_NULL,
					   XEN_SCHEDULER_CREDIT2 };

	for (stime_t latency = 0; latency <= 3000; latency += 3000) {
		struct domain *d;

		host(4, latency);
		d = sim_domain(3);
		sim_start(d, 0, FOREVER, 0);
		sim_start(d, 1, MS / 3, MS / 2)->jitter = 50;
		for (unsigned i = 0; i < 3; i++)
			assert_int_equal(op(XEN_SYSCTL_CPUPOOL_OP_CREATE, i + 1, scheds[i]), 0);
		assert_int_equal(op(XEN_SYSCTL_CPUPOOL_OP_MOVEDOMAIN, 1, d->id), -XEN_EINVAL);
		for (unsigned i = 0; i < 3; i++) {
			assert_int_equal(remove_cpu(0, i + 1), 0);
			assert_int_equal(op(XEN_SYSCTL_CPUPOOL_OP_ADDCPU, i + 1, i + 1), 0);
		}
		assert_int_equal(op(XEN_SYSCTL_CPUPOOL_OP_MOVEDOMAIN, 9, d->id), -XEN_ENOENT);
		assert_int_equal(op(XEN_SYSCTL_CPUPOOL_OP_MOVEDOMAIN, 1, 999), -XEN_EINVAL);
		assert_int_equal(op(XEN_SYSCTL_CPUPOOL_OP_MOVEDOMAIN, 1, DOMID_SELF), -XEN_EINVAL);
		for (unsigned i = 0; i < 400; i++) {
			uint32_t to = sim_random() % 4;
			int rc = op(XEN_SYSCTL_CPUPOOL_OP_MOVEDOMAIN, to, d->id);

			assert_true(!rc || (latency && rc == -XEN_EAGAIN));
			sim_run(sim_random() % (3 * MS));
			if (sim_random() % 2)
				sim_run(10 * MS);
			assert_true(d->pool_old || d->vcpu[0]->cpu == d->pool->id || rc);
		}
		sim_run(10 * MS);
		assert_null(d->pool_old);
		while (op(XEN_SYSCTL_CPUPOOL_OP_MOVEDOMAIN, 0, d->id))
			sim_run(MS);
		sim_run(10 * MS);
		for (unsigned i = 1; i < 4; i++) {
			assert_int_equal(op(XEN_SYSCTL_CPUPOOL_OP_INFO, i, 0), 0);
			assert_int_equal(last.n_dom, 0);
			assert_int_equal(remove_cpu(i, i), 0);
			assert_int_equal(op(XEN_SYSCTL_CPUPOOL_OP_DESTROY, i, 0), 0);
		}
		sim_destroy();
	}
}

/* Pinned to a CPU that goes away it runs where it can, and comes back with the CPU. */
static void affinity_outlives_its_cpu(void **state)
{
	struct cpumask none = { 0 }, other = { 0 };
	struct domain *d;

	host(3, 0);
	d = sim_domain(1);
	sim_pin(d->vcpu[0], 2, 2, -1, 0);
	sim_start(d, 0, FOREVER, 0);
	assert_int_equal(d->vcpu[0]->cpu, 2);
	assert_int_equal(remove_cpu(0, 2), 0);
	sim_run(10 * MS);
	assert_true(d->vcpu[0]->cpu < 2);
	assert_true(sim_ran(d->vcpu[0]) > 9 * MS);
	assert_int_equal(op(XEN_SYSCTL_CPUPOOL_OP_ADDCPU, 0, 2), 0);
	sim_run(10 * MS);
	assert_int_equal(d->vcpu[0]->cpu, 2);
	cpumask_set(&other, 5);
	assert_int_equal(sched_set_affinity(d->vcpu[0], &none, NULL), -XEN_EINVAL);
	assert_int_equal(sched_set_affinity(d->vcpu[0], &other, NULL), -XEN_EINVAL);
	assert_int_equal(sched_set_affinity(d->vcpu[0], NULL, &none), -XEN_EINVAL);
	assert_true(cpumask_test(&d->vcpu[0]->hard, 2));
	sim_destroy();
}

/* Each allocation of a new pool, a CPU in it and a domain that moves fails once. */
static void memory_runs_out(void **state)
{
	static const uint32_t scheds[] = { XEN_SCHEDULER_RTDS, XEN_SCHEDULER_NULL,
					   XEN_SCHEDULER_CREDIT2 };
	struct domain *d;
	int rc;

	for (unsigned i = 0; i < ARRAY_SIZE(scheds); i++) {
		uint64_t before;
		unsigned n = 0;

		host(2, 0);
		d = sim_domain(3);
		sim_start(d, 0, FOREVER, 0);
		assert_int_equal(remove_cpu(0, 1), 0);
		before = frames_nr_free();
		do {
			sim_fail_alloc(++n);
			rc = op(XEN_SYSCTL_CPUPOOL_OP_CREATE, 1, scheds[i]);
			if (!rc) {
				rc = op(XEN_SYSCTL_CPUPOOL_OP_ADDCPU, 1, 1);
				if (!rc) {
					rc = op(XEN_SYSCTL_CPUPOOL_OP_MOVEDOMAIN, 1, d->id);
					sim_run(MS);
					assert_int_equal(remove_cpu(1, 1), rc ? 0 : -XEN_EBUSY);
				}
				if (rc)
					assert_int_equal(op(XEN_SYSCTL_CPUPOOL_OP_DESTROY, 1, 0),
							 0);
			}
			assert_int_equal(rc, sim_alloc_failed() ? -XEN_ENOMEM : 0);
			if (rc)
				assert_int_equal(frames_nr_free(), before);
		} while (rc);
		assert_true(n > 5);
		sim_fail_alloc(0);
		sim_run(10 * MS);
		assert_int_equal(d->vcpu[0]->cpu, 1);
		sim_destroy();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pools_come_and_go),	cmocka_unit_test(cpus_change_pools),
		cmocka_unit_test(domains_change_pools), cmocka_unit_test(affinity_outlives_its_cpu),
		cmocka_unit_test(memory_runs_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
