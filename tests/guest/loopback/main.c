/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves channels between two ports of one domain: each end sends to the other, a closed end
 * leaves the other unbound, to be bound again, and reset closes all.
 */
#include <stdbool.h>
#include <stdint.h>

#include <candor/support.h>

#include <xen/event_channel.h>

#include "boot.h"
#include "evtchn.h"
#include "hypercall.h"
#include "report.h"

SUPPORT_TEST(evtchn_2l, "guest/loopback");

const char guest_name[] = "loopback";

static struct evtchn_status status(unsigned int port)
{
	struct evtchn_status s = { .dom = DOMID_SELF, .port = port };

	report_rc(hypercall_2(__HYPERVISOR_event_channel_op, EVTCHNOP_status, &s), 0, "status");
	return s;
}

static long bind_to(unsigned int remote, unsigned int *ret_port)
{
	struct evtchn_bind_interdomain b = { .remote_dom = DOMID_SELF, .remote_port = remote };
	long rc = hypercall_2(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_interdomain, &b);

	*ret_port = b.local_port;
	return rc;
}

static bool took(unsigned int port)
{
	bool was = evtchn_is_pending(port);

	evtchn_clear(port);
	return was;
}

void guest_main(void)
{
	struct evtchn_reset r = { .dom = DOMID_SELF };
	unsigned int a, b, c;

	report_ok(evtchn_map_shared_info() != NULL, "shared info");
	report_ok(evtchn_alloc(&a), "an unbound port");
	evtchn_mask(a);
	report_equal(status(a).status, EVTCHNSTAT_unbound, "its status");
	report_rc(evtchn_op(EVTCHNOP_send, a), 0, "a send to nobody");
	report_rc(bind_to(a, &b), 0, "bind to it");
	evtchn_mask(b);
	report_equal(status(a).status, EVTCHNSTAT_interdomain, "status of one end");
	report_equal(status(a).u.interdomain.port, b, "whose other end");
	report_equal(status(b).u.interdomain.port, a, "and the other way");
	report_ok(took(b), "who binds looks once");
	report_rc(evtchn_op(EVTCHNOP_send, a), 0, "send on one end");
	report_ok(took(b) && !took(a), "arrives at the other");
	report_rc(evtchn_op(EVTCHNOP_send, b), 0, "send on the other");
	report_ok(took(a) && !took(b), "arrives at the one");
	report_rc(bind_to(a, &c), -XEN_EINVAL, "bind to a bound port");
	report_rc(evtchn_op(EVTCHNOP_close, b), 0, "close");
	report_equal(status(b).status, EVTCHNSTAT_closed, "the closed end");
	report_equal(status(a).status, EVTCHNSTAT_unbound, "the end that stays");
	report_rc(bind_to(a, &b), 0, "bind again");
	report_rc(hypercall_2(__HYPERVISOR_event_channel_op, EVTCHNOP_reset, &r), 0, "reset");
	report_equal(status(a).status, EVTCHNSTAT_closed, "one end after it");
	report_equal(status(b).status, EVTCHNSTAT_closed, "the other");
	report_rc(evtchn_op(EVTCHNOP_send, a), -XEN_EINVAL, "send on a closed port");
}
