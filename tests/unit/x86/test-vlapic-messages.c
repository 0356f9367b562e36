/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages between local APICs: what the ICR sends, who takes it, and where it goes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <candor/support.h>

#include "machine.h"
#include "vlapic-access.h"

SUPPORT_TEST(vlapic, "unit/vlapic-messages");
SUPPORT_TEST(vlapic_x2apic, "unit/vlapic-messages");

static void test_self_ipi(void **state)
{
	struct vlapic vl;

	start_enabled(&vl);
	mmio_write(&vl, 0x300, 0x00040051); /* shorthand */
	assert_int_equal(vlapic_pending_vector(&vl), 0x51);
	mmio_write(&vl, 0x300, 0x00000062); /* by id 0 */
	assert_int_equal(vlapic_pending_vector(&vl), 0x62);
	assert_int_equal(machine.nr_ipis, 0);
	assert_int_equal(mmio_read(&vl, 0x300), 0x62);

	start_x2apic(&vl, 5);
	msr_write(&vl, 0x83f, 0x71);
	assert_int_equal(vlapic_pending_vector(&vl), 0x71);
	msr_write(&vl, 0x830, 5ull << 32 | 0x82);
	assert_int_equal(vlapic_pending_vector(&vl), 0x82);
	assert_int_equal(machine.nr_ipis, 0);
	msr_write(&vl, 0x83f, 0x0f);
	msr_write(&vl, 0x828, 0);
	assert_int_equal(msr_read(&vl, 0x828), 0x20);
	/* Software-disabled, it takes no messages. */
	msr_write(&vl, 0x80f, 0xff);
	msr_write(&vl, 0x83f, 0x93);
	assert_int_equal(msr_read(&vl, 0x824), 1u << 2); /* 0x82 alone */
}

/* Writes of the ICR and the message each makes; none if sent is false. */
static const struct {
	uint32_t high, low;
	bool sent;
	struct vlapic_ipi ipi;
} icr_cases[] = {
	{ 0x07000000, 0x000000fd, true, { VLAPIC_FIXED, VLAPIC_TO_DEST, false, 0xfd, 7 } },
	{ 0x07000000, 0x000009fd, true, { VLAPIC_LOWEST, VLAPIC_TO_DEST, true, 0xfd, 7 } },
	{ 0xff000000,
	  0x000000fd,
	  true,
	  { VLAPIC_FIXED, VLAPIC_TO_DEST, false, 0xfd, VLAPIC_BROADCAST } },
	{ 0, 0x000800fd, true, { VLAPIC_FIXED, VLAPIC_TO_ALL, false, 0xfd, 0 } },
	{ 0, 0x000c0400, true, { VLAPIC_NMI, VLAPIC_TO_OTHERS, false, 0, 0 } },
	{ 0, 0x00000400, true, { VLAPIC_NMI, VLAPIC_TO_DEST, false, 0, 0 } },
	{ 0, 0x00040400, true, { VLAPIC_NMI, VLAPIC_TO_SELF, false, 0, 0 } },
	{ 0x02000000, 0x0000c500, true, { VLAPIC_INIT, VLAPIC_TO_DEST, false, 0, 2 } },
	{ 0x02000000, 0x00000500, true, { VLAPIC_INIT, VLAPIC_TO_DEST, false, 0, 2 } },
	{ 0x02000000, 0x00008500, false, { 0 } }, /* INIT level de-assert */
	{ 0x02000000, 0x0000069a, true, { VLAPIC_SIPI, VLAPIC_TO_DEST, false, 0x9a, 2 } },
	{ 0x02000000, 0x00000601, true, { VLAPIC_SIPI, VLAPIC_TO_DEST, false, 1, 2 } },
	{ 0x02000000, 0x00000200, true, { VLAPIC_SMI, VLAPIC_TO_DEST, false, 0, 2 } },
	{ 0x02000000, 0x00000340, false, { 0 } }, /* reserved modes */
	{ 0x02000000, 0x00000740, false, { 0 } },
	{ 0x02000000, 0x00000100, false, { 0 } }, /* illegal vector */
};

static void check_ipi(struct vlapic *vl, size_t i, uint32_t dest)
{
	const struct vlapic_ipi *want = &icr_cases[i].ipi, *got = &machine.ipi;

	if (machine.nr_ipis != icr_cases[i].sent)
		fail_msg("case %zu: %u messages", i, machine.nr_ipis);
	if (!icr_cases[i].sent)
		return;
	assert_ptr_equal(machine.ipi_from, vl);
	if (got->mode != want->mode || got->shorthand != want->shorthand ||
	    got->logical != want->logical || got->vector != want->vector || got->dest != dest)
		fail_msg("case %zu: mode %d shorthand %d vector %#x dest %#x", i, got->mode,
			 got->shorthand, got->vector, got->dest);
}

static void test_icr(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(icr_cases); i++) {
		uint32_t high = icr_cases[i].high, low = icr_cases[i].low;
		struct vlapic vl;

		start_enabled(&vl);
		mmio_write(&vl, 0x310, high);
		assert_int_equal(machine.nr_ipis, 0);
		mmio_write(&vl, 0x300, low | 0x00033000); /* status and reserved bits */
		check_ipi(&vl, i, icr_cases[i].ipi.dest);
		assert_int_equal(mmio_read(&vl, 0x300), low);
		assert_int_equal(mmio_read(&vl, 0x310), high);

		start_x2apic(&vl, 0);
		msr_write(&vl, 0x830, (uint64_t)high << 32 | low);
		check_ipi(&vl, i, high);
		assert_int_equal(msr_read(&vl, 0x830), (uint64_t)high << 32 | low);
	}
}

static void test_accept(void **state)
{
	struct vlapic_ipi ipi = { .mode = VLAPIC_FIXED, .vector = 0x44 };
	struct vlapic vl;

	start(&vl, 0);
	assert_false(vlapic_accept_ipi(&vl, &ipi)); /* software-disabled: lost */
	mmio_write(&vl, 0xf0, 0x1ff);
	assert_int_equal(vlapic_pending_vector(&vl), -1);
	assert_true(vlapic_accept_ipi(&vl, &ipi));
	assert_false(vlapic_accept_ipi(&vl, &ipi)); /* pending already */
	assert_int_equal(vlapic_pending_vector(&vl), 0x44);
	mmio_write(&vl, 0x370, 0xfe);
	ipi.vector = 3;
	assert_true(vlapic_accept_ipi(&vl, &ipi));
	assert_int_equal(vlapic_pending_vector(&vl), 0xfe);
	assert_int_equal(read_esr(&vl), 0x40);
}

struct dest_case {
	bool x2apic;
	uint32_t id, ldr, dfr; /* of the target; ldr and dfr in xAPIC mode */
	bool logical;
	uint32_t dest;
	bool match;
};

static const struct dest_case dest_cases[] = {
	/* physical */
	{ false, 2, 0, ~0u, false, 2, true },
	{ false, 2, 0, ~0u, false, 3, false },
	{ false, 2, 0, ~0u, false, VLAPIC_BROADCAST, true },
	{ true, 2, 0, 0, false, 2, true },
	{ true, 0xff, 0, 0, false, 0xff, true },
	{ true, 2, 0, 0, false, 0xff, false },
	{ true, 0x10002, 0, 0, false, 2, false },
	{ true, 2, 0, 0, false, VLAPIC_BROADCAST, true },
	/* flat */
	{ false, 0, 0x04000000, ~0u, true, 0x04, true },
	{ false, 0, 0x04000000, ~0u, true, 0x0f, true },
	{ false, 0, 0x04000000, ~0u, true, 0xfb, false },
	{ false, 0, 0x04000000, ~0u, true, 0x00, false },
	{ false, 0, 0x04000000, ~0u, true, VLAPIC_BROADCAST, true },
	{ false, 0, 0x04000000, ~0u, true, 0x104, false },
	/* cluster */
	{ false, 0, 0x24000000, 0x0fffffff, true, 0x24, true },
	{ false, 0, 0x24000000, 0x0fffffff, true, 0x2f, true },
	{ false, 0, 0x24000000, 0x0fffffff, true, 0x34, false },
	{ false, 0, 0x24000000, 0x0fffffff, true, 0x23, false },
	{ false, 0, 0x24000000, 0x0fffffff, true, 0xf4, true },
	{ false, 0, 0x24000000, 0x0fffffff, true, 0xf3, false },
	{ false, 0, 0x24000000, 0x0fffffff, true, VLAPIC_BROADCAST, true },
	/* a model there is not */
	{ false, 0, 0x24000000, 0x7fffffff, true, 0x24, false },
	/* x2APIC logical: cluster of 16 */
	{ true, 0x12, 0, 0, true, 0x10004, true },
	{ true, 0x12, 0, 0, true, 0x1ffff, true },
	{ true, 0x12, 0, 0, true, 0x1fffb, false },
	{ true, 0x12, 0, 0, true, 0x00004, false },
	{ true, 0x12, 0, 0, true, 0x20004, false },
	{ true, 0x12, 0, 0, true, VLAPIC_BROADCAST, true },
};

static void test_destinations(void **state)
{
	struct vlapic target, from;

	start(&from, 9);
	for (size_t i = 0; i < ARRAY_SIZE(dest_cases); i++) {
		const struct dest_case *c = &dest_cases[i];
		struct vlapic_ipi ipi = { .logical = c->logical, .dest = c->dest };

		if (c->x2apic) {
			start_x2apic(&target, c->id);
		} else {
			start(&target, c->id);
			mmio_write(&target, 0xd0, c->ldr);
			mmio_write(&target, 0xe0, c->dfr);
		}
		if (vlapic_match_dest(&target, &from, &ipi) != c->match)
			fail_msg("case %zu", i);
		msr_write(&target, 0x1b, BASE_OFF);
		assert_false(vlapic_match_dest(&target, &from, &ipi));
	}
}

static void test_shorthands(void **state)
{
	struct vlapic target, from;
	struct vlapic_ipi ipi = { .dest = 77 };

	start(&target, 1);
	start(&from, 9);
	ipi.shorthand = VLAPIC_TO_SELF;
	assert_true(vlapic_match_dest(&from, &from, &ipi));
	assert_false(vlapic_match_dest(&target, &from, &ipi));
	ipi.shorthand = VLAPIC_TO_ALL;
	assert_true(vlapic_match_dest(&from, &from, &ipi));
	assert_true(vlapic_match_dest(&target, &from, &ipi));
	ipi.shorthand = VLAPIC_TO_OTHERS;
	assert_false(vlapic_match_dest(&from, &from, &ipi));
	assert_true(vlapic_match_dest(&target, &from, &ipi));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_self_ipi),   cmocka_unit_test(test_icr),
		cmocka_unit_test(test_accept),	   cmocka_unit_test(test_destinations),
		cmocka_unit_test(test_shorthands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
