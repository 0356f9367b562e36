/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decides again, from a record or from the tree itself. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/complain.h"
#include "base/file.h"
#include "capi/memory.h"
#include "capi/policy-session.h"
#include "engine/difference.h"
#include "engine/record.h"

#define DEFAULT_RECORDS "policy/records"
#define ID_LEAST 8 /* digits that name a decision */

/* Compare the lock that was with the one that comes out now. */
static int judge(struct strbuf *out, const char *what, const char *old, size_t old_size,
		 const struct strbuf *now)
{
	bool same = now->size == old_size && !memcmp(now->data, old, old_size);

	if (same)
		strbuf_printf(out, "%s: decided again: the same %zu bytes\n", what, old_size);
	else
		difference_add(out, what, old, strbuf_str(now));
	return same ? 0 : CANDOR_NO;
}

static int read_record(const char *path, struct record **ret_record, struct strbuf *err)
{
	char *text;
	size_t size;
	int rc = complain_read(err, path, RECORD_SIZE_MAX,
			       "give a record that `candor policy lock --record` wrote", &text,
			       &size);

	if (rc)
		return rc;
	rc = record_parse(path, text, size, ret_record, err);
	free(text);
	return rc;
}

static int replay_record(const char *path, struct strbuf *out, struct strbuf *err)
{
	struct strbuf now = STRBUF_INIT;
	struct record *record = NULL;
	int rc = read_record(path, &record, err);

	if (!rc)
		rc = record_decide(record, &now, err);
	if (!rc && !strbuf_str(&now))
		rc = -ENOMEM;
	if (!rc)
		rc = judge(out, path, record->lock, record->lock_size, &now);
	record_free(record);
	strbuf_reset(&now);
	return rc;
}

/* ---- by id ---- */

/* The hexadecimal digits of an id or its beginning; NULL when it is none. */
static const char *digits_of(const char *id)
{
	const char *digits = strncmp(id, "sha256:", 7) ? id : id + 7;
	size_t n = strlen(digits);

	if (n < ID_LEAST || n > 64 || strspn(digits, "0123456789abcdef") != n)
		return NULL;
	return digits;
}

/* The one record in @dir whose name begins with the digits; *@ret_nr: how many there are. */
static char *find_record(const char *dir, const char *digits, size_t *ret_nr)
{
	DIR *d = opendir(dir);
	char *found = NULL;
	struct dirent *e;

	*ret_nr = 0;
	while (d && (e = readdir(d))) {
		size_t n = strlen(e->d_name);

		if (n != 64 + strlen(".json") || strcmp(e->d_name + 64, ".json") != 0 ||
		    strncmp(e->d_name, digits, strlen(digits)) != 0)
			continue;
		free(found);
		if (asprintf(&found, "%s/%s", dir, e->d_name) < 0)
			found = NULL;
		(*ret_nr)++;
	}
	if (d)
		closedir(d);
	return found;
}

/* Is a decision's id one that begins with the digits? */
static bool is_decision(const struct lockfile *lock, const char *digits)
{
	return !strncmp(lock->decision + strlen("sha256:"), digits, strlen(digits));
}

static int judge_lock(struct policy_session *s, const struct lockfile *lock)
{
	char *path = policy_path(s->tree, lock->path), *text;
	struct strbuf now = STRBUF_INIT;
	size_t size;
	int rc = path ? 0 : -ENOMEM;

	lockfile_write(lock, &now);
	if (!rc && !strbuf_str(&now))
		rc = -ENOMEM;
	if (!rc && file_read(path, LOCKFILE_SIZE_MAX, &text, &size)) {
		strbuf_printf(s->r->out, "%s: decided again; there is no lock to compare it with\n",
			      path);
	} else if (!rc) {
		rc = judge(s->r->out, path, text, size, &now);
		free(text);
	}
	strbuf_reset(&now);
	free(path);
	return rc;
}

/* What is still in the tree needs no record. */
static int replay_tree(struct policy_session *s, const char *digits, const char *records)
{
	for (size_t i = 0; i < s->policy->nr_profiles; i++) {
		struct lockfile *lock;
		int rc = policy_session_lock(s, s->policy->profiles[i], NULL, &lock);
		bool is = !rc && is_decision(lock, digits);

		if (is)
			rc = judge_lock(s, lock);
		if (rc >= 0)
			lockfile_destroy(lock);
		if (rc || is)
			return rc;
	}
	complain(&s->err, (struct place){ records, 0 },
		 "give the folder that `candor policy lock --record` wrote to: --records DIR",
		 "no record, and no profile of the tree, has the decision %s", digits);
	return -EINVAL;
}

static int replay_here(struct render *r, const char *digits, const char *records)
{
	struct policy_session s;
	int rc = policy_session_begin(&s, r, FACTS_STATED);

	return policy_session_end(&s, rc ? rc : replay_tree(&s, digits, records));
}

static int replay_file(struct render *r, const char *path)
{
	struct strbuf err = STRBUF_INIT;
	int rc = replay_record(path, r->out, &err);

	if (rc < 0)
		rc = render_complaints(r, rc, &err);
	strbuf_reset(&err);
	return rc;
}

static int replay_id(struct render *r, const char *digits)
{
	const char *tree = handle_value(r->c, OPTION_TREE), *given = render_option(r, "records");
	char *standard = policy_path(tree ? tree : ".", DEFAULT_RECORDS);
	const char *records = given ? given : standard;
	size_t nr = 0;
	char *path = records ? find_record(records, digits, &nr) : NULL;
	int rc;

	if (!records)
		rc = error_memory(r->error);
	else if (nr > 1)
		rc = error_set(r->error, -EINVAL, records, "give more of the id",
			       "%zu records begin with %s", nr, digits);
	else if (path)
		rc = replay_file(r, path);
	else
		rc = replay_here(r, digits, records);
	free(path);
	free(standard);
	return rc;
}

static int render_replay(struct render *r)
{
	const char *decision = render_option(r, "decision");
	const char *digits = decision ? digits_of(decision) : NULL;

	if (!decision)
		return render_lacks(r, "decision");
	return digits ? replay_id(r, digits) : replay_file(r, decision);
}

static const struct candor_option replay_options[] = {
	{ "decision", "ID|FILE", "a decision's id or its beginning, or a record", false, { NULL } },
	{ "records", "DIR", "where records are (default: policy/records)", false, { NULL } },
	POLICY_RULES_OPTIONS,
	{ 0 },
};

const struct render_row render_policy_replays[] = {
	{ "policy-replay", "text", "decided again from what is recorded; \"no\": otherwise",
	  replay_options, RENDER_ANYTIME, render_replay },
	{ 0 },
};
