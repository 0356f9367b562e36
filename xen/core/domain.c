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
#include <hv/nospec.h>
#include <hv/printk.h>
#include <hv/pvconsole.h>
#include <hv/sched.h>
#include <hv/string.h>
#include <hv/trace.h>

#include <arch/arch.h>

#include "memory.h"
#include "p2m.h"

SUPPORT_PROVIDES(limit_domains, "common");
SUPPORT_LIMIT(limit_domains, "domains", HV_MAX_DOMAINS);
SUPPORT_PROVIDES(limit_pvh_vcpus, "common");
SUPPORT_LIMIT(limit_pvh_vcpus, "vcpus", HV_MAX_VCPUS);

_Static_assert(sizeof(struct shared_info) <= PAGE_SIZE, "shown to the guest as one page");
_Static_assert(sizeof(struct vcpu_info) == 64, "xen/xen.h, x86-64");

/*
 * All domains that exist, by id: two levels, the second made when an id of it is first used. A
 * domain is in it until its last reference goes.
 */
#define ID_LEAF 511
#define NR_LEAVES ((DOMID_FIRST_RESERVED + ID_LEAF - 1) / ID_LEAF)

static struct spinlock list_lock = SPINLOCK_INIT(LOCK_DOMAINS);
static struct id_leaf {
	uint64_t nr_used;
	struct domain *domain[ID_LEAF];
} * by_id[NR_LEAVES];
static unsigned nr_domains;
static domid_t next_id = 1; /* where the search for a free one starts */

static struct domain *at_id(domid_t id)
{
	struct id_leaf *leaf;

	if (id >= DOMID_FIRST_RESERVED)
		return NULL;
	id = (domid_t)nospec_index(id, DOMID_FIRST_RESERVED);
	leaf = by_id[id / ID_LEAF];
	return leaf ? __atomic_load_n(&leaf->domain[id % ID_LEAF], __ATOMIC_ACQUIRE) : NULL;
}

/* One more reference, unless the last is gone already. */
static bool get_unless_gone(struct domain *d)
{
	uint32_t refs = __atomic_load_n(&d->refs, __ATOMIC_RELAXED);

	do {
		if (!refs)
			return false;
	} while (!__atomic_compare_exchange_n(&d->refs, &refs, refs + 1, true, __ATOMIC_ACQUIRE,
					      __ATOMIC_RELAXED));
	return true;
}

struct domain *domain_find(domid_t id)
{
	struct domain *d;

	spin_lock(&list_lock);
	d = at_id(id);
	if (d && !get_unless_gone(d))
		d = NULL;
	spin_unlock(&list_lock);
	return d;
}

struct domain *domain_find_from(domid_t id)
{
	struct domain *d = NULL;

	spin_lock(&list_lock);
	while (!d && id < DOMID_FIRST_RESERVED) {
		if (!by_id[id / ID_LEAF]) {
			id = (domid_t)((id / ID_LEAF + 1) * ID_LEAF);
			continue;
		}
		d = at_id(id++);
		if (d && !get_unless_gone(d))
			d = NULL;
	}
	spin_unlock(&list_lock);
	return d;
}

/* Its pages hold a reference, so it is there. */
struct domain *domain_of_frame_owner(domid_t id)
{
	return at_id(id);
}

void domain_get(struct domain *d)
{
	__atomic_fetch_add(&d->refs, 1, __ATOMIC_RELAXED);
}

/* The id of a new domain; with the lock held. */
static int choose_id(domid_t asked, domid_t *ret_id)
{
	domid_t id = next_id;

	if (asked != DOMID_INVALID) {
		*ret_id = asked;
		return at_id(asked) ? -XEN_EEXIST : 0;
	}
	/* Not the one that was free last: who still has the number is not to meet another. */
	for (unsigned i = 0; i < DOMID_FIRST_RESERVED; i++, id++) {
		if (id >= DOMID_FIRST_RESERVED)
			id = 1;
		if (!at_id(id)) {
			*ret_id = id;
			next_id = (domid_t)(id + 1);
			return 0;
		}
	}
	return -XEN_ENOSPC;
}

/* Give @d an id and enter it, not to be found yet: it has no reference. */
static int list_add(struct domain *d, domid_t asked)
{
	struct id_leaf **leaf;
	domid_t id;
	int rc;

	spin_lock(&list_lock);
	rc = choose_id(asked, &id);
	if (!rc && nr_domains >= DOMAIN_MOST_DOMAINS)
		rc = -XEN_ENOSPC;
	if (!rc) {
		leaf = &by_id[id / ID_LEAF];
		if (!*leaf)
			*leaf = heap_alloc(ID_LEAF * sizeof(**leaf));
		if (!*leaf)
			rc = -XEN_ENOMEM;
	}
	if (!rc) {
		d->id = id;
		__atomic_store_n(&(*leaf)->domain[id % ID_LEAF], d, __ATOMIC_RELEASE);
		(*leaf)->nr_used++;
		nr_domains++;
	}
	spin_unlock(&list_lock);
	return rc;
}

static void list_del(const struct domain *d)
{
	struct id_leaf **leaf = &by_id[d->id / ID_LEAF];

	spin_lock(&list_lock);
	(*leaf)->domain[d->id % ID_LEAF] = NULL;
	if (!--(*leaf)->nr_used) {
		heap_free(*leaf);
		*leaf = NULL;
	}
	nr_domains--;
	spin_unlock(&list_lock);
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

/* The shared info page has room for 32; the rest must register theirs before they start. */
static struct vcpu_info *vcpu_initial_info(const struct domain *d, uint32_t id)
{
	static struct vcpu_info nowhere; /* written, never read */

	return id < XEN_LEGACY_MAX_VCPUS ? &d->shared_info->vcpu_info[id] : &nowhere;
}

static int vcpu_create(struct domain *d, uint32_t id)
{
	struct vcpu *v = heap_alloc(sizeof(*v));
	int rc;

	if (!v)
		return -XEN_ENOMEM;
	v->domain = d;
	v->id = id;
	v->info = vcpu_initial_info(d, id);
	vcpu_init(v);
	rc = arch_vcpu_create(v);
	if (rc)
		goto free;
	d->vcpu[id] = v;
	rc = sched_vcpu_create(v);
	if (rc)
		goto free_arch;
	vcpu_update_time(v);
	return 0;
free_arch:
	d->vcpu[id] = NULL;
	arch_vcpu_destroy(v);
free:
	heap_free(v);
	return rc;
}

static void vcpu_destroy(struct vcpu *v)
{
	if (!v)
		return;
	sched_vcpu_destroy(v);
	timer_kill(&v->singleshot);
	timer_kill(&v->periodic);
	timer_kill(&v->poll_timer);
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

static int arrays_create(struct domain *d)
{
	d->vcpu = heap_alloc(d->nr_vcpus * sizeof(struct vcpu *));
	d->pinned = heap_alloc(HV_MAX_PINNED_GFNS(d->nr_vcpus) * sizeof(*d->pinned));
	if (d->vcpu && d->pinned)
		return 0;
	heap_free(d->vcpu);
	heap_free(d->pinned);
	return -XEN_ENOMEM;
}

static void arrays_destroy(struct domain *d)
{
	heap_free(d->vcpu);
	heap_free(d->pinned);
}

static int parts_create(struct domain *d, const struct domain_config *config)
{
	int rc = arrays_create(d);

	if (rc)
		return rc;
	rc = shared_info_create(d);
	if (rc)
		goto free_arrays;
	rc = evtchn_create(d);
	if (rc)
		goto free_shared_info;
	rc = SUPPORT_ENABLED(gnttab_v1) ? gnttab_create(d, config) : 0;
	if (rc)
		goto free_evtchn;
	rc = arch_domain_create(d);
	if (rc)
		goto free_gnttab;
	rc = sched_domain_create(d, config->cpupool_id);
	if (rc)
		goto free_arch;
	rc = vcpus_create(d);
	if (rc)
		goto leave_pool;
	domain_update_wallclock(d);
	return 0;
leave_pool:
	sched_domain_destroy(d);
free_arch:
	arch_domain_destroy(d);
free_gnttab:
	if (SUPPORT_ENABLED(gnttab_v1))
		gnttab_destroy(d);
free_evtchn:
	evtchn_destroy(d);
free_shared_info:
	frames_free(d->shared_info_mfn, 0);
free_arrays:
	arrays_destroy(d);
	return rc;
}

static bool config_valid(const struct domain_config *c)
{
	return (c->id < DOMID_FIRST_RESERVED || c->id == DOMID_INVALID) && c->nr_vcpus &&
	       c->nr_vcpus <= (SUPPORT_ENABLED(guest_smp) ? DOMAIN_MOST_VCPUS : 1);
}

/* Beside a guest's RAM: rings, ACPI tables, and what libxl adds to the maximum it sets. */
#define EXTRA_PAGES 1024

void domain_set_max_pages(struct domain *d, uint64_t pages)
{
	const uint64_t most = ((uint64_t)SUPPORT_CAP(limit_pvh_memory) >> PAGE_SHIFT) + EXTRA_PAGES;

	__atomic_store_n(&d->max_pages, MIN(pages, most), __ATOMIC_RELAXED);
}

static void take_config(struct domain *d, const struct domain_config *c)
{
	d->privileged = c->privileged;
	d->target = DOMID_INVALID;
	d->nr_vcpus = c->nr_vcpus;
	domain_set_max_pages(d, c->max_pages);
	d->createflags = c->flags;
	d->ssidref = c->ssidref;
	d->max_evtchn_port = c->max_evtchn_port ? c->max_evtchn_port : UINT32_MAX;
	memcpy(d->handle, c->handle, sizeof(d->handle));
}

int domain_create(const struct domain_config *config, struct domain **ret_d)
{
	struct domain *d;
	int rc;

	if (!config_valid(config))
		return -XEN_EINVAL;
	d = heap_alloc(sizeof(*d));
	if (!d)
		return -XEN_ENOMEM;
	take_config(d, config);
	d->shared_info_gfn = GFN_NONE;
	d->shutdown_code = DOMAIN_RUNNING;
	d->latched_code = DOMAIN_RUNNING;
	d->pause_count = 1;
	domain_watchdog_init(d);
	d->paused_by_controller = true;
	rc = list_add(d, config->id);
	if (rc)
		goto free_domain;
	spin_init(&d->lock, LOCK_DOMAIN, d->id);
	spin_init(&d->kill_lock, LOCK_KILL, 0);
	spin_init(&d->console_limit, LOCK_CONSOLE_LIMIT, 0);
	rc = parts_create(d, config);
	if (rc)
		goto unlist;
	/* From now on it can be found. One for being alive, one for the caller. */
	__atomic_store_n(&d->refs, 2, __ATOMIC_RELEASE);
	perfc(domains_created);
	trace(TRC_DOM0_DOM_ADD, d->id);
	*ret_d = d;
	return 0;
unlist:
	list_del(d);
free_domain:
	heap_free(d);
	return rc;
}

/* The last reference is gone, so nothing can reach it any more. */
static void destroy(struct domain *d)
{
	list_del(d);
	domain_watchdog_destroy(d);
	vcpus_destroy(d);
	sched_domain_destroy(d);
	arch_domain_destroy(d);
	if (SUPPORT_ENABLED(gnttab_v1))
		gnttab_destroy(d);
	evtchn_destroy(d);
	frames_free(d->shared_info_mfn, 0);
	heap_free(d->memory_map);
	arrays_destroy(d);
	heap_free(d);
}

void domain_put(struct domain *d)
{
	if (d && !__atomic_sub_fetch(&d->refs, 1, __ATOMIC_ACQ_REL))
		destroy(d);
}

void domain_pause(struct domain *d)
{
	__atomic_fetch_add(&d->pause_count, 1, __ATOMIC_SEQ_CST);
	for (uint32_t i = 0; i < d->nr_vcpus; i++)
		vcpu_recheck(d->vcpu[i]);
}

void domain_unpause(struct domain *d)
{
	if (__atomic_sub_fetch(&d->pause_count, 1, __ATOMIC_SEQ_CST))
		return;
	for (uint32_t i = 0; i < d->nr_vcpus; i++)
		vcpu_recheck(d->vcpu[i]);
}

bool domain_is_quiet(const struct domain *d)
{
	for (uint32_t i = 0; i < d->nr_vcpus; i++)
		if (__atomic_load_n(&d->vcpu[i]->running, __ATOMIC_ACQUIRE))
			return false;
	return true;
}

static bool begin_dying(struct domain *d)
{
	bool first;

	spin_lock(&list_lock);
	first = domain_is_alive(d);
	if (first)
		__atomic_store_n(&d->state, DOMAIN_DYING, __ATOMIC_RELEASE);
	spin_unlock(&list_lock);
	return first;
}

/* Its pages go, and what lay in them is where it was at first. */
static void take_back_infos(struct domain *d)
{
	spin_lock(&d->lock);
	for (uint32_t i = 0; i < d->nr_vcpus; i++)
		__atomic_store_n(&d->vcpu[i]->info, vcpu_initial_info(d, i), __ATOMIC_RELEASE);
	spin_unlock(&d->lock);
}

/* All that can be given back a part at a time. */
static int relinquish(struct domain *d)
{
	int rc = p2m_in_use(d) ? -XEN_ERESTART : 0;

	if (!rc) {
		reservation_relinquish(d);
		rc = frames_claim(d, 0);
	}
	if (!rc && SUPPORT_ENABLED(gnttab_v1))
		rc = gnttab_relinquish(d);
	if (!rc)
		rc = evtchn_relinquish(d);
	if (!rc) {
		take_back_infos(d);
		rc = arch_domain_relinquish(d);
	}
	return rc;
}

int domain_kill(struct domain *d)
{
	int rc;

	if (begin_dying(d))
		domain_pause(d);
	if (!domain_is_quiet(d))
		return -XEN_ERESTART;
	if (!spin_trylock(&d->kill_lock))
		return -XEN_ERESTART;
	/* No vCPU of it is in the middle of a send. */
	if (SUPPORT_ENABLED(pv_console))
		pvconsole_destroy(d);
	console_guest_flush(d->id);
	rc = __atomic_load_n(&d->state, __ATOMIC_RELAXED) == DOMAIN_DEAD ? -XEN_ESRCH
									 : relinquish(d);
	if (!rc) {
		spin_lock(&list_lock);
		__atomic_store_n(&d->state, DOMAIN_DEAD, __ATOMIC_RELEASE);
		spin_unlock(&list_lock);
		perfc(domains_ended);
		trace(TRC_DOM0_DOM_REM, d->id);
	}
	spin_unlock(&d->kill_lock);
	if (!rc)
		domain_put(d); /* the one for being alive; the caller has another */
	return rc;
}

int domain_latch_shutdown(struct domain *d, int code)
{
	int rc = -XEN_EPERM;

	spin_lock(&d->lock);
	if (domain_shutdown_code(d) == DOMAIN_RUNNING) {
		d->latched_code = code;
		rc = 0;
	}
	spin_unlock(&d->lock);
	return rc;
}

/*
 * With the lock held: who resumes it waits until all of it has stopped, or timers set by then
 * would be stopped once more.
 */
static void stop_running(struct domain *d)
{
	for (uint32_t i = 0; i < d->nr_vcpus; i++) {
		struct vcpu *v = d->vcpu[i];

		vcpu_set_periodic(v, 0);
		timer_stop(&v->singleshot);
		timer_stop(&v->poll_timer);
		vcpu_recheck(v);
	}
	for (unsigned i = 0; i < DOMAIN_NR_WATCHDOGS; i++)
		timer_stop(&d->watchdog[i]);
}

void domain_shutdown(struct domain *d, int code)
{
	bool first;

	spin_lock(&d->lock);
	if (d->latched_code != DOMAIN_RUNNING)
		code = d->latched_code;
	/* Of several reasons at once the first stays. */
	first = domain_shutdown_code(d) == DOMAIN_RUNNING;
	if (first) {
		__atomic_store_n(&d->shutdown_code, code, __ATOMIC_SEQ_CST);
		trace(TRC_SCHED_SHUTDOWN, d->id, cpu_this()->current ? cpu_this()->current->id : 0,
		      (uint32_t)code);
		stop_running(d);
	}
	spin_unlock(&d->lock);
	if (!first)
		return;
	console_guest_flush(d->id);
	/* Who looks after domains hears of it, and asks which one it was. */
	evtchn_raise_global_virq(VIRQ_DOM_EXC);
}

void domain_resume(struct domain *d)
{
	bool stopped;

	spin_lock(&d->lock);
	stopped = domain_shutdown_code(d) != DOMAIN_RUNNING;
	if (stopped) {
		d->latched_code = DOMAIN_RUNNING;
		__atomic_store_n(&d->shutdown_code, DOMAIN_RUNNING, __ATOMIC_SEQ_CST);
	}
	spin_unlock(&d->lock);
	for (uint32_t i = 0; i < d->nr_vcpus && stopped; i++)
		vcpu_recheck(d->vcpu[i]);
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
	spin_lock(&v->domain->lock);
	v->domain->latched_code = DOMAIN_RUNNING;
	spin_unlock(&v->domain->lock);
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
	if (d->nr_pinned < HV_MAX_PINNED_GFNS(d->nr_vcpus)) {
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

bool domain_gfn_pinned_locked(const struct domain *d, gfn_t g)
{
	return pin_is(d, pins_below(d, g), g);
}

bool domain_gfn_pinned(struct domain *d, gfn_t g)
{
	bool found;

	spin_lock(&d->lock);
	found = domain_gfn_pinned_locked(d, g);
	spin_unlock(&d->lock);
	return found;
}
