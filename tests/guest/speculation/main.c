/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves that what CPUID tells of speculation control and what SPEC_CTRL and PRED_CMD do agree:
 * bits that are shown are kept, others fault, and without any the registers are not there.
 */
#include <stdbool.h>
#include <stdint.h>

#include <candor/support.h>

#include "boot.h"
#include "cpu.h"
#include "report.h"
#include "trap.h"

SUPPORT_TEST(spec_ctrl, "guest/speculation");
SUPPORT_TEST(spec_thunk, "guest/speculation");
SUPPORT_TEST(spec_rsb, "guest/speculation");
SUPPORT_TEST(spec_ibpb, "guest/speculation-ibpb");

#define MSR_SPEC_CTRL 0x48
#define MSR_PRED_CMD 0x49
#define IBPB (1u << 12)

const char guest_name[] = "speculation";

static uint64_t bits_of(uint32_t ebx)
{
	return (ebx >> 14 & 1) | (ebx >> 15 & 1) << 1 | (uint64_t)(ebx >> 24 & 1) << 2 |
	       (uint64_t)(ebx >> 28 & 1) << 7;
}

static void test_ctrl(uint64_t bits)
{
	uint64_t value;

	if (!bits) {
		report_equal(trap_read_msr(MSR_SPEC_CTRL, &value)->vector, VEC_GP,
			     "SPEC_CTRL, which is not shown, read");
		report_equal(trap_write_msr(MSR_SPEC_CTRL, 0)->vector, VEC_GP, "and written");
		return;
	}
	for (unsigned int bit = 0; bit < 64; bit++) {
		bool shown = bits >> bit & 1;

		report_ok(trap_write_msr(MSR_SPEC_CTRL, 1ul << bit)->vector ==
				  (shown ? -1 : VEC_GP),
			  "SPEC_CTRL bit %u", bit);
		if (shown)
			report_equal(cpu_rdmsr(MSR_SPEC_CTRL), 1ul << bit, "it is kept");
	}
	cpu_wrmsr(MSR_SPEC_CTRL, 0);
}

static void test_command(bool shown)
{
	uint64_t value;

	report_equal(trap_read_msr(MSR_PRED_CMD, &value)->vector, VEC_GP, "PRED_CMD read");
	report_ok(trap_write_msr(MSR_PRED_CMD, 1)->vector == (shown ? -1 : VEC_GP), "IBPB");
	report_equal(trap_write_msr(MSR_PRED_CMD, 2)->vector, VEC_GP, "a command that is none");
}

void guest_main(void)
{
	uint32_t ebx = cpu_cpuid(0x80000008, 0).ebx;

	report_ok(!(ebx & ~0x7d0fd000u), "0x80000008 ebx shows only speculation control: %x", ebx);
	test_ctrl(bits_of(ebx));
	test_command(ebx & IBPB);
}
