/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Domains: creation, shutdown, the end of them; pinned guest frames. */
#include <hv/domain.h>

#include <candor/support.h>

#include <stdint.h>

#include <xen/sched.h>

#include <hv/errno.h>
#include <hv/evtchn.h>
#include <hv/frames.h>
#include <hv/gnttab.h>
#include <hv/printk.h>
#include <hv/pvconsole.h>
#include <hv/string.h>

#include <arch/arch.h>

SUPPORT_PROVIDES(limit_domains, "common");
SUPPORT_LIMIT(limit_domains, "domains", HV_MAX_DOMAINS);
SUPPORT_PROVIDES(limit_pvh_vcpus, "common");
SUPPORT_LIMIT(limit_pvh_vcpus, "vcpus", HV_MAX_VCPUS);

_Static_assert(sizeof(struct shared_info) <= PAGE_SIZE, "shown to the guest as one page");
_Static_assert(sizeof(struct vcpu_info) == 64, "xen/xen.h, x86-64");

static struct domain *domains[HV_MAX_DOMAINS];

/* A free place in the registry; -EEXIST if @id is taken, -ENOSPC if all places are. */
static int registry_find(domid_t id, struct domain ***ret_place)
{
	struct domain **place = NULL;

	for (unsigned i = 0; i < HV_MAX_DOMAINS; i++) {
		if (domains[i] && domains[i]->id == id)
			return -XEN_EEXIST;
		if (!domains[i])
			place = &domains[i];
	}
	if (!place)
		return -XEN_ENOSPC;
	*ret_place = place;
	return 0;
}

static void registry_remove(const struct domain *d)
{
	for (unsigned i = 0; i < HV_MAX_DOMAINS; i++)
		if (domains[i] == d)
			domains[i] = NULL;
}

static int shared_info_create(struct domain *d)
{
	d->shared_info_mfn = frames_alloc(0);
	if (!mfn_valid(d->shared_info_mfn))
		return -XEN_ENOMEM;
	d->shared_info = arch_frame_map(d->shared_info_mfn);
	memset(d->shared_info, 0, PAGE_SIZE);
	return 0;
}

static int vcpu_create(struct domain *d, uint32_t id)
{
	struct vcpu *v = heap_alloc(sizeof(*v));
	int rc;

	if (!v)
		return -XEN_ENOMEM;
	v->domain = d;
	v->id = id;
	v->info = &d->shared_info->vcpu_info[id];
	vcpu_init(v);
	rc = arch_vcpu_create(v);
	if (rc) {
		heap_free(v);
		return rc;
	}
	d->vcpu[id] = v;
	vcpu_update_time(v);
	return 0;
}

static void vcpu_destroy(struct vcpu *v)
{
	if (!v)
		return;
	timer_stop(&v->singleshot);
	timer_stop(&v->periodic);
	timer_stop(&v->poll_timer);
	arch_vcpu_destroy(v);
	heap_free(v);
}

static void vcpus_destroy(struct domain *d)
{
	for (uint32_t i = 0; i < d->nr_vcpus; i++)
		vcpu_destroy(d->vcpu[i]);
}

/* All that can fail; what it leaves, domain_create() undoes. */
static int vcpus_create(struct domain *d)
{
	for (uint32_t i = 0; i < d->nr_vcpus; i++) {
		int rc = vcpu_create(d, i);

		if (rc) {
			vcpus_destroy(d);
			return rc;
		}
	}
	return 0;
}

static int parts_create(struct domain *d)
{
	int rc = shared_info_create(d);

	if (rc)
		return rc;
	rc = evtchn_create(d);
	if (rc)
		goto free_shared_info;
	rc = gnttab_create(d);
	if (rc)
		goto free_evtchn;
	rc = arch_domain_create(d);
	if (rc)
		goto free_gnttab;
	rc = vcpus_create(d);
	if (rc)
		goto free_arch;
	domain_update_wallclock(d);
	return 0;
free_arch:
	arch_domain_destroy(d);
free_gnttab:
	gnttab_destroy(d);
free_evtchn:
	evtchn_destroy(d);
free_shared_info:
	frames_free(d->shared_info_mfn, 0);
	return rc;
}

int domain_create(domid_t id, uint32_t nr_vcpus, struct domain **ret_d)
{
	struct domain **place, *d;
	int rc;

	if (id >= DOMID_FIRST_RESERVED || !nr_vcpus || nr_vcpus > HV_MAX_VCPUS)
		return -XEN_EINVAL;
	rc = registry_find(id, &place);
	if (rc)
		return rc;
	d = heap_alloc(sizeof(*d));
	if (!d)
		return -XEN_ENOMEM;
	d->id = id;
	d->nr_vcpus = nr_vcpus;
	d->shared_info_gfn = GFN_NONE;
	d->shutdown_code = DOMAIN_RUNNING;
	d->latched_code = DOMAIN_RUNNING;
	rc = parts_create(d);
	if (rc) {
		heap_free(d);
		return rc;
	}
	*place = d;
	*ret_d = d;
	return 0;
}

void domain_destroy(struct domain *d)
{
	if (!d)
		return;
	registry_remove(d);
	if (SUPPORT_ENABLED(pv_console))
		pvconsole_destroy(d);
	console_guest_flush(d->id);
	vcpus_destroy(d);
	arch_domain_destroy(d);
	gnttab_destroy(d);
	evtchn_destroy(d);
	frames_free(d->shared_info_mfn, 0);
	heap_free(d);
}

void domain_shutdown(struct domain *d, int code)
{
	if (d->shutdown_code != DOMAIN_RUNNING)
		return;
	d->shutdown_code = d->latched_code != DOMAIN_RUNNING ? d->latched_code : code;
	for (uint32_t i = 0; i < d->nr_vcpus; i++) {
		struct vcpu *v = d->vcpu[i];

		vcpu_set_periodic(v, 0);
		timer_stop(&v->singleshot);
		timer_stop(&v->poll_timer);
		vcpu_set_runstate(v, RUNSTATE_offline, arch_now());
	}
	console_guest_flush(d->id);
}

void domain_crash(struct vcpu *v, const char *fmt, ...)
{
	char why[200];
	va_list ap;

	va_start(ap, fmt);
	hv_vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	console_guest_flush(v->domain->id);
	printk(LOG_ERROR, "d%uv%u crashed: %s", v->domain->id, v->id, why);
	arch_vcpu_dump(v);
	/* A latched code announces an orderly end, which this is not. */
	v->domain->latched_code = DOMAIN_RUNNING;
	domain_shutdown(v->domain, SHUTDOWN_crash);
}

const char *domain_shutdown_name(int code)
{
	static const char *const names[] = {
		[SHUTDOWN_poweroff] = "poweroff", [SHUTDOWN_reboot] = "reboot",
		[SHUTDOWN_suspend] = "suspend",	  [SHUTDOWN_crash] = "crash",
		[SHUTDOWN_watchdog] = "watchdog", [SHUTDOWN_soft_reset] = "soft_reset",
	};

	if (code < 0 || (size_t)code >= ARRAY_SIZE(names))
		return "unknown";
	return names[code];
}

/* How many of the pinned frames lie below @g: where its first pin is, or would be. */
static unsigned pins_below(const struct domain *d, gfn_t g)
{
	unsigned from = 0, to = d->nr_pinned;

	while (from < to) {
		unsigned middle = (from + to) / 2;

		if (d->pinned[middle].n < g.n)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

static bool pin_is(const struct domain *d, unsigned at, gfn_t g)
{
	return at < d->nr_pinned && d->pinned[at].n == g.n;
}

int domain_pin_gfn(struct domain *d, gfn_t g)
{
	int rc = -XEN_ENOSPC;
	unsigned at;

	spin_lock(&d->lock);
	if (d->nr_pinned < HV_MAX_PINNED_GFNS) {
		at = pins_below(d, g);
		memmove(&d->pinned[at + 1], &d->pinned[at],
			(d->nr_pinned++ - at) * sizeof(d->pinned[0]));
		d->pinned[at] = g;
		rc = 0;
	}
	spin_unlock(&d->lock);
	return rc;
}

void domain_unpin_gfn(struct domain *d, gfn_t g)
{
	unsigned at;

	spin_lock(&d->lock);
	at = pins_below(d, g);
	if (pin_is(d, at, g))
		memmove(&d->pinned[at], &d->pinned[at + 1],
			(--d->nr_pinned - at) * sizeof(d->pinned[0]));
	spin_unlock(&d->lock);
}

bool domain_gfn_pinned(struct domain *d, gfn_t g)
{
	bool found;

	spin_lock(&d->lock);
	found = pin_is(d, pins_below(d, g), g);
	spin_unlock(&d->lock);
	return found;
}
