/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves the FIFO ABI of event channels: arguments, the order of priorities and of
 * events within one, masks, ports up to the 131072nd, which does not exist, and the
 * upcall by the domain-wide vector and by the per-vCPU one. With expect=absent:
 * there is no such ABI.
 */
#include <stdbool.h>
#include <stdint.h>

#include <candor/support.h>

#include "boot.h"
#include "cpu.h"
#include "evtchn.h"
#include "hypercall.h"
#include "lapic.h"
#include "pvclock.h"
#include "report.h"
#include "string.h"
#include "trap.h"

SUPPORT_TEST(evtchn_fifo, "guest/fifo");

#define BIT(name) (1u << EVTCHN_FIFO_##name)
#define NR_PAGES 128
#define WORDS_PER_PAGE 1024
#define NR_PORTS 12

const char guest_name[] = "fifo";

static event_word_t words[NR_PAGES * WORDS_PER_PAGE] __attribute__((aligned(4096)));
static struct evtchn_fifo_control_block control __attribute__((aligned(4096)));
static struct vcpu_info *info;
static enum evtchn_style style;
static uint32_t head[EVTCHN_FIFO_MAX_QUEUES];

/* What the handler found, in order. */
static volatile unsigned int seen[64], nr_seen;

static long init_control(uint64_t gfn, uint32_t offset, uint32_t vcpu)
{
	struct evtchn_init_control c = { .control_gfn = gfn, .offset = offset, .vcpu = vcpu };
	long rc = hypercall_2(__HYPERVISOR_event_channel_op, EVTCHNOP_init_control, &c);

	return rc ? rc : c.link_bits;
}

static long expand_array(uint64_t gfn)
{
	struct evtchn_expand_array e = { .array_gfn = gfn };

	return hypercall_2(__HYPERVISOR_event_channel_op, EVTCHNOP_expand_array, &e);
}

static long set_priority(unsigned int port, unsigned int priority)
{
	struct evtchn_set_priority s = { .port = port, .priority = priority };

	return hypercall_2(__HYPERVISOR_event_channel_op, EVTCHNOP_set_priority, &s);
}

static void set_bits(unsigned int port, event_word_t bits)
{
	__atomic_fetch_or(&words[port], bits, __ATOMIC_SEQ_CST);
}

static event_word_t clear_bits(unsigned int port, event_word_t bits)
{
	return __atomic_fetch_and(&words[port], ~bits, __ATOMIC_SEQ_CST);
}

/* Take one port out of queue @q; true if it was the last one. */
static bool take(unsigned int q)
{
	unsigned int port = head[q] ? head[q] : control.head[q];
	event_word_t old = clear_bits(port, BIT(LINKED) | EVTCHN_FIFO_LINK_MASK);

	head[q] = old & EVTCHN_FIFO_LINK_MASK;
	if ((old & BIT(PENDING)) && !(old & BIT(MASKED))) {
		clear_bits(port, BIT(PENDING));
		seen[nr_seen++ % 64] = port;
	}
	return !head[q];
}

static void upcall(struct trap_frame *frame)
{
	uint32_t ready;

	info->evtchn_upcall_pending = 0;
	ready = __atomic_exchange_n(&control.ready, 0, __ATOMIC_SEQ_CST);
	while (ready) {
		unsigned int q = (unsigned int)__builtin_ctz(ready);

		if (take(q))
			ready &= ~(1u << q);
		ready |= __atomic_exchange_n(&control.ready, 0, __ATOMIC_SEQ_CST);
	}
	evtchn_nr_upcalls++;
	if (style == EVTCHN_VCPU_VECTOR)
		lapic_eoi();
}

static void test_arguments(void)
{
	uint64_t none = (boot_ram_end() >> 12) + 0x100000;

	report_ok(expand_array(boot_gfn(words)) < 0, "there is no array before init_control");
	report_rc(init_control(boot_gfn(&control), 0, 4000), -XEN_ENOENT,
		  "a control block of a vCPU that is not there");
	report_rc(init_control(boot_gfn(&control), 4, 0), -XEN_EINVAL, "one at offset 4");
	report_rc(init_control(boot_gfn(&control), 4096 - 64, 0), -XEN_EINVAL,
		  "one that crosses its page");
	report_rc(init_control(none, 0, 0), -XEN_EINVAL, "one in a frame that is not there");
	report_rc(init_control(boot_gfn(&control), 0, 0), EVTCHN_FIFO_LINK_BITS,
		  "link bits of init_control");
	report_rc(init_control(boot_gfn(&control), 0, 0), -XEN_EINVAL, "a second control block");
	report_rc(expand_array(none), -XEN_EINVAL, "an array page that is not there");
	memset(words, 0, sizeof(words));
	report_rc(expand_array(boot_gfn(words)), 0, "expand_array");
}

static void open_ports(unsigned int *port)
{
	bool ok = true;

	for (unsigned int i = 0; i < NR_PORTS; i++)
		ok &= evtchn_bind_ipi(&port[i]);
	report_ok(ok, "%u ports", NR_PORTS);
	report_rc(set_priority(port[0], 16), -XEN_EINVAL, "priority 16");
	report_rc(set_priority(100000, 3), -XEN_EINVAL, "the priority of a closed port");
}

/* Sent with interrupts off, found in one upcall: the urgent ones first, else in order. */
static void test_priorities(const unsigned int *port)
{
	static const unsigned int priority[NR_PORTS] = { 15, 7, 0, 7, 15, 1, 0, 14, 7, 1, 2, 0 };
	unsigned int at = 0, wrong = 0;

	for (unsigned int i = 0; i < NR_PORTS; i++)
		wrong += set_priority(port[i], priority[i]) != 0;
	report_equal(wrong, 0, "priorities that could not be set");
	evtchn_nr_upcalls = nr_seen = 0;
	for (unsigned int i = 0; i < NR_PORTS; i++)
		wrong += evtchn_op(EVTCHNOP_send, port[i]) != 0;
	wrong += evtchn_op(EVTCHNOP_send, port[3]) != 0;
	report_equal(wrong, 0, "events that could not be sent");
	(void)evtchn_wait_upcalls(2, 20);
	if (boot_option_is("peer", "xen") && style == EVTCHN_VCPU_VECTOR)
		report_skip("Xen gives one more upcall by this vector, with nothing in it");
	else
		report_equal(evtchn_nr_upcalls, 1, "upcalls for all of them");
	report_equal(nr_seen, NR_PORTS, "events in it");
	for (unsigned int p = 0; p < EVTCHN_FIFO_MAX_QUEUES; p++)
		for (unsigned int i = 0; i < NR_PORTS; i++)
			wrong += priority[i] == p && seen[at++] != port[i];
	report_equal(wrong, 0, "events out of order");
}

static void test_masks(unsigned int port)
{
	evtchn_nr_upcalls = nr_seen = 0;
	set_bits(port, BIT(MASKED));
	report_rc(evtchn_op(EVTCHNOP_send, port), 0, "sending on a masked port");
	report_equal(words[port], BIT(MASKED) | BIT(PENDING), "its word");
	report_ok(!evtchn_wait_upcalls(1, 20), "it gives no upcall");
	report_rc(evtchn_op(EVTCHNOP_unmask, port), 0, "unmasking it");
	report_ok(evtchn_wait_upcalls(1, 1000) && seen[0] == port, "and gives the upcall");
	set_bits(port, BIT(MASKED));
	(void)evtchn_op(EVTCHNOP_send, port);
	clear_bits(port, BIT(MASKED));
	report_rc(evtchn_op(EVTCHNOP_unmask, port), 0, "unmasking what the guest has unmasked");
	report_ok(evtchn_wait_upcalls(2, 1000) && nr_seen == 2, "gives the upcall as well");
	/* Masked while linked: it comes out unseen, and unmasking links it again. */
	(void)evtchn_op(EVTCHNOP_send, port);
	set_bits(port, BIT(MASKED));
	report_ok(evtchn_wait_upcalls(3, 1000) && nr_seen == 2, "a port masked late is not seen");
	report_rc(evtchn_op(EVTCHNOP_unmask, port), 0, "unmasking it");
	report_ok(evtchn_wait_upcalls(4, 1000) && nr_seen == 3, "and it is");
	/* Pending already, unmasked, in no queue: as while a handler has not acknowledged. */
	set_bits(port, BIT(PENDING));
	(void)evtchn_op(EVTCHNOP_send, port);
	report_equal(words[port], BIT(PENDING) | BIT(LINKED), "its word after one more event");
	report_ok(evtchn_wait_upcalls(5, 1000) && nr_seen == 4, "it comes again");
	report_equal(words[port], 0, "its word in the end");
}

static void test_many(unsigned int port)
{
	evtchn_nr_upcalls = nr_seen = 0;
	for (unsigned int i = 0; i < 1000; i++) {
		(void)evtchn_op(EVTCHNOP_send, port);
		(void)evtchn_wait_upcalls(i + 1, 1000);
	}
	report_equal(nr_seen, 1000, "events of 1000 sends, each waited for,");
}

static void test_style(enum evtchn_style as, const unsigned int *port)
{
	report_rc(evtchn_set_upcall(as), 0,
		  as == EVTCHN_VCPU_VECTOR ? "the per-vCPU vector" : "the domain-wide vector");
	trap_set_handler(EVTCHN_VECTOR, upcall);
	style = as;
	(void)evtchn_wait_upcalls(evtchn_nr_upcalls + 1, 20); /* what was raised before */
	test_priorities(port);
	test_masks(port[1]);
	test_many(port[5]);
}

static void test_limits(void)
{
	struct evtchn_status s = { .dom = DOMID_SELF, .port = EVTCHN_FIFO_NR_CHANNELS };
	unsigned int nr = 0, last = 0, most, port, wrong = 0;

	for (unsigned int i = 1; i < NR_PAGES; i++)
		wrong += expand_array(boot_gfn(&words[i * WORDS_PER_PAGE])) != 0;
	report_equal(wrong, 0, "pages of 128 that the array does not take");
	report_rc(expand_array(boot_gfn(words)), -XEN_ENOSPC, "the 129th page");
	report_rc(hypercall_2(__HYPERVISOR_event_channel_op, EVTCHNOP_status, &s), -XEN_EINVAL,
		  "status of port 131072");
	report_rc(evtchn_op(EVTCHNOP_send, s.port), -XEN_EINVAL, "sending on it");
	/* All of them take the peer, at half a millisecond each, too long. */
	most = boot_option_is("peer", "xen") ? 5000 : EVTCHN_FIFO_NR_CHANNELS;
	while (nr < most && evtchn_bind_ipi(&port)) {
		last = port;
		nr++;
	}
	if (most == EVTCHN_FIFO_NR_CHANNELS)
		report_equal(last, EVTCHN_FIFO_NR_CHANNELS - 1, "the last port there is");
	else
		report_ok(last >= 5000, "there is a port %u", last);
	evtchn_nr_upcalls = nr_seen = 0;
	report_rc(evtchn_op(EVTCHNOP_send, last), 0, "sending on the last");
	report_ok(evtchn_wait_upcalls(1, 1000) && seen[0] == last, "gives its event");
}

static void test_reset(void)
{
	struct evtchn_reset r = { .dom = DOMID_SELF };
	unsigned int port = 0;

	report_rc(hypercall_2(__HYPERVISOR_event_channel_op, EVTCHNOP_reset, &r), 0, "reset");
	report_ok(evtchn_bind_ipi(&port) && port < 4096, "a port after it, %u", port);
	words[port] = 0;
	evtchn_mask(port);
	(void)evtchn_op(EVTCHNOP_send, port);
	report_ok(evtchn_is_pending(port) && !words[port], "is one of the 2-level ABI");
	report_rc(init_control(boot_gfn(&control), 0, 0), EVTCHN_FIFO_LINK_BITS,
		  "init_control once more");
}

static void test_absent(void)
{
	report_rc(init_control(boot_gfn(&control), 0, 0), -XEN_ENOSYS, "init_control");
	report_rc(expand_array(boot_gfn(words)), -XEN_ENOSYS, "expand_array");
	report_rc(set_priority(1, 1), -XEN_ENOSYS, "set_priority");
}

void guest_main(void)
{
	unsigned int port[NR_PORTS];

	if (boot_option_is("expect", "absent")) {
		test_absent();
		return;
	}
	info = evtchn_map_shared_info() ? evtchn_register_vcpu_info() : NULL;
	report_ok(info, "shared_info and vcpu_info are there");
	if (!info)
		return;
	pvclock_init(&info->time);
	test_arguments();
	open_ports(port);
	test_style(EVTCHN_DOMAIN_VECTOR, port);
	test_style(EVTCHN_VCPU_VECTOR, port);
	test_limits();
	test_reset();
}
