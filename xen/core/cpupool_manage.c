/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pools of CPUs that come and go, and CPUs and domains that change theirs. */
#include <hv/sched.h>

#include <candor/support.h>

#include <hv/errno.h>
#include <hv/frames.h>
#include <hv/nospec.h>

#include "schedule.h"

SUPPORT_PROVIDES(cpupools, "common");

/* A CPU that is to leave its pool and is still in use there: the same must be asked again. */
static const struct cpu *leaving;
static uint32_t leaving_pool;

static struct cpupool *pool_of(uint32_t id)
{
	struct cpupool *pool = *cpupool_link(id);

	return pool && pool->id == id ? pool : NULL;
}

static const struct sched_ops *scheduler_of_id(uint32_t id)
{
	for (unsigned i = 0; i < SCHED_MAX; i++)
		if (sched_nth(i) && sched_nth(i)->id == id)
			return sched_nth(i);
	return NULL;
}

static uint32_t lowest_free_id(void)
{
	uint32_t id = 0;

	for (const struct cpupool *pool = cpupool_list; pool && pool->id == id; pool = pool->next)
		id++;
	return id;
}

static int create(struct xen_sysctl_cpupool_op *op)
{
	const struct sched_ops *ops = scheduler_of_id(op->sched_id);
	uint32_t id = op->cpupool_id;
	struct cpupool *pool;
	int rc;

	if (!ops)
		return -XEN_ENOENT;
	if (id == XEN_SYSCTL_CPUPOOL_PAR_ANY)
		id = lowest_free_id();
	rc = cpupool_create(id, ops, &pool);
	if (!rc)
		op->cpupool_id = id;
	return rc;
}

static int destroy(struct xen_sysctl_cpupool_op *op)
{
	struct cpupool *pool = pool_of(op->cpupool_id);

	if (!pool)
		return -XEN_ENOENT;
	/* Pool 0 is where CPUs and domains go that say nothing else. */
	if (!pool->id || pool->nr_domains || !cpumask_empty(&pool->sched.cpus))
		return -XEN_EBUSY;
	if (leaving && leaving->pool == pool)
		return -XEN_EBUSY;
	cpupool_destroy(pool);
	return 0;
}

/* CPU @id, or any that is in no pool. */
static struct cpu *free_cpu(uint32_t id)
{
	if (id != XEN_SYSCTL_CPUPOOL_PAR_ANY)
		return id < HV_MAX_CPUS && cpumask_test(&cpus_online, id) ? cpu_get(id) : NULL;
	cpumask_for_each(i, &cpus_online) if (!cpu_get(i)->pool) return cpu_get(i);
	return NULL;
}

static int add_cpu(struct xen_sysctl_cpupool_op *op)
{
	struct cpupool *pool = pool_of(op->cpupool_id);
	struct cpu *cpu = free_cpu(op->cpu);

	if (!pool)
		return -XEN_ENOENT;
	if (!cpu)
		return op->cpu == XEN_SYSCTL_CPUPOOL_PAR_ANY ? -XEN_ENODEV : -XEN_EINVAL;
	if (cpu == leaving)
		return -XEN_EADDRNOTAVAIL;
	if (cpu->pool)
		return -XEN_ENODEV;
	return cpupool_add_cpu(pool, cpu);
}

/* CPU @id, or the last of @pool; one that is on its way out is what was asked for before. */
static struct cpu *pool_cpu(const struct cpupool *pool, uint32_t id)
{
	struct cpu *cpu = NULL;

	if (id != XEN_SYSCTL_CPUPOOL_PAR_ANY)
		return id < HV_MAX_CPUS && cpumask_test(&cpus_online, id) ? cpu_get(id) : NULL;
	if (leaving && pool->id == leaving_pool)
		return cpu_get(leaving->id);
	cpumask_for_each(i, &pool->sched.cpus) cpu = cpu_get(i);
	return cpu;
}

static int remove_cpu(struct xen_sysctl_cpupool_op *op)
{
	struct cpupool *pool = pool_of(op->cpupool_id);
	struct cpu *cpu;
	int rc;

	if (!pool)
		return -XEN_ENOENT;
	cpu = pool_cpu(pool, op->cpu);
	if (!cpu)
		return op->cpu == XEN_SYSCTL_CPUPOOL_PAR_ANY ? -XEN_ENODEV : -XEN_EINVAL;
	if (leaving && (cpu != leaving || pool->id != leaving_pool))
		return -XEN_EADDRNOTAVAIL;
	if (cpu->pool != pool)
		return -XEN_ENODEV;
	if (cpu != leaving && cpumask_weight(&pool->sched.cpus) == 1 && pool->nr_domains)
		return -XEN_EBUSY;
	rc = cpupool_remove_cpu(pool, cpu);
	leaving = rc ? cpu : NULL;
	leaving_pool = pool->id;
	return rc;
}

static void free_next(struct cpupool *to, void **data, uint32_t nr)
{
	for (uint32_t i = 0; i < nr; i++)
		if (data[i])
			to->sched.ops->vcpu_remove(&to->sched, data[i]);
	heap_free(data);
}

/* What the scheduler of @to needs of each vCPU of @d, or NULL. */
static void **alloc_next(struct cpupool *to, struct domain *d, void *domain_data)
{
	void **data = heap_alloc(d->nr_vcpus * sizeof(*data));

	for (uint32_t i = 0; data && i < d->nr_vcpus; i++) {
		data[i] = to->sched.ops->vcpu_add(&to->sched, d->vcpu[i], domain_data);
		if (!data[i]) {
			free_next(to, data, d->nr_vcpus);
			return NULL;
		}
	}
	return data;
}

static void set_next(struct vcpu *v, void *data)
{
	struct spinlock *l = sched_lock_vcpu(v);

	__atomic_store_n(&v->sched_next, data, __ATOMIC_RELEASE);
	spin_unlock(l);
}

/*
 * Move @d: those of its vCPUs that run just now follow when they have left their CPUs. On success
 * the caller owes a cpupool_moved().
 */
static int move(struct domain *d, struct cpupool *to)
{
	void *domain_data = to->sched.ops->domain_add(&to->sched, d);
	void **data;

	if (!domain_data)
		return -XEN_ENOMEM;
	data = alloc_next(to, d, domain_data);
	if (!data) {
		to->sched.ops->domain_remove(&to->sched, domain_data);
		return -XEN_ENOMEM;
	}
	d->pool_old = d->pool;
	d->sched_old = d->sched;
	d->sched = domain_data;
	d->nr_moving = d->nr_vcpus + 1;
	__atomic_store_n(&d->pool, to, __ATOMIC_RELEASE);
	to->nr_domains++;
	for (uint32_t i = 0; i < d->nr_vcpus; i++) {
		set_next(d->vcpu[i], data[i]);
		schedule_move(d->vcpu[i]);
	}
	heap_free(data);
	return 0;
}

static bool movable(const struct domain *d)
{
	bool ok = d->pool && domain_is_alive(d);

	for (uint32_t i = 0; ok && i < d->nr_vcpus; i++)
		ok = d->vcpu[i] && d->vcpu[i]->sched;
	return ok;
}

/* @d may be NULL. On success it moves if d->pool_old is set. */
static int move_domain(struct xen_sysctl_cpupool_op *op, struct domain *d)
{
	struct cpupool *pool = pool_of(op->cpupool_id);

	if (!pool)
		return -XEN_ENOENT;
	if (!d || !movable(d) || cpumask_empty(&pool->sched.cpus))
		return -XEN_EINVAL;
	if (d->pool_old)
		return -XEN_EAGAIN;
	return d->pool != pool ? move(d, pool) : 0;
}

/* Neither may the last reference to a domain be let go with the lock held, nor cpupool_moved(). */
static int find_and_move(struct xen_sysctl_cpupool_op *op)
{
	bool listed = op->domid < DOMID_FIRST_RESERVED;
	struct domain *d = listed ? domain_find((domid_t)op->domid) : NULL;
	bool moves;
	int rc;

	spin_lock(&cpupool_lock);
	rc = move_domain(op, d);
	moves = !rc && d->pool_old;
	spin_unlock(&cpupool_lock);
	if (moves)
		cpupool_moved(d);
	domain_put(d);
	return rc;
}

int cpupool_manage(struct xen_sysctl_cpupool_op *op)
{
	static int (*const ops[])(struct xen_sysctl_cpupool_op *) = {
		[XEN_SYSCTL_CPUPOOL_OP_CREATE] = create,
		[XEN_SYSCTL_CPUPOOL_OP_DESTROY] = destroy,
		[XEN_SYSCTL_CPUPOOL_OP_ADDCPU] = add_cpu,
		[XEN_SYSCTL_CPUPOOL_OP_RMCPU] = remove_cpu,
	};
	int rc = -XEN_ENOSYS;

	if (op->op == XEN_SYSCTL_CPUPOOL_OP_MOVEDOMAIN)
		return find_and_move(op);
	spin_lock(&cpupool_lock);
	if (op->op < ARRAY_SIZE(ops) && ops[nospec_index(op->op, ARRAY_SIZE(ops))])
		rc = ops[nospec_index(op->op, ARRAY_SIZE(ops))](op);
	spin_unlock(&cpupool_lock);
	return rc;
}
