/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Domains and their vCPUs: what every architecture has in common. */
#ifndef HV_DOMAIN_H
#define HV_DOMAIN_H

#include <stdint.h>

#include <xen/xen.h>
#include <xen/hvm/params.h>
#include <xen/vcpu.h>

#include <candor/support.h>
#include <hv/cpumask.h>
#include <hv/nospec.h>
#include <hv/spinlock.h>
#include <hv/timer.h>
#include <hv/types.h>

struct arch_domain;
struct arch_vcpu;
struct evtchn_table;
struct grant_table;
struct cpupool;
struct pv_console;

#define HV_MAX_VCPUS 128    /* of one domain */
#define HV_MAX_DOMAINS 1024 /* at once */
#define DOMAIN_NR_WATCHDOGS 2

/** What this build's policy leaves of them; arrays have room for all the same. */
#define DOMAIN_MOST_VCPUS SUPPORT_AT_MOST(limit_pvh_vcpus, HV_MAX_VCPUS)
#define DOMAIN_MOST_DOMAINS SUPPORT_AT_MOST(limit_domains, HV_MAX_DOMAINS)

/*
 * Of one domain: console ring, event array (128 pages), and of each vCPU its
 * vcpu_info and its event control block.
 */
#define HV_MAX_PINNED_GFNS(nr_vcpus) (1 + 128 + 2 * (nr_vcpus))

/** Why a domain stopped: the SHUTDOWN_* codes of xen/sched.h, or still running. */
#define DOMAIN_RUNNING (-1)

struct vcpu {
	struct domain *domain;
	struct arch_vcpu *arch;
	uint32_t id;
	bool up;	  /* atomic; has been started and not gone down */
	bool blocked;	  /* atomic; waits for an event: HLT, SCHEDOP_block, SCHEDOP_poll */
	bool initialised; /* atomic; has been given its first register state */

	/*
	 * Scheduling (hv/sched.h). @cpu changes under the locks of both run queues; who wants the
	 * lock of v's run queue takes cpu_get(v->cpu)->run_lock and looks whether v->cpu is still
	 * the same. @running: its state is in CPU v->cpu, or not yet saved from there.
	 */
	unsigned cpu;
	bool running;
	uint32_t pause_count; /* atomic; of this vCPU alone, besides the domain's */
	struct cpumask hard, soft;
	void *sched;
	/*
	 * Kept by core/schedule.c under that lock: it may run, as far as the scheduler was
	 * told; it was given to the scheduler and waits to run; the guest's copy of the
	 * runstate is out of date; @hard and @soft within the pool, never empty; what
	 * @sched becomes when it has left its CPU for another pool.
	 */
	bool ready, queued, runstate_stale;
	struct cpumask allowed, preferred;
	void *sched_next;

	/*
	 * The guest's vcpu_info, through the direct map: in the shared info page
	 * until VCPUOP_register_vcpu_info moves it (once). Never NULL. Changed under the
	 * domain's lock; vcpu_info_of() reads it without.
	 */
	struct vcpu_info *info;
	bool info_moved; /* it lies in guest memory, in a page that is pinned */

	struct vcpu_runstate_info runstate; /* state_entry_time and time[] in ns */
	uint64_t runstate_gva;		    /* guest virtual address of the copy; 0 = none */
	uint64_t time_gva;		    /* second copy of the time info; 0 = none */
	uint32_t time_version;

	struct timer singleshot;
	struct timer periodic;
	stime_t period; /* 0 = off */
	struct timer poll_timer;
	bool polling;		 /* SCHEDOP_poll: woken by any event for poll_port */
	evtchn_port_t poll_port; /* 0 = whatever port */

	evtchn_port_t virq_port[NR_VIRQS]; /* 0 = not bound */

	/* The hypercall it issues again when it runs next; see hypercall_continue(). */
	struct {
		uint64_t nr, arg[5];
	} again;
};

/*
 * A domain's life. It is found by its id until it is DOMAIN_DEAD; its structure and
 * vCPUs go when the last reference does.
 */
enum domain_state {
	DOMAIN_ALIVE,
	DOMAIN_DYING, /* domain_kill() has begun: nothing runs, nothing new is given to it */
	DOMAIN_DEAD,
};

/* Frames that a domain is to get and that are being zeroed, a part at a time; 0 of them: none. */
struct domain_clearing {
	mfn_t start;
	uint64_t nr, done;
};

struct domain {
	struct spinlock lock; /* evtchn table, pinned gfns, taking pages out of its memory */
	domid_t id;
	uint32_t refs;		   /* atomic; see domain_find(), domain_put() */
	struct spinlock kill_lock; /* one domain_kill() at a time */
	enum domain_state state;   /* atomic; written under the lock of the list of domains */
	struct arch_domain *arch;
	uint32_t nr_vcpus;
	struct vcpu **vcpu; /* [nr_vcpus] */

	bool privileged;	   /* dom0: may call the control hypercalls, sees all domains */
	domid_t target;		   /* atomic; a device model's: the one it serves; DOMID_INVALID */
	uint32_t pause_count;	   /* atomic; while it is not 0 no vCPU runs */
	bool paused_by_controller; /* atomic; XEN_DOMCTL_pausedomain: counts once in pause_count */
	struct cpupool *pool;
	void *sched;		  /* the scheduler's own */
	struct cpupool *pool_old; /* where it comes from, while vCPUs of it still run there */
	void *sched_old;
	struct domain *pool_next,
		*pool_prev; /* of all that have a pool; with the lock of the pools */
	uint32_t nr_moving; /* atomic; such vCPUs, and one while they are being counted */
	uint32_t ssidref;
	uint32_t createflags; /* XEN_DOMCTL_CDF_* */
	uint32_t max_evtchn_port;

	mfn_t shared_info_mfn;		 /* owned; freed with the domain */
	struct shared_info *shared_info; /* through the direct map */
	gfn_t shared_info_gfn;		 /* where the guest put it; GFN_NONE at first */
	struct evtchn_table *evtchn;
	struct grant_table *grants;
	struct pv_console *console;	   /* NULL if the policy leaves it out */
	uint64_t hvm_param[HVM_NR_PARAMS]; /* atomic; written under ->lock */
	uint64_t nr_pages, max_pages;	   /* atomic; frames it owns, and may own */
	uint64_t paging_pool;		   /* atomic; bytes the toolstack asked for, told again */
	uint64_t node_affinity;		   /* NUMA nodes its memory should come from; likewise */
	int64_t time_offset;		 /* seconds its wall clock is ahead of the host's; ->lock */
	uint64_t pages_to_come;		 /* being allocated: they count against max_pages */
	unsigned p2m_users;		 /* others that change its memory at the moment */
	struct domain_clearing clearing; /* ->lock */
	uint64_t claimed_pages;		 /* promised by XENMEM_claim_pages; lock: the allocator's */
	struct arch_e820_entry *memory_map; /* by XENMEM_set_memory_map; NULL: the architecture's */
	unsigned nr_memory_map;
	uint64_t vm_assist;
	bool runstate_update_flag; /* VMASST_TYPE_runstate_update_flag */
	uint8_t handle[16];	   /* UUID */

	struct spinlock console_limit; /* of the two below */
	uint64_t console_used;	       /* bytes shown of late: what its rate limit counts */
	stime_t console_time;	       /* when that was last reduced */

	/* SCHEDOP_watchdog; under ->lock. One of them fires: the domain shuts down. */
	struct timer watchdog[DOMAIN_NR_WATCHDOGS];
	bool watchdog_used[DOMAIN_NR_WATCHDOGS];

	/* DOMAIN_RUNNING or SHUTDOWN_*; atomic, changed under ->lock with what it stops. */
	int shutdown_code;
	int latched_code; /* SCHEDOP_shutdown_code: reported instead; or DOMAIN_RUNNING; ->lock */

	/*
	 * Guest frames the hypervisor holds a pointer into: the guest cannot give
	 * them back or replace them, so no pointer outlives its frame. Ascending, with
	 * one entry a pin.
	 */
	gfn_t *pinned; /* [HV_MAX_PINNED_GFNS(nr_vcpus)] */
	unsigned nr_pinned;
};

/** What a domain is created with: the fields of struct xen_domctl_createdomain, checked. */
struct domain_config {
	domid_t id; /* DOMID_INVALID: the lowest that is free, from 1 on */
	bool privileged;
	uint32_t nr_vcpus;
	uint32_t flags; /* XEN_DOMCTL_CDF_* */
	uint32_t ssidref;
	uint8_t handle[16];
	uint32_t max_evtchn_port;    /* 0: as many as the ABI in use has */
	int32_t max_grant_frames;    /* < 0: the host's default */
	int32_t max_maptrack_frames; /* < 0: the host's default */
	unsigned max_grant_version;  /* 0: the host's; 1 or 2 */
	uint32_t cpupool_id;
	uint64_t max_pages;
};

/**
 * Create a domain with no memory; no vCPU is up, and it is paused once. Nothing is
 * left behind on failure. *ret_d: a reference for the caller (domain_put()), besides the one of
 * the list. Errors: -ENOMEM, -EINVAL, -EEXIST (the id is taken), -ENOSPC (DOMAIN_MOST_DOMAINS),
 * whatever arch_domain_create() says.
 */
int domain_create(const struct domain_config *config, struct domain **ret_d) __must_check;

/** The most pages @d may own: @pages, or what the policy's limit of memory leaves of them. */
void domain_set_max_pages(struct domain *d, uint64_t pages);

/** vCPU @id, which the caller has held against d->nr_vcpus; NULL while it is being made. */
static inline struct vcpu *domain_vcpu(const struct domain *d, uint32_t id)
{
	return d->vcpu[nospec_index(id, d->nr_vcpus)];
}

static inline bool domain_is_alive(const struct domain *d)
{
	return __atomic_load_n(&d->state, __ATOMIC_ACQUIRE) == DOMAIN_ALIVE;
}

/** Frames it may own at this moment. */
static inline uint64_t domain_max_pages(const struct domain *d)
{
	return __atomic_load_n(&d->max_pages, __ATOMIC_RELAXED);
}

/** DOMAIN_RUNNING, or why it has stopped. */
static inline int domain_shutdown_code(const struct domain *d)
{
	return __atomic_load_n(&d->shutdown_code, __ATOMIC_RELAXED);
}

/** Where the vcpu_info lies at this moment. */
static inline struct vcpu_info *vcpu_info_of(const struct vcpu *v)
{
	return __atomic_load_n(&v->info, __ATOMIC_ACQUIRE);
}

/** The domain of @id that is not dead, with a reference; NULL. */
struct domain *domain_find(domid_t id);
/** The first domain with an id of @id or above, with a reference; NULL. */
struct domain *domain_find_from(domid_t id);
void domain_get(struct domain *d); /* the caller has one already */
void domain_put(struct domain *d); /* accepts NULL */

/**
 * Kill @d: stop it, then give back all it has, a bounded part at each call. -ERESTART: call
 * again; 0: done, and the list's reference is gone. Frames others have mapped keep a reference
 * to it until they are let go.
 */
int domain_kill(struct domain *d) __must_check;

/**
 * Not to run from the next exit on; nests. domain_is_quiet(): none of its vCPUs is on a CPU any
 * more. Who must wait for that returns -ERESTART until it is so, or
 * holds no lock and is not run by it.
 */
/** The owner of a frame that has references (hv/frames.h): it is there as long as they are. */
struct domain *domain_of_frame_owner(domid_t id);

void domain_pause(struct domain *d);
void domain_unpause(struct domain *d);
bool domain_is_quiet(const struct domain *d);
void vcpu_pause(struct vcpu *v);
void vcpu_unpause(struct vcpu *v);

/** SCHEDOP_watchdog (xen/sched.h), @timeout in seconds: an id from 1 on for a new one, 0, -EINVAL,
 *  -ENOSPC. */
long domain_watchdog(struct domain *d, uint32_t id, uint32_t timeout);
void domain_watchdog_init(struct domain *d);
/** Stop them for good: the domain ends. */
void domain_watchdog_destroy(struct domain *d);

/** A shut-down domain goes on as if it had never stopped (XEN_DOMCTL_resumedomain). */
void domain_resume(struct domain *d);
/**
 * Record @code as the reason and stop all vCPUs; the first reason stays. VIRQ_DOM_EXC tells the
 * toolstack. From any CPU, with no lock held.
 */
void domain_shutdown(struct domain *d, int code);
/** SCHEDOP_shutdown_code: @code is to be the reason, whatever it will be. -EPERM: it has stopped.
 */
int domain_latch_shutdown(struct domain *d, int code) __must_check;

/** domain_shutdown(SHUTDOWN_crash) after printing why and the vCPU's registers. */
void domain_crash(struct vcpu *v, const char *fmt, ...) __printf(2, 3);

/** Pin @g (once more if it is already). -ENOSPC when there are too many. */
int domain_pin_gfn(struct domain *d, gfn_t g) __must_check;
void domain_unpin_gfn(struct domain *d, gfn_t g);
bool domain_gfn_pinned(struct domain *d, gfn_t g);
/** The same with d->lock held. */
bool domain_gfn_pinned_locked(const struct domain *d, gfn_t g);

/** "poweroff", "reboot", "suspend", "crash", "watchdog", "soft_reset". */
const char *domain_shutdown_name(int code);

/* vcpu.c: runstate, time areas, timers, blocking */
void vcpu_init(struct vcpu *v);
/**
 * Enter runstate @state (RUNSTATE_*) at @now and account the time since the last
 * change; cheap if it is in @state already. The guest's copy is written on entry to
 * RUNSTATE_running (xen/vcpu.h: "each time the VCPU is scheduled"), which is the
 * architecture's to call before it runs the vCPU; core sets the other states.
 */
void vcpu_set_runstate(struct vcpu *v, int state, stime_t now);
/** Sleep until an event is pending, unless one is already. */
void vcpu_block(struct vcpu *v);
/** Whether it may run has changed, other than by being woken or blocked: pausing, shutdown. */
void vcpu_recheck(struct vcpu *v);
/** No longer wait for anything; no-op if it does not. */
void vcpu_wake(struct vcpu *v);
/** vCPU executed HLT with interrupts off or VCPUOP_down; the last one powers the domain off. */
void vcpu_down(struct vcpu *v);
/** As VCPUOP_up and the boot of vCPU 0 want it: from now on it may run. */
void vcpu_up(struct vcpu *v);
/** Time spent in each runstate up to @now. */
void vcpu_get_runstate(const struct vcpu *v, stime_t now, struct vcpu_runstate_info *ret_info);
/**
 * Write the guest's copy of the runstate by the translations of @via, which runs here or nowhere;
 * -EFAULT if it cannot be written. No-op without one.
 */
int vcpu_write_runstate(struct vcpu *v, struct vcpu *via);
/** Write the guest's second copy of the PV clock, likewise. */
int vcpu_write_time(struct vcpu *v, struct vcpu *via);
/** Raise VIRQ_TIMER at @deadline, at once if that is past. */
void vcpu_set_singleshot(struct vcpu *v, stime_t deadline);
/** Raise VIRQ_TIMER each @period ns from now on; 0 stops it. */
void vcpu_set_periodic(struct vcpu *v, stime_t period);
/** SCHEDOP_poll: sleep until an event for @port (0: any), an interrupt or @deadline. */
void vcpu_poll(struct vcpu *v, evtchn_port_t port, stime_t deadline);
/**
 * VCPUOP_register_vcpu_info: from now on the vcpu_info lies at @offset of @g. -EINVAL
 * if it was moved before or @g is no RAM, -ENXIO if it leaves its page or is not aligned.
 */
int vcpu_move_info(struct vcpu *v, gfn_t g, uint32_t offset) __must_check;
static inline bool vcpu_is_up(const struct vcpu *v)
{
	return __atomic_load_n(&v->up, __ATOMIC_RELAXED);
}
/** Whether it may run guest code now. */
static inline bool vcpu_runnable(const struct vcpu *v)
{
	return vcpu_is_up(v) && !__atomic_load_n(&v->blocked, __ATOMIC_RELAXED) &&
	       !__atomic_load_n(&v->pause_count, __ATOMIC_RELAXED) &&
	       !__atomic_load_n(&v->domain->pause_count, __ATOMIC_RELAXED) &&
	       domain_shutdown_code(v->domain) == DOMAIN_RUNNING;
}
/** Refresh both copies of the PV clock (version protocol of xen/xen.h). */
void vcpu_update_time(struct vcpu *v);
/** The host's wall clock was @ns_at_boot (ns since 1970 UTC) when arch_now() was 0: tell all. */
void domain_set_wallclock(uint64_t ns_at_boot);
/** Write the domain's wall clock into its shared info page. */
void domain_update_wallclock(struct domain *d);

#endif
