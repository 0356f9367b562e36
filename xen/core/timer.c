/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Timers in a pairing heap: setting one is O(1), the next expiry is the root,
 * removing one is O(log n) amortized. A queue belongs to one CPU, which runs what is
 * due; any CPU may set a timer on it.
 */
#include <hv/timer.h>

#include <hv/cpu.h>

/*
 * Links: @child is the first of a node's children, @next the sibling behind it,
 * @prev the sibling before it or, for a first child, the parent.
 */
static struct timer *meld(struct timer *a, struct timer *b)
{
	struct timer *low, *high;

	if (!a)
		return b;
	if (!b)
		return a;
	low = b->expires < a->expires ? b : a;
	high = low == a ? b : a;
	high->prev = low;
	high->next = low->child;
	if (high->next)
		high->next->prev = high;
	low->child = high;
	low->next = NULL;
	low->prev = NULL;
	return low;
}

/* Meld a list of siblings: pairs from the left, then the pairs from the right. */
static struct timer *meld_siblings(struct timer *first)
{
	struct timer *pairs = NULL, *root = NULL;

	while (first) {
		struct timer *a = first, *b = a->next, *pair;

		first = b ? b->next : NULL;
		a->next = NULL;
		if (b)
			b->next = NULL;
		pair = meld(a, b);
		pair->next = pairs;
		pairs = pair;
	}
	while (pairs) {
		struct timer *next = pairs->next;

		pairs->next = NULL;
		root = meld(root, pairs);
		pairs = next;
	}
	if (root)
		root->prev = NULL;
	return root;
}

static void heap_insert(struct timer_queue *q, struct timer *t)
{
	t->child = NULL;
	t->next = NULL;
	t->prev = NULL;
	q->root = meld(q->root, t);
	if (q->root == t)
		q->changed = true;
}

static void heap_remove(struct timer_queue *q, struct timer *t)
{
	struct timer *rest = meld_siblings(t->child);

	t->child = NULL;
	if (t == q->root) {
		q->root = rest;
		q->changed = true;
		return;
	}
	if (t->prev->child == t)
		t->prev->child = t->next;
	else
		t->prev->next = t->next;
	if (t->next)
		t->next->prev = t->prev;
	q->root = meld(q->root, rest);
}

/* The list of timers that timers_run() took from the heap and has yet to call. */
static void due_remove(struct timer_queue *q, struct timer *t)
{
	if (t->prev)
		t->prev->next = t->next;
	else
		q->due = t->next;
	if (t->next)
		t->next->prev = t->prev;
	t->is_due = false;
}

void timer_init(struct timer *t, struct timer_queue *q, void (*fn)(void *data), void *data)
{
	*t = (struct timer){ .queue = q, .fn = fn, .data = data };
}

/* Lock the queue of @t, which timer_move() may change until then. */
static struct timer_queue *lock_queue(const struct timer *t)
{
	for (;;) {
		struct timer_queue *q = __atomic_load_n(&t->queue, __ATOMIC_ACQUIRE);

		spin_lock(&q->lock);
		if (likely(q == __atomic_load_n(&t->queue, __ATOMIC_RELAXED)))
			return q;
		spin_unlock(&q->lock);
	}
}

/* Tell the CPU of @q, if it is another one, that it is to wake sooner. */
static void unlock_queue(struct timer_queue *q)
{
	struct cpu *cpu = container_of(q, struct cpu, timers);
	bool sooner = q->changed && q->root;

	spin_unlock(&q->lock);
	if (sooner && cpu != cpu_this())
		cpu_raise(cpu, CPU_WORK_TIMERS);
}

static void stop(struct timer *t)
{
	t->moving = false;
	if (!t->active)
		return;
	t->active = false;
	if (t->is_due)
		due_remove(t->queue, t);
	else
		heap_remove(t->queue, t);
}

void timer_stop(struct timer *t)
{
	struct timer_queue *q = lock_queue(t);

	stop(t);
	spin_unlock(&q->lock);
}

void timer_kill(struct timer *t)
{
	if (!t->queue)
		return;
	timer_stop(t);
	while (__atomic_load_n(&t->queue->running, __ATOMIC_ACQUIRE) == t)
		__builtin_ia32_pause();
}

/* With the lock held, which is let go. */
static void set_locked(struct timer_queue *q, struct timer *t, stime_t expires)
{
	stop(t);
	t->expires = expires;
	t->active = true;
	heap_insert(q, t);
	unlock_queue(q);
}

void timer_set(struct timer *t, stime_t expires)
{
	set_locked(lock_queue(t), t, expires);
}

void timer_move(struct timer *t, struct timer_queue *to)
{
	struct timer_queue *from = lock_queue(t);
	struct timer_queue *q;
	bool active = t->active;

	if (from == to) {
		spin_unlock(&from->lock);
		return;
	}
	stop(t);
	t->moving = active;
	__atomic_store_n(&t->queue, to, __ATOMIC_RELEASE);
	spin_unlock(&from->lock);
	if (!active)
		return;
	/* Unless another CPU has stopped it, or set it anew, between the two locks. */
	q = lock_queue(t);
	if (t->moving)
		set_locked(q, t, t->expires);
	else
		spin_unlock(&q->lock);
}

/* Move what has expired from the heap to the due list, earliest first. */
static void take_due(struct timer_queue *q, stime_t now)
{
	struct timer *last = NULL;

	while (q->root && q->root->expires <= now) {
		struct timer *t = q->root;

		heap_remove(q, t);
		t->is_due = true;
		t->next = NULL;
		t->prev = last;
		if (last)
			last->next = t;
		else
			q->due = t;
		last = t;
	}
}

void timers_run(struct timer_queue *q, stime_t now)
{
	spin_lock(&q->lock);
	take_due(q, now);
	while (q->due) {
		struct timer *t = q->due;

		due_remove(q, t);
		t->active = false;
		__atomic_store_n(&q->running, t, __ATOMIC_RELAXED);
		spin_unlock(&q->lock);
		perfc(timers);
		t->fn(t->data);
		spin_lock(&q->lock);
		__atomic_store_n(&q->running, NULL, __ATOMIC_RELEASE);
	}
	spin_unlock(&q->lock);
}

stime_t timers_next(const struct timer_queue *q)
{
	/* Once: another CPU may stop it just now, and says by ->changed that it has. */
	const struct timer *root = __atomic_load_n(&q->root, __ATOMIC_RELAXED);

	return root ? root->expires : STIME_MAX;
}
