/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The local APIC's timer against a clock the test moves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include <candor/support.h>

#include "machine.h"

SUPPORT_TEST(vlapic, "unit/vlapic-timer");

#define LVT_TIMER 0x320
#define INITIAL 0x380
#define CURRENT 0x390
#define DIVIDE 0x3e0
#define BY_1 0xb
#define PERIODIC 0x20000
#define MASKED 0x10000
#define VECTOR 0xec

static struct timer_queue queue;
static struct vcpu vcpu;
static struct vlapic vl;
static stime_t began;

static uint32_t mmio_read(uint32_t offset)
{
	uint32_t val = 0xdeadbeef;

	assert_int_equal(vlapic_mmio_read(&vl, offset, 4, &val), 0);
	return val;
}

static void mmio_write(uint32_t offset, uint32_t val)
{
	assert_int_equal(vlapic_mmio_write(&vl, offset, 4, val), 0);
}

static int start(void **state)
{
	machine_reset();
	vlapic_init(&vl, &vcpu, 0, &queue);
	mmio_write(0xf0, 0x1ff);
	mmio_write(LVT_TIMER, VECTOR);
	mmio_write(DIVIDE, BY_1);
	began = machine.now;
	return 0;
}

/* Take the timer's interrupt if there is one. */
static bool take(void)
{
	int vector = vlapic_pending_vector(&vl);

	if (vector < 0)
		return false;
	assert_int_equal(vector, VECTOR);
	vlapic_ack(&vl, vector);
	vlapic_eoi(&vl);
	return true;
}

static void test_one_shot(void **state)
{
	mmio_write(INITIAL, 5000);
	assert_int_equal(mmio_read(CURRENT), 5000);
	machine_advance(began + 1);
	assert_int_equal(mmio_read(CURRENT), 4999);
	machine_advance(began + 4999);
	assert_int_equal(mmio_read(CURRENT), 1);
	assert_false(take());
	assert_int_equal(machine.nr_wakes, 0);
	machine_advance(began + 5000);
	assert_int_equal(machine.nr_wakes, 1);
	assert_true(take());
	assert_int_equal(mmio_read(CURRENT), 0);
	assert_int_equal(mmio_read(INITIAL), 5000);
	machine_advance(began + 1000000);
	assert_false(take());
	assert_false(vl.timer.active);
}

static void test_dividers(void **state)
{
	static const struct {
		uint32_t divide, by;
	} cases[] = { { 0, 2 },	 { 1, 4 },  { 2, 8 },	  { 3, 16 },
		      { 8, 32 }, { 9, 64 }, { 0xa, 128 }, { 0xb, 1 } };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		start(state);
		mmio_write(DIVIDE, cases[i].divide);
		mmio_write(INITIAL, 1000);
		machine_advance(began + 100 * cases[i].by);
		assert_int_equal(mmio_read(CURRENT), 900);
		machine_advance(began + 1000 * cases[i].by - 1);
		assert_int_equal(mmio_read(CURRENT), 1);
		assert_false(take());
		machine_advance(began + 1000 * cases[i].by);
		assert_true(take());
	}
}

static void test_longest(void **state)
{
	stime_t end = began + 0xffffffffll * 128;

	mmio_write(DIVIDE, 0xa);
	mmio_write(INITIAL, 0xffffffff);
	assert_int_equal(mmio_read(CURRENT), 0xffffffff);
	machine_advance(end - 1);
	assert_false(take());
	machine_advance(end);
	assert_true(take());
}

static void test_stop(void **state)
{
	mmio_write(INITIAL, 5000);
	machine_advance(began + 10);
	mmio_write(INITIAL, 0);
	assert_int_equal(mmio_read(CURRENT), 0);
	assert_false(vl.timer.active);
	machine_advance(began + 10000);
	assert_false(take());
}

static void test_periodic(void **state)
{
	mmio_write(LVT_TIMER, PERIODIC | VECTOR);
	mmio_write(INITIAL, 1000000);
	for (unsigned n = 1; n < 20; n++) {
		machine_advance(began + n * 1000000 - 1);
		assert_int_equal(mmio_read(CURRENT), 1);
		assert_false(take());
		machine_advance(began + n * 1000000);
		assert_true(take());
		assert_int_equal(mmio_read(CURRENT), 1000000);
	}
	/* A late host timer loses no phase. */
	machine.now = began + 25 * 1000000 + 300000;
	machine_advance(machine.now);
	assert_true(take());
	assert_int_equal(mmio_read(CURRENT), 700000);
	machine_advance(began + 26 * 1000000);
	assert_true(take());
}

/* A period of a nanosecond costs the host no more than 10,000 interrupts a second. */
static void test_shortest_period(void **state)
{
	mmio_write(LVT_TIMER, PERIODIC | VECTOR);
	mmio_write(INITIAL, 1);
	machine_advance(began + 100000000);
	assert_true(take());
	assert_in_range(machine.nr_wakes, 900, 1001);
}

static void test_masked(void **state)
{
	mmio_write(LVT_TIMER, MASKED | VECTOR);
	mmio_write(INITIAL, 5000);
	assert_false(vl.timer.active);
	assert_int_equal(machine.nr_timer_sets, 0);
	machine_advance(began + 1000);
	assert_int_equal(mmio_read(CURRENT), 4000);
	/* Opened in time it interrupts, opened late it does not. */
	mmio_write(LVT_TIMER, VECTOR);
	machine_advance(began + 5000);
	assert_true(take());
	mmio_write(LVT_TIMER, MASKED | VECTOR);
	mmio_write(INITIAL, 5000);
	machine_advance(began + 20000);
	mmio_write(LVT_TIMER, VECTOR);
	machine_advance(began + 40000);
	assert_false(take());
	/* Masked in time it does not either. */
	mmio_write(INITIAL, 5000);
	mmio_write(LVT_TIMER, MASKED | VECTOR);
	machine_advance(began + 60000);
	assert_false(take());
}

/* An expiry the host has not handled yet is not lost to a change of settings. */
static void test_late_host(void **state)
{
	mmio_write(INITIAL, 5000);
	machine.now = began + 6000;
	assert_int_equal(mmio_read(CURRENT), 0);
	mmio_write(LVT_TIMER, MASKED | 0x55);
	assert_true(take());
	machine_advance(began + 10000);
	assert_false(take());

	mmio_write(LVT_TIMER, VECTOR);
	mmio_write(INITIAL, 5000);
	machine.now += 6000;
	mmio_write(INITIAL, 7000);
	assert_true(take());
	assert_int_equal(mmio_read(CURRENT), 7000);

	machine.now += 8000;
	mmio_write(DIVIDE, 0);
	assert_true(take());
	assert_int_equal(mmio_read(CURRENT), 0);
	machine_advance(machine.now + 100000);
	assert_false(take());
}

static void test_divide_while_running(void **state)
{
	mmio_write(INITIAL, 5000);
	machine_advance(began + 1000);
	mmio_write(DIVIDE, 1); /* by 4 */
	assert_int_equal(mmio_read(CURRENT), 4000);
	machine_advance(began + 1000 + 4 * 4000 - 1);
	assert_false(take());
	machine_advance(began + 1000 + 4 * 4000);
	assert_true(take());
}

static void test_mode_change(void **state)
{
	/* An expired one-shot does not come back to life as periodic. */
	mmio_write(INITIAL, 5000);
	machine_advance(began + 6000);
	assert_true(take());
	mmio_write(LVT_TIMER, PERIODIC | VECTOR);
	assert_int_equal(mmio_read(CURRENT), 0);
	machine_advance(began + 1000000);
	assert_false(take());
	/* Periodic to one-shot: the running period is the last. */
	mmio_write(INITIAL, 200000);
	machine_advance(began + 1500000);
	assert_true(take());
	mmio_write(LVT_TIMER, VECTOR);
	assert_int_equal(mmio_read(CURRENT), 100000);
	machine_advance(began + 1600000);
	assert_true(take());
	machine_advance(began + 3000000);
	assert_false(take());
}

static void test_illegal_vector(void **state)
{
	mmio_write(0x370, 0xfe);
	mmio_write(LVT_TIMER, 0x0f);
	mmio_write(INITIAL, 5000);
	machine_advance(began + 5000);
	assert_int_equal(vlapic_pending_vector(&vl), 0xfe);
	mmio_write(0x280, 0);
	assert_int_equal(mmio_read(0x280), 0x40);
}

static void test_disable(void **state)
{
	mmio_write(INITIAL, 5000);
	mmio_write(0xf0, 0xff);
	assert_false(vl.timer.active);
	machine_advance(began + 1000);
	assert_int_equal(mmio_read(CURRENT), 4000);
	machine_advance(began + 10000);
	mmio_write(0xf0, 0x1ff);
	assert_int_equal(vlapic_pending_vector(&vl), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_one_shot, start),
		cmocka_unit_test_setup(test_dividers, start),
		cmocka_unit_test_setup(test_longest, start),
		cmocka_unit_test_setup(test_stop, start),
		cmocka_unit_test_setup(test_periodic, start),
		cmocka_unit_test_setup(test_shortest_period, start),
		cmocka_unit_test_setup(test_masked, start),
		cmocka_unit_test_setup(test_late_host, start),
		cmocka_unit_test_setup(test_divide_while_running, start),
		cmocka_unit_test_setup(test_mode_change, start),
		cmocka_unit_test_setup(test_illegal_vector, start),
		cmocka_unit_test_setup(test_disable, start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
