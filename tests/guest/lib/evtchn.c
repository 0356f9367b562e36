/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Event channels of a test guest. */
#include "evtchn.h"

#include <xen/hvm/hvm_op.h>
#include <xen/hvm/params.h>
#include <xen/memory.h>
#include <xen/vcpu.h>

#include "boot.h"
#include "cpu.h"
#include "hypercall.h"
#include "lapic.h"
#include "pvclock.h"
#include "trap.h"

volatile unsigned int evtchn_nr_upcalls;
volatile unsigned int evtchn_nr_seen;
volatile unsigned int evtchn_last_seen;

static char shared_page[4096] __attribute__((aligned(4096)));
static char vcpu_page[4096] __attribute__((aligned(4096)));
static struct shared_info *const shared = (struct shared_info *)shared_page;
static struct vcpu_info *vcpu_info = (struct vcpu_info *)shared_page;
static enum evtchn_style upcall_style;

struct shared_info *evtchn_map_shared_info(void)
{
	struct xen_add_to_physmap map = {
		.domid = DOMID_SELF,
		.space = XENMAPSPACE_shared_info,
		.gpfn = boot_gfn(shared_page),
	};

	return hypercall_2(__HYPERVISOR_memory_op, XENMEM_add_to_physmap, &map) ? NULL : shared;
}

struct vcpu_info *evtchn_register_vcpu_info(void)
{
	struct vcpu_register_vcpu_info reg = { .mfn = boot_gfn(vcpu_page), .offset = 128 };

	if (hypercall_3(__HYPERVISOR_vcpu_op, VCPUOP_register_vcpu_info, 0, &reg))
		return NULL;
	vcpu_info = (struct vcpu_info *)(vcpu_page + reg.offset);
	return vcpu_info;
}

static void scan_ports(unsigned int word)
{
	uint64_t ready = shared->evtchn_pending[word] & ~shared->evtchn_mask[word];

	while (ready) {
		unsigned int bit = (unsigned int)__builtin_ctzl(ready);

		ready &= ready - 1;
		evtchn_last_seen = word * 64 + bit;
		evtchn_clear(evtchn_last_seen);
		evtchn_nr_seen++;
	}
}

static void upcall(struct trap_frame *frame)
{
	uint64_t selected;

	vcpu_info->evtchn_upcall_pending = 0;
	selected = __atomic_exchange_n(&vcpu_info->evtchn_pending_sel, 0, __ATOMIC_SEQ_CST);
	while (selected) {
		scan_ports((unsigned int)__builtin_ctzl(selected));
		selected &= selected - 1;
	}
	evtchn_nr_upcalls++;
	if (upcall_style == EVTCHN_VCPU_VECTOR)
		lapic_eoi();
}

long evtchn_set_upcall(enum evtchn_style style)
{
	struct xen_hvm_evtchn_upcall_vector vec = { .vcpu = 0, .vector = EVTCHN_VECTOR };
	long rc;

	trap_set_handler(EVTCHN_VECTOR, upcall);
	upcall_style = style;
	if (style == EVTCHN_DOMAIN_VECTOR)
		return hypercall_set_param(HVM_PARAM_CALLBACK_IRQ, 2ULL << 56 | EVTCHN_VECTOR);
	lapic_enable_x2apic();
	rc = hypercall_2(__HYPERVISOR_hvm_op, HVMOP_set_evtchn_upcall_vector, &vec);
	return rc ? rc : hypercall_set_param(HVM_PARAM_CALLBACK_IRQ, 1);
}

bool evtchn_alloc(unsigned int *ret_port)
{
	struct evtchn_alloc_unbound a = { .dom = DOMID_SELF, .remote_dom = DOMID_SELF };

	if (hypercall_2(__HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound, &a))
		return false;
	*ret_port = a.port;
	return true;
}

bool evtchn_bind_ipi(unsigned int *ret_port)
{
	struct evtchn_bind_ipi b = { .vcpu = 0 };

	if (hypercall_2(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_ipi, &b))
		return false;
	*ret_port = b.port;
	return true;
}

bool evtchn_bind_virq(unsigned int virq, unsigned int *ret_port)
{
	struct evtchn_bind_virq b = { .virq = virq, .vcpu = 0 };

	if (hypercall_2(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_virq, &b))
		return false;
	*ret_port = b.port;
	return true;
}

long evtchn_op(unsigned int op, unsigned int port)
{
	struct evtchn_send arg = { .port = port };

	return hypercall_2(__HYPERVISOR_event_channel_op, op, &arg);
}

void evtchn_mask(unsigned int port)
{
	__atomic_fetch_or(&shared->evtchn_mask[port / 64], 1UL << (port % 64), __ATOMIC_SEQ_CST);
}

bool evtchn_is_pending(unsigned int port)
{
	return __atomic_load_n(&shared->evtchn_pending[port / 64], __ATOMIC_SEQ_CST) >>
		       (port % 64) &
	       1;
}

void evtchn_clear(unsigned int port)
{
	__atomic_fetch_and(&shared->evtchn_pending[port / 64], ~(1UL << (port % 64)),
			   __ATOMIC_SEQ_CST);
}

bool evtchn_wait_upcalls(unsigned int nr, unsigned int ms)
{
	uint64_t end = pvclock_read() + ms * 1000000UL;

	cpu_irq_enable();
	while (evtchn_nr_upcalls < nr && pvclock_read() < end)
		cpu_pause();
	cpu_irq_disable();
	return evtchn_nr_upcalls >= nr;
}
