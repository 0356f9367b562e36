/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Credit2 in the simulator: fairness, caps, affinity, waking, many run queues, parameters. */
#include "simtest.h"

#include "credit2.h"

SUPPORT_TEST(sched_credit2, "unit/sched-credit2");
SUPPORT_TEST(sched_credit2_caps, "unit/sched-credit2");
SUPPORT_TEST(sched_credit2_soft_affinity, "unit/sched-credit2");

/* A host of @nr CPUs, @per_socket to a run queue. */
static void host(unsigned nr, unsigned per_socket)
{
	struct sim_config config = {
		.nr_cpus = nr, .sched = "credit2", .cpus_per_socket = per_socket, .seed = nr
	};

	sim_create(&config);
}

static stime_t domain_ran(const struct domain *d)
{
	stime_t sum = 0;

	for (uint32_t i = 0; i < d->nr_vcpus; i++)
		sum += sim_ran(d->vcpu[i]);
	return sum;
}

static struct domain *busy(unsigned nr_vcpus, unsigned weight, unsigned cap)
{
	struct domain *d = sim_domain(nr_vcpus);

	sim_set_weight(d, weight, cap);
	for (unsigned i = 0; i < nr_vcpus; i++)
		sim_start(d, i, FOREVER, 0);
	return d;
}

/* Within @permille of @want. */
static void assert_near(stime_t got, stime_t want, stime_t permille)
{
	stime_t off = got > want ? got - want : want - got;

	if (off * 1000 > want * permille)
		print_error("%lld ns where %lld were expected\n", (long long)got, (long long)want);
	assert_true(off * 1000 <= want * permille);
}

/* Four domains of different weights share @nr CPUs for 10 s. */
static void fair(unsigned nr, unsigned per_socket, stime_t permille)
{
	static const unsigned weight[] = { 64, 256, 500, 1100 };
	struct domain *d[4];
	stime_t before[4];

	host(nr, per_socket);
	for (unsigned i = 0; i < 4; i++)
		d[i] = busy(nr, weight[i], 0);
	sim_run(1000 * MS);
	for (unsigned i = 0; i < 4; i++)
		before[i] = domain_ran(d[i]);
	sim_run(10000 * MS);
	for (unsigned i = 0; i < 4; i++)
		assert_near(domain_ran(d[i]) - before[i], 10000 * MS * nr / 1920 * weight[i],
			    permille);
	sim_destroy();
}

static void weights_are_kept(void **state)
{
	fair(1, 0, 10);
	fair(2, 0, 10);
	fair(5, 0, 10);
	fair(16, 0, 10);
}

static void extreme_weights_are_kept(void **state)
{
	struct domain *light, *heavy;

	host(1, 0);
	light = busy(1, 1, 0);
	heavy = busy(1, 200, 0);
	sim_run(40000 * MS);
	assert_near(domain_ran(light), 40000 * MS / 201, 50);
	assert_near(domain_ran(heavy), 40000 * MS / 201 * 200, 10);
	sim_destroy();
}

/* Two that may run on CPU 0 alone, one of which has just made way; *ret_prev: its state is unsaved.
 */
static struct cpu *switch_bound(struct vcpu **ret_prev)
{
	struct domain *d = busy(2, 256, 0);
	struct cpu *cpu = cpu_get(0);

	sim_pin(d->vcpu[0], 0, 0, -1, -1);
	sim_pin(d->vcpu[1], 0, 0, -1, -1);
	sim_run(100 * MS);
	fake_cpu_switch(0);
	*ret_prev = cpu->current;
	sched_yield_cpu(*ret_prev);
	assert_ptr_not_equal(sched_pick(cpu, sim_now()), *ret_prev);
	return cpu;
}

static void bound_ones_wait_in_place(void **state)
{
	struct vcpu *prev, *next;
	struct cpu *cpu;

	host(2, 0);
	cpu = switch_bound(&prev);
	assert_true(prev->queued && prev->running);
	assert_true(cpu->slice_end != STIME_MAX && cpu->slice_set <= cpu->slice_end);
	sched_saved(prev, sim_now());
	assert_true(prev->queued && !prev->running);
	/* The one that came makes way in turn, for the only other there is. */
	next = cpu->current;
	sched_yield_cpu(next);
	assert_ptr_equal(sched_pick(cpu, sim_now()), prev);
	sched_saved(next, sim_now());
	sim_destroy();
}

static void bound_ones_let_go_while_saved(void **state)
{
	struct cpumask all;
	struct vcpu *prev;

	host(2, 0);
	(void)switch_bound(&prev);
	cpumask_fill(&all);
	assert_int_equal(sched_set_affinity(prev, &all, NULL), 0);
	/* Not there any more, nor anywhere else before its state is saved. */
	assert_true(prev->running && !prev->queued);
	sched_saved(prev, sim_now());
	assert_true(prev->queued && !prev->running);
	assert_true(cpu_get(1)->work & 1ul << CPU_WORK_SCHEDULE);
	fake_cpu_switch(1);
	assert_ptr_equal(sched_pick(cpu_get(1), sim_now()), prev);
	fake_cpu_switch(0);
	sim_destroy();
}

/* Equal ones that cannot be spread equally take turns in being fewer to a run queue. */
static void run_queues_are_balanced(void **state)
{
	static const struct {
		unsigned cpus, per_socket, vcpus;
	} hosts[] = { { 2, 1, 3 }, { 4, 1, 7 }, { 8, 2, 13 }, { 16, 4, 50 } };

	for (unsigned h = 0; h < ARRAY_SIZE(hosts); h++) {
		struct domain *d;

		host(hosts[h].cpus, hosts[h].per_socket);
		d = busy(hosts[h].vcpus, 256, 0);
		sim_run(20000 * MS);
		for (unsigned i = 0; i < hosts[h].vcpus; i++)
			assert_near(sim_ran(d->vcpu[i]),
				    20000 * MS * hosts[h].cpus / hosts[h].vcpus, 60);
		sim_destroy();
	}
}

static void weights_are_kept_over_run_queues(void **state)
{
	fair(8, 2, 150);
	fair(32, 8, 150);
}

/* The share of a CPU, in 1/10000, that @nr_vcpus of cap @cap get beside @nr_others of none. */
static unsigned capped_share(unsigned cpus, unsigned nr_vcpus, unsigned cap, unsigned nr_others,
			     stime_t burst, stime_t sleep)
{
	struct domain *d;
	stime_t ran;

	host(cpus, 0);
	d = sim_domain(nr_vcpus);
	sim_set_weight(d, 256, cap);
	for (unsigned i = 0; i < nr_vcpus; i++)
		sim_start(d, i, burst, sleep)->jitter = 50;
	if (nr_others)
		busy(nr_others, 256, 0);
	sim_run(500 * MS);
	ran = domain_ran(d);
	sim_run(10000 * MS);
	ran = domain_ran(d) - ran;
	sim_destroy();
	return (unsigned)(ran * 10000 / (10000 * MS));
}

static void caps_are_honoured(void **state)
{
	static const unsigned caps[] = { 1, 5, 25, 50, 99, 150, 333 };

	for (unsigned i = 0; i < ARRAY_SIZE(caps); i++) {
		unsigned share = capped_share(4, 4, caps[i], 0, FOREVER, 0);

		/* To a hundredth of a CPU, from both sides, where nobody else wants it. */
		assert_in_range(share, caps[i] * 100 - MIN(100u, caps[i] * 50),
				caps[i] * 100 + 100);
	}
	assert_in_range(capped_share(1, 1, 40, 0, FOREVER, 0), 3900, 4100);
	/* Others do not change the bound. */
	assert_in_range(capped_share(2, 4, 30, 6, FOREVER, 0), 2900, 3100);
	/* Nor does sleeping in pieces smaller than what is taken at once. */
	assert_in_range(capped_share(4, 8, 50, 0, MS / 3, MS / 5), 4800, 5100);
}

static void a_cap_can_change(void **state)
{
	struct domain *d;
	stime_t ran;

	host(2, 0);
	d = busy(2, 256, 20);
	sim_run(2000 * MS);
	ran = domain_ran(d);
	assert_near(ran, 400 * MS, 50);
	sim_set_weight(d, 256, 0);
	sim_run(1000 * MS);
	assert_int_equal(domain_ran(d) - ran, 2000 * MS);
	ran = domain_ran(d);
	sim_set_weight(d, 256, 50);
	sim_run(2000 * MS);
	assert_near(domain_ran(d) - ran, 1000 * MS, 20);
	sim_domain_destroy(d);
	sim_destroy();
}

/* Four vCPUs prefer the first two of four CPUs. */
static void preferred_cpus_are_used(void **state)
{
	struct domain *d;
	stime_t idle;

	for (unsigned per_socket = 2; per_socket <= 4; per_socket += 2) {
		host(4, per_socket);
		d = sim_domain(2);
		for (unsigned i = 0; i < 2; i++) {
			sim_pin(d->vcpu[i], -1, 0, 2, 3);
			sim_start(d, i, 3 * MS, 2 * MS)->jitter = 30;
		}
		sim_run(5000 * MS);
		idle = sim_idle(0) + sim_idle(1);
		assert_near(idle, 10000 * MS, 1);
		sim_destroy();
	}
}

/* More want the preferred CPUs than there is room: the rest run elsewhere, and nobody starves. */
static void preference_starves_nobody(void **state)
{
	struct domain *d, *other;

	for (unsigned per_socket = 2; per_socket <= 4; per_socket += 2) {
		host(4, per_socket);
		d = sim_domain(6);
		for (unsigned i = 0; i < 6; i++) {
			sim_pin(d->vcpu[i], -1, 0, 0, 1);
			sim_start(d, i, FOREVER, 0);
		}
		other = busy(2, 256, 0);
		sim_run(10000 * MS);
		assert_int_equal(sim_idle(0) + sim_idle(3) > 10 * MS, false);
		for (unsigned i = 0; i < 6; i++)
			assert_true(sim_ran(d->vcpu[i]) > 10000 * MS * 4 / 8 / 2);
		for (unsigned i = 0; i < 2; i++)
			assert_true(sim_ran(other->vcpu[i]) > 10000 * MS * 4 / 8 / 2);
		sim_destroy();
	}
}

/* One that runs where it would rather not goes back when it can. */
static void the_preferred_cpu_is_returned_to(void **state)
{
	struct domain *d, *guest;

	host(2, 0);
	d = busy(1, 256, 0);
	sim_pin(d->vcpu[0], 0, 0, 0, 0);
	guest = sim_domain(1);
	sim_pin(guest->vcpu[0], -1, 0, 0, 0);
	sim_start(guest, 0, FOREVER, 0);
	sim_run(100 * MS);
	assert_int_equal(guest->vcpu[0]->cpu, 1);
	sim_domain_destroy(d);
	sim_run(20 * MS);
	assert_int_equal(guest->vcpu[0]->cpu, 0);
	sim_destroy();
}

static void hard_affinity_is_kept(void **state)
{
	struct domain *d;

	host(4, 2);
	d = busy(4, 256, 0);
	for (unsigned i = 0; i < 4; i++)
		sim_pin(d->vcpu[i], 3, 3, -1, 0);
	sim_run(1000 * MS);
	assert_int_equal(sim_idle(0) + sim_idle(1) + sim_idle(2), 3000 * MS);
	for (unsigned i = 0; i < 4; i++)
		assert_near(sim_ran(d->vcpu[i]), 250 * MS, 30);
	/* Groups that are pinned apart, and one that is not: all of it is fair. */
	for (unsigned i = 0; i < 3; i++)
		sim_pin(d->vcpu[i], 0, 0, -1, 0);
	sim_pin(d->vcpu[3], 0, 1, -1, 0);
	stime_t ran[4];
	for (unsigned i = 0; i < 4; i++)
		ran[i] = sim_ran(d->vcpu[i]);
	sim_run(3000 * MS);
	for (unsigned i = 0; i < 3; i++)
		assert_near(sim_ran(d->vcpu[i]) - ran[i], 1000 * MS, 30);
	assert_near(sim_ran(d->vcpu[3]) - ran[3], 3000 * MS, 30);
	sim_destroy();
}

/* Pinned groups that get different shares keep their weights among themselves. */
static void pinned_weights_are_kept(void **state)
{
	struct domain *a, *b, *c;

	host(2, 0);
	a = busy(1, 256, 0);
	b = busy(1, 768, 0);
	c = busy(3, 256, 0);
	sim_pin(a->vcpu[0], 0, 0, -1, 0);
	sim_pin(b->vcpu[0], 0, 0, -1, 0);
	for (unsigned i = 0; i < 3; i++)
		sim_pin(c->vcpu[i], 1, 1, -1, 0);
	sim_run(10000 * MS);
	assert_near(domain_ran(a), 2500 * MS, 20);
	assert_near(domain_ran(b), 7500 * MS, 20);
	sim_destroy();
}

/* One that sleeps most of the time does not wait long among busy ones, nor takes more than it
 * should. */
static void who_wakes_runs_soon(void **state)
{
	struct sim_vcpu *sv;
	struct domain *d;

	host(2, 0);
	busy(6, 256, 0);
	d = sim_domain(1);
	sv = sim_start(d, 0, MS / 5, 10 * MS);
	sv->jitter = 20;
	/* A new one has no credit yet. */
	sim_run(100 * MS);
	sv->worst = 0;
	sim_run(10000 * MS);
	/* Its own time and the rate limit of the one it takes over from. */
	assert_true(sv->worst <= 2 * MS);
	assert_true(sv->nr_jobs > 900);
	sim_destroy();
}

static void sleep_saves_no_credit_up(void **state)
{
	struct domain *a, *b;
	stime_t ran;

	host(1, 0);
	a = busy(1, 256, 0);
	b = sim_domain(1);
	sim_start(b, 0, FOREVER, 0);
	vcpu_pause(b->vcpu[0]);
	sim_run(60000 * MS);
	vcpu_unpause(b->vcpu[0]);
	ran = domain_ran(a);
	sim_run(1000 * MS);
	assert_true(domain_ran(a) - ran > 480 * MS);
	sim_destroy();
}

static unsigned long switches(uint32_t ratelimit_us)
{
	struct xen_sysctl_scheduler_op op = { .sched_id = XEN_SCHEDULER_CREDIT2,
					      .cmd = XEN_SYSCTL_SCHEDOP_putinfo };
	unsigned long nr = 0;
	struct domain *d;

	host(1, 0);
	op.u.sched_credit2.ratelimit_us = ratelimit_us;
	assert_int_equal(sched_adjust_global(&op), 0);
	d = sim_domain(8);
	for (unsigned i = 0; i < 8; i++)
		sim_start(d, i, i ? 2 * MS : FOREVER, MS)->jitter = 30;
	sim_run(4000 * MS);
	for (unsigned i = 0; i < 8; i++)
		nr += sim_of(d->vcpu[i])->nr_switches;
	sim_destroy();
	return nr;
}

static void switches_are_rate_limited(void **state)
{
	unsigned long none = switches(0), some = switches(1000), few = switches(10000);

	assert_true(some < none);
	assert_true(few < some);
	/* Blocking is not limited; 2 ms are computed at a time. */
	assert_true(few <= 4000 / 2 + 4000 / 10 + 100);
}

static void who_yields_goes_behind(void **state)
{
	struct domain *d;
	struct vcpu *first, *second;

	host(1, 0);
	d = busy(2, 256, 0);
	sim_run(50 * MS);
	first = cpu_get(0)->current;
	second = d->vcpu[!first->id];
	sched_yield_cpu(first);
	sim_settle();
	assert_ptr_equal(cpu_get(0)->current, second);
	sim_run(100 * MS);
	sim_destroy();
}

/* Random weights, caps and patterns: nobody waits longer than its share explains. */
static void nobody_starves(void **state)
{
	for (uint32_t seed = 1; seed <= 12; seed++) {
		struct sim_config config = { .nr_cpus = 1 + seed % 7,
					     .sched = "credit2",
					     .cpus_per_socket = 1 + seed % 3,
					     .kick_latency = 2000,
					     .seed = seed };
		stime_t ran[40];

		sim_create(&config);
		for (unsigned i = 0; i < 40; i++) {
			struct domain *d = sim_domain(1);
			bool sleeps = sim_random() % 2;

			sim_set_weight(d, 64 + sim_random() % 1000, 0);
			sim_start(d, 0, sleeps ? MS / 10 + sim_random() % (10 * MS) : FOREVER,
				  MS / 10 + sim_random() % (5 * MS))
				->jitter = 50;
		}
		sim_run(1000 * MS);
		for (unsigned round = 0; round < 4; round++) {
			for (unsigned i = 0; i < 40; i++)
				ran[i] = sim_ran(sim_nth(i)->v);
			/* In a second each gets the least its weight entitles it to, 64 of 40 *
			 * 1064, and more. */
			sim_run(1000 * MS);
			for (unsigned i = 0; i < 40; i++)
				assert_true(sim_ran(sim_nth(i)->v) - ran[i] > MS);
		}
		sim_destroy();
	}
}

static void parameters_are_checked(void **state)
{
	struct xen_domctl_scheduler_op op = { .sched_id = XEN_SCHEDULER_CREDIT2,
					      .cmd = XEN_DOMCTL_SCHEDOP_getinfo };
	struct xen_domctl_schedparam_vcpu p = { 0 };
	struct xen_sysctl_scheduler_op g = { .sched_id = XEN_SCHEDULER_CREDIT2,
					     .cmd = XEN_SYSCTL_SCHEDOP_getinfo };
	struct domain *d;

	host(1, 0);
	d = sim_domain(1);
	assert_int_equal(sched_adjust(d, &op), 0);
	assert_int_equal(op.u.credit2.weight, 256);
	assert_int_equal(op.u.credit2.cap, 0);
	op.cmd = XEN_DOMCTL_SCHEDOP_putinfo;
	op.u.credit2.weight = 0;
	assert_int_equal(sched_adjust(d, &op), -XEN_EINVAL);
	op.u.credit2.weight = 65535;
	op.u.credit2.cap = 70;
	assert_int_equal(sched_adjust(d, &op), 0);
	op.cmd = XEN_DOMCTL_SCHEDOP_getinfo;
	assert_int_equal(sched_adjust(d, &op), 0);
	assert_int_equal(op.u.credit2.weight, 65535);
	assert_int_equal(op.u.credit2.cap, 70);
	op.cmd = 99;
	assert_int_equal(sched_adjust(d, &op), -XEN_EINVAL);
	op.cmd = XEN_DOMCTL_SCHEDOP_getinfo;
	op.sched_id = XEN_SCHEDULER_RTDS;
	assert_int_equal(sched_adjust(d, &op), -XEN_EINVAL);
	assert_int_equal(sched_adjust_vcpu(d, XEN_SCHEDULER_CREDIT2, &p, false), -XEN_EINVAL);
	assert_int_equal(sched_adjust_global(&g), 0);
	assert_int_equal(g.u.sched_credit2.ratelimit_us, 1000);
	g.cmd = XEN_SYSCTL_SCHEDOP_putinfo;
	g.u.sched_credit2.ratelimit_us = 99;
	assert_int_equal(sched_adjust_global(&g), -XEN_EINVAL);
	g.u.sched_credit2.ratelimit_us = 500001;
	assert_int_equal(sched_adjust_global(&g), -XEN_EINVAL);
	g.u.sched_credit2.ratelimit_us = 100;
	assert_int_equal(sched_adjust_global(&g), 0);
	g.cpupool_id = 7;
	assert_int_equal(sched_adjust_global(&g), -XEN_ESRCH);
	sched_dump();
	assert_non_null(strstr(fake_host.console, "SMP Credit Scheduler rev2"));
	sim_destroy();
}

static unsigned nr_queues(const char *grouping)
{
	unsigned nr = 0;

	assert_int_equal(sched_option("credit2_runqueue", grouping), 0);
	struct sim_config config = {
		.nr_cpus = 32, .sched = "credit2", .cpus_per_core = 2, .cpus_per_socket = 8
	};
	sim_create(&config);
	nr = ((struct c2_priv *)cpupool_find(0)->sched.priv)->nr_queues;
	sim_destroy();
	return nr;
}

static void run_queues_follow_the_topology(void **state)
{
	assert_int_equal(nr_queues("cpu"), 32);
	assert_int_equal(nr_queues("core"), 16);
	assert_int_equal(nr_queues("node"), 4);
	assert_int_equal(nr_queues("all"), 2);
	assert_int_equal(sched_option("sched_credit2_max_cpus_runqueue", "64"), 0);
	assert_int_equal(nr_queues("all"), 1);
	assert_int_equal(sched_option("sched_credit2_max_cpus_runqueue", "16"), 0);
	assert_int_equal(nr_queues("socket"), 4);
}

static void options_are_checked(void **state)
{
	assert_int_equal(sched_option("sched", "nonsense"), -XEN_EINVAL);
	assert_int_equal(sched_option("sched", "credit2"), 0);
	assert_int_equal(sched_option("no_such", "1"), -XEN_ENOENT);
	assert_int_equal(sched_option("credit2_runqueue", "cup"), -XEN_EINVAL);
	assert_int_equal(sched_option("sched_credit2_max_cpus_runqueue", "0"), -XEN_EINVAL);
	assert_int_equal(sched_option("sched_credit2_max_cpus_runqueue", "65"), -XEN_EINVAL);
	assert_int_equal(sched_option("sched_credit2_max_cpus_runqueue", "99999999999"),
			 -XEN_EINVAL);
	assert_int_equal(sched_option("sched_credit2_max_cpus_runqueue", ""), -XEN_EINVAL);
	assert_int_equal(sched_option("sched_ratelimit_us", "99"), -XEN_EINVAL);
	assert_int_equal(sched_option("sched_ratelimit_us", "1x"), -XEN_EINVAL);
	assert_int_equal(sched_option("sched_ratelimit_us", "0"), 0);
	assert_int_equal(sched_option("sched_ratelimit_us", "1000"), 0);
	assert_int_equal(sched_init("nonsense"), -XEN_ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(weights_are_kept),
		cmocka_unit_test(extreme_weights_are_kept),
		cmocka_unit_test(bound_ones_wait_in_place),
		cmocka_unit_test(bound_ones_let_go_while_saved),
		cmocka_unit_test(run_queues_are_balanced),
		cmocka_unit_test(weights_are_kept_over_run_queues),
		cmocka_unit_test(caps_are_honoured),
		cmocka_unit_test(a_cap_can_change),
		cmocka_unit_test(preferred_cpus_are_used),
		cmocka_unit_test(preference_starves_nobody),
		cmocka_unit_test(the_preferred_cpu_is_returned_to),
		cmocka_unit_test(hard_affinity_is_kept),
		cmocka_unit_test(pinned_weights_are_kept),
		cmocka_unit_test(who_wakes_runs_soon),
		cmocka_unit_test(sleep_saves_no_credit_up),
		cmocka_unit_test(switches_are_rate_limited),
		cmocka_unit_test(who_yields_goes_behind),
		cmocka_unit_test(nobody_starves),
		cmocka_unit_test(parameters_are_checked),
		cmocka_unit_test(run_queues_follow_the_topology),
		cmocka_unit_test(options_are_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
