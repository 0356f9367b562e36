/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which defences against speculation are chosen for processors of AMD's by what their CPUID says,
 * how the option changes that, and the bytes of the thunks, as a disassembler reads them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <capstone/capstone.h>
#include <cmocka.h>

#include <candor/support.h>

#include "spec.h"

SUPPORT_TEST(spec_thunk, "unit/spec");
SUPPORT_TEST(spec_ibpb, "unit/spec");
SUPPORT_TEST(spec_rsb, "unit/spec");
SUPPORT_TEST(spec_ctrl, "unit/spec");
SUPPORT_TEST(spec_buffers, "unit/spec");

#define BY_NEED                                \
	{                                      \
		-1, -1, -1, -1, -1, -1, -1, -1 \
	}
#define ALL_BUILT                                                                   \
	.have_thunk = true, .have_ibpb = true, .have_rsb = true, .have_ctrl = true, \
	.have_buffers = true

/* Leaves as processors of each generation have them, with microcode of 2025. */
static const struct spec_cpu old = { ALL_BUILT };
static const struct spec_cpu zen1 = { ALL_BUILT, .e8b = SPEC_E8B_IBPB };
static const struct spec_cpu zen2 = {
	ALL_BUILT,
	.e8b = SPEC_E8B_IBPB | SPEC_E8B_IBRS | SPEC_E8B_STIBP | SPEC_E8B_STIBP_ALWAYS |
	       SPEC_E8B_SSBD,
};
static const struct spec_cpu zen3 = {
	ALL_BUILT,
	.e8b = SPEC_E8B_IBPB | SPEC_E8B_IBRS | SPEC_E8B_STIBP | SPEC_E8B_SSBD | SPEC_E8B_PSFD,
	.e21a = SPEC_E21A_LFENCE_SERIALIZES | SPEC_E21A_VERW_CLEAR,
};
static const struct spec_cpu zen5 = {
	ALL_BUILT,
	.e8b = SPEC_E8B_IBPB | SPEC_E8B_IBRS | SPEC_E8B_STIBP | SPEC_E8B_SSBD | SPEC_E8B_PSFD,
	.e21a = SPEC_E21A_LFENCE_SERIALIZES | SPEC_E21A_VERW_CLEAR | SPEC_E21A_AUTO_IBRS |
		SPEC_E21A_ERAPS,
	.e21c = SPEC_E21C_TSA_L1_NO | SPEC_E21C_TSA_SQ_NO,
};

static struct spec_mode decide(const struct spec_cpu *cpu, const char *option)
{
	struct spec_options o = BY_NEED;

	if (option)
		assert_true(spec_parse(option, &o));
	return spec_decide(cpu, &o);
}

static void test_by_need(void **state)
{
	struct spec_mode m = decide(&old, NULL);

	assert_int_equal(m.thunk, SPEC_THUNK_RETPOLINE);
	assert_true(m.rsb && !m.ibpb && !m.ctrl && !m.verw && !m.auto_ibrs);
	m = decide(&zen1, NULL);
	assert_true(m.ibpb && !m.ctrl && !m.host_ctrl);
	m = decide(&zen2, NULL);
	assert_true(m.ctrl && !m.verw);
	assert_int_equal(m.host_ctrl, SPEC_CTRL_STIBP);
	assert_int_equal(m.guest_bits, SPEC_CTRL_IBRS | SPEC_CTRL_STIBP | SPEC_CTRL_SSBD);
	m = decide(&zen3, NULL);
	assert_true(m.verw && m.rsb && !m.host_ctrl);
	m = decide(&zen5, NULL);
	assert_int_equal(m.thunk, SPEC_THUNK_JMP);
	assert_true(m.auto_ibrs && m.ibpb && !m.rsb && !m.verw);
}

static void test_option(void **state)
{
	struct spec_mode m = decide(&zen3, "no");

	assert_int_equal(m.thunk, SPEC_THUNK_JMP);
	assert_false(m.rsb || m.ibpb || m.ctrl || m.verw || m.auto_ibrs || m.host_ctrl);
	m = decide(&zen5, "no");
	assert_false(m.auto_ibrs);
	m = decide(&zen3, "no,ibpb");
	assert_true(m.ibpb && !m.rsb);
	m = decide(&zen3, "bti-thunk=lfence,no-rsb,verw=off,ssbd,psfd=on,stibp=1");
	assert_int_equal(m.thunk, SPEC_THUNK_LFENCE);
	assert_true(!m.rsb && !m.verw && m.ibpb);
	assert_int_equal(m.host_ctrl, SPEC_CTRL_SSBD | SPEC_CTRL_PSFD | SPEC_CTRL_STIBP);
	m = decide(&zen1, "ssbd,msr-sc"); /* which it has not */
	assert_true(!m.host_ctrl && !m.ctrl);
	m = decide(&zen5, "bti-thunk=retpoline,rsb,verw");
	assert_true(m.rsb && m.verw && !m.auto_ibrs);
	assert_int_equal(m.thunk, SPEC_THUNK_RETPOLINE);
	assert_false(decide(&zen2, "no-msr-sc").ctrl);
	assert_true(decide(&zen2, "no,yes").rsb);
}

/* A register that CPUID forgets is used if it works and was asked for by name. */
static void test_forgotten_register(void **state)
{
	struct spec_cpu cpu = old;

	assert_false(decide(&cpu, "ibpb").ibpb);
	cpu.pred_cmd = true;
	assert_true(decide(&cpu, "ibpb").ibpb);
	assert_false(decide(&cpu, NULL).ibpb);
}

/* What the build has not cannot be asked for. */
static void test_not_built(void **state)
{
	struct spec_cpu cpu = zen3;
	struct spec_mode m;

	cpu.have_thunk = cpu.have_ibpb = cpu.have_rsb = cpu.have_ctrl = cpu.have_buffers = false;
	m = decide(&cpu, "bti-thunk=retpoline,ibpb,rsb,msr-sc,verw,ssbd,stibp");
	assert_int_equal(m.thunk, SPEC_THUNK_NONE);
	assert_false(m.ibpb || m.rsb || m.ctrl || m.verw || m.host_ctrl || m.auto_ibrs);
}

static void test_wrong_words(void **state)
{
	static const char *const wrong[] = { "",	   ",",	    "ibpb,",	      "ibpb=maybe",
					     "bti-thunk=", "no-",   "bti-thunk=call", "no-ibpb=1",
					     "ibp",	   "ibpbx", "no-no" };
	struct spec_options o = BY_NEED;

	for (unsigned i = 0; i < ARRAY_SIZE(wrong); i++) {
		assert_false(spec_parse(wrong[i], &o));
		assert_int_equal(o.ibpb, -1);
	}
}

static void test_thunks(void **state)
{
	static const char *const regs[] = {
		"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi",
		"r8",  "r9",  "r10", "r11", "r12", "r13", "r14", "r15"
	};
	uint8_t body[SPEC_THUNK_SIZE];
	cs_insn *insn;
	csh cs;

	assert_int_equal(cs_open(CS_ARCH_X86, CS_MODE_64, &cs), CS_ERR_OK);
	for (unsigned reg = 0; reg < 16; reg++) {
		assert_true(spec_thunk_body(SPEC_THUNK_LFENCE, reg, body));
		assert_int_equal(cs_disasm(cs, body, sizeof(body), 0, 3, &insn), 3);
		assert_string_equal(insn[0].mnemonic, "lfence");
		assert_string_equal(insn[1].mnemonic, "jmp");
		assert_string_equal(insn[1].op_str, regs[reg]);
		assert_string_equal(insn[2].mnemonic, "int3");
		cs_free(insn, 3);
		assert_true(spec_thunk_body(SPEC_THUNK_JMP, reg, body));
		assert_int_equal(cs_disasm(cs, body, sizeof(body), 0, 1, &insn), 1);
		assert_string_equal(insn[0].mnemonic, "jmp");
		assert_string_equal(insn[0].op_str, regs[reg]);
		cs_free(insn, 1);
	}
	assert_false(spec_thunk_body(SPEC_THUNK_RETPOLINE, 0, body));
	cs_close(&cs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_by_need),
		cmocka_unit_test(test_option),
		cmocka_unit_test(test_forgotten_register),
		cmocka_unit_test(test_not_built),
		cmocka_unit_test(test_wrong_words),
		cmocka_unit_test(test_thunks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
