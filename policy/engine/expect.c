/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sentences of a test file are gone through in order: under and suppose
 * change what a profile is resolved with, expect looks at the decisions.
 */
#include "engine/expect.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/complain.h"
#include "engine/child.h"
#include "engine/supposition.h"

#define TESTS_DIR "policy/tests"
#define UNMET_MAX 1000

struct run {
	const struct policy *p;
	struct expectations *result;
	const struct host_source *file;
	struct answers answers;
	struct supposition supposed;
	struct resolution *r; /* of the profile and suppositions that hold; NULL: not yet */
	char profile[HOST_NAME_MAX + 1];
	struct strbuf *err;
};

static int add_unmet(struct run *run, const struct sentence *s, const char *text)
{
	struct expectations *e = run->result;
	struct unmet *grown;

	if (e->nr_unmet == UNMET_MAX)
		return 0;
	grown = reallocarray(e->unmet, e->nr_unmet + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	e->unmet = grown;
	grown += e->nr_unmet++;
	grown->at = (struct place){ run->file->path, s->line };
	snprintf(grown->text, sizeof(grown->text), "%s", text);
	return 0;
}

static void forget(struct run *run)
{
	resolution_free(run->r);
	run->r = NULL;
}

/* under "...": nothing is supposed any more. */
static int do_under(struct run *run, const struct sentence *s)
{
	forget(run);
	snprintf(run->profile, sizeof(run->profile), "%s", s->extra);
	supposition_reset(&run->supposed);
	return supposition_init(&run->supposed, run->p->facts);
}

static int do_suppose(struct run *run, uint32_t sentence)
{
	const struct sentence *s = &run->answers.sentences[sentence];

	forget(run);
	for (size_t i = 0; i < run->answers.nr_verdicts; i++) {
		const struct verdict *v = &run->answers.verdicts[i];

		if (v->sentence != sentence)
			continue;
		if (*s->other)
			supposition_level(&run->supposed, v->feature, s->other,
					  *s->extra ? s->extra : NULL);
		if (s->value)
			supposition_built(&run->supposed, v->feature, s->value == SUPPOSE_BUILT);
	}
	return 0;
}

/* Does the deciding sentence stand in such a file, or in a rule of that name? */
static bool is_decided_by(const struct run *run, const struct decision *d, const char *name)
{
	struct place at = decision_place(&run->r->ruling, d->by);
	size_t n = strlen(name), m = strlen(at.file);

	if (d->by != DECISION_NONE && !strcmp(run->r->answers.sentences[d->by].rule, name))
		return true;
	return n <= m && !strcmp(at.file + m - n, name);
}

static int check_feature(struct run *run, const struct sentence *s, size_t feature)
{
	const struct decision *d = &run->r->list[feature];
	struct place at = decision_place(&run->r->ruling, d->by);
	struct strbuf reason = STRBUF_INIT;
	char text[sizeof(run->result->unmet->text)];

	run->result->nr_checks++;
	if (decision_of(d) == (enum decided)s->value &&
	    (!*s->other || is_decided_by(run, d, s->other)))
		return 0;
	decision_reason(&run->r->ruling, feature, &reason);
	snprintf(text, sizeof(text), "under %s, %s is %s by %s:%u (%s), not %s%s%s%s%s",
		 run->profile, run->r->in.facts->features[feature].id,
		 host_decided_name(decision_of(d)), at.file, at.line,
		 strbuf_str(&reason) ? strbuf_str(&reason) : "",
		 host_decided_name((enum decided)s->value), *s->other ? " by " : "", s->other,
		 *s->reason ? ": " : "", s->reason);
	strbuf_reset(&reason);
	return add_unmet(run, s, text);
}

/* Resolve what holds now, once for all expectations of it. */
static int resolve(struct run *run)
{
	const struct variation v = { .facts = &run->supposed.facts };
	int rc;

	if (run->r)
		return 0;
	rc = policy_resolve(run->p, run->profile, &v, &run->r, run->err);
	return rc ? rc : coverage_add(&run->result->coverage, run->r);
}

static int do_expect(struct run *run, uint32_t sentence)
{
	const struct sentence *s = &run->answers.sentences[sentence];
	size_t nr = 0;
	int rc = resolve(run);

	run->result->nr_expectations++;
	for (size_t i = 0; !rc && i < run->answers.nr_verdicts; i++) {
		const struct verdict *v = &run->answers.verdicts[i];

		if (v->sentence != sentence)
			continue;
		nr++;
		rc = check_feature(run, s, v->feature);
	}
	if (!rc && !nr)
		rc = add_unmet(run, s, "expects something of no feature at all");
	return rc;
}

static int do_sentence(struct run *run, uint32_t sentence)
{
	const struct sentence *s = &run->answers.sentences[sentence];

	if (s->kind == SENTENCE_EXPECT)
		return do_expect(run, sentence);
	return *s->other || s->value ? do_suppose(run, sentence) : do_under(run, s);
}

static int run_file(struct run *run)
{
	const struct host_input in = { .mode = HOST_TEST,
				       .profile = *run->file,
				       .facts = run->p->facts };
	struct host_failure f;
	int rc = child_run(&in, &run->answers, &f);

	if (rc == -EINVAL)
		complain(
			run->err,
			(struct place){ run->file->path, f.source == HOST_AT_NOTHING ? 0 : f.line },
			f.remedy, "%s", f.message);
	for (uint32_t i = 0; !rc && i < run->answers.nr_sentences; i++)
		rc = do_sentence(run, i);
	forget(run);
	supposition_reset(&run->supposed);
	answers_reset(&run->answers);
	return rc;
}

/* Every profile as it is counts for coverage, tested or not. */
static int cover_profiles(const struct policy *p, struct expectations *e, struct strbuf *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < p->nr_profiles; i++) {
		struct resolution *r;

		rc = policy_resolve(p, p->profiles[i], NULL, &r, err);
		if (rc)
			break;
		rc = coverage_add(&e->coverage, r);
		resolution_free(r);
	}
	return rc;
}

static bool has_tests(const struct policy *p)
{
	char *path = policy_path(p->tree, TESTS_DIR);
	bool has = path && !access(path, F_OK);

	free(path);
	return has;
}

int expect_run(const struct policy *p, struct expectations *ret_result, struct strbuf *err)
{
	struct expectations e = { 0 };
	size_t nr = 0;
	int rc = cover_profiles(p, &e, err);

	if (!rc && has_tests(p))
		rc = policy_read_sources(p->tree, TESTS_DIR, &e.files, &nr, err);
	e.nr_files = nr;
	for (size_t i = 0; !rc && i < nr; i++) {
		struct run run = { .p = p, .result = &e, .file = &e.files[i], .err = err };

		rc = run_file(&run);
	}
	coverage_sort(&e.coverage);
	if (rc) {
		expect_reset(&e);
		return rc;
	}
	*ret_result = e;
	return 0;
}

void expect_reset(struct expectations *e)
{
	policy_free_sources(e->files, e->nr_files);
	coverage_reset(&e->coverage);
	free(e->unmet);
	memset(e, 0, sizeof(*e));
}
