/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sysctl tbuf_op: the rings of trace records are made, found, and switched on and off. They
 * are made once and then stay: a reader may have them mapped.
 */
#include <hv/frames.h>
#include <hv/string.h>

#include "toolstack.h"
#include "trace.h"

/* Frames of one ring; and what the words of the directory can name. */
#define MAX_PAGES 4096u
#define MAX_OFFSET UINT16_MAX

static struct spinlock lock =
	SPINLOCK_INIT(LOCK_TRACE); /* of all below, and of cpu->trace's being written */
static bool enabled;
static uint32_t wanted_mask = TRC_ALL;
static bool cpus_chosen;	/* else all record */
static mfn_t info_frames;	/* of the directory, struct t_info */
static uint32_t info_nr_frames; /* 0: there are no rings */

/* @nr contiguous, zeroed frames of the hypervisor's own that others may map. */
static int frames_create(uint32_t nr, mfn_t *ret_m)
{
	unsigned order = nr > 1 ? 32 - (unsigned)__builtin_clz(nr - 1) : 0;
	mfn_t m = frames_alloc(order);

	if (!mfn_valid(m))
		return -XEN_ENOMEM;
	/* Back with what was given too much, piece by aligned piece. */
	for (uint32_t n = nr; n < 1u << order; n += 1u << __builtin_ctz(n))
		frames_free(mfn_add(m, n), (unsigned)__builtin_ctz(n));
	for (uint32_t n = 0; n < nr; n++) {
		memset(arch_frame_map(mfn_add(m, n)), 0, PAGE_SIZE);
		frames_assign(mfn_add(m, n), 0, NULL);
	}
	*ret_m = m;
	return 0;
}

/* Those that are mapped go when that ends. */
static void frames_destroy(mfn_t m, uint32_t nr)
{
	for (uint32_t n = 0; n < nr; n++)
		frame_put(mfn_add(m, n));
}

static void rings_destroy(void)
{
	cpumask_for_each(id, &cpus_online)
	{
		struct cpu *cpu = cpu_get(id);
		struct trace_ring *r = cpu->trace;

		if (!r)
			continue;
		__atomic_store_n(&cpu->trace, NULL, __ATOMIC_RELEASE);
		frames_destroy(r->frames, r->nr_frames);
		heap_free(r);
	}
}

static int ring_create(struct cpu *cpu, uint32_t pages)
{
	struct trace_ring *r = heap_alloc(sizeof(*r));
	mfn_t m;
	int rc;

	if (!r)
		return -XEN_ENOMEM;
	rc = frames_create(pages, &m);
	if (rc) {
		heap_free(r);
		return rc;
	}
	trace_ring_init(r, m, pages);
	__atomic_store_n(&cpu->trace, r, __ATOMIC_RELEASE);
	return 0;
}

static unsigned nr_ids(void)
{
	unsigned last = 0;

	cpumask_for_each(id, &cpus_online) last = id;
	return last + 1;
}

/* Where the lists of frames begin in the directory, in words of 32 bits. */
static uint32_t lists_start(void)
{
	uint32_t head = offsetof(struct t_info, mfn_offset) + nr_ids() * sizeof(uint16_t);

	return (head + 3) / sizeof(uint32_t);
}

static void write_info(uint32_t pages)
{
	struct t_info *info = arch_frame_map(info_frames);
	uint32_t *words = (uint32_t *)info, at = lists_start();

	info->tbuf_size = (uint16_t)pages;
	cpumask_for_each(id, &cpus_online)
	{
		const struct trace_ring *r = cpu_get(id)->trace;

		info->mfn_offset[id] = (uint16_t)at;
		for (uint32_t n = 0; n < pages; n++)
			words[at++] = (uint32_t)mfn_add(r->frames, n).n;
	}
}

static int rings_create(uint32_t pages)
{
	uint64_t words = lists_start() + (uint64_t)pages * cpumask_weight(&cpus_online);
	uint32_t info_pages;
	int rc;

	if (!pages || pages > MAX_PAGES || words > MAX_OFFSET)
		return -XEN_EINVAL;
	/* The lists hold 32 bits of each frame. */
	if (frames_highest().n > UINT32_MAX)
		return -XEN_EOPNOTSUPP;
	info_pages = (uint32_t)ALIGN_UP(words * sizeof(uint32_t), PAGE_SIZE) / PAGE_SIZE;
	rc = frames_create(info_pages, &info_frames);
	if (rc)
		return rc;
	cpumask_for_each(id, &cpus_online) if (!rc) rc = ring_create(cpu_get(id), pages);
	if (rc) {
		rings_destroy();
		frames_destroy(info_frames, info_pages);
		return rc;
	}
	write_info(pages);
	info_nr_frames = info_pages;
	return 0;
}

static bool in_frames(mfn_t m, mfn_t first, uint32_t nr)
{
	return m.n >= first.n && m.n - first.n < nr;
}

bool trace_shares_frame(mfn_t m)
{
	bool found = false;

	spin_lock(&lock);
	if (info_nr_frames) {
		found = in_frames(m, info_frames, info_nr_frames);
		cpumask_for_each(id, &cpus_online)
		{
			const struct trace_ring *r = cpu_get(id)->trace;

			found |= in_frames(m, r->frames, r->nr_frames);
		}
	}
	spin_unlock(&lock);
	return found;
}

/* What everybody looks at follows what was asked for. */
static void apply(void)
{
	__atomic_store_n(&trace_mask, enabled ? wanted_mask : 0, __ATOMIC_RELEASE);
	__atomic_store_n(&trace_any, enabled && wanted_mask, __ATOMIC_RELEASE);
}

void trace_exit(void)
{
	spin_lock(&lock);
	enabled = false;
	wanted_mask = TRC_ALL;
	cpus_chosen = false;
	apply();
	if (info_nr_frames) {
		rings_destroy();
		frames_destroy(info_frames, info_nr_frames);
		info_nr_frames = 0;
	}
	spin_unlock(&lock);
}

static int set_size(uint32_t pages)
{
	/* A reader may have mapped what there is. */
	return info_nr_frames ? -XEN_EINVAL : rings_create(pages);
}

/* Each word is read and written whole. */
static void choose_cpus(const struct cpumask *cpus)
{
	for (unsigned i = 0; i < CPUMASK_WORDS; i++)
		__atomic_store_n(&trace_cpus.word[i], cpus->word[i], __ATOMIC_RELAXED);
}

static int enable(void)
{
	struct cpumask all;

	if (!info_nr_frames)
		return -XEN_EINVAL;
	cpumask_fill(&all);
	if (!cpus_chosen)
		choose_cpus(&all);
	enabled = true;
	apply();
	return 0;
}

static void get_info(struct xen_sysctl_tbuf_op *op)
{
	op->evt_mask = wanted_mask;
	op->buffer_mfn = info_nr_frames ? info_frames.n : 0;
	op->size = info_nr_frames * (uint32_t)PAGE_SIZE;
}

static int run(struct xen_sysctl_tbuf_op *op, const struct cpumask *cpus)
{
	switch (op->cmd) {
	case XEN_SYSCTL_TBUFOP_get_info:
		get_info(op);
		return 0;
	case XEN_SYSCTL_TBUFOP_set_cpu_mask:
		choose_cpus(cpus);
		cpus_chosen = true;
		return 0;
	case XEN_SYSCTL_TBUFOP_set_evt_mask:
		wanted_mask = op->evt_mask;
		apply();
		return 0;
	case XEN_SYSCTL_TBUFOP_set_size:
		return set_size(op->size);
	case XEN_SYSCTL_TBUFOP_enable:
		return enable();
	case XEN_SYSCTL_TBUFOP_disable:
		enabled = false;
		apply();
		return 0;
	}
	return -XEN_EINVAL;
}

long trace_sysctl(struct vcpu *v, struct xen_sysctl *op, bool *copy)
{
	struct cpumask cpus;
	int rc;

	if (!SUPPORT_ACTIVE(tracing))
		return -XEN_ENOSYS;
	if (op->u.tbuf_op.cmd == XEN_SYSCTL_TBUFOP_set_cpu_mask) {
		rc = bitmap_from_guest(v, &cpus, &op->u.tbuf_op.cpu_mask);
		if (rc)
			return rc;
	}
	spin_lock(&lock);
	rc = run(&op->u.tbuf_op, &cpus);
	spin_unlock(&lock);
	*copy = true;
	return rc;
}
