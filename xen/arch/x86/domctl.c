/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The operations of domctl and sysctl that concern x86 alone. */
#include <candor/support.h>
#include <hv/errno.h>
#include <hv/frames.h>
#include <hv/hypercall.h>
#include <hv/nospec.h>
#include <hv/sched.h>
#include <hv/string.h>

#include "hvmcontext.h"
#include "policy-abi.h"
#include "time.h"
#include "x86.h"

#define NR_PHYS_FEATURE_WORDS 8
#define CONTEXT_MAX ((size_t)1 << 20)

#define address(h) ((uint64_t)(uintptr_t)(h).p)

int arch_check_domain_config(const struct xen_arch_domainconfig *c)
{
	/* PVH: a local APIC and nothing else. */
	if (c->emulation_flags != XEN_X86_EMU_LAPIC || (c->misc_flags & ~XEN_X86_MSR_RELAXED))
		return -XEN_EINVAL;
	return 0;
}

void arch_domain_config(const struct domain *d, struct xen_arch_domainconfig *c)
{
	*c = (struct xen_arch_domainconfig){ .emulation_flags = XEN_X86_EMU_LAPIC };
}

uint8_t arch_gpaddr_bits(const struct domain *d)
{
	return (uint8_t)d->arch->cpuid.ext[8].eax;
}

void arch_physinfo(struct xen_sysctl_physinfo *p)
{
	struct cpuid_policy host;

	cpuid_policy_init(&host);
	p->cpu_khz = (uint32_t)time_tsc_khz();
	p->max_mfn = frames_highest().n;
	for (unsigned i = 0; i < NR_PHYS_FEATURE_WORDS; i++)
		p->hw_cap[i] = policy_word(&host, i);
}

static long get_context(struct vcpu *v, struct domain *d, struct xen_domctl *op, bool *copy)
{
	struct xen_domctl_hvmcontext *h = &op->u.hvmcontext;
	size_t size = 0;
	void *buf;
	long rc;

	*copy = true;
	rc = arch_domain_save(d, NULL, &size);
	if (rc)
		return rc;
	if (!address(h->buffer)) {
		h->size = (uint32_t)size;
		return 0;
	}
	if (h->size < size)
		return -XEN_ENOSPC;
	buf = heap_alloc(size);
	if (!buf)
		return -XEN_ENOMEM;
	rc = arch_domain_save(d, buf, &size);
	if (!rc && arch_copy_to_guest(v, address(h->buffer), buf, size))
		rc = -XEN_EFAULT;
	h->size = (uint32_t)size;
	heap_free(buf);
	return rc;
}

static long set_context(struct vcpu *v, struct domain *d, struct xen_domctl *op, bool *copy)
{
	const struct xen_domctl_hvmcontext *h = &op->u.hvmcontext;
	void *buf;
	long rc;

	if (!h->size || h->size > CONTEXT_MAX)
		return -XEN_EINVAL;
	buf = heap_alloc(h->size);
	if (!buf)
		return -XEN_ENOMEM;
	if (arch_copy_from_guest(v, buf, address(h->buffer), h->size))
		rc = -XEN_EFAULT;
	else
		rc = arch_domain_load(d, buf, h->size);
	heap_free(buf);
	return rc;
}

static long get_context_partial(struct vcpu *v, struct domain *d, struct xen_domctl *op, bool *copy)
{
	struct xen_domctl_hvmcontext_partial *h = &op->u.hvmcontext_partial;
	size_t size = 0, at, length;
	char *buf;
	long rc = arch_domain_save(d, NULL, &size);

	if (rc)
		return rc;
	buf = heap_alloc(size);
	if (!buf)
		return -XEN_ENOMEM;
	rc = arch_domain_save(d, buf, &size);
	if (!rc &&
	    hvmcontext_find(buf, size, (uint16_t)h->type, (uint16_t)h->instance, &at, &length))
		rc = -XEN_ENOENT;
	if (!rc && address(h->buffer)) {
		if (h->bufsz < length)
			rc = -XEN_ENOSPC;
		else if (arch_copy_to_guest(v, address(h->buffer), buf + at, length))
			rc = -XEN_EFAULT;
	}
	if (!rc) {
		h->bufsz = length;
		*copy = true;
	}
	heap_free(buf);
	return rc;
}

static long get_tsc_info(struct vcpu *v, struct domain *d, struct xen_domctl *op, bool *copy)
{
	guest_tsc_get(d, &op->u.tsc_info);
	*copy = true;
	return 0;
}

static long set_tsc_info(struct vcpu *v, struct domain *d, struct xen_domctl *op, bool *copy)
{
	return guest_tsc_set(d, &op->u.tsc_info);
}

static long get_policy(struct vcpu *v, struct domain *d, struct xen_domctl *op, bool *copy)
{
	struct xen_domctl_cpu_policy *p = &op->u.cpu_policy;
	uint32_t nr = p->nr_leaves, nr_msrs = p->nr_msrs;
	int rc = policy_copy_out(v, &d->arch->cpuid, address(p->leaves), &nr);

	if (!rc)
		rc = policy_copy_msrs_out(v, address(p->msrs), &nr_msrs);
	p->nr_leaves = nr;
	p->nr_msrs = nr_msrs;
	*copy = true;
	return rc;
}

static long set_policy(struct vcpu *v, struct domain *d, struct xen_domctl *op, bool *copy)
{
	struct xen_domctl_cpu_policy *p = &op->u.cpu_policy;
	struct cpuid_policy *policy;
	int rc;

	/* What a guest has seen of its CPU stays. */
	for (uint32_t i = 0; i < d->nr_vcpus; i++)
		if (d->vcpu[i]->runstate.time[RUNSTATE_running])
			return -XEN_EEXIST;
	rc = policy_check_msrs(v, address(p->msrs), p->nr_msrs, &p->err_msr);
	if (rc)
		return rc;
	policy = heap_alloc(sizeof(*policy));
	if (!policy)
		return -XEN_ENOMEM;
	cpuid_policy_init(policy);
	rc = policy_apply(v, policy, address(p->leaves), p->nr_leaves);
	if (!rc)
		d->arch->cpuid = *policy;
	heap_free(policy);
	return rc;
}

static long address_size(struct vcpu *v, struct domain *d, struct xen_domctl *op, bool *copy)
{
	if (op->cmd == XEN_DOMCTL_set_address_size)
		return op->u.address_size.size == 64 ? 0 : -XEN_EINVAL;
	op->u.address_size.size = 64;
	*copy = true;
	return 0;
}

typedef long domctl_fn(struct vcpu *v, struct domain *d, struct xen_domctl *op, bool *copy);

static const struct {
	domctl_fn *fn;
	bool still; /* reads or writes the state of vCPUs: none runs meanwhile */
} domctls[] = {
	[XEN_DOMCTL_gethvmcontext] = { get_context, true },
	[XEN_DOMCTL_sethvmcontext] = { set_context, true },
	[XEN_DOMCTL_gethvmcontext_partial] = { get_context_partial, true },
	[XEN_DOMCTL_gettscinfo] = { get_tsc_info, true },
	[XEN_DOMCTL_settscinfo] = { set_tsc_info, true },
	[XEN_DOMCTL_get_cpu_policy] = { get_policy, false },
	[XEN_DOMCTL_set_cpu_policy] = { set_policy, true },
	[XEN_DOMCTL_set_address_size] = { address_size, false },
	[XEN_DOMCTL_get_address_size] = { address_size, false },
	[XEN_DOMCTL_getvcpucontext] = { hvmcontext_get_vcpu, true },
	[XEN_DOMCTL_setvcpucontext] = { hvmcontext_set_vcpu, true },
};

/* No lock is held and it is not its own domain, so its CPUs reach the end of what they do. */
static long while_still(domctl_fn *fn, struct vcpu *v, struct domain *d, struct xen_domctl *op,
			bool *copy)
{
	long rc;

	if (d == v->domain)
		return -XEN_EINVAL;
	domain_pause(d);
	while (!domain_is_quiet(d))
		cpu_relax();
	rc = fn(v, d, op, copy);
	domain_unpause(d);
	return rc;
}

long arch_domctl(struct vcpu *v, struct domain *d, struct xen_domctl *op, bool *copy)
{
	uint64_t cmd = nospec_index(op->cmd, ARRAY_SIZE(domctls));

	if (op->cmd >= ARRAY_SIZE(domctls) || !domctls[cmd].fn)
		return -XEN_ENOSYS;
	if (domctls[cmd].still)
		return while_still(domctls[cmd].fn, v, d, op, copy);
	return domctls[cmd].fn(v, d, op, copy);
}

static long get_featureset(struct vcpu *v, struct xen_sysctl *op, bool *copy)
{
	struct xen_sysctl_cpu_featureset *f = &op->u.cpu_featureset;
	uint32_t nr = policy_nr_words(), word;
	struct cpuid_policy policy;

	switch (f->index) {
	case XEN_SYSCTL_cpu_featureset_raw:
	case XEN_SYSCTL_cpu_featureset_host:
	case XEN_SYSCTL_cpu_featureset_hvm:
	case XEN_SYSCTL_cpu_featureset_hvm_max:
		break;
	case XEN_SYSCTL_cpu_featureset_pv:
	case XEN_SYSCTL_cpu_featureset_pv_max:
		return -XEN_EOPNOTSUPP;
	default:
		return -XEN_EINVAL;
	}
	*copy = true;
	if (!address(f->features)) {
		f->nr_features = nr;
		return 0;
	}
	cpuid_policy_init(&policy);
	nr = MIN(nr, f->nr_features);
	for (uint32_t i = 0; i < nr; i++) {
		word = policy_word(&policy, i);
		if (arch_copy_to_guest(v, address(f->features) + i * sizeof(word), &word,
				       sizeof(word)))
			return -XEN_EFAULT;
	}
	f->nr_features = nr;
	return nr < policy_nr_words() ? -XEN_ENOBUFS : 0;
}

static long get_host_policy(struct vcpu *v, struct xen_sysctl *op, bool *copy)
{
	struct xen_sysctl_cpu_policy *p = &op->u.cpu_policy;
	struct cpuid_policy policy;
	uint32_t nr = p->nr_leaves, nr_msrs = p->nr_msrs;
	int rc;

	if (p->_rsvd || p->index > XEN_SYSCTL_cpu_policy_hvm_default)
		return -XEN_EINVAL;
	if (p->index == XEN_SYSCTL_cpu_policy_pv_max ||
	    p->index == XEN_SYSCTL_cpu_policy_pv_default)
		return -XEN_EOPNOTSUPP;
	cpuid_policy_init(&policy);
	rc = policy_copy_out(v, &policy, address(p->leaves), &nr);
	if (!rc)
		rc = policy_copy_msrs_out(v, address(p->msrs), &nr_msrs);
	p->nr_leaves = nr;
	p->nr_msrs = nr_msrs;
	*copy = true;
	return rc;
}

/* Every CPUID of a guest exits: any register of any leaf can be levelled. */
static long levelling_caps(struct vcpu *v, struct xen_sysctl *op, bool *copy)
{
	op->u.cpu_levelling_caps.caps = XEN_SYSCTL_CPU_LEVELCAP_faulting;
	*copy = true;
	return 0;
}

long arch_sysctl(struct vcpu *v, struct xen_sysctl *op, bool *copy)
{
	switch (op->cmd) {
	case XEN_SYSCTL_get_cpu_featureset:
		return get_featureset(v, op, copy);
	case XEN_SYSCTL_get_cpu_policy:
		return get_host_policy(v, op, copy);
	case XEN_SYSCTL_get_cpu_levelling_caps:
		return levelling_caps(v, op, copy);
	default:
		return -XEN_ENOSYS;
	}
}
