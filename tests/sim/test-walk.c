/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random walks through all that can happen to vCPUs, under each scheduler, with interrupts and
 * saved states on their way for a while; all invariants are looked at after each step.
 */
#include "simtest.h"

SUPPORT_TEST(sched_credit2, "unit/sched-walk");
SUPPORT_TEST(sched_null, "unit/sched-walk");
SUPPORT_TEST(sched_rtds, "unit/sched-walk");

#define NR_DOMAINS 6

static struct domain *domains[NR_DOMAINS];

static struct vcpu *any_vcpu(void)
{
	struct domain *d = domains[sim_random() % NR_DOMAINS];

	return d ? d->vcpu[sim_random() % d->nr_vcpus] : NULL;
}

static void start_or_stop(void)
{
	struct vcpu *v = any_vcpu();
	stime_t burst = sim_random() % 4 ? 1000 + sim_random() % (3 * MS) : FOREVER;

	if (!v)
		return;
	if (!v->up)
		sim_start(v->domain, v->id, burst, 1000 + sim_random() % (3 * MS))->jitter = 50;
	else if (sim_random() % 4 == 0)
		vcpu_down(v);
}

static void pause_or_not(void)
{
	struct vcpu *v = any_vcpu();

	if (!v)
		return;
	if (sim_random() % 2) {
		if (v->pause_count)
			vcpu_unpause(v);
		else
			vcpu_pause(v);
	} else if (v->domain->pause_count) {
		domain_unpause(v->domain);
	} else {
		domain_pause(v->domain);
	}
}

static void wake_or_yield(void)
{
	struct vcpu *v = any_vcpu();

	if (!v)
		return;
	if (sim_random() % 2)
		vcpu_wake(v);
	else
		sched_yield_cpu(v);
}

static void pin(void)
{
	struct vcpu *v = any_vcpu();
	struct cpumask hard = { 0 }, soft = { 0 };
	int rc;

	if (!v)
		return;
	hard.word[0] = sim_random() % 3 ? sim_random() : ~0ull;
	soft.word[0] = sim_random() % 3 ? sim_random() | 1 : ~0ull;
	rc = sched_set_affinity(v, &hard, sim_random() % 2 ? &soft : NULL);
	assert_true(!rc || !cpumask_intersects(&hard, &v->domain->pool->sched.cpus));
}

static void adjust_credit2(struct domain *d)
{
	struct xen_domctl_scheduler_op op = { .sched_id = XEN_SCHEDULER_CREDIT2,
					      .cmd = XEN_DOMCTL_SCHEDOP_putinfo };

	op.u.credit2.weight = (uint16_t)(1 + sim_random() % 2000);
	op.u.credit2.cap = (uint16_t)(sim_random() % 2 ? sim_random() % 300 : 0);
	assert_int_equal(sched_adjust(d, &op), 0);
}

static void adjust_rtds(struct vcpu *v)
{
	struct xen_domctl_schedparam_vcpu p = { .vcpuid = v->id };

	p.u.rtds.budget = 100 + sim_random() % 4000;
	p.u.rtds.period = p.u.rtds.budget + sim_random() % 9000;
	p.u.rtds.flags = sim_random() % 2;
	assert_int_equal(sched_adjust_vcpu(v->domain, XEN_SCHEDULER_RTDS, &p, true), 0);
}

static void adjust(void)
{
	struct vcpu *v = any_vcpu();

	if (!v || v->domain->pool_old)
		return;
	if (v->domain->pool->sched.ops->id == XEN_SCHEDULER_CREDIT2)
		adjust_credit2(v->domain);
	else if (v->domain->pool->sched.ops->id == XEN_SCHEDULER_RTDS)
		adjust_rtds(v);
}

static void create_or_destroy(void)
{
	unsigned i = sim_random() % NR_DOMAINS;

	if (sim_random() % 8)
		return;
	if (!domains[i] && !cpumask_empty(&cpupool_find(0)->sched.cpus)) {
		domains[i] = sim_domain(1 + sim_random() % 5);
	} else if (domains[i] && !domains[i]->pool_old) {
		sim_domain_destroy(domains[i]);
		domains[i] = NULL;
	}
}

static void change_pools(void)
{
	static const uint32_t what[] = { XEN_SYSCTL_CPUPOOL_OP_ADDCPU, XEN_SYSCTL_CPUPOOL_OP_RMCPU,
					 XEN_SYSCTL_CPUPOOL_OP_MOVEDOMAIN };
	struct xen_sysctl_cpupool_op op = { .op = what[sim_random() % 3] };
	struct domain *d = domains[sim_random() % NR_DOMAINS];
	struct cpumask cpus;
	int rc;

	op.cpupool_id = sim_random() % 3;
	op.cpu = sim_random() % 2 ? sim_random() % 8 : XEN_SYSCTL_CPUPOOL_PAR_ANY;
	op.domid = d ? d->id : 1;
	rc = cpupool_op(&op, &cpus);
	sim_settle();
	/* One that is asked to leave does so in the end. */
	for (unsigned i = 0; rc == -XEN_EAGAIN && op.op == XEN_SYSCTL_CPUPOOL_OP_RMCPU; i++) {
		assert_true(i < 1000);
		sim_run(10000);
		rc = cpupool_op(&op, &cpus);
		sim_settle();
	}
}

static void (*const steps[])(void) = { start_or_stop,	  start_or_stop, pause_or_not,
				       wake_or_yield,	  pin,		 adjust,
				       create_or_destroy, change_pools };

static void make_pool(uint32_t id, uint32_t sched)
{
	struct xen_sysctl_cpupool_op op = { .op = XEN_SYSCTL_CPUPOOL_OP_CREATE,
					    .cpupool_id = id,
					    .sched_id = sched };
	struct cpumask cpus;

	assert_int_equal(cpupool_op(&op, &cpus), 0);
}

static void walk(const char *sched, uint32_t second, uint32_t third, uint32_t seed,
		 unsigned nr_steps)
{
	struct sim_config config = { .nr_cpus = 8,
				     .sched = sched,
				     .cpus_per_core = 2,
				     .cpus_per_socket = seed % 3 ? 4 : 8,
				     .kick_latency = seed % 2 ? 3000 : 0,
				     .save_latency = seed % 4 ? 5000 : 0,
				     .nr_vcpus = 4096,
				     .nr_domains = 16,
				     .seed = seed,
				     .check = true };

	sim_create(&config);
	make_pool(1, second);
	make_pool(2, third);
	for (unsigned i = 0; i < nr_steps; i++) {
		fake_cpu_switch(sim_random() % 8);
		steps[sim_random() % ARRAY_SIZE(steps)]();
		sim_settle();
		sim_run(sim_random() % (sim_random() % 8 ? 200000 : 20 * MS));
	}
	for (unsigned i = 0; i < NR_DOMAINS; i++)
		domains[i] = NULL;
	sim_destroy();
}

static void credit2_walk(void **state)
{
	for (uint32_t seed = 1; seed <= 6; seed++)
		walk("credit2", XEN_SCHEDULER_RTDS, XEN_SCHEDULER_NULL, seed, 1500);
}

static void rtds_walk(void **state)
{
	for (uint32_t seed = 1; seed <= 6; seed++)
		walk("rtds", XEN_SCHEDULER_CREDIT2, XEN_SCHEDULER_CREDIT2, seed, 1500);
}

static void null_walk(void **state)
{
	for (uint32_t seed = 1; seed <= 6; seed++)
		walk("null", XEN_SCHEDULER_CREDIT2, XEN_SCHEDULER_RTDS, seed, 1500);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(credit2_walk),
		cmocka_unit_test(rtds_walk),
		cmocka_unit_test(null_walk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
