/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Watches locks in debug builds. A CPU knows what it holds and where it took it; what it is
 * about to wait for is held against the order of hv/locks.def, so that a deadlock is found
 * wherever it could happen, not only when it does. What is found stops the host.
 */
#include <hv/spinlock.h>

#include <hv/cpu.h>
#include <hv/printk.h>

#include <arch/arch.h>

static const char *const names[NR_LOCK_CLASSES] = {
	[LOCK_UNKNOWN] = "a lock without a class",
#define LOCK_CLASS(name, text) [LOCK_##name] = (text),
#include <hv/locks.def>
#undef LOCK_CLASS
};

/* Of each class; each CPU writes what it finds, and of two at the same time one is lost. */
static struct {
	stime_t ns; /* atomic */
	const char *where;
} longest[NR_LOCK_CLASSES];

static const char *name_of(const struct spinlock *l)
{
	return l->class < NR_LOCK_CLASSES ? names[l->class] : names[LOCK_UNKNOWN];
}

/* May one that holds @held wait for @l? */
static bool in_order(const struct spinlock *held, const struct spinlock *l)
{
	if (held->class != l->class)
		return held->class < l->class;
	if (l->class == LOCK_RUN_QUEUE)
		return held < l;
	return l->class == LOCK_DOMAIN && held->order < l->order;
}

static bool watches(const struct locks_held *h)
{
	return !h->off;
}

static void check_room(struct locks_held *h, const struct spinlock *l, const char *where)
{
	if (likely(l->class != LOCK_UNKNOWN && h->nr < LOCKS_HELD_MAX))
		return;
	h->off = true;
	panic("locks: %s taken at %s: %s", name_of(l), where,
	      l->class == LOCK_UNKNOWN ? "spin_init() was forgotten" : "too many are held");
}

static void check_order(struct locks_held *h, const struct spinlock *l, const char *where)
{
	for (unsigned i = 0; i < h->nr; i++) {
		const struct spinlock *held = h->at[i].lock;

		if (likely(in_order(held, l)))
			continue;
		h->off = true;
		panic("locks: %s taken at %s %s %s, held since %s", name_of(l), where,
		      held == l ? "twice:" : "inside", name_of(held), h->at[i].where);
	}
}

static void note_taken(struct cpu *cpu, struct spinlock *l, const char *where)
{
	struct locks_held *h = &cpu->locks;

	__atomic_store_n(&l->holder, cpu, __ATOMIC_RELAXED);
	h->at[h->nr].lock = l;
	h->at[h->nr].where = where;
	h->at[h->nr].since = arch_now();
	h->nr++;
}

void lockcheck_lock(struct spinlock *l, const char *where)
{
	struct cpu *cpu = cpu_this();

	if (likely(watches(&cpu->locks))) {
		check_room(&cpu->locks, l, where);
		check_order(&cpu->locks, l, where);
	}
	spin_take(l);
	if (likely(watches(&cpu->locks)))
		note_taken(cpu, l, where);
}

/* Who does not wait may try in any order. */
bool lockcheck_trylock(struct spinlock *l, const char *where)
{
	struct cpu *cpu = cpu_this();

	if (likely(watches(&cpu->locks)))
		check_room(&cpu->locks, l, where);
	if (!spin_try(l))
		return false;
	if (likely(watches(&cpu->locks)))
		note_taken(cpu, l, where);
	return true;
}

static void note_time(const struct spinlock *l, stime_t since, const char *where)
{
	stime_t ns = arch_now() - since;

	if (ns <= __atomic_load_n(&longest[l->class].ns, __ATOMIC_RELAXED))
		return;
	__atomic_store_n(&longest[l->class].ns, ns, __ATOMIC_RELAXED);
	__atomic_store_n(&longest[l->class].where, where, __ATOMIC_RELAXED);
}

/* Not always the latest that was taken. */
static void forget(struct cpu *cpu, const struct spinlock *l, const char *where)
{
	struct locks_held *h = &cpu->locks;
	unsigned at = h->nr;

	while (at && h->at[at - 1].lock != l)
		at--;
	if (unlikely(!at)) {
		const struct cpu *holder = __atomic_load_n(&l->holder, __ATOMIC_RELAXED);

		h->off = true;
		panic("locks: %s let go at %s, which CPU %d holds", name_of(l), where,
		      holder ? (int)holder->id : -1);
	}
	note_time(l, h->at[at - 1].since, h->at[at - 1].where);
	for (; at < h->nr; at++)
		h->at[at - 1] = h->at[at];
	h->nr--;
}

void lockcheck_unlock(struct spinlock *l, const char *where)
{
	struct cpu *cpu = cpu_this();

	if (likely(watches(&cpu->locks)))
		forget(cpu, l, where);
	__atomic_store_n(&l->holder, NULL, __ATOMIC_RELAXED);
	spin_give(l);
}

/* The end of a domain is only ever tried: nobody waits for who holds that. */
void lockcheck_none_held(const char *what)
{
	struct locks_held *h = &cpu_this()->locks;

	for (unsigned i = 0; i < h->nr && watches(h); i++) {
		if (h->at[i].lock->class == LOCK_KILL)
			continue;
		h->off = true;
		panic("locks: %s with %s held since %s", what, name_of(h->at[i].lock),
		      h->at[i].where);
	}
}

void lockcheck_dump(void)
{
	for (unsigned i = 1; i < NR_LOCK_CLASSES; i++) {
		const char *where = __atomic_load_n(&longest[i].where, __ATOMIC_RELAXED);

		if (where)
			printk(LOG_ERROR, "%s: held for %ld ns at most, since %s", names[i],
			       (long)__atomic_load_n(&longest[i].ns, __ATOMIC_RELAXED), where);
	}
}
