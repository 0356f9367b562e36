/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Holds what statements say, each fact once. */
#include "query/book.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/strbuf.h"
#include "statement/statement.h"

struct book {
	struct arena *arena;
	const struct model *registry; /* NULL: none */
	struct strmap strings;
	struct strmap facts;  /* by all their texts */
	struct strmap titles; /* registry: "SECTION\nTITLE" to its feature */
	struct strmap owners; /* registry: a title to its struct owner */
};

/* Who has, or once had, a title, in whatever section. */
struct owner {
	const struct feature *feature; /* NULL: several have */
};

/* A title of the registry's, or a former one. False: no memory. */
static bool add_title(struct book *book, struct feature *f, const char *title)
{
	struct strbuf key = STRBUF_INIT;
	const char *known = NULL;
	struct owner *owner = arena_alloc(book->arena, sizeof(*owner)), *first;

	strbuf_printf(&key, "%s\n%s", f->section, title);
	if (strbuf_str(&key))
		known = book_intern(book, strbuf_str(&key));
	strbuf_reset(&key);
	if (!owner || !known || !strmap_put(&book->titles, known, f))
		return false;
	owner->feature = f;
	first = strmap_put(&book->owners, title, owner);
	if (first && first->feature != f)
		first->feature = NULL;
	return first != NULL;
}

static bool add_titles(struct book *book)
{
	const struct model *m = book->registry;
	bool ok = true;

	for (size_t i = 0; m && ok && i < m->nr_features; i++) {
		struct feature *f = m->features[i];

		ok = add_title(book, f, f->title);
		for (size_t j = 0; j < f->nr_aliases && ok; j++)
			ok = add_title(book, f, f->aliases[j]);
	}
	return ok;
}

struct book *book_create(const struct model *registry)
{
	struct book *book = calloc(1, sizeof(*book));

	if (!book)
		return NULL;
	book->registry = registry;
	book->arena = arena_create();
	if (!book->arena || !add_titles(book)) {
		book_destroy(book);
		return NULL;
	}
	return book;
}

void book_destroy(struct book *book)
{
	if (!book)
		return;
	strmap_reset(&book->strings);
	strmap_reset(&book->facts);
	strmap_reset(&book->titles);
	strmap_reset(&book->owners);
	arena_destroy(book->arena);
	free(book);
}

struct arena *book_arena(struct book *book)
{
	return book->arena;
}

const char *book_intern(struct book *book, const char *text)
{
	const char *known = strmap_get(&book->strings, text);
	size_t size = strlen(text) + 1;
	char *copy;

	if (known)
		return known;
	copy = arena_alloc(book->arena, size);
	if (!copy)
		return NULL;
	memcpy(copy, text, size);
	return strmap_put(&book->strings, copy, copy);
}

const struct feature *book_feature(const struct book *book, const char *name)
{
	const struct feature *f = NULL;

	if (book->registry)
		f = model_feature(book->registry, name);
	if (!f && book->registry)
		f = model_feature_by_alias(book->registry, name);
	return f;
}

/* The registry's feature of this heading, by its title now or before; or NULL. */
static const struct feature *find_feature(struct book *book, const char *section, const char *title)
{
	struct strbuf key = STRBUF_INIT;
	const struct feature *f = NULL;
	const struct owner *owner;

	if (!book->registry)
		return NULL;
	strbuf_printf(&key, "%s\n%s", section, title);
	if (strbuf_str(&key))
		f = strmap_get(&book->titles, strbuf_str(&key));
	strbuf_reset(&key);
	/* A section may have another name too, in another tree or at another time. */
	owner = f ? NULL : strmap_get(&book->owners, title);
	return owner ? owner->feature : f;
}

/* Replace @nr strings by the store's own. */
static bool intern_all(struct book *book, const char **const *strings, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		if (!*strings[i])
			continue;
		*strings[i] = book_intern(book, *strings[i]);
		if (!*strings[i])
			return false;
	}
	return true;
}

static const struct fact *create_fact(struct book *book, const struct claim *claim)
{
	const struct heading *h = claim->heading, *group = h->parent ? h->parent : h;
	struct fact *fact = arena_alloc(book->arena, sizeof(*fact));
	const struct feature *f = find_feature(book, group->title, h->title);
	struct claim *c = fact ? &fact->claim : NULL;

	if (!fact)
		return NULL;
	*fact = (struct fact){
		.id = f ? f->id : h->slug,
		.is_registered = f != NULL,
		.section = group->title,
		.title = h->title,
		.slug = h->slug,
		.description = h->description,
		.caveats = h->caveats,
		.claim = *claim,
	};
	c->heading = NULL;
	c->feature = NULL;
	c->limits = NULL;
	c->nr_limits = 0;
	c->next_of_feature = NULL;
	c->at = (struct pos){ 0 };
	const char **const strings[] = {
		&fact->id,	&fact->section,	    &fact->title,
		&fact->slug,	&fact->description, &fact->caveats,
		&c->key,	&c->qualifier,	    &c->value,
		&c->slug,	&c->implementation, &c->label,
		&c->diversion,	&c->condition,	    &c->rest,
		&c->suggestion,
	};
	return intern_all(book, strings, sizeof(strings) / sizeof(strings[0])) ? fact : NULL;
}

/* A number without a NUL in it, six bits a byte: printf() would cost more than all else. */
static void add_size(struct strbuf *sb, size_t size)
{
	char digits[2 * sizeof(size)];
	size_t nr = 0;

	do {
		digits[nr++] = (char)('@' + (size & 63));
		size >>= 6;
	} while (size);
	digits[nr++] = ':';
	strbuf_add(sb, digits, nr);
}

/* Everything a fact is read from, each text behind its length: no two are alike. */
static const char *fact_key(struct strbuf *sb, const struct claim *c)
{
	const struct heading *h = c->heading, *group = h->parent ? h->parent : h;
	const char *const texts[] = {
		group->title, h->title, h->slug,      h->description, h->caveats,
		c->key,	      c->slug,	c->qualifier, c->value,
	};

	sb->size = 0;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		size_t size = strlen(texts[i]);

		add_size(sb, size);
		strbuf_add(sb, texts[i], size);
	}
	return strbuf_str(sb);
}

static const struct fact *get_fact(struct book *book, const struct claim *c, struct strbuf *sb)
{
	const char *key = fact_key(sb, c);
	const struct fact *fact = key ? strmap_get(&book->facts, key) : NULL;

	if (fact || !key)
		return fact;
	fact = create_fact(book, c);
	key = book_intern(book, key);
	return fact && key ? strmap_put(&book->facts, key, (void *)fact) : NULL;
}

static int copy_claims(struct book *book, const struct statement *from, struct snapshot *s)
{
	struct strbuf sb = STRBUF_INIT;
	int rc = 0;

	s->facts = arena_alloc(book->arena, (from->nr_claims + 1) * sizeof(*s->facts));
	if (!s->facts)
		return -ENOMEM;
	for (size_t i = 0; i < from->nr_claims && !rc; i++) {
		const struct claim *c = from->claims[i];
		struct fact_at *at = &s->facts[s->nr_facts];

		if (!c->heading)
			continue;
		at->fact = get_fact(book, c, &sb);
		at->line = c->at.line;
		s->nr_facts++;
		rc = at->fact ? 0 : -ENOMEM;
	}
	strbuf_reset(&sb);
	return rc;
}

static int copy_keys(struct book *book, const struct statement *from, struct snapshot *s)
{
	s->keys = arena_alloc(book->arena, (from->nr_keys + 1) * sizeof(*s->keys));
	if (!s->keys)
		return -ENOMEM;
	for (size_t i = 0; i < from->nr_keys; i++) {
		struct release_key *key = &s->keys[s->nr_keys++];

		key->key = book_intern(book, from->keys[i].key);
		key->value = book_intern(book, from->keys[i].value);
		key->at.line = from->keys[i].at.line;
		if (!key->key || !key->value)
			return -ENOMEM;
	}
	return 0;
}

static int copy_statement(struct book *book, const struct statement *from, struct snapshot *s)
{
	int rc = copy_keys(book, from, s);

	if (!rc)
		rc = copy_claims(book, from, s);
	s->nr_oddities = from->nr_oddities;
	s->has_features = true;
	for (size_t i = 0; i < from->nr_oddities; i++) {
		if (from->oddities[i].kind == ODDITY_MISSING_PART &&
		    strstr(from->oddities[i].what, "Feature"))
			s->has_features = false;
	}
	s->version = book_release(s, "-Version");
	s->version = s->version ? s->version : "";
	return rc;
}

int book_read(struct book *book, const char *name, const char *path, const char *text, size_t size,
	      const struct snapshot **ret_snapshot)
{
	struct snapshot *s = arena_alloc(book->arena, sizeof(*s));
	struct model *m = model_create();
	int rc = s && m ? 0 : -ENOMEM;

	if (!rc)
		rc = statement_parse(m, path, text, size);
	if (!rc && !m->nr_statements)
		rc = -EINVAL;
	if (!rc) {
		s->name = book_intern(book, name);
		s->path = book_intern(book, m->statements[0]->path);
		rc = s->name && s->path ? copy_statement(book, m->statements[0], s) : -ENOMEM;
	}
	model_destroy(m);
	if (!rc)
		*ret_snapshot = s;
	return rc;
}

const char *book_release(const struct snapshot *s, const char *suffix)
{
	size_t size = strlen(suffix);

	for (size_t i = 0; i < s->nr_keys; i++) {
		size_t n = strlen(s->keys[i].key);

		if (n >= size && !strcmp(s->keys[i].key + n - size, suffix) && *s->keys[i].value)
			return s->keys[i].value;
	}
	return NULL;
}
