/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pools of CPUs, each with its scheduler: the one all CPUs and domains are in at boot, and
 * what is asked of any. Changing them is cpupool_manage.c.
 */
#include <hv/sched.h>

#include <candor/support.h>

#include <hv/errno.h>
#include <hv/frames.h>
#include <hv/printk.h>
#include <hv/string.h>
#include <hv/trace.h>

#include <arch/arch.h>

#include "schedule.h"

struct spinlock cpupool_lock = SPINLOCK_INIT(LOCK_CPUPOOL);
struct cpupool *cpupool_list;

static struct domain *domains; /* all that are in a pool */
static const struct sched_ops *boot_choice;

static const struct sched_ops *scheduler_of_option(const char *option)
{
	for (unsigned i = 0; i < SCHED_MAX; i++)
		if (sched_nth(i) && (!option || !strcmp(sched_nth(i)->option, option)))
			return sched_nth(i);
	return NULL;
}

/* Is it in the build, but nobody has opted in? Then that is said. */
static bool waits(const char *option)
{
	for (unsigned i = 0; i < SCHED_MAX && SUPPORT_NR_OPT_IN > 0; i++) {
		if (!sched_all[i] || strcmp(sched_all[i]->option, option) != 0 || sched_nth(i))
			continue;
		printk(LOG_WARNING,
		       "option sched=%s ignored: sched_%s waits for an opt-in; add "
		       "opt-in=sched_%s",
		       option, option, option);
		return true;
	}
	return false;
}

int sched_option(const char *name, const char *value)
{
	int rc = -XEN_ENOENT;

	if (!strcmp(name, "sched")) {
		const struct sched_ops *ops = scheduler_of_option(value);

		if (!ops)
			return waits(value) ? 0 : -XEN_EINVAL;
		boot_choice = ops;
		return 0;
	}
	for (unsigned i = 0; i < SCHED_MAX && rc == -XEN_ENOENT; i++)
		if (sched_nth(i) && sched_nth(i)->set_option)
			rc = sched_nth(i)->set_option(name, value);
	return rc;
}

struct cpupool **cpupool_link(uint32_t id)
{
	struct cpupool **link = &cpupool_list;

	while (*link && (*link)->id < id)
		link = &(*link)->next;
	return link;
}

struct cpupool *cpupool_find(uint32_t id)
{
	struct cpupool *pool;

	spin_lock(&cpupool_lock);
	pool = *cpupool_link(id);
	if (pool && pool->id != id)
		pool = NULL;
	spin_unlock(&cpupool_lock);
	return pool;
}

int cpupool_create(uint32_t id, const struct sched_ops *ops, struct cpupool **ret_pool)
{
	struct cpupool **link = cpupool_link(id), *pool;
	int rc;

	if (*link && (*link)->id == id)
		return -XEN_EEXIST;
	pool = heap_alloc(sizeof(*pool));
	if (!pool)
		return -XEN_ENOMEM;
	pool->id = id;
	pool->sched.ops = ops;
	rc = ops->init(&pool->sched);
	if (rc) {
		heap_free(pool);
		return rc;
	}
	pool->next = *link;
	*link = pool;
	*ret_pool = pool;
	return 0;
}

void cpupool_destroy(struct cpupool *pool)
{
	*cpupool_link(pool->id) = pool->next;
	pool->sched.ops->deinit(&pool->sched);
	heap_free(pool);
}

/* Every vCPU that is in @pool or still moves out of it; end with *at == NULL. */
static struct vcpu *next_vcpu(const struct cpupool *pool, struct domain **at, uint32_t *i)
{
	for (; *at; *at = (*at)->pool_next, *i = 0) {
		while (*i < (*at)->nr_vcpus) {
			struct vcpu *v = (*at)->vcpu[(*i)++];

			if (v && v->sched && cpu_get(v->cpu)->pool == pool)
				return v;
		}
	}
	return NULL;
}

/* The CPUs of @pool have changed: all that is in it looks where it may be now. */
static void cpus_changed(const struct cpupool *pool)
{
	struct domain *at = domains;
	struct vcpu *v;
	uint32_t i = 0;

	while ((v = next_vcpu(pool, &at, &i)))
		schedule_masks_changed(v);
}

int cpupool_add_cpu(struct cpupool *pool, struct cpu *cpu)
{
	struct spinlock *to;
	int rc = pool->sched.ops->cpu_add(&pool->sched, cpu, &to);

	if (rc)
		return rc;
	cpumask_set(&pool->sched.cpus, cpu->id);
	schedule_cpu_attach(cpu, pool, to);
	cpus_changed(pool);
	return 0;
}

/* Is a vCPU still on @cpu, or has it as its own? */
static bool cpu_used(const struct cpu *cpu)
{
	struct domain *at = domains;
	struct vcpu *v;
	uint32_t i = 0;

	while ((v = next_vcpu(cpu->pool, &at, &i)))
		if (__atomic_load_n(&v->cpu, __ATOMIC_ACQUIRE) == cpu->id)
			return true;
	return __atomic_load_n(&cpu->current, __ATOMIC_ACQUIRE);
}

int cpupool_remove_cpu(struct cpupool *pool, struct cpu *cpu)
{
	cpumask_clear(&pool->sched.cpus, cpu->id);
	if (!cpumask_empty(&pool->sched.cpus))
		cpus_changed(pool);
	if (cpu_used(cpu))
		return -XEN_EAGAIN;
	schedule_cpu_attach(cpu, NULL, NULL);
	pool->sched.ops->cpu_remove(&pool->sched, cpu);
	return 0;
}

int sched_init(const char *option)
{
	const struct sched_ops *ops = scheduler_of_option(option);
	struct cpupool *pool;
	int rc;

	if (!option && boot_choice)
		ops = boot_choice;
	if (!ops)
		return -XEN_ENOENT;
	spin_lock(&cpupool_lock);
	rc = cpupool_create(0, ops, &pool);
	spin_unlock(&cpupool_lock);
	if (!rc)
		printk(LOG_INFO, "scheduler: %s", ops->name);
	return rc;
}

int sched_cpu_online(struct cpu *cpu)
{
	int rc;

	schedule_cpu_init(cpu);
	spin_lock(&cpupool_lock);
	rc = cpupool_add_cpu(*cpupool_link(0), cpu);
	spin_unlock(&cpupool_lock);
	return rc;
}

/* No CPU runs any guest by now. */
void sched_exit(void)
{
	spin_lock(&cpupool_lock);
	while (cpupool_list) {
		struct cpupool *pool = cpupool_list;

		cpumask_for_each(id, &pool->sched.cpus)
		{
			timer_stop(&cpu_get(id)->slice);
			schedule_cpu_attach(cpu_get(id), NULL, NULL);
			pool->sched.ops->cpu_remove(&pool->sched, cpu_get(id));
		}
		cpupool_destroy(pool);
	}
	spin_unlock(&cpupool_lock);
}

uint32_t sched_domain_pool(const struct domain *d, struct cpumask *ret_cpus)
{
	const struct cpupool *pool;
	uint32_t id;

	spin_lock(&cpupool_lock);
	pool = d->pool;
	id = pool ? pool->id : 0;
	*ret_cpus = pool ? pool->sched.cpus : cpus_online;
	spin_unlock(&cpupool_lock);
	return id;
}

uint32_t sched_default_id(void)
{
	return cpupool_find(0)->sched.ops->id;
}

static int domain_enter(struct domain *d, struct cpupool *pool)
{
	if (cpumask_empty(&pool->sched.cpus))
		return -XEN_ENODEV;
	d->sched = pool->sched.ops->domain_add(&pool->sched, d);
	if (!d->sched)
		return -XEN_ENOMEM;
	d->pool = pool;
	pool->nr_domains++;
	d->pool_prev = NULL;
	d->pool_next = domains;
	if (domains)
		domains->pool_prev = d;
	domains = d;
	return 0;
}

int sched_domain_create(struct domain *d, uint32_t pool_id)
{
	struct cpupool *pool;
	int rc = -XEN_ENOENT;

	spin_lock(&cpupool_lock);
	pool = *cpupool_link(pool_id);
	if (pool && pool->id == pool_id)
		rc = domain_enter(d, pool);
	spin_unlock(&cpupool_lock);
	if (!rc)
		trace(TRC_SCHED_DOM_ADD, d->id);
	return rc;
}

void sched_domain_destroy(struct domain *d)
{
	if (!d->pool)
		return;
	trace(TRC_SCHED_DOM_REM, d->id);
	spin_lock(&cpupool_lock);
	d->pool->sched.ops->domain_remove(&d->pool->sched, d->sched);
	d->pool->nr_domains--;
	d->pool = NULL;
	if (d->pool_next)
		d->pool_next->pool_prev = d->pool_prev;
	if (d->pool_prev)
		d->pool_prev->pool_next = d->pool_next;
	else
		domains = d->pool_next;
	spin_unlock(&cpupool_lock);
}

int sched_vcpu_create(struct vcpu *v)
{
	int rc;

	spin_lock(&cpupool_lock);
	rc = schedule_vcpu_add(v);
	spin_unlock(&cpupool_lock);
	return rc;
}

void sched_vcpu_destroy(struct vcpu *v)
{
	spin_lock(&cpupool_lock);
	schedule_vcpu_remove(v);
	v->domain->vcpu[v->id] = NULL; /* who walks the domains of a pool does not meet it */
	spin_unlock(&cpupool_lock);
}

void cpupool_moved(struct domain *d)
{
	struct cpupool *old = d->pool_old;

	if (__atomic_sub_fetch(&d->nr_moving, 1, __ATOMIC_ACQ_REL))
		return;
	spin_lock(&cpupool_lock);
	old->sched.ops->domain_remove(&old->sched, d->sched_old);
	old->nr_domains--;
	d->sched_old = NULL;
	d->pool_old = NULL;
	spin_unlock(&cpupool_lock);
}

static int pool_info(struct xen_sysctl_cpupool_op *op, struct cpumask *ret_cpus)
{
	/* The one of the id asked for or the next above, so that a caller may walk them all. */
	const struct cpupool *pool = *cpupool_link(op->cpupool_id);

	if (!pool)
		return -XEN_ENOENT;
	op->cpupool_id = pool->id;
	op->sched_id = pool->sched.ops->id;
	op->n_dom = pool->nr_domains;
	*ret_cpus = pool->sched.cpus;
	return 0;
}

static int free_info(struct cpumask *ret_cpus)
{
	*ret_cpus = (struct cpumask){ 0 };
	cpumask_for_each(id, &cpus_online) if (!cpu_get(id)->pool) cpumask_set(ret_cpus, id);
	return 0;
}

int cpupool_op(struct xen_sysctl_cpupool_op *op, struct cpumask *ret_cpus)
{
	int rc;

	spin_lock(&cpupool_lock);
	if (op->op == XEN_SYSCTL_CPUPOOL_OP_INFO)
		rc = pool_info(op, ret_cpus);
	else if (op->op == XEN_SYSCTL_CPUPOOL_OP_FREEINFO)
		rc = free_info(ret_cpus);
	else
		rc = -XEN_ENOSYS;
	spin_unlock(&cpupool_lock);
	if (rc == -XEN_ENOSYS && SUPPORT_ENABLED(cpupools))
		rc = cpupool_manage(op);
	return rc;
}

/* The scheduler of @d, if it is the one of @id. */
static struct scheduler *scheduler_asked(struct domain *d, uint32_t id)
{
	struct cpupool *pool = d->pool;

	return pool && pool->sched.ops->id == id && !d->pool_old ? &pool->sched : NULL;
}

int sched_adjust(struct domain *d, struct xen_domctl_scheduler_op *op)
{
	int rc = -XEN_EINVAL;
	struct scheduler *s;

	spin_lock(&cpupool_lock);
	s = scheduler_asked(d, op->sched_id);
	if (s && (op->cmd == XEN_DOMCTL_SCHEDOP_putinfo || op->cmd == XEN_DOMCTL_SCHEDOP_getinfo))
		rc = s->ops->adjust(s, d, op);
	spin_unlock(&cpupool_lock);
	return rc;
}

int sched_adjust_vcpu(struct domain *d, uint32_t sched_id, struct xen_domctl_schedparam_vcpu *p,
		      bool set)
{
	int rc = -XEN_EINVAL;
	struct scheduler *s;

	spin_lock(&cpupool_lock);
	s = scheduler_asked(d, sched_id);
	if (s && s->ops->adjust_vcpu && p->vcpuid < d->nr_vcpus && domain_vcpu(d, p->vcpuid))
		rc = s->ops->adjust_vcpu(s, domain_vcpu(d, p->vcpuid), p, set);
	spin_unlock(&cpupool_lock);
	return rc;
}

int sched_adjust_global(struct xen_sysctl_scheduler_op *op)
{
	struct cpupool *pool;
	int rc = -XEN_EINVAL;

	spin_lock(&cpupool_lock);
	pool = *cpupool_link(op->cpupool_id);
	if (!pool || pool->id != op->cpupool_id)
		rc = -XEN_ESRCH;
	else if (pool->sched.ops->id == op->sched_id && pool->sched.ops->adjust_global)
		rc = pool->sched.ops->adjust_global(&pool->sched, op);
	spin_unlock(&cpupool_lock);
	return rc;
}

static void dump_pool(struct cpupool *pool)
{
	printk(LOG_ERROR, "pool %u: %s, %u CPUs, %u domains", pool->id, pool->sched.ops->name,
	       cpumask_weight(&pool->sched.cpus), pool->nr_domains);
	pool->sched.ops->dump(&pool->sched);
	cpumask_for_each(id, &pool->sched.cpus)
	{
		const struct vcpu *v = cpu_get(id)->current;

		if (v)
			printk(LOG_ERROR, " CPU %u: d%uv%u", id, v->domain->id, v->id);
		else
			printk(LOG_ERROR, " CPU %u: idle", id);
	}
}

void sched_dump(void)
{
	spin_lock(&cpupool_lock);
	for (struct cpupool *pool = cpupool_list; pool; pool = pool->next)
		dump_pool(pool);
	spin_unlock(&cpupool_lock);
}
