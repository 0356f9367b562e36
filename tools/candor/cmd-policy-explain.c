/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `candor policy explain`, `list`, `log` and `words`: what is decided, and in which words. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "policy-session.h"

#include "engine/explain.h"
#include "engine/log.h"
#include "engine/words.h"

static const char status_text[] = "Exit status: 0 answered, 2 trouble.\n";

/* ---- explain ---- */

static int explain_one(struct policy_session *s, const char *id, struct strbuf *out)
{
	long feature = explain_find(s->facts, id, &s->err);
	struct explanation e;
	struct resolution *r;
	int rc;

	if (feature < 0)
		return -EINVAL;
	rc = policy_resolve(s->policy, s->profile, NULL, &r, &s->err);
	if (rc)
		return rc;
	rc = explain(r, (size_t)feature, &e, &s->err);
	if (!rc) {
		if (s->options->json)
			explain_json(&e, out);
		else
			explain_text(&e, out);
		explanation_reset(&e);
	}
	resolution_free(r);
	return rc;
}

enum exit_status policy_explain(int argc, char **argv)
{
	struct policy_options o = { 0 };
	const struct argument rows[] = {
		POLICY_PROFILE_ROW(&o), POLICY_JSON_ROW(&o), POLICY_SITE_ROW(&o),
		POLICY_HOST_ROW(&o),	POLICY_TREE_ROW(&o),
	};
	const struct argument_table table = { argv[0], "FEATURE", status_text, rows,
					      sizeof(rows) / sizeof(rows[0]) };
	struct argument_list operands = { 0 };
	struct strbuf out = STRBUF_INIT;
	struct policy_session s;
	enum exit_status status;
	int rc;

	if (!policy_arguments(&table, argc, argv, 1, 1, &operands, &status))
		return status;
	status = policy_session_open(&s, &o, FACTS_CODE);
	if (status)
		return status;
	rc = explain_one(&s, operands.values[0], &out);
	status = rc ? policy_session_trouble(&s, rc) : policy_print(&out);
	strbuf_reset(&out);
	policy_session_close(&s);
	return status;
}

/* ---- list ---- */

static int list_all(struct policy_session *s, struct strbuf *out)
{
	struct resolution **list = calloc(s->policy->nr_profiles + 1, sizeof(*list));
	int rc = list ? 0 : -ENOMEM;

	for (size_t k = 0; !rc && k < s->policy->nr_profiles; k++)
		rc = policy_resolve(s->policy, s->policy->profiles[k], NULL, &list[k], &s->err);
	if (!rc && s->options->json)
		list_json(s->policy, list, out);
	else if (!rc)
		list_text(s->policy, list, out);
	for (size_t k = 0; list && k < s->policy->nr_profiles; k++)
		resolution_free(list[k]);
	free(list);
	return rc;
}

static int log_one(struct policy_session *s, struct strbuf *out)
{
	struct resolution *r;
	int rc = policy_resolve(s->policy, s->profile, NULL, &r, &s->err);

	if (rc)
		return rc;
	rc = log_write(r, out);
	resolution_free(r);
	return rc;
}

static enum exit_status answer(const struct policy_options *o,
			       int (*make)(struct policy_session *, struct strbuf *))
{
	struct strbuf out = STRBUF_INIT;
	struct policy_session s;
	enum exit_status status = policy_session_open(&s, o, FACTS_STATED);
	int rc;

	if (status)
		return status;
	rc = make(&s, &out);
	status = rc ? policy_session_trouble(&s, rc) : policy_print(&out);
	strbuf_reset(&out);
	policy_session_close(&s);
	return status;
}

enum exit_status policy_list(int argc, char **argv)
{
	struct policy_options o = { 0 };
	const struct argument rows[] = { POLICY_JSON_ROW(&o), POLICY_SITE_ROW(&o),
					 POLICY_HOST_ROW(&o), POLICY_TREE_ROW(&o) };
	const struct argument_table table = { argv[0], "", status_text, rows,
					      sizeof(rows) / sizeof(rows[0]) };
	struct argument_list operands = { 0 };
	enum exit_status status;

	if (!policy_arguments(&table, argc, argv, 0, 0, &operands, &status))
		return status;
	return answer(&o, list_all);
}

enum exit_status policy_log(int argc, char **argv)
{
	struct policy_options o = { 0 };
	const struct argument rows[] = { POLICY_PROFILE_ROW(&o), POLICY_SITE_ROW(&o),
					 POLICY_HOST_ROW(&o), POLICY_TREE_ROW(&o) };
	const struct argument_table table = { argv[0], "", status_text, rows,
					      sizeof(rows) / sizeof(rows[0]) };
	struct argument_list operands = { 0 };
	enum exit_status status;

	if (!policy_arguments(&table, argc, argv, 0, 0, &operands, &status))
		return status;
	return answer(&o, log_one);
}

enum exit_status policy_words(int argc, char **argv)
{
	const struct argument_table table = { argv[0], "", status_text, NULL, 0 };
	struct argument_list operands = { 0 };
	struct strbuf out = STRBUF_INIT;
	enum exit_status status;

	if (!policy_arguments(&table, argc, argv, 0, 0, &operands, &status))
		return status;
	words_reference(&out);
	return policy_print(&out);
}
