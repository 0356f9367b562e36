/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a policy says: allow, deny, require, limit and waive, each with the
 * features it is about and the reason, and rule() where a sentence will not do.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>
#include <lua.h>

#include "engine/host-private.h"
#include "engine/sentence.h"
#include "base/suggest.h"
#include "engine/words-sentence.h"

/* ---- the parts of a sentence; its table is argument 1 ---- */

static void refuse_key(lua_State *L, const char *word, const char *const *keys, const char *key)
{
	struct suggest s;
	char remedy[HOST_MESSAGE_MAX + 1];
	size_t n;

	suggest_start(&s, key);
	for (size_t i = 0; keys[i]; i++)
		suggest_offer(&s, keys[i]);
	n = (size_t)snprintf(remedy, sizeof(remedy), "%s takes features,", word);
	for (size_t i = 0; keys[i] && n < sizeof(remedy); i++)
		n += (size_t)snprintf(remedy + n, sizeof(remedy) - n, "%s %s", i ? "," : "",
				      keys[i]);
	if (suggest_best(&s))
		snprintf(remedy, sizeof(remedy), "did you mean '%s'?", suggest_best(&s));
	words_fail(L, remedy, "%s does not understand '%.64s'", word, key);
}

void sentence_check_keys(lua_State *L, const char *word, const char *const *keys)
{
	if (lua_type(L, 1) != LUA_TTABLE)
		words_fail(L, "write it as { feature \"id\", because = \"...\" }",
			   "%s wants features and a reason in braces, got a %s", word,
			   luaL_typename(L, 1));
	for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1)) {
		size_t i = 0;

		if (lua_isinteger(L, -2))
			continue;
		if (lua_type(L, -2) != LUA_TSTRING)
			refuse_key(L, word, keys, "[...]");
		while (keys[i] && strcmp(keys[i], lua_tostring(L, -2)))
			i++;
		if (!keys[i])
			refuse_key(L, word, keys, lua_tostring(L, -2));
	}
}

const char *sentence_text(lua_State *L, const char *word, const char *key, bool must)
{
	const char *s = NULL;

	lua_pushstring(L, key);
	if (lua_rawget(L, 1) == LUA_TSTRING)
		s = words_line(L, -1, word);
	else if (!lua_isnil(L, -1))
		words_fail(L, "write it in quotes", "%s got a %s for %s", word,
			   luaL_typename(L, -1), key);
	else if (must)
		words_fail(L, "say it in one line", "%s does not say '%s'", word, key);
	lua_pop(L, 1); /* the table keeps the text alive */
	return s;
}

/* Is it said that @key = true? */
static bool take_flag(lua_State *L, const char *word, const char *key, const char *remedy)
{
	bool is_set;

	lua_pushstring(L, key);
	lua_rawget(L, 1);
	is_set = lua_toboolean(L, -1);
	if (!lua_isnil(L, -1) && lua_type(L, -1) != LUA_TBOOLEAN)
		words_fail(L, remedy, "%s got a %s for %s", word, luaL_typename(L, -1), key);
	lua_pop(L, 1);
	return is_set;
}

static bool take_override(lua_State *L, const char *word)
{
	return take_flag(L, word, "override", "write override = true, and the reason in because");
}

static bool take_opt_in(lua_State *L, const char *word)
{
	return take_flag(L, word, "opt_in", "write opt_in = true, and the reason in because");
}

/* What a verdict of @kind understands: there is nothing to opt into in what is denied. */
static const char *const *verdict_keys(enum sentence_kind kind, bool in_rule)
{
	static const char *const of_rule[] = { "because", "opt_in", "override", NULL };
	static const char *const of_rule_deny[] = { "because", "override", NULL };
	static const char *const of_file[] = { "because", "except",   "name",
					       "opt_in",  "override", NULL };
	static const char *const of_file_deny[] = { "because", "except", "name", "override", NULL };

	if (kind == SENTENCE_DENY)
		return in_rule ? of_rule_deny : of_file_deny;
	return in_rule ? of_rule : of_file;
}

/* The selection on top of the stack. */
static const struct selection *want_selection(lua_State *L, const char *word)
{
	const struct selection *s = select_words_get(L, -1);

	if (!s)
		words_fail(L, "give feature \"id\", features { ... } or everything",
			   "%s got a %s where features belong", word, luaL_typename(L, -1));
	return s;
}

static void subtract_one(lua_State *L, const char *word, struct selection *from)
{
	const struct selection *s = want_selection(L, word);

	for (size_t i = 0; i < from->nr_words; i++)
		from->words[i] &= ~s->words[i];
}

/* except = FEATURES or except = { FEATURES, FEATURES } */
static void subtract(lua_State *L, const char *word, struct selection *from)
{
	lua_pushliteral(L, "except");
	if (lua_rawget(L, 1) == LUA_TTABLE) {
		lua_Unsigned nr = lua_rawlen(L, -1);

		host_charge(L, nr * (1 + from->nr_words / 4));
		for (lua_Unsigned i = 1; i <= nr; i++) {
			lua_rawgeti(L, -1, (lua_Integer)i);
			subtract_one(L, word, from);
			lua_pop(L, 1);
		}
	} else if (!lua_isnil(L, -1)) {
		subtract_one(L, word, from);
	}
	lua_pop(L, 1);
}

struct selection *sentence_subjects(lua_State *L, const char *word)
{
	lua_Unsigned nr = lua_rawlen(L, 1);
	struct selection *s = select_words_new(L);
	const struct selection *other;

	if (!nr)
		words_fail(L, "begin with feature \"id\", features { ... } or everything",
			   "%s does not say of which features", word);
	host_charge(L, nr * (1 + s->nr_words / 4));
	for (lua_Unsigned i = 1; i <= nr; i++) {
		lua_rawgeti(L, 1, (lua_Integer)i);
		other = want_selection(L, word);
		for (size_t k = 0; k < s->nr_words; k++)
			s->words[k] |= other->words[k];
		lua_pop(L, 1);
	}
	subtract(L, word, s);
	return s;
}

/* "{level}": a reason may show what is known of the feature it is about. */
static void check_fields(lua_State *L, const char *word, const char *reason)
{
	const char *bad = sentence_bad_field(reason);
	char name[32];

	if (!bad)
		return;
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(bad, "}"), bad);
	words_fail(L, "a reason can show {id}, {title}, {section}, {state}, {level}, {security}",
		   "%s names an unknown field '{%s}' in its reason", word, name);
}

const char *sentence_reason(lua_State *L, const char *word, bool must)
{
	const char *reason = sentence_text(L, word, "because", must);

	if (reason)
		check_fields(L, word, reason);
	return reason;
}

void sentence_say(lua_State *L, struct sentence *s, const struct selection *subjects)
{
	struct host *h = host_of(L);
	long source;

	host_where(L, 0, &source, &s->line);
	s->source = (size_t)(source < 0 ? 0 : source);
	s->layer = h->layer;
	host_say(L, s);
	host_charge(L, subjects->nr_words / 4);
	for (size_t w = 0; w < subjects->nr_words; w++) {
		for (uint64_t bits = subjects->words[w]; bits; bits &= bits - 1)
			host_say_of(L, w * 64 + (size_t)__builtin_ctzll(bits),
				    h->answers->nr_sentences - 1);
	}
}

/* ---- allow, deny, require ---- */

/* A verdict is the address of nothing: a number that only this call can have made. */
static int make_pending(lua_State *L, enum sentence_kind kind)
{
	struct host *h = host_of(L);
	const char *word = host_sentence_name(kind), *reason;
	struct pending *p = &h->pending[h->nr_pending];
	long source;

	if (h->nr_pending == HOST_PENDING_MAX)
		words_fail(L, "return the first one that fits",
			   "a rule made more than %d verdicts for one feature", HOST_PENDING_MAX);
	lua_settop(L, 1);
	memset(p, 0, sizeof(*p));
	if (lua_type(L, 1) == LUA_TTABLE) {
		sentence_check_keys(L, word, verdict_keys(kind, true));
		if (lua_rawlen(L, 1))
			words_fail(L, "it is about the feature the rule was asked about",
				   "%s names features inside a rule", word);
		reason = sentence_reason(L, word, true);
		p->overrides = take_override(L, word);
		p->opt_in = take_opt_in(L, word);
	} else {
		reason = words_line(L, 1, word);
		check_fields(L, word, reason);
	}
	p->kind = kind;
	snprintf(p->reason, sizeof(p->reason), "%s", reason);
	host_where(L, 0, &source, &p->line);
	p->source = (size_t)(source < 0 ? h->source : source);
	lua_pushlightuserdata(L, (void *)(h->serial + h->nr_pending)); /* NOLINT */
	h->nr_pending++;
	return 1;
}

static int make_sentence(lua_State *L, enum sentence_kind kind)
{
	const char *word = host_sentence_name(kind);
	struct sentence s = { .kind = kind };
	struct selection *subjects;

	lua_settop(L, 1);
	sentence_check_keys(L, word, verdict_keys(kind, false));
	subjects = sentence_subjects(L, word);
	s.reason = (char *)sentence_reason(L, word, true);
	s.rule = (char *)sentence_text(L, word, "name", false);
	if (s.rule && !words_name_valid(s.rule, strlen(s.rule), ""))
		words_fail(L, "use a-z, 0-9 and _, at most 64 of them", "%s got a bad name", word);
	s.overrides = take_override(L, word);
	s.opt_in = take_opt_in(L, word);
	sentence_say(L, &s, subjects);
	return 0;
}

static int say(lua_State *L, enum sentence_kind kind)
{
	return host_of(L)->phase == PHASE_RULE ? make_pending(L, kind) : make_sentence(L, kind);
}

static int word_allow(lua_State *L)
{
	return say(L, SENTENCE_ALLOW);
}

static int word_deny(lua_State *L)
{
	return say(L, SENTENCE_DENY);
}

static int word_require(lua_State *L)
{
	return say(L, SENTENCE_REQUIRE);
}

/* ---- limit, waive ---- */

/* "16 GiB", or a whole number. */
static uint64_t take_number(lua_State *L)
{
	uint64_t value = 0;
	bool ok;

	lua_pushliteral(L, "to");
	lua_rawget(L, 1);
	if (lua_isinteger(L, -1)) {
		ok = lua_tointeger(L, -1) >= 0;
		value = (uint64_t)lua_tointeger(L, -1);
	} else {
		ok = lua_type(L, -1) == LUA_TSTRING &&
		     sentence_parse_size(lua_tostring(L, -1), &value);
	}
	if (!ok)
		words_fail(L, "write to = 8, or to = \"16 GiB\"",
			   "limit does not say a number in 'to'");
	if (!value)
		words_fail(L, "to have none of it, deny the feature", "limit to 0");
	lua_pop(L, 1);
	return value;
}

static int word_limit(lua_State *L)
{
	static const char *const keys[] = { "because", "except", "override", "to", NULL };
	struct sentence s = { .kind = SENTENCE_LIMIT };
	struct selection *subjects;

	lua_settop(L, 1);
	sentence_check_keys(L, "limit", keys);
	subjects = sentence_subjects(L, "limit");
	s.value = take_number(L);
	s.reason = (char *)sentence_reason(L, "limit", true);
	s.overrides = take_override(L, "limit");
	sentence_say(L, &s, subjects);
	return 0;
}

static int word_waive(lua_State *L)
{
	static const char *const keys[] = { "because", "conflict", "expires", "need", NULL };
	struct sentence s = { .kind = SENTENCE_WAIVE };
	struct selection *subjects;
	const char *need, *conflict;

	lua_settop(L, 1);
	sentence_check_keys(L, "waive", keys);
	subjects = sentence_subjects(L, "waive");
	need = sentence_text(L, "waive", "need", false);
	conflict = sentence_text(L, "waive", "conflict", false);
	if (!need == !conflict)
		words_fail(L, "write need = \"id\" or conflict = \"id\"",
			   "waive does not say what is waived");
	s.other = (char *)(need ? need : conflict);
	s.value = need ? WAIVED_NEED : WAIVED_CONFLICT;
	if (facts_find(host_of(L)->in->facts, s.other) < 0)
		words_fail(L, "ids are those of support/features.yaml",
			   "there is no feature '%.64s'", s.other);
	s.extra = (char *)sentence_text(L, "waive", "expires", true);
	if (!sentence_date_valid(s.extra))
		words_fail(L, "write expires = \"2027-06-30\"", "waive got no day for expires");
	s.reason = (char *)sentence_reason(L, "waive", true);
	sentence_say(L, &s, subjects);
	return 0;
}

/* ---- rule ---- */

/* The pending verdict the value at @index stands for, or NULL. */
static const struct pending *get_pending(struct host *h, int index)
{
	uintptr_t serial;

	if (lua_type(h->L, index) != LUA_TLIGHTUSERDATA)
		return NULL;
	serial = (uintptr_t)lua_touserdata(h->L, index);
	if (serial < h->serial || serial - h->serial >= h->nr_pending)
		return NULL;
	return &h->pending[serial - h->serial];
}

static bool is_same(const struct sentence *s, const struct pending *p, const char *rule)
{
	return s->kind == p->kind && s->line == p->line && s->overrides == p->overrides &&
	       s->opt_in == p->opt_in && !strcmp(s->reason, p->reason) && !strcmp(s->rule, rule);
}

#define LOOK_BACK 16 /* sentences of the same rule that may be the same */

/* A rule that says the same of many features says one sentence. */
static void say_pending(lua_State *L, struct host *h, const struct pending *p, const char *rule)
{
	struct answers *a = h->answers;
	struct sentence s = {
		.kind = p->kind,
		.layer = h->layer,
		.source = p->source,
		.line = p->line,
		.overrides = p->overrides,
		.opt_in = p->opt_in,
		.rule = (char *)rule,
		.reason = (char *)p->reason,
	};
	size_t i = a->nr_sentences, least = i > LOOK_BACK ? i - LOOK_BACK : 0;

	while (i > least && !is_same(&a->sentences[i - 1], p, rule))
		i--;
	if (i == least) {
		host_say(L, &s);
		i = a->nr_sentences;
	}
	host_say_of(L, h->feature, i - 1);
}

/* Ask the function at index 2 about one feature: nil, or a verdict made in this very call. */
static void ask(lua_State *L, struct host *h, const struct host_rule *rule)
{
	const struct pending *p;

	h->serial += h->nr_pending;
	h->nr_pending = 0;
	host_charge(L, 8);
	lua_pushvalue(L, 2);
	facts_words_push(L, h->feature);
	lua_call(L, 1, 1);
	if (!lua_isnil(L, -1)) {
		p = get_pending(h, -1);
		if (!p)
			words_fail(L, "return allow(...), deny(...), require(...) or nothing",
				   "rule \"%s\" returned a %s for feature %s", rule->name,
				   luaL_typename(L, -1), h->in->facts->features[h->feature].id);
		say_pending(L, h, p, rule->name);
	}
	lua_pop(L, 1);
}

static struct host_rule *add_rule(lua_State *L, struct host *h)
{
	struct host_rule *rule = &h->rules[h->nr_rules];
	size_t size;
	const char *name = words_text(L, 1, "rule", &size);
	long source;

	if (!words_name_valid(name, size, ""))
		words_fail(L, "use a-z, 0-9 and _, at most 64 of them", "rule() got a bad name");
	if (lua_type(L, 2) != LUA_TFUNCTION)
		words_fail(L, "write rule(\"name\", function(f) ... end)",
			   "rule \"%s\" has a %s where its function belongs", name,
			   luaL_typename(L, 2));
	if (h->nr_rules == HOST_RULES_MAX)
		words_fail(L, "merge some", "there are more than %d rules", HOST_RULES_MAX);
	host_charge(L, h->nr_rules / 8);
	for (size_t i = 0; i < h->nr_rules; i++) {
		if (!strcmp(h->rules[i].name, name))
			words_fail(L, "give each rule its own name",
				   "rule \"%s\" is already defined at %s:%u", name,
				   h->in->rules[h->rules[i].source].path, h->rules[i].line);
	}
	snprintf(rule->name, sizeof(rule->name), "%s", name);
	host_where(L, 0, &source, &rule->line);
	rule->source = (size_t)h->source;
	h->nr_rules++;
	return rule;
}

/* rule("name", function(f) ... end) */
static int word_rule(lua_State *L)
{
	struct host *h = host_of(L);
	const struct host_rule *rule;
	struct sentence s;

	lua_settop(L, 2);
	rule = add_rule(L, h);
	s = (struct sentence){ .kind = SENTENCE_RULE,
			       .layer = h->layer,
			       .source = rule->source,
			       .line = rule->line,
			       .rule = (char *)rule->name };
	host_say(L, &s);
	h->phase = PHASE_RULE;
	for (h->feature = 0; h->feature < h->in->facts->nr_features; h->feature++)
		ask(L, h, rule);
	h->phase = PHASE_RULES;
	return 0;
}

const struct word words_of_sentences[] = {
	{ "allow", word_allow, PHASE_RULES | PHASE_RULE,
	  "allow { FEATURES, because = \"...\", except = FEATURES, opt_in = true, override = true, "
	  "name = \"...\" }",
	  "Turns features on, if what they need is on. With `opt_in = true` they are in the build, "
	  "but off on every host until its administrator boots with `opt-in=ID`. Inside a rule's "
	  "function: `return allow \"why\"`, or `return allow { because = \"why\", opt_in = true "
	  "}`." },
	{ "deny", word_deny, PHASE_RULES | PHASE_RULE, "deny { FEATURES, because = \"...\", ... }",
	  "Turns features off, and with them what needs them." },
	{ "require", word_require, PHASE_RULES | PHASE_RULE,
	  "require { FEATURES, because = \"...\", opt_in = true, ... }",
	  "Turns features on, or the policy is wrong: an error if one has no code, or misses "
	  "something it needs, or if what it needs waits for an opt-in and it does not. It holds "
	  "until a later deny overrides it. Of two that conflict, "
	  "the required one stays." },
	{ "limit", word_limit, PHASE_RULES,
	  "limit { FEATURES, to = 8, because = \"...\", override = true }",
	  "The number that SUPPORT.md promises of a feature is at most this, a count or a size "
	  "such as `\"16 GiB\"`. It goes into the lock, and the build keeps to it: the hypervisor "
	  "uses no more processors and memory, and makes no more domains, than that. "
	  "`candor inspect` refuses an image whose code has a greater number. More than the "
	  "promise is an error, and so is 0." },
	{ "waive", word_waive, PHASE_RULES,
	  "waive { FEATURES, conflict = \"id\", expires = \"2027-06-30\", because = \"...\" }",
	  "Does not insist on a need (`need = \"id\"`) or a conflict of the registry, until that "
	  "date. It goes into the lock; `candor policy lint` refuses it afterwards." },
	{ "rule", word_rule, PHASE_RULES, "rule(\"name\", function(f) ... end)",
	  "For what no sentence says: the function is called with each feature in the order of "
	  "ids and returns the verdict that allow, deny or require gives it, or nothing." },
	{ 0 },
};
