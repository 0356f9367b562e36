/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the cases of a statement that a question is about. */
#include "query/select.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/strbuf.h"
#include "base/text.h"

struct word {
	const char *word;
	unsigned int set;
};

static const struct word arch_words[] = {
	{ "x86", ARCH_X86 },	   { "x86-64", ARCH_X86 },
	{ "x86_64", ARCH_X86 },	   { "arm32", ARCH_ARM32 },
	{ "arm64", ARCH_ARM64 },   { "arm", ARCH_ARM32 | ARCH_ARM64 },
	{ "aarch64", ARCH_ARM64 }, { NULL, 0 },
};
static const struct word guest_words[] = {
	{ "pv", GUEST_PV },
	{ "pvh", GUEST_PVH },
	{ "hvm", GUEST_HVM },
	{ NULL, 0 },
};
static const struct word role_words[] = {
	{ "dom0", ROLE_DOM0 },
	{ "domu", ROLE_DOMU },
	{ NULL, 0 },
};
static const struct word width_words[] = {
	{ "32", WIDTH_32 },
	{ "64", WIDTH_64 },
	{ NULL, 0 },
};
static const struct word level_words[] = {
	{ "unknown", 1 << LEVEL_UNKNOWN },
	{ "list", 1 << LEVEL_LIST },
	{ "not-supported", 1 << LEVEL_NOT_SUPPORTED },
	{ "experimental", 1 << LEVEL_EXPERIMENTAL },
	{ "tech-preview", 1 << LEVEL_TECH_PREVIEW },
	{ "deprecated", 1 << LEVEL_DEPRECATED },
	{ "supported", 1 << LEVEL_SUPPORTED },
	{ NULL, 0 },
};
static const struct word security_words[] = {
	{ "unknown", 1 << SECURITY_UNKNOWN }, { "no", 1 << SECURITY_NO },
	{ "caveats", 1 << SECURITY_CAVEATS }, { "external", 1 << SECURITY_EXTERNAL },
	{ "yes", 1 << SECURITY_YES },	      { NULL, 0 },
};

static const struct {
	const char *name;
	const struct word *words;
	bool has_order; /* "WORD+" is that and all stronger ones */
} axes[] = {
	[SELECT_ARCH] = { "architecture", arch_words, false },
	[SELECT_GUEST] = { "guest type", guest_words, false },
	[SELECT_ROLE] = { "role", role_words, false },
	[SELECT_WIDTH] = { "width", width_words, false },
	[SELECT_LEVEL] = { "level", level_words, true },
	[SELECT_SECURITY] = { "security support", security_words, true },
};

/* cppcheck-suppress constParameter ; what is pointed to is written */
static unsigned int *axis_set(struct selection *s, enum select_axis axis)
{
	/* cppcheck-suppress constVariable ; likewise */
	unsigned int *const sets[] = {
		[SELECT_ARCH] = &s->archs,   [SELECT_GUEST] = &s->guests,
		[SELECT_ROLE] = &s->roles,   [SELECT_WIDTH] = &s->widths,
		[SELECT_LEVEL] = &s->levels, [SELECT_SECURITY] = &s->securities,
	};

	return sets[axis];
}

/* "Tech Preview" and "tech_preview" are "tech-preview". */
static void normalize(const char *word, char *ret_name, size_t size)
{
	snprintf(ret_name, size, "%s", word);
	for (char *p = ret_name; *p; p++) {
		if (*p == ' ' || *p == '_')
			*p = '-';
	}
}

static bool no_word(enum select_axis axis, const char *word, struct history_trouble *trouble)
{
	struct strbuf sb = STRBUF_INIT;
	unsigned int limit = text_tolerance(strlen(word));
	const char *near = NULL;

	for (const struct word *w = axes[axis].words; w->word; w++) {
		unsigned int distance = text_distance(w->word, word, limit);

		if (distance <= limit) {
			near = w->word;
			limit = distance ? distance - 1 : 0;
		}
		strbuf_printf(&sb, "%s%s", sb.size ? ", " : "", w->word);
	}
	snprintf(trouble->message, sizeof(trouble->message), "no %s '%s'%s%s%s", axes[axis].name,
		 word, near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
	snprintf(trouble->remedy, sizeof(trouble->remedy), "choose of %s%s",
		 strbuf_str(&sb) ? strbuf_str(&sb) : "",
		 axes[axis].has_order ? "; WORD+ is that or better" : "");
	strbuf_reset(&sb);
	return false;
}

bool select_add(struct selection *selection, enum select_axis axis, const char *word,
		struct history_trouble *trouble)
{
	char name[64];
	size_t size;
	bool more;

	normalize(word, name, sizeof(name));
	/* Words that are no level have an underscore: "x86_64". */
	if (!axes[axis].has_order)
		snprintf(name, sizeof(name), "%s", word);
	size = strlen(name);
	more = axes[axis].has_order && size && name[size - 1] == '+';
	if (more)
		name[size - 1] = '\0';
	for (const struct word *w = axes[axis].words; w->word; w++) {
		if (strcasecmp(w->word, name))
			continue;
		/* The bits of a level and of those above it. */
		*axis_set(selection, axis) |= more ? ~(w->set - 1) : w->set;
		return true;
	}
	return no_word(axis, word, trouble);
}

static bool is_part(const char *text, const char *part)
{
	return strcasestr(text, part) != NULL;
}

static bool has_part(const struct select_list *list, const char *text)
{
	for (size_t i = 0; i < list->nr; i++) {
		if (is_part(text, list->values[i]))
			return true;
	}
	return !list->nr;
}

static bool has_id(const struct select_list *list, const struct book *book, const struct fact *fact)
{
	for (size_t i = 0; i < list->nr; i++) {
		const char *id = list->values[i];
		const struct feature *f = book_feature(book, id);

		if (!strcasecmp(fact->id, f ? f->id : id) || !strcasecmp(fact->slug, id) ||
		    !strcasecmp(fact->claim.slug, id))
			return true;
	}
	return !list->nr;
}

static bool has_words(const struct select_list *words, const struct fact *fact)
{
	const char *const texts[] = { fact->id,		 fact->title,	fact->section,
				      fact->description, fact->caveats, fact->claim.qualifier,
				      fact->claim.value };
	bool all = true;

	for (size_t i = 0; i < words->nr && all; i++) {
		bool found = false;

		for (size_t j = 0; j < sizeof(texts) / sizeof(texts[0]) && !found; j++)
			found = is_part(texts[j], words->values[i]);
		all = found;
	}
	return all;
}

/* Does the set have one of those asked for? */
static bool meets(unsigned int asked, unsigned int set)
{
	return !asked || asked & set;
}

bool select_fits(const struct selection *selection, const struct book *book,
		 const struct fact *fact)
{
	const struct claim *c = &fact->claim;

	return meets(selection->archs, c->archs) && meets(selection->guests, c->guests) &&
	       meets(selection->roles, c->roles) && meets(selection->widths, c->widths) &&
	       meets(selection->levels, 1u << c->level) &&
	       meets(selection->securities, 1u << c->security) &&
	       has_id(&selection->ids, book, fact) && has_part(&selection->titles, fact->title) &&
	       has_part(&selection->sections, fact->section) &&
	       has_part(&selection->implementations, c->implementation) &&
	       has_words(&selection->words, fact);
}

enum release_window select_window(const struct snapshot *s, long long time)
{
	const char *initial = book_release(s, "Initial-Release");
	const char *supported = book_release(s, "Supported-Until");
	const char *security = book_release(s, "Security-Support-Until");
	long long released, until, security_until;

	if (!initial || !history_parse_time(initial, &released))
		return initial ? WINDOW_UNRELEASED : WINDOW_UNKNOWN;
	/* A date is its last second, but a release is out from its first. */
	if (time <= released - 86400)
		return WINDOW_UNRELEASED;
	if (!supported || !history_parse_time(supported, &until))
		return WINDOW_UNKNOWN;
	if (time <= until)
		return WINDOW_SUPPORTED;
	if (!security || !history_parse_time(security, &security_until))
		return WINDOW_UNKNOWN;
	return time <= security_until ? WINDOW_SECURITY_ONLY : WINDOW_ENDED;
}

const char *select_window_name(enum release_window window)
{
	static const char *const names[] = {
		[WINDOW_UNKNOWN] = "unknown",	  [WINDOW_UNRELEASED] = "unreleased",
		[WINDOW_SUPPORTED] = "supported", [WINDOW_SECURITY_ONLY] = "security-only",
		[WINDOW_ENDED] = "ended",
	};

	return names[window];
}

int select_answer(const struct selection *selection, struct book *book, struct answer *answer)
{
	const struct snapshot *s = answer->statement;

	answer->facts = arena_alloc(book_arena(book), (s->nr_facts + 1) * sizeof(*answer->facts));
	if (!answer->facts)
		return -ENOMEM;
	for (size_t i = 0; i < s->nr_facts; i++) {
		if (select_fits(selection, book, s->facts[i].fact))
			answer->facts[answer->nr_facts++] = &s->facts[i];
	}
	return 0;
}
