/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ticket spinlocks. Interrupts are off wherever the hypervisor itself runs.
 *
 * Every lock is of a class, and locks.def has these in the order in which they may be taken: who
 * holds one may wait for another of a class further down only, or for a second one of the same
 * class if that has an order of its own. Builds with -Ddebug_checks=true watch this, and more, and
 * stop the host with both places named (core/lockcheck.c); arch/fake always does.
 */
#ifndef HV_SPINLOCK_H
#define HV_SPINLOCK_H

#include <hv/types.h>

enum lock_class {
	LOCK_UNKNOWN, /* spin_init() was forgotten */
#define LOCK_CLASS(name, text) LOCK_##name,
#include <hv/locks.def>
#undef LOCK_CLASS
	NR_LOCK_CLASSES,
};

struct spinlock {
	uint32_t next;	  /* atomic: ticket handed out next */
	uint32_t serving; /* atomic: ticket now inside */
#ifdef HV_DEBUG_CHECKS
	uint8_t class;		  /* enum lock_class */
	uint32_t order;		  /* among those of its class */
	const struct cpu *holder; /* atomic; NULL: nobody */
#endif
};

/**
 * Somebody below schedules these CPUs, an emulator or another hypervisor. Then a lock goes to
 * whoever runs: handed on in turn it would wait for one CPU after the other that is not running.
 */
extern bool spinlock_unfair; /* constant once the host has booted */

/** Take it if it is free. */
static inline bool spin_try(struct spinlock *l)
{
	uint32_t serving = __atomic_load_n(&l->serving, __ATOMIC_ACQUIRE);

	return __atomic_compare_exchange_n(&l->next, &serving, serving + 1, false, __ATOMIC_ACQUIRE,
					   __ATOMIC_RELAXED);
}

static inline void spin_take(struct spinlock *l)
{
	uint32_t ticket;

	if (unlikely(spinlock_unfair)) {
		while (__atomic_load_n(&l->next, __ATOMIC_RELAXED) !=
			       __atomic_load_n(&l->serving, __ATOMIC_RELAXED) ||
		       !spin_try(l))
			__builtin_ia32_pause();
		return;
	}
	ticket = __atomic_fetch_add(&l->next, 1, __ATOMIC_RELAXED);
	while (__atomic_load_n(&l->serving, __ATOMIC_ACQUIRE) != ticket)
		__builtin_ia32_pause();
}

static inline void spin_give(struct spinlock *l)
{
	__atomic_store_n(&l->serving, l->serving + 1, __ATOMIC_RELEASE);
}

#ifdef HV_DEBUG_CHECKS

#define LOCKS_HELD_MAX 12

/* What a CPU holds, the latest last; in struct cpu, its own alone. */
struct locks_held {
	unsigned nr;
	bool off; /* a fault was found: no more checks, the host stops */
	struct {
		struct spinlock *lock;
		const char *where;
		stime_t since;
	} at[LOCKS_HELD_MAX];
};

/* core/lockcheck.c */
void lockcheck_lock(struct spinlock *l, const char *where);
bool lockcheck_trylock(struct spinlock *l, const char *where);
void lockcheck_unlock(struct spinlock *l, const char *where);
/** @what is done with a lock held: stop. */
void lockcheck_none_held(const char *what);
#define LOCK_TEXT(x) #x
#define LOCK_LINE(x) LOCK_TEXT(x)
#define LOCK_HERE __FILE__ ":" LOCK_LINE(__LINE__)
#define SPINLOCK_INIT(of_class)     \
	{                           \
		.class = (of_class) \
	}
#define spin_lock(l) lockcheck_lock((l), LOCK_HERE)
#define spin_trylock(l) lockcheck_trylock((l), LOCK_HERE)
#define spin_unlock(l) lockcheck_unlock((l), LOCK_HERE)
#define spin_none_held(what) lockcheck_none_held(what)

/** @order: among the locks of its class, if two of them may be held; unique. */
static inline void spin_init(struct spinlock *l, enum lock_class of_class, uint32_t order)
{
	*l = (struct spinlock){ .class = (uint8_t)of_class, .order = order };
}

#define HV_LOCKS_WATCHED 1

#else

#define HV_LOCKS_WATCHED 0

struct locks_held {
};

#define SPINLOCK_INIT(of_class) \
	{                       \
		0               \
	}
#define spin_lock(l) spin_take(l)
/** Take it if it is free. */
#define spin_trylock(l) spin_try(l)
#define spin_unlock(l) spin_give(l)
/** No lock may be held where @what is done. */
#define spin_none_held(what) ((void)0)

static inline void spin_init(struct spinlock *l, enum lock_class of_class, uint32_t order)
{
	*l = (struct spinlock){ 0 };
}

#endif

/** core/lockcheck.c, if HV_LOCKS_WATCHED: of each class, the longest time one was held, and where.
 */
void lockcheck_dump(void);

#endif
