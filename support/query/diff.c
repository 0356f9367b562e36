/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Compares two statements: pairs their features (by id, by slug, by likeness),
 * then the cases of each pair (by slug, by scope, by what covers what).
 */
#include "query/diff.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "diff-private.h"

static const struct snapshot nothing = { .name = "", .path = "", .version = "" };

int diff_add(struct diff_maker *d, const struct change *change)
{
	struct diff *diff = d->diff;

	if (diff->nr_changes == d->capacity) {
		size_t capacity = d->capacity ? d->capacity * 2 : 16;
		struct change *changes = arena_alloc(d->scratch, capacity * sizeof(*changes));

		if (!changes)
			return -ENOMEM;
		if (diff->nr_changes)
			memcpy(changes, diff->changes, diff->nr_changes * sizeof(*changes));
		diff->changes = changes;
		d->capacity = capacity;
	}
	diff->changes[diff->nr_changes] = *change;
	if (!change->what)
		diff->changes[diff->nr_changes].what = "";
	if (!change->was)
		diff->changes[diff->nr_changes].was = "";
	if (!change->is)
		diff->changes[diff->nr_changes].is = "";
	if (!change->scope)
		diff->changes[diff->nr_changes].scope = "";
	diff->nr_changes++;
	diff->nr_of_kind[change->kind]++;
	return 0;
}

static int open_side(struct diff_maker *d, struct diff_side *side, const struct snapshot *s)
{
	struct arena *arena = d->scratch;

	side->s = s;
	side->groups = arena_alloc(arena, (s->nr_facts + 1) * sizeof(*side->groups));
	side->is_paired = arena_alloc(arena, s->nr_facts + 1);
	side->rest = arena_alloc(arena, (s->nr_facts + 1) * sizeof(*side->rest));
	if (!side->groups || !side->is_paired || !side->rest)
		return -ENOMEM;
	for (size_t i = 0; i < s->nr_facts; i++) {
		const struct fact *fact = s->facts[i].fact;
		struct diff_group *g = &side->groups[side->nr_groups];

		side->rest[i] = scope_of(&fact->claim);
		if (side->nr_groups && !strcmp(g[-1].head->slug, fact->slug)) {
			g[-1].nr++;
			continue;
		}
		*g = (struct diff_group){ .head = fact, .first = i, .nr = 1 };
		side->nr_groups++;
	}
	return 0;
}

static void pair_groups(struct diff_group *a, struct diff_group *b)
{
	a->peer = b;
	b->peer = a;
}

enum name {
	NAME_ID,
	NAME_SLUG,
};

static const char *group_name(const struct diff_group *g, enum name name)
{
	return name == NAME_ID ? g->head->id : g->head->slug;
}

/* Pair what is left over and has the same name on both sides. */
static int pair_by_name(struct diff_maker *d, enum name name)
{
	struct strmap groups = { 0 };
	int rc = 0;

	for (size_t i = 0; i < d->b.nr_groups && !rc; i++) {
		struct diff_group *g = &d->b.groups[i];

		if (!g->peer && !strmap_put(&groups, group_name(g, name), g))
			rc = -ENOMEM;
	}
	for (size_t i = 0; i < d->a.nr_groups && !rc; i++) {
		struct diff_group *g = &d->a.groups[i];
		struct diff_group *peer = g->peer ? NULL : strmap_get(&groups, group_name(g, name));

		if (peer && !peer->peer)
			pair_groups(g, peer);
	}
	strmap_reset(&groups);
	return rc;
}

static int compare_texts(struct diff_maker *d, const struct diff_group *a,
			 const struct diff_group *b)
{
	const struct fact *x = a->head, *y = b->head;
	const struct {
		enum change_kind kind;
		const char *was, *is;
	} rows[] = {
		{ CHANGE_RENAMED, x->title, y->title },
		{ CHANGE_MOVED, x->section, y->section },
		{ CHANGE_CAVEAT, x->caveats, y->caveats },
		{ CHANGE_DESCRIPTION, x->description, y->description },
	};
	/* The section of a heading that is one itself is its title. */
	bool is_section = x->section == x->title && y->section == y->title;
	int rc = 0;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]) && !rc; i++) {
		struct change c = {
			.kind = rows[i].kind,
			.id = y->id,
			.former_id = rows[i].kind == CHANGE_RENAMED ? x->id : NULL,
			.before = { NULL, d->a.s->facts[a->first].line },
			.after = { NULL, d->b.s->facts[b->first].line },
			.was = rows[i].was,
			.is = rows[i].is,
			.is_inferred = rows[i].kind == CHANGE_RENAMED && b->is_inferred,
		};

		if (rows[i].was != rows[i].is && !(rows[i].kind == CHANGE_MOVED && is_section))
			rc = diff_add(d, &c);
	}
	return rc;
}

/* Is @b, of the same feature, the case that @a was? The less is asked the later. */
static bool is_same_case(const struct claim *a, const struct claim *b, unsigned int round)
{
	if (round == 0)
		return a->qualifier == b->qualifier && a->value == b->value;
	if (round == 1)
		return a->qualifier == b->qualifier || !strcasecmp(a->qualifier, b->qualifier);
	return scope_of(a) == scope_of(b) && !strcasecmp(a->implementation, b->implementation);
}

static int pair_cases(struct diff_maker *d, const struct diff_group *a, const struct diff_group *b,
		      unsigned int round)
{
	int rc = 0;

	for (size_t j = b->first; j < b->first + b->nr && !rc; j++) {
		const struct fact_at *y = &d->b.s->facts[j];

		for (size_t i = a->first; i < a->first + a->nr && !d->b.is_paired[j]; i++) {
			const struct fact_at *x = &d->a.s->facts[i];

			if (d->a.is_paired[i] ||
			    !is_same_case(&x->fact->claim, &y->fact->claim, round))
				continue;
			d->a.is_paired[i] = d->b.is_paired[j] = true;
			rc = diff_compare(d, *x, *y, "", DIFF_NONE_STANDS);
		}
	}
	return rc;
}

/* "Linux" speaks of "Linux, outside of some mode" too; "" of every implementation. */
static bool is_wider_name(const char *wide, const char *narrow)
{
	size_t size = strlen(wide);

	return !size ||
	       (!strncasecmp(wide, narrow, size) && (!narrow[size] || narrow[size] == ','));
}

/* Does the promise @wide speak of all that @narrow does? */
static bool covers(const struct claim *wide, const struct claim *narrow)
{
	return !(scope_of(narrow) & ~scope_of(wide)) &&
	       is_wider_name(wide->implementation, narrow->implementation);
}

/* Of two that cover @c: is @a the better one? The narrower is, then the one that says the same. */
static bool is_better_cover(const struct claim *a, const struct claim *b, const struct claim *c)
{
	if (covers(b, a) && !covers(a, b))
		return true;
	return covers(b, a) && b->level != c->level && a->level == c->level;
}

/* The best cover for @c among the claims of @g, or SIZE_MAX. */
static size_t find_cover(const struct diff_side *side, const struct diff_group *g,
			 const struct claim *c)
{
	size_t best = SIZE_MAX;

	for (size_t i = g->first; i < g->first + g->nr; i++) {
		const struct claim *other = &side->s->facts[i].fact->claim;

		if (covers(other, c) &&
		    (best == SIZE_MAX ||
		     is_better_cover(other, &side->s->facts[best].fact->claim, c)))
			best = i;
	}
	return best;
}

/* Is what is said of an implementation less than what was said of all? */
static bool takes_away(const struct claim *all, const struct claim *one)
{
	return one->level == LEVEL_NOT_SUPPORTED ||
	       (one->level == all->level && one->security < all->security);
}

/* Cases of @c that no claim it takes the place of was about. */
static scope_t find_fresh(const struct diff_side *side, const struct diff_group *g,
			  const struct claim *c)
{
	scope_t fresh = scope_of(c);

	for (size_t i = g->first; i < g->first + g->nr; i++) {
		const struct claim *other = &side->s->facts[i].fact->claim;

		if (!side->is_paired[i] && covers(c, other))
			fresh &= ~scope_of(other);
	}
	return fresh;
}

/* The cases in words, unless they are all that @c is about. NULL: no memory. */
static const char *describe_rest(struct diff_maker *d, scope_t rest, const struct claim *c)
{
	struct strbuf sb = STRBUF_INIT;
	const char *text = NULL;

	if (rest == scope_of(c))
		return "";
	scope_describe(&sb, rest);
	if (strbuf_str(&sb))
		text = book_intern(d->book, strbuf_str(&sb));
	strbuf_reset(&sb);
	return text;
}

/* A case that nothing covered before: new, as far as it does not join several. */
static int add_gained(struct diff_maker *d, const struct diff_group *a, struct fact_at after)
{
	scope_t fresh = find_fresh(&d->a, a, &after.fact->claim);
	struct change gained = { .kind = CHANGE_GAINED, .id = after.fact->id, .after = after };

	if (!fresh)
		return 0;
	gained.scope = describe_rest(d, fresh, &after.fact->claim);
	return gained.scope ? diff_add(d, &gained) : -ENOMEM;
}

/* A case that only the statement after has: out of a wider one, an exception to it, or new. */
static int compare_new(struct diff_maker *d, const struct diff_group *a, size_t j)
{
	struct fact_at after = d->b.s->facts[j];
	const struct claim *c = &after.fact->claim, *all;
	size_t i = find_cover(&d->a, a, c);

	if (i == SIZE_MAX)
		return add_gained(d, a, after);
	all = &d->a.s->facts[i].fact->claim;
	/* A new implementation beside those that are promised takes nothing away. */
	if (d->a.is_paired[i] && strcasecmp(all->implementation, c->implementation) &&
	    !takes_away(all, c))
		return add_gained(d, a, after);
	d->a.rest[i] &= ~scope_of(c);
	return diff_compare(d, d->a.s->facts[i], after, "",
			    d->a.is_paired[i] ? DIFF_BEFORE_STANDS : DIFF_NONE_STANDS);
}

/* A case that only the statement before has: now part of a wider one, or lost. */
static int compare_old(struct diff_maker *d, const struct diff_group *b, size_t i)
{
	struct fact_at before = d->a.s->facts[i];
	const struct claim *c = &before.fact->claim;
	struct change lost = { .kind = CHANGE_LOST, .id = before.fact->id, .before = before };
	size_t j = b ? find_cover(&d->b, b, c) : SIZE_MAX;

	if (!d->a.rest[i])
		return 0;
	if (b)
		lost.id = b->head->id;
	if (j != SIZE_MAX)
		return diff_compare(d, before, d->b.s->facts[j], c->qualifier,
				    d->b.is_paired[j] ? DIFF_AFTER_STANDS : DIFF_NONE_STANDS);
	lost.scope = describe_rest(d, d->a.rest[i], c);
	if (!lost.scope)
		return -ENOMEM;
	return diff_add(d, &lost);
}

static int compare_group(struct diff_maker *d, const struct diff_group *b)
{
	const struct diff_group *a = b->peer;
	int rc = a ? compare_texts(d, a, b) : 0;

	for (unsigned int round = 0; a && round < 3 && !rc; round++)
		rc = pair_cases(d, a, b, round);
	for (size_t j = b->first; j < b->first + b->nr && !rc; j++) {
		struct change gained = { .kind = CHANGE_GAINED,
					 .id = b->head->id,
					 .after = d->b.s->facts[j] };

		if (!a)
			rc = diff_add(d, &gained);
		else if (!d->b.is_paired[j])
			rc = compare_new(d, a, j);
	}
	for (size_t i = a ? a->first : 0; a && i < a->first + a->nr && !rc; i++) {
		if (!d->a.is_paired[i])
			rc = compare_old(d, b, i);
	}
	return rc;
}

static const struct release_key *find_key(const struct snapshot *s, const char *key)
{
	for (size_t i = 0; i < s->nr_keys; i++) {
		if (s->keys[i].key == key)
			return &s->keys[i];
	}
	return NULL;
}

static bool is_date(const char *s)
{
	return strlen(s) == 10 && s[4] == '-' && s[7] == '-' && s[0] >= '0' && s[0] <= '9';
}

static int add_key(struct diff_maker *d, const struct release_key *was,
		   const struct release_key *is)
{
	struct change c = {
		.kind = CHANGE_RELEASE,
		.id = "",
		.before = { NULL, was ? was->at.line : 0 },
		.after = { NULL, is ? is->at.line : 0 },
		.what = is ? is->key : was->key,
		.was = was ? was->value : "",
		.is = is ? is->value : "",
	};

	if (is_date(c.was) && is_date(c.is))
		c.direction = strcmp(c.was, c.is) < 0 ? DIRECTION_RAISED : DIRECTION_LOWERED;
	return diff_add(d, &c);
}

static int compare_release(struct diff_maker *d)
{
	const struct snapshot *a = d->a.s, *b = d->b.s;
	int rc = 0;

	for (size_t i = 0; i < b->nr_keys && !rc; i++) {
		const struct release_key *was = find_key(a, b->keys[i].key);

		if (!was || was->value != b->keys[i].value)
			rc = add_key(d, was, &b->keys[i]);
	}
	for (size_t i = 0; i < a->nr_keys && !rc; i++) {
		if (!find_key(b, a->keys[i].key))
			rc = add_key(d, &a->keys[i], NULL);
	}
	return rc;
}

static int compare_all(struct diff_maker *d)
{
	int rc = compare_release(d);

	for (size_t i = 0; i < d->b.nr_groups && !rc; i++)
		rc = compare_group(d, &d->b.groups[i]);
	for (size_t i = 0; i < d->a.nr_groups && !rc; i++) {
		const struct diff_group *a = &d->a.groups[i];

		for (size_t j = a->first; j < a->first + a->nr && !a->peer && !rc; j++)
			rc = compare_old(d, NULL, j);
	}
	return rc;
}

/* By kind; within one as they were added. */
static int sort_changes(struct diff_maker *d)
{
	struct diff *diff = d->diff;
	struct change *sorted =
		arena_alloc(book_arena(d->book), (diff->nr_changes + 1) * sizeof(*sorted));
	size_t nr = 0;

	if (!sorted)
		return -ENOMEM;
	for (int kind = 0; kind < NR_CHANGE_KINDS; kind++) {
		for (size_t i = 0; i < diff->nr_changes; i++) {
			if ((int)diff->changes[i].kind == kind)
				sorted[nr++] = diff->changes[i];
		}
	}
	diff->changes = sorted;
	return 0;
}

int diff_create(struct book *book, const struct snapshot *before, const struct snapshot *after,
		const struct diff **ret_diff)
{
	struct diff_maker d = { .book = book };
	int rc;

	d.diff = arena_alloc(book_arena(book), sizeof(*d.diff));
	if (!d.diff)
		return -ENOMEM;
	d.diff->before = before ? before : &nothing;
	d.diff->after = after ? after : &nothing;
	d.scratch = arena_create();
	rc = d.scratch ? open_side(&d, &d.a, d.diff->before) : -ENOMEM;
	if (!rc)
		rc = open_side(&d, &d.b, d.diff->after);
	if (!rc)
		rc = pair_by_name(&d, NAME_ID);
	if (!rc)
		rc = pair_by_name(&d, NAME_SLUG);
	if (!rc)
		rc = diff_infer_renames(&d);
	if (!rc)
		rc = compare_all(&d);
	if (!rc)
		rc = sort_changes(&d);
	arena_destroy(d.scratch);
	if (!rc)
		*ret_diff = d.diff;
	return rc;
}
