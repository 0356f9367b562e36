/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Speculation control of this host. What is not needed is jumped over in svm/run.S, by code written
 * there before it is made read-only: it costs an instruction, and no prediction can skip what is
 * needed.
 */
#include "spec.h"

#include <arch/arch.h>
#include <candor/support.h>
#include <hv/printk.h>
#include <hv/string.h>

#include "cpu.h"
#include "spec-private.h"

SUPPORT_PROVIDES(spec_index_mask, "common");
SUPPORT_PROVIDES(spec_rsb, "x86");
SUPPORT_PROVIDES(spec_buffers, "x86");

#define JMP_REL32 0xe9
#define JMP_SIZE 5

struct spec_mode spec_mode;
struct spec_options spec_options = { -1, -1, -1, -1, -1, -1, -1, -1 };
uint32_t spec_host_ctrl; /* run.S compares with it */

/* Places in svm/run.S: from the label up to its _end. */
extern char spec_rsb_site[], spec_rsb_end[], spec_entry_site[], spec_entry_end[];
extern char spec_exit_site[], spec_exit_end[], spec_verw_site[], spec_verw_end[];

static void jump_over(char *from, const char *to)
{
	int32_t distance = (int32_t)(to - (from + JMP_SIZE));

	from[0] = (char)JMP_REL32;
	memcpy(from + 1, &distance, sizeof(distance));
}

static const char *thunk_name(enum spec_thunk how)
{
	static const char *const names[] = { [SPEC_THUNK_NONE] = "off",
					     [SPEC_THUNK_RETPOLINE] = "retpoline",
					     [SPEC_THUNK_LFENCE] = "lfence",
					     [SPEC_THUNK_JMP] = "jmp" };

	return names[how];
}

bool arch_speculation(unsigned n, const char **ret_name, const char **ret_value)
{
	const struct {
		const char *name, *value;
	} facts[] = {
		{ "auto-ibrs", spec_mode.auto_ibrs ? "on" : "off" },
		{ "buffers", spec_mode.verw ? "verw" : "off" },
		{ "guest-spec-ctrl", spec_mode.ctrl ? "on" : "off" },
		{ "ibpb", spec_mode.ibpb ? "on" : "off" },
		{ "index-masking", SUPPORT_ENABLED(spec_index_mask) ? "on" : "off" },
		{ "psfd", spec_mode.host_ctrl & SPEC_CTRL_PSFD ? "on" : "off" },
		{ "rsb", spec_mode.rsb ? "on" : "off" },
		{ "ssbd", spec_mode.host_ctrl & SPEC_CTRL_SSBD ? "on" : "off" },
		{ "stibp", spec_mode.host_ctrl & SPEC_CTRL_STIBP ? "on" : "off" },
		{ "thunk", thunk_name(spec_mode.thunk) },
	};

	if (n >= ARRAY_SIZE(facts))
		return false;
	*ret_name = facts[n].name;
	*ret_value = facts[n].value;
	return true;
}

static struct spec_cpu this_spec_cpu(void)
{
	uint32_t max = cpuid(0x80000000, 0).eax;
	struct spec_cpu cpu = {
		.have_thunk = SUPPORT_ENABLED(spec_thunk),
		.have_ibpb = SUPPORT_ENABLED(spec_ibpb),
		.have_rsb = SUPPORT_ENABLED(spec_rsb),
		.have_ctrl = SUPPORT_ENABLED(spec_ctrl),
		.have_buffers = SUPPORT_ENABLED(spec_buffers),
	};

	if (max >= 0x80000008)
		cpu.e8b = cpuid(0x80000008, 0).ebx;
	if (max >= 0x80000021) {
		cpu.e21a = cpuid(0x80000021, 0).eax;
		cpu.e21c = cpuid(0x80000021, 0).ecx;
	}
	/* Only where it is asked for by name: a register that CPUID does not tell of. */
	if (spec_options.ibpb > 0)
		cpu.pred_cmd = wrmsr_safe(MSR_PRED_CMD, PRED_CMD_IBPB);
	return cpu;
}

static void write_code(void)
{
	if (SUPPORT_ENABLED(spec_thunk))
		spec_thunk_write(spec_mode.thunk);
	if (!spec_mode.rsb)
		jump_over(spec_rsb_site, spec_rsb_end);
	if (!spec_mode.ctrl) {
		jump_over(spec_entry_site, spec_entry_end);
		jump_over(spec_exit_site, spec_exit_end);
	}
	if (!spec_mode.verw)
		jump_over(spec_verw_site, spec_verw_end);
	(void)cpuid(0, 0); /* serializes: nothing old is left in the pipeline */
}

void spec_init(void)
{
	const struct spec_cpu cpu = this_spec_cpu();

	spec_mode = spec_decide(&cpu, &spec_options);
	spec_host_ctrl = spec_mode.host_ctrl;
	write_code();
	printk(LOG_INFO, "speculation: thunk %s, ibpb %s, rsb %s, guests' SPEC_CTRL %s, verw %s%s",
	       thunk_name(spec_mode.thunk), spec_mode.ibpb ? "on" : "off",
	       spec_mode.rsb ? "on" : "off", spec_mode.ctrl ? "on" : "off",
	       spec_mode.verw ? "on" : "off", spec_mode.auto_ibrs ? ", automatic IBRS" : "");
}

void spec_init_cpu(void)
{
	if (spec_mode.auto_ibrs)
		wrmsr(MSR_EFER, rdmsr(MSR_EFER) | EFER_AUTO_IBRS);
	if (spec_mode.host_ctrl)
		wrmsr(MSR_SPEC_CTRL, spec_mode.host_ctrl);
}
