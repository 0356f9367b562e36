/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A local APIC for a test, in the mode it needs, and accesses that have to succeed. */
#ifndef TESTS_X86_VLAPIC_ACCESS_H
#define TESTS_X86_VLAPIC_ACCESS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "machine.h"

#define BASE_XAPIC (VLAPIC_DEFAULT_BASE | VLAPIC_BASE_ENABLE | VLAPIC_BASE_BSP)
#define BASE_X2APIC (BASE_XAPIC | VLAPIC_BASE_EXTD)
#define BASE_OFF (VLAPIC_DEFAULT_BASE | VLAPIC_BASE_BSP)

static struct timer_queue queue;
static struct vcpu vcpus[2] = { { .id = 0 }, { .id = 1 } };

static inline uint32_t mmio_read(struct vlapic *vl, uint32_t offset)
{
	uint32_t val = 0xdeadbeef;

	assert_int_equal(vlapic_mmio_read(vl, offset, 4, &val), 0);
	return val;
}

static inline void mmio_write(struct vlapic *vl, uint32_t offset, uint32_t val)
{
	assert_int_equal(vlapic_mmio_write(vl, offset, 4, val), 0);
}

static inline uint64_t msr_read(struct vlapic *vl, uint32_t msr)
{
	uint64_t val = 0xdeadbeefdeadbeef;

	assert_int_equal(vlapic_msr_read(vl, msr, &val), 0);
	return val;
}

static inline void msr_write(struct vlapic *vl, uint32_t msr, uint64_t val)
{
	assert_int_equal(vlapic_msr_write(vl, msr, val), 0);
}

static inline void start(struct vlapic *vl, uint32_t apic_id)
{
	machine_reset();
	vlapic_init(vl, &vcpus[0], apic_id, &queue);
}

static inline void start_enabled(struct vlapic *vl)
{
	start(vl, 0);
	mmio_write(vl, 0xf0, 0x1ff);
}

static inline void start_x2apic(struct vlapic *vl, uint32_t apic_id)
{
	start(vl, apic_id);
	msr_write(vl, 0x1b, BASE_X2APIC);
	msr_write(vl, 0x80f, 0x1ff);
}

static inline uint32_t read_esr(struct vlapic *vl)
{
	mmio_write(vl, 0x280, 0);
	return mmio_read(vl, 0x280);
}

#endif
