/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random walks over the FIFO ABI of event channels: against a model that knows nothing
 * of words and links, and with a guest that forges all it can write.
 */
#include "fifo-guest.h"

#include <stdlib.h>
#include <string.h>

#include <candor/support.h>

SUPPORT_TEST(evtchn_fifo, "unit/hv-fifo-walk");

/* What a guest is to see of each port, without words or links: queues of numbers. */
#define MODEL_PORTS 40

struct model {
	bool open[MODEL_PORTS], pending[MODEL_PORTS], masked[MODEL_PORTS], queued[MODEL_PORTS];
	unsigned priority[MODEL_PORTS];
	unsigned queue[NR_PRIORITIES][MODEL_PORTS], nr[NR_PRIORITIES];
};

static void model_queue(struct model *m, unsigned p)
{
	unsigned q = m->priority[p];

	if (!m->pending[p] || m->masked[p] || m->queued[p])
		return;
	m->queued[p] = true;
	m->queue[q][m->nr[q]++] = p;
}

/* What fifo_take() is to give: any port, due or not. */
static unsigned model_take(struct model *m)
{
	for (unsigned q = 0; q < NR_PRIORITIES; q++) {
		unsigned p = m->queue[q][0];

		if (!m->nr[q])
			continue;
		memmove(&m->queue[q][0], &m->queue[q][1], --m->nr[q] * sizeof(m->queue[q][0]));
		m->queued[p] = false;
		return p;
	}
	return 0;
}

static void walk_take(struct model *m, uint32_t *ready)
{
	unsigned want = model_take(m);
	bool due = false;

	assert_int_equal(fifo_take(ready, &due), want);
	assert_int_equal(due, want && m->pending[want] && !m->masked[want]);
	/* Some are acknowledged late: they stay pending, in no queue. */
	if (due && rand() % 4) {
		*fifo_word(want) &= ~BIT(PENDING);
		m->pending[want] = false;
	}
}

static void walk_open_or_close(struct model *m, unsigned p)
{
	evtchn_port_t port, lowest = 1;

	if (m->open[p]) {
		assert_int_equal(fifo_port_op(EVTCHNOP_close, p), 0);
		m->open[p] = m->pending[p] = false;
		return;
	}
	while (m->open[lowest])
		lowest++;
	assert_int_equal(fifo_bind_ipi(&port), 0);
	assert_int_equal(port, lowest);
	m->open[port] = true;
	m->priority[port] = EVTCHN_FIFO_PRIORITY_DEFAULT;
}

static void walk_step(struct model *m, unsigned p, uint32_t *ready)
{
	switch (rand() % 8) {
	case 0:
		if (rand() % 4 == 0)
			walk_open_or_close(m, p);
		break;
	case 1:
		*fifo_word(p) |= BIT(MASKED);
		m->masked[p] = true;
		break;
	case 2:
		if (!m->open[p])
			break;
		fifo_unmask(p);
		m->masked[p] = false;
		model_queue(m, p);
		break;
	case 3:
		if (!m->open[p])
			break;
		m->priority[p] = (unsigned)rand() % NR_PRIORITIES;
		assert_int_equal(fifo_set_priority(p, m->priority[p]), 0);
		break;
	case 4:
	case 5:
		assert_int_equal(fifo_port_op(EVTCHNOP_send, p), m->open[p] ? 0 : -XEN_EINVAL);
		if (!m->open[p])
			break;
		m->pending[p] = true;
		model_queue(m, p);
		break;
	default:
		walk_take(m, ready);
	}
}

static void random_walk_against_a_model(void **state)
{
	for (unsigned seed = 1; seed <= 20; seed++) {
		struct model m = { 0 };
		uint32_t ready = 0;

		srand(seed);
		fifo_start();
		for (unsigned round = 0; round < 10000; round++) {
			unsigned p = 1 + (unsigned)rand() % (MODEL_PORTS - 1);

			walk_step(&m, p, &ready);
			assert_int_equal(!!(*fifo_word(p) & BIT(PENDING)), m.pending[p]);
			assert_int_equal(!!(*fifo_word(p) & BIT(MASKED)), m.masked[p]);
			assert_int_equal(!!(*fifo_word(p) & BIT(LINKED)), m.queued[p]);
			/* Something is queued: the guest has been told, or is at it. */
			if (m.queued[p])
				assert_true(ready || fifo_control()->ready);
		}
		assert_int_equal(fifo_reset(), 0);
		memset(fifo_word(0), 0, PAGE_SIZE);
	}
}

/* Pages of the guest that are neither array nor control block, for a change to show. */
static uint32_t other_pages(void)
{
	uint32_t sum = 0;

	for (uint64_t g = CONTROL_GFN + 4; g < TEST_RAM_PAGES; g++)
		for (unsigned i = 0; i < PAGE_SIZE / 4; i++)
			sum = sum * 31 + ((uint32_t *)fake_guest(test_domain, g * PAGE_SIZE))[i];
	return sum;
}

static void forge(void)
{
	static const uint32_t bits[] = { BIT(PENDING), BIT(MASKED), BIT(LINKED), BIT(BUSY), 0 };
	event_word_t *w =
		fifo_word((evtchn_port_t)rand() % 3 * WORDS_PER_PAGE + (unsigned)rand() % 64);
	uint32_t link = (uint32_t)rand() & EVTCHN_FIFO_LINK_MASK;
	uint32_t one = bits[rand() % 5], other = bits[rand() % 5];

	*w = one | other | (rand() % 2 ? link : 0);
	if (rand() % 4 == 0)
		memset(fifo_control(), rand(), sizeof(*fifo_control()));
}

/*
 * Random operations against a guest that forges words, heads and ready bits: each
 * result is one of the ABI's, and nothing but words and control block is written.
 */
static void random_walk_with_a_hostile_guest(void **state)
{
	static const uint32_t cmds[] = { EVTCHNOP_close,	EVTCHNOP_send,
					 EVTCHNOP_unmask,	EVTCHNOP_bind_ipi,
					 EVTCHNOP_expand_array, EVTCHNOP_set_priority,
					 EVTCHNOP_init_control };
	uint32_t before;

	srand(3);
	fifo_start();
	before = other_pages();
	for (unsigned round = 0; round < 200000; round++) {
		uint32_t cmd = cmds[(unsigned)rand() % ARRAY_SIZE(cmds)];
		uint32_t arg[6] = { (uint32_t)rand() % 2100, (uint32_t)rand() % 20 };
		long rc;

		if (cmd == EVTCHNOP_expand_array || cmd == EVTCHNOP_init_control)
			memcpy(arg, &(uint64_t){ ARRAY_GFN + (uint64_t)rand() % 3 }, 8);
		if (cmd == EVTCHNOP_bind_ipi)
			arg[0] = 0;
		forge();
		rc = fifo_op(cmd, arg, sizeof(arg));
		assert_true(!rc || rc == -XEN_EINVAL || rc == -XEN_ENOENT || rc == -XEN_ENOSPC);
		fifo_upcalls_taken();
	}
	assert_int_equal(other_pages(), before);
	assert_true(domain_gfn_pinned(test_domain, gfn(ARRAY_GFN)));
}

#define D(f) cmocka_unit_test_setup_teardown(f, domain_setup, domain_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		D(random_walk_against_a_model),
		D(random_walk_with_a_hostile_guest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
