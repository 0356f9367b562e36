/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sets of features: by id, by a query over what SUPPORT.md claims, or by a
 * function. A set is one bit a feature. What queries compare is turned into
 * small numbers once, so that five hundred queries over a hundred thousand
 * features compare numbers and not texts.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>
#include <lua.h>

#include "engine/host-private.h"
#include "base/suggest.h"

/* ---- the set ---- */

struct selection *select_words_new(lua_State *L)
{
	size_t nr = host_of(L)->in->facts->nr_features / 64 + 1;
	struct selection *s = lua_newuserdatauv(L, sizeof(*s) + nr * sizeof(s->words[0]), 0);

	s->nr_words = nr;
	memset(s->words, 0, nr * sizeof(s->words[0]));
	words_set_strict(L, "candor.selection");
	host_charge(L, nr / 8);
	return s;
}

struct selection *select_words_get(lua_State *L, int index)
{
	struct selection *s = NULL;

	if (lua_type(L, index) != LUA_TUSERDATA || !lua_getmetatable(L, index))
		return NULL;
	lua_getfield(L, LUA_REGISTRYINDEX, "candor.selection");
	if (lua_rawequal(L, -1, -2))
		s = lua_touserdata(L, index < 0 ? index - 2 : index);
	lua_pop(L, 2);
	return s;
}

static void select_all(struct selection *s, size_t nr_features)
{
	for (size_t i = 0; i < nr_features; i++)
		selection_add(s, i);
}

/* ---- what queries compare ---- */

/* The first HOST_COLUMNS are columns of numbers. */
const struct word_field words_query_fields[] = {
	{ "level", "text or list", "The feature's level is (one of) this." },
	{ "security", "text or list", "Its security support is (one of) this." },
	{ "state", "text or list", "Its state is (one of) this." },
	{ "section", "text or list", "It stands in (one of) this section of SUPPORT.md." },
	{ "owner", "text or list", "(One of) this owns it." },
	{ "id", "id or list", "It is (one of) these." },
	{ "built", "boolean", "Whether there is code of it." },
	{ "some_claim", "table",
	  "At least one status line has this `scope`, `level`, `security`." },
	{ "every_claim", "table", "There are status lines, and all of them have." },
	{ "needs", "id", "It needs that feature." },
	{ "needed_by", "selection", "Some of these need it, directly or by way of others." },
	{ "among", "selection", "Only out of these." },
	{ "except", "selection", "But none of these." },
	{ 0 },
};

static const char *column_text(const struct fact_feature *f, size_t column)
{
	const char *const texts[HOST_COLUMNS] = { f->level, f->security, f->state, f->section,
						  f->owner };

	return texts[column];
}

/* FNV-1a: the same on any machine, and no secret to draw where there are no system calls. */
static uint64_t hash_text(const char *s)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * UINT64_C(0x100000001b3);
	return h ^ h >> 32;
}

/* The number of @text; a new one if it was not met before. @slots hold numbers plus 1. */
static uint32_t number_text(struct column *c, uint32_t *slots, size_t mask, const char *text)
{
	size_t at = hash_text(text) & mask;

	while (slots[at] && strcmp(c->values[slots[at] - 1], text) != 0)
		at = (at + 1) & mask;
	if (!slots[at]) {
		c->values[c->nr_values++] = text;
		slots[at] = c->nr_values;
	}
	return slots[at] - 1;
}

/* Number the distinct texts of a column, in the order of features. */
static int fill_column(struct column *c, const struct facts *facts, size_t column)
{
	size_t nr = facts->nr_features, size = 16;
	uint32_t *slots;

	while (size < 2 * nr)
		size *= 2;
	slots = calloc(size, sizeof(*slots));
	c->codes = calloc(nr + 1, sizeof(*c->codes));
	c->values = calloc(nr + 1, sizeof(*c->values));
	for (size_t i = 0; slots && c->codes && c->values && i < nr; i++)
		c->codes[i] =
			number_text(c, slots, size - 1, column_text(&facts->features[i], column));
	if (!slots)
		return -1;
	free(slots);
	return c->codes && c->values ? 0 : -1;
}

static struct column *column_of(lua_State *L, size_t column)
{
	struct host *h = host_of(L);
	struct column *c = &h->columns[column];

	if (!c->codes) {
		host_charge(L, h->in->facts->nr_features / 4);
		if (fill_column(c, h->in->facts, column))
			words_fail(L, "free memory on this machine", "out of memory");
	}
	return c;
}

void select_words_close(struct host *h)
{
	for (size_t i = 0; i < HOST_COLUMNS; i++) {
		free(h->columns[i].codes);
		free(h->columns[i].values);
	}
}

/* A text that no feature has is right if some could have it. */
static bool is_possible(size_t column, const char *text)
{
	const char *const *known = NULL;

	if (!strcmp(words_query_fields[column].name, "level"))
		known = facts_levels();
	else if (!strcmp(words_query_fields[column].name, "security"))
		known = facts_securities();
	else if (!strcmp(words_query_fields[column].name, "state"))
		known = facts_states();
	for (; known && *known; known++) {
		if (!strcmp(*known, text))
			return true;
	}
	return false;
}

static void refuse_text(lua_State *L, const struct column *c, size_t column, const char *text)
{
	const char *name = words_query_fields[column].name;
	struct suggest s;
	char remedy[HOST_MESSAGE_MAX + 1];

	suggest_start(&s, text);
	for (uint32_t i = 0; i < c->nr_values; i++)
		suggest_offer(&s, c->values[i]);
	if (suggest_best(&s))
		snprintf(remedy, sizeof(remedy), "did you mean \"%s\"?", suggest_best(&s));
	else
		snprintf(remedy, sizeof(remedy), "write it as the statement and registry do");
	words_fail(L, remedy, "no feature has the %s \"%.64s\"", name, text);
}

/* Mark the number of the text on top of the stack in @wanted. */
static void want_text(lua_State *L, const struct column *c, size_t column, bool *wanted)
{
	const char *name = words_query_fields[column].name, *text;

	if (lua_type(L, -1) != LUA_TSTRING)
		words_fail(L, "write a text, or a list of texts", "features() got a %s for %s",
			   luaL_typename(L, -1), name);
	text = lua_tostring(L, -1);
	for (uint32_t i = 0; i < c->nr_values; i++) {
		if (!strcmp(c->values[i], text)) {
			wanted[i] = true;
			return;
		}
	}
	if (!is_possible(column, text))
		refuse_text(L, c, column, text);
}

/* Keep of @s what has one of the texts on top of the stack; pops them. */
static void keep_column(lua_State *L, struct selection *s, size_t column)
{
	const struct column *c = column_of(L, column);
	const struct facts *facts = host_of(L)->in->facts;
	bool *wanted;

	host_charge(L, c->nr_values / 8 + facts->nr_features / 32);
	wanted = lua_newuserdatauv(L, c->nr_values + 1, 0);
	memset(wanted, 0, c->nr_values + 1);
	lua_insert(L, -2);
	if (lua_type(L, -1) == LUA_TTABLE) {
		lua_Unsigned nr = lua_rawlen(L, -1);

		host_charge(L, nr * (c->nr_values / 8 + 1));
		for (lua_Unsigned i = 1; i <= nr; i++) {
			lua_rawgeti(L, -1, (lua_Integer)i);
			want_text(L, c, column, wanted);
			lua_pop(L, 1);
		}
	} else {
		want_text(L, c, column, wanted);
	}
	for (size_t i = 0; i < facts->nr_features; i++) {
		if (!wanted[c->codes[i]])
			s->words[i / 64] &= ~(UINT64_C(1) << (i % 64));
	}
	lua_pop(L, 2);
}

/* ---- the other properties ---- */

/* Features that are in @s and fail @test leave it. */
static void keep_if(lua_State *L, struct selection *s,
		    bool (*test)(const struct fact_feature *, const void *), const void *arg)
{
	const struct facts *facts = host_of(L)->in->facts;

	host_charge(L, facts->nr_features / 8);
	for (size_t i = 0; i < facts->nr_features; i++) {
		if (selection_has(s, i) && !test(&facts->features[i], arg))
			s->words[i / 64] &= ~(UINT64_C(1) << (i % 64));
	}
}

static bool is_built_as(const struct fact_feature *f, const void *arg)
{
	return f->built == *(const bool *)arg;
}

static bool has_need(const struct fact_feature *f, const void *arg)
{
	for (size_t i = 0; i < f->nr_needs; i++) {
		if (!strcmp(f->needs[i].id, arg))
			return true;
	}
	return false;
}

struct claim_query {
	const char *scope, *level, *security; /* NULL: any */
};

static bool fits(const char *text, const char *wanted)
{
	return !wanted || !strcmp(text, wanted);
}

static size_t count_fitting(const struct fact_feature *f, const struct claim_query *q)
{
	size_t nr = 0;

	for (size_t i = 0; i < f->nr_claims; i++) {
		const struct fact_claim *c = &f->claims[i];

		nr += fits(c->scope, q->scope) && fits(c->level, q->level) &&
		      fits(c->security, q->security);
	}
	return nr;
}

static bool has_some_claim(const struct fact_feature *f, const void *arg)
{
	return count_fitting(f, arg) > 0;
}

static bool has_every_claim(const struct fact_feature *f, const void *arg)
{
	return f->nr_claims && count_fitting(f, arg) == f->nr_claims;
}

/* A table of scope, level and security on top of the stack; the texts stay alive with it. */
static struct claim_query take_claim_query(lua_State *L, const char *name)
{
	struct claim_query q = { 0 };

	if (lua_type(L, -1) != LUA_TTABLE)
		words_fail(L, "write it as { level = \"Supported\" }", "features() got a %s for %s",
			   luaL_typename(L, -1), name);
	for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
		const char *key = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "?";
		const char *value = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : NULL;

		if (value && !strcmp(key, "scope"))
			q.scope = value;
		else if (value && !strcmp(key, "level"))
			q.level = value;
		else if (value && !strcmp(key, "security"))
			q.security = value;
		else
			words_fail(L, "a claim has scope, level and security, all texts",
				   "%s does not understand '%.64s'", name, key);
	}
	return q;
}

static void keep_claims(lua_State *L, struct selection *s, const char *name)
{
	struct claim_query q = take_claim_query(L, name);

	keep_if(L, s, strcmp(name, "some_claim") ? has_every_claim : has_some_claim, &q);
}

static void keep_built(lua_State *L, struct selection *s)
{
	bool built = lua_toboolean(L, -1);

	if (lua_type(L, -1) != LUA_TBOOLEAN)
		words_fail(L, "write true or false", "features() got a %s for built",
			   luaL_typename(L, -1));
	keep_if(L, s, is_built_as, &built);
}

static void keep_set(lua_State *L, struct selection *s, const char *name)
{
	const struct selection *other = select_words_get(L, -1);

	if (!other)
		words_fail(L, "give a selection: feature \"x\" or features { ... }",
			   "features() got a %s for %s", luaL_typename(L, -1), name);
	for (size_t i = 0; i < s->nr_words; i++)
		s->words[i] &= strcmp(name, "among") ? ~other->words[i] : other->words[i];
}

/* The index of a feature by id, or -1 where an unknown one is only noted. */
static long want_feature(lua_State *L, const char *id)
{
	struct host *h = host_of(L);
	struct answers *a = h->answers;
	long index = facts_find(h->in->facts, id);
	const char *near;
	char remedy[HOST_MESSAGE_MAX + 1];
	long source;

	if (index >= 0)
		return index;
	if (h->in->lenient && a->nr_unknown < HOST_UNKNOWN_MAX) {
		struct unknown_id *u = &a->unknown[a->nr_unknown];

		host_where(L, 0, &source, &u->line);
		u->source = (size_t)(source < 0 ? h->source : source);
		u->id = strndup(id, HOST_NAME_MAX);
		if (!u->id)
			words_fail(L, "free memory on this machine", "out of memory");
		a->nr_unknown++;
		return -1;
	}
	near = facts_suggest(h->in->facts, id);
	if (near)
		snprintf(remedy, sizeof(remedy), "did you mean \"%s\"?", near);
	else
		snprintf(remedy, sizeof(remedy), "ids are those of support/features.yaml");
	words_fail(L, remedy, "there is no feature '%.64s'", id);
}

static void add_id(lua_State *L, struct selection *s)
{
	long index;

	if (lua_type(L, -1) != LUA_TSTRING)
		words_fail(L, "write ids in quotes", "a %s stands where an id belongs",
			   luaL_typename(L, -1));
	index = want_feature(L, lua_tostring(L, -1));
	if (index >= 0)
		selection_add(s, (size_t)index);
}

/* The id, or list of ids, at @index (absolute) of the stack. */
static void add_ids(lua_State *L, struct selection *s, int index)
{
	lua_Unsigned nr = lua_type(L, index) == LUA_TTABLE ? lua_rawlen(L, index) : 0;

	host_charge(L, nr);
	for (lua_Unsigned i = 1; i <= nr; i++) {
		lua_rawgeti(L, index, (lua_Integer)i);
		add_id(L, s);
		lua_pop(L, 1);
	}
	if (lua_type(L, index) != LUA_TTABLE) {
		lua_pushvalue(L, index);
		add_id(L, s);
		lua_pop(L, 1);
	}
}

static void keep_ids(lua_State *L, struct selection *s)
{
	int index = lua_gettop(L);
	struct selection *ids = select_words_new(L);

	add_ids(L, ids, index);
	for (size_t i = 0; i < s->nr_words; i++)
		s->words[i] &= ids->words[i];
	lua_pop(L, 1);
}

static void keep_needing(lua_State *L, struct selection *s)
{
	if (lua_type(L, -1) != LUA_TSTRING)
		words_fail(L, "write the id of one feature", "features() got a %s for needs",
			   luaL_typename(L, -1));
	want_feature(L, lua_tostring(L, -1));
	keep_if(L, s, has_need, lua_tostring(L, -1));
}

/* Put what a feature needs into the set; true if something was not there yet. */
static bool add_needs(const struct facts *facts, size_t feature, struct selection *to)
{
	const struct fact_feature *f = &facts->features[feature];
	bool grows = false;

	for (size_t i = 0; i < f->nr_needs; i++) {
		long need = facts_find(facts, f->needs[i].id);

		if (need < 0 || selection_has(to, (size_t)need))
			continue;
		selection_add(to, (size_t)need);
		grows = true;
	}
	return grows;
}

/* What the selection on top of the stack needs, directly or not, found round by round. */
static void keep_needed(lua_State *L, struct selection *s)
{
	const struct facts *facts = host_of(L)->in->facts;
	const struct selection *roots = select_words_get(L, -1);
	struct selection *needed;
	bool grows = true;

	if (!roots)
		words_fail(L, "give a selection: feature \"x\" or features { ... }",
			   "features() got a %s for needed_by", luaL_typename(L, -1));
	needed = select_words_new(L);
	while (grows) {
		grows = false;
		host_charge(L, facts->nr_features / 4);
		for (size_t i = 0; i < facts->nr_features; i++) {
			if (selection_has(roots, i) || selection_has(needed, i))
				grows |= add_needs(facts, i, needed);
		}
	}
	for (size_t i = 0; i < s->nr_words; i++)
		s->words[i] &= needed->words[i];
	lua_pop(L, 1);
}

static void refuse_field(lua_State *L, const char *key)
{
	struct suggest s;
	char remedy[HOST_MESSAGE_MAX + 1] = WORDS_HELP;

	suggest_start(&s, key);
	for (const struct word_field *f = words_query_fields; f->name; f++)
		suggest_offer(&s, f->name);
	if (suggest_best(&s))
		snprintf(remedy, sizeof(remedy), "did you mean '%s'?", suggest_best(&s));
	words_fail(L, remedy, "features() cannot ask for '%.64s'", key);
}

/* One "key = value" of a query; the value is on top of the stack. */
static void keep_field(lua_State *L, struct selection *s, const char *key)
{
	for (size_t i = 0; i < HOST_COLUMNS; i++) {
		if (strcmp(key, words_query_fields[i].name))
			continue;
		lua_pushvalue(L, -1);
		keep_column(L, s, i);
		return;
	}
	if (!strcmp(key, "id"))
		keep_ids(L, s);
	else if (!strcmp(key, "built"))
		keep_built(L, s);
	else if (!strcmp(key, "some_claim") || !strcmp(key, "every_claim"))
		keep_claims(L, s, key);
	else if (!strcmp(key, "needs"))
		keep_needing(L, s);
	else if (!strcmp(key, "needed_by"))
		keep_needed(L, s);
	else if (!strcmp(key, "among") || !strcmp(key, "except"))
		keep_set(L, s, key);
	else
		refuse_field(L, key);
}

/* ---- the words ---- */

static int select_by_function(lua_State *L)
{
	size_t nr = host_of(L)->in->facts->nr_features;
	struct selection *s = select_words_new(L);

	for (size_t i = 0; i < nr; i++) {
		host_charge(L, 8);
		lua_pushvalue(L, 1);
		facts_words_push(L, i);
		lua_call(L, 1, 1);
		if (lua_toboolean(L, -1))
			selection_add(s, i);
		lua_pop(L, 1);
	}
	return 1;
}

/* features { level = "Supported", ... } or features(function(f) return ... end) */
static int word_features(lua_State *L)
{
	struct selection *s;

	lua_settop(L, 1);
	if (lua_type(L, 1) == LUA_TFUNCTION)
		return select_by_function(L);
	words_want_table(L, 1, "features");
	s = select_words_new(L);
	select_all(s, host_of(L)->in->facts->nr_features);
	for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1)) {
		if (lua_type(L, -2) != LUA_TSTRING)
			words_fail(L,
				   "write features { level = \"Supported\" }, or feature { "
				   "\"id\", ... }",
				   "features() got a value without a name");
		keep_field(L, s, lua_tostring(L, -2));
	}
	return 1;
}

/* feature "id" or feature { "id", "id" } */
static int word_feature(lua_State *L)
{
	lua_settop(L, 1);
	if (lua_type(L, 1) != LUA_TSTRING)
		words_want_table(L, 1, "feature");
	add_ids(L, select_words_new(L), 1);
	return 1;
}

static int index_selection(lua_State *L)
{
	words_fail(L, WORDS_HELP, "a selection has no fields");
}

static int newindex_selection(lua_State *L)
{
	words_fail(L, "make another: features { among = ..., except = ... }",
		   "a selection cannot be changed");
}

static int length_of_selection(lua_State *L)
{
	const struct selection *s = select_words_get(L, 1);
	lua_Integer nr = 0;

	for (size_t i = 0; s && i < s->nr_words; i++)
		nr += __builtin_popcountll(s->words[i]);
	lua_pushinteger(L, nr);
	return 1;
}

void select_words_open(lua_State *L)
{
	lua_createtable(L, 0, 4);
	lua_pushcfunction(L, index_selection);
	lua_setfield(L, -2, "__index");
	lua_pushcfunction(L, newindex_selection);
	lua_setfield(L, -2, "__newindex");
	lua_pushcfunction(L, length_of_selection);
	lua_setfield(L, -2, "__len");
	words_set_text(L, "__name", "selection");
	lua_setfield(L, LUA_REGISTRYINDEX, "candor.selection");
	select_all(select_words_new(L), host_of(L)->in->facts->nr_features);
	lua_setfield(L, LUA_REGISTRYINDEX, "candor.everything");
}

const struct word words_of_selections[] = {
	{ "feature", word_feature, PHASE_RULES | PHASE_TEST,
	  "feature \"id\"    feature { \"id\", \"id\", ... }",
	  "The features with these ids. An id nobody has is an error." },
	{ "features", word_features, PHASE_RULES | PHASE_TEST,
	  "features { level = \"Supported\", ... }    features(function(f) return ... end)",
	  "The features to which all of this applies, or for which the function returns true. "
	  "`#` of a selection is how many they are." },
	{ "everything", NULL, PHASE_RULES | PHASE_TEST, "everything", "All features." },
	{ 0 },
};
