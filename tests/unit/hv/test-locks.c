/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The watch over locks: what it must stop, naming both places, and what it must let pass. */
#include "hv-test.h"

#include <string.h>

#include <hv/cpu.h>
#include <hv/printk.h>
#include <hv/spinlock.h>

static struct spinlock first, second;

static void locks(enum lock_class a, uint32_t a_order, enum lock_class b, uint32_t b_order)
{
	spin_init(&first, a, a_order);
	spin_init(&second, b, b_order);
}

/* As if nobody had them: what stopped let go of nothing. */
static void forget_all(void)
{
	first.next = first.serving = 0;
	second.next = second.serving = 0;
	memset(&cpu_this()->locks, 0, sizeof(cpu_this()->locks));
}

/* What the host said when @fn made it stop; NULL: it did not. */
static const char *stopped_by(void (*fn)(void))
{
	jmp_buf stopped;

	fake_console_clear();
	if (setjmp(stopped)) {
		fake_host.on_stop = NULL;
		forget_all();
		fake_cpu_switch(0);
		forget_all();
		return fake_host.console;
	}
	fake_host.on_stop = &stopped;
	fn();
	fake_host.on_stop = NULL;
	assert_int_equal(cpu_this()->locks.nr, 0);
	return NULL;
}

static void says(void (*fn)(void), const char *what)
{
	const char *said = stopped_by(fn);

	if (!said || !strstr(said, what))
		fail_msg("expected \"%s\", but: %s", what, said ? said : "(went on)");
}

static void first_then_second(void)
{
	spin_lock(&first);
	spin_lock(&second);
	spin_unlock(&second);
	spin_unlock(&first);
}

static void second_then_first(void)
{
	spin_lock(&second);
	spin_lock(&first);
	spin_unlock(&second);
	spin_unlock(&first);
}

static void order(void **state)
{
	locks(LOCK_DOMAIN, 1, LOCK_TIMERS, 0);
	assert_null(stopped_by(first_then_second));
	says(second_then_first, "locks: a domain taken at ");
	says(second_then_first, " inside a timer queue, held since ");
	/* Both places: this file, twice. */
	assert_non_null(strstr(strstr(fake_host.console, "test-locks.c:") + 1, "test-locks.c:"));
}

static void same_class(void **state)
{
	locks(LOCK_DOMAIN, 1, LOCK_DOMAIN, 2);
	assert_null(stopped_by(first_then_second));
	says(second_then_first, "a domain taken at ");
	spin_init(&first, LOCK_RUN_QUEUE, 0);
	spin_init(&second, LOCK_RUN_QUEUE, 0);
	if ((uintptr_t)&first < (uintptr_t)&second) {
		assert_null(stopped_by(first_then_second));
		says(second_then_first, "inside a run queue");
	} else {
		assert_null(stopped_by(second_then_first));
		says(first_then_second, "inside a run queue");
	}
	locks(LOCK_GRANTS, 0, LOCK_GRANTS, 0);
	says(first_then_second, "inside a grant table");
}

static void take_twice(void)
{
	spin_lock(&first);
	spin_lock(&first);
}

static void twice(void **state)
{
	locks(LOCK_HEAP, 0, LOCK_HEAP, 0);
	says(take_twice, "twice: the heap, held since ");
}

static void try_against_order(void)
{
	spin_lock(&second);
	assert_true(spin_trylock(&first));
	assert_false(spin_trylock(&first));
	spin_unlock(&first);
	spin_unlock(&second);
}

static void tried(void **state)
{
	locks(LOCK_DOMAIN, 1, LOCK_TIMERS, 0);
	assert_null(stopped_by(try_against_order));
}

static void let_go_free(void)
{
	spin_unlock(&first);
}

static void let_go_by_another(void)
{
	spin_lock(&first);
	fake_cpu_switch(1);
	spin_unlock(&first);
}

static void unlock(void **state)
{
	locks(LOCK_P2M, 0, LOCK_P2M, 0);
	says(let_go_free, "a p2m let go at ");
	says(let_go_free, "which CPU -1 holds");
	says(let_go_by_another, "which CPU 0 holds");
}

static void never_made(void **state)
{
	locks(LOCK_UNKNOWN, 0, LOCK_UNKNOWN, 0);
	says(take_twice, "spin_init() was forgotten");
}

static void give_way(void)
{
	spin_lock(&first);
	(void)hypercall_preempt();
}

static void pass_the_loop(void)
{
	spin_lock(&first);
	(void)cpu_take_work(cpu_this());
}

/* What takes time, or another CPU, is done with nothing held. */
static void nothing_held(void **state)
{
	locks(LOCK_DOMAIN, 1, LOCK_P2M, 0);
	says(give_way, "a hypercall asks whether to give way with a domain held since ");
	says(pass_the_loop, "the exit loop is passed with a domain held since ");
	/* Nobody ever waits for this one. */
	locks(LOCK_KILL, 0, LOCK_P2M, 0);
	spin_lock(&first);
	(void)hypercall_preempt();
	spin_unlock(&first);
}

static void time_held(void **state)
{
	locks(LOCK_MAPTRACK, 0, LOCK_P2M, 0);
	spin_lock(&first);
	fake_host.now += 12345678;
	spin_unlock(&first);
	fake_console_clear();
	lockcheck_dump();
	assert_non_null(
		strstr(fake_host.console, "a maptrack: held for 12345678 ns at most, since "));
}

static int setup(void **state)
{
	fake_host_create(64);
	fake_cpus_create(2);
	return 0;
}

static int teardown(void **state)
{
	fake_host_destroy();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order),	cmocka_unit_test(same_class),
		cmocka_unit_test(twice),	cmocka_unit_test(tried),
		cmocka_unit_test(unlock),	cmocka_unit_test(never_made),
		cmocka_unit_test(nothing_held), cmocka_unit_test(time_held),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
