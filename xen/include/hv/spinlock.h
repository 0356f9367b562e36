/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ticket spinlocks. Interrupts are off wherever the hypervisor itself runs. */
#ifndef HV_SPINLOCK_H
#define HV_SPINLOCK_H

#include <hv/types.h>

struct spinlock {
	uint32_t next;	  /* atomic: ticket handed out next */
	uint32_t serving; /* atomic: ticket now inside */
};

/**
 * Somebody below schedules these CPUs, an emulator or another hypervisor. Then a lock goes to
 * whoever runs: handed on in turn it would wait for one CPU after the other that is not running.
 */
extern bool spinlock_unfair; /* constant once the host has booted */

static inline bool spin_trylock(struct spinlock *l);

static inline void spin_lock(struct spinlock *l)
{
	uint32_t ticket;

	if (unlikely(spinlock_unfair)) {
		while (__atomic_load_n(&l->next, __ATOMIC_RELAXED) !=
			       __atomic_load_n(&l->serving, __ATOMIC_RELAXED) ||
		       !spin_trylock(l))
			__builtin_ia32_pause();
		return;
	}
	ticket = __atomic_fetch_add(&l->next, 1, __ATOMIC_RELAXED);
	while (__atomic_load_n(&l->serving, __ATOMIC_ACQUIRE) != ticket)
		__builtin_ia32_pause();
}

/** Take it if it is free. */
static inline bool spin_trylock(struct spinlock *l)
{
	uint32_t serving = __atomic_load_n(&l->serving, __ATOMIC_RELAXED);

	return __atomic_compare_exchange_n(&l->next, &serving, serving + 1, false, __ATOMIC_ACQUIRE,
					   __ATOMIC_RELAXED);
}

static inline void spin_unlock(struct spinlock *l)
{
	__atomic_store_n(&l->serving, l->serving + 1, __ATOMIC_RELEASE);
}

#endif
