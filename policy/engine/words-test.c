/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words of policy/tests/NAME.lua: what is expected of a profile's decisions. */
#include <stdio.h>
#include <string.h>

#include <lauxlib.h>
#include <lua.h>

#include "engine/expect.h"
#include "engine/words-sentence.h"

/* under "supported" */
static int word_under(lua_State *L)
{
	struct host *h = host_of(L);
	size_t size;
	const char *name = words_text(L, 1, "under", &size);
	struct sentence s = { .kind = SENTENCE_SUPPOSE };

	if (!words_name_valid(name, size, "-"))
		words_fail(L, "name a profile of policy/profiles", "under got a bad name");
	snprintf(h->under, sizeof(h->under), "%s", name);
	s.extra = h->under;
	sentence_say(L, &s, select_words_new(L)); /* of nothing: all is as it is again */
	return 0;
}

static const char *want_profile(lua_State *L, const char *word)
{
	struct host *h = host_of(L);

	if (!h->under[0])
		words_fail(L, "begin with under \"supported\"",
			   "%s does not know under which profile", word);
	return h->under;
}

/* suppose { feature "umip", level = "Supported", security = "yes", built = true } */
static int word_suppose(lua_State *L)
{
	static const char *const keys[] = { "because", "built", "level", "security", NULL };
	struct sentence s = { .kind = SENTENCE_SUPPOSE };
	struct selection *subjects;

	lua_settop(L, 1);
	want_profile(L, "suppose");
	sentence_check_keys(L, "suppose", keys);
	subjects = sentence_subjects(L, "suppose");
	s.reason = (char *)sentence_reason(L, "suppose", false);
	s.other = (char *)sentence_text(L, "suppose", "level", false);
	s.extra = (char *)sentence_text(L, "suppose", "security", false);
	lua_pushliteral(L, "built");
	if (lua_rawget(L, 1) == LUA_TBOOLEAN)
		s.value = lua_toboolean(L, -1) ? SUPPOSE_BUILT : SUPPOSE_NOT_BUILT;
	lua_pop(L, 1);
	if (!s.other && !s.extra && !s.value)
		words_fail(L, "write level, security or built", "suppose does not say what");
	if (s.extra && !s.other)
		words_fail(L, "say the level too", "suppose says security, but no level");
	sentence_say(L, &s, subjects);
	return 0;
}

/* expect { feature "umip", is = "off", decided_by = "supported.lua", because = "..." } */
static int word_expect(lua_State *L)
{
	static const char *const keys[] = { "because", "decided_by", "except", "is", NULL };
	struct sentence s = { .kind = SENTENCE_EXPECT };
	struct selection *subjects;
	const char *is;

	lua_settop(L, 1);
	s.extra = (char *)want_profile(L, "expect");
	sentence_check_keys(L, "expect", keys);
	subjects = sentence_subjects(L, "expect");
	is = sentence_text(L, "expect", "is", true);
	s.value = host_decided_find(is);
	if (s.value == NR_DECIDED)
		words_fail(L, "write is = \"on\", is = \"off\" or is = \"opt-in\"",
			   "expect got is = \"%.64s\"", is);
	s.reason = (char *)sentence_reason(L, "expect", false);
	s.other = (char *)sentence_text(L, "expect", "decided_by", false);
	sentence_say(L, &s, subjects);
	return 0;
}

const struct word words_of_tests[] = {
	{ "under", word_under, PHASE_TEST, "under \"supported\"",
	  "What follows is expected of this profile. Forgets what was supposed before." },
	{ "suppose", word_suppose, PHASE_TEST,
	  "suppose { FEATURES, level = \"Supported\", security = \"yes\", built = true }",
	  "Let SUPPORT.md and the registry say this of the features from here on." },
	{ "expect", word_expect, PHASE_TEST,
	  "expect { FEATURES, is = \"on\", decided_by = \"...\", because = \"...\" }",
	  "The features are `on`, `off`, or `opt-in`. `decided_by` is the name of the deciding "
	  "rule, or what "
	  "its file's path ends in." },
	{ 0 },
};
