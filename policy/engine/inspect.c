/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The comparison of an image with a lock, and its two prints. */
#include "engine/inspect.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/complain.h"
#include "base/text.h"

__attribute__((format(printf, 3, 4))) static void find(struct inspection *i, const char *remedy,
						       const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	complain(&i->findings, (struct place){ i->image->path, 0 }, remedy, "%s", text);
	i->nr_findings++;
}

/* A limit stands where its bound is enforced, so it counts as code too. */
static bool implements(const struct annotation *a, const char *id)
{
	if (a->kind != ANNOTATION_PROVIDES && a->kind != ANNOTATION_LIMIT)
		return false;
	return !strcmp(a->id, id);
}

/* A record that names the whole feature is a better place than one of its limits. */
static void find_records(const struct image *image, struct inspect_row *row)
{
	for (size_t i = 0; i < image->model->nr_annotations; i++) {
		const struct annotation *a = image->model->annotations[i];

		if (!implements(a, row->entry->name))
			continue;
		row->nr_records++;
		if (!row->where ||
		    (row->where->kind == ANNOTATION_LIMIT && a->kind == ANNOTATION_PROVIDES))
			row->where = a;
	}
}

static bool is_outside(const struct facts *facts, const char *id)
{
	long feature = facts ? facts_find(facts, id) : -1;

	return feature >= 0 && !facts->features[feature].in_image;
}

static void compare_row(struct inspection *i, struct inspect_row *row, const struct facts *facts)
{
	const char *id = row->entry->name;

	find_records(i->image, row);
	if (lockfile_is_on(row->entry)) {
		row->state = row->nr_records	     ? INSPECT_PRESENT
			     : is_outside(facts, id) ? INSPECT_OUTSIDE
						     : INSPECT_MISSING;
	} else {
		row->state = row->nr_records ? INSPECT_EXTRA : INSPECT_ABSENT;
	}
	if (row->state == INSPECT_MISSING)
		find(i, i->rebuild, "feature %s is on in %s, but the image has no code for it", id,
		     i->lock->path);
	if (row->state == INSPECT_EXTRA)
		find(i, i->rebuild,
		     "feature %s is off in %s, but the image has code for it (%s:%u)", id,
		     i->lock->path, row->where->at.file, row->where->at.line);
}

static void compare_text(struct inspection *i, const char *key, const char *lock, const char *image)
{
	if (strcmp(lock, image))
		find(i, i->rebuild, "%s is %s in %s, but %s in the lock the image carries", key,
		     lock, i->lock->path, image);
}

/* Two sorted lists of entries: every key in both, with the same value. */
static void compare_entries(struct inspection *i, const char *kind, const struct lock_entry *lock,
			    size_t nr_lock, const struct lock_entry *image, size_t nr_image)
{
	size_t a = 0, b = 0;

	while (a < nr_lock || b < nr_image) {
		int order = a == nr_lock    ? 1
			    : b == nr_image ? -1
					    : strcmp(lock[a].name, image[b].name);

		if (order < 0) {
			find(i, i->rebuild, "%s%s is in %s, but not in the lock the image carries",
			     kind, lock[a].name, i->lock->path);
			a++;
		} else if (order > 0) {
			find(i, i->rebuild, "%s%s is in the lock the image carries, but not in %s",
			     kind, image[b].name, i->lock->path);
			b++;
		} else {
			if (strcmp(lock[a].value, image[b].value))
				find(i, i->rebuild,
				     "%s%s is %s in %s, but %s in the lock the image carries", kind,
				     lock[a].name, lock[a].value, i->lock->path, image[b].value);
			a++;
			b++;
		}
	}
}

static void compare_locks(struct inspection *i)
{
	const struct lockfile *l = i->lock, *m = i->image->lock;

	if (!i->image->has_lock) {
		find(i, i->rebuild, "the image carries no lock (section .candor.lock)");
		return;
	}
	if (!m) {
		const char *wrong = strbuf_str(&i->image->lock_wrong);

		strbuf_puts(&i->findings, wrong ? wrong : "");
		i->nr_findings++;
		return;
	}
	compare_text(i, "lock.profile", l->profile, m->profile);
	compare_text(i, "lock.target", l->target, m->target);
	compare_text(i, "lock.decision", l->decision, m->decision);
	compare_entries(i, "input.", l->inputs, l->nr_inputs, m->inputs, m->nr_inputs);
	compare_entries(i, "feature.", l->features, l->nr_features, m->features, m->nr_features);
	compare_entries(i, "limit.", l->limits, l->nr_limits, m->limits, m->nr_limits);
	compare_entries(i, "waiver.", l->waivers, l->nr_waivers, m->waivers, m->nr_waivers);
}

/* A limit of the lock bounds every number that code states of the feature. */
static void check_limits(struct inspection *i)
{
	const struct model *m = i->image->model;

	for (size_t k = 0; k < i->lock->nr_limits; k++) {
		const struct lock_entry *e = &i->lock->limits[k];
		uint64_t most = strtoull(e->value, NULL, 10);

		for (size_t n = 0; n < m->nr_annotations; n++) {
			const struct annotation *a = m->annotations[n];

			if (!a->has_limit || strcmp(a->id, e->name) != 0 || a->limit.value <= most)
				continue;
			find(i, "build with a smaller constant, or raise the limit in the policy",
			     "limit.%s is %s in %s, but the code's is %" PRIu64 " (%s:%u)", e->name,
			     e->value, i->lock->path, a->limit.value, a->at.file, a->at.line);
		}
	}
}

static void check_records(struct inspection *i)
{
	const struct model *m = i->image->model;

	for (size_t k = 0; k < m->nr_diagnostics; k++)
		find(i, m->diagnostics[k].remedy ? m->diagnostics[k].remedy : i->rebuild, "%s",
		     m->diagnostics[k].message);
	for (size_t k = 0; k < m->nr_annotations; k++) {
		const struct annotation *a = m->annotations[k];

		if (!lockfile_feature(i->lock, a->id))
			find(i, "register the id in support/features.yaml, and lock again",
			     "a record names the feature %s (%s:%u), which is not in %s", a->id,
			     a->at.file, a->at.line, i->lock->path);
	}
}

int inspect_compare(const struct image *image, const struct lockfile *lock,
		    const struct facts *facts, struct inspection **ret_inspection)
{
	struct inspection *i = calloc(1, sizeof(*i));

	if (!i)
		return -ENOMEM;
	i->image = image;
	i->lock = lock;
	snprintf(i->rebuild, sizeof(i->rebuild),
		 "build the image again with -Dpolicy=%.64s, and compare again", lock->profile);
	i->rows = calloc(lock->nr_features + 1, sizeof(*i->rows));
	if (!i->rows) {
		free(i);
		return -ENOMEM;
	}
	compare_locks(i);
	for (size_t k = 0; k < lock->nr_features; k++) {
		i->rows[k].entry = &lock->features[k];
		i->nr_rows++;
		compare_row(i, &i->rows[k], facts);
	}
	check_records(i);
	check_limits(i);
	if (i->findings.failed) {
		inspect_free(i);
		return -ENOMEM;
	}
	*ret_inspection = i;
	return 0;
}

void inspect_free(struct inspection *i)
{
	if (!i)
		return;
	strbuf_reset(&i->findings);
	free(i->rows);
	free(i);
}

/* ---- prints ---- */

static const char *const state_names[] = {
	[INSPECT_PRESENT] = "present", [INSPECT_ABSENT] = "absent", [INSPECT_OUTSIDE] = "in tools",
	[INSPECT_MISSING] = "MISSING", [INSPECT_EXTRA] = "PRESENT",
};

static void add_visible(struct strbuf *out, const char *s)
{
	text_add_visible(out, s, strlen(s));
}

/* Most features are merely planned: they are counted, not listed. */
static bool is_not_built(const struct lock_entry *e)
{
	size_t n = strlen(e->comment);

	return n >= 9 && !strcmp(e->comment + n - 9, "not built");
}

static bool is_listed(const struct inspect_row *row)
{
	return row->state != INSPECT_ABSENT || !is_not_built(row->entry);
}

static void print_row(const struct inspect_row *row, int width, struct strbuf *out)
{
	strbuf_printf(out, "%-*s %-4s  ", width, row->entry->name, row->entry->value);
	strbuf_printf(out, row->where ? "%-8s" : "%s", state_names[row->state]);
	if (row->where) {
		strbuf_puts(out, "  ");
		add_visible(out, row->where->at.file);
		strbuf_printf(out, ":%u", row->where->at.line);
	}
	if (row->where && row->where->kind == ANNOTATION_PROVIDES) {
		strbuf_puts(out, " (");
		add_visible(out, row->where->detail);
		strbuf_puts(out, ")");
	}
	if (row->nr_records > 1)
		strbuf_printf(out, " and %zu more", row->nr_records - 1);
	strbuf_puts(out, "\n");
}

static void print_text(const struct inspection *i, struct strbuf *out)
{
	size_t nr_planned = 0;
	int width = 28;

	for (size_t k = 0; k < i->nr_rows; k++) {
		int size = (int)strlen(i->rows[k].entry->name);

		if (is_listed(&i->rows[k]) && size > width)
			width = size;
	}
	strbuf_puts(out, "image     ");
	add_visible(out, i->image->path);
	strbuf_printf(out, "\nlock      %s\nprofile   %s\ndecision  %s\n\n", i->lock->path,
		      i->lock->profile, i->lock->decision);
	strbuf_printf(out, "%-*s %-4s  %-8s  %s\n", width, "feature", "lock", "image", "where");
	for (size_t k = 0; k < i->nr_rows; k++) {
		if (is_listed(&i->rows[k]))
			print_row(&i->rows[k], width, out);
		else
			nr_planned++;
	}
	if (nr_planned)
		strbuf_printf(out, "and %zu feature%s not built, absent\n", nr_planned,
			      nr_planned == 1 ? "" : "s");
	strbuf_puts(out, "\n");
	strbuf_puts(out, strbuf_str(&i->findings) ? strbuf_str(&i->findings) : "");
	if (i->nr_findings)
		strbuf_printf(out, "%zu difference%s\n", i->nr_findings,
			      i->nr_findings == 1 ? "" : "s");
	else
		strbuf_puts(out, "the image holds what its lock says\n");
}

static void print_json(const struct inspection *i, struct strbuf *out)
{
	strbuf_puts(out, "{\n    \"format\": 1,\n    \"decision\": ");
	text_add_json(out, i->lock->decision);
	strbuf_puts(out, ",\n    \"features\": [");
	for (size_t k = 0; k < i->nr_rows; k++) {
		const struct inspect_row *row = &i->rows[k];

		strbuf_puts(out, k ? ",\n        {\"id\": " : "\n        {\"id\": ");
		text_add_json(out, row->entry->name);
		strbuf_puts(out, ", \"decided\": ");
		text_add_json(out, row->entry->value);
		strbuf_printf(out, ", \"on\": %s, \"records\": %zu, \"state\": ",
			      lockfile_is_on(row->entry) ? "true" : "false", row->nr_records);
		text_add_json(out, row->state == INSPECT_MISSING ? "missing"
				   : row->state == INSPECT_EXTRA ? "extra"
								 : state_names[row->state]);
		strbuf_puts(out, ", \"file\": ");
		text_add_json(out, row->where ? row->where->at.file : NULL);
		strbuf_printf(out, ", \"line\": %u}", row->where ? row->where->at.line : 0);
	}
	strbuf_puts(out, i->nr_rows ? "\n    ],\n" : "],\n");
	strbuf_printf(out, "    \"differences\": %zu,\n    \"findings\": ", i->nr_findings);
	text_add_json(out, strbuf_str(&i->findings));
	strbuf_puts(out, ",\n    \"image\": ");
	text_add_json(out, i->image->path);
	strbuf_puts(out, ",\n    \"lock\": ");
	text_add_json(out, i->lock->path);
	strbuf_puts(out, ",\n    \"profile\": ");
	text_add_json(out, i->lock->profile);
	strbuf_puts(out, "\n}\n");
}

void inspect_print(const struct inspection *i, enum inspect_format format, struct strbuf *out)
{
	if (format == INSPECT_JSON)
		print_json(i, out);
	else
		print_text(i, out);
}
