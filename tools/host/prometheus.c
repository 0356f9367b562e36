/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A host's status as metrics in Prometheus' text format 0.0.4, for node exporter's
 * textfile collector. Label values are UTF-8 in which only \, " and line ends are escaped.
 */
#include <string.h>

#include "base/text.h"
#include "host/status.h"

#define DAY_SECONDS 86400L

static void metric(struct strbuf *out, const char *name, const char *help)
{
	strbuf_printf(out, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name);
}

/* NAME="VALUE", behind a comma unless it is the first. */
static void label(struct strbuf *out, const char *name, const char *value)
{
	size_t size = strlen(value), n;
	unsigned int code;

	strbuf_printf(out, "%s%s=\"", out->size && out->data[out->size - 1] == '{' ? "" : ",",
		      name);
	for (size_t i = 0; i < size; i += n) {
		n = text_utf8_size(value + i, size - i, &code);
		if (!n) {
			strbuf_puts(out, "\xef\xbf\xbd");
			n = 1;
		} else if (code == '\n') {
			strbuf_puts(out, "\\n");
		} else if (code == '\\' || code == '"') {
			strbuf_printf(out, "\\%c", (int)code);
		} else if (text_is_dangerous(code)) {
			strbuf_puts(out, "\xef\xbf\xbd");
		} else {
			strbuf_add(out, value + i, n);
		}
	}
	strbuf_puts(out, "\"");
}

static void add_info(const struct status *s, struct strbuf *out)
{
	metric(out, "candor_feature_info", "State of a feature of the running hypervisor.");
	for (size_t i = 0; i < s->nr_rows; i++) {
		const struct status_row *row = &s->rows[i];
		const bool on_record = row->record && !row->record->is_bad;
		const char taint[2] = { row->fact.taint };

		strbuf_puts(out, "candor_feature_info{");
		label(out, "feature", row->id);
		label(out, "state", state_name(row->running ? row->running->state : RUN_UNKNOWN));
		label(out, "level", row->fact.level ? row->fact.level : "");
		label(out, "security", row->fact.security ? row->fact.security : "");
		label(out, "taint", taint);
		label(out, "opted_in_by", on_record ? row->record->by : "");
		label(out, "until", on_record ? row->record->until : "");
		strbuf_puts(out, "} 1\n");
	}
}

/* The day that ends the feature: on record, else what the hypervisor was told. */
static const char *end_of(const struct status_row *row)
{
	if (row->record && !row->record->is_bad)
		return row->record->until;
	return row->running ? row->running->until : "";
}

static void add_expiry(const struct status *s, struct strbuf *out)
{
	metric(out, "candor_feature_expiry_timestamp_seconds",
	       "End of the last day, in UTC, for which an opt-in is on record.");
	for (size_t i = 0; i < s->nr_rows; i++) {
		const char *until = end_of(&s->rows[i]);

		if (until[0])
			strbuf_printf(out,
				      "candor_feature_expiry_timestamp_seconds{feature=\"%s\"} "
				      "%ld\n",
				      s->rows[i].id,
				      (status_days("1970-01-01", until) + 1) * DAY_SECONDS);
	}
}

static void add_taint(const struct status *s, struct strbuf *out)
{
	const char *active = s->in->state.taint;
	struct candor_taint t;

	if (!s->in->state.has_taint)
		return;
	metric(out, "candor_taint", "Is something active for which the letter stands?");
	for (size_t i = 0; candor_taint_at(i, &t); i++) {
		strbuf_puts(out, "candor_taint{");
		label(out, "letter", (const char[2]){ t.letter });
		label(out, "meaning", t.meaning);
		strbuf_printf(out, "} %d\n", strchr(active, t.letter) != NULL);
	}
}

static void add_findings(const struct status *s, struct strbuf *out)
{
	size_t nr[GRADE_NOTE + 1] = { 0 };

	for (size_t i = 0; i < s->nr_findings; i++)
		nr[status_kind_grade(s->findings[i].kind)]++;
	metric(out, "candor_findings", "What of the host is outside its record, or asks for care.");
	for (int grade = GRADE_OUTSIDE; grade <= GRADE_NOTE; grade++)
		strbuf_printf(out, "candor_findings{grade=\"%s\"} %zu\n",
			      status_grade_name((enum status_grade)grade), nr[grade]);
	if (!s->nr_findings)
		return;
	metric(out, "candor_finding_info", "One of what candor_findings counts.");
	for (size_t i = 0; i < s->nr_findings; i++) {
		const struct status_finding *f = &s->findings[i];

		strbuf_puts(out, "candor_finding_info{");
		label(out, "feature", f->id);
		label(out, "kind", status_kind_name(f->kind));
		label(out, "grade", status_grade_name(status_kind_grade(f->kind)));
		strbuf_puts(out, "} 1\n");
	}
}

void status_prometheus(const struct status *s, struct strbuf *out)
{
	const struct state *state = &s->in->state;

	metric(out, "candor_state_known", "Could the running hypervisor be asked?");
	strbuf_printf(out, "candor_state_known %d\n", state->known);
	metric(out, "candor_build_info", "The policy and the decision the hypervisor is built of.");
	strbuf_puts(out, "candor_build_info{");
	label(out, "profile", state->policy);
	label(out, "decision", state->decision);
	strbuf_puts(out, "} 1\n");
	add_info(s, out);
	add_expiry(s, out);
	add_taint(s, out);
	add_findings(s, out);
}
