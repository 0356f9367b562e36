/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How far a feature is supported where a host runs, and what it costs to have it on. */
#include "capi/private.h"

#include "engine/taint.h"

static struct candor_taint show_taint(const struct taint *t)
{
	return t ? (struct candor_taint){ .letter = t->letter, .meaning = t->text }
		 : (struct candor_taint){ .meaning = "" };
}

bool candor_taint_at(size_t i, struct candor_taint *ret_taint)
{
	const struct taint *t = taint_table;

	while (t->letter && i) {
		t++;
		i--;
	}
	if (!t->letter)
		return false;
	*ret_taint = show_taint(t);
	return true;
}

bool candor_standing_named(const struct candor *c, const char *id, unsigned int archs,
			   struct candor_standing *ret_standing)
{
	const struct feature *f = c->model ? model_feature(c->model, id) : NULL;
	enum level level = LEVEL_UNKNOWN;
	enum security security = SECURITY_UNKNOWN;
	const struct claim *claim = NULL;
	struct fact_feature fact;

	if (!f)
		return false;
	if (!model_weakest_claim(f, archs, 0, 0, &level, &security, &claim))
		claim = NULL;
	/* What is not stated is as what is stated to be unsupported. */
	fact = (struct fact_feature){
		.level = claim ? model_level_name(level) : "",
		.security = model_security_name(security),
	};
	*ret_standing = (struct candor_standing){
		.level = claim ? (enum candor_level)level : CANDOR_LEVEL_UNKNOWN,
		.security = claim ? (enum candor_security)security : CANDOR_SECURITY_UNKNOWN,
		.taint = show_taint(taint_of(&fact)),
	};
	if (claim)
		ret_standing->at =
			(struct candor_place){ claim->at.file, claim->at.line, claim->at.column };
	return true;
}
