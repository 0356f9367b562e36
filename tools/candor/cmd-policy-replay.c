/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `candor policy replay`: decides again, from a record or from the tree itself. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy-session.h"

#include "base/file.h"
#include "engine/complain.h"
#include "engine/difference.h"
#include "engine/record.h"

#define DEFAULT_RECORDS "policy/records"
#define ID_LEAST 8 /* digits that name a decision */

/* Compare the lock that was with the one that comes out now. */
static enum exit_status judge(const char *what, const char *old, size_t old_size,
			      const struct strbuf *now)
{
	struct strbuf out = STRBUF_INIT;
	bool same = now->size == old_size && !memcmp(now->data, old, old_size);

	if (same)
		strbuf_printf(&out, "%s: decided again: the same %zu bytes\n", what, old_size);
	else
		difference_add(&out, what, old, strbuf_str(now));
	if (policy_print(&out))
		return EXIT_TROUBLE;
	return same ? EXIT_CLEAN : EXIT_FINDINGS;
}

static int read_record(const char *path, struct record **ret_record, struct strbuf *err)
{
	char *text;
	size_t size;
	int rc = file_read(path, RECORD_SIZE_MAX, &text, &size);

	if (rc == -ENOMEM)
		return rc;
	if (rc) {
		complain(err, (struct place){ path, 0 },
			 "give a record that `candor policy lock --record` wrote",
			 "cannot be read: %s", strerror(-rc));
		return -EINVAL;
	}
	rc = record_parse(path, text, size, ret_record, err);
	free(text);
	return rc;
}

static enum exit_status replay_record(const char *path)
{
	struct policy_session s = { .err = STRBUF_INIT };
	struct strbuf now = STRBUF_INIT;
	struct record *record = NULL;
	enum exit_status status;
	int rc = read_record(path, &record, &s.err);

	if (!rc)
		rc = record_decide(record, &now, &s.err);
	if (!rc && !strbuf_str(&now))
		rc = -ENOMEM;
	status = rc ? policy_session_trouble(&s, rc)
		    : judge(path, record->lock, record->lock_size, &now);
	record_free(record);
	strbuf_reset(&now);
	strbuf_reset(&s.err);
	return status;
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

/* Decide one profile now; *@ret_is: its decision begins with the digits. */
static int decide_profile(struct policy_session *s, const char *profile, const char *digits,
			  struct strbuf *now, char **ret_path, bool *ret_is)
{
	struct resolution *r;
	struct lockfile *lock;
	int rc = policy_resolve(s->policy, profile, NULL, &r, &s->err);

	if (rc)
		return rc;
	rc = resolution_lock(r, &lock);
	if (!rc) {
		*ret_is = !strncmp(lock->decision + strlen("sha256:"), digits, strlen(digits));
		if (*ret_is) {
			lockfile_write(lock, now);
			*ret_path = policy_path(s->tree, lock->path);
			rc = strbuf_str(now) && *ret_path ? 0 : -ENOMEM;
		}
		lockfile_destroy(lock);
	}
	resolution_free(r);
	return rc;
}

static enum exit_status judge_lock(const char *path, const struct strbuf *now)
{
	char *text;
	size_t size;
	enum exit_status status;
	int rc = file_read(path, LOCKFILE_SIZE_MAX, &text, &size);

	if (rc) {
		printf("%s: decided again; there is no lock to compare it with\n", path);
		return EXIT_CLEAN;
	}
	status = judge(path, text, size, now);
	free(text);
	return status;
}

/* What is still in the tree needs no record. */
static enum exit_status replay_tree(struct policy_session *s, const char *digits,
				    const char *records)
{
	struct strbuf now = STRBUF_INIT;
	enum exit_status status = EXIT_TROUBLE;
	char *path = NULL;
	bool is = false;
	int rc = 0;

	for (size_t i = 0; !rc && !is && i < s->policy->nr_profiles; i++)
		rc = decide_profile(s, s->policy->profiles[i], digits, &now, &path, &is);
	if (!rc && !is) {
		complain(&s->err, (struct place){ records, 0 },
			 "give the folder that `candor policy lock --record` wrote to: --records "
			 "DIR",
			 "no record, and no profile of the tree, has the decision %s", digits);
		rc = -EINVAL;
	}
	status = rc ? policy_session_trouble(s, rc) : judge_lock(path, &now);
	strbuf_reset(&now);
	free(path);
	return status;
}

static enum exit_status replay_id(const struct policy_options *o, const char *given,
				  const char *digits)
{
	char *standard = policy_path(o->tree ? o->tree : ".", DEFAULT_RECORDS);
	const char *records = given ? given : standard;
	size_t nr = 0;
	char *path = records ? find_record(records, digits, &nr) : NULL;
	struct policy_session s;
	enum exit_status status = EXIT_TROUBLE;

	if (nr > 1) {
		fprintf(stderr,
			"%s: error: %zu records begin with %s\n       = give more of the id\n",
			records, nr, digits);
	} else if (path) {
		status = replay_record(path);
	} else if (!policy_session_open(&s, o, FACTS_STATED)) {
		status = replay_tree(&s, digits, records ? records : DEFAULT_RECORDS);
		policy_session_close(&s);
	}
	free(path);
	free(standard);
	return status;
}

enum exit_status policy_replay(int argc, char **argv)
{
	struct policy_options o = { 0 };
	const char *records = NULL;
	const struct argument rows[] = {
		{ "records", "DIR", "where records are (default: policy/records)",
		  .text = &records },
		POLICY_SITE_ROW(&o),
		POLICY_HOST_ROW(&o),
		POLICY_TREE_ROW(&o),
	};
	const struct argument_table table = {
		argv[0], "ID|FILE",
		"ID is a decision's, or its first 8 digits or more; FILE is a record, NAME.json.\n"
		"A decision whose inputs are still in the tree needs no record.\n\n"
		"Exit status: 0 the same bytes, 1 others, 2 trouble.\n",
		rows, sizeof(rows) / sizeof(rows[0])
	};
	struct argument_list operands = { 0 };
	enum exit_status status;
	const char *digits;

	if (!policy_arguments(&table, argc, argv, 1, 1, &operands, &status))
		return status;
	digits = digits_of(operands.values[0]);
	return digits ? replay_id(&o, records, digits) : replay_record(operands.values[0]);
}
