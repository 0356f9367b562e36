/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Timers: an intrusive heap per physical CPU; O(log n), no allocation. Any CPU may set and
 * stop any timer; the function runs on the CPU of the queue with no lock held, and who stops
 * or moves a timer on another CPU may find its function still running there.
 */
#ifndef HV_TIMER_H
#define HV_TIMER_H

#include <hv/spinlock.h>
#include <hv/types.h>

struct timer {
	stime_t expires;
	void (*fn)(void *data); /* runs with interrupts off, may set the timer again */
	void *data;
	struct timer_queue *queue;
	struct timer *child, *next, *prev; /* links of the pairing heap, or of the due list */
	bool active;			   /* will fire: in the heap or in the due list */
	bool is_due;			   /* in the due list */
	bool moving;			   /* was armed, and is to be in the queue it moves to */
};

struct timer_queue {
	struct spinlock lock;
	struct timer *root;
	struct timer *due;     /* taken by timers_run() and not called yet */
	struct timer *running; /* its function runs now, without the lock */
	bool changed;	       /* the earliest expiry moved since the arch last looked */
};

void timer_init(struct timer *t, struct timer_queue *q, void (*fn)(void *data), void *data);
/** (Re)arm for @expires; a time in the past fires at the next timers_run(). */
void timer_set(struct timer *t, stime_t expires);
void timer_stop(struct timer *t);
/**
 * Stop it, and wait until its function does not run on another CPU either. No lock is held that
 * its function takes.
 */
void timer_kill(struct timer *t);
/** From now on @t is of @q, armed or not. Only where its function cannot run at the same time. */
void timer_move(struct timer *t, struct timer_queue *q);

/** Run what has expired by @now. At most as many as were due on entry. */
void timers_run(struct timer_queue *q, stime_t now);
/** Expiry of the earliest timer, STIME_MAX if none. */
stime_t timers_next(const struct timer_queue *q);

#endif
