/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Trace buffers through sysctl: made, found, mapped, read as a reader does, filled up, and with
 * a reader that lies. The tool's domain is test_domain.
 */
#include "hv-test.h"

#include <string.h>

#include <candor/support.h>
#include <xen/memory.h>

#include <hv/trace.h>

SUPPORT_TEST(tracing, "unit/hv-trace");
SUPPORT_TEST(sched_null_tracing, "unit/hv-trace");

#define LIST (ARG + 0x1000)
#define WINDOW 0x100 /* guest frames where the reader maps what it is given */
#define EVENT_A (TRC_SCHED_MIN + 0x77)
#define EVENT_B (TRC_HVM_HANDLER + 0x78)

static struct t_buf *ring; /* of CPU 0 */
static uint32_t ring_size; /* bytes of records */

static int tool_setup(void **state)
{
	if (pair_setup(state))
		return -1;
	test_domain->privileged = true;
	ring = NULL;
	return 0;
}

static int tool_teardown(void **state)
{
	trace_exit();
	return pair_teardown(state);
}

static long tbuf(uint32_t cmd, struct xen_sysctl_tbuf_op *p)
{
	struct xen_sysctl op = { .u.tbuf_op = *p };
	long rc;

	op.u.tbuf_op.cmd = cmd;
	rc = sysctl_op(XEN_SYSCTL_tbuf_op, &op);
	*p = op.u.tbuf_op;
	return rc;
}

static long tbuf_size(uint32_t pages)
{
	struct xen_sysctl_tbuf_op op = { .size = pages };

	return tbuf(XEN_SYSCTL_TBUFOP_set_size, &op);
}

static long tbuf_do(uint32_t cmd)
{
	struct xen_sysctl_tbuf_op op = { 0 };

	return tbuf(cmd, &op);
}

static long tbuf_mask(uint32_t mask)
{
	struct xen_sysctl_tbuf_op op = { .evt_mask = mask };

	return tbuf(XEN_SYSCTL_TBUFOP_set_evt_mask, &op);
}

static long tbuf_cpus(uint8_t bits)
{
	struct xen_sysctl_tbuf_op op = { .cpu_mask.nr_bits = 8 };

	op.cpu_mask.bitmap.p = (void *)(uintptr_t)LIST;
	*(uint8_t *)fake_guest(test_domain, LIST) = bits;
	return tbuf(XEN_SYSCTL_TBUFOP_set_cpu_mask, &op);
}

static int32_t map_error;

/* Map frame @m of @owner at WINDOW + @at, as privcmd does. */
static long map_frame(domid_t owner, uint64_t m, unsigned at)
{
	struct xen_add_to_physmap_batch b = { .domid = DOMID_SELF,
					      .space = XENMAPSPACE_gmfn_foreign,
					      .size = 1,
					      .u.foreign_domid = owner };
	uint64_t *list = fake_guest(test_domain, LIST);
	long rc;

	list[0] = m;
	list[1] = WINDOW + at;
	b.idxs.p = (void *)(uintptr_t)LIST;
	b.gpfns.p = (void *)(uintptr_t)(LIST + 8);
	b.errs.p = (void *)(uintptr_t)(LIST + 16);
	rc = hc_arg(__HYPERVISOR_memory_op, XENMEM_add_to_physmap_batch, &b, sizeof(b));
	map_error = *(int32_t *)(list + 2);
	return rc;
}

/* Rings of @pages, on; the first is mapped as a reader finds it by the directory. */
static void start(uint32_t pages)
{
	struct xen_sysctl_tbuf_op op = { 0 };
	const struct t_info *info;
	const uint32_t *mfns;

	assert_int_equal(tbuf_size(pages), 0);
	assert_int_equal(tbuf(XEN_SYSCTL_TBUFOP_get_info, &op), 0);
	assert_int_equal(op.evt_mask, TRC_ALL);
	assert_int_equal(op.size, PAGE_SIZE);
	assert_int_equal(map_frame(DOMID_XEN, op.buffer_mfn, 0), 0);
	assert_int_equal(map_error, 0);
	info = fake_guest(test_domain, (uint64_t)WINDOW << PAGE_SHIFT);
	assert_int_equal(info->tbuf_size, pages);
	mfns = (const uint32_t *)info + info->mfn_offset[0];
	for (unsigned i = 0; i < pages; i++) {
		assert_int_equal(map_frame(DOMID_XEN, mfns[i], 1 + i), 0);
		assert_int_equal(map_error, 0);
	}
	ring = fake_guest(test_domain, (uint64_t)(WINDOW + 1) << PAGE_SHIFT);
	ring_size = pages * (uint32_t)PAGE_SIZE - 8;
	assert_int_equal(tbuf_do(XEN_SYSCTL_TBUFOP_enable), 0);
	ring->cons = ring->prod;
}

static uint32_t offset(uint32_t index)
{
	return index >= ring_size ? index - ring_size : index;
}

static uint32_t advance(uint32_t index, uint32_t by)
{
	return index + by >= 2 * ring_size ? index + by - 2 * ring_size : index + by;
}

struct seen {
	uint32_t event, nr, word[TRACE_EXTRA_MAX];
	bool timed;
	uint64_t cycles;
};

/* Read the next record; false: there is none. It must be whole, and in one piece. */
static bool read_any(struct seen *ret)
{
	const uint32_t *at;
	uint32_t size;

	if (ring->cons == ring->prod)
		return false;
	at = (const uint32_t *)((const char *)(ring + 1) + offset(ring->cons));
	*ret = (struct seen){ .event = TRC_HD_TO_EVENT(*at),
			      .nr = TRC_HD_EXTRA(*at),
			      .timed = TRC_HD_INCLUDES_CYCLE_COUNT(*at) };
	size = 4 + (ret->timed ? 8 : 0) + 4 * ret->nr;
	assert_true(offset(ring->cons) + size <= ring_size);
	at++;
	if (ret->timed) {
		ret->cycles = at[0] | (uint64_t)at[1] << 32;
		at += 2;
	}
	memcpy(ret->word, at, ret->nr * sizeof(*at));
	ring->cons = advance(ring->cons, size);
	return true;
}

static bool read_next(struct seen *ret)
{
	bool some;

	do {
		some = read_any(ret);
	} while (some && ret->event == TRC_TRACE_WRAP_BUFFER);
	return some;
}

static void drain(void)
{
	struct seen s;

	while (read_any(&s))
		;
}

static void write_a(uint32_t n)
{
	trace(EVENT_A, n, ~n);
}

static void sizes(void **state)
{
	assert_int_equal(tbuf_do(XEN_SYSCTL_TBUFOP_enable), -XEN_EINVAL);
	assert_int_equal(tbuf_size(0), -XEN_EINVAL);
	assert_int_equal(tbuf_size(4097), -XEN_EINVAL);
	assert_int_equal(tbuf_size(UINT32_MAX), -XEN_EINVAL);
	/* More than the machine has. */
	assert_int_equal(tbuf_size(4096), -XEN_ENOMEM);
	assert_int_equal(tbuf_do(XEN_SYSCTL_TBUFOP_enable), -XEN_EINVAL);
	start(3);
	assert_int_equal(tbuf_size(1), -XEN_EINVAL);
	assert_int_equal(tbuf_do(6), -XEN_EINVAL);
	test_domain->privileged = false;
	assert_int_equal(tbuf_do(XEN_SYSCTL_TBUFOP_get_info), -XEN_EPERM);
}

static void no_memory(void **state)
{
	uint64_t free = frames_nr_free();
	unsigned n = 1;

	for (;; n++) {
		long rc;

		alloc_fail_at(n);
		rc = tbuf_size(2);
		if (!alloc_failed())
			break;
		assert_int_equal(rc, -XEN_ENOMEM);
		assert_int_equal(frames_nr_free(), free);
	}
	assert_int_equal(n, 4);
	alloc_fail_at(0);
}

/* Only what is for reading, only by a privileged domain, only where it is named as Xen's. */
static void foreign_frames(void **state)
{
	struct xen_sysctl_tbuf_op op = { 0 };
	mfn_t secret = frames_alloc(0);

	frames_assign(secret, 0, NULL);
	assert_int_equal(map_frame(DOMID_XEN, 5, 0), 0);
	assert_int_equal(map_error, -XEN_EINVAL);
	start(1);
	assert_int_equal(map_frame(DOMID_XEN, secret.n, 9), 0);
	assert_int_equal(map_error, -XEN_EINVAL);
	assert_int_equal(map_frame(DOMID_XEN, UINT64_MAX, 9), 0);
	assert_int_equal(map_error, -XEN_EINVAL);
	assert_int_equal(map_frame(DOMID_XEN, test_domain->shared_info_mfn.n, 9), 0);
	assert_int_equal(map_error, -XEN_EINVAL);
	assert_int_equal(tbuf(XEN_SYSCTL_TBUFOP_get_info, &op), 0);
	assert_int_equal(frame_refs(mfn(op.buffer_mfn)), 2);
	test_domain->privileged = false;
	assert_int_equal(map_frame(DOMID_XEN, op.buffer_mfn, 10), -XEN_EPERM);
	assert_int_equal(frame_refs(mfn(op.buffer_mfn)), 2);
	frame_put(secret);
}

static void records(void **state)
{
	struct seen s;

	start(1);
	drain();
	fake_host.now = 0x123456789;
	write_a(7);
	trace(EVENT_B, 1);
	assert_true(read_next(&s));
	assert_int_equal(s.event, EVENT_A);
	assert_true(s.timed);
	assert_int_equal(s.cycles, 0x123456789);
	assert_int_equal(s.nr, 2);
	assert_int_equal(s.word[0], 7);
	assert_int_equal(s.word[1], ~7u);
	assert_true(read_next(&s));
	assert_int_equal(s.event, EVENT_B);
	assert_false(s.timed);
	assert_int_equal(s.nr, 1);
	assert_false(read_next(&s));
	trace_write(EVENT_A, NULL, 0);
	assert_true(read_next(&s));
	assert_int_equal(s.nr, 0);
}

static unsigned count(void)
{
	struct seen s;
	unsigned n = 0;

	while (read_next(&s))
		n++;
	return n;
}

static void masks(void **state)
{
	start(1);
	drain();
	assert_int_equal(tbuf_mask(TRC_HVM), 0);
	write_a(1);
	assert_int_equal(count(), 0);
	trace(EVENT_B, 1);
	assert_int_equal(count(), 1);
	/* The class, but another subclass of it. */
	assert_int_equal(tbuf_mask(TRC_HVM_ENTRYEXIT), 0);
	trace(EVENT_B, 1);
	assert_int_equal(count(), 0);
	assert_int_equal(tbuf_mask(TRC_SCHED_MIN), 0);
	write_a(1);
	assert_int_equal(count(), 1);
	assert_int_equal(tbuf_cpus(2), 0);
	write_a(1);
	assert_int_equal(count(), 0);
	assert_int_equal(tbuf_cpus(3), 0);
	write_a(1);
	assert_int_equal(count(), 1);
	assert_int_equal(tbuf_do(XEN_SYSCTL_TBUFOP_disable), 0);
	assert_false(trace_on());
	write_a(1);
	assert_int_equal(count(), 0);
	assert_int_equal(tbuf_do(XEN_SYSCTL_TBUFOP_enable), 0);
	write_a(1);
	assert_int_equal(count(), 1);
	assert_int_equal(tbuf_mask(0), 0);
	assert_false(trace_on());
}

/* Many times around, with records of all sizes: none is torn, missing or out of order. */
static void around(void **state)
{
	uint32_t words[TRACE_EXTRA_MAX], next = 0, written = 0;
	struct seen s;

	start(1);
	drain();
	for (unsigned round = 0; round < 5000; round++) {
		unsigned nr = 1 + round * 7 % TRACE_EXTRA_MAX;

		for (unsigned i = 0; i < nr; i++)
			words[i] = written + i;
		trace_write(round % 3 ? EVENT_A : EVENT_B, words, nr);
		written++;
		if (round % 11 != 10)
			continue;
		while (read_next(&s)) {
			for (unsigned i = 0; i < s.nr; i++)
				assert_int_equal(s.word[i], next + i);
			next++;
		}
	}
	while (read_next(&s))
		next++;
	assert_int_equal(next, written);
}

static void lost(void **state)
{
	uint32_t fits, sum = 0;
	struct seen s;

	start(1);
	drain();
	fake_host.now = 1000;
	for (unsigned i = 0; i < 1000; i++, fake_host.now++)
		write_a(i);
	for (fits = 0; read_next(&s); fits++) {
		assert_int_equal(s.event, EVENT_A);
		assert_int_equal(s.word[0], fits);
	}
	assert_in_range(fits, ring_size / 20 - 4, ring_size / 20);
	write_a(1000);
	assert_true(read_next(&s));
	assert_int_equal(s.event, TRC_LOST_RECORDS);
	assert_int_equal(s.nr, 4);
	sum = s.word[0];
	assert_int_equal(fits + sum, 1000);
	assert_int_equal(s.word[1], trace_idle(0));
	assert_int_equal(s.word[2], 1000 + fits);
	assert_true(read_next(&s));
	assert_int_equal(s.word[0], 1000);
}

/* Whatever the reader says it has read: nothing is written beyond the ring. */
static void liar(void **state)
{
	static const uint32_t lies[] = { UINT32_MAX, 0x80000000, 1,    2,    3,	   5,	 4087,
					 4088,	     4089,	 8175, 8176, 8177, 12345 };
	uint32_t random = 12345;

	start(1);
	for (unsigned i = 0; i < 20000; i++) {
		random = random * 1103515245 + 12345;
		ring->cons = i % 3 ? lies[i % ARRAY_SIZE(lies)] : random;
		if (i % 7 == 0)
			ring->prod = random >> 3;
		write_a(i);
		trace(EVENT_B, i, i, i, i, i, i, i);
	}
	/* The ring's own index was never theirs: it comes again with the first that has room. */
	ring->prod = UINT32_MAX;
	for (uint32_t cons = 0; cons < 2 * ring_size && ring->prod == UINT32_MAX; cons += 4) {
		ring->cons = cons;
		write_a(1);
	}
	assert_true(ring->prod < 2 * ring_size && ring->prod % 4 == 0);
	ring->cons = ring->prod;
	write_a(2);
	drain();
	write_a(3);
	assert_int_equal(count(), 1);
}

static unsigned virq_pending(evtchn_port_t port)
{
	return (unsigned)(test_domain->shared_info->evtchn_pending[0] >> port & 1);
}

static void half_full(void **state)
{
	struct evtchn_bind_virq b = { .virq = VIRQ_TBUF };

	assert_int_equal(hc_arg(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_virq, &b, sizeof(b)),
			 0);
	start(1);
	drain();
	cpu_take_work(cpu_this());
	for (unsigned i = 0; ring->prod < ring_size / 2 - 20; i++)
		write_a(i);
	cpu_take_work(cpu_this());
	assert_false(virq_pending(b.port));
	write_a(0);
	write_a(0);
	assert_false(virq_pending(b.port));
	cpu_take_work(cpu_this());
	assert_true(virq_pending(b.port));
}

/* What the hypervisor itself records: the states of a vCPU follow one another. */
static void runstates(void **state)
{
	struct vcpu *v = peer_domain->vcpu[0];
	unsigned changes = 0, wakes = 0;
	int was = -1;
	struct seen s;

	start(4);
	for (unsigned i = 0; i < 5; i++) {
		vcpu_block(v);
		fake_host.now += 1000;
		vcpu_wake(v);
		sched_pick(cpu_this(), fake_host.now);
	}
	while (read_next(&s)) {
		wakes += s.event == TRC_SCHED_WAKE && s.word[0] == PEER_DOMID;
		if ((s.event & ~0xff0u) != TRC_SCHED_RUNSTATE_CHANGE || s.word[0] != trace_vcpu(v))
			continue;
		assert_true(was < 0 || was == (int)(s.event >> 8 & 15));
		was = (int)(s.event >> 4 & 15);
		changes++;
	}
	assert_int_equal(wakes, 5);
	assert_true(changes >= 10);
}

/* The null scheduler's own records: a vCPU gets a CPU, and gives it back when it ends. */
static void null_records(void **state)
{
	unsigned seen[8] = { 0 };
	struct seen s;

	if (!SUPPORT_ENABLED(sched_null))
		skip();
	if (!SUPPORT_ENABLED(sched_null_tracing))
		skip();
	start(4);
	assert_int_equal(tbuf_mask(TRC_SCHED_CLASS), 0);
	drain();
	/* One has the only CPU, the others wait: when it goes down, the next gets it. */
	vcpu_down(test_domain->vcpu[0]);
	for (unsigned i = 0; i < 3; i++)
		sched_pick(cpu_this(), fake_host.now);
	vcpu_block(peer_domain->vcpu[1]);
	vcpu_wake(peer_domain->vcpu[1]);
	while (read_next(&s)) {
		uint32_t event = s.event - (uint32_t)(TRC_SCHED_CLASS_EVT(SNULL, 0) & UINT32_MAX);

		assert_in_range(event, 1, 5);
		assert_int_equal(s.nr, 2);
		seen[event]++;
	}
	for (unsigned i = 1; i <= 5; i++)
		assert_true(seen[i]);
}

static int null_setup(void **state)
{
	if (SUPPORT_ENABLED(sched_null) && sched_option("sched", "null"))
		return -1;
	return tool_setup(state);
}

static int null_teardown(void **state)
{
	int rc = tool_teardown(state);

	return sched_option("sched", "credit2") ? -1 : rc;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(sizes, tool_setup, tool_teardown),
		cmocka_unit_test_setup_teardown(no_memory, tool_setup, tool_teardown),
		cmocka_unit_test_setup_teardown(foreign_frames, tool_setup, tool_teardown),
		cmocka_unit_test_setup_teardown(records, tool_setup, tool_teardown),
		cmocka_unit_test_setup_teardown(masks, tool_setup, tool_teardown),
		cmocka_unit_test_setup_teardown(around, tool_setup, tool_teardown),
		cmocka_unit_test_setup_teardown(lost, tool_setup, tool_teardown),
		cmocka_unit_test_setup_teardown(liar, tool_setup, tool_teardown),
		cmocka_unit_test_setup_teardown(half_full, tool_setup, tool_teardown),
		cmocka_unit_test_setup_teardown(runstates, tool_setup, tool_teardown),
		cmocka_unit_test_setup_teardown(null_records, null_setup, null_teardown),
	};

	return cmocka_run_group_tests_name("hv-trace", tests, NULL, NULL);
}
