/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sysctl: the toolstack asks about the host, and sets what concerns all of it. */
#include <candor/support.h>

#include <stdint.h>

#include <hv/access.h>
#include <hv/debugkeys.h>
#include <hv/frames.h>
#include <hv/printk.h>

#include "toolstack.h"

_Static_assert(sizeof(struct xen_sysctl) == 136, "xen/sysctl.h");

#define MAX_KEYS 64

static long readconsole(struct vcpu *v, struct xen_sysctl *op, bool *copy)
{
	struct xen_sysctl_readconsole *r = &op->u.readconsole;
	uint32_t index = r->incremental ? r->index : 0, done = 0;
	uint64_t buffer = handle_address(r->buffer);
	char chunk[256];

	while (done < r->count) {
		uint32_t n = MIN(r->count - done, (uint32_t)sizeof(chunk));

		n = console_ring_read(&index, chunk, n);
		if (!n)
			break;
		if (arch_copy_to_guest(v, buffer + done, chunk, n))
			return -XEN_EFAULT;
		done += n;
	}
	if (r->clear)
		console_ring_clear();
	r->index = index;
	r->count = done;
	*copy = true;
	return 0;
}

static unsigned nr_online(void)
{
	return cpumask_weight(&cpus_online);
}

static unsigned last_cpu(void)
{
	unsigned last = 0;

	cpumask_for_each(cpu, &cpus_online) last = cpu;
	return last;
}

/* How many CPUs share what CPU 0 has, its core or its socket. */
static unsigned siblings(bool of_core)
{
	const struct cpu *zero = cpu_get(0);
	unsigned n = 0;

	cpumask_for_each(id, &cpus_online)
	{
		const struct cpu *cpu = cpu_get(id);

		n += cpu->socket == zero->socket && (!of_core || cpu->core == zero->core);
	}
	return n;
}

static long physinfo(struct vcpu *v, struct xen_sysctl *op, bool *copy)
{
	struct xen_sysctl_physinfo *p = &op->u.physinfo;
	unsigned threads = siblings(true);

	*p = (struct xen_sysctl_physinfo){
		.threads_per_core = threads,
		.cores_per_socket = siblings(false) / MAX(threads, 1u),
		.nr_cpus = nr_online(),
		.max_cpu_id = last_cpu(),
		.nr_nodes = arch_nr_nodes(),
		.max_node_id = arch_nr_nodes() - 1,
		.total_pages = frames_nr_total(),
		.free_pages = frames_nr_free(),
		.outstanding_pages = frames_nr_claimed(),
		.capabilities = XEN_SYSCTL_PHYSCAP_hvm | XEN_SYSCTL_PHYSCAP_hap |
				XEN_SYSCTL_PHYSCAP_gnttab_v1,
	};
	if (SUPPORT_ENABLED(gnttab_v2))
		p->capabilities |= XEN_SYSCTL_PHYSCAP_gnttab_v2;
	arch_physinfo(p);
	*copy = true;
	return 0;
}

static long sched_id(struct vcpu *v, struct xen_sysctl *op, bool *copy)
{
	op->u.sched_id.sched_id = sched_default_id();
	*copy = true;
	return 0;
}

static long getdomaininfolist(struct vcpu *v, struct xen_sysctl *op, bool *copy)
{
	struct xen_sysctl_getdomaininfolist *l = &op->u.getdomaininfolist;
	uint64_t buffer = handle_address(l->buffer);
	uint32_t nr = 0;
	struct domain *d;

	for (domid_t id = l->first_domain; nr < l->max_domains && (d = domain_find_from(id));) {
		struct xen_domctl_getdomaininfo info;

		domctl_fill_info(d, &info);
		id = (domid_t)(d->id + 1);
		domain_put(d);
		if (copy_elements(v, buffer, nr++, &info, 1, sizeof(info)))
			return -XEN_EFAULT;
	}
	l->num_domains = nr;
	*copy = true;
	return 0;
}

static long debug_keys(struct vcpu *v, struct xen_sysctl *op, bool *copy)
{
	const struct xen_sysctl_debug_keys *k = &op->u.debug_keys;
	char keys[MAX_KEYS];
	uint32_t nr = MIN(k->nr_keys, (uint32_t)MAX_KEYS);

	if (arch_copy_from_guest(v, keys, handle_address(k->keys), nr))
		return -XEN_EFAULT;
	for (uint32_t i = 0; i < nr; i++)
		debugkeys_handle(keys[i]);
	return 0;
}

static long getcpuinfo(struct vcpu *v, struct xen_sysctl *op, bool *copy)
{
	struct xen_sysctl_getcpuinfo *g = &op->u.getcpuinfo;
	uint32_t nr = MIN(g->max_cpus, last_cpu() + 1);
	stime_t now = arch_now();

	for (uint32_t i = 0; i < nr; i++) {
		const struct cpu *cpu = cpu_get(i);
		struct xen_sysctl_cpuinfo info = { 0 };

		if (cpu)
			info.idletime = (uint64_t)sched_idle_time(cpu, now);
		if (copy_elements(v, handle_address(g->info), i, &info, 1, sizeof(info)))
			return -XEN_EFAULT;
	}
	g->nr_cpus = nr;
	*copy = true;
	return 0;
}

static long availheap(struct vcpu *v, struct xen_sysctl *op, bool *copy)
{
	struct xen_sysctl_availheap *a = &op->u.availheap;
	uint64_t nr = a->node < 0 ? frames_nr_free() : frames_node_free((unsigned)a->node);

	a->avail_bytes = nr << PAGE_SHIFT;
	*copy = true;
	return 0;
}

static long cputopoinfo(struct vcpu *v, struct xen_sysctl *op, bool *copy)
{
	struct xen_sysctl_cputopoinfo *t = &op->u.cputopoinfo;
	uint64_t array = handle_address(t->cputopo);
	uint32_t nr = last_cpu() + 1;

	if (array)
		nr = MIN(nr, t->num_cpus);
	for (uint32_t i = 0; array && i < nr; i++) {
		const struct cpu *cpu = cpu_get(i);
		struct xen_sysctl_cputopo topo = { XEN_INVALID_CORE_ID, XEN_INVALID_SOCKET_ID,
						   XEN_INVALID_NODE_ID };

		if (cpu)
			topo = (struct xen_sysctl_cputopo){ cpu->core, cpu->socket, cpu->node };
		if (copy_elements(v, array, i, &topo, 1, sizeof(topo)))
			return -XEN_EFAULT;
	}
	t->num_cpus = nr;
	*copy = true;
	return 0;
}

/* What firmware left out is as the ABI has it for what is not known. */
static uint32_t distance(unsigned from, unsigned to)
{
	unsigned d = arch_node_distance(from, to);

	return d ? d : XEN_INVALID_NODE_DIST;
}

/*
 * Row @from of the distances between @nr nodes, as far as it lies in an array for the distances
 * between @room of them: rows are as long as the reply says, not as the caller thought.
 */
static int copy_distances(struct vcpu *v, uint64_t array, unsigned from, unsigned nr, uint64_t room)
{
	uint64_t first = (uint64_t)from * nr, end = room * room;
	uint32_t row[FRAMES_MAX_NODES];

	if (first >= end)
		return 0;
	for (unsigned to = 0; to < nr; to++)
		row[to] = distance(from, to);
	return copy_elements(v, array, first, row, MIN(end - first, (uint64_t)nr), sizeof(row[0]));
}

static long numainfo(struct vcpu *v, struct xen_sysctl *op, bool *copy)
{
	struct xen_sysctl_numainfo *n = &op->u.numainfo;
	uint64_t meminfo = handle_address(n->meminfo), distances = handle_address(n->distance);
	uint32_t nr = MIN(arch_nr_nodes(), (unsigned)FRAMES_MAX_NODES);

	for (uint32_t i = 0; i < MIN(nr, n->num_nodes); i++) {
		const struct xen_sysctl_meminfo mem = { frames_node_total(i) << PAGE_SHIFT,
							frames_node_free(i) << PAGE_SHIFT };

		if (meminfo && copy_elements(v, meminfo, i, &mem, 1, sizeof(mem)))
			return -XEN_EFAULT;
		if (distances && copy_distances(v, distances, i, nr, n->num_nodes))
			return -XEN_EFAULT;
	}
	n->num_nodes = nr;
	*copy = true;
	return 0;
}

static long do_cpupool_op(struct vcpu *v, struct xen_sysctl *op, bool *copy)
{
	struct xen_sysctl_cpupool_op *p = &op->u.cpupool_op;
	struct cpumask cpus;
	int rc = cpupool_op(p, &cpus);

	if (rc)
		return rc;
	*copy = true;
	if (p->op == XEN_SYSCTL_CPUPOOL_OP_INFO || p->op == XEN_SYSCTL_CPUPOOL_OP_FREEINFO)
		return bitmap_to_guest(v, &p->cpumap, &cpus, last_cpu() + 1);
	return 0;
}

static long scheduler_op(struct vcpu *v, struct xen_sysctl *op, bool *copy)
{
	*copy = true;
	return sched_adjust_global(&op->u.scheduler_op);
}

/* No device of the host's has been told of its node. */
static long pcitopoinfo(struct vcpu *v, struct xen_sysctl *op, bool *copy)
{
	return -XEN_ENODEV;
}

static long cache_allocation(struct vcpu *v, struct xen_sysctl *op, bool *copy)
{
	return -XEN_ENODEV; /* no such hardware is used */
}

/* Locks are not measured: no word of theirs is spent on it. */
static long lock_profile(struct vcpu *v, struct xen_sysctl *op, bool *copy)
{
	return -XEN_ENOSYS;
}

static sysctl_fn *const ops[] = {
	[XEN_SYSCTL_readconsole] = readconsole,
	[XEN_SYSCTL_tbuf_op] = SUPPORT_ENABLED(tracing) ? trace_sysctl : NULL,
	[XEN_SYSCTL_perfc_op] = SUPPORT_ENABLED(performance_counters) ? perfc_sysctl : NULL,
	[XEN_SYSCTL_lockprof_op] = lock_profile,
	[XEN_SYSCTL_physinfo] = physinfo,
	[XEN_SYSCTL_sched_id] = sched_id,
	[XEN_SYSCTL_getdomaininfolist] = getdomaininfolist,
	[XEN_SYSCTL_debug_keys] = debug_keys,
	[XEN_SYSCTL_getcpuinfo] = getcpuinfo,
	[XEN_SYSCTL_availheap] = availheap,
	[XEN_SYSCTL_cputopoinfo] = cputopoinfo,
	[XEN_SYSCTL_numainfo] = numainfo,
	[XEN_SYSCTL_cpupool_op] = do_cpupool_op,
	[XEN_SYSCTL_scheduler_op] = scheduler_op,
	[XEN_SYSCTL_pcitopoinfo] = pcitopoinfo,
	[XEN_SYSCTL_psr_cmt_op] = cache_allocation,
	[XEN_SYSCTL_psr_alloc] = cache_allocation,
};

hypercall_fn hc_sysctl;
long hc_sysctl(struct vcpu *v, const struct hypercall *call)
{
	uint64_t ptr = call->compat ? (uint32_t)call->arg[0] : call->arg[0];
	struct xen_sysctl op;
	bool copy = false;
	long rc;

	if (!v->domain->privileged)
		return -XEN_EPERM;
	if (arch_copy_from_guest(v, &op, ptr, sizeof(op)))
		return -XEN_EFAULT;
	if (op.interface_version != XEN_SYSCTL_INTERFACE_VERSION)
		return -XEN_EACCES;
	rc = access_check(v, __HYPERVISOR_sysctl, op.cmd, NULL);
	if (rc)
		return rc;
	if (op.cmd < ARRAY_SIZE(ops) && ops[op.cmd])
		rc = ops[op.cmd](v, &op, &copy);
	else
		rc = arch_sysctl(v, &op, &copy);
	if (rc == -XEN_ERESTART)
		return hypercall_continue(v, __HYPERVISOR_sysctl, ptr, 0, 0, 0, 0);
	if (copy && rc >= 0 && arch_copy_to_guest(v, ptr, &op, sizeof(op)))
		return -XEN_EFAULT;
	return rc;
}
