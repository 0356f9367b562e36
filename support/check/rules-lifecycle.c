/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules about the life of a release: which dates and versions it may have on its
 * channel, and how long it is supported beside other branches.
 */
#include "private.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"

#define NR_PARTS 4

/* The dates of a release, in the order they must have. */
static const char *const date_keys[] = { "Initial-Release", "Supported-Until",
					 "Security-Support-Until" };

#define NR_DATES (sizeof(date_keys) / sizeof(date_keys[0]))

static const struct release_key *find_key(const struct statement *s, const char *name)
{
	for (size_t i = 0; i < s->nr_keys; i++) {
		if (!strcmp(s->keys[i].key, name))
			return &s->keys[i];
	}
	return NULL;
}

/* "Xen-Version", "Candor-Version": the first key that ends so. */
static const struct release_key *find_version(const struct statement *s)
{
	static const char end[] = "-Version";

	for (size_t i = 0; i < s->nr_keys; i++) {
		size_t size = strlen(s->keys[i].key);

		if (size >= sizeof(end) && !strcmp(s->keys[i].key + size - sizeof(end) + 1, end))
			return &s->keys[i];
	}
	return NULL;
}

/* "n/a", "TBD" and sentences are for what is to come; digits mean a date. */
static bool means_date(const char *text)
{
	return isdigit((unsigned char)text[0]);
}

/* The value of a key that holds a date, or NULL. */
static const char *date_of(const struct statement *s, const char *name)
{
	const struct release_key *k = find_key(s, name);

	return k && date_is_valid(k->value) ? k->value : NULL;
}

/* A version's numbers; *@ret_suffix is what follows them. False: it starts with none. */
static bool take_version(const char *text, unsigned long parts[NR_PARTS], const char **ret_suffix)
{
	memset(parts, 0, NR_PARTS * sizeof(*parts));
	for (size_t i = 0; i < NR_PARTS; i++) {
		char *end;

		if (!isdigit((unsigned char)*text))
			return false;
		parts[i] = strtoul(text, &end, 10);
		text = end;
		if (*text != '.')
			break;
		text += i + 1 < NR_PARTS;
	}
	*ret_suffix = text;
	return true;
}

static bool is_suffix(const char *suffix)
{
	static const char *const words[] = { "unstable", "rc", "dev", "pre", "alpha", "beta" };

	suffix += *suffix == '-';
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t n = strlen(words[i]);

		if (!strncmp(suffix, words[i], n))
			return !suffix[n + strspn(suffix + n, "0123456789.-")];
	}
	return false;
}

static bool has_suffix(const struct statement *s)
{
	const struct release_key *k = find_version(s);
	unsigned long parts[NR_PARTS];
	const char *suffix;

	return k && take_version(k->value, parts, &suffix) && *suffix;
}

enum channel channel_of(const struct model *m, const struct statement *s)
{
	const char *until = date_of(s, "Supported-Until");

	if (m->channel != CHANNEL_UNKNOWN)
		return m->channel;
	if (has_suffix(s) || !date_of(s, "Initial-Release"))
		return CHANNEL_UNSTABLE;
	return m->today && until && strcmp(until, m->today) < 0 ? CHANNEL_SECURITY
								: CHANNEL_RELEASE;
}

bool same_series(const struct statement *a, const struct statement *b)
{
	const struct release_key *x = find_version(a), *y = find_version(b);
	unsigned long p[NR_PARTS], q[NR_PARTS];
	const char *suffix;

	return x && y && take_version(x->value, p, &suffix) && take_version(y->value, q, &suffix) &&
	       p[0] == q[0] && p[1] == q[1];
}

static bool is_sane_year(const char *date)
{
	return strcmp(date, "1990") >= 0 && strcmp(date, "2200") < 0;
}

void rule_bad_date(struct model *m, const struct rule *rule)
{
	for (size_t i = 0; i < m->nr_statements; i++) {
		for (size_t j = 0; j < NR_DATES; j++) {
			const struct release_key *k = find_key(m->statements[i], date_keys[j]);

			if (!k || !means_date(k->value))
				continue;
			if (!date_is_valid(k->value))
				model_report(m, rule->severity, rule->id, k->at,
					     "write YYYY-MM-DD, or TBD", "'%s' is no date: '%s'",
					     k->key, k->value);
			else if (!is_sane_year(k->value))
				model_report(m, rule->severity, rule->id, k->at, "correct the year",
					     "'%s' is in no year of software: '%s'", k->key,
					     k->value);
		}
	}
}

void rule_bad_version(struct model *m, const struct rule *rule)
{
	for (size_t i = 0; i < m->nr_statements; i++) {
		const struct statement *s = m->statements[i];
		const struct release_key *k = find_version(s);
		enum channel channel = channel_of(m, s);
		unsigned long parts[NR_PARTS];
		const char *suffix;

		if (!k)
			continue;
		if (!take_version(k->value, parts, &suffix) || (*suffix && !is_suffix(suffix)))
			model_report(m, rule->severity, rule->id, k->at,
				     "write numbers with dots between, and -unstable, -rc1 or -dev "
				     "for what is no release",
				     "'%s' is no version: '%s'", k->key, k->value);
		else if (*suffix && channel != CHANNEL_UNSTABLE)
			model_report(m, rule->severity, rule->id, k->at,
				     "write the version that is released",
				     "version '%s' is no release's, but the channel is %s",
				     k->value, model_channel_name(channel));
	}
}

void rule_placeholder(struct model *m, const struct rule *rule)
{
	for (size_t i = 0; i < m->nr_statements; i++) {
		const struct statement *s = m->statements[i];
		enum channel channel = channel_of(m, s);

		for (size_t j = 0; j < NR_DATES && channel != CHANNEL_UNSTABLE; j++) {
			const struct release_key *k = find_key(s, date_keys[j]);

			if (k && !means_date(k->value))
				model_report(m, rule->severity, rule->id, k->at,
					     "write the date: YYYY-MM-DD",
					     "'%s' is '%s', but the channel is %s", k->key,
					     k->value, model_channel_name(channel));
		}
	}
}

void rule_missing_key(struct model *m, const struct rule *rule)
{
	for (size_t i = 0; i < m->nr_statements; i++) {
		const struct statement *s = m->statements[i];
		enum channel channel = channel_of(m, s);
		struct pos at = s->nr_keys ? s->keys[0].at : (struct pos){ s->path, 0, 0 };

		if (channel == CHANNEL_UNSTABLE)
			continue;
		for (size_t j = 0; j < NR_DATES; j++) {
			if (!find_key(s, date_keys[j]))
				model_report(m, rule->severity, rule->id, at, "add it",
					     "the release block has no '%s'", date_keys[j]);
		}
		if (!find_version(s))
			model_report(m, rule->severity, rule->id, at, "add it",
				     "the release block has no version");
	}
}

/* Windows */

static void check_order(struct model *m, const struct rule *rule, const struct statement *s)
{
	const struct release_key *last = NULL;

	for (size_t j = 0; j < NR_DATES; j++) {
		const struct release_key *k = find_key(s, date_keys[j]);

		if (!k || !date_is_valid(k->value))
			continue;
		if (last && strcmp(k->value, last->value) < 0)
			model_report(m, rule->severity, rule->id, k->at, "correct one of them",
				     "'%s' is before '%s', %s", k->key, last->key, last->value);
		else
			last = k;
	}
}

static void check_start(struct model *m, const struct rule *rule, const struct statement *s)
{
	const struct release_key *k = find_key(s, "Initial-Release");
	enum channel channel = channel_of(m, s);

	if (m->today && k && date_is_valid(k->value) && strcmp(k->value, m->today) > 0 &&
	    m->channel != CHANNEL_UNKNOWN && channel != CHANNEL_UNSTABLE)
		model_report(m, rule->severity, rule->id, k->at, "correct the date, or the channel",
			     "the release is to come, on %s, but the channel is %s", k->value,
			     model_channel_name(channel));
}

/* Is the version of @a before that of @b? */
static bool is_before(const struct statement *a, const struct statement *b)
{
	const struct release_key *x = find_version(a), *y = find_version(b);
	unsigned long p[NR_PARTS], q[NR_PARTS];
	const char *suffix;

	if (!x || !y || !take_version(x->value, p, &suffix) || !take_version(y->value, q, &suffix))
		return false;
	for (size_t i = 0; i < NR_PARTS; i++) {
		if (p[i] != q[i])
			return p[i] < q[i];
	}
	return false;
}

/* No date of the older branch may be behind the newer one's. */
static void check_branches(struct model *m, const struct rule *rule, const struct statement *s,
			   const struct statement *other)
{
	bool newer = is_before(other, s), older = is_before(s, other);

	for (size_t j = 0; j < NR_DATES && (newer || older); j++) {
		const struct release_key *k = find_key(s, date_keys[j]);
		const char *date = date_of(other, date_keys[j]);
		int order = k && date && date_is_valid(k->value) ? strcmp(k->value, date) : 0;

		if ((newer && order < 0) || (older && order > 0))
			model_report(m, rule->severity, rule->id, k->at, "correct one of them",
				     "'%s' is %s that of the %s version %s, %s", k->key,
				     newer ? "before" : "after", newer ? "older" : "newer",
				     find_version(other)->value, date);
	}
}

void rule_support_window(struct model *m, const struct rule *rule)
{
	for (size_t i = 0; i < m->nr_statements; i++) {
		const struct statement *s = m->statements[i];

		check_order(m, rule, s);
		check_start(m, rule, s);
		for (size_t b = 0; b < m->nr_branches; b++) {
			for (size_t j = 0; j < m->branches[b]->nr_statements; j++)
				check_branches(m, rule, s, m->branches[b]->statements[j]);
		}
	}
}

/* Previews */

/* The feature's first claim that is a preview's, or NULL. */
static const struct claim *find_preview(const struct feature *f)
{
	for (const struct claim *c = f->claims; c; c = c->next_of_feature) {
		if (c->level == LEVEL_EXPERIMENTAL || c->level == LEVEL_TECH_PREVIEW)
			return c;
	}
	return NULL;
}

static bool is_version(const char *text)
{
	unsigned long parts[NR_PARTS];
	const char *suffix;

	return take_version(text, parts, &suffix) && (!*suffix || is_suffix(suffix));
}

void rule_unreviewed_preview(struct model *m, const struct rule *rule)
{
	for (size_t i = 0; i < m->nr_features; i++) {
		const struct feature *f = m->features[i];
		const struct claim *c = f->state == FEATURE_BUILT ? find_preview(f) : NULL;
		const char *lacks = !f->since || !is_version(f->since)		    ? "since"
				    : !f->review_by || !date_is_valid(f->review_by) ? "review_by"
										    : NULL;

		if (!c || !lacks)
			continue;
		model_report(m, rule->severity, rule->id, f->at,
			     "write 'since: \"VERSION\"' and 'review_by: YYYY-MM-DD'",
			     "'%s' is %s, but '%s' is %s", f->id, model_level_name(c->level), lacks,
			     (*lacks == 's' ? f->since : f->review_by) ? "none" : "missing");
		model_about(m, f->id);
	}
}

void rule_overdue_review(struct model *m, const struct rule *rule)
{
	for (size_t i = 0; i < m->nr_features && m->today; i++) {
		const struct feature *f = m->features[i];

		if (f->state == FEATURE_BUILT && find_preview(f) && f->review_by &&
		    date_is_valid(f->review_by) && strcmp(f->review_by, m->today) < 0)
			model_report(m, rule->severity, rule->id, f->at,
				     "raise or remove it, or set another date and say why",
				     "preview '%s' was to be looked at again by %s", f->id,
				     f->review_by);
	}
}
