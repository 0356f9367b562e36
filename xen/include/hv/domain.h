/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Domains and their vCPUs: what every architecture has in common. */
#ifndef HV_DOMAIN_H
#define HV_DOMAIN_H

#include <stdint.h>

#include <xen/xen.h>
#include <xen/hvm/params.h>
#include <xen/vcpu.h>

#include <hv/spinlock.h>
#include <hv/timer.h>
#include <hv/types.h>

struct arch_domain;
struct arch_vcpu;
struct evtchn_table;
struct grant_table;
struct pv_console;

#define HV_MAX_VCPUS 1	 /* of one domain, at this stage */
#define HV_MAX_DOMAINS 1 /* at this stage */

/*
 * Of one domain: console ring, event array (128 pages), and of each vCPU its
 * vcpu_info and its event control block.
 */
#define HV_MAX_PINNED_GFNS (1 + 128 + 2 * HV_MAX_VCPUS)

/** Why a domain stopped: the SHUTDOWN_* codes of xen/sched.h, or still running. */
#define DOMAIN_RUNNING (-1)

struct vcpu {
	struct domain *domain;
	struct arch_vcpu *arch;
	uint32_t id;
	bool up;      /* has been started and not gone down */
	bool blocked; /* waits for an event: HLT, SCHEDOP_block, SCHEDOP_poll */

	/*
	 * The guest's vcpu_info, through the direct map: in the shared info page
	 * until VCPUOP_register_vcpu_info moves it (once). Never NULL.
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
};

struct domain {
	struct spinlock lock; /* evtchn table, pinned gfns */
	domid_t id;
	struct arch_domain *arch;
	uint32_t nr_vcpus;
	struct vcpu *vcpu[HV_MAX_VCPUS];

	mfn_t shared_info_mfn;		 /* owned; freed with the domain */
	struct shared_info *shared_info; /* through the direct map */
	gfn_t shared_info_gfn;		 /* where the guest put it; GFN_NONE at first */
	struct evtchn_table *evtchn;
	struct grant_table *grants;
	struct pv_console *console; /* NULL if the policy leaves it out */
	uint64_t hvm_param[HVM_NR_PARAMS];
	uint64_t nr_pages, max_pages;
	uint64_t vm_assist;
	bool runstate_update_flag; /* VMASST_TYPE_runstate_update_flag */
	uint8_t handle[16];	   /* UUID */

	uint64_t console_io_used; /* bytes written of late: what its rate limit counts */
	stime_t console_io_time;  /* when it was last reduced */

	int shutdown_code; /* DOMAIN_RUNNING or SHUTDOWN_* */
	int latched_code;  /* SCHEDOP_shutdown_code: reported instead; or DOMAIN_RUNNING */

	/*
	 * Guest frames the hypervisor holds a pointer into: the guest cannot give
	 * them back or replace them, so no pointer outlives its frame. Ascending, with
	 * one entry a pin.
	 */
	gfn_t pinned[HV_MAX_PINNED_GFNS];
	unsigned nr_pinned;
};

/**
 * Create a domain with @nr_vcpus vCPUs and no memory; no vCPU is up. Nothing is
 * left behind on failure. Errors: -ENOMEM, -EINVAL, -EEXIST (the id is taken), -ENOSPC
 * (HV_MAX_DOMAINS), whatever arch_domain_create() says.
 */
int domain_create(domid_t id, uint32_t nr_vcpus, struct domain **ret_d) __must_check;
/** Free everything of @d, its memory included; accepts NULL. It must not run any more. */
void domain_destroy(struct domain *d);

/** Record @code as the reason and stop all vCPUs; the first reason stays. */
void domain_shutdown(struct domain *d, int code);

/** domain_shutdown(SHUTDOWN_crash) after printing why and the vCPU's registers. */
void domain_crash(struct vcpu *v, const char *fmt, ...) __printf(2, 3);

/** Pin @g (once more if it is already). -ENOSPC when there are too many. */
int domain_pin_gfn(struct domain *d, gfn_t g) __must_check;
void domain_unpin_gfn(struct domain *d, gfn_t g);
bool domain_gfn_pinned(struct domain *d, gfn_t g);

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
/** No longer wait for anything; no-op if it does not. */
void vcpu_wake(struct vcpu *v);
/** vCPU executed HLT with interrupts off or VCPUOP_down; the last one powers the domain off. */
void vcpu_down(struct vcpu *v);
/** As VCPUOP_up and the boot of vCPU 0 want it: from now on it may run. */
void vcpu_up(struct vcpu *v);
/** Time spent in each runstate up to @now. */
void vcpu_get_runstate(const struct vcpu *v, stime_t now, struct vcpu_runstate_info *ret_info);
/** Write the guest's copy of the runstate; -EFAULT if it cannot be written. No-op without one. */
int vcpu_write_runstate(struct vcpu *v);
/** Write the guest's second copy of the PV clock, likewise. */
int vcpu_write_time(struct vcpu *v);
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
/** Whether it may run guest code now. */
static inline bool vcpu_runnable(const struct vcpu *v)
{
	return v->up && !v->blocked && v->domain->shutdown_code == DOMAIN_RUNNING;
}
/** Refresh both copies of the PV clock (version protocol of xen/xen.h). */
void vcpu_update_time(struct vcpu *v);
/** Write the domain's wall clock into its shared info page. */
void domain_update_wallclock(struct domain *d);

#endif
