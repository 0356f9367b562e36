/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A guest's half of the FIFO ABI, on arch/fake. */
#include "fifo-guest.h"

#include <string.h>

static uint32_t local_head[NR_PRIORITIES]; /* the guest's own, as Linux keeps them */

long fifo_op(uint32_t cmd, void *arg, size_t size)
{
	return hc_arg(__HYPERVISOR_event_channel_op, cmd, arg, size);
}

long fifo_port_op(uint32_t cmd, evtchn_port_t port)
{
	return fifo_op(cmd, &port, sizeof(port));
}

long fifo_init_control(uint64_t g, uint32_t offset, uint32_t vcpu)
{
	struct evtchn_init_control c = { .control_gfn = g, .offset = offset, .vcpu = vcpu };
	long rc = fifo_op(EVTCHNOP_init_control, &c, sizeof(c));

	assert_int_equal(c.link_bits, rc ? 0 : EVTCHN_FIFO_LINK_BITS);
	return rc;
}

long fifo_expand_array(uint64_t g)
{
	struct evtchn_expand_array e = { .array_gfn = g };

	return fifo_op(EVTCHNOP_expand_array, &e, sizeof(e));
}

long fifo_set_priority(evtchn_port_t port, uint32_t priority)
{
	struct evtchn_set_priority s = { .port = port, .priority = priority };

	return fifo_op(EVTCHNOP_set_priority, &s, sizeof(s));
}

long fifo_bind_ipi(evtchn_port_t *ret_port)
{
	struct evtchn_bind_ipi b = { .vcpu = 0 };
	long rc = fifo_op(EVTCHNOP_bind_ipi, &b, sizeof(b));

	*ret_port = b.port;
	return rc;
}

long fifo_reset(void)
{
	struct evtchn_reset r = { .dom = DOMID_SELF };

	return fifo_op(EVTCHNOP_reset, &r, sizeof(r));
}

struct evtchn_fifo_control_block *fifo_control(void)
{
	return fake_guest(test_domain, CONTROL_GFN * PAGE_SIZE + CONTROL_OFFSET);
}

event_word_t *fifo_word(evtchn_port_t port)
{
	uint64_t g = ARRAY_GFN + port / WORDS_PER_PAGE % 16;

	return (event_word_t *)fake_guest(test_domain, g * PAGE_SIZE) + port % WORDS_PER_PAGE;
}

void fifo_start(void)
{
	memset(local_head, 0, sizeof(local_head));
	memset(fifo_control(), 0, sizeof(*fifo_control()));
	assert_int_equal(fifo_init_control(CONTROL_GFN, CONTROL_OFFSET, 0), 0);
	assert_int_equal(fifo_expand_array(ARRAY_GFN), 0);
}

unsigned fifo_upcalls_taken(void)
{
	unsigned nr = test_vcpu->arch->nr_upcalls;

	test_vcpu->info->evtchn_upcall_pending = 0;
	test_vcpu->info->evtchn_pending_sel = 0;
	test_vcpu->arch->nr_upcalls = 0;
	return nr;
}

evtchn_port_t fifo_take(uint32_t *ready, bool *ret_due)
{
	unsigned q;
	evtchn_port_t port;
	event_word_t *w;

	*ready |= __atomic_exchange_n(&fifo_control()->ready, 0, __ATOMIC_SEQ_CST);
	if (!*ready)
		return 0;
	q = (unsigned)__builtin_ctz(*ready);
	port = local_head[q] ? local_head[q] : fifo_control()->head[q];
	assert_in_range(port, 1, WORDS_PER_PAGE * 16);
	w = fifo_word(port);
	assert_true(*w & BIT(LINKED));
	local_head[q] = *w & EVTCHN_FIFO_LINK_MASK;
	*w &= ~(BIT(LINKED) | EVTCHN_FIFO_LINK_MASK);
	if (!local_head[q])
		*ready &= ~(1u << q);
	*ret_due = (*w & BIT(PENDING)) && !(*w & BIT(MASKED));
	return port;
}

evtchn_port_t fifo_take_due(uint32_t *ready)
{
	evtchn_port_t port;
	bool due = false;

	do
		port = fifo_take(ready, &due);
	while (port && !due);
	if (port)
		*fifo_word(port) &= ~BIT(PENDING);
	return port;
}

void fifo_unmask(evtchn_port_t port)
{
	*fifo_word(port) &= ~BIT(MASKED);
	if (*fifo_word(port) & BIT(PENDING))
		assert_int_equal(fifo_port_op(EVTCHNOP_unmask, port), 0);
}
