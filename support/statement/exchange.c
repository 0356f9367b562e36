/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A statement as data, read back into the model. */
#include "statement/exchange.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "document/yaml.h"
#include "private.h"

#define FORMAT 1
#define REMEDY "write it with `candor statement`"

struct reader {
	struct model *m;
	struct statement *s;
	const char *path; /* of the data */
	const char *file; /* of the Markdown: in places */
	struct heading *group, *heading;
	bool is_wrong; /* said so */
};

static bool ends_with(const char *text, const char *end)
{
	size_t size = strlen(text), end_size = strlen(end);

	return size > end_size && !strcmp(text + size - end_size, end);
}

bool exchange_is_data(const char *path)
{
	return ends_with(path, ".json") || ends_with(path, ".yaml") || ends_with(path, ".yml");
}

/* Say what is wrong, once. Always false. */
static bool wrong(struct reader *r, const char *where, size_t i, const char *key, const char *what)
{
	if (!r->is_wrong)
		model_report(r->m, SEVERITY_ERROR, "unreadable", (struct pos){ r->path, 0, 0 },
			     REMEDY, "is no statement: '%s' of %s %zu %s", key, where, i + 1, what);
	r->is_wrong = true;
	return false;
}

/* A text; one that may be missing has a @fallback. */
static const char *take_text(struct reader *r, const json_t *from, const char *where, size_t i,
			     const char *key, const char *fallback)
{
	const json_t *value = json_object_get(from, key);

	if ((!value || json_is_null(value)) && fallback)
		return fallback;
	if (!json_is_string(value)) {
		wrong(r, where, i, key, "is no text");
		return NULL;
	}
	return model_copy(r->m, json_string_value(value), json_string_length(value));
}

static bool take_number(struct reader *r, const json_t *from, const char *where, size_t i,
			const char *key, unsigned int max, unsigned int *ret_number)
{
	const json_t *value = json_object_get(from, key);

	if (!json_is_integer(value) || json_integer_value(value) < 0 ||
	    json_integer_value(value) > (json_int_t)max)
		return wrong(r, where, i, key, "is no number that it may be");
	*ret_number = (unsigned int)json_integer_value(value);
	return true;
}

static bool take_place(struct reader *r, const json_t *from, const char *where, size_t i,
		       struct pos *ret_at)
{
	ret_at->file = r->file;
	return take_number(r, from, where, i, "line", INT_MAX, &ret_at->line) &&
	       take_number(r, from, where, i, "column", INT_MAX, &ret_at->column);
}

/* A list, or NULL after wrong(). */
static const json_t *take_list(struct reader *r, const json_t *from, const char *where, size_t i,
			       const char *key)
{
	const json_t *list = json_object_get(from, key);

	if (!json_is_array(list)) {
		wrong(r, where, i, key, "is no list");
		return NULL;
	}
	return list;
}

static bool take_key(struct reader *r, const json_t *from, size_t i)
{
	struct statement *s = r->s;
	struct release_key *keys = model_grow(r->m, s->keys, s->nr_keys, sizeof(*keys));
	struct release_key k = {
		.key = take_text(r, from, "release key", i, "key", NULL),
		.value = take_text(r, from, "release key", i, "value", NULL),
	};

	if (!keys || !k.key || !k.value || !take_place(r, from, "release key", i, &k.at))
		return false;
	s->keys = keys;
	s->keys[s->nr_keys++] = k;
	return true;
}

/* One of the two keys that a status has, as its text of the program. */
static const char *take_status_key(struct reader *r, const json_t *from, size_t i)
{
	const char *text = take_text(r, from, "status", i, "key", NULL), *known;
	bool exact = false;

	if (!text)
		return NULL;
	known = status_find_key((struct span){ text, strlen(text) }, &exact);
	if (!known || !exact)
		wrong(r, "status", i, "key", "is not 'Status' or 'Supported'");
	return known && exact ? known : NULL;
}

static bool take_claim(struct reader *r, const json_t *from, size_t i)
{
	struct statement *s = r->s;
	struct claim **claims = model_grow(r->m, s->claims, s->nr_claims, sizeof(*claims));
	struct claim *c = model_alloc(r->m, sizeof(*c));

	if (!claims || !c)
		return false;
	s->claims = claims;
	c->heading = r->heading;
	c->key = take_status_key(r, from, i);
	c->qualifier = take_text(r, from, "status", i, "qualifier", NULL);
	c->value = take_text(r, from, "status", i, "status", NULL);
	c->slug = take_text(r, from, "status", i, "case", NULL);
	if (!c->key || !c->qualifier || !c->value || !c->slug ||
	    !take_place(r, from, "status", i, &c->at))
		return false;
	r->heading->nr_claims++;
	s->claims[s->nr_claims++] = c;
	return !status_parse_value(r->m, c) && !qualifier_parse(r->m, c);
}

/* Below which heading of level 2 it stands. */
static bool take_parent(struct reader *r, const json_t *from, size_t i, struct heading *h)
{
	const char *parent = take_text(r, from, "heading", i, "section", "");

	if (!parent)
		return false;
	if (!*parent)
		return true;
	if (h->level == 2 || !r->group || strcmp(r->group->slug, parent))
		return wrong(r, "heading", i, "section", "is not the one before it");
	h->parent = r->group;
	h->parent->nr_children++;
	return true;
}

static bool take_heading(struct reader *r, const json_t *from, size_t i)
{
	struct statement *s = r->s;
	struct heading **headings =
		model_grow(r->m, s->headings, s->nr_headings, sizeof(*headings));
	struct heading *h = model_alloc(r->m, sizeof(*h));
	const json_t *statuses;

	if (!headings || !h)
		return false;
	s->headings = headings;
	h->title = take_text(r, from, "heading", i, "title", NULL);
	h->slug = take_text(r, from, "heading", i, "id", NULL);
	h->description = take_text(r, from, "heading", i, "description", NULL);
	h->caveats = take_text(r, from, "heading", i, "caveats", NULL);
	h->typeset = h->title ? title_typeset(r->m, h->title) : NULL;
	if (!h->slug || !h->description || !h->caveats || !h->typeset ||
	    !take_place(r, from, "heading", i, &h->at) ||
	    !take_number(r, from, "heading", i, "level", 3, &h->level) ||
	    !take_parent(r, from, i, h))
		return false;
	if (h->level < 2)
		return wrong(r, "heading", i, "level", "is neither 2 nor 3");
	if (h->level == 2)
		r->group = h;
	r->heading = h;
	s->headings[s->nr_headings++] = h;
	statuses = take_list(r, from, "heading", i, "statuses");
	for (size_t k = 0; statuses && k < json_array_size(statuses); k++) {
		if (!take_claim(r, json_array_get(statuses, k), k))
			return false;
	}
	return statuses;
}

static bool take_oddity(struct reader *r, const json_t *from, size_t i)
{
	struct statement *s = r->s;
	struct oddity *oddities = model_grow(r->m, s->oddities, s->nr_oddities, sizeof(*oddities));
	const char *kind = take_text(r, from, "oddity", i, "kind", NULL);
	const char *hint = take_text(r, from, "oddity", i, "hint", "");
	struct oddity o = { .what = take_text(r, from, "oddity", i, "what", NULL) };
	unsigned int k = 0;

	if (!oddities || !kind || !hint || !o.what || !take_place(r, from, "oddity", i, &o.at))
		return false;
	while (k < NR_ODDITY_KINDS && strcmp(kind, model_oddity_name((enum oddity_kind)k)) != 0)
		k++;
	if (k == NR_ODDITY_KINDS)
		return wrong(r, "oddity", i, "kind", "is none that there is");
	o.kind = (enum oddity_kind)k;
	o.hint = *hint ? hint : NULL;
	s->oddities = oddities;
	s->oddities[s->nr_oddities++] = o;
	return true;
}

static bool take_all(struct reader *r, const json_t *root, const char *key,
		     bool (*take)(struct reader *r, const json_t *from, size_t i))
{
	const json_t *list = take_list(r, root, "document", 0, key);

	for (size_t i = 0; list && i < json_array_size(list); i++) {
		if (!take(r, json_array_get(list, i), i))
			return false;
	}
	return list;
}

static bool take_statement(struct reader *r, const json_t *root)
{
	unsigned int format = 0;

	if (!take_number(r, root, "document", 0, "format", INT_MAX, &format))
		return false;
	if (format != FORMAT)
		return wrong(r, "document", 0, "format", "is not 1, the one that is known");
	r->file = take_text(r, root, "document", 0, "file", NULL);
	r->s->path = r->file;
	r->s->title = take_text(r, root, "document", 0, "title", NULL);
	return r->file && r->s->title && take_all(r, root, "release", take_key) &&
	       take_all(r, root, "headings", take_heading) &&
	       take_all(r, root, "oddities", take_oddity);
}

static int report(struct model *m, const char *path, const struct document_error *error)
{
	model_report(m, SEVERITY_ERROR, "unreadable",
		     (struct pos){ path, error->line, error->column },
		     *error->remedy ? error->remedy : REMEDY, "%s", error->message);
	return m->out_of_memory ? -ENOMEM : 0;
}

int exchange_parse(struct model *m, const char *path, const char *text, size_t size)
{
	struct reader r = { .m = m, .path = model_copy(m, path, strlen(path)) };
	struct document_error error = { 0 };
	json_t *root = NULL;
	int rc;

	r.s = model_alloc(m, sizeof(*r.s));
	if (!r.s || !r.path)
		return -ENOMEM;
	rc = ends_with(path, ".json") ? json_read(text, size, &root, &error)
				      : yaml_read(text, size, &root, &error);
	if (rc)
		return rc == -ENOMEM ? rc : report(m, r.path, &error);
	if (take_statement(&r, root))
		rc = model_add_statement(m, r.s);
	json_decref(root);
	return rc || m->out_of_memory ? -ENOMEM : 0;
}
