/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Spinlocks where somebody below takes CPUs away: one that waits and does not run must not keep
 * the lock from those that do. (In turn, four CPUs on a busy machine handed the run queue's lock
 * round without a guest ever running.) And that both kinds exclude.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <cmocka.h>

#include <candor/support.h>

#include <hv/spinlock.h>

SUPPORT_TEST(host_smp, "unit/hv-spinlock");

#define PATIENCE 60 /* seconds until SIGALRM ends the test */

static struct spinlock lock;
static int taken_away[2], given_back[2]; /* pipes */
static volatile bool waits;

/* Here the waiting CPU stands still. */
static void stand_still(int signal)
{
	char c = 0;

	if (write(taken_away[1], &c, 1) != 1 || read(given_back[0], &c, 1) != 1)
		_exit(2);
}

static void *waiter(void *data)
{
	waits = true;
	spin_lock(&lock);
	spin_unlock(&lock);
	return NULL;
}

static void one_that_stands_still_holds_up_nobody(void **state)
{
	const struct sigaction action = { .sa_handler = stand_still };
	pthread_t thread;
	char c = 0;

	spinlock_unfair = true;
	assert_int_equal(pipe(taken_away), 0);
	assert_int_equal(pipe(given_back), 0);
	assert_int_equal(sigaction(SIGUSR1, &action, NULL), 0);
	spin_lock(&lock);
	assert_int_equal(pthread_create(&thread, NULL, waiter, NULL), 0);
	while (!waits)
		usleep(1000);
	usleep(20000); /* into the loop, most probably: a ticket would be drawn */
	assert_int_equal(pthread_kill(thread, SIGUSR1), 0);
	assert_int_equal(read(taken_away[0], &c, 1), 1);
	alarm(PATIENCE);
	for (unsigned i = 0; i < 1000; i++) {
		spin_unlock(&lock);
		spin_lock(&lock);
	}
	alarm(0);
	spin_unlock(&lock);
	assert_int_equal(write(given_back[1], &c, 1), 1);
	assert_int_equal(pthread_join(thread, NULL), 0);
}

#define NR_THREADS 3
#define NR_ROUNDS 20000

static unsigned long counter; /* under the lock, not atomic */

static void *count(void *data)
{
	for (unsigned i = 0; i < NR_ROUNDS; i++) {
		spin_lock(&lock);
		counter++;
		spin_unlock(&lock);
	}
	return NULL;
}

static void both_kinds_exclude(void **state)
{
	pthread_t threads[NR_THREADS];

	/* In turn only a few: preempted waiters are what the other kind is for. */
	for (unsigned kind = 0; kind < 2; kind++) {
		unsigned nr = kind ? NR_THREADS : 1;

		spinlock_unfair = kind;
		counter = 0;
		for (unsigned i = 0; i < nr; i++)
			assert_int_equal(pthread_create(&threads[i], NULL, count, NULL), 0);
		for (unsigned i = 0; i < nr; i++)
			assert_int_equal(pthread_join(threads[i], NULL), 0);
		assert_int_equal(counter, nr * NR_ROUNDS);
	}
	assert_int_equal(lock.next, lock.serving);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_that_stands_still_holds_up_nobody),
		cmocka_unit_test(both_kinds_exclude),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
