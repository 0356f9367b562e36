/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves 2-level event channels: the ports' life, pending and mask bits with
 * the selector and the upcall flag above them, and the upcall by the
 * domain-wide vector (no APIC in the way) and by the per-vCPU vector (through
 * the local APIC, ended by EOI). style=domain or style=vcpu picks one of them.
 */
#include <stdbool.h>
#include <stdint.h>

#include <candor/support.h>

#include <xen/hvm/hvm_op.h>
#include <xen/hvm/params.h>

#include "boot.h"
#include "cpu.h"
#include "evtchn.h"
#include "hypercall.h"
#include "lapic.h"
#include "pvclock.h"
#include "report.h"
#include "trap.h"

SUPPORT_TEST(evtchn_2l, "guest/upcall-domain");
SUPPORT_TEST(vlapic, "guest/upcall-vcpu");

const char guest_name[] = "upcall";

static struct shared_info *shared;
static struct vcpu_info *info;

static unsigned int port_status(unsigned int port)
{
	struct evtchn_status s = { .dom = DOMID_SELF, .port = port };

	if (hypercall_2(__HYPERVISOR_event_channel_op, EVTCHNOP_status, &s))
		return ~0u;
	return s.status;
}

static void test_life(void)
{
	struct evtchn_bind_interdomain bind = { .remote_dom = DOMID_SELF };
	unsigned int unbound = 0, ipi = 0, virq = 0;
	bool ok = evtchn_alloc(&unbound);

	report_ok(ok && unbound > 0, "alloc_unbound gives port %u", unbound);
	report_equal(port_status(unbound), EVTCHNSTAT_unbound, "its status");
	ok = evtchn_bind_ipi(&ipi);
	report_ok(ok && ipi != unbound, "bind_ipi gives port %u", ipi);
	report_equal(port_status(ipi), EVTCHNSTAT_ipi, "its status");
	ok = evtchn_bind_virq(VIRQ_DEBUG, &virq);
	report_ok(ok, "bind_virq gives port %u", virq);
	report_equal(port_status(virq), EVTCHNSTAT_virq, "its status");
	bind.remote_port = unbound;
	report_rc(hypercall_2(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_interdomain, &bind), 0,
		  "binding the unbound port to ourselves");
	report_equal(port_status(unbound), EVTCHNSTAT_interdomain, "its status");
	report_rc(hypercall_2(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_interdomain, &bind),
		  -XEN_EINVAL, "binding it again");
	/* Binding may leave the new port pending, so that no early event is lost. */
	evtchn_clear(bind.local_port);
	evtchn_mask(unbound);
	report_rc(evtchn_op(EVTCHNOP_send, bind.local_port), 0, "sending on the other end");
	report_ok(evtchn_is_pending(unbound) && !evtchn_is_pending(bind.local_port),
		  "the peer's port is pending, ours is not");
	report_rc(evtchn_op(EVTCHNOP_close, bind.local_port), 0, "close");
	report_equal(port_status(bind.local_port), EVTCHNSTAT_closed, "status after it");
	report_equal(port_status(unbound), EVTCHNSTAT_unbound, "the peer's status after it");
	report_rc(evtchn_op(EVTCHNOP_close, bind.local_port), -XEN_EINVAL, "closing it again");
	report_rc(evtchn_op(EVTCHNOP_send, bind.local_port), -XEN_EINVAL, "sending on it");
	report_rc(evtchn_op(EVTCHNOP_send, 0), -XEN_EINVAL, "sending on port 0");
	report_rc(evtchn_op(EVTCHNOP_send, 0x7fffffff), -XEN_EINVAL, "sending out of range");
	report_rc(evtchn_op(EVTCHNOP_close, 0xffffffff), -XEN_EINVAL, "closing out of range");
	report_rc(evtchn_op(EVTCHNOP_unmask, 0xffffffff), -XEN_EINVAL, "unmasking out of range");
	report_ok(!evtchn_bind_virq(999, &virq), "VIRQ 999 cannot be bound");
	(void)evtchn_op(EVTCHNOP_close, unbound);
	(void)evtchn_op(EVTCHNOP_close, ipi);
}

static void test_limits(void)
{
	struct evtchn_alloc_unbound a = { .dom = 0x1234, .remote_dom = DOMID_SELF };
	struct evtchn_bind_ipi b = { .vcpu = 4000 };
	unsigned int nr = 0, first = 0, last = 0, port;

	report_ok(hypercall_2(__HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound, &a) < 0,
		  "a port in a domain that is not there is refused");
	report_rc(hypercall_2(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_ipi, &b), -XEN_ENOENT,
		  "an IPI port of a vCPU that is not there");
	while (nr < 200000 && evtchn_alloc(&port)) {
		first = first ? first : port;
		last = port;
		nr++;
	}
	report_ok(nr >= 100 && last < 4096, "ports end after %u more, the last is %u", nr, last);
	a.dom = DOMID_SELF;
	report_rc(hypercall_2(__HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound, &a),
		  -XEN_ENOSPC, "one more");
	for (port = first; port <= last; port++)
		(void)evtchn_op(EVTCHNOP_close, port);
	report_ok(evtchn_alloc(&port) && port <= first, "closed ports are given out again");
	(void)evtchn_op(EVTCHNOP_close, port);
}

/* @port is an IPI to ourselves; nothing else is pending. */
static void test_bits(unsigned int port)
{
	evtchn_mask(port);
	evtchn_nr_upcalls = 0;
	report_rc(evtchn_op(EVTCHNOP_send, port), 0, "sending on a masked port");
	report_ok(evtchn_is_pending(port), "makes it pending");
	report_ok(info->evtchn_upcall_pending == 0 && info->evtchn_pending_sel == 0,
		  "and touches neither selector nor upcall flag");
	report_ok(!evtchn_wait_upcalls(1, 20), "and gives no upcall");
	report_rc(evtchn_op(EVTCHNOP_unmask, port), 0, "unmasking it");
	report_ok(info->evtchn_upcall_pending == 1 &&
			  info->evtchn_pending_sel == 1UL << (port / 64),
		  "sets selector and upcall flag");
	report_ok(evtchn_wait_upcalls(1, 1000) && evtchn_last_seen == port, "and gives the upcall");
	report_ok(!evtchn_wait_upcalls(2, 20), "once");
	report_ok(!evtchn_is_pending(port), "the handler saw and cleared it");
}

static void test_delivery(unsigned int port, unsigned int port2)
{
	evtchn_nr_upcalls = 0;
	evtchn_nr_seen = 0;
	report_rc(evtchn_op(EVTCHNOP_send, port), 0, "sending with interrupts off");
	report_ok(evtchn_nr_upcalls == 0, "waits");
	report_rc(evtchn_op(EVTCHNOP_send, port), 0, "sending again");
	report_rc(evtchn_op(EVTCHNOP_send, port2), 0, "and on a second port");
	(void)evtchn_wait_upcalls(2, 20);
	report_equal(evtchn_nr_upcalls, 1, "upcalls once interrupts are on");
	report_equal(evtchn_nr_seen, 2, "ports found in it");
	evtchn_nr_upcalls = 0;
	for (unsigned int i = 0; i < 1000; i++) {
		(void)evtchn_op(EVTCHNOP_send, port);
		(void)evtchn_wait_upcalls(i + 1, 1000);
	}
	report_equal(evtchn_nr_upcalls, 1000, "upcalls of 1000 sends, each waited for,");
}

static void test_vector_arguments(void)
{
	struct xen_hvm_evtchn_upcall_vector v = { .vcpu = 0, .vector = 15 };

	report_rc(hypercall_2(__HYPERVISOR_hvm_op, HVMOP_set_evtchn_upcall_vector, &v), -XEN_EINVAL,
		  "upcall vector 15");
	v = (struct xen_hvm_evtchn_upcall_vector){ .vcpu = 999, .vector = 0xf3 };
	report_rc(hypercall_2(__HYPERVISOR_hvm_op, HVMOP_set_evtchn_upcall_vector, &v), -XEN_ENOENT,
		  "an upcall vector of a vCPU that is not there");
}

/* The APIC holds the vector back until the one in service is ended. */
static void test_apic_order(unsigned int port)
{
	if (boot_option_is("peer", "xen")) {
		report_skip("Xen on this emulator hangs when an APIC priority blocks a vector");
		return;
	}
	evtchn_nr_upcalls = 0;
	lapic_write(LAPIC_TPR, 0xf0);
	(void)evtchn_op(EVTCHNOP_send, port);
	report_ok(!evtchn_wait_upcalls(1, 20), "a task priority of 0xf0 holds the upcall back");
	report_ok(lapic_read(LAPIC_IRR + (EVTCHN_VECTOR / 32) * 16) & 1u << EVTCHN_VECTOR % 32,
		  "its vector is in the IRR");
	lapic_write(LAPIC_TPR, 0);
	report_ok(evtchn_wait_upcalls(1, 1000), "a lower one lets it through");
	report_ok(!(lapic_read(LAPIC_ISR + (EVTCHN_VECTOR / 32) * 16) & 1u << EVTCHN_VECTOR % 32),
		  "after EOI nothing is in service");
}

void guest_main(void)
{
	unsigned int port = 0, port2 = 0;

	shared = evtchn_map_shared_info();
	info = evtchn_register_vcpu_info();
	report_ok(shared && info, "shared_info and vcpu_info are there");
	if (!shared || !info)
		return;
	pvclock_init(&info->time);
	test_life();
	test_limits();
	info->evtchn_upcall_pending = 0;
	info->evtchn_pending_sel = 0;
	report_ok(evtchn_bind_ipi(&port) && evtchn_bind_ipi(&port2), "two IPI ports");
	(void)evtchn_op(EVTCHNOP_unmask, port2);
	if (!boot_option_is("style", "vcpu")) {
		report_rc(evtchn_set_upcall(EVTCHN_DOMAIN_VECTOR), 0, "the domain-wide vector");
		(void)evtchn_wait_upcalls(1, 20);
		test_bits(port);
		test_delivery(port, port2);
	}
	test_vector_arguments();
	if (boot_option_is("style", "domain"))
		return;
	report_rc(evtchn_set_upcall(EVTCHN_VCPU_VECTOR), 0, "the per-vCPU vector");
	(void)evtchn_wait_upcalls(1, 20); /* one that was raised before the vector was set */
	test_bits(port);
	test_delivery(port, port2);
	test_apic_order(port);
}
