/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Arguments of hypercalls. Each sub-operation's structure is a string of fields: a letter for
 * the kind and a digit for the bytes; for a 32-bit caller pointers and longs are half as wide.
 */
#include "shape.h"

#include <string.h>

#include <xen/event_channel.h>
#include <xen/grant_table.h>
#include <xen/memory.h>
#include <xen/sched.h>
#include <xen/vcpu.h>
#include <xen/version.h>

#include <hv/errno.h>
#include <hv/sched.h> /* the toolstack's public headers */

#include "machine.h"

uint8_t shape_byte(struct shape *s)
{
	return s->at < s->end ? *s->at++ : 0;
}

static uint64_t raw(struct shape *s)
{
	uint64_t v = 0;

	for (unsigned i = 0; i < 8; i++)
		v = v << 8 | shape_byte(s);
	return v;
}

/* Mostly one of the values worth trying. */
static uint64_t pick(struct shape *s, const uint64_t *values, unsigned nr)
{
	uint8_t b = shape_byte(s);

	return b < 240 ? values[b % nr] : b - 240u;
}

#define PICK(...)                                  \
	pick(s, (const uint64_t[]){ __VA_ARGS__ }, \
	     sizeof((const uint64_t[]){ __VA_ARGS__ }) / sizeof(uint64_t))

uint64_t shape_value(struct shape *s, enum kind kind)
{
	switch (kind) {
	case KIND_RAW:
		return raw(s);
	case KIND_SMALL:
		return PICK(0, 1, 2, 3, 4, 9, 15, 16, 18, 32, 64, 255, 4096, 1u << 31, ~0ull);
	case KIND_DOMID:
		return PICK(DOMID_SELF, DOMID_SELF, 0, 1, 2, 0, 1, 2, 3, DOMID_XEN, DOMID_INVALID,
			    0xffff);
	case KIND_VCPU:
		return PICK(0, 1, 2, ~0ull);
	case KIND_PORT:
		return PICK(1, 2, 3, 4, 5, 0, 255, 256, 4095, 4096, 131071, 131072, ~0ull);
	case KIND_REF:
		return PICK(0, 1, 8, 9, 10, 11, 255, 256, 511, 512, 2047, ~0ull);
	case KIND_GFN:
		return PICK(8, 9, 10, 30, 31, 32, FUZZ_TABLE_GFN, FUZZ_STATUS_GFN, 512, 1024,
			    FAKE_NR_GFNS - 1, FAKE_NR_GFNS, 1ull << 31, 1ull << 52, ~0ull);
	case KIND_ADDRESS:
		return shape_value(s, KIND_GFN) << PAGE_SHIFT | (shape_byte(s) > 250);
	case KIND_OFFSET:
		return PICK(0, 8, 64, 2048, 4032, 4088, 4095, 4096, 0xffff);
	case KIND_SCHEDULER:
		return PICK(XEN_SCHEDULER_CREDIT2, XEN_SCHEDULER_NULL, XEN_SCHEDULER_RTDS,
			    XEN_SCHEDULER_CREDIT2, XEN_SCHEDULER_CREDIT, ~0ull);
	case KIND_POOL:
		return PICK(0, 1, 2, 1, XEN_SYSCTL_CPUPOOL_PAR_ANY, 3);
	case KIND_NR_VCPUS:
		return PICK(1, 2, 1, 3, 8, 128, 129, 0);
	case KIND_FLAGS:
		return PICK(XEN_DOMCTL_CDF_hvm | XEN_DOMCTL_CDF_hap,
			    XEN_DOMCTL_CDF_hvm | XEN_DOMCTL_CDF_hap,
			    XEN_DOMCTL_CDF_hvm | XEN_DOMCTL_CDF_hap | XEN_DOMCTL_CDF_oos_off, 0,
			    ~0ull);
	case KIND_ZERO:
		return PICK(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, ~0ull);
	case KIND_ONE:
		return PICK(1, 1, 1, 1, 1, 1, 0, ~0ull);
	case KIND_POINTER:
		return PICK(FUZZ_LIST, FUZZ_LIST, FUZZ_LIST, FUZZ_LIST, FUZZ_LIST, FUZZ_LIST + 64,
			    FUZZ_LIST + 64, FUZZ_LIST + 8, FUZZ_ARG, FUZZ_LIST + 4090,
			    (FUZZ_RAM_PAGES << PAGE_SHIFT) - 8, 0x7fff0000, 0, ~0ull);
	}
	return 0;
}

static enum kind kind_of(char letter)
{
	static const char letters[] = "rsdvpngaoPiqufze";
	const char *at = strchr(letters, letter);

	return at ? (enum kind)(at - letters) : KIND_RAW;
}

void shape_store(void *to, const void *from, size_t size)
{
	char *out = to;
	const char *in = from;

	for (size_t i = 0; i < size; i++)
		__atomic_store_n(&out[i], in[i], __ATOMIC_RELAXED);
}

void shape_fill(struct shape *s, uint8_t *to, const char *fields, bool compat)
{
	for (; *fields; fields += 2) {
		unsigned size = (unsigned)(fields[1] - '0');
		uint64_t value;

		if (*fields == '_') {
			to += size;
			continue;
		}
		if (size == 8 && compat && strchr("gsP", *fields))
			size = 4;
		value = shape_value(s, kind_of(*fields));
		shape_store(to, &value, size);
		to += size;
	}
}

struct op {
	unsigned nr; /* __HYPERVISOR_* */
	unsigned cmd;
	const char *fields;
	const char *compat; /* where padding differs */
};

#define RESERVATION "P8s8s4r4d2_6", "P8s8s4r4d2"
#define BATCH "d2s2s2d2P8P8P8", "d2s2s2d2P8P8P8"

static const struct op ops[] = {
	{ __HYPERVISOR_memory_op, XENMEM_increase_reservation, RESERVATION },
	{ __HYPERVISOR_memory_op, XENMEM_decrease_reservation, RESERVATION },
	{ __HYPERVISOR_memory_op, XENMEM_populate_physmap, RESERVATION },
	{ __HYPERVISOR_memory_op, XENMEM_claim_pages, RESERVATION },
	{ __HYPERVISOR_memory_op, XENMEM_current_reservation, "d2" },
	{ __HYPERVISOR_memory_op, XENMEM_maximum_reservation, "d2" },
	{ __HYPERVISOR_memory_op, XENMEM_maximum_gpfn, "d2" },
	{ __HYPERVISOR_memory_op, XENMEM_maximum_ram_page, "" },
	{ __HYPERVISOR_memory_op, XENMEM_exchange, RESERVATION },
	{ __HYPERVISOR_memory_op, XENMEM_add_to_physmap, "d2s2s4s8g8" },
	{ __HYPERVISOR_memory_op, XENMEM_add_to_physmap_batch, BATCH },
	{ __HYPERVISOR_memory_op, XENMEM_remove_from_physmap, "d2_6g8", "d2_2g8" },
	{ __HYPERVISOR_memory_op, XENMEM_memory_map, "s4_4P8", "s4P8" },
	{ __HYPERVISOR_memory_op, XENMEM_set_memory_map, "d2_6s4_4P8", "d2_2s4P8" },
	{ __HYPERVISOR_memory_op, XENMEM_set_pod_target, "r8r8r8r8d2" },
	{ __HYPERVISOR_memory_op, XENMEM_get_pod_target, "r8r8r8r8d2" },
	{ __HYPERVISOR_memory_op, XENMEM_get_vnumainfo, "d2" },
	{ __HYPERVISOR_memory_op, XENMEM_reserved_device_memory_map, "s4s4P8" },
	{ __HYPERVISOR_memory_op, XENMEM_acquire_resource, "d2s2s4s4s4s8P8", "d2s2s4s4s4r8P8" },
	{ __HYPERVISOR_grant_table_op, GNTTABOP_map_grant_ref, "a8s4n4d2_2_4_8" },
	{ __HYPERVISOR_grant_table_op, GNTTABOP_unmap_grant_ref, "a8s8s4_4" },
	{ __HYPERVISOR_grant_table_op, GNTTABOP_setup_table, "d2_2s4_2_6P8", "d2_2s4_2_2P8" },
	{ __HYPERVISOR_grant_table_op, GNTTABOP_copy, "n8d2o2_4n8d2o2_4o2s2_2",
	  "n4d2o2n4d2o2o2s2" },
	{ __HYPERVISOR_grant_table_op, GNTTABOP_query_size, "d2" },
	{ __HYPERVISOR_grant_table_op, GNTTABOP_unmap_and_replace, "a8a8s4" },
	{ __HYPERVISOR_grant_table_op, GNTTABOP_set_version, "s4" },
	{ __HYPERVISOR_grant_table_op, GNTTABOP_get_status_frames, "s4d2_2P8" },
	{ __HYPERVISOR_grant_table_op, GNTTABOP_get_version, "d2" },
	{ __HYPERVISOR_grant_table_op, GNTTABOP_swap_grant_ref, "n4n4" },
	{ __HYPERVISOR_grant_table_op, GNTTABOP_transfer, "r8r8" },
	{ __HYPERVISOR_event_channel_op, EVTCHNOP_bind_interdomain, "d2_2p4" },
	{ __HYPERVISOR_event_channel_op, EVTCHNOP_bind_virq, "s4v4" },
	{ __HYPERVISOR_event_channel_op, EVTCHNOP_bind_pirq, "s4s4" },
	{ __HYPERVISOR_event_channel_op, EVTCHNOP_close, "p4" },
	{ __HYPERVISOR_event_channel_op, EVTCHNOP_send, "p4" },
	{ __HYPERVISOR_event_channel_op, EVTCHNOP_status, "d2_2p4" },
	{ __HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound, "d2d2" },
	{ __HYPERVISOR_event_channel_op, EVTCHNOP_bind_ipi, "v4" },
	{ __HYPERVISOR_event_channel_op, EVTCHNOP_bind_vcpu, "p4v4" },
	{ __HYPERVISOR_event_channel_op, EVTCHNOP_unmask, "p4" },
	{ __HYPERVISOR_event_channel_op, EVTCHNOP_reset, "d2" },
	{ __HYPERVISOR_event_channel_op, EVTCHNOP_init_control, "g8o4v4", "g4_4o4v4" },
	{ __HYPERVISOR_event_channel_op, EVTCHNOP_expand_array, "g8", "g4_4" },
	{ __HYPERVISOR_event_channel_op, EVTCHNOP_set_priority, "p4s4" },
	{ __HYPERVISOR_sched_op, SCHEDOP_yield, "" },
	{ __HYPERVISOR_sched_op, SCHEDOP_block, "" },
	{ __HYPERVISOR_sched_op, SCHEDOP_shutdown, "s4" },
	{ __HYPERVISOR_sched_op, SCHEDOP_poll, "P8s4_4r8", "P8s4r8" },
	{ __HYPERVISOR_sched_op, SCHEDOP_remote_shutdown, "d2_2s4" },
	{ __HYPERVISOR_sched_op, SCHEDOP_shutdown_code, "s4" },
	{ __HYPERVISOR_sched_op, SCHEDOP_watchdog, "s4s4" },
	{ __HYPERVISOR_sched_op, SCHEDOP_pin_override, "s4" },
	/* vcpu_op has the vCPU between command and structure. */
	{ __HYPERVISOR_vcpu_op, VCPUOP_initialise, "r8r8r8r8r8r8" },
	{ __HYPERVISOR_vcpu_op, VCPUOP_up, "" },
	{ __HYPERVISOR_vcpu_op, VCPUOP_down, "" },
	{ __HYPERVISOR_vcpu_op, VCPUOP_is_up, "" },
	{ __HYPERVISOR_vcpu_op, VCPUOP_get_runstate_info, "" },
	{ __HYPERVISOR_vcpu_op, VCPUOP_register_runstate_memory_area, "P8" },
	{ __HYPERVISOR_vcpu_op, VCPUOP_set_periodic_timer, "s8" },
	{ __HYPERVISOR_vcpu_op, VCPUOP_stop_periodic_timer, "" },
	{ __HYPERVISOR_vcpu_op, VCPUOP_set_singleshot_timer, "r8s4" },
	{ __HYPERVISOR_vcpu_op, VCPUOP_stop_singleshot_timer, "" },
	{ __HYPERVISOR_vcpu_op, VCPUOP_register_vcpu_info, "g8o4_4", "g4_4o4_4" },
	{ __HYPERVISOR_vcpu_op, VCPUOP_send_nmi, "" },
	{ __HYPERVISOR_vcpu_op, VCPUOP_register_vcpu_time_memory_area, "P8" },
	/* set_param, get_param, and what else has a domain and two words. */
	{ __HYPERVISOR_hvm_op, 0, "d2_2s4g8", "d2_2s4r8" },
	{ __HYPERVISOR_hvm_op, 1, "d2_2s4g8", "d2_2s4r8" },
	{ __HYPERVISOR_hvm_op, 9, "d2_6r8" },
	{ __HYPERVISOR_hvm_op, 15, "d2_6r8" },
	{ __HYPERVISOR_hvm_op, 23, "v4s1" },
	{ __HYPERVISOR_xen_version, XENVER_version, "" },
	{ __HYPERVISOR_xen_version, XENVER_extraversion, "" },
	{ __HYPERVISOR_xen_version, XENVER_compile_info, "" },
	{ __HYPERVISOR_xen_version, XENVER_capabilities, "" },
	{ __HYPERVISOR_xen_version, XENVER_changeset, "" },
	{ __HYPERVISOR_xen_version, XENVER_platform_parameters, "" },
	{ __HYPERVISOR_xen_version, XENVER_get_features, "s4s4" },
	{ __HYPERVISOR_xen_version, XENVER_pagesize, "" },
	{ __HYPERVISOR_xen_version, XENVER_guest_handle, "" },
	{ __HYPERVISOR_xen_version, XENVER_commandline, "" },
	{ __HYPERVISOR_xen_version, XENVER_build_id, "s4" },
};

#define NR_OPS (sizeof(ops) / sizeof(ops[0]))

/* The lists arguments point to: frame numbers, ports, whatever. */
static void fill_list(struct shape *s, struct domain *d, bool compat)
{
	uint8_t nr = shape_byte(s) % 16;
	enum kind kind = shape_byte(s) % 4 ? KIND_GFN : KIND_PORT;
	size_t size = compat || kind == KIND_PORT ? 4 : 8;
	uint8_t *list = fake_guest(d, FUZZ_LIST);

	for (unsigned i = 0; i < nr; i++) {
		uint64_t v = shape_value(s, kind);

		shape_store(list + i * size, &v, size);
	}
}

static bool has_page(struct domain *d, uint64_t gpa)
{
	enum p2m_type type;

	arch_p2m_lookup(d, gfn(gpa >> PAGE_SHIFT), &type);
	return type == P2M_RAM;
}

static const struct op *find_op(unsigned nr, uint8_t which)
{
	const struct op *of_nr[NR_OPS] = { NULL };
	unsigned n = 0;

	for (unsigned i = 0; i < NR_OPS; i++)
		if (ops[i].nr == nr)
			of_nr[n++] = &ops[i];
	return n ? of_nr[which % n] : NULL;
}

/* Structures one behind the other, as arrays of grant operations are. */
static unsigned fill_array(struct shape *s, struct domain *d, const struct op *op, bool compat)
{
	static const unsigned sizes[] = { [GNTTABOP_map_grant_ref] = 32,
					  [GNTTABOP_unmap_grant_ref] = 24,
					  [GNTTABOP_copy] = 40,
					  [GNTTABOP_unmap_and_replace] = 24,
					  [GNTTABOP_swap_grant_ref] = 12 };
	const char *fields = compat && op->compat ? op->compat : op->fields;
	unsigned size = op->cmd < sizeof(sizes) / sizeof(sizes[0]) ? sizes[op->cmd] : 0;
	unsigned nr = op->nr == __HYPERVISOR_grant_table_op && size ? shape_byte(s) % 40 : 1;

	if (compat && op->cmd == GNTTABOP_copy)
		size = 24;
	for (unsigned i = 0; i < nr && i < 40; i++) {
		shape_fill(s, fake_guest(d, FUZZ_ARG + i * size), fields, compat);
		if (s->at == s->end)
			return i + 1;
	}
	return nr;
}

/* Calls without sub-operations, or with their own ways: words that may be pointers. */
static void shape_words(struct shape *s, struct hypercall *c)
{
	for (unsigned i = 0; i < 5; i++)
		c->arg[i] = shape_value(s, shape_byte(s) % 2 ? KIND_POINTER : KIND_SMALL);
}

static void shape_multicall(struct shape *s, struct domain *d, struct hypercall *c)
{
	uint8_t nr = shape_byte(s) % 6;
	size_t width = c->compat ? 4 : 8;
	uint8_t *e = fake_guest(d, FUZZ_LIST);

	for (unsigned i = 0; i < nr * 8u; i++) {
		uint64_t v = i % 8 ? shape_value(s, i % 8 > 2 ? KIND_POINTER : KIND_SMALL)
				   : shape_byte(s) % 64u;

		shape_store(e + i * width, &v, width);
	}
	c->arg[0] = FUZZ_LIST;
	c->arg[1] = nr;
}

bool shape_call(struct shape *s, struct domain *d, unsigned nr, struct hypercall *c)
{
	const struct op *op = find_op(nr, shape_byte(s));
	uint8_t twist = shape_byte(s);
	unsigned count;

	/* The guest may have given those pages away. */
	if (!has_page(d, FUZZ_ARG) || !has_page(d, FUZZ_LIST))
		return false;
	if (shape_is_control(nr)) {
		shape_control(s, d, nr, c);
		return true;
	}
	if (!op) {
		if (nr == __HYPERVISOR_multicall)
			shape_multicall(s, d, c);
		else
			shape_words(s, c);
		return true;
	}
	fill_list(s, d, c->compat);
	count = fill_array(s, d, op, c->compat);
	/* Now and then a command nobody gave out, or a continuation nobody began. */
	c->arg[0] = twist < 250 ? op->cmd : op->cmd + (uint64_t)twist * 8;
	c->arg[1] = twist % 32 ? FUZZ_ARG : shape_value(s, KIND_POINTER);
	c->arg[2] = twist % 16 ? count : raw(s) & 0xff;
	if (nr == __HYPERVISOR_vcpu_op) {
		c->arg[2] = c->arg[1];
		c->arg[1] = shape_value(s, KIND_VCPU);
	}
	return true;
}
