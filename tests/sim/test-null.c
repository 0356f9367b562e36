/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The null scheduler in the simulator: one CPU for each vCPU, who waits, what it prefers. */
#include "simtest.h"

SUPPORT_TEST(sched_null, "unit/sched-null");
SUPPORT_TEST(sched_null_soft_affinity, "unit/sched-null");

static void host(unsigned nr)
{
	struct sim_config config = { .nr_cpus = nr, .sched = "null", .check = true };

	sim_create(&config);
}

static void each_has_its_own_cpu(void **state)
{
	unsigned cpu[4];
	struct domain *d;

	host(4);
	d = sim_domain(4);
	for (unsigned i = 0; i < 4; i++)
		sim_start(d, i, i % 2 ? FOREVER : 3 * MS, 2 * MS);
	for (unsigned i = 0; i < 4; i++)
		cpu[i] = d->vcpu[i]->cpu;
	for (unsigned i = 0; i < 4; i++)
		for (unsigned j = 0; j < i; j++)
			assert_int_not_equal(cpu[i], cpu[j]);
	sim_run(1000 * MS);
	for (unsigned i = 0; i < 4; i++) {
		assert_int_equal(d->vcpu[i]->cpu, cpu[i]);
		assert_int_equal(sim_waited(d->vcpu[i]), 0);
	}
	assert_int_equal(sim_ran(d->vcpu[1]), 1000 * MS);
	assert_int_equal(sim_ran(d->vcpu[0]), 600 * MS);
	sim_destroy();
}

static void who_finds_none_waits_its_turn(void **state)
{
	struct domain *a, *b, *c;

	host(2);
	a = sim_domain(2);
	b = sim_domain(1);
	c = sim_domain(1);
	/* Asleep half of the time, they keep their CPUs. */
	sim_start(a, 0, MS, MS);
	sim_start(a, 1, MS, MS);
	sim_start(b, 0, FOREVER, 0);
	sim_start(c, 0, FOREVER, 0);
	sim_run(100 * MS);
	assert_int_equal(sim_ran(b->vcpu[0]), 0);
	/* Offline, one does not: the one that came first gets it. */
	vcpu_down(a->vcpu[1]);
	sim_settle();
	sim_run(100 * MS);
	assert_int_equal(sim_ran(b->vcpu[0]), 100 * MS);
	assert_int_equal(sim_ran(c->vcpu[0]), 0);
	sim_domain_destroy(a);
	sim_run(100 * MS);
	assert_true(sim_ran(b->vcpu[0]) > 199 * MS);
	assert_int_equal(sim_ran(c->vcpu[0]), 100 * MS);
	sim_destroy();
}

static void one_that_stops_waiting_is_passed_over(void **state)
{
	struct domain *a, *b, *c;

	host(1);
	a = sim_domain(1);
	b = sim_domain(1);
	c = sim_domain(1);
	sim_start(a, 0, FOREVER, 0);
	sim_start(b, 0, FOREVER, 0);
	sim_start(c, 0, FOREVER, 0);
	domain_pause(b);
	sim_settle();
	sim_domain_destroy(a);
	sim_run(10 * MS);
	assert_int_equal(sim_ran(b->vcpu[0]), 0);
	assert_int_equal(sim_ran(c->vcpu[0]), 10 * MS);
	domain_unpause(b);
	sim_settle();
	sim_run(10 * MS);
	assert_int_equal(sim_ran(b->vcpu[0]), 0);
	sim_destroy();
}

static void affinity_is_kept(void **state)
{
	struct domain *d;

	host(4);
	d = sim_domain(3);
	sim_pin(d->vcpu[0], 2, 2, -1, 0);
	sim_pin(d->vcpu[1], 2, 2, -1, 0);
	for (unsigned i = 0; i < 3; i++)
		sim_start(d, i, FOREVER, 0);
	sim_run(10 * MS);
	assert_int_equal(d->vcpu[0]->cpu, 2);
	assert_int_equal(sim_ran(d->vcpu[1]), 0);
	assert_int_equal(sim_ran(d->vcpu[2]), 10 * MS);
	/* Its CPU is not for it any more; the one that waited gets it. */
	sim_pin(d->vcpu[0], 3, 3, -1, 0);
	sim_run(10 * MS);
	assert_int_equal(d->vcpu[0]->cpu, 3);
	assert_int_equal(sim_ran(d->vcpu[0]), 20 * MS);
	assert_int_equal(sim_ran(d->vcpu[1]), 10 * MS);
	sim_destroy();
}

static void preference_is_seen_to(void **state)
{
	struct domain *d;

	host(4);
	d = sim_domain(4);
	for (unsigned i = 0; i < 3; i++)
		sim_pin(d->vcpu[i], -1, 0, 2, 3);
	for (unsigned i = 0; i < 3; i++)
		sim_start(d, i, FOREVER, 0);
	assert_int_equal(d->vcpu[0]->cpu, 2);
	assert_int_equal(d->vcpu[1]->cpu, 3);
	assert_int_equal(d->vcpu[2]->cpu, 0); /* rather there than nowhere */
	/* Of two that wait for any, the one that prefers what is freed gets it. */
	sim_start(d, 3, FOREVER, 0);
	struct domain *any = sim_domain(1), *picky = sim_domain(1);
	sim_pin(picky->vcpu[0], -1, 0, 3, 3);
	sim_start(any, 0, FOREVER, 0);
	sim_start(picky, 0, FOREVER, 0);
	vcpu_down(d->vcpu[1]);
	sim_settle();
	sim_run(10 * MS);
	assert_int_equal(sim_ran(picky->vcpu[0]), 10 * MS);
	assert_int_equal(sim_ran(any->vcpu[0]), 0);
	/* One that could have what it prefers moves when it says so. */
	vcpu_down(d->vcpu[0]);
	sim_settle();
	sim_run(10 * MS);
	assert_int_equal(sim_ran(any->vcpu[0]), 10 * MS);
	sim_destroy();
}

static void it_has_no_parameters(void **state)
{
	struct xen_domctl_scheduler_op op = { .sched_id = XEN_SCHEDULER_NULL,
					      .cmd = XEN_DOMCTL_SCHEDOP_getinfo };
	struct xen_sysctl_scheduler_op g = { .sched_id = XEN_SCHEDULER_NULL };
	struct domain *d;

	host(1);
	d = sim_domain(1);
	assert_int_equal(sched_adjust(d, &op), -XEN_EINVAL);
	assert_int_equal(sched_adjust_global(&g), -XEN_EINVAL);
	assert_int_equal(sched_default_id(), XEN_SCHEDULER_NULL);
	sched_dump();
	assert_non_null(strstr(fake_host.console, "null Scheduler"));
	sim_start(d, 0, FOREVER, 0);
	sched_yield_cpu(d->vcpu[0]);
	sim_run(MS);
	assert_int_equal(sim_ran(d->vcpu[0]), MS);
	sim_destroy();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_has_its_own_cpu),
		cmocka_unit_test(who_finds_none_waits_its_turn),
		cmocka_unit_test(one_that_stops_waiting_is_passed_over),
		cmocka_unit_test(affinity_is_kept),
		cmocka_unit_test(preference_is_seen_to),
		cmocka_unit_test(it_has_no_parameters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
