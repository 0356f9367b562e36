/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a policy's tests came to, for people and programs. */
#include "engine/expect.h"
#include "engine/json.h"

static size_t count_idle(const struct expectations *e)
{
	size_t nr = 0;

	for (size_t i = 0; i < e->coverage.nr; i++)
		nr += coverage_is_idle(&e->coverage, &e->coverage.list[i]);
	return nr;
}

void expect_text(const struct policy *p, const struct expectations *e, struct strbuf *out)
{
	for (size_t i = 0; i < e->nr_unmet; i++)
		strbuf_printf(out, "%s:%u: failed: %s\n", e->unmet[i].at.file, e->unmet[i].at.line,
			      e->unmet[i].text);
	for (size_t i = 0; i < e->coverage.nr; i++) {
		const struct covered *c = &e->coverage.list[i];

		if (coverage_is_idle(&e->coverage, c))
			strbuf_printf(out, "%s:%u: not covered: this %s never decides anything\n",
				      p->rules[c->source].path, c->line,
				      host_sentence_name(c->kind));
	}
	strbuf_printf(out,
		      "%zu files, %zu expectations, %zu checks, %zu failed; %zu of %zu rules "
		      "decide something\n",
		      e->nr_files, e->nr_expectations, e->nr_checks, e->nr_unmet,
		      e->coverage.nr - count_idle(e), e->coverage.nr);
}

static json_t *make_unmet(const struct expectations *e)
{
	json_t *list = json_array();

	for (size_t i = 0; i < e->nr_unmet; i++) {
		json_t *unmet = json_object();

		json_set_place(unmet, &e->unmet[i].at);
		json_object_set_new(unmet, "message", json_text(e->unmet[i].text));
		json_array_append_new(list, unmet);
	}
	return list;
}

static json_t *make_coverage(const struct policy *p, const struct expectations *e)
{
	json_t *list = json_array();

	for (size_t i = 0; i < e->coverage.nr; i++) {
		const struct covered *c = &e->coverage.list[i];
		struct place at = { p->rules[c->source].path, c->line };
		json_t *rule = json_object();

		json_set_place(rule, &at);
		json_object_set_new(rule, "decides",
				    json_boolean(!coverage_is_idle(&e->coverage, c)));
		json_object_set_new(rule, "rule", json_text(c->name));
		json_object_set_new(rule, "verdict", json_text(host_sentence_name(c->kind)));
		json_array_append_new(list, rule);
	}
	return list;
}

void expect_json(const struct policy *p, const struct expectations *e, struct strbuf *out)
{
	json_t *root = json_object();

	json_object_set_new(root, "checks", json_integer((json_int_t)e->nr_checks));
	json_object_set_new(root, "coverage", make_coverage(p, e));
	json_object_set_new(root, "expectations", json_integer((json_int_t)e->nr_expectations));
	json_object_set_new(root, "failed", make_unmet(e));
	json_object_set_new(root, "files", json_integer((json_int_t)e->nr_files));
	json_object_set_new(root, "format", json_integer(1));
	json_print(root, JSON_PAGE, out);
}

bool expect_is_met(const struct expectations *e)
{
	return !e->nr_unmet && !count_idle(e);
}
