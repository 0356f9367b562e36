/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The timer heap: a random walk against a plain array, and its edges. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <hv/cpu.h>
#include <hv/timer.h>

#define NR 200

#define queue cpu_this()->timers /* a queue is a CPU's */
static struct timer timers[NR];
static stime_t model[NR]; /* expiry; STIME_MAX = not set */
static stime_t now, last_fired;
static unsigned nr_fired;

static stime_t model_next(void)
{
	stime_t next = STIME_MAX;

	for (unsigned i = 0; i < NR; i++)
		next = MIN(next, model[i]);
	return next;
}

static void fired(void *data)
{
	unsigned i = (unsigned)((struct timer *)data - timers);

	assert_true(model[i] <= now);
	assert_true(timers[i].expires >= last_fired);
	assert_false(timers[i].active);
	last_fired = timers[i].expires;
	model[i] = STIME_MAX;
	nr_fired++;
}

static int setup(void **state)
{
	queue = (struct timer_queue){ 0 };
	spin_init(&queue.lock, LOCK_TIMERS, 0);
	now = 0;
	nr_fired = 0;
	for (unsigned i = 0; i < NR; i++) {
		timer_init(&timers[i], &queue, fired, &timers[i]);
		model[i] = STIME_MAX;
	}
	return 0;
}

static void random_walk(void **state)
{
	srand(4);
	for (unsigned round = 0; round < 100000; round++) {
		unsigned i = (unsigned)rand() % NR;

		switch (rand() % 4) {
		case 0:
		case 1:
			model[i] = now + rand() % 1000 - 100;
			timer_set(&timers[i], model[i]);
			break;
		case 2:
			timer_stop(&timers[i]);
			model[i] = STIME_MAX;
			break;
		default:
			now += rand() % 20;
			last_fired = INT64_MIN;
			timers_run(&queue, now);
			assert_true(model_next() > now);
		}
		assert_int_equal(timers_next(&queue), model_next());
		assert_int_equal(timers[i].active, model[i] != STIME_MAX);
	}
	assert_true(nr_fired > 10000);
}

static void rearm_in_the_past(void *data)
{
	nr_fired++;
	timer_set(data, 0);
}

/* One that is always due runs once a round, and the others run as well. */
static void a_greedy_timer_does_not_hang(void **state)
{
	struct timer greedy;

	timer_init(&greedy, &queue, rearm_in_the_past, &greedy);
	timer_set(&greedy, 0);
	model[0] = 5;
	timer_set(&timers[0], 5);
	now = 10;
	last_fired = INT64_MIN;
	timers_run(&queue, now);
	assert_int_equal(nr_fired, 2);
	assert_true(greedy.active);
	assert_int_equal(timers_next(&queue), 0);
	timers_run(&queue, now);
	assert_int_equal(nr_fired, 3);
}

static void stop_the_next_two(void *data)
{
	timer_stop(&timers[1]);
	timer_stop(&timers[2]);
	timer_set(&timers[2], 50);
}

/* A timer that is due, but stopped or moved by an earlier one's function, does not fire. */
static void stopping_a_due_timer(void **state)
{
	struct timer first;

	timer_init(&first, &queue, stop_the_next_two, NULL);
	timer_set(&first, 1);
	for (unsigned i = 1; i < 4; i++) {
		model[i] = 2;
		timer_set(&timers[i], 2);
	}
	now = 10;
	last_fired = INT64_MIN;
	timers_run(&queue, now);
	assert_int_equal(nr_fired, 1);
	assert_int_equal(model[3], STIME_MAX);
	assert_false(timers[1].active);
	assert_int_equal(timers_next(&queue), 50);
}

static void changed_tells_of_the_earliest(void **state)
{
	timer_set(&timers[0], 100);
	assert_true(queue.changed);
	queue.changed = false;
	timer_set(&timers[1], 200);
	assert_false(queue.changed);
	timer_stop(&timers[1]);
	assert_false(queue.changed);
	timer_set(&timers[2], 50);
	assert_true(queue.changed);
	queue.changed = false;
	timer_stop(&timers[2]);
	assert_true(queue.changed);
	timer_stop(&timers[2]);
	assert_int_equal(timers_next(&queue), 100);
}

#define T(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(random_walk),
		T(a_greedy_timer_does_not_hang),
		T(stopping_a_due_timer),
		T(changed_tells_of_the_earliest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
