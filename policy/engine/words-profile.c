/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The word of a profile: which rule files speak, and in which layer. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>
#include <lua.h>

#include "engine/host-private.h"
#include "base/suggest.h"

#define PURPOSE_MAX 2000

/* A list of @nr names in words, "a, b, c", for a remedy. */
static void list_sources(const struct host_input *in, char *to, size_t size)
{
	size_t n = (size_t)snprintf(to, size, "there are:");

	for (size_t i = 0; i < in->nr_rules && n < size; i++)
		n += (size_t)snprintf(to + n, size - n, "%s %s", i ? "," : "", in->rules[i].name);
}

static void remember_source(lua_State *L, struct host *h, size_t source, const char *name,
			    enum layer layer)
{
	struct answers *a = h->answers;

	for (size_t u = 0; u < a->nr_used; u++) {
		if (a->used[u].source == source)
			words_fail(L, "list each rule file once", "profile() lists \"%s\" twice",
				   name);
	}
	if (a->nr_used == HOST_SOURCE_MAX)
		words_fail(L, "merge some", "profile() lists more than %u rule files",
			   HOST_SOURCE_MAX);
	a->used[a->nr_used].source = source;
	a->used[a->nr_used].layer = layer;
	a->nr_used++;
}

static void use_source(lua_State *L, struct host *h, const char *name, enum layer layer)
{
	struct suggest s;
	char remedy[HOST_MESSAGE_MAX + 1];

	suggest_start(&s, name);
	for (size_t i = 0; i < h->in->nr_rules; i++) {
		if (h->in->rules[i].joins)
			continue;
		if (!strcmp(h->in->rules[i].name, name)) {
			remember_source(L, h, i, name, layer);
			return;
		}
		suggest_offer(&s, h->in->rules[i].name);
	}
	if (suggest_best(&s))
		snprintf(remedy, sizeof(remedy), "did you mean \"%s\"?", suggest_best(&s));
	else
		list_sources(h->in, remedy, sizeof(remedy));
	words_fail(L, remedy, "profile() lists \"%.64s\", but there is no such rule file", name);
}

/* vendor = { "supported", ... } */
static size_t take_layer(lua_State *L, struct host *h, enum layer layer)
{
	const char *key = host_layer_name(layer);
	lua_Unsigned nr;

	lua_pushstring(L, key);
	if (lua_rawget(L, 1) == LUA_TNIL) {
		lua_pop(L, 1);
		return 0;
	}
	if (lua_type(L, -1) != LUA_TTABLE)
		words_fail(L, "write it as { \"supported\", ... }", "profile's %s is a %s", key,
			   luaL_typename(L, -1));
	nr = lua_rawlen(L, -1);
	for (lua_Unsigned i = 1; i <= nr; i++) {
		if (lua_rawgeti(L, -1, (lua_Integer)i) != LUA_TSTRING)
			words_fail(L, "write the names in quotes",
				   "entry %llu of profile's %s is a %s", (unsigned long long)i, key,
				   luaL_typename(L, -1));
		use_source(L, h, lua_tostring(L, -1), layer);
		lua_pop(L, 1);
	}
	lua_pop(L, 1);
	return nr;
}

static void take_layers(lua_State *L, struct host *h)
{
	size_t nr = 0;

	for (unsigned int layer = 0; layer < NR_LAYERS; layer++)
		nr += take_layer(L, h, (enum layer)layer);
	if (!nr)
		words_fail(L, "list the rule files by layer: vendor = { \"supported\" }, ...",
			   "profile lists no rule files");
}

static bool is_known_key(const char *key)
{
	for (unsigned int layer = 0; layer < NR_LAYERS; layer++) {
		if (!strcmp(key, host_layer_name((enum layer)layer)))
			return true;
	}
	return !strcmp(key, "title") || !strcmp(key, "purpose");
}

static void check_keys(lua_State *L)
{
	for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1)) {
		const char *key = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "[...]";

		if (!is_known_key(key))
			words_fail(L,
				   "a profile has title, purpose, vendor, distribution, site and "
				   "host",
				   "profile has an unknown entry \"%.64s\"", key);
	}
}

static char *take_title(lua_State *L)
{
	char *copy;

	lua_pushliteral(L, "title");
	if (lua_rawget(L, 1) != LUA_TSTRING)
		words_fail(L, "write title = \"...\"", "profile has no title");
	copy = strdup(words_line(L, -1, "profile"));
	lua_pop(L, 1);
	return copy;
}

/* Several sentences for whom it is; line ends become blanks, other controls are refused. */
static char *take_purpose(lua_State *L)
{
	size_t size;
	const char *s;
	char *copy;

	lua_pushliteral(L, "purpose");
	if (lua_rawget(L, 1) == LUA_TNIL) {
		lua_pop(L, 1);
		return strdup("");
	}
	s = words_text(L, -1, "profile", &size);
	if (size > PURPOSE_MAX || strlen(s) != size)
		words_fail(L, "say for whom the profile is in a few sentences",
			   "profile's purpose is longer than %d bytes, or holds a NUL",
			   PURPOSE_MAX);
	for (size_t i = 0; i < size; i++) {
		if (((unsigned char)s[i] < 0x20 && s[i] != '\n') || s[i] == 0x7f)
			words_fail(L, "write plain sentences",
				   "profile's purpose holds a control character");
	}
	copy = strdup(s);
	for (char *c = copy; c && *c; c++)
		*c = *c == '\n' ? ' ' : *c;
	lua_pop(L, 1);
	return copy;
}

/* profile { title = "...", purpose = "...", vendor = { ... }, distribution = { ... } } */
static int word_profile(lua_State *L)
{
	struct host *h = host_of(L);
	long source;

	if (h->has_profile)
		words_fail(L, "keep one", "profile() was already called");
	lua_settop(L, 1);
	words_want_table(L, 1, "profile");
	check_keys(L);
	h->answers->title = take_title(L);
	h->answers->purpose = take_purpose(L);
	if (!h->answers->title || !h->answers->purpose)
		return words_fail(L, "free memory on this machine", "out of memory");
	host_where(L, 0, &source, &h->answers->line);
	take_layers(L, h);
	h->has_profile = true;
	return 0;
}

const struct word words_of_profiles[] = {
	{ "profile", word_profile, PHASE_PROFILE,
	  "profile { title = \"...\", purpose = \"...\", vendor = { \"supported\" }, ... }",
	  "Defines the profile of this file. `title` is one line, `purpose` a few sentences for "
	  "its page. `vendor`, `distribution`, `site` and `host` each list rule files, "
	  "`policy/rules/NAME.lua`, by name: they speak in the order of these layers, and within "
	  "a layer in the order listed." },
	{ 0 },
};
