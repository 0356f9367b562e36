/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names, waives, selects and counts findings. */
#include "check/judge.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "check/check.h"

static int compare_content(const struct diagnostic *x, const struct diagnostic *y)
{
	int order = model_compare_places(&x->at, &y->at);

	if (order)
		return order;
	order = strcmp(x->rule, y->rule);
	return order ? order : strcmp(x->message, y->message);
}

static int compare(const void *a, const void *b)
{
	const struct diagnostic *x = a, *y = b;
	int order = compare_content(x, y);

	return order ? order : x->order < y->order ? -1 : x->order > y->order;
}

static bool is_error(const struct diagnostic *d)
{
	return d->severity == SEVERITY_ERROR && !d->waiver;
}

static void recount(struct model *m)
{
	m->nr_errors = 0;
	for (size_t i = 0; i < m->nr_diagnostics; i++)
		m->nr_errors += is_error(&m->diagnostics[i]);
}

void judge_sort(struct model *m)
{
	size_t nr = 0;

	if (!m->nr_diagnostics)
		return;
	qsort(m->diagnostics, m->nr_diagnostics, sizeof(*m->diagnostics), compare);
	for (size_t i = 0; i < m->nr_diagnostics; i++) {
		if (!nr || compare_content(&m->diagnostics[nr - 1], &m->diagnostics[i]))
			m->diagnostics[nr++] = m->diagnostics[i];
	}
	m->nr_diagnostics = nr;
	recount(m);
}

/* Features by the lines that speak of them */

static const char *place_key(struct model *m, const struct pos *at)
{
	return model_printf(m, "%s:%u", at->file, at->line);
}

static void note(struct model *m, struct strmap *places, const struct pos *at, const char *id)
{
	const char *key = at->file && at->line ? place_key(m, at) : NULL;

	if (key && !strmap_put(places, key, (void *)(uintptr_t)id))
		m->out_of_memory = true;
}

static void note_all(struct model *m, struct strmap *places)
{
	for (size_t i = 0; i < m->nr_features; i++)
		note(m, places, &m->features[i]->at, m->features[i]->id);
	for (size_t i = 0; i < m->nr_statements; i++) {
		const struct statement *s = m->statements[i];

		for (size_t j = 0; j < s->nr_headings; j++) {
			if (s->headings[j]->feature)
				note(m, places, &s->headings[j]->at, s->headings[j]->feature->id);
		}
		for (size_t j = 0; j < s->nr_claims; j++) {
			if (s->claims[j]->feature)
				note(m, places, &s->claims[j]->at, s->claims[j]->feature->id);
		}
	}
	for (size_t i = 0; i < m->nr_annotations; i++)
		note(m, places, &m->annotations[i]->at, m->annotations[i]->id);
	for (size_t i = 0; i < m->nr_locks; i++) {
		for (size_t j = 0; j < m->locks[i]->nr_gates; j++)
			note(m, places, &m->locks[i]->gates[j].at, m->locks[i]->gates[j].id);
	}
}

/* Who writes longer sections finds the feature himself. */
#define SECTION_LINES_MAX 200

/* Is there an H1 between a heading and a line, or too much to look? */
static bool ends_part(const struct model *m, const struct pos *heading, unsigned int line)
{
	size_t size;

	if (line - heading->line > SECTION_LINES_MAX)
		return true;
	for (unsigned int i = heading->line + 1; i <= line; i++) {
		const char *text = model_source_line(m, heading->file, i, &size);

		if (text && size > 1 && text[0] == '#' && text[1] == ' ')
			return true;
	}
	return false;
}

/* The feature whose section of a statement a place is in; headings are in its order. */
static const char *find_section(const struct model *m, const struct pos *at)
{
	const struct heading *found = NULL;

	for (size_t i = 0; i < m->nr_statements && !found; i++) {
		const struct statement *s = m->statements[i];
		size_t low = 0, high = s->nr_headings;

		if (strcmp(s->path, at->file))
			continue;
		while (low < high) {
			size_t middle = low + (high - low) / 2;

			if (s->headings[middle]->at.line <= at->line)
				low = middle + 1;
			else
				high = middle;
		}
		found = low ? s->headings[low - 1] : NULL;
	}
	if (!found || !found->feature || ends_part(m, &found->at, at->line))
		return NULL;
	return found->feature->id;
}

static void find_features(struct model *m)
{
	struct strmap places = { 0 };

	note_all(m, &places);
	for (size_t i = 0; i < m->nr_diagnostics; i++) {
		struct diagnostic *d = &m->diagnostics[i];
		const char *key =
			!d->feature && d->at.file && d->at.line ? place_key(m, &d->at) : NULL;

		if (key)
			d->feature = strmap_get(&places, key);
		if (key && !d->feature)
			d->feature = find_section(m, &d->at);
	}
	strmap_reset(&places);
}

/* Fingerprints */

#define LINE_MAX_BYTES 1024

/* Is the number at @p that of a line: "file.c:12", "on line 12"? */
static bool is_line_number(const char *message, const char *p)
{
	return (p > message && p[-1] == ':') || (p - message >= 5 && !memcmp(p - 5, "line ", 5));
}

/* Bytes of @text that are "ROOT/", where the tree of the model is. */
static size_t root_size(const struct model *m, const char *text)
{
	size_t size = m->root && strcmp(m->root, ".") ? strlen(m->root) : 0;

	while (size > 1 && m->root[size - 1] == '/')
		size--;
	return size && !strncmp(text, m->root, size) && text[size] == '/' ? size + 1 : 0;
}

static void add_message(const struct model *m, struct strbuf *sb, const char *message)
{
	const char *p = message;

	while (*p) {
		size_t digits = 0;

		p += root_size(m, p);

		while (isdigit((unsigned char)p[digits]))
			digits++;
		if (digits && is_line_number(message, p))
			strbuf_puts(sb, "N");
		else
			strbuf_add(sb, p, digits ? digits : 1);
		p += digits ? digits : 1;
	}
}

static void add_line(const struct model *m, struct strbuf *sb, const struct pos *at)
{
	size_t size = 0;
	const char *line =
		at->file && at->line ? model_source_line(m, at->file, at->line, &size) : NULL;

	while (size && isspace((unsigned char)line[size - 1]))
		size--;
	for (; size && isspace((unsigned char)*line); size--)
		line++;
	/* Of a line nobody wrote by hand, the piece the finding is about. */
	if (size > LINE_MAX_BYTES && at->column) {
		size_t skip = at->column - 1 < size ? at->column - 1 : size;

		line += skip;
		size -= skip;
	}
	if (size)
		strbuf_add(sb, line, size < LINE_MAX_BYTES ? size : LINE_MAX_BYTES);
}

static void take_fingerprint(struct model *m, struct diagnostic *d, struct strmap *seen)
{
	struct strbuf sb = STRBUF_INIT;
	size_t *counter = model_alloc(m, sizeof(*counter)), *first;
	char hex[65];
	char *key;

	strbuf_printf(&sb, "%s\n%s\n", d->rule,
		      d->at.file ? d->at.file + root_size(m, d->at.file) : "");
	add_message(m, &sb, d->message);
	strbuf_puts(&sb, "\n");
	add_line(m, &sb, &d->at);
	sha256_hex(sb.data ? sb.data : "", sb.size, hex);
	key = model_copy(m, hex, sizeof(hex) - 1);
	first = key && counter ? strmap_put(seen, key, counter) : NULL;
	if (sb.failed || !first) {
		m->out_of_memory = true;
		strbuf_reset(&sb);
		return;
	}
	strbuf_printf(&sb, "\n%zu", (*first)++);
	if (strbuf_str(&sb))
		sha256_hex(sb.data, sb.size, hex);
	strbuf_reset(&sb);
	memcpy(d->fingerprint, hex, FINGERPRINT_SIZE - 1);
	d->fingerprint[FINGERPRINT_SIZE - 1] = '\0';
}

void judge_name(struct model *m)
{
	struct strmap seen = { 0 };

	judge_sort(m);
	find_features(m);
	for (size_t i = 0; i < m->nr_diagnostics; i++)
		take_fingerprint(m, &m->diagnostics[i], &seen);
	strmap_reset(&seen);
}

/* Waivers */

/* "FILE", "FILE:LINE" or "FOLDER/" */
static bool is_at(const char *place, const struct pos *at)
{
	size_t size = strlen(place);
	char *end;

	if (!at->file)
		return false;
	if (size && place[size - 1] == '/')
		return !strncmp(place, at->file, size);
	if (!strcmp(place, at->file))
		return true;
	size = strlen(at->file);
	return !strncmp(place, at->file, size) && place[size] == ':' &&
	       isdigit((unsigned char)place[size + 1]) &&
	       strtoul(place + size + 1, &end, 10) == at->line && !*end;
}

static bool excuses(const struct waiver *w, const struct diagnostic *d)
{
	return !strcmp(w->rule, d->rule) &&
	       (!w->feature || (d->feature && !strcmp(w->feature, d->feature))) &&
	       (!w->place || is_at(w->place, &d->at));
}

static bool is_expired(const struct model *m, const struct waiver *w)
{
	return m->today && strcmp(w->expires, m->today) < 0;
}

/* What is wrong with the input itself cannot be excused. */
static bool is_waivable(const char *rule)
{
	static const char *const never[] = { "bad-waiver", "expired-waiver", "unreadable",
					     "unused-waiver" };

	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
		if (!strcmp(rule, never[i]))
			return false;
	}
	return true;
}

static void report_waiver(struct model *m, const struct waiver *w)
{
	const struct rule *rule = check_find_rule(w->rule);
	const char *near = rule ? NULL : check_suggest_rule(w->rule);

	if (!rule || !is_waivable(w->rule))
		model_report(m, SEVERITY_ERROR, "bad-waiver", w->at,
			     "`candor explain-rule` lists the rules", "%s '%s'%s%s%s",
			     rule ? "nothing excuses a finding of" : "no rule is called", w->rule,
			     near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
	else if (is_expired(m, w))
		model_report(m, SEVERITY_ERROR, "expired-waiver", w->at,
			     "mend what it excuses, or have its owner renew it",
			     "the waiver of '%s' by %s ended on %s", w->rule, w->owner, w->expires);
	else if (!w->is_used)
		model_report(m, SEVERITY_WARNING, "unused-waiver", w->at, "delete it",
			     "the waiver of '%s' excuses nothing", w->rule);
	else
		return;
	if (w->feature)
		model_about(m, w->feature);
}

void judge_waive(struct model *m)
{
	for (size_t i = 0; i < m->nr_waivers; i++) {
		struct waiver *w = &m->waivers[i];

		for (size_t j = 0; j < m->nr_diagnostics && !is_expired(m, w); j++) {
			struct diagnostic *d = &m->diagnostics[j];

			if (!excuses(w, d) || !is_waivable(d->rule))
				continue;
			w->is_used = true;
			if (!d->waiver)
				d->waiver = w;
		}
	}
	for (size_t i = 0; i < m->nr_waivers; i++)
		report_waiver(m, &m->waivers[i]);
	recount(m);
}

/* Selection, counts and baselines */

static bool is_selected(const struct selection *s, const struct diagnostic *d)
{
	if (d->severity < s->severity)
		return false;
	for (size_t i = 0; i < s->nr_rules; i++) {
		if (!strcmp(s->rules[i], d->rule))
			return true;
	}
	return !s->nr_rules;
}

void judge_select(struct model *m, const struct selection *selection)
{
	size_t nr = 0;

	for (size_t i = 0; i < m->nr_diagnostics; i++) {
		if (is_selected(selection, &m->diagnostics[i]))
			m->diagnostics[nr++] = m->diagnostics[i];
	}
	m->nr_diagnostics = nr;
	recount(m);
}

struct tally judge_count(const struct model *m)
{
	struct tally t = { 0 };

	for (size_t i = 0; i < m->nr_diagnostics; i++) {
		const struct diagnostic *d = &m->diagnostics[i];

		if (d->waiver)
			t.nr_waived++;
		else if (d->is_old)
			t.nr_old++;
		else if (d->severity == SEVERITY_ERROR)
			t.nr_errors++;
		else
			t.nr_warnings++;
		t.nr_fixable += !d->waiver && !d->is_old && d->nr_edits;
	}
	return t;
}

int judge_compare(struct model *m, struct baseline *baseline)
{
	struct strmap known = { 0 };
	int rc = 0;

	for (size_t i = 0; i < baseline->nr && !rc; i++) {
		struct baseline_entry *e = &baseline->entries[i];

		if (!strmap_put(&known, e->fingerprint, e))
			rc = -ENOMEM;
	}
	for (size_t i = 0; i < m->nr_diagnostics && !rc; i++) {
		struct diagnostic *d = &m->diagnostics[i];
		struct baseline_entry *e = strmap_get(&known, d->fingerprint);

		if (e)
			d->is_old = e->is_met = true;
	}
	strmap_reset(&known);
	return rc;
}
