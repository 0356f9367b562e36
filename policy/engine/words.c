/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How the words of a policy are found and how they fail. A word is either ours
 * or an innocent one of Lua under its usual name but written here; a name that
 * is none of them is an error with a suggestion, so a slip of the pen never
 * quietly decides anything.
 */
#include "engine/words.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>
#include <lua.h>

#include "engine/host-private.h"
#include "base/suggest.h"

static const struct word *const tables[] = {
	words_of_profiles, words_of_sentences, words_of_selections, words_of_tests, words_of_lua,
};

#define NR_TABLES (sizeof(tables) / sizeof(tables[0]))

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

const char *words_text(lua_State *L, int index, const char *word, size_t *ret_size)
{
	if (lua_type(L, index) != LUA_TSTRING)
		words_fail(L, WORDS_HELP, "%s() wants text as argument %d, got a %s", word, index,
			   luaL_typename(L, index));
	return lua_tolstring(L, index, ret_size);
}

void words_want_table(lua_State *L, int index, const char *word)
{
	if (lua_type(L, index) != LUA_TTABLE)
		words_fail(L, WORDS_HELP, "%s() wants a table as argument %d, got a %s", word,
			   index, luaL_typename(L, index));
}

/* Reasons and titles end up as one line of a file: no control characters. */
const char *words_line(lua_State *L, int index, const char *word)
{
	size_t size;
	const char *s = words_text(L, index, word, &size);

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

bool words_name_valid(const char *name, size_t size, const char *more)
{
	if (!size || size > HOST_NAME_MAX || strlen(name) != size)
		return false;
	for (size_t i = 0; i < size; i++) {
		if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789_", name[i]) &&
		    !strchr(more, name[i]))
			return false;
	}
	return true;
}

/* A name nobody defined: fail, with the nearest word as the remedy. */
static int refuse_name(lua_State *L, const char *name)
{
	struct suggest s;
	char remedy[HOST_MESSAGE_MAX + 1];

	suggest_start(&s, name);
	for (size_t t = 0; t < NR_TABLES; t++) {
		for (const struct word *w = tables[t]; w->name; w++)
			suggest_offer(&s, w->name);
	}
	if (suggest_best(&s))
		snprintf(remedy, sizeof(remedy), "did you mean '%s'?", suggest_best(&s));
	else
		snprintf(remedy, sizeof(remedy), "%s", WORDS_HELP);
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
static int index_strict(lua_State *L)
{
	words_fail(L, WORDS_HELP, "%s has no field '%.64s'", lua_tostring(L, lua_upvalueindex(1)),
		   lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "?");
}

void words_make_strict(lua_State *L, const char *key, const char *what)
{
	lua_createtable(L, 0, 1);
	lua_pushstring(L, what);
	lua_pushcclosure(L, index_strict, 1);
	lua_setfield(L, -2, "__index");
	lua_setfield(L, LUA_REGISTRYINDEX, key);
}

void words_set_strict(lua_State *L, const char *key)
{
	lua_getfield(L, LUA_REGISTRYINDEX, key);
	lua_setmetatable(L, -2);
}

void words_set_text(lua_State *L, const char *field, const char *value)
{
	lua_pushstring(L, value);
	lua_setfield(L, -2, field);
}

/* Upvalue: the fields. */
static int index_target(lua_State *L)
{
	lua_settop(L, 2);
	lua_pushvalue(L, 2);
	if (lua_rawget(L, lua_upvalueindex(1)) == LUA_TNIL)
		words_fail(L, WORDS_HELP, "target has no field '%.64s'",
			   lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "?");
	return 1;
}

/* All rule files share it: one that wrote to it would speak to the others. */
static int newindex_target(lua_State *L)
{
	words_fail(L, "use a local of your own", "target cannot be changed");
}

static void push_target(lua_State *L)
{
	lua_newtable(L); /* stays empty, so that every access is seen */
	lua_createtable(L, 0, 2);
	lua_createtable(L, 0, 1);
	words_set_text(L, "arch", FACTS_TARGET);
	lua_pushcclosure(L, index_target, 1);
	lua_setfield(L, -2, "__index");
	lua_pushcfunction(L, newindex_target);
	lua_setfield(L, -2, "__newindex");
	lua_setmetatable(L, -2);
}

/* In which files a word may stand. */
static const char *phases_text(unsigned int phases)
{
	if (phases & PHASE_PROFILE && !(phases & PHASE_RULES))
		return "use it in policy/profiles/NAME.lua";
	if (phases & PHASE_TEST && !(phases & PHASE_RULES))
		return "use it in policy/tests/NAME.lua";
	return "use it at the top level of policy/rules/NAME.lua";
}

/* Upvalue: the word. Every call goes through here. */
static int call_word(lua_State *L)
{
	const struct word *w = lua_touserdata(L, lua_upvalueindex(1));

	if (!(w->phases & host_of(L)->phase))
		words_fail(L, phases_text(w->phases), "%s() does not belong here", w->name);
	return w->function(L);
}

static void add_words(lua_State *L, const struct word *list)
{
	for (const struct word *w = list; w->name; w++) {
		if (!w->function)
			continue;
		lua_pushlightuserdata(L, (void *)w); /* NOLINT(bugprone-casting-through-void) */
		lua_pushcclosure(L, call_word, 1);
		lua_setfield(L, -2, w->name);
	}
}

void words_push(struct host *h)
{
	lua_State *L = h->L;

	lua_pushliteral(L, ""); /* all texts share this metatable */
	lua_createtable(L, 0, 1);
	lua_pushcfunction(L, index_text);
	lua_setfield(L, -2, "__index");
	lua_setmetatable(L, -2);
	lua_pop(L, 1);
	facts_words_open(L);
	select_words_open(L);

	lua_newtable(L); /* stays empty, so that every access is seen */
	lua_createtable(L, 0, 2);
	lua_createtable(L, 0, 32);
	for (size_t t = 0; t < NR_TABLES; t++)
		add_words(L, tables[t]);
	push_target(L);
	lua_setfield(L, -2, "target");
	lua_getfield(L, LUA_REGISTRYINDEX, "candor.everything");
	lua_setfield(L, -2, "everything");
	lua_pushcclosure(L, index_env, 1);
	lua_setfield(L, -2, "__index");
	lua_pushcfunction(L, newindex_env);
	lua_setfield(L, -2, "__newindex");
	lua_setmetatable(L, -2);
}
