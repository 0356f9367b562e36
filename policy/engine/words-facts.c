/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Features as a rule's function sees them: a handle whose fields are looked up,
 * so that a thousand features cost nothing until asked, and none can be changed.
 */
#include <string.h>

#include <lauxlib.h>
#include <lua.h>

#include "engine/host-private.h"

enum field {
	FIELD_ID = 1,
	FIELD_TITLE,
	FIELD_SECTION,
	FIELD_OWNER,
	FIELD_STATE,
	FIELD_BUILT,
	FIELD_LEVEL,
	FIELD_SECURITY,
	FIELD_NEEDS,
	FIELD_CONFLICTS,
	FIELD_IMPLIES,
	FIELD_CLAIMS,
	NR_FIELDS
};

/* In the order of enum field. */
const struct word_field words_feature_fields[] = {
	{ "id", "text", "Its id in support/features.yaml." },
	{ "title", "text", "Its heading in SUPPORT.md." },
	{ "section", "text", "The heading above that." },
	{ "owner", "text", "Who maintains it: core, x86, tools, ..." },
	{ "state", "text", "`\"planned\"`, `\"built\"` or `\"removed\"`." },
	{ "built", "boolean", "Is there code of it?" },
	{ "level", "text",
	  "The weakest status that SUPPORT.md states for the target: `\"Supported\"`, `\"Tech "
	  "Preview\"`, `\"Experimental\"`, ...; `\"not stated\"` without one." },
	{ "security", "text",
	  "Its security support: `\"yes\"`, `\"no\"`, `\"caveats\"`, `\"external\"`, "
	  "`\"unknown\"`." },
	{ "needs", "list of ids", "What must be on with it." },
	{ "conflicts", "list of ids", "What must be off with it." },
	{ "implies", "list of ids", "What comes with it unless denied." },
	{ "claims", "list of claims", "Every status line of it that covers the target." },
	{ 0 },
};

const struct word_field words_claim_fields[] = {
	{ "scope", "text", "The status line's qualifier, `\"\"` for none." },
	{ "level", "text", "As of a feature, but of this line." },
	{ "security", "text", "Likewise." },
	{ 0 },
};

static void push_refs(lua_State *L, const struct fact_ref *refs, size_t nr)
{
	host_charge(L, nr);
	lua_createtable(L, (int)nr, 0);
	for (size_t i = 0; i < nr; i++) {
		lua_pushstring(L, refs[i].id);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
}

static void push_claims(lua_State *L, const struct fact_feature *f)
{
	host_charge(L, 8 * f->nr_claims);
	lua_createtable(L, (int)f->nr_claims, 0);
	for (size_t i = 0; i < f->nr_claims; i++) {
		lua_createtable(L, 0, 3);
		words_set_text(L, "scope", f->claims[i].scope);
		words_set_text(L, "level", f->claims[i].level);
		words_set_text(L, "security", f->claims[i].security);
		words_set_strict(L, "candor.claim");
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
}

static void push_field(lua_State *L, const struct fact_feature *f, enum field field)
{
	const char *const texts[NR_FIELDS] = {
		[FIELD_ID] = f->id,
		[FIELD_TITLE] = f->title,
		[FIELD_SECTION] = f->section,
		[FIELD_OWNER] = f->owner,
		[FIELD_STATE] = f->state,
		[FIELD_LEVEL] = f->level,
		[FIELD_SECURITY] = f->security,
	};

	switch (field) {
	case FIELD_BUILT:
		lua_pushboolean(L, f->built);
		return;
	case FIELD_NEEDS:
		push_refs(L, f->needs, f->nr_needs);
		return;
	case FIELD_CONFLICTS:
		push_refs(L, f->conflicts, f->nr_conflicts);
		return;
	case FIELD_IMPLIES:
		push_refs(L, f->implies, f->nr_implies);
		return;
	case FIELD_CLAIMS:
		push_claims(L, f);
		return;
	default:
		lua_pushstring(L, texts[field]);
	}
}

/* Upvalue: from a field's name to its number. */
static int index_feature(lua_State *L)
{
	const size_t *index = lua_touserdata(L, 1);
	lua_Integer field;

	lua_settop(L, 2);
	lua_pushvalue(L, 2);
	lua_rawget(L, lua_upvalueindex(1));
	field = lua_tointeger(L, -1);
	if (!field)
		words_fail(L, WORDS_HELP, "a feature has no field '%.64s'",
			   lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "?");
	push_field(L, &host_of(L)->in->facts->features[*index], (enum field)field);
	return 1;
}

static int newindex_feature(lua_State *L)
{
	words_fail(L, "facts are not for rules to change; return a verdict",
		   "a feature cannot be changed");
}

void facts_words_open(lua_State *L)
{
	words_make_strict(L, "candor.claim", "a claim");
	lua_newtable(L);
	lua_setfield(L, LUA_REGISTRYINDEX, "candor.features");
	lua_createtable(L, 0, 3);
	lua_createtable(L, 0, NR_FIELDS);
	for (int i = FIELD_ID; i < NR_FIELDS; i++) {
		lua_pushinteger(L, i);
		lua_setfield(L, -2, words_feature_fields[i - 1].name);
	}
	lua_pushcclosure(L, index_feature, 1);
	lua_setfield(L, -2, "__index");
	lua_pushcfunction(L, newindex_feature);
	lua_setfield(L, -2, "__newindex");
	words_set_text(L, "__name", "feature");
	lua_setfield(L, LUA_REGISTRYINDEX, "candor.feature");
}

void facts_words_push(lua_State *L, size_t index)
{
	size_t *handle;

	lua_getfield(L, LUA_REGISTRYINDEX, "candor.features");
	if (lua_rawgeti(L, -1, (lua_Integer)index + 1) == LUA_TNIL) {
		lua_pop(L, 1);
		handle = lua_newuserdatauv(L, sizeof(*handle), 0);
		*handle = index;
		words_set_strict(L, "candor.feature");
		lua_pushvalue(L, -1);
		lua_rawseti(L, -3, (lua_Integer)index + 1);
	}
	lua_remove(L, -2);
}
