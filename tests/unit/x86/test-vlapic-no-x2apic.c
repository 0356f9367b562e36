/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The local APIC of a policy without x2APIC mode: it links without that file,
 * and the guest finds the mode as absent as on a processor that never had it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <candor/support.h>

#include "machine.h"

SUPPORT_TEST(vlapic, "unit/vlapic-no-x2apic");

static void test_mode_is_reserved(void **state)
{
	static struct vcpu vcpu;
	static struct timer_queue queue;
	struct vlapic vl;
	uint64_t base, val;

	machine_reset();
	vlapic_init(&vl, &vcpu, 0, &queue);
	assert_int_equal(vlapic_msr_read(&vl, VLAPIC_MSR_BASE, &base), 0);
	assert_int_equal(vlapic_msr_write(&vl, VLAPIC_MSR_BASE, base | VLAPIC_BASE_EXTD),
			 -XEN_EINVAL);
	assert_false(vlapic_x2apic_mode(&vl));
	for (uint32_t msr = VLAPIC_MSR_FIRST; msr <= VLAPIC_MSR_LAST; msr++) {
		assert_int_equal(vlapic_msr_read(&vl, msr, &val), -XEN_EINVAL);
		assert_int_equal(vlapic_msr_write(&vl, msr, 0), -XEN_EINVAL);
	}
}

static void test_xapic_works(void **state)
{
	static struct vcpu vcpu;
	static struct timer_queue queue;
	struct vlapic vl;
	uint32_t val;

	machine_reset();
	vlapic_init(&vl, &vcpu, 0, &queue);
	assert_int_equal(vlapic_mmio_write(&vl, 0xf0, 4, 0x1ff), 0);
	assert_int_equal(vlapic_mmio_write(&vl, 0x300, 4, 0x40044), 0);
	assert_int_equal(vlapic_pending_vector(&vl), 0x44);
	vlapic_ack(&vl, 0x44);
	assert_int_equal(vlapic_mmio_read(&vl, 0xa0, 4, &val), 0);
	assert_int_equal(val, 0x40);
	assert_int_equal(vlapic_mmio_write(&vl, 0xb0, 4, 0), 0);
	assert_int_equal(vlapic_mmio_read(&vl, 0xa0, 4, &val), 0);
	assert_int_equal(val, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mode_is_reserved),
		cmocka_unit_test(test_xapic_works),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
