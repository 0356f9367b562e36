/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Joins statement, code, gates, tests and advisories of one feature. */
#include "query/join.h"

#include <errno.h>
#include <string.h>

static bool is_named(const struct heading *h, const char *name)
{
	return !strcasecmp(h->slug, name) || !strcasecmp(h->title, name);
}

/* The registry's feature of this name: id, former name, or title. */
static const struct feature *find_feature(const struct model *m, const char *name)
{
	const struct feature *f = model_feature(m, name);

	f = f ? f : model_feature_by_alias(m, name);
	for (size_t i = 0; i < m->nr_features && !f; i++) {
		if (!strcasecmp(m->features[i]->title, name))
			f = m->features[i];
	}
	for (size_t i = 0; i < m->nr_statements && !f; i++) {
		const struct statement *s = m->statements[i];

		for (size_t j = 0; j < s->nr_headings && !f; j++) {
			if (is_named(s->headings[j], name))
				f = s->headings[j]->feature;
		}
	}
	return f;
}

static int add_claims(struct model *m, struct join *join, const char *name)
{
	for (size_t i = 0; i < m->nr_statements; i++) {
		const struct statement *s = m->statements[i];

		for (size_t j = 0; j < s->nr_claims; j++) {
			const struct claim *c = s->claims[j];
			const struct claim **claims;

			if (!c->heading || (join->feature ? c->feature != join->feature
							  : !is_named(c->heading, name)))
				continue;
			claims = model_grow(m, join->claims, join->nr_claims, sizeof(*claims));
			if (!claims)
				return -ENOMEM;
			join->claims = claims;
			join->claims[join->nr_claims++] = c;
		}
	}
	return 0;
}

/* What stands behind '#' on the gate's line. */
static const char *read_reason(struct model *m, const struct gate *gate)
{
	size_t size;
	const char *line = model_source_line(m, gate->at.file, gate->at.line, &size);
	const char *hash = line ? memchr(line, '#', size) : NULL;

	if (!hash)
		return "";
	size -= (size_t)(hash + 1 - line);
	hash++;
	while (size && *hash == ' ') {
		hash++;
		size--;
	}
	return model_copy(m, hash, size);
}

static int add_gates(struct model *m, struct join *join)
{
	for (size_t i = 0; i < m->nr_locks; i++) {
		const struct lock *l = m->locks[i];

		for (size_t j = 0; j < l->nr_gates; j++) {
			struct join_gate *gates;

			if (strcmp(l->gates[j].id, join->id))
				continue;
			gates = model_grow(m, join->gates, join->nr_gates, sizeof(*gates));
			if (!gates)
				return -ENOMEM;
			join->gates = gates;
			gates[join->nr_gates] = (struct join_gate){ l, &l->gates[j], NULL };
			gates[join->nr_gates].reason = read_reason(m, &l->gates[j]);
			if (!gates[join->nr_gates++].reason)
				return -ENOMEM;
		}
	}
	return 0;
}

static int add_annotation(struct model *m, struct join *join, const struct annotation *a)
{
	if (a->kind == ANNOTATION_TEST) {
		struct join_test *tests =
			model_grow(m, join->tests, join->nr_tests, sizeof(*tests));

		if (!tests)
			return -ENOMEM;
		join->tests = tests;
		tests[join->nr_tests++] = (struct join_test){ a, model_evidence(m, a->detail) };
	} else {
		const struct annotation **code =
			model_grow(m, join->code, join->nr_code, sizeof(*code));

		if (!code)
			return -ENOMEM;
		join->code = code;
		join->code[join->nr_code++] = a;
	}
	return 0;
}

static int add_annotations(struct model *m, struct join *join)
{
	int rc = 0;

	for (size_t i = 0; i < m->nr_annotations && !rc; i++) {
		if (!strcmp(m->annotations[i]->id, join->id))
			rc = add_annotation(m, join, m->annotations[i]);
	}
	return rc;
}

/* What it is called: by the registry, else by its first heading. */
static void name_join(struct join *join)
{
	const struct heading *h = join->nr_claims ? join->claims[0]->heading : NULL;

	if (join->feature) {
		join->id = join->feature->id;
		join->title = join->feature->title;
		join->section = join->feature->section;
	} else if (h) {
		join->id = h->slug;
		join->title = h->title;
		join->section = h->parent ? h->parent->title : h->title;
	}
}

int join_create(struct model *m, const char *name, struct join **ret_join)
{
	struct join *join = model_alloc(m, sizeof(*join));
	int rc = join ? 0 : -ENOMEM;

	if (rc)
		return rc;
	join->feature = find_feature(m, name);
	rc = add_claims(m, join, name);
	name_join(join);
	if (!rc && !join->id)
		return -ENOENT;
	if (!rc)
		rc = add_gates(m, join);
	if (!rc)
		rc = add_annotations(m, join);
	if (!rc)
		*ret_join = join;
	return rc;
}

static int add_advisories(struct model *m, struct join *join, const struct timeline_step *step,
			  const struct event *e)
{
	for (size_t i = 0; i < e->message->nr_advisories; i++) {
		const char *name = e->message->advisories[i];
		struct join_advisory *list;
		bool is_known = false;

		for (size_t j = 0; j < join->nr_advisories && !is_known; j++)
			is_known = !strcmp(join->advisories[j].name, name) &&
				   !strcmp(join->advisories[j].event->commit, e->commit);
		if (is_known)
			continue;
		list = model_grow(m, join->advisories, join->nr_advisories, sizeof(*list));
		if (!list)
			return -ENOMEM;
		join->advisories = list;
		list[join->nr_advisories++] = (struct join_advisory){ name, step, e };
	}
	return 0;
}

int join_add_timeline(struct model *m, struct join *join, struct timeline *t)
{
	int rc = 0;

	timeline_want(t, join->id);
	for (size_t i = 0; i < t->nr_branches; i++) {
		for (size_t j = 0; j < t->branches[i].nr_steps; j++) {
			const struct timeline_step *s = &t->branches[i].steps[j];

			for (size_t k = 0; k < s->nr_events && !s->is_repeated && !rc; k++) {
				if (s->events[k].group && s->events[k].group->is_wanted)
					rc = add_advisories(m, join, s, &s->events[k]);
			}
		}
	}
	return rc;
}

void join_names(const struct model *m, void (*take)(const char *name, void *context), void *context)
{
	for (size_t i = 0; i < m->nr_features; i++) {
		take(m->features[i]->id, context);
		take(m->features[i]->title, context);
	}
	for (size_t i = 0; i < m->nr_statements; i++) {
		const struct statement *s = m->statements[i];

		for (size_t j = 0; j < s->nr_headings; j++) {
			if (!s->headings[j]->nr_claims)
				continue;
			take(s->headings[j]->slug, context);
			take(s->headings[j]->title, context);
		}
	}
}
