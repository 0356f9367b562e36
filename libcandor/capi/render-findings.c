/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Findings, rules, and what mends them. */
#include "capi/render.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capi/memory.h"
#include "check/check.h"
#include "check/judge.h"
#include "emit/emit.h"
#include "emit/rule.h"
#include "extract/first.h"
#include "mend.h"
#include "statement/statement.h"

typedef int emit_findings_fn(const struct model *m, const struct emit_run *run, struct strbuf *sb);

static int render_text(struct render *r)
{
	emit_diagnostics(r->model, r->out, render_option(r, "colour") ? EMIT_COLOUR : EMIT_PLAIN);
	return 0;
}

static int render_findings_by(struct render *r, emit_findings_fn *emit)
{
	const char *tree = handle_value(r->c, OPTION_TREE);
	const struct emit_run run = {
		.version = CANDOR_VERSION,
		.root = tree ? tree : ".",
		.baseline = handle_value(r->c, OPTION_BASELINE) ? &r->c->baseline : NULL,
	};

	return emit(r->model, &run, r->out) ? error_memory(r->error) : 0;
}

static int render_json(struct render *r)
{
	return render_findings_by(r, emit_findings_json);
}

static int render_sarif(struct render *r)
{
	return render_findings_by(r, emit_findings_sarif);
}

static int render_github(struct render *r)
{
	return render_findings_by(r, emit_findings_github);
}

static int render_gitlab(struct render *r)
{
	return render_findings_by(r, emit_findings_gitlab);
}

static int render_baseline(struct render *r)
{
	emit_baseline(r->model, r->out);
	return 0;
}

/* What candor_fix() would do. */
static int render_fixes(struct render *r)
{
	const char *severity = handle_value(r->c, OPTION_SEVERITY);
	const struct selection selection = {
		.rules = r->c->values[OPTION_RULE].items,
		.nr_rules = r->c->values[OPTION_RULE].nr,
		.severity =
			severity && !strcmp(severity, "error") ? SEVERITY_ERROR : SEVERITY_WARNING,
	};
	struct inputs inputs;
	struct mended mended;
	int rc = handle_inputs(r->c, &inputs);

	if (rc)
		return error_memory(r->error);
	rc = mend(&inputs.in, &selection, &mended);
	if (!rc)
		mended_add_diff(&mended, r->out);
	rc = rc ? error_memory(r->error) : mended.nr ? CANDOR_NO : 0;
	mended_reset(&mended);
	handle_inputs_reset(&inputs);
	return rc;
}

static int render_rules(struct render *r)
{
	for (const struct rule *rule = check_rules; rule->id; rule++)
		strbuf_printf(r->out, "%-24s %-8s %s\n", rule->id,
			      rule_severity_name(rule->severity), rule->rationale);
	return 0;
}

/* The rule that is asked for, or NULL after error_set(). */
static const struct rule *asked(struct render *r, int *ret_rc)
{
	const char *id = render_option(r, "rule"), *near = id ? check_suggest_rule(id) : NULL;
	const struct rule *rule = id ? check_find_rule(id) : NULL;

	if (!rule)
		*ret_rc = error_set(r->error, -ENOENT, NULL, "see `candor explain-rule`",
				    "no rule '%s'%s%s%s", id ? id : "",
				    near ? "; did you mean '" : "", near ? near : "",
				    near ? "'?" : "");
	return rule;
}

static int render_rule_text(struct render *r)
{
	int rc = 0;
	const struct rule *rule = asked(r, &rc);

	if (rule)
		emit_rule(rule, r->out);
	return rc;
}

static int render_rule_json(struct render *r)
{
	int rc = 0;
	const struct rule *rule = asked(r, &rc);

	if (rule && emit_rule_json(rule, r->out))
		rc = error_memory(r->error);
	return rc;
}

/* Of the tree alone, and the statement in it. */
static int render_first_config(struct render *r)
{
	const char *tree = handle_value(r->c, OPTION_TREE);
	struct model *m = model_create();
	char *statement = NULL;
	int rc = m ? 0 : -ENOMEM;

	tree = tree ? tree : ".";
	if (!rc && asprintf(&statement, "%s%sSUPPORT.md", strcmp(tree, ".") ? tree : "",
			    strcmp(tree, ".") ? "/" : "") < 0) {
		statement = NULL;
		rc = -ENOMEM;
	}
	if (!rc && !access(statement, F_OK))
		rc = statement_read(m, statement);
	if (!rc)
		rc = first_config(m, tree, r->out);
	free(statement);
	model_destroy(m);
	if (rc == -ENOMEM)
		return error_memory(r->error);
	return rc ? error_set(r->error, rc, tree, "name a tree that can be read", "%s",
			      strerror(-rc))
		  : 0;
}

static const struct candor_option none[] = { { 0 } };
static const struct candor_option colour[] = {
	{ "colour", NULL, "with a terminal's escape sequences", false, { NULL } },
	{ 0 },
};
static const struct candor_option rule_option[] = {
	{ "rule", "ID", "the rule", false, { NULL } },
	{ 0 },
};

const struct render_row render_findings[] = {
	{ "diagnostics", "text", "findings as a compiler prints them", colour, RENDER_LOADED,
	  render_text },
	{ "diagnostics", "json", "findings for programs", none, RENDER_LOADED, render_json },
	{ "diagnostics", "sarif", "findings as SARIF 2.1.0", none, RENDER_LOADED, render_sarif },
	{ "diagnostics", "github", "findings as commands of GitHub's workflows", none,
	  RENDER_LOADED, render_github },
	{ "diagnostics", "gitlab", "findings as GitLab's code quality report", none, RENDER_LOADED,
	  render_gitlab },
	{ "baseline", "json", "findings that are known from now on", none, RENDER_LOADED,
	  render_baseline },
	{ "fixes", "patch", "what candor_fix() would change; \"no\": something", none,
	  RENDER_ANYTIME, render_fixes },
	{ "first-config", "yaml", "a candor.yaml to begin with, for the tree", none, RENDER_ANYTIME,
	  render_first_config },
	{ "rules", "text", "all rules: id, severity, rationale", none, RENDER_ANYTIME,
	  render_rules },
	{ "rule", "text", "a rule, why and what to do, with examples", rule_option, RENDER_ANYTIME,
	  render_rule_text },
	{ "rule", "json", "the same for programs", rule_option, RENDER_ANYTIME, render_rule_json },
	{ 0 },
};

static int write_examples(const char *id, const char *folder, struct candor_error *e)
{
	const struct rule *rule = check_find_rule(id);
	const char *near = rule ? NULL : check_suggest_rule(id);
	int rc;

	if (!rule)
		return error_set(e, -ENOENT, NULL, "see `candor explain-rule`",
				 "no rule '%s'%s%s%s", id, near ? "; did you mean '" : "",
				 near ? near : "", near ? "'?" : "");
	rc = rule_write_examples(rule, folder);
	return rc ? error_set(e, rc, folder, "name a folder that can be written",
			      "cannot write: %s", strerror(-rc))
		  : 0;
}

int candor_write_examples(struct candor *c, const char *rule, const char *folder,
			  struct candor_error *ret_error)
{
	const struct candor_allocator *before = handle_enter(c);
	int rc = write_examples(rule, folder, ret_error);

	memory_leave(before);
	return rc;
}
