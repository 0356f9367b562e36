/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Debug keys: one table. What they print comes from values that may change meanwhile. */
#include <hv/debugkeys.h>

#include <stdint.h>

#include <xen/sched.h>

#include <hv/domain.h>
#include <hv/evtchn.h>
#include <hv/frames.h>
#include <hv/perfc.h>
#include <hv/printk.h>
#include <hv/sched.h>

#include <arch/arch.h>

static void show_help(void);

/* Run @fn for each domain that exists. */
static void each_domain(void (*fn)(struct domain *d))
{
	struct domain *d;

	for (domid_t id = 0; (d = domain_find_from(id));) {
		id = (domid_t)(d->id + 1);
		fn(d);
		domain_put(d);
	}
}

static void show_domain(struct domain *d)
{
	printk(LOG_ERROR, "d%u: %u vcpus, %lu of %lu pages, paused %u, shutdown %d, refs %u", d->id,
	       d->nr_vcpus, (unsigned long)d->nr_pages, (unsigned long)d->max_pages, d->pause_count,
	       d->shutdown_code, d->refs);
	for (uint32_t i = 0; i < d->nr_vcpus; i++) {
		const struct vcpu *v = d->vcpu[i];

		printk(LOG_ERROR, "  v%u: cpu %u, %s%s%sstate %d", i, v->cpu,
		       v->up ? "up " : "down ", v->blocked ? "blocked " : "",
		       v->running ? "running " : "", v->runstate.state);
	}
}

static void show_domains(void)
{
	each_domain(show_domain);
}

static void show_registers(struct domain *d)
{
	for (uint32_t i = 0; i < d->nr_vcpus; i++)
		if (d->vcpu[i]->up)
			arch_vcpu_dump(d->vcpu[i]);
}

static void show_all_registers(void)
{
	each_domain(show_registers);
}

static void show_memory(void)
{
	printk(LOG_ERROR, "memory: %lu KiB free of %lu KiB", (unsigned long)frames_nr_free() * 4,
	       (unsigned long)frames_nr_total() * 4);
}

static void show_locks(void)
{
	if (HV_LOCKS_WATCHED)
		lockcheck_dump();
	else
		printk(LOG_ERROR, "locks are not watched in this build (debug_checks)");
}

static void show_time(void)
{
	cpumask_for_each(id, &cpus_online)
	{
		const struct cpu *cpu = cpu_get(id);

		printk(LOG_ERROR, "cpu %u: now %ld ns, next timer %ld ns", id, (long)arch_now(),
		       (long)timers_next(&cpu->timers));
	}
}

static void reboot(void)
{
	printk(LOG_ERROR, "reboot asked for by a debug key");
	arch_host_stop(HOST_EXIT_SHUTDOWN + SHUTDOWN_reboot);
}

static void show_counters(void)
{
	if (SUPPORT_ENABLED(performance_counters))
		perfc_show();
	else
		printk(LOG_ERROR, "this build counts nothing: performance_counters is off");
}

static void reset_counters(void)
{
	if (SUPPORT_ENABLED(performance_counters))
		perfc_reset();
}

/* By ASCII code; the letters are those the field knows. */
static const struct {
	char key;
	const char *what;
	void (*fn)(void);
} keys[] = {
	{ 'P', "reset the performance counters", reset_counters },
	{ 'R', "reboot the host", reboot },
	{ 'd', "registers of every vCPU", show_all_registers },
	{ 'h', "this list", show_help },
	{ 'l', "how long locks were held", show_locks },
	{ 'm', "memory", show_memory },
	{ 'p', "performance counters", show_counters },
	{ 'q', "domains and their vCPUs", show_domains },
	{ 'r', "run queues", sched_dump },
	{ 't', "clock and timers", show_time },
};

static void show_help(void)
{
	for (unsigned i = 0; i < ARRAY_SIZE(keys); i++)
		printk(LOG_ERROR, "key '%c': %s", keys[i].key, keys[i].what);
}

void debugkeys_handle(char key)
{
	for (unsigned i = 0; i < ARRAY_SIZE(keys); i++) {
		if (keys[i].key != key)
			continue;
		printk(LOG_ERROR, "'%c' pressed -> %s", key, keys[i].what);
		keys[i].fn();
		return;
	}
	printk(LOG_ERROR, "key %02x has no meaning; 'h' lists those that have",
	       (unsigned)(uint8_t)key);
}
