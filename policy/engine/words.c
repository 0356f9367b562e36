/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The words of a policy, all of them. A word is either ours or an innocent one
 * of Lua under its usual name but written here: sorted pairs(), because a hash
 * order would differ from run to run; plain text tests, because Lua's patterns
 * can run for ever; no string.rep, load, pcall, setmetatable, coroutine, os, io.
 * A name that is none of them is an error with a suggestion, so a slip of the
 * pen never quietly decides anything.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>
#include <lua.h>

#include "base/suggest.h"
#include "engine/host-private.h"

static const char word_help[] = "see the words of a policy in `candor policy --help`";

int words_fail(lua_State *L, const char *remedy, const char *fmt, ...)
{
	struct host *h = host_of(L);
	char text[HOST_MESSAGE_MAX + 1];
	long source;
	unsigned int line;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	snprintf(h->remedy, sizeof(h->remedy), "%s", remedy);
	host_where(L, 0, &source, &line);
	if (line)
		lua_pushfstring(L, "#%d:%d: %s", (int)source, (int)line, text);
	else
		lua_pushstring(L, text);
	lua_error(L);
	abort(); /* lua_error() does not return, but is not declared so */
}

/* The text argument @index, or an error that names @word. */
static const char *text_argument(lua_State *L, int index, const char *word, size_t *ret_size)
{
	if (lua_type(L, index) != LUA_TSTRING)
		words_fail(L, word_help, "%s() wants text as argument %d, got a %s", word, index,
			   luaL_typename(L, index));
	return lua_tolstring(L, index, ret_size);
}

static void table_argument(lua_State *L, int index, const char *word)
{
	if (lua_type(L, index) != LUA_TTABLE)
		words_fail(L, word_help, "%s() wants a table as argument %d, got a %s", word, index,
			   luaL_typename(L, index));
}

/* Reasons and titles end up as one line of a file: no control characters. */
static const char *line_argument(lua_State *L, int index, const char *word)
{
	size_t size;
	const char *s = text_argument(L, index, word, &size);

	if (!size || size > HOST_REASON_MAX)
		words_fail(L, "say why in one line", "%s() wants a text of 1 to %d bytes, got %zu",
			   word, HOST_REASON_MAX, size);
	for (size_t i = 0; i < size; i++) {
		if ((unsigned char)s[i] < 0x20 || s[i] == 0x7f)
			words_fail(L, "say why in one line",
				   "%s() got a text with a control character", word);
	}
	return s;
}

/* A list of @nr names in words, "a, b, c", for a remedy. */
static void list_sources(const struct host_input *in, char *to, size_t size)
{
	size_t n = (size_t)snprintf(to, size, "there are:");

	for (size_t i = 0; i < in->nr_rules && n < size; i++)
		n += (size_t)snprintf(to + n, size - n, "%s %s", i ? "," : "", in->rules[i].name);
}

static void use_source(lua_State *L, struct host *h, const char *name)
{
	struct suggest s;
	char remedy[HOST_MESSAGE_MAX + 1];

	suggest_start(&s, name);
	for (size_t i = 0; i < h->in->nr_rules; i++) {
		if (strcmp(h->in->rules[i].name, name)) {
			suggest_offer(&s, h->in->rules[i].name);
			continue;
		}
		for (size_t u = 0; u < h->answers->nr_used; u++) {
			if (h->answers->used[u] == i)
				words_fail(L, "list each rule file once",
					   "profile() lists \"%s\" twice", name);
		}
		h->answers->used[h->answers->nr_used++] = i;
		return;
	}
	if (suggest_best(&s))
		snprintf(remedy, sizeof(remedy), "did you mean \"%s\"?", suggest_best(&s));
	else
		list_sources(h->in, remedy, sizeof(remedy));
	words_fail(L, remedy, "profile() lists \"%.64s\", but there is no such rule file", name);
}

static void profile_rules(lua_State *L, struct host *h)
{
	lua_Unsigned nr;

	lua_pushliteral(L, "rules");
	if (lua_rawget(L, 1) != LUA_TTABLE)
		words_fail(L, "write rules = { \"built\", ... }", "profile has no list \"rules\"");
	nr = lua_rawlen(L, -1);
	if (!nr || nr > HOST_SOURCE_MAX)
		words_fail(L, "list the rule files in the order they apply",
			   "profile lists %llu rule files, 1 to %u are possible",
			   (unsigned long long)nr, HOST_SOURCE_MAX);
	for (lua_Unsigned i = 1; i <= nr; i++) {
		if (lua_rawgeti(L, -1, (lua_Integer)i) != LUA_TSTRING)
			words_fail(L, "write the names in quotes",
				   "entry %llu of profile's rules is a %s", (unsigned long long)i,
				   luaL_typename(L, -1));
		use_source(L, h, lua_tostring(L, -1));
		lua_pop(L, 1);
	}
}

/* profile { title = "...", rules = { "built", ... } } */
static int word_profile(lua_State *L)
{
	struct host *h = host_of(L);
	long source;

	if (h->phase != PHASE_PROFILE)
		words_fail(L, "profiles are defined in policy/profiles/NAME.lua",
			   "profile() does not belong into a rule file");
	if (h->has_profile)
		words_fail(L, "keep one", "profile() was already called");
	lua_settop(L, 1);
	table_argument(L, 1, "profile");
	for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1)) {
		const char *key = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "[...]";

		if (strcmp(key, "title") && strcmp(key, "rules"))
			words_fail(L, "a profile has a title and rules",
				   "profile has an unknown entry \"%.64s\"", key);
	}
	lua_pushliteral(L, "title");
	if (lua_rawget(L, 1) != LUA_TSTRING)
		words_fail(L, "write title = \"...\"", "profile has no title");
	snprintf(h->answers->title, sizeof(h->answers->title), "%s",
		 line_argument(L, 2, "profile"));
	host_where(L, 0, &source, &h->answers->line);
	profile_rules(L, h);
	h->has_profile = true;
	return 0;
}

static bool rule_name_valid(const char *name, size_t size)
{
	if (!size || size > HOST_NAME_MAX || strlen(name) != size)
		return false;
	return strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == size;
}

/* rule("name", function(f) ... end) */
static int word_rule(lua_State *L)
{
	struct host *h = host_of(L);
	struct host_rule *rule = &h->rules[h->nr_rules];
	size_t size;
	const char *name = text_argument(L, 1, "rule", &size);
	long source;

	if (h->phase != PHASE_LOAD)
		words_fail(L, "call rule() at the top level of policy/rules/NAME.lua",
			   "rule() does not belong here");
	if (!rule_name_valid(name, size))
		words_fail(L, "use a-z, 0-9 and _, at most 64 of them", "rule() got a bad name");
	if (lua_type(L, 2) != LUA_TFUNCTION)
		words_fail(L, "write rule(\"name\", function(f) ... end)",
			   "rule \"%s\" has a %s where its function belongs", name,
			   luaL_typename(L, 2));
	if (h->nr_rules == HOST_RULES_MAX)
		words_fail(L, "merge some", "there are more than %d rules", HOST_RULES_MAX);
	for (size_t i = 0; i < h->nr_rules; i++) {
		if (!strcmp(h->rules[i].name, name))
			words_fail(L, "give each rule its own name",
				   "rule \"%s\" is already defined at %s:%u", name,
				   h->in->rules[h->rules[i].source].path, h->rules[i].line);
	}
	snprintf(rule->name, sizeof(rule->name), "%s", name);
	host_where(L, 0, &source, &rule->line);
	rule->source = (size_t)h->source;
	lua_settop(L, 2);
	rule->function = luaL_ref(L, LUA_REGISTRYINDEX);
	h->nr_rules++;
	return 0;
}

/* A verdict is the address of nothing: a number that only this call can have made. */
static int make_verdict(lua_State *L, enum verdict_kind kind)
{
	struct host *h = host_of(L);
	const char *word = host_verdict_name(kind);
	struct verdict *v = &h->pending[h->nr_pending];
	long source;

	if (h->phase != PHASE_RULE)
		words_fail(L,
			   "return it from a rule's function: rule(\"name\", function(f) ... end)",
			   "%s() does not belong here", word);
	if (h->nr_pending == HOST_PENDING_MAX)
		words_fail(L, "return the first one that fits",
			   "a rule made more than %d verdicts for one feature", HOST_PENDING_MAX);
	memset(v, 0, sizeof(*v));
	v->feature = h->feature;
	v->kind = kind;
	snprintf(v->reason, sizeof(v->reason), "%s", line_argument(L, 1, word));
	host_where(L, 0, &source, &v->line);
	v->source = source < 0 ? (size_t)h->source : (size_t)source;
	lua_pushlightuserdata(L, (void *)(h->serial + h->nr_pending)); /* NOLINT */
	h->nr_pending++;
	return 1;
}

const struct verdict *words_verdict(struct host *h, int index)
{
	uintptr_t serial;

	if (lua_type(h->L, index) != LUA_TLIGHTUSERDATA)
		return NULL;
	serial = (uintptr_t)lua_touserdata(h->L, index);
	if (serial < h->serial || serial - h->serial >= h->nr_pending)
		return NULL;
	return &h->pending[serial - h->serial];
}

static int word_allow(lua_State *L)
{
	return make_verdict(L, VERDICT_ALLOW);
}

static int word_deny(lua_State *L)
{
	return make_verdict(L, VERDICT_DENY);
}

static int word_require(lua_State *L)
{
	return make_verdict(L, VERDICT_REQUIRE);
}

static int word_error(lua_State *L)
{
	words_fail(L, "the rule itself refuses its facts; see its text", "%s",
		   line_argument(L, 1, "error"));
}

static int word_type(lua_State *L)
{
	luaL_checkany(L, 1);
	lua_pushstring(L, luaL_typename(L, 1));
	return 1;
}

/* Addresses differ from run to run, so only what has a value has a text. */
static int word_tostring(lua_State *L)
{
	switch (lua_type(L, 1)) {
	case LUA_TSTRING:
	case LUA_TNUMBER:
		lua_settop(L, 1);
		lua_tostring(L, 1);
		return 1;
	case LUA_TBOOLEAN:
		lua_pushstring(L, lua_toboolean(L, 1) ? "true" : "false");
		return 1;
	case LUA_TNIL:
		lua_pushliteral(L, "nil");
		return 1;
	default:
		words_fail(L, "write out the fields you mean", "tostring() cannot show a %s",
			   luaL_typename(L, 1));
	}
}

static int next_of_list(lua_State *L)
{
	lua_Integer i = luaL_checkinteger(L, 2) + 1;

	lua_pushinteger(L, i);
	return lua_rawgeti(L, 1, i) == LUA_TNIL ? 1 : 2;
}

static int word_ipairs(lua_State *L)
{
	table_argument(L, 1, "ipairs");
	lua_pushcfunction(L, next_of_list);
	lua_pushvalue(L, 1);
	lua_pushinteger(L, 0);
	return 3;
}

struct key {
	bool is_text;
	lua_Integer number;
	const char *text; /* kept alive by the table it is a key of */
	size_t size;
};

static int compare_keys(const void *a, const void *b)
{
	const struct key *x = a, *y = b;
	size_t least = x->size < y->size ? x->size : y->size;
	int order;

	if (x->is_text != y->is_text)
		return x->is_text ? 1 : -1;
	if (!x->is_text)
		return (x->number > y->number) - (x->number < y->number);
	order = memcmp(x->text, y->text, least);
	return order ? order : (x->size > y->size) - (x->size < y->size);
}

static void take_key(lua_State *L, int index, struct key *key)
{
	if (lua_isinteger(L, index)) {
		*key = (struct key){ .number = lua_tointeger(L, index) };
		return;
	}
	if (lua_type(L, index) != LUA_TSTRING)
		words_fail(L, "use texts or whole numbers as keys",
			   "pairs() met a key that is a %s", luaL_typename(L, index));
	*key = (struct key){ .is_text = true };
	key->text = lua_tolstring(L, index, &key->size);
}

/* Upvalues: the table, the list of its keys, the position. */
static int next_of_pairs(lua_State *L)
{
	lua_Integer i = lua_tointeger(L, lua_upvalueindex(3)) + 1;

	lua_pushinteger(L, i);
	lua_replace(L, lua_upvalueindex(3));
	if (lua_rawgeti(L, lua_upvalueindex(2), i) == LUA_TNIL)
		return 1;
	lua_pushvalue(L, -1);
	lua_rawget(L, lua_upvalueindex(1));
	return 2;
}

/* Whole numbers in order, then texts by their bytes. */
static int word_pairs(lua_State *L)
{
	struct key *keys;
	size_t nr = 0, i = 0;

	lua_settop(L, 1);
	table_argument(L, 1, "pairs");
	for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1))
		nr++;
	host_charge(L, nr * 16);
	keys = lua_newuserdatauv(L, (nr ? nr : 1) * sizeof(*keys), 0);
	for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1))
		take_key(L, -2, &keys[i++]);
	qsort(keys, nr, sizeof(*keys), compare_keys);
	lua_pushvalue(L, 1);
	lua_createtable(L, (int)nr, 0);
	for (i = 0; i < nr; i++) {
		if (keys[i].is_text)
			lua_pushlstring(L, keys[i].text, keys[i].size);
		else
			lua_pushinteger(L, keys[i].number);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	lua_pushinteger(L, 0);
	lua_pushcclosure(L, next_of_pairs, 3);
	return 1;
}

static int word_starts_with(lua_State *L)
{
	size_t ns, np;
	const char *s = text_argument(L, 1, "starts_with", &ns);
	const char *p = text_argument(L, 2, "starts_with", &np);

	host_charge(L, np / 16);
	lua_pushboolean(L, np <= ns && !memcmp(s, p, np));
	return 1;
}

static int word_ends_with(lua_State *L)
{
	size_t ns, np;
	const char *s = text_argument(L, 1, "ends_with", &ns);
	const char *p = text_argument(L, 2, "ends_with", &np);

	host_charge(L, np / 16);
	lua_pushboolean(L, np <= ns && !memcmp(s + ns - np, p, np));
	return 1;
}

/* Plain text, no pattern; memmem() takes linear time. */
static int word_contains(lua_State *L)
{
	size_t ns, np;
	const char *s = text_argument(L, 1, "contains", &ns);
	const char *p = text_argument(L, 2, "contains", &np);

	host_charge(L, (ns + np) / 4);
	lua_pushboolean(L, memmem(s, ns, p, np) != NULL);
	return 1;
}

/* join(list, separator) */
static int word_join(lua_State *L)
{
	luaL_Buffer b;
	lua_Unsigned nr;
	size_t ns;
	const char *separator;

	lua_settop(L, 2);
	table_argument(L, 1, "join");
	separator = text_argument(L, 2, "join", &ns);
	nr = lua_rawlen(L, 1);
	host_charge(L, nr);
	luaL_buffinit(L, &b);
	for (lua_Unsigned i = 1; i <= nr; i++) {
		if (lua_rawgeti(L, 1, (lua_Integer)i) != LUA_TSTRING)
			words_fail(L, "join texts", "join() met a %s in its list",
				   luaL_typename(L, -1));
		luaL_addvalue(&b);
		if (i < nr)
			luaL_addlstring(&b, separator, ns);
	}
	luaL_pushresult(&b);
	return 1;
}

static const struct {
	const char *name;
	lua_CFunction function;
} words[] = {
	{ "allow", word_allow },       { "contains", word_contains },
	{ "deny", word_deny },	       { "ends_with", word_ends_with },
	{ "error", word_error },       { "ipairs", word_ipairs },
	{ "join", word_join },	       { "pairs", word_pairs },
	{ "profile", word_profile },   { "require", word_require },
	{ "rule", word_rule },	       { "starts_with", word_starts_with },
	{ "tostring", word_tostring }, { "type", word_type },
};

#define NR_WORDS (sizeof(words) / sizeof(words[0]))

/* A name nobody defined: fail, with the nearest word as the remedy. */
static int refuse_name(lua_State *L, const char *name)
{
	struct suggest s;
	char remedy[HOST_MESSAGE_MAX + 1];

	suggest_start(&s, name);
	for (size_t i = 0; i < NR_WORDS; i++)
		suggest_offer(&s, words[i].name);
	if (suggest_best(&s))
		snprintf(remedy, sizeof(remedy), "did you mean '%s'?", suggest_best(&s));
	else
		snprintf(remedy, sizeof(remedy), "%s", word_help);
	words_fail(L, remedy, "'%.64s' is not in the policy language", name);
}

/* __index of every chunk's _ENV; upvalue: the table of words. */
static int index_env(lua_State *L)
{
	lua_settop(L, 2);
	lua_pushvalue(L, 2);
	if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL)
		return 1;
	refuse_name(L, lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "?");
	return 0;
}

/* __newindex of every chunk's _ENV: rules share nothing but their facts. */
static int newindex_env(lua_State *L)
{
	words_fail(L, "write local in front of it", "sets the global '%.64s'",
		   lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "?");
}

/* ("text"):rep(9): texts have no methods here. */
static int index_text(lua_State *L)
{
	words_fail(L, "use starts_with, ends_with, contains, join, .. or #",
		   "'%.64s' of a text is not in the policy language",
		   lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "?");
}

/* Upvalue: what the table is called. */
static int index_facts(lua_State *L)
{
	words_fail(L, word_help, "%s has no field '%.64s'", lua_tostring(L, lua_upvalueindex(1)),
		   lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "?");
}

/* A metatable that makes a missing field of @what an error, kept as @key. */
static void strict_metatable(lua_State *L, const char *key, const char *what)
{
	lua_createtable(L, 0, 1);
	lua_pushstring(L, what);
	lua_pushcclosure(L, index_facts, 1);
	lua_setfield(L, -2, "__index");
	lua_setfield(L, LUA_REGISTRYINDEX, key);
}

static void set_strict(lua_State *L, const char *key)
{
	lua_getfield(L, LUA_REGISTRYINDEX, key);
	lua_setmetatable(L, -2);
}

static void set_text(lua_State *L, const char *field, const char *value)
{
	lua_pushstring(L, value);
	lua_setfield(L, -2, field);
}

static void push_target(lua_State *L)
{
	lua_createtable(L, 0, 1);
	set_text(L, "arch", FACTS_TARGET);
	set_strict(L, "candor.target");
}

void words_push(struct host *h)
{
	lua_State *L = h->L;

	strict_metatable(L, "candor.feature", "a feature");
	strict_metatable(L, "candor.claim", "a claim");
	strict_metatable(L, "candor.target", "target");

	lua_pushliteral(L, ""); /* all texts share this metatable */
	lua_createtable(L, 0, 1);
	lua_pushcfunction(L, index_text);
	lua_setfield(L, -2, "__index");
	lua_setmetatable(L, -2);
	lua_pop(L, 1);

	lua_newtable(L); /* stays empty, so that every access is seen */
	lua_createtable(L, 0, 2);
	lua_createtable(L, 0, NR_WORDS + 1);
	for (size_t i = 0; i < NR_WORDS; i++) {
		lua_pushcfunction(L, words[i].function);
		lua_setfield(L, -2, words[i].name);
	}
	push_target(L);
	lua_setfield(L, -2, "target");
	lua_pushcclosure(L, index_env, 1);
	lua_setfield(L, -2, "__index");
	lua_pushcfunction(L, newindex_env);
	lua_setfield(L, -2, "__newindex");
	lua_setmetatable(L, -2);
}

static void push_refs(lua_State *L, const struct fact_ref *refs, size_t nr)
{
	lua_createtable(L, (int)nr, 0);
	for (size_t i = 0; i < nr; i++) {
		lua_pushstring(L, refs[i].id);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
}

static void push_claims(lua_State *L, const struct fact_feature *f)
{
	lua_createtable(L, (int)f->nr_claims, 0);
	for (size_t i = 0; i < f->nr_claims; i++) {
		lua_createtable(L, 0, 3);
		set_text(L, "scope", f->claims[i].scope);
		set_text(L, "level", f->claims[i].level);
		set_text(L, "security", f->claims[i].security);
		set_strict(L, "candor.claim");
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
}

void words_push_feature(lua_State *L, const struct facts *facts, size_t index)
{
	const struct fact_feature *f = &facts->features[index];

	host_charge(L, 32 + 8 * (f->nr_claims + f->nr_needs + f->nr_conflicts));
	lua_createtable(L, 0, 10);
	set_text(L, "id", f->id);
	set_text(L, "title", f->title);
	set_text(L, "section", f->section);
	set_text(L, "state", f->state);
	lua_pushboolean(L, f->built);
	lua_setfield(L, -2, "built");
	set_text(L, "level", f->level);
	set_text(L, "security", f->security);
	push_refs(L, f->needs, f->nr_needs);
	lua_setfield(L, -2, "needs");
	push_refs(L, f->conflicts, f->nr_conflicts);
	lua_setfield(L, -2, "conflicts");
	push_claims(L, f);
	lua_setfield(L, -2, "claims");
	set_strict(L, "candor.feature");
}
