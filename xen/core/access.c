/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who may call what: a row an operation, the hook that decides a row. What has no row is not
 * offered at all. These hooks are the policy of privilege alone: dom0 may, and who serves a
 * domain may serve that one.
 */
#include <hv/access.h>

#include <stdint.h>

#include <hv/sched.h> /* the toolstack's public headers */

#include <xen/event_channel.h>
#include <xen/hvm/dm_op.h>
#include <xen/hvm/hvm_op.h>
#include <xen/hypfs.h>
#include <xen/memory.h>
#include <xen/physdev.h>
#include <xen/platform.h>
#include <xen/sched.h>

#include <hv/errno.h>
#include <hv/nospec.h>

/* May @v do it to @target (NULL: the operation concerns no domain)? 0 or -EPERM. */
typedef int access_hook(const struct vcpu *v, const struct domain *target);

static int privileged(const struct vcpu *v, const struct domain *target)
{
	return v->domain->privileged ? 0 : -XEN_EPERM;
}

static int itself_or_privileged(const struct vcpu *v, const struct domain *target)
{
	return target == v->domain ? 0 : privileged(v, target);
}

/* A device model serves the domain that XEN_DOMCTL_set_target gave it. */
static int serves(const struct vcpu *v, const struct domain *target)
{
	if (target && target != v->domain &&
	    __atomic_load_n(&v->domain->target, __ATOMIC_RELAXED) == target->id)
		return 0;
	return privileged(v, target);
}

static int itself_or_serves(const struct vcpu *v, const struct domain *target)
{
	return target == v->domain ? 0 : serves(v, target);
}

/* Of the first call it is allowed to try; what it may do then is asked again by name. */
static int anybody(const struct vcpu *v, const struct domain *target)
{
	return 0;
}

#define DOMCTL(op, hook) [XEN_DOMCTL_##op] = (hook)
static access_hook *const domctl[] = {
	DOMCTL(createdomain, privileged),
	DOMCTL(destroydomain, privileged),
	DOMCTL(pausedomain, privileged),
	DOMCTL(unpausedomain, privileged),
	DOMCTL(getdomaininfo, privileged),
	DOMCTL(setvcpuaffinity, privileged),
	DOMCTL(shadow_op, privileged),
	DOMCTL(max_mem, privileged),
	DOMCTL(setvcpucontext, privileged),
	DOMCTL(getvcpucontext, privileged),
	DOMCTL(getvcpuinfo, privileged),
	DOMCTL(max_vcpus, privileged),
	DOMCTL(scheduler_op, privileged),
	DOMCTL(setdomainhandle, privileged),
	DOMCTL(setdebugging, privileged),
	DOMCTL(irq_permission, privileged),
	DOMCTL(iomem_permission, privileged),
	DOMCTL(ioport_permission, privileged),
	DOMCTL(settimeoffset, privileged),
	DOMCTL(getvcpuaffinity, privileged),
	DOMCTL(resumedomain, privileged),
	DOMCTL(sendtrigger, privileged),
	DOMCTL(gethvmcontext, privileged),
	DOMCTL(sethvmcontext, privileged),
	DOMCTL(set_address_size, privileged),
	DOMCTL(get_address_size, privileged),
	DOMCTL(set_target, privileged),
	DOMCTL(gethvmcontext_partial, privileged),
	DOMCTL(gettscinfo, privileged),
	DOMCTL(settscinfo, privileged),
	DOMCTL(getpageframeinfo3, privileged),
	DOMCTL(set_virq_handler, privileged),
	DOMCTL(setnodeaffinity, privileged),
	DOMCTL(getnodeaffinity, privileged),
	DOMCTL(cacheflush, privileged),
	DOMCTL(get_vcpu_msrs, privileged),
	DOMCTL(set_vcpu_msrs, privileged),
	DOMCTL(getvcpuextstate, privileged),
	DOMCTL(setvcpuextstate, privileged),
	DOMCTL(get_cpu_policy, privileged),
	DOMCTL(set_cpu_policy, privileged),
	DOMCTL(soft_reset, privileged),
	DOMCTL(get_paging_mempool_size, privileged),
	DOMCTL(set_paging_mempool_size, privileged),
};

#define SYSCTL(op, hook) [XEN_SYSCTL_##op] = (hook)
static access_hook *const sysctl[] = {
	SYSCTL(readconsole, privileged),
	SYSCTL(tbuf_op, privileged),
	SYSCTL(physinfo, privileged),
	SYSCTL(sched_id, privileged),
	SYSCTL(perfc_op, privileged),
	SYSCTL(getdomaininfolist, privileged),
	SYSCTL(debug_keys, privileged),
	SYSCTL(getcpuinfo, privileged),
	SYSCTL(availheap, privileged),
	SYSCTL(get_pmstat, privileged),
	SYSCTL(cpu_hotplug, privileged),
	SYSCTL(pm_op, privileged),
	SYSCTL(page_offline_op, privileged),
	SYSCTL(lockprof_op, privileged),
	SYSCTL(cputopoinfo, privileged),
	SYSCTL(numainfo, privileged),
	SYSCTL(cpupool_op, privileged),
	SYSCTL(scheduler_op, privileged),
	SYSCTL(coverage_op, privileged),
	SYSCTL(psr_cmt_op, privileged),
	SYSCTL(pcitopoinfo, privileged),
	SYSCTL(psr_alloc, privileged),
	SYSCTL(get_cpu_levelling_caps, privileged),
	SYSCTL(get_cpu_featureset, privileged),
	SYSCTL(livepatch_op, privileged),
	SYSCTL(get_cpu_policy, privileged),
};

static access_hook *const platform[] = {
	[XENPF_settime32] = privileged,	      [XENPF_settime64] = privileged,
	[XENPF_firmware_info] = privileged,   [XENPF_get_cpuinfo] = privileged,
	[XENPF_get_cpu_version] = privileged, [XENPF_getidletime] = privileged,
};

static access_hook *const physdev[] = {
	[PHYSDEVOP_pci_device_add] = privileged,
	[PHYSDEVOP_pci_device_remove] = privileged,
	[PHYSDEVOP_pci_mmcfg_reserved] = privileged,
	[PHYSDEVOP_dbgp_op] = privileged,
};

static access_hook *const hypfs[] = {
	[XEN_HYPFS_OP_get_version] = privileged,
	[XEN_HYPFS_OP_read] = privileged,
	[XEN_HYPFS_OP_write_contents] = privileged,
};

/* Only on another domain: on itself a guest may do what the handler lets it. */
static access_hook *const memory[] = {
	[XENMEM_increase_reservation] = itself_or_privileged,
	[XENMEM_decrease_reservation] = itself_or_privileged,
	[XENMEM_maximum_ram_page] = anybody,
	[XENMEM_current_reservation] = itself_or_serves,
	[XENMEM_maximum_reservation] = itself_or_serves,
	[XENMEM_populate_physmap] = itself_or_serves,
	[XENMEM_add_to_physmap] = itself_or_serves,
	[XENMEM_memory_map] = itself_or_privileged,
	[XENMEM_exchange] = itself_or_privileged,
	[XENMEM_set_memory_map] = privileged,
	[XENMEM_maximum_gpfn] = itself_or_serves,
	[XENMEM_remove_from_physmap] = itself_or_serves,
	[XENMEM_set_pod_target] = privileged,
	[XENMEM_get_pod_target] = privileged,
	[XENMEM_get_sharing_freed_pages] = anybody,
	[XENMEM_get_sharing_shared_pages] = anybody,
	[XENMEM_add_to_physmap_batch] = itself_or_serves,
	[XENMEM_claim_pages] = privileged,
	[XENMEM_get_vnumainfo] = itself_or_privileged,
	[XENMEM_reserved_device_memory_map] = privileged,
	[XENMEM_acquire_resource] = serves,
};
/* Whose memory a foreign mapping, an acquired resource or a domain's own space comes from. */
static access_hook *const hvm[] = {
	[HVMOP_set_param] = itself_or_serves,
	[HVMOP_get_param] = itself_or_serves,
};

static access_hook *const event_channel[] = {
	[EVTCHNOP_alloc_unbound] = itself_or_serves,
	[EVTCHNOP_status] = itself_or_serves,
	[EVTCHNOP_reset] = itself_or_privileged,
};

static access_hook *const sched[] = {
	[SCHEDOP_remote_shutdown] = serves,
};

static access_hook *const grant_table[] = {
	[GNTTABOP_setup_table] = itself_or_privileged,
	[GNTTABOP_query_size] = itself_or_privileged,
	[GNTTABOP_get_status_frames] = itself_or_privileged,
	[GNTTABOP_get_version] = itself_or_privileged,
};

#define TABLE(nr, rows) [(nr)] = { (rows), ARRAY_SIZE(rows) }
static const struct {
	access_hook *const *rows;
	unsigned nr;
} tables[] = {
	TABLE(__HYPERVISOR_domctl, domctl),
	TABLE(__HYPERVISOR_sysctl, sysctl),
	TABLE(__HYPERVISOR_platform_op, platform),
	TABLE(__HYPERVISOR_physdev_op, physdev),
	TABLE(__HYPERVISOR_hypfs_op, hypfs),
	TABLE(__HYPERVISOR_memory_op, memory),
	TABLE(__HYPERVISOR_hvm_op, hvm),
	TABLE(__HYPERVISOR_event_channel_op, event_channel),
	TABLE(__HYPERVISOR_sched_op, sched),
	TABLE(__HYPERVISOR_grant_table_op, grant_table),
};

int access_check(const struct vcpu *v, unsigned nr, unsigned op, const struct domain *target)
{
	if (nr >= ARRAY_SIZE(tables) || op >= tables[nr].nr)
		return -XEN_ENOSYS;
	op = (unsigned)nospec_index(op, tables[nr].nr);
	if (!tables[nr].rows[op])
		return -XEN_ENOSYS;
	return tables[nr].rows[op](v, target);
}

int access_domain(const struct vcpu *v, unsigned nr, unsigned op, domid_t id, struct domain **ret_d)
{
	struct domain *d;
	int rc;

	if (id == DOMID_SELF || id == v->domain->id) {
		domain_get(v->domain);
		d = v->domain;
	} else {
		d = domain_find(id);
	}
	if (!d)
		return -XEN_ESRCH;
	rc = access_check(v, nr, op, d);
	if (rc) {
		domain_put(d);
		return rc;
	}
	*ret_d = d;
	return 0;
}
