/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Arguments of what a toolstack calls: structures with a command, an interface version and a
 * union (domctl, sysctl, platform_op), and the calls with words (hypfs_op, physdev_op, dm_op).
 */
#include <string.h>

#include <hv/sched.h> /* the toolstack's public headers */

#include <xen/hvm/dm_op.h>
#include <xen/hypfs.h>
#include <xen/physdev.h>
#include <xen/platform.h>

#include "machine.h"
#include "shape.h"

/* One command; the fields are those of its union (shape.c: shape_fill()). */
struct control {
	unsigned cmd;
	const char *fields;
};

#define D(op, fields)                   \
	{                               \
		XEN_DOMCTL_##op, fields \
	}
static const struct control domctls[] = {
	D(createdomain, "_4_8_8f4z4u4s4s4s4z4z4q4e4z4"),
	D(destroydomain, ""),
	D(pausedomain, ""),
	D(unpausedomain, ""),
	D(getdomaininfo, ""),
	D(setvcpuaffinity, "v4s4P8s4_4P8s4"),
	D(getvcpuaffinity, "v4s4P8s4_4P8s4"),
	D(shadow_op, "s4s4s4_4P8s8"),
	D(max_mem, "r8"),
	D(setvcpucontext, "v4_4P8"),
	D(getvcpucontext, "v4_4P8"),
	D(getvcpuinfo, "v4"),
	D(max_vcpus, "s4"),
	D(scheduler_op, "i4s4r8s4"),
	D(scheduler_op, "i4s4P8s4"),
	D(setdomainhandle, "r8r8"),
	D(setdebugging, "s1"),
	D(irq_permission, "s4s1"),
	D(iomem_permission, "g8g8s1"),
	D(ioport_permission, "s4s4s1"),
	D(settimeoffset, "r8"),
	D(getvcpuaffinity, "v4s4P8s4_4P8s4"),
	D(resumedomain, ""),
	D(sendtrigger, "s4v4"),
	D(gethvmcontext, "s4_4P8"),
	D(sethvmcontext, "s4_4P8"),
	D(set_target, "d2"),
	D(gethvmcontext_partial, "s4s4s8P8"),
	D(gettscinfo, ""),
	D(settscinfo, "s4r4s4_4r8"),
	D(getpageframeinfo3, "s8P8"),
	D(set_virq_handler, "s4"),
	D(setnodeaffinity, "P8s4"),
	D(getnodeaffinity, "P8s4"),
	D(cacheflush, "g8s8"),
	D(get_cpu_policy, "s4s4P8P8"),
	D(set_cpu_policy, "s4s4P8P8"),
	D(get_paging_mempool_size, ""),
	D(set_paging_mempool_size, "a8"),
	D(soft_reset, ""),
};

#define S(op, fields)                   \
	{                               \
		XEN_SYSCTL_##op, fields \
	}
static const struct control sysctls[] = {
	S(readconsole, "s1s1_2r4P8s4"),
	S(tbuf_op, "s4_4P8s4_4s4_4r8s4"),
	S(physinfo, ""),
	S(sched_id, ""),
	S(perfc_op, "s4_4_8P8P8"),
	S(getdomaininfolist, "d2_2s4P8"),
	S(debug_keys, "P8s4"),
	S(getcpuinfo, "s4_4P8"),
	S(availheap, "s4s4s4"),
	S(cputopoinfo, "s4_4P8"),
	S(numainfo, "s4_4P8P8"),
	S(cpupool_op, "s4q4i4d4s4_4P8s4"),
	S(cpupool_op, "s4q4i4d4s4_4P8s4"),
	S(cpupool_op, "s4q4i4d4s4_4P8s4"),
	S(scheduler_op, "q4i4s4_4r4"),
	S(page_offline_op, "s4s4s4_4P8"),
	S(pcitopoinfo, "s4_4P8P8"),
	S(get_cpu_policy, "s4s4s4_4P8P8"),
	S(get_cpu_featureset, "s4s4P8"),
};

static const struct control platform_ops[] = {
	{ XENPF_settime32, "r4r4r8" },	 { XENPF_settime64, "r8r4s4r8" },
	{ XENPF_get_cpuinfo, "s4" },	 { XENPF_firmware_info, "s4s4P8" },
	{ XENPF_get_cpu_version, "s4" }, { XENPF_getidletime, "P8s4_4P8r8" },
};

/* A call with such a structure. */
static const struct {
	unsigned nr;
	uint32_t version;
	bool has_domain;
	const struct control *ops;
	unsigned nr_ops;
} calls[] = {
	{ __HYPERVISOR_domctl, XEN_DOMCTL_INTERFACE_VERSION, true, domctls,
	  sizeof(domctls) / sizeof(domctls[0]) },
	{ __HYPERVISOR_sysctl, XEN_SYSCTL_INTERFACE_VERSION, false, sysctls,
	  sizeof(sysctls) / sizeof(sysctls[0]) },
	{ __HYPERVISOR_platform_op, XENPF_INTERFACE_VERSION, false, platform_ops,
	  sizeof(platform_ops) / sizeof(platform_ops[0]) },
};

/* What the lists hold: bitmaps, parameters of vCPUs, keys, paths. */
static void fill_bytes(struct shape *s, struct domain *d)
{
	uint8_t *list = fake_guest(d, FUZZ_LIST);
	unsigned nr = shape_byte(s) % 64;

	for (unsigned i = 0; i < nr; i++)
		__atomic_store_n(&list[i], shape_byte(s), __ATOMIC_RELAXED);
}

static void shape_struct(struct shape *s, struct domain *d, unsigned call, struct hypercall *c)
{
	const struct control *op = &calls[call].ops[shape_byte(s) % calls[call].nr_ops];
	uint8_t twist = shape_byte(s);
	uint8_t *to = fake_guest(d, FUZZ_ARG);
	uint32_t head[4] = { op->cmd, calls[call].version };
	unsigned at = 8;

	if (twist >= 250)
		head[twist % 2] = (uint32_t)shape_value(s, KIND_SMALL);
	if (calls[call].has_domain) {
		head[2] = (uint16_t)shape_value(s, KIND_DOMID);
		at = 16;
	}
	shape_store(to, head, at);
	if (!(twist & 1))
		fill_bytes(s, d);
	shape_fill(s, to + at, op->fields, false);
	c->arg[0] = twist % 64 != 63 ? FUZZ_ARG : shape_value(s, KIND_POINTER);
}

static void shape_hypfs(struct shape *s, struct domain *d, struct hypercall *c)
{
	static const char *const paths[] = {
		"/",
		"/buildinfo/config",
		"/buildinfo/version/major",
		"/params/loglvl",
		"/params/gnttab_max_frames",
		"/params/gnttab_max_maptrack_frames",
		"/support/features",
		"/cpupool/0/sched-gran",
		"/cpupool",
		"/params",
		"//",
		"/cpupool/4294967296/scheduler",
	};
	uint8_t which = shape_byte(s), twist = shape_byte(s);
	const char *path = paths[which % (sizeof(paths) / sizeof(paths[0]))];
	char *to = fake_guest(d, FUZZ_LIST);
	size_t size = strlen(path) + 1;

	shape_store(to, path, size);
	if (which >= 220)
		fill_bytes(s, d);
	else if (which >= 200) {
		uint8_t at = shape_byte(s) % size, byte = shape_byte(s);

		shape_store(to + at, &byte, 1);
	}
	shape_fill(s, fake_guest(d, FUZZ_ARG), "r8r8r8", false);
	c->arg[0] = twist % 4 ? (twist & 1 ? XEN_HYPFS_OP_read : XEN_HYPFS_OP_write_contents)
			      : shape_value(s, KIND_SMALL);
	c->arg[1] = twist % 32 ? FUZZ_LIST : shape_value(s, KIND_POINTER);
	c->arg[2] = twist % 16 ? size : shape_value(s, KIND_SMALL);
	c->arg[3] = twist % 8 ? FUZZ_ARG : shape_value(s, KIND_POINTER);
	c->arg[4] = shape_value(s, KIND_SMALL);
}

static void shape_dm_op(struct shape *s, struct domain *d, struct hypercall *c)
{
	shape_fill(s, fake_guest(d, FUZZ_LIST), "P8s8P8s8", c->compat);
	shape_fill(s, fake_guest(d, FUZZ_ARG), "s4_4r8r8", false);
	c->arg[0] = shape_value(s, KIND_DOMID);
	c->arg[1] = shape_value(s, KIND_SMALL);
	c->arg[2] = shape_value(s, KIND_POINTER);
}

static void shape_physdev(struct shape *s, struct domain *d, struct hypercall *c)
{
	static const unsigned cmds[] = { PHYSDEVOP_pci_device_add,     PHYSDEVOP_pci_device_remove,
					 PHYSDEVOP_pci_mmcfg_reserved, PHYSDEVOP_dbgp_op,
					 PHYSDEVOP_map_pirq,	       PHYSDEVOP_eoi };
	uint8_t which = shape_byte(s);

	shape_fill(s, fake_guest(d, FUZZ_ARG), "r8r8r8", false);
	c->arg[0] = which < 240 ? cmds[which % 6] : shape_value(s, KIND_RAW);
	c->arg[1] = which % 16 ? FUZZ_ARG : shape_value(s, KIND_POINTER);
}

bool shape_is_control(unsigned nr)
{
	return nr == __HYPERVISOR_domctl || nr == __HYPERVISOR_sysctl ||
	       nr == __HYPERVISOR_platform_op || nr == __HYPERVISOR_hypfs_op ||
	       nr == __HYPERVISOR_physdev_op || nr == __HYPERVISOR_dm_op;
}

void shape_control(struct shape *s, struct domain *d, unsigned nr, struct hypercall *c)
{
	switch (nr) {
	case __HYPERVISOR_hypfs_op:
		shape_hypfs(s, d, c);
		return;
	case __HYPERVISOR_dm_op:
		shape_dm_op(s, d, c);
		return;
	case __HYPERVISOR_physdev_op:
		shape_physdev(s, d, c);
		return;
	default:
		break;
	}
	for (unsigned i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		if (calls[i].nr == nr)
			shape_struct(s, d, i, c);
}
