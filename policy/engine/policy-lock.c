/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lock of a resolution: every decision with its place, and digests of all inputs. */
#include "engine/policy.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "engine/sentence.h"
#include "engine/taint.h"

static int lock_source(struct lockfile *lock, const struct host_source *s)
{
	char hash[LOCK_HASH_SIZE], hex[65];

	sha256_hex(s->text, s->size, hex);
	snprintf(hash, sizeof(hash), "sha256:%s", hex);
	return lockfile_add_input(lock, s->path, hash);
}

static int lock_decision(struct lockfile *lock, const struct resolution *r, size_t feature)
{
	const struct decision *d = &r->list[feature];
	struct place at = decision_place(&r->ruling, d->by);
	struct strbuf comment = STRBUF_INIT;
	int rc = -ENOMEM;

	strbuf_printf(&comment, "%s:%u ", at.file, at.line);
	decision_reason(&r->ruling, feature, &comment);
	if (strbuf_str(&comment))
		rc = lockfile_add_feature(lock, r->in.facts->features[feature].id, decision_of(d),
					  strbuf_str(&comment));
	strbuf_reset(&comment);
	return rc;
}

/* A comment of "FILE:LINE reason" for a limit or waiver; NULL when out of memory. */
static char *sentence_comment(const struct resolution *r, uint32_t sentence, size_t feature)
{
	struct place at = decision_place(&r->ruling, sentence);
	struct strbuf comment = STRBUF_INIT;

	strbuf_printf(&comment, "%s:%u ", at.file, at.line);
	sentence_fill(r->answers.sentences[sentence].reason, &r->in.facts->features[feature],
		      &comment);
	if (strbuf_str(&comment))
		return comment.data;
	strbuf_reset(&comment);
	return NULL;
}

static int lock_limit(struct lockfile *lock, const struct resolution *r, size_t feature)
{
	const struct decision *d = &r->list[feature];
	char *comment;
	int rc;

	if (d->limit == DECISION_NONE)
		return 0;
	comment = sentence_comment(r, d->limit, feature);
	if (!comment)
		return -ENOMEM;
	rc = lockfile_add_limit(lock, r->in.facts->features[feature].id,
				r->answers.sentences[d->limit].value, comment);
	free(comment);
	return rc;
}

/* Of several waivers for the same, the last one counts. */
static int lock_waivers(struct lockfile *lock, const struct resolution *r, size_t feature)
{
	const struct decision *d = &r->list[feature];
	int rc = 0;

	for (uint32_t i = 0; !rc && i < d->nr; i++) {
		uint32_t index = r->answers.verdicts[d->first + i].sentence;
		const struct sentence *s = &r->answers.sentences[index];
		char *comment;

		if (s->kind != SENTENCE_WAIVE ||
		    decision_waiver(&r->ruling, feature, (enum waived)s->value, s->other) != index)
			continue;
		comment = sentence_comment(r, index, feature);
		if (!comment)
			return -ENOMEM;
		rc = lockfile_add_waiver(lock, r->in.facts->features[feature].id,
					 s->value == WAIVED_NEED ? "need" : "conflict", s->other,
					 s->extra, comment);
		free(comment);
	}
	return rc;
}

/* What a host shows while the feature is active; for one plainly on, who said so and why. */
static int lock_taint(struct lockfile *lock, const struct resolution *r, size_t feature)
{
	const struct fact_feature *f = &r->in.facts->features[feature];
	const struct decision *d = &r->list[feature];
	const struct taint *taint = d->on ? taint_of(f) : NULL;
	char *comment;
	int rc;

	if (!taint)
		return 0;
	rc = lockfile_add_taint(lock, f->id, taint->letter, taint->text);
	if (rc || d->opt_in || d->by == DECISION_NONE || !r->answers.sentences[d->by].overrides)
		return rc;
	comment = sentence_comment(r, d->by, feature);
	if (!comment)
		return -ENOMEM;
	rc = lockfile_add_accepts(lock, f->id, taint->letter, comment);
	free(comment);
	return rc;
}

/* "id,id": those of @refs that are opt-in too and not waived; "" for none. */
static int list_opt_ins(const struct resolution *r, size_t feature, const struct fact_ref *refs,
			size_t nr, bool are_needs, struct strbuf *out)
{
	for (size_t i = 0; i < nr; i++) {
		long other = facts_find(r->in.facts, refs[i].id);

		if (other < 0 || !r->list[other].opt_in ||
		    (are_needs && decision_waiver(&r->ruling, feature, WAIVED_NEED, refs[i].id) !=
					  DECISION_NONE))
			continue;
		strbuf_printf(out, "%s%s", out->size ? "," : "", refs[i].id);
	}
	return strbuf_str(out) ? 0 : -ENOMEM;
}

/* What is asked for at boot cannot do without, and what it brings. */
static int lock_opt_in(struct lockfile *lock, const struct resolution *r, size_t feature)
{
	const struct fact_feature *f = &r->in.facts->features[feature];
	struct strbuf needs = STRBUF_INIT, implies = STRBUF_INIT;
	int rc = 0;

	if (!r->list[feature].opt_in)
		return 0;
	rc = list_opt_ins(r, feature, f->needs, f->nr_needs, true, &needs);
	if (!rc)
		rc = list_opt_ins(r, feature, f->implies, f->nr_implies, false, &implies);
	if (!rc && needs.size)
		rc = lockfile_add_needs(lock, f->id, strbuf_str(&needs), "opt in to these too");
	if (!rc && implies.size)
		rc = lockfile_add_implies(lock, f->id, strbuf_str(&implies),
					  "opted into along with it");
	strbuf_reset(&needs);
	strbuf_reset(&implies);
	return rc;
}

/* The facts of a dry run have a digest of their own. */
static int facts_hash_of(const struct resolution *r, char ret_hash[LOCK_HASH_SIZE])
{
	if (r->in.facts != r->policy->facts)
		return policy_hash_facts(r->in.facts, ret_hash);
	memcpy(ret_hash, r->policy->facts_hash, LOCK_HASH_SIZE);
	return 0;
}

static int fill_lock(struct lockfile *lock, const struct resolution *r)
{
	char hash[LOCK_HASH_SIZE];
	int rc = facts_hash_of(r, hash);

	if (!rc)
		rc = lockfile_add_input(lock, "facts", hash);
	if (!rc)
		rc = lock_source(lock, &r->in.profile);
	for (size_t i = 0; !rc && i < r->answers.nr_used; i++)
		rc = lock_source(lock, &r->in.rules[r->answers.used[i].source]);
	for (size_t i = 0; !rc && i < r->in.facts->nr_features; i++) {
		rc = lock_decision(lock, r, i);
		if (!rc)
			rc = lock_limit(lock, r, i);
		if (!rc)
			rc = lock_waivers(lock, r, i);
		if (!rc)
			rc = lock_taint(lock, r, i);
		if (!rc)
			rc = lock_opt_in(lock, r, i);
	}
	return rc ? rc : lockfile_seal(lock);
}

int resolution_lock(const struct resolution *r, struct lockfile **ret_lock)
{
	struct lockfile *lock;
	char *path = policy_lock_path(r->profile);
	int rc;

	if (!path)
		return -ENOMEM;
	lock = lockfile_create(path, r->profile, FACTS_TARGET);
	free(path);
	if (!lock)
		return -ENOMEM;
	rc = fill_lock(lock, r);
	if (rc) {
		lockfile_destroy(lock);
		return rc;
	}
	*ret_lock = lock;
	return 0;
}
