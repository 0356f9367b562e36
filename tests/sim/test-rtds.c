/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RTDS in the simulator: budgets, deadlines of schedulable sets, extra time, parameters. */
#include "simtest.h"

#include "rtds.h"

SUPPORT_TEST(sched_rtds, "unit/sched-rtds");
SUPPORT_TEST(sched_rtds_extratime, "unit/sched-rtds");

static void host(unsigned nr, unsigned nr_vcpus, uint32_t seed)
{
	struct sim_config config = {
		.nr_cpus = nr, .sched = "rtds", .nr_vcpus = nr_vcpus, .seed = seed, .check = true
	};

	sim_create(&config);
}

static void set(struct vcpu *v, stime_t period, stime_t budget, bool extra)
{
	struct xen_domctl_schedparam_vcpu p = { .vcpuid = v->id };

	p.u.rtds.period = (uint32_t)(period / 1000);
	p.u.rtds.budget = (uint32_t)(budget / 1000);
	p.u.rtds.flags = extra ? XEN_DOMCTL_SCHEDRT_extra : 0;
	assert_int_equal(sched_adjust_vcpu(v->domain, XEN_SCHEDULER_RTDS, &p, true), 0);
	sim_settle();
}

static void budgets_are_given_and_not_exceeded(void **state)
{
	struct domain *d;

	host(1, 8, 1);
	d = sim_domain(2);
	set(d->vcpu[0], 10 * MS, 3 * MS, false);
	set(d->vcpu[1], 50 * MS, 20 * MS, false);
	sim_start(d, 0, FOREVER, 0);
	sim_start(d, 1, FOREVER, 0);
	sim_run(5000 * MS);
	assert_int_equal(sim_ran(d->vcpu[0]), 1500 * MS);
	assert_int_equal(sim_ran(d->vcpu[1]), 2000 * MS);
	assert_int_equal(sim_idle(0), 1500 * MS);
	sim_destroy();
}

static void the_default_is_4_of_10_ms_and_extra_time(void **state)
{
	struct domain *d;

	host(1, 8, 1);
	d = sim_domain(1);
	sim_start(d, 0, FOREVER, 0);
	sim_run(1000 * MS);
	assert_int_equal(sim_ran(d->vcpu[0]), 1000 * MS);
	set(d->vcpu[0], 10 * MS, 4 * MS, false);
	sim_run(1000 * MS);
	assert_int_equal(sim_ran(d->vcpu[0]), 1400 * MS);
	sim_destroy();
}

/* What is left over goes to those with extra time, and takes nothing from budgets. */
static void extra_time_takes_nothing(void **state)
{
	struct domain *d;
	stime_t extra;

	host(1, 8, 1);
	d = sim_domain(4);
	for (unsigned i = 0; i < 4; i++) {
		set(d->vcpu[i], (10 + 3 * i) * MS, (i < 2 ? 2 : 1) * MS, i < 2);
		sim_start(d, i, FOREVER, 0);
	}
	sim_run(20800 * MS);
	/* 2/10 and 2/13 and their shares of the rest; 1/16; 1/19. */
	assert_true(sim_ran(d->vcpu[2]) >= 1299 * MS && sim_ran(d->vcpu[2]) <= 1301 * MS);
	assert_true(sim_ran(d->vcpu[3]) >= 1094 * MS && sim_ran(d->vcpu[3]) <= 1096 * MS);
	extra = sim_ran(d->vcpu[0]) + sim_ran(d->vcpu[1]);
	assert_int_equal(extra + sim_ran(d->vcpu[2]) + sim_ran(d->vcpu[3]), 20800 * MS);
	assert_true(sim_ran(d->vcpu[0]) > 20800 * MS / 5 && sim_ran(d->vcpu[1]) > 3200 * MS);
	for (unsigned i = 0; i < 4; i++)
		assert_int_equal(rt_of(d->vcpu[i])->nr_missed, 0);
	sim_destroy();
}

/*
 * Goossens, Funk, Baruah: global EDF on m CPUs meets all deadlines of a set whose
 * utilisation is at most m - (m - 1) * u_max. Draw sets up to that bound.
 */
static void one_set(unsigned m, uint32_t seed, bool sleeps)
{
	double bound, sum = 0, u_max = 0.15 + 0.05 * (seed % 12);
	struct domain *d;
	unsigned nr = 0;

	host(m, 128, seed);
	d = sim_domain(100);
	bound = m - (m - 1) * u_max;
	while (nr < 100) {
		stime_t period = (4 + sim_random() % 60) * MS / 2;
		double u = u_max * (1 + sim_random() % 100) / 100;
		stime_t budget = (stime_t)(u * (double)period) / 1000 * 1000;
		struct sim_vcpu *sv;

		if (budget < RT_MIN)
			continue;
		if (sum + u > bound)
			break;
		sum += u;
		set(d->vcpu[nr], period, budget, false);
		sv = sim_start(d, nr, sleeps ? budget : FOREVER, 0);
		sv->release = sleeps ? period : 0;
		nr++;
	}
	assert_true(nr > 1);
	sim_run(400 * MS);
	for (unsigned i = 0; i < nr; i++) {
		const struct sim_vcpu *sv = sim_of(d->vcpu[i]);

		assert_int_equal(rt_of(d->vcpu[i])->nr_missed, 0);
		assert_int_equal(sv->nr_missed, 0);
		if (sleeps)
			assert_true(sv->worst <= sv->release);
	}
	sim_destroy();
}

static void schedulable_sets_meet_their_deadlines(void **state)
{
	for (uint32_t seed = 0; seed < 24; seed++)
		one_set(1 + seed % 6, seed, seed % 2);
}

/* A set that cannot be met is seen to be missed: the test above can fail. */
static void overload_is_seen(void **state)
{
	struct domain *d;
	uint64_t missed = 0;

	host(2, 8, 1);
	d = sim_domain(3);
	for (unsigned i = 0; i < 3; i++) {
		set(d->vcpu[i], 10 * MS, 8 * MS, false);
		sim_start(d, i, FOREVER, 0);
	}
	sim_run(500 * MS);
	for (unsigned i = 0; i < 3; i++)
		missed += rt_of(d->vcpu[i])->nr_missed;
	assert_true(missed >= 40);
	sim_destroy();
}

/* Sleeping saves nothing up: one that sleeps cannot take more than its rate from others. */
static void sleepers_take_nothing_from_others(void **state)
{
	struct domain *d;

	host(1, 8, 1);
	d = sim_domain(2);
	set(d->vcpu[0], 10 * MS, 5 * MS, false);
	set(d->vcpu[1], 8 * MS, 4 * MS, false);
	sim_start(d, 0, FOREVER, 0);
	sim_start(d, 1, 4 * MS, 7 * MS)->jitter = 60;
	sim_run(5000 * MS);
	assert_int_equal(rt_of(d->vcpu[0])->nr_missed, 0);
	assert_int_equal(sim_ran(d->vcpu[0]), 2500 * MS);
	sim_destroy();
}

static void affinity_is_kept(void **state)
{
	struct domain *d;

	host(4, 16, 1);
	d = sim_domain(4);
	for (unsigned i = 0; i < 4; i++) {
		sim_pin(d->vcpu[i], 2, 3, 3, 3);
		set(d->vcpu[i], 10 * MS, 4 * MS, false);
		sim_start(d, i, FOREVER, 0);
	}
	sim_run(1000 * MS);
	assert_int_equal(sim_idle(0) + sim_idle(1), 2000 * MS);
	for (unsigned i = 0; i < 4; i++)
		assert_int_equal(sim_ran(d->vcpu[i]), 400 * MS);
	sim_pin(d->vcpu[0], 0, 0, -1, 0);
	sim_run(1000 * MS);
	assert_int_equal(sim_idle(0), 1600 * MS);
	sim_destroy();
}

static void parameters_are_checked(void **state)
{
	static const struct {
		uint32_t period, budget, flags;
		int rc;
	} puts[] = {
		{ 10000, 4000, 0, 0 },
		{ 10, 10, 1, 0 },
		{ UINT32_MAX, UINT32_MAX, 1, 0 },
		{ 9, 9, 0, -XEN_EINVAL },
		{ 100, 101, 0, -XEN_EINVAL },
		{ 100, 0, 0, -XEN_EINVAL },
		{ 0, 0, 0, -XEN_EINVAL },
		{ 100, 50, 2, -XEN_EINVAL },
	};
	struct xen_domctl_schedparam_vcpu p = { 0 };
	struct xen_domctl_scheduler_op op = { .sched_id = XEN_SCHEDULER_RTDS,
					      .cmd = XEN_DOMCTL_SCHEDOP_getinfo };
	struct xen_sysctl_scheduler_op g = { .sched_id = XEN_SCHEDULER_RTDS,
					     .cmd = XEN_SYSCTL_SCHEDOP_getinfo };
	struct domain *d;

	host(1, 8, 1);
	d = sim_domain(2);
	for (unsigned i = 0; i < ARRAY_SIZE(puts); i++) {
		p.vcpuid = 1;
		p.u.rtds.period = puts[i].period;
		p.u.rtds.budget = puts[i].budget;
		p.u.rtds.flags = puts[i].flags;
		assert_int_equal(sched_adjust_vcpu(d, XEN_SCHEDULER_RTDS, &p, true), puts[i].rc);
		if (puts[i].rc)
			continue;
		memset(&p.u, 0, sizeof(p.u));
		assert_int_equal(sched_adjust_vcpu(d, XEN_SCHEDULER_RTDS, &p, false), 0);
		assert_int_equal(p.u.rtds.period, puts[i].period);
		assert_int_equal(p.u.rtds.budget, puts[i].budget);
		assert_int_equal(p.u.rtds.flags, puts[i].flags);
	}
	p.vcpuid = 2;
	assert_int_equal(sched_adjust_vcpu(d, XEN_SCHEDULER_RTDS, &p, false), -XEN_EINVAL);
	assert_int_equal(sched_adjust(d, &op), 0);
	assert_int_equal(op.u.rtds.period, 10000);
	assert_int_equal(op.u.rtds.budget, 4000);
	op.cmd = XEN_DOMCTL_SCHEDOP_putinfo;
	op.u.rtds.budget = 20000;
	assert_int_equal(sched_adjust(d, &op), -XEN_EINVAL);
	op.u.rtds.budget = 7000;
	assert_int_equal(sched_adjust(d, &op), 0);
	p.vcpuid = 0;
	assert_int_equal(sched_adjust_vcpu(d, XEN_SCHEDULER_RTDS, &p, false), 0);
	assert_int_equal(p.u.rtds.budget, 7000);
	assert_int_equal(sched_adjust_global(&g), -XEN_EINVAL);
	sched_dump();
	assert_non_null(strstr(fake_host.console, "SMP RTDS Scheduler"));
	sim_destroy();
}

/* Parameters that change all the time, while it runs, waits or sleeps. */
static void parameters_may_change_at_any_time(void **state)
{
	struct domain *d;

	host(2, 8, 3);
	d = sim_domain(4);
	for (unsigned i = 0; i < 4; i++)
		sim_start(d, i, 2 * MS, MS)->jitter = 80;
	for (unsigned i = 0; i < 2000; i++) {
		stime_t period = (1 + sim_random() % 10) * MS;

		set(d->vcpu[sim_random() % 4], period, period / (1 + sim_random() % 10),
		    sim_random() % 2);
		sim_run(sim_random() % (2 * MS));
	}
	sim_destroy();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(budgets_are_given_and_not_exceeded),
		cmocka_unit_test(the_default_is_4_of_10_ms_and_extra_time),
		cmocka_unit_test(extra_time_takes_nothing),
		cmocka_unit_test(schedulable_sets_meet_their_deadlines),
		cmocka_unit_test(overload_is_seen),
		cmocka_unit_test(sleepers_take_nothing_from_others),
		cmocka_unit_test(affinity_is_kept),
		cmocka_unit_test(parameters_are_checked),
		cmocka_unit_test(parameters_may_change_at_any_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
