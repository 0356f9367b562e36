/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which defences against speculation this CPU needs, from what it says of itself and what was
 * asked for: "Software techniques for managing speculation on AMD processors" (AMD, 2023),
 * AMD-SB-1036 (LFENCE before a branch is not enough), AMD-SB-7029 (transient scheduler
 * attacks), and APM volume 2, 3.2.9. Nothing here touches a CPU.
 */
#include "spec.h"

#include <hv/string.h>

static const struct spec_options by_need = { -1, -1, -1, -1, -1, -1, -1, -1 };
static const struct spec_options all_off = { SPEC_THUNK_JMP, 0, 0, 0, 0, 0, 0, 0 };

static bool word_is(const char *word, size_t len, const char *text)
{
	return strlen(text) == len && !memcmp(word, text, len);
}

static bool parse_bool(const char *word, size_t len, int *ret_value)
{
	static const struct {
		const char *text;
		int value;
	} words[] = { { "yes", 1 }, { "on", 1 },  { "true", 1 },  { "1", 1 },
		      { "no", 0 },  { "off", 0 }, { "false", 0 }, { "0", 0 } };

	for (unsigned i = 0; i < ARRAY_SIZE(words); i++) {
		if (word_is(word, len, words[i].text)) {
			*ret_value = words[i].value;
			return true;
		}
	}
	return false;
}

static bool parse_thunk(const char *word, size_t len, int *ret_thunk)
{
	static const char *const names[] = { [SPEC_THUNK_RETPOLINE] = "retpoline",
					     [SPEC_THUNK_LFENCE] = "lfence",
					     [SPEC_THUNK_JMP] = "jmp" };

	for (unsigned i = SPEC_THUNK_RETPOLINE; i < ARRAY_SIZE(names); i++) {
		if (word_is(word, len, names[i])) {
			*ret_thunk = (int)i;
			return true;
		}
	}
	return false;
}

static int *option_named(struct spec_options *o, const char *word, size_t len)
{
	const struct {
		const char *name;
		int *value;
	} options[] = { { "ibpb", &o->ibpb }, { "rsb", &o->rsb },   { "msr-sc", &o->msr_sc },
			{ "verw", &o->verw }, { "ssbd", &o->ssbd }, { "stibp", &o->stibp },
			{ "psfd", &o->psfd } };

	for (unsigned i = 0; i < ARRAY_SIZE(options); i++)
		if (word_is(word, len, options[i].name))
			return options[i].value;
	return NULL;
}

/* "NAME", "no-NAME", "NAME=BOOL", "bti-thunk=HOW", or a boolean for all. */
static bool parse_word(const char *word, size_t len, struct spec_options *o)
{
	const char *equals = memchr(word, '=', len);
	size_t name_len = equals ? (size_t)(equals - word) : len;
	bool no = !equals && len > 3 && !memcmp(word, "no-", 3);
	int *value, all;

	if (!equals && parse_bool(word, len, &all)) {
		*o = all ? by_need : all_off;
		return true;
	}
	if (equals && word_is(word, name_len, "bti-thunk"))
		return parse_thunk(equals + 1, len - name_len - 1, &o->thunk);
	value = no ? option_named(o, word + 3, len - 3) : option_named(o, word, name_len);
	if (!value)
		return false;
	*value = !no;
	return !equals || parse_bool(equals + 1, len - name_len - 1, value);
}

bool spec_parse(const char *value, struct spec_options *ret_options)
{
	struct spec_options o = *ret_options;

	for (;;) {
		const char *comma = strchr(value, ',');
		size_t len = comma ? (size_t)(comma - value) : strlen(value);

		if (!parse_word(value, len, &o))
			return false;
		if (!comma)
			break;
		value = comma + 1;
	}
	*ret_options = o;
	return true;
}

uint32_t spec_ctrl_bits(uint32_t e8b)
{
	return (e8b & SPEC_E8B_IBRS ? SPEC_CTRL_IBRS : 0) |
	       (e8b & SPEC_E8B_STIBP ? SPEC_CTRL_STIBP : 0) |
	       (e8b & SPEC_E8B_SSBD ? SPEC_CTRL_SSBD : 0) |
	       (e8b & SPEC_E8B_PSFD ? SPEC_CTRL_PSFD : 0);
}

static bool choose(int option, bool by_default)
{
	return option < 0 ? by_default : option;
}

/* With automatic IBRS the predictor holds nothing of a guest's for the hypervisor. */
static enum spec_thunk choose_thunk(const struct spec_cpu *cpu, const struct spec_options *o)
{
	if (!cpu->have_thunk)
		return SPEC_THUNK_NONE;
	if (o->thunk >= 0)
		return (enum spec_thunk)o->thunk;
	return cpu->e21a & SPEC_E21A_AUTO_IBRS ? SPEC_THUNK_JMP : SPEC_THUNK_RETPOLINE;
}

static uint32_t choose_host_ctrl(const struct spec_cpu *cpu, const struct spec_options *o)
{
	uint32_t wanted =
		(o->ssbd > 0 ? SPEC_CTRL_SSBD : 0) | (o->psfd > 0 ? SPEC_CTRL_PSFD : 0) |
		(choose(o->stibp, cpu->e8b & SPEC_E8B_STIBP_ALWAYS) ? SPEC_CTRL_STIBP : 0);

	return wanted & spec_ctrl_bits(cpu->e8b);
}

struct spec_mode spec_decide(const struct spec_cpu *cpu, const struct spec_options *o)
{
	const uint32_t tsa_no = SPEC_E21C_TSA_SQ_NO | SPEC_E21C_TSA_L1_NO;
	struct spec_mode m = { .thunk = choose_thunk(cpu, o) };
	bool needs_verw = (cpu->e21c & tsa_no) != tsa_no;

	m.auto_ibrs = cpu->have_thunk && (cpu->e21a & SPEC_E21A_AUTO_IBRS) &&
		      m.thunk == SPEC_THUNK_JMP && o->thunk < 0;
	/* Asked for by name it is also done where CPUID forgets to tell of a register that works.
	 */
	m.ibpb = cpu->have_ibpb && choose(o->ibpb, true) &&
		 ((cpu->e8b & SPEC_E8B_IBPB) || (o->ibpb > 0 && cpu->pred_cmd));
	m.rsb = cpu->have_rsb && choose(o->rsb, !(cpu->e21a & SPEC_E21A_ERAPS));
	m.guest_bits = spec_ctrl_bits(cpu->e8b);
	m.ctrl = cpu->have_ctrl && m.guest_bits && choose(o->msr_sc, true);
	m.host_ctrl = cpu->have_ctrl ? choose_host_ctrl(cpu, o) : 0;
	m.verw = cpu->have_buffers && (cpu->e21a & SPEC_E21A_VERW_CLEAR) &&
		 choose(o->verw, needs_verw);
	return m;
}

bool spec_thunk_body(enum spec_thunk how, unsigned reg, uint8_t *body)
{
	unsigned n = 0;

	if (how != SPEC_THUNK_LFENCE && how != SPEC_THUNK_JMP)
		return false;
	memset(body, 0xcc, SPEC_THUNK_SIZE); /* INT3: nothing runs on behind the branch */
	if (how == SPEC_THUNK_LFENCE) {
		body[n++] = 0x0f;
		body[n++] = 0xae;
		body[n++] = 0xe8;
	}
	if (reg >= 8)
		body[n++] = 0x41;
	body[n++] = 0xff;
	body[n] = (uint8_t)(0xe0 + reg % 8);
	return true;
}
