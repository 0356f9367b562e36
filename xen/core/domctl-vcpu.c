/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* domctl: where a domain's vCPUs run and by what parameters; NMIs and the like sent to them. */
#include <stdint.h>

#include <xen/xen.h>

#include <hv/string.h>

#include "toolstack.h"

#define BYTE_BITS 8

int bitmap_to_guest(struct vcpu *v, const struct xenctl_bitmap *to, const struct cpumask *from,
		    unsigned nr_bits)
{
	uint8_t byte[HV_MAX_CPUS / BYTE_BITS] = { 0 };
	unsigned nr = MIN(MIN(nr_bits, to->nr_bits), (uint32_t)HV_MAX_CPUS);
	uint64_t at = handle_address(to->bitmap);
	unsigned size = (nr + BYTE_BITS - 1) / BYTE_BITS;
	unsigned rest = (MIN(to->nr_bits, (uint32_t)UINT16_MAX) + BYTE_BITS - 1) / BYTE_BITS - size;

	for (unsigned i = 0; i < nr; i++)
		if (cpumask_test(from, i))
			byte[i / BYTE_BITS] |= (uint8_t)(1u << i % BYTE_BITS);
	if (arch_copy_to_guest(v, at, byte, size))
		return -XEN_EFAULT;
	/* What the caller has room for beyond what there is reads as zero. */
	memset(byte, 0, sizeof(byte));
	for (unsigned n; rest; rest -= n, size += n) {
		n = MIN(rest, (unsigned)sizeof(byte));
		if (arch_copy_to_guest(v, at + size, byte, n))
			return -XEN_EFAULT;
	}
	return 0;
}

int bitmap_from_guest(struct vcpu *v, struct cpumask *to, const struct xenctl_bitmap *from)
{
	uint8_t byte[HV_MAX_CPUS / BYTE_BITS] = { 0 };
	unsigned nr = MIN(from->nr_bits, (uint32_t)HV_MAX_CPUS);

	memset(to, 0, sizeof(*to));
	if (arch_copy_from_guest(v, byte, handle_address(from->bitmap),
				 (nr + BYTE_BITS - 1) / BYTE_BITS))
		return -XEN_EFAULT;
	for (unsigned i = 0; i < nr; i++)
		if (byte[i / BYTE_BITS] >> i % BYTE_BITS & 1)
			cpumask_set(to, i);
	return 0;
}

/* Bits of CPUs there are, for the toolstack's bitmaps. */
static unsigned nr_cpu_bits(void)
{
	unsigned nr = 0;

	cpumask_for_each(cpu, &cpus_online) nr = cpu + 1;
	return nr;
}

/* What of @hard the domain's pool and the host offer, as the toolstack is told it. */
static void effective(const struct vcpu *t, const struct cpumask *of, struct cpumask *ret_mask)
{
	(void)sched_domain_pool(t->domain, ret_mask);
	cpumask_and(ret_mask, ret_mask, of);
}

#define AFFINITY_FLAGS (XEN_VCPUAFFINITY_HARD | XEN_VCPUAFFINITY_SOFT | XEN_VCPUAFFINITY_FORCE)

long domctl_setvcpuaffinity(struct vcpu *v, struct domain *d, struct xen_domctl *op, bool *copy)
{
	struct xen_domctl_vcpuaffinity *a = &op->u.vcpuaffinity;
	struct cpumask hard, soft, now;
	struct vcpu *t;
	int rc;

	if (a->vcpu >= d->nr_vcpus || !(a->flags & AFFINITY_FLAGS) || (a->flags & ~AFFINITY_FLAGS))
		return -XEN_EINVAL;
	t = domain_vcpu(d, a->vcpu);
	if ((a->flags & XEN_VCPUAFFINITY_HARD) && bitmap_from_guest(v, &hard, &a->cpumap_hard))
		return -XEN_EFAULT;
	if ((a->flags & XEN_VCPUAFFINITY_SOFT) && bitmap_from_guest(v, &soft, &a->cpumap_soft))
		return -XEN_EFAULT;
	rc = sched_set_affinity(t, a->flags & XEN_VCPUAFFINITY_HARD ? &hard : NULL,
				a->flags & XEN_VCPUAFFINITY_SOFT ? &soft : NULL);
	if (rc)
		return rc;
	effective(t, &t->hard, &now);
	if ((a->flags & XEN_VCPUAFFINITY_HARD) &&
	    bitmap_to_guest(v, &a->cpumap_hard, &now, nr_cpu_bits()))
		return -XEN_EFAULT;
	cpumask_and(&now, &now, &t->soft);
	if ((a->flags & XEN_VCPUAFFINITY_SOFT) &&
	    bitmap_to_guest(v, &a->cpumap_soft, &now, nr_cpu_bits()))
		return -XEN_EFAULT;
	*copy = true;
	return 0;
}

long domctl_getvcpuaffinity(struct vcpu *v, struct domain *d, struct xen_domctl *op, bool *copy)
{
	const struct xen_domctl_vcpuaffinity *a = &op->u.vcpuaffinity;
	const struct vcpu *t;

	if (a->vcpu >= d->nr_vcpus || !(a->flags & (XEN_VCPUAFFINITY_HARD | XEN_VCPUAFFINITY_SOFT)))
		return -XEN_EINVAL;
	t = domain_vcpu(d, a->vcpu);
	if ((a->flags & XEN_VCPUAFFINITY_HARD) &&
	    bitmap_to_guest(v, &a->cpumap_hard, &t->hard, nr_cpu_bits()))
		return -XEN_EFAULT;
	if ((a->flags & XEN_VCPUAFFINITY_SOFT) &&
	    bitmap_to_guest(v, &a->cpumap_soft, &t->soft, nr_cpu_bits()))
		return -XEN_EFAULT;
	return 0;
}

/* Each vCPU named in the caller's array, its parameters read or set. */
static long each_vcpu_params(struct vcpu *v, struct domain *d, struct xen_domctl_scheduler_op *op)
{
	bool set = op->cmd == XEN_DOMCTL_SCHEDOP_putvcpuinfo;
	uint64_t array = handle_address(op->u.v.vcpus);
	struct xen_domctl_schedparam_vcpu p;
	uint32_t i;

	for (i = 0; i < op->u.v.nr_vcpus && i < HV_MAX_VCPUS; i++) {
		int rc;

		if (arch_copy_from_guest(v, &p, array + i * sizeof(p), sizeof(p)))
			return -XEN_EFAULT;
		rc = sched_adjust_vcpu(d, op->sched_id, &p, set);
		if (rc)
			return rc;
		if (!set && copy_elements(v, array, i, &p, 1, sizeof(p)))
			return -XEN_EFAULT;
	}
	op->u.v.nr_vcpus = i;
	return 0;
}

long domctl_scheduler_op(struct vcpu *v, struct domain *d, struct xen_domctl *op, bool *copy)
{
	struct xen_domctl_scheduler_op *s = &op->u.scheduler_op;

	*copy = true;
	switch (s->cmd) {
	case XEN_DOMCTL_SCHEDOP_putvcpuinfo:
	case XEN_DOMCTL_SCHEDOP_getvcpuinfo:
		return each_vcpu_params(v, d, s);
	default:
		return sched_adjust(d, s);
	}
}

/* A wish, kept and told again: memory comes from whatever node has some. */
long domctl_setnodeaffinity(struct vcpu *v, struct domain *d, struct xen_domctl *op, bool *copy)
{
	struct cpumask nodes;

	if (bitmap_from_guest(v, &nodes, &op->u.nodeaffinity.nodemap))
		return -XEN_EFAULT;
	if (!nodes.word[0])
		return -XEN_EINVAL;
	__atomic_store_n(&d->node_affinity, nodes.word[0], __ATOMIC_RELAXED);
	return 0;
}

long domctl_getnodeaffinity(struct vcpu *v, struct domain *d, struct xen_domctl *op, bool *copy)
{
	struct cpumask nodes = { .word = { __atomic_load_n(&d->node_affinity, __ATOMIC_RELAXED) } };

	return bitmap_to_guest(v, &op->u.nodeaffinity.nodemap, &nodes, 64);
}

long domctl_sendtrigger(struct vcpu *v, struct domain *d, struct xen_domctl *op, bool *copy)
{
	const struct xen_domctl_sendtrigger *s = &op->u.sendtrigger;

	if (s->vcpu >= d->nr_vcpus)
		return -XEN_ESRCH;
	if (s->trigger != XEN_DOMCTL_SENDTRIGGER_NMI)
		return -XEN_ENOSYS;
	arch_vcpu_send_nmi(domain_vcpu(d, s->vcpu));
	return 0;
}
