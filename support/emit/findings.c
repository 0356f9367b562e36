/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Findings as JSON, as a baseline, and as the reports that two forges read. */
#include "emit/emit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "check/judge.h"
#include "emit/private.h"

static void add_member(struct strbuf *sb, const char *name, const char *value)
{
	strbuf_printf(sb, ", \"%s\": ", name);
	text_add_json(sb, value);
}

const char *findings_path(const struct emit_run *run, const char *file)
{
	size_t size = run->root ? strlen(run->root) : 0;

	while (size > 1 && run->root[size - 1] == '/')
		size--;
	if (!strncmp(file, "./", 2))
		return file + 2;
	if (size && !strncmp(file, run->root, size) && file[size] == '/')
		return file + size + 1;
	return file;
}

static void add_waiver(struct strbuf *sb, const struct waiver *w)
{
	if (!w) {
		strbuf_puts(sb, ", \"waiver\": null");
		return;
	}
	strbuf_puts(sb, ", \"waiver\": {\"owner\": ");
	text_add_json(sb, w->owner);
	add_member(sb, "reason", w->reason);
	add_member(sb, "expires", w->expires);
	strbuf_puts(sb, "}");
}

static void add_relations(struct strbuf *sb, const struct diagnostic *d)
{
	strbuf_puts(sb, ", \"related\": [");
	for (size_t i = 0; i < d->nr_relations; i++) {
		const struct relation *r = &d->relations[i];

		strbuf_puts(sb, i ? ", {\"file\": " : "{\"file\": ");
		text_add_json(sb, r->at.file);
		strbuf_printf(sb, ", \"line\": %u, \"column\": %u", r->at.line, r->at.column);
		add_member(sb, "note", r->note);
		strbuf_puts(sb, "}");
	}
	strbuf_puts(sb, "]");
}

static void add_finding(struct strbuf *sb, const struct diagnostic *d)
{
	strbuf_puts(sb, "{\"rule\": ");
	text_add_json(sb, d->rule);
	add_member(sb, "severity", d->severity == SEVERITY_ERROR ? "error" : "warning");
	add_member(sb, "file", d->at.file);
	strbuf_printf(sb, ", \"line\": %u, \"column\": %u", d->at.line, d->at.column);
	add_member(sb, "message", d->message);
	add_member(sb, "remedy", d->remedy);
	add_member(sb, "feature", d->feature);
	add_member(sb, "fingerprint", d->fingerprint);
	add_member(sb, "state", d->waiver ? "waived" : d->is_old ? "old" : "new");
	add_waiver(sb, d->waiver);
	add_relations(sb, d);
	strbuf_printf(sb, ", \"fixable\": %s}", d->nr_edits ? "true" : "false");
}

int emit_findings_json(const struct model *m, const struct emit_run *run, struct strbuf *sb)
{
	struct tally t = judge_count(m);

	(void)run;
	strbuf_printf(sb,
		      "{\n\"format\": 1,\n\"errors\": %zu,\n\"warnings\": %zu,\n\"old\": %zu,\n"
		      "\"waived\": %zu,\n\"diagnostics\": [",
		      t.nr_errors, t.nr_warnings, t.nr_old, t.nr_waived);
	for (size_t i = 0; i < m->nr_diagnostics; i++) {
		strbuf_puts(sb, i ? ",\n" : "\n");
		add_finding(sb, &m->diagnostics[i]);
	}
	strbuf_puts(sb, m->nr_diagnostics ? "\n]\n}\n" : "]\n}\n");
	return strbuf_str(sb) ? 0 : -ENOMEM;
}

/* Waived findings stay out: their waivers end, a baseline does not. */
void emit_baseline(const struct model *m, struct strbuf *sb)
{
	bool first = true;

	strbuf_puts(sb, "{\n\"format\": 1,\n\"findings\": [");
	for (size_t i = 0; i < m->nr_diagnostics; i++) {
		const struct diagnostic *d = &m->diagnostics[i];

		if (d->waiver)
			continue;
		strbuf_puts(sb, first ? "\n{\"fingerprint\": " : ",\n{\"fingerprint\": ");
		text_add_json(sb, d->fingerprint);
		add_member(sb, "rule", d->rule);
		add_member(sb, "file", d->at.file);
		add_member(sb, "message", d->message);
		strbuf_puts(sb, "}");
		first = false;
	}
	strbuf_puts(sb, first ? "]\n}\n" : "\n]\n}\n");
}

/* GitHub: "::error file=F,line=1,col=2,title=T::MESSAGE" */

enum github_place {
	GITHUB_PROPERTY,
	GITHUB_MESSAGE,
};

static void add_github(struct strbuf *sb, const char *text, enum github_place place)
{
	struct strbuf visible = STRBUF_INIT;

	text_add_visible(&visible, text, strlen(text));
	for (const char *p = visible.data; p && *p; p++) {
		bool special = *p == '%' || *p == '\r' || *p == '\n' ||
			       (place == GITHUB_PROPERTY && (*p == ':' || *p == ','));

		if (special)
			strbuf_printf(sb, "%%%02X", (unsigned int)(unsigned char)*p);
		else
			strbuf_add(sb, p, 1);
	}
	sb->failed = sb->failed || visible.failed;
	strbuf_reset(&visible);
}

static void add_command(struct strbuf *sb, const struct emit_run *run, const struct diagnostic *d)
{
	bool known = d->waiver || d->is_old;

	strbuf_puts(sb, known				? "::notice "
			: d->severity == SEVERITY_ERROR ? "::error "
							: "::warning ");
	if (d->at.file) {
		strbuf_puts(sb, "file=");
		add_github(sb, findings_path(run, d->at.file), GITHUB_PROPERTY);
		strbuf_puts(sb, ",");
	}
	if (d->at.line)
		strbuf_printf(sb, "line=%u,", d->at.line);
	if (d->at.line && d->at.column)
		strbuf_printf(sb, "col=%u,", d->at.column);
	strbuf_puts(sb, "title=");
	add_github(sb, d->rule, GITHUB_PROPERTY);
	strbuf_puts(sb, "::");
	add_github(sb, d->message, GITHUB_MESSAGE);
	if (d->remedy) {
		strbuf_puts(sb, "%0A");
		add_github(sb, d->remedy, GITHUB_MESSAGE);
	}
	strbuf_puts(sb, d->waiver ? " (waived)\n" : d->is_old ? " (in the baseline)\n" : "\n");
}

int emit_findings_github(const struct model *m, const struct emit_run *run, struct strbuf *sb)
{
	for (size_t i = 0; i < m->nr_diagnostics; i++)
		add_command(sb, run, &m->diagnostics[i]);
	return strbuf_str(sb) ? 0 : -ENOMEM;
}

/* GitLab: a list of issues as Code Climate has them; what is known is info */
int emit_findings_gitlab(const struct model *m, const struct emit_run *run, struct strbuf *sb)
{
	strbuf_puts(sb, "[");
	for (size_t i = 0; i < m->nr_diagnostics; i++) {
		const struct diagnostic *d = &m->diagnostics[i];
		bool known = d->waiver || d->is_old;

		strbuf_puts(sb, i ? ",\n{\"type\": \"issue\"" : "\n{\"type\": \"issue\"");
		add_member(sb, "check_name", d->rule);
		add_member(sb, "description", d->message);
		add_member(sb, "fingerprint", d->fingerprint);
		add_member(sb, "severity",
			   known			   ? "info"
			   : d->severity == SEVERITY_ERROR ? "major"
							   : "minor");
		strbuf_puts(sb, ", \"categories\": [\"Bug Risk\"], \"location\": {\"path\": ");
		text_add_json(sb, d->at.file ? findings_path(run, d->at.file) : "");
		strbuf_printf(sb, ", \"lines\": {\"begin\": %u}}}", d->at.line ? d->at.line : 1);
	}
	strbuf_puts(sb, m->nr_diagnostics ? "\n]\n" : "]\n");
	return strbuf_str(sb) ? 0 : -ENOMEM;
}
