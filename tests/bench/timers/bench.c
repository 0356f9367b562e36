/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One kind of operation on a queue of many timers, for run_bench.py to count what it costs: all
 * that the functions called measured_...() execute. The timers' times are random, or as fill_up
 * and fill_down have it.
 *
 *   bench-timers fill|fill_up|fill_down|set|stop|expire TIMERS OPERATIONS
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <hv/cpu.h>
#include <hv/timer.h>

#define SPAN 1000000000ll /* times are drawn from so many ns */

static struct timer *timers;
static unsigned nr_timers;
static struct timer_queue *queue;
static stime_t now;
static uint64_t nr_fired, seed = 1;

/* xorshift64: the same everywhere. */
static uint64_t random64(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

static stime_t later(void)
{
	return now + 1 + (stime_t)(random64() % SPAN);
}

static __attribute__((noinline)) void measured_set(struct timer *t, stime_t expires)
{
	timer_set(t, expires);
}

static __attribute__((noinline)) void measured_stop(struct timer *t)
{
	timer_stop(t);
}

static __attribute__((noinline)) void measured_run(void)
{
	timers_run(queue, now);
}

/* Runs within measured_run(): what a periodic timer does. */
static void again(void *data)
{
	nr_fired++;
	timer_set(data, later());
}

static void fired(void *data)
{
	nr_fired++;
}

/* From empty to full and, one by one, to empty again. */
static void fill(const char *order, unsigned nr)
{
	for (unsigned done = 0; done < nr; done += nr_timers) {
		for (unsigned i = 0; i < nr_timers; i++) {
			timers[i].fn = fired;
			measured_set(&timers[i], !strcmp(order, "fill_up")     ? now + 1 + i
						 : !strcmp(order, "fill_down") ? now + SPAN - i
									       : later());
		}
		while (timers_next(queue) != STIME_MAX) {
			now = timers_next(queue);
			measured_run();
		}
	}
}

static void operate(const char *what, unsigned nr)
{
	for (unsigned i = 0; i < nr_timers; i++)
		timer_set(&timers[i], later());
	for (unsigned i = 0; i < nr; i++) {
		struct timer *t = &timers[random64() % nr_timers];

		/* The earliest fires now and then, as it does in life. */
		now = timers_next(queue);
		if (!strcmp(what, "expire")) {
			measured_run();
			continue;
		}
		timers_run(queue, now);
		if (!strcmp(what, "set")) {
			measured_set(t, later());
		} else {
			measured_stop(t);
			timer_set(t, later());
		}
	}
}

int main(int argc, char **argv)
{
	unsigned nr;

	if (argc != 4)
		return 2;
	nr_timers = (unsigned)atoi(argv[2]);
	nr = (unsigned)atoi(argv[3]);
	timers = calloc(nr_timers, sizeof(*timers));
	if (!timers || !nr_timers)
		return 2;
	queue = &cpu_this()->timers;
	spin_init(&queue->lock, LOCK_TIMERS, 0);
	for (unsigned i = 0; i < nr_timers; i++)
		timer_init(&timers[i], queue, again, &timers[i]);
	if (!strncmp(argv[1], "fill", 4))
		fill(argv[1], nr);
	else
		operate(argv[1], nr);
	printf("%llu\n", (unsigned long long)nr_fired);
	free(timers);
	return 0;
}
