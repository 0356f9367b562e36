/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The virtual local APIC: priorities against a naive model, masks and legality
 * of every register in both modes, errors. Messages and the timer have files of
 * their own: test-vlapic-messages.c and test-vlapic-timer.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <candor/support.h>

#include "machine.h"
#include "vlapic-access.h"

SUPPORT_TEST(vlapic, "unit/vlapic");
SUPPORT_TEST(vlapic_x2apic, "unit/vlapic");

static void check_reset_values(struct vlapic *vl)
{
	static const struct {
		uint32_t offset, val;
	} regs[] = {
		{ 0x20, 6u << 24 }, { 0x30, 0x50014 },	{ 0x80, 0 },	    { 0x90, 0 },
		{ 0xa0, 0 },	    { 0xb0, 0 },	{ 0xc0, 0 },	    { 0xd0, 0 },
		{ 0xe0, ~0u },	    { 0xf0, 0xff },	{ 0x280, 0 },	    { 0x300, 0 },
		{ 0x310, 0 },	    { 0x320, 0x10000 }, { 0x330, 0x10000 }, { 0x340, 0x10000 },
		{ 0x350, 0x10000 }, { 0x360, 0x10000 }, { 0x370, 0x10000 }, { 0x380, 0 },
		{ 0x390, 0 },	    { 0x3e0, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(regs); i++)
		if (mmio_read(vl, regs[i].offset) != regs[i].val)
			fail_msg("register %#x: %#x", regs[i].offset,
				 mmio_read(vl, regs[i].offset));
	for (uint32_t offset = 0x100; offset < 0x280; offset += 0x10)
		assert_int_equal(mmio_read(vl, offset), 0);
	/* None of that touched a register there is not. */
	mmio_write(vl, 0x280, 0);
	assert_int_equal(mmio_read(vl, 0x280), 0);
}

static void dirty(struct vlapic *vl)
{
	mmio_write(vl, 0xf0, 0x1ff);
	for (unsigned i = 0; i < 6; i++)
		mmio_write(vl, 0x320 + 0x10 * i, 0x40 + i);
	mmio_write(vl, 0xd0, ~0u);
	mmio_write(vl, 0xe0, 0);
	mmio_write(vl, 0x310, ~0u);
	mmio_write(vl, 0x300, 5);
	mmio_write(vl, 0x280, 0);
	mmio_write(vl, 0x3e0, 0xb);
	mmio_write(vl, 0x380, 1000);
	vlapic_set_irq(vl, 0x50, VLAPIC_LEVEL);
	vlapic_ack(vl, 0x50);
	vlapic_set_irq(vl, 0x60, VLAPIC_EDGE);
	mmio_write(vl, 0x80, 0x20);
}

static void test_reset(void **state)
{
	struct vlapic vl;

	start(&vl, 6);
	assert_int_equal(msr_read(&vl, 0x1b), BASE_XAPIC);
	check_reset_values(&vl);
	dirty(&vl);
	assert_true(vl.timer.active);
	vlapic_reset(&vl);
	assert_false(vl.timer.active);
	check_reset_values(&vl);
	assert_int_equal(vlapic_pending_vector(&vl), -1);

	/* Disabling it by the MSR loses the state as well. */
	dirty(&vl);
	msr_write(&vl, 0x1b, BASE_OFF);
	msr_write(&vl, 0x1b, BASE_XAPIC);
	check_reset_values(&vl);

	dirty(&vl);
	vlapic_destroy(&vl);
	assert_false(vl.timer.active);
}

static void test_reset_keeps_mode(void **state)
{
	struct vlapic vl;

	start_x2apic(&vl, 6);
	vlapic_reset(&vl);
	assert_int_equal(msr_read(&vl, 0x1b), BASE_X2APIC);
	assert_int_equal(msr_read(&vl, 0x802), 6);
	assert_int_equal(msr_read(&vl, 0x80f), 0xff);
	vlapic_init(&vl, &vcpus[1], 2, &queue);
	assert_int_equal(msr_read(&vl, 0x1b), BASE_XAPIC & ~VLAPIC_BASE_BSP);
}

/* The naive model: 256 flags each, searched from the top. */
struct model {
	bool irr[256], isr[256], tmr[256];
	uint8_t tpr;
	bool enabled;
};

static int model_top(const bool *flags)
{
	for (int i = 255; i >= 0; i--)
		if (flags[i])
			return i;
	return -1;
}

static uint8_t model_ppr(const struct model *m)
{
	int isr = model_top(m->isr);

	if (isr < 0 || m->tpr >> 4 >= isr >> 4)
		return m->tpr;
	return isr & 0xf0;
}

static int model_pending(const struct model *m)
{
	int irr = model_top(m->irr);

	return m->enabled && irr >= 0 && irr >> 4 > model_ppr(m) >> 4 ? irr : -1;
}

static void check_bits(struct vlapic *vl, uint32_t offset, const bool *flags)
{
	for (unsigned i = 0; i < 8; i++) {
		uint32_t want = 0;

		for (unsigned bit = 0; bit < 32; bit++)
			want |= (uint32_t)flags[i * 32 + bit] << bit;
		assert_int_equal(mmio_read(vl, offset + 0x10 * i), want);
	}
}

static void check_model(struct vlapic *vl, const struct model *m)
{
	assert_int_equal(vlapic_pending_vector(vl), model_pending(m));
	assert_int_equal(mmio_read(vl, 0xa0), model_ppr(m));
	assert_int_equal(mmio_read(vl, 0x80), m->tpr);
	assert_int_equal(vlapic_cr8(vl), m->tpr >> 4);
	check_bits(vl, 0x100, m->isr);
	check_bits(vl, 0x180, m->tmr);
	check_bits(vl, 0x200, m->irr);
}

static void model_step(struct vlapic *vl, struct model *m, unsigned action, uint8_t vector)
{
	int pending = model_pending(m), top;

	switch (action) {
	case 0 ... 3:
		if (vector < 16)
			vector += 16;
		assert_int_equal(vlapic_set_irq(vl, vector, action ? VLAPIC_EDGE : VLAPIC_LEVEL),
				 !m->irr[vector]);
		m->irr[vector] = true;
		m->tmr[vector] = !action;
		break;
	case 4 ... 6:
		if (pending < 0)
			break;
		vlapic_ack(vl, pending);
		m->irr[pending] = false;
		m->isr[pending] = true;
		break;
	case 7:
		top = model_top(m->isr);
		mmio_write(vl, 0xb0, vector);
		if (top >= 0)
			m->isr[top] = false;
		break;
	case 8:
		mmio_write(vl, 0x80, 0xffffff00 | vector);
		m->tpr = vector;
		break;
	case 9:
		assert_int_equal(vlapic_set_cr8(vl, vector & 3), 0);
		m->tpr = (vector & 3) << 4;
		break;
	default:
		m->enabled = vector & 7;
		mmio_write(vl, 0xf0, m->enabled ? 0x1ff : 0xff);
		break;
	}
}

static void test_priorities(void **state)
{
	struct model m = { .enabled = true };
	unsigned nr_taken = 0, most_nested = 0;
	struct vlapic vl;

	start_enabled(&vl);
	srandom(1);
	for (unsigned step = 0; step < 100000; step++) {
		model_step(&vl, &m, random() % 11, random() >> 8);
		check_model(&vl, &m);
		nr_taken += vlapic_pending_vector(&vl) >= 0;
		most_nested = MAX(most_nested, vl.nr_isr);
	}
	assert_true(nr_taken > 10000);
	assert_true(most_nested >= 3); /* test_nesting goes to the bottom */
}

/* All fifteen classes nested, and nothing more. */
static void test_nesting(void **state)
{
	struct vlapic vl;

	start_enabled(&vl);
	for (unsigned class = 1; class < 16; class ++) {
		vlapic_set_irq(&vl, class << 4, VLAPIC_EDGE);
		assert_int_equal(vlapic_pending_vector(&vl), class << 4);
		vlapic_ack(&vl, class << 4);
		vlapic_set_irq(&vl, class << 4 | 15, VLAPIC_EDGE);
		assert_int_equal(vlapic_pending_vector(&vl), -1);
	}
	for (unsigned class = 15; class; class --) {
		assert_int_equal(mmio_read(&vl, 0xa0), class << 4);
		mmio_write(&vl, 0xb0, 0);
		assert_int_equal(vlapic_pending_vector(&vl), class << 4 | 15);
		vlapic_ack(&vl, class << 4 | 15);
		mmio_write(&vl, 0xb0, 0);
	}
	/* An EOI too many, and a vector that must not be taken now, do no harm. */
	mmio_write(&vl, 0xb0, 0);
	vlapic_set_irq(&vl, 0x90, VLAPIC_EDGE);
	vlapic_ack(&vl, 0x90);
	vlapic_ack(&vl, 0x91);
	vlapic_ack(&vl, 0x30);
	assert_int_equal(vl.nr_isr, 1);
	mmio_write(&vl, 0xb0, 0);
	assert_int_equal(mmio_read(&vl, 0xa0), 0);
}

static void test_software_disable(void **state)
{
	struct vlapic vl;

	start(&vl, 0);
	/* An upcall that comes before the guest enables the APIC waits for that. */
	assert_true(vlapic_set_irq(&vl, 0xf3, VLAPIC_EDGE));
	assert_int_equal(vlapic_pending_vector(&vl), -1);
	mmio_write(&vl, 0xf0, 0x1ff);
	assert_int_equal(vlapic_pending_vector(&vl), 0xf3);

	/* LVT entries are masked by disabling and stay so until enabled. */
	for (unsigned i = 0; i < 6; i++)
		mmio_write(&vl, 0x320 + 0x10 * i, 0x40);
	mmio_write(&vl, 0xf0, 0xff);
	for (unsigned i = 0; i < 6; i++) {
		assert_int_equal(mmio_read(&vl, 0x320 + 0x10 * i), 0x10040);
		mmio_write(&vl, 0x320 + 0x10 * i, 0x41);
		assert_int_equal(mmio_read(&vl, 0x320 + 0x10 * i), 0x10041);
	}
	mmio_write(&vl, 0xf0, 0x1ff);
	mmio_write(&vl, 0x320, 0x41);
	assert_int_equal(mmio_read(&vl, 0x320), 0x41);
}

static void test_hardware_disable(void **state)
{
	struct vlapic_ipi ipi = { .mode = VLAPIC_FIXED, .vector = 0x40 };
	struct vlapic vl;
	uint32_t val;
	uint64_t val64;

	start_enabled(&vl);
	assert_true(vlapic_owns(&vl, gpa(0xfee00000)));
	assert_true(vlapic_owns(&vl, gpa(0xfee00fff)));
	assert_false(vlapic_owns(&vl, gpa(0xfee01000)));
	assert_false(vlapic_owns(&vl, gpa(0xfedff000)));
	msr_write(&vl, 0x1b, 0xfec00000 | VLAPIC_BASE_ENABLE);
	assert_int_equal(msr_read(&vl, 0x1b), 0xfec00000 | VLAPIC_BASE_ENABLE | VLAPIC_BASE_BSP);
	assert_true(vlapic_owns(&vl, gpa(0xfec00030)));
	assert_false(vlapic_owns(&vl, gpa(0xfee00000)));
	msr_write(&vl, 0x1b, BASE_OFF);
	assert_false(vlapic_owns(&vl, gpa(0xfee00000)));
	assert_int_equal(vlapic_mmio_read(&vl, 0x30, 4, &val), -XEN_ENXIO);
	assert_int_equal(vlapic_mmio_write(&vl, 0x80, 4, 0), -XEN_ENXIO);
	assert_int_equal(vlapic_msr_read(&vl, 0x803, &val64), -XEN_EINVAL);
	assert_int_equal(vlapic_msr_write(&vl, 0x80b, 0), -XEN_EINVAL);
	assert_false(vlapic_accept_ipi(&vl, &ipi));
}

/* Bits that keep what is written to them, by offset; enabled APIC. */
static const struct {
	uint32_t offset, writable, ones;
	uint64_t x2apic_legal; /* 0: no such MSR, or write-only */
} registers[] = {
	{ 0x80, 0xff, 0, 0xff },
	{ 0xd0, 0xff000000, 0, 0 },
	{ 0xe0, 0xf0000000, 0x0fffffff, 0 },
	{ 0xf0, 0x3ff, 0, 0x3ff },
	{ 0x310, 0xff000000, 0, 0 },
	{ 0x320, 0x300ff, 0, 0x310ff },
	{ 0x330, 0x107ff, 0, 0x117ff },
	{ 0x340, 0x107ff, 0, 0x117ff },
	{ 0x350, 0x1a7ff, 0, 0x1f7ff },
	{ 0x360, 0x1a7ff, 0, 0x1f7ff },
	{ 0x370, 0x100ff, 0, 0x110ff },
	{ 0x380, 0xffffffff, 0, 0xffffffff },
	{ 0x3e0, 0xb, 0, 0xb },
};

static void test_masks(void **state)
{
	struct vlapic vl;

	for (size_t i = 0; i < ARRAY_SIZE(registers); i++) {
		for (unsigned bit = 0; bit < 33; bit++) {
			uint32_t val = bit < 32 ? 1u << bit : ~0u;
			uint32_t want = (val & registers[i].writable) | registers[i].ones, got;

			start_enabled(&vl);
			mmio_write(&vl, registers[i].offset, val);
			got = mmio_read(&vl, registers[i].offset);
			if (got != want)
				fail_msg("register %#x: wrote %#x, read %#x", registers[i].offset,
					 val, got);
			mmio_write(&vl, 0x280, 0);
			assert_int_equal(mmio_read(&vl, 0x280), 0);
		}
	}
}

/* Writes to read-only registers change nothing; no error either. */
static void test_read_only(void **state)
{
	static const uint32_t offsets[] = { 0x20, 0x30, 0x90, 0xa0, 0xc0, 0x390 };
	struct vlapic vl;

	start_enabled(&vl);
	for (size_t i = 0; i < ARRAY_SIZE(offsets); i++) {
		uint32_t before = mmio_read(&vl, offsets[i]);

		mmio_write(&vl, offsets[i], 0x5a5a5a5a);
		assert_int_equal(mmio_read(&vl, offsets[i]), before);
	}
	for (uint32_t offset = 0x100; offset < 0x280; offset += 0x10) {
		mmio_write(&vl, offset, ~0u);
		assert_int_equal(mmio_read(&vl, offset), 0);
	}
	mmio_write(&vl, 0x280, 0);
	assert_int_equal(mmio_read(&vl, 0x280), 0);
}

static bool exists(uint32_t offset)
{
	static const uint32_t others[] = {
		0x20, 0x30, 0x90, 0xa0, 0xb0, 0xc0, 0x280, 0x300, 0x390
	};

	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (offset == others[i])
			return true;
	for (size_t i = 0; i < ARRAY_SIZE(registers); i++)
		if (offset == registers[i].offset)
			return true;
	return offset >= 0x100 && offset < 0x280;
}

static void test_illegal_registers(void **state)
{
	struct vlapic vl;

	start_enabled(&vl);
	for (uint32_t offset = 0; offset < 0x1000; offset += 0x10) {
		uint32_t want = exists(offset) ? 0 : 0x80;

		mmio_read(&vl, offset);
		if (read_esr(&vl) != want)
			fail_msg("read of %#x", offset);
		if (offset == 0x280 || offset == 0x300)
			continue;
		mmio_write(&vl, offset, 0);
		if (read_esr(&vl) != want)
			fail_msg("write of %#x", offset);
	}
}

static void test_partial_access(void **state)
{
	struct vlapic vl;
	uint32_t val;

	start_enabled(&vl);
	assert_int_equal(vlapic_mmio_read(&vl, 0x30, 1, &val), 0);
	assert_int_equal(val, 0x14);
	assert_int_equal(vlapic_mmio_read(&vl, 0x32, 1, &val), 0);
	assert_int_equal(val, 0x05);
	assert_int_equal(vlapic_mmio_read(&vl, 0x32, 2, &val), 0);
	assert_int_equal(val, 0x05);
	assert_int_equal(vlapic_mmio_read(&vl, 0x30, 8, &val), 0);
	assert_int_equal(val, 0x50014);
	assert_int_equal(vlapic_mmio_read(&vl, 0x34, 4, &val), 0);
	assert_int_equal(val, 0);
	assert_int_equal(vlapic_mmio_read(&vl, 0x3f, 1, &val), 0);
	assert_int_equal(val, 0);
	assert_int_equal(vlapic_mmio_write(&vl, 0x80, 1, 0x40), 0);
	assert_int_equal(vlapic_mmio_write(&vl, 0x80, 2, 0x40), 0);
	assert_int_equal(vlapic_mmio_write(&vl, 0x84, 4, 0x40), 0);
	assert_int_equal(mmio_read(&vl, 0x80), 0);
	assert_int_equal(vlapic_mmio_write(&vl, 0x80, 8, 0x40), 0);
	assert_int_equal(mmio_read(&vl, 0x80), 0x40);
}

static void test_cr8(void **state)
{
	struct vlapic vl;

	start_enabled(&vl);
	assert_int_equal(vlapic_set_cr8(&vl, 15), 0);
	assert_int_equal(mmio_read(&vl, 0x80), 0xf0);
	assert_int_equal(vlapic_set_cr8(&vl, 16), -XEN_EINVAL);
	assert_int_equal(vlapic_set_cr8(&vl, 1ull << 32), -XEN_EINVAL);
	assert_int_equal(vlapic_cr8(&vl), 15);
}

static void test_arbitration_priority(void **state)
{
	struct vlapic vl;

	start_enabled(&vl);
	mmio_write(&vl, 0x80, 0x35);
	assert_int_equal(mmio_read(&vl, 0x90), 0x35);
	vlapic_set_irq(&vl, 0x62, VLAPIC_EDGE);
	assert_int_equal(mmio_read(&vl, 0x90), 0x60);
	vlapic_ack(&vl, 0x62);
	/* Task 3, in service 6: the bits both have. */
	assert_int_equal(mmio_read(&vl, 0x90), 0x20);
}

static void test_esr(void **state)
{
	struct vlapic vl;

	start_enabled(&vl);
	/* A vector below 16 is refused when sending, alone and to others. */
	mmio_write(&vl, 0x300, 0x0000000f);
	mmio_write(&vl, 0x300, 0x000c0000);
	assert_int_equal(machine.nr_ipis, 0);
	assert_int_equal(mmio_read(&vl, 0x280), 0); /* not before it is written */
	assert_int_equal(read_esr(&vl), 0x20);
	assert_int_equal(read_esr(&vl), 0);

	/* With the LVT entry open each new kind of error interrupts once. */
	mmio_write(&vl, 0x370, 0xfe);
	mmio_write(&vl, 0x300, 0x0000000f);
	assert_int_equal(vlapic_pending_vector(&vl), 0xfe);
	vlapic_ack(&vl, 0xfe);
	mmio_write(&vl, 0xb0, 0);
	mmio_write(&vl, 0x300, 0x0000000f);
	assert_int_equal(vlapic_pending_vector(&vl), -1);
	mmio_read(&vl, 0x3f0);
	assert_int_equal(vlapic_pending_vector(&vl), 0xfe);
	assert_int_equal(read_esr(&vl), 0xa0);

	/* An error entry whose own vector is illegal adds that. */
	start_enabled(&vl);
	mmio_write(&vl, 0x370, 0x05);
	mmio_read(&vl, 0x3f0);
	assert_int_equal(vlapic_pending_vector(&vl), -1);
	assert_int_equal(read_esr(&vl), 0xc0);
}

static void test_base_transitions(void **state)
{
	static const uint64_t modes[] = { BASE_OFF, BASE_OFF | VLAPIC_BASE_EXTD, BASE_XAPIC,
					  BASE_X2APIC };
	static const bool ok[4][4] = {
		[0] = { true, false, true, false },
		[2] = { true, false, true, true },
		[3] = { true, false, false, true },
	};

	for (unsigned from = 0; from < 4; from++) {
		for (unsigned to = 0; from != 1 && to < 4; to++) {
			struct vlapic vl;
			int rc;

			start(&vl, 0);
			if (from != 2)
				msr_write(&vl, 0x1b, modes[from]);
			assert_int_equal(msr_read(&vl, 0x1b), modes[from]);
			rc = vlapic_msr_write(&vl, 0x1b, modes[to]);
			if (rc != (ok[from][to] ? 0 : -XEN_EINVAL))
				fail_msg("from %u to %u: %d", from, to, rc);
			assert_int_equal(msr_read(&vl, 0x1b), rc ? modes[from] : modes[to]);
		}
	}
}

static void test_base_reserved(void **state)
{
	struct vlapic vl;

	for (unsigned bit = 0; bit < 64; bit++) {
		bool legal = bit == 8 || bit == 10 || bit == 11 || (bit >= 12 && bit < 40);
		int rc;

		start(&vl, 0);
		vl.phys_bits = 40;
		rc = vlapic_msr_write(&vl, 0x1b, (1ull << bit) | VLAPIC_BASE_ENABLE);
		if (rc != (legal ? 0 : -XEN_EINVAL))
			fail_msg("bit %u: %d", bit, rc);
		/* Nobody but the machine says who the boot processor is. */
		assert_true(msr_read(&vl, 0x1b) & VLAPIC_BASE_BSP);
	}
}

/* What can be read and written in x2APIC mode, by register number. */
static bool x2apic_readable(uint32_t reg)
{
	switch (reg) {
	case 0x02 ... 0x03:
	case 0x08:
	case 0x0a:
	case 0x0d:
	case 0x0f ... 0x28:
	case 0x30:
	case 0x32 ... 0x39:
	case 0x3e:
		return true;
	default:
		return false;
	}
}

static uint64_t x2apic_legal(uint32_t reg)
{
	for (size_t i = 0; i < ARRAY_SIZE(registers); i++)
		if (registers[i].offset >> 4 == reg)
			return registers[i].x2apic_legal;
	if (reg == 0x3f)
		return 0xff;
	return reg == 0x30 ? 0xffffffff000cdfff : 0;
}

static bool x2apic_writable(uint32_t reg)
{
	return reg == 0x0b || reg == 0x28 || x2apic_legal(reg);
}

static void test_x2apic_legality(void **state)
{
	struct vlapic vl;
	uint64_t val;

	start_x2apic(&vl, 0);
	for (uint32_t reg = 0; reg < 0x100; reg++) {
		int rc = vlapic_msr_read(&vl, 0x800 + reg, &val);

		if (rc != (x2apic_readable(reg) ? 0 : -XEN_EINVAL))
			fail_msg("read of %#x: %d", 0x800 + reg, rc);
		rc = vlapic_msr_write(&vl, 0x800 + reg, 0);
		if (rc != (x2apic_writable(reg) ? 0 : -XEN_EINVAL))
			fail_msg("write of %#x: %d", 0x800 + reg, rc);
		for (unsigned bit = 0; bit < 64; bit++) {
			bool ok = x2apic_legal(reg) >> bit & 1;

			rc = vlapic_msr_write(&vl, 0x800 + reg, 1ull << bit);
			if (rc != (ok ? 0 : -XEN_EINVAL))
				fail_msg("write of bit %u to %#x: %d", bit, 0x800 + reg, rc);
		}
	}
	assert_int_equal(vlapic_msr_read(&vl, 0x7ff, &val), -XEN_EINVAL);
	assert_int_equal(vlapic_msr_read(&vl, 0x900, &val), -XEN_EINVAL);
	assert_int_equal(vlapic_msr_write(&vl, 0x900, 0), -XEN_EINVAL);
	assert_int_equal(vlapic_mmio_read(&vl, 0x30, 4, &(uint32_t){ 0 }), -XEN_ENXIO);
	assert_int_equal(vlapic_mmio_write(&vl, 0xb0, 4, 0), -XEN_ENXIO);
	assert_false(vlapic_owns(&vl, gpa(0xfee00000)));

	/* And nothing of it in xAPIC mode. */
	start_enabled(&vl);
	for (uint32_t reg = 0; reg < 0x100; reg++) {
		assert_int_equal(vlapic_msr_read(&vl, 0x800 + reg, &val), -XEN_EINVAL);
		assert_int_equal(vlapic_msr_write(&vl, 0x800 + reg, 0), -XEN_EINVAL);
	}
}

static void test_x2apic_ids(void **state)
{
	static const struct {
		uint32_t id, ldr;
	} cases[] = { { 0, 1 }, { 2, 4 }, { 15, 0x8000 }, { 16, 0x10001 }, { 0x1234, 0x1230010 } };
	struct vlapic vl;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		start_x2apic(&vl, cases[i].id);
		assert_int_equal(msr_read(&vl, 0x802), cases[i].id);
		assert_int_equal(msr_read(&vl, 0x80d), cases[i].ldr);
	}
}

/* One state behind both views: what xAPIC mode left is what x2APIC mode finds. */
static void test_views_agree(void **state)
{
	struct vlapic vl;
	uint32_t seen[0x40];

	start(&vl, 3);
	dirty(&vl);
	mmio_read(&vl, 0x3f0);
	mmio_write(&vl, 0x280, 0);
	machine.now += 100;
	for (uint32_t reg = 0; reg < 0x40; reg++)
		seen[reg] = mmio_read(&vl, reg << 4);
	assert_int_equal(seen[0x28], 0x80);
	assert_int_not_equal(seen[0x39], 0);
	msr_write(&vl, 0x1b, BASE_X2APIC);
	for (uint32_t reg = 0; reg < 0x40; reg++) {
		if (!x2apic_readable(reg) || reg == 0x02 || reg == 0x0d)
			continue;
		if (msr_read(&vl, 0x800 + reg) != seen[reg])
			fail_msg("register %#x: %#lx, was %#x", reg,
				 (unsigned long)msr_read(&vl, 0x800 + reg), seen[reg]);
	}
	assert_int_equal(msr_read(&vl, 0x802), seen[2] >> 24);
	/* But for the destination of messages, which has another form. */
	assert_int_equal(msr_read(&vl, 0x830), seen[0x30]);
	assert_int_not_equal(seen[0x31], 0);
}

static void test_eoi_x2apic(void **state)
{
	struct vlapic vl;

	start_x2apic(&vl, 0);
	vlapic_set_irq(&vl, 0xf3, VLAPIC_EDGE);
	vlapic_ack(&vl, 0xf3);
	assert_int_equal(msr_read(&vl, 0x80a), 0xf0);
	assert_int_equal(msr_read(&vl, 0x817), 1u << (0xf3 - 0xe0));
	assert_int_equal(vlapic_msr_write(&vl, 0x80b, 1), -XEN_EINVAL);
	assert_int_equal(msr_read(&vl, 0x80a), 0xf0);
	msr_write(&vl, 0x80b, 0);
	assert_int_equal(msr_read(&vl, 0x80a), 0);
	assert_int_equal(msr_read(&vl, 0x817), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reset),
		cmocka_unit_test(test_reset_keeps_mode),
		cmocka_unit_test(test_priorities),
		cmocka_unit_test(test_nesting),
		cmocka_unit_test(test_software_disable),
		cmocka_unit_test(test_hardware_disable),
		cmocka_unit_test(test_masks),
		cmocka_unit_test(test_read_only),
		cmocka_unit_test(test_illegal_registers),
		cmocka_unit_test(test_partial_access),
		cmocka_unit_test(test_cr8),
		cmocka_unit_test(test_arbitration_priority),
		cmocka_unit_test(test_esr),
		cmocka_unit_test(test_base_transitions),
		cmocka_unit_test(test_base_reserved),
		cmocka_unit_test(test_x2apic_legality),
		cmocka_unit_test(test_x2apic_ids),
		cmocka_unit_test(test_views_agree),
		cmocka_unit_test(test_eoi_x2apic),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
