/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is left of Lua's own library, written here: sorted pairs(), because a
 * hash order would differ from run to run; plain text tests, because Lua's
 * patterns can run for ever. There is no string.rep, load, pcall, setmetatable,
 * coroutine, os, io.
 */
#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>
#include <lua.h>

#include "engine/host-private.h"
#include "engine/sort.h"

static int word_error(lua_State *L)
{
	words_fail(L, "the rule itself refuses its facts; see its text", "%s",
		   words_line(L, 1, "error"));
}

static int word_type(lua_State *L)
{
	luaL_checkany(L, 1);
	if (luaL_getmetafield(L, 1, "__name") != LUA_TSTRING)
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
	words_want_table(L, 1, "ipairs");
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
	words_want_table(L, 1, "pairs");
	for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1))
		nr++;
	host_charge(L, nr * 16);
	keys = lua_newuserdatauv(L, (nr ? nr : 1) * sizeof(*keys), 0);
	for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1))
		take_key(L, -2, &keys[i++]);
	sort_heap(keys, nr, sizeof(*keys), compare_keys);
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
	const char *s = words_text(L, 1, "starts_with", &ns);
	const char *p = words_text(L, 2, "starts_with", &np);

	host_charge(L, np / 16);
	lua_pushboolean(L, np <= ns && !memcmp(s, p, np));
	return 1;
}

static int word_ends_with(lua_State *L)
{
	size_t ns, np;
	const char *s = words_text(L, 1, "ends_with", &ns);
	const char *p = words_text(L, 2, "ends_with", &np);

	host_charge(L, np / 16);
	lua_pushboolean(L, np <= ns && !memcmp(s + ns - np, p, np));
	return 1;
}

/* Plain text, no pattern; memmem() takes linear time. */
static int word_contains(lua_State *L)
{
	size_t ns, np;
	const char *s = words_text(L, 1, "contains", &ns);
	const char *p = words_text(L, 2, "contains", &np);

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
	words_want_table(L, 1, "join");
	separator = words_text(L, 2, "join", &ns);
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

#define ANYWHERE (PHASE_PROFILE | PHASE_RULES | PHASE_RULE | PHASE_TEST)

const struct word words_of_lua[] = {
	{ "contains", word_contains, ANYWHERE, "contains(text, part)",
	  "Is the part somewhere in the text? Plain text, no pattern." },
	{ "ends_with", word_ends_with, ANYWHERE, "ends_with(text, part)",
	  "Does the text end with the part?" },
	{ "error", word_error, ANYWHERE, "error \"what is wrong\"",
	  "Ends the evaluation: the policy is wrong." },
	{ "ipairs", word_ipairs, ANYWHERE, "for i, value in ipairs(list) do", "As in Lua." },
	{ "join", word_join, ANYWHERE, "join(list, separator)", "The texts of a list as one." },
	{ "pairs", word_pairs, ANYWHERE, "for key, value in pairs(table) do",
	  "As in Lua, but always in the same order: whole numbers, then texts by their bytes." },
	{ "starts_with", word_starts_with, ANYWHERE, "starts_with(text, part)",
	  "Does the text begin with the part?" },
	{ "target", NULL, ANYWHERE, "target.arch", "What is built for: `\"x86_64\"`." },
	{ "tostring", word_tostring, ANYWHERE, "tostring(value)",
	  "As in Lua, for texts, numbers, booleans and nil." },
	{ "type", word_type, ANYWHERE, "type(value)",
	  "As in Lua; also `\"feature\"` and `\"selection\"`." },
	{ 0 },
};
