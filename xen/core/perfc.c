/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads the performance counters: for the toolstack (sysctl perfc_op) and for the debug keys. A
 * reset does not touch what CPUs count in, it remembers where they are: none is lost by it.
 */
#include <hv/perfc.h>

#include <stdint.h>

#include <hv/printk.h>
#include <hv/string.h>

#include "toolstack.h"

SUPPORT_PROVIDES(performance_counters, "common");

static const struct description {
	const char *name;
	unsigned first;
	unsigned nr; /* of an array; 0: one value, told of each CPU */
} descriptions[] = {
#define PERFC(id, name) { name, PERFC_##id, 0 },
#define PERFC_ARRAY(id, name, nr) { name, PERFC_##id, nr },
#include <hv/perfc.def>
#undef PERFC
#undef PERFC_ARRAY
};

_Static_assert(sizeof(struct xen_sysctl_perfc_desc) == 84, "xen/sysctl.h");

static unsigned nr_vals(const struct description *d)
{
	return d->nr ? d->nr : cpumask_weight(&cpus_online);
}

static uint32_t since_reset(unsigned cpu, unsigned counter)
{
	const struct perfc_set *s = &cpu_get(cpu)->perfc;

	return __atomic_load_n(&s->value[counter], __ATOMIC_RELAXED) -
	       __atomic_load_n(&s->zero[counter], __ATOMIC_RELAXED);
}

static uint32_t sum(unsigned counter)
{
	uint32_t all = 0;

	cpumask_for_each(id, &cpus_online) all += since_reset(id, counter);
	return all;
}

void perfc_reset(void)
{
	cpumask_for_each(id, &cpus_online)
	{
		struct perfc_set *s = &cpu_get(id)->perfc;

		for (unsigned i = 0; i < PERFC_NR; i++)
			__atomic_store_n(&s->zero[i],
					 __atomic_load_n(&s->value[i], __ATOMIC_RELAXED),
					 __ATOMIC_RELAXED);
	}
}

static void show_array(const struct description *d)
{
	for (unsigned i = 0; i < d->nr; i++)
		if (sum(d->first + i))
			printk(LOG_ERROR, "  %s[%u]: %u", d->name, i, sum(d->first + i));
}

void perfc_show(void)
{
	for (unsigned i = 0; i < ARRAY_SIZE(descriptions); i++) {
		const struct description *d = &descriptions[i];

		if (d->nr)
			show_array(d);
		else if (sum(d->first))
			printk(LOG_ERROR, "  %s: %u", d->name, sum(d->first));
	}
}

static int copy_desc(struct vcpu *v, uint64_t to, unsigned n)
{
	const struct description *d = &descriptions[n];
	struct xen_sysctl_perfc_desc desc = { .nr_vals = nr_vals(d) };

	memcpy(desc.name, d->name, MIN(strlen(d->name), sizeof(desc.name) - 1));
	return copy_elements(v, to, n, &desc, 1, sizeof(desc));
}

/* The values of counter @n, from element *at of the list on, which moves behind them. */
static int copy_vals(struct vcpu *v, uint64_t to, unsigned n, uint32_t *at)
{
	const struct description *d = &descriptions[n];
	xen_sysctl_perfc_val_t val;

	for (unsigned i = 0; i < d->nr; i++) {
		val = sum(d->first + i);
		if (copy_elements(v, to, (*at)++, &val, 1, sizeof(val)))
			return -XEN_EFAULT;
	}
	if (d->nr)
		return 0;
	cpumask_for_each(id, &cpus_online)
	{
		val = since_reset(id, d->first);
		if (copy_elements(v, to, (*at)++, &val, 1, sizeof(val)))
			return -XEN_EFAULT;
	}
	return 0;
}

/* Bounded by the table and the CPUs; each value is one word. */
static long query(struct vcpu *v, struct xen_sysctl_perfc_op *op)
{
	uint64_t descs = handle_address(op->desc), vals = handle_address(op->val);
	uint32_t at = 0, nr = 0;

	for (unsigned n = 0; n < ARRAY_SIZE(descriptions); n++) {
		if ((descs && copy_desc(v, descs, n)) || (vals && copy_vals(v, vals, n, &at)))
			return -XEN_EFAULT;
		nr += nr_vals(&descriptions[n]);
	}
	op->nr_counters = ARRAY_SIZE(descriptions);
	op->nr_vals = nr;
	return 0;
}

long perfc_sysctl(struct vcpu *v, struct xen_sysctl *op, bool *copy)
{
	uint32_t cmd = op->u.perfc_op.cmd;

	if (cmd != XEN_SYSCTL_PERFCOP_reset && cmd != XEN_SYSCTL_PERFCOP_query)
		return -XEN_EINVAL;
	if (cmd == XEN_SYSCTL_PERFCOP_reset)
		perfc_reset();
	*copy = true;
	return query(v, &op->u.perfc_op);
}
