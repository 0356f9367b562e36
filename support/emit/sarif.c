/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Findings as SARIF 2.1.0 (OASIS, "Static Analysis Results Interchange Format"), for
 * programs that show them beside the code. Section numbers are the standard's.
 */
#include "emit/emit.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "check/examples.h"
#include "check/judge.h"
#include "emit/private.h"
#include "emit/rule.h"

#define SCHEMA "https://json.schemastore.org/sarif-2.1.0.json"

static void add_member(struct strbuf *sb, const char *name, const char *value)
{
	strbuf_printf(sb, "\"%s\": ", name);
	text_add_json(sb, value);
}

/* Rules, section 3.49 */

static int add_piece(void *context, const char *path, const char *text, size_t size)
{
	struct strbuf *sb = context;

	strbuf_printf(sb, "\n`%s`:\n\n```\n%.*s```\n", path, (int)size, text);
	return 0;
}

static void add_help(struct strbuf *sb, const struct rule *rule)
{
	struct strbuf advice = STRBUF_INIT;

	example_advice(rule->id, &advice);
	strbuf_puts(sb, "\"fullDescription\": {");
	add_member(sb, "text", strbuf_str(&advice));
	strbuf_puts(sb, "}, \"help\": {");
	add_member(sb, "text", strbuf_str(&advice));
	for (unsigned int kind = 0; kind < NR_EXAMPLE_KINDS; kind++) {
		strbuf_puts(&advice, kind == EXAMPLE_BAD ? "\n**Bad**\n" : "\n**Good**\n");
		(void)example_pieces(rule->id, (enum example_kind)kind, add_piece, &advice);
	}
	strbuf_puts(sb, ", ");
	add_member(sb, "markdown", strbuf_str(&advice));
	strbuf_puts(sb, "}");
	sb->failed = sb->failed || advice.failed;
	strbuf_reset(&advice);
}

static void add_rules(struct strbuf *sb)
{
	strbuf_puts(sb, "\"rules\": [");
	for (const struct rule *rule = check_rules; rule->id; rule++) {
		strbuf_puts(sb, rule == check_rules ? "\n{" : ",\n{");
		add_member(sb, "id", rule->id);
		strbuf_puts(sb, ", \"shortDescription\": {");
		add_member(sb, "text", rule->rationale);
		strbuf_puts(sb, "}, ");
		add_help(sb, rule);
		strbuf_printf(sb,
			      ", \"defaultConfiguration\": {\"level\": \"%s\"}, \"properties\": "
			      "{\"problem.severity\": \"%s\", \"tags\": [\"support\"]}}",
			      rule_severity_name(rule->severity),
			      rule_severity_name(rule->severity));
	}
	strbuf_puts(sb, "\n]");
}

static long rule_index(const char *id)
{
	for (const struct rule *rule = check_rules; rule->id; rule++) {
		if (!strcmp(rule->id, id))
			return (long)(rule - check_rules);
	}
	return -1;
}

/* Places, section 3.29 */

/* RFC 3986: a path's bytes but for unreserved ones and '/' are %XX. */
static void add_uri(struct strbuf *sb, const char *path)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789-._~/";

	for (; *path; path++) {
		if (strchr(plain, *path))
			strbuf_add(sb, path, 1);
		else
			strbuf_printf(sb, "%%%02X", (unsigned int)(unsigned char)*path);
	}
}

static void add_artifact(struct strbuf *sb, const struct emit_run *run, const char *file)
{
	const char *path = findings_path(run, file);

	strbuf_puts(sb, "\"artifactLocation\": {\"uri\": \"");
	if (*path == '/')
		strbuf_puts(sb, "file://");
	add_uri(sb, path);
	strbuf_puts(sb, *path == '/' ? "\"}" : "\", \"uriBaseId\": \"SRCROOT\"}");
}

/* Further right columns are bytes: they are in lines that nobody sees. */
#define COLUMN_MAX 4096

/* The column in code points that a column in bytes is; both count from 1. */
static unsigned int code_point_column(const struct model *m, const struct pos *at)
{
	size_t size = 0, offset = 0;
	const char *line = model_source_line(m, at->file, at->line, &size);
	unsigned int column = 1, code;

	if (at->column > COLUMN_MAX)
		return at->column;
	while (line && offset < size && offset + 1 < at->column) {
		size_t n = text_utf8_size(line + offset, size - offset, &code);

		offset += n ? n : 1;
		column++;
	}
	/* Edits may take in a line's end, which the kept line has not. */
	return line && at->column > size + 1 ? column + (unsigned int)(at->column - size - 1)
	       : line			     ? column
					     : at->column;
}

static void add_snippet(const struct model *m, struct strbuf *sb, const struct pos *at)
{
	size_t size = 0;
	const char *line = model_source_line(m, at->file, at->line, &size);
	struct strbuf text = STRBUF_INIT;

	if (!line)
		return;
	strbuf_add(&text, line, size < 500 ? size : 500);
	strbuf_puts(sb, ", \"snippet\": {");
	add_member(sb, "text", strbuf_str(&text));
	strbuf_puts(sb, "}");
	strbuf_reset(&text);
}

static void add_physical(const struct model *m, struct strbuf *sb, const struct emit_run *run,
			 const struct pos *at)
{
	strbuf_puts(sb, "{\"physicalLocation\": {");
	add_artifact(sb, run, at->file);
	if (at->line) {
		strbuf_printf(sb, ", \"region\": {\"startLine\": %u", at->line);
		if (at->column)
			strbuf_printf(sb, ", \"startColumn\": %u", code_point_column(m, at));
		add_snippet(m, sb, at);
		strbuf_puts(sb, "}");
	}
	strbuf_puts(sb, "}}");
}

/* Results, section 3.27 */

static void add_fixes(const struct model *m, struct strbuf *sb, const struct emit_run *run,
		      const struct diagnostic *d)
{
	for (size_t i = 0; i < d->nr_edits; i++) {
		const struct edit *e = &d->edits[i];

		strbuf_puts(sb, i ? ", {" : ", \"fixes\": [{\"artifactChanges\": [{");
		add_artifact(sb, run, e->at.file);
		strbuf_printf(sb,
			      ", \"replacements\": [{\"deletedRegion\": {\"startLine\": %u, "
			      "\"startColumn\": %u, \"endLine\": %u, \"endColumn\": %u}, "
			      "\"insertedContent\": {",
			      e->at.line, code_point_column(m, &e->at), e->end.line,
			      code_point_column(m, &e->end));
		add_member(sb, "text", e->text);
		strbuf_puts(sb, "}}]}");
	}
	if (d->nr_edits)
		strbuf_puts(sb, "]}]");
}

static void add_suppressions(const struct model *m, struct strbuf *sb, const struct emit_run *run,
			     const struct waiver *w)
{
	struct strbuf why = STRBUF_INIT;

	strbuf_puts(sb, ", \"suppressions\": [");
	if (w) {
		strbuf_printf(&why, "%s (%s, until %s)", w->reason, w->owner, w->expires);
		strbuf_puts(sb, "{\"kind\": \"external\", \"status\": \"accepted\", ");
		add_member(sb, "justification", strbuf_str(&why));
		strbuf_puts(sb, ", \"location\": ");
		add_physical(m, sb, run, &w->at);
		strbuf_puts(sb, "}");
	}
	strbuf_puts(sb, "]");
	sb->failed = sb->failed || why.failed;
	strbuf_reset(&why);
}

static void add_message(struct strbuf *sb, const struct diagnostic *d)
{
	struct strbuf text = STRBUF_INIT;

	strbuf_puts(&text, d->message);
	if (d->remedy)
		strbuf_printf(&text, " (%s)", d->remedy);
	strbuf_puts(sb, ", \"message\": {");
	add_member(sb, "text", strbuf_str(&text));
	strbuf_puts(sb, "}");
	sb->failed = sb->failed || text.failed;
	strbuf_reset(&text);
}

/* Section 3.27.22: the other sides of a contradiction. */
static void add_related(const struct model *m, struct strbuf *sb, const struct emit_run *run,
			const struct diagnostic *d)
{
	for (size_t i = 0; i < d->nr_relations; i++) {
		struct strbuf place = STRBUF_INIT;

		add_physical(m, &place, run, &d->relations[i].at);
		strbuf_printf(sb, "%s{\"id\": %zu, \"message\": {",
			      i ? ", " : ", \"relatedLocations\": [", i + 1);
		add_member(sb, "text", d->relations[i].note);
		strbuf_puts(sb, "}, ");
		/* The object of the place goes on behind our members. */
		strbuf_puts(sb, place.data ? place.data + 1 : "}");
		sb->failed = sb->failed || place.failed;
		strbuf_reset(&place);
	}
	strbuf_puts(sb, d->nr_relations ? "]" : "");
}

static void add_result(const struct model *m, struct strbuf *sb, const struct emit_run *run,
		       const struct diagnostic *d)
{
	long index = rule_index(d->rule);

	strbuf_puts(sb, "{");
	add_member(sb, "ruleId", d->rule);
	if (index >= 0)
		strbuf_printf(sb, ", \"ruleIndex\": %ld", index);
	strbuf_printf(sb, ", \"level\": \"%s\"", rule_severity_name(d->severity));
	add_message(sb, d);
	if (d->at.file) {
		strbuf_puts(sb, ", \"locations\": [");
		add_physical(m, sb, run, &d->at);
		strbuf_puts(sb, "]");
	}
	add_related(m, sb, run, d);
	strbuf_printf(sb, ", \"partialFingerprints\": {\"candor/v1\": \"%s\"}", d->fingerprint);
	if (run->baseline)
		strbuf_printf(sb, ", \"baselineState\": \"%s\"", d->is_old ? "unchanged" : "new");
	add_suppressions(m, sb, run, d->waiver);
	add_fixes(m, sb, run, d);
	if (d->feature) {
		strbuf_puts(sb, ", \"properties\": {");
		add_member(sb, "feature", d->feature);
		strbuf_puts(sb, "}");
	}
	strbuf_puts(sb, "}");
}

/* What the baseline had and is gone: section 3.27.24, "absent". */
static bool add_absent(struct strbuf *sb, const struct emit_run *run, bool first)
{
	for (size_t i = 0; run->baseline && i < run->baseline->nr; i++) {
		const struct baseline_entry *e = &run->baseline->entries[i];

		if (e->is_met)
			continue;
		strbuf_puts(sb, first ? "\n{" : ",\n{");
		first = false;
		add_member(sb, "ruleId", e->rule);
		strbuf_puts(sb, ", \"message\": {");
		add_member(sb, "text", e->message);
		strbuf_puts(sb, "}");
		if (e->file) {
			strbuf_puts(sb, ", \"locations\": [{\"physicalLocation\": {");
			add_artifact(sb, run, e->file);
			strbuf_puts(sb, "}}]");
		}
		strbuf_puts(sb, ", \"partialFingerprints\": {");
		add_member(sb, "candor/v1", e->fingerprint);
		strbuf_puts(sb, "}, \"baselineState\": \"absent\", \"suppressions\": []}");
	}
	return first;
}

int emit_findings_sarif(const struct model *m, const struct emit_run *run, struct strbuf *sb)
{
	bool first;

	strbuf_puts(sb, "{\n\"$schema\": \"" SCHEMA "\",\n\"version\": \"2.1.0\",\n"
			"\"runs\": [{\n\"tool\": {\"driver\": {\"name\": \"candor\", ");
	add_member(sb, "version", run->version);
	strbuf_puts(sb, ", ");
	add_rules(sb);
	strbuf_puts(sb, "}},\n\"columnKind\": \"unicodeCodePoints\",\n\"originalUriBaseIds\": "
			"{\"SRCROOT\": {\"description\": {\"text\": \"the root of the checked "
			"tree\"}}},\n\"results\": [");
	for (size_t i = 0; i < m->nr_diagnostics; i++) {
		strbuf_puts(sb, i ? ",\n" : "\n");
		add_result(m, sb, run, &m->diagnostics[i]);
	}
	first = add_absent(sb, run, !m->nr_diagnostics);
	strbuf_puts(sb, first ? "]\n}]\n}\n" : "\n]\n}]\n}\n");
	return strbuf_str(sb) ? 0 : -ENOMEM;
}
