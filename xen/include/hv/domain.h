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
struct pv_console;

#define HV_MAX_VCPUS 1 /* of one domain, at this stage */

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
	bool info_moved;

	struct vcpu_runstate_info runstate; /* state_entry_time and time[] in ns */
	uint64_t runstate_gva;		    /* guest virtual address of the copy; 0 = none */
	uint64_t time_gva;		    /* second copy of the time info; 0 = none */
	uint32_t time_version;

	struct timer singleshot;
	struct timer periodic;
	stime_t period; /* 0 = off */
	struct timer poll_timer;
	bool polling; /* SCHEDOP_poll; ports checked again on each wake */

	evtchn_port_t virq_port[NR_VIRQS]; /* 0 = not bound */
};

struct domain {
	struct spinlock lock; /* evtchn table, hvm_param, shutdown state */
	domid_t id;
	struct arch_domain *arch;
	uint32_t nr_vcpus;
	struct vcpu *vcpu[HV_MAX_VCPUS];

	mfn_t shared_info_mfn;		 /* owned; freed with the domain */
	struct shared_info *shared_info; /* through the direct map */
	struct evtchn_table *evtchn;
	struct pv_console *console; /* NULL if the policy leaves it out */
	uint64_t hvm_param[HVM_NR_PARAMS];
	uint64_t nr_pages, max_pages;
	uint64_t vm_assist;
	bool runstate_update_flag; /* VMASST_TYPE_runstate_update_flag */
	uint8_t handle[16];	   /* UUID */

	int shutdown_code; /* DOMAIN_RUNNING or SHUTDOWN_* */
};

/**
 * Create a domain with @nr_vcpus vCPUs and no memory; no vCPU is up. Nothing is
 * left behind on failure. Errors: -ENOMEM, -EINVAL, whatever arch_domain_create() says.
 */
int domain_create(domid_t id, uint32_t nr_vcpus, struct domain **ret_d) __must_check;
/** Free everything of @d, its memory included; accepts NULL. */
void domain_destroy(struct domain *d);

/** Record @code as the reason and stop all vCPUs; the first reason stays. */
void domain_shutdown(struct domain *d, int code);

/** domain_shutdown(SHUTDOWN_crash) after printing why and the vCPU's registers. */
void domain_crash(struct vcpu *v, const char *fmt, ...) __printf(2, 3);

/** "poweroff", "reboot", "suspend", "crash", "watchdog", "soft_reset". */
const char *domain_shutdown_name(int code);

/* vcpu.c: runstate, time areas, timers, blocking */
void vcpu_init(struct vcpu *v);
/** Enter runstate @state (RUNSTATE_*) at @now; accounts time, updates the guest's copy. */
void vcpu_set_runstate(struct vcpu *v, int state, stime_t now);
/** Sleep until an event is pending, unless one is already. */
void vcpu_block(struct vcpu *v);
void vcpu_wake(struct vcpu *v);
/** vCPU executed HLT with interrupts off or VCPUOP_down; the last one powers the domain off. */
void vcpu_down(struct vcpu *v);
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
