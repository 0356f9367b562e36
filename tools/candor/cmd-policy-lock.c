/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `candor policy lock`: writes locks and the records of how they were decided. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy-session.h"

#include "base/file.h"
#include "engine/difference.h"
#include "engine/record.h"

struct lock_options {
	struct policy_options common;
	const char *records;
	bool all, check;
};

/* A lock as it should be. */
struct made_lock {
	char *path; /* where it goes */
	struct strbuf text;
	char *record_path; /* where its record goes; NULL: nowhere */
	struct strbuf record;
};

/* Where the record of a decision goes: DIR/HEX.json. */
static int make_record(const struct lock_options *o, const struct resolution *r,
		       const struct lockfile *lock, struct made_lock *made)
{
	if (!o->records)
		return 0;
	if (asprintf(&made->record_path, "%s/%s.json", o->records,
		     lock->decision + strlen("sha256:")) < 0) {
		made->record_path = NULL;
		return -ENOMEM;
	}
	return record_write(r, &made->record);
}

static int make_lock(struct policy_session *s, const struct lock_options *o, const char *profile,
		     struct made_lock *made)
{
	struct resolution *r;
	struct lockfile *lock;
	int rc = policy_resolve(s->policy, profile, NULL, &r, &s->err);

	if (rc)
		return rc;
	rc = resolution_lock(r, &lock);
	if (!rc) {
		made->path = policy_path(s->tree, lock->path);
		lockfile_write(lock, &made->text);
		rc = made->path && !made->text.failed ? make_record(o, r, lock, made) : -ENOMEM;
		lockfile_destroy(lock);
	}
	resolution_free(r);
	return rc;
}

static int make_locks(struct policy_session *s, const struct lock_options *o,
		      struct made_lock *list, size_t *ret_nr)
{
	int rc = 0;

	*ret_nr = o->all ? s->policy->nr_profiles : 1;
	if (!o->all)
		return make_lock(s, o, s->profile, &list[0]);
	for (size_t i = 0; !rc && i < *ret_nr; i++)
		rc = make_lock(s, o, s->policy->profiles[i], &list[i]);
	return rc;
}

static bool is_on_disk(const char *path, const struct strbuf *want)
{
	char *text;
	size_t size;
	bool same;

	if (file_read(path, RECORD_SIZE_MAX, &text, &size))
		return false;
	same = size == want->size && !memcmp(text, want->data, size);
	free(text);
	return same;
}

/* What is right is left alone: writing a lock would configure the build again. */
static enum exit_status write_one(const char *path, const struct strbuf *text)
{
	int rc;

	if (is_on_disk(path, text)) {
		printf("kept %s\n", path);
		return EXIT_CLEAN;
	}
	rc = file_write_atomic(path, text->data, text->size);
	if (rc) {
		fprintf(stderr,
			"%s: error: cannot be written: %s\n"
			"       = make its folder writable, or free space on its disk\n",
			path, strerror(-rc));
		return EXIT_TROUBLE;
	}
	printf("wrote %s\n", path);
	return EXIT_CLEAN;
}

static enum exit_status write_locks(const struct made_lock *list, size_t nr)
{
	enum exit_status status = EXIT_CLEAN;

	for (size_t i = 0; i < nr && !status; i++) {
		if (list[i].record_path)
			status = write_one(list[i].record_path, &list[i].record);
		if (!status)
			status = write_one(list[i].path, &list[i].text);
	}
	return status;
}

static enum exit_status compare_lock(const struct made_lock *made, struct strbuf *out)
{
	char *text;
	size_t size;
	int rc = file_read(made->path, LOCKFILE_SIZE_MAX, &text, &size);
	bool same;

	if (rc == -ENOENT) {
		strbuf_printf(out, "%s: error: there is no such lock\n", made->path);
		return EXIT_FINDINGS;
	}
	if (rc) {
		fprintf(stderr, "%s: error: cannot be read: %s\n       = make it readable\n",
			made->path, strerror(-rc));
		return EXIT_TROUBLE;
	}
	same = size == made->text.size && !memcmp(text, made->text.data, size);
	if (same)
		printf("%s is what the policy decides\n", made->path);
	else
		difference_add(out, made->path, text, made->text.data);
	free(text);
	return same ? EXIT_CLEAN : EXIT_FINDINGS;
}

static enum exit_status check_locks(const struct made_lock *list, size_t nr)
{
	struct strbuf out = STRBUF_INIT;
	enum exit_status status = EXIT_CLEAN, one;

	for (size_t i = 0; i < nr && status != EXIT_TROUBLE; i++) {
		one = compare_lock(&list[i], &out);
		if (one > status)
			status = one;
	}
	if (status == EXIT_FINDINGS)
		strbuf_puts(&out,
			    "       = run `candor policy lock --all` and review the change\n");
	if (policy_print(&out))
		status = EXIT_TROUBLE;
	return status;
}

static enum exit_status run(struct policy_session *s, const struct lock_options *o)
{
	struct made_lock *list = calloc(s->policy->nr_profiles + 1, sizeof(*list));
	enum exit_status status;
	size_t nr = 0;
	int rc = list ? make_locks(s, o, list, &nr) : -ENOMEM;

	if (rc)
		status = policy_session_trouble(s, rc);
	else
		status = o->check ? check_locks(list, nr) : write_locks(list, nr);
	for (size_t i = 0; i < nr; i++) {
		free(list[i].path);
		free(list[i].record_path);
		strbuf_reset(&list[i].text);
		strbuf_reset(&list[i].record);
	}
	free(list);
	return status;
}

enum exit_status policy_lock(int argc, char **argv)
{
	struct lock_options o = { 0 };
	const struct argument rows[] = {
		POLICY_PROFILE_ROW(&o.common),
		{ "all", NULL, "every profile; nothing is written unless all succeed",
		  .flag = &o.all },
		{ "check", NULL, "write nothing; show how the locks on disk differ",
		  .flag = &o.check },
		{ "record", "DIR", "write what each was decided from into DIR, for replay",
		  .text = &o.records },
		POLICY_SITE_ROW(&o.common),
		POLICY_HOST_ROW(&o.common),
		POLICY_TREE_ROW(&o.common),
	};
	const struct argument_table table = {
		argv[0], "", "Exit status: 0 done, 1 locks differ (--check), 2 trouble.\n", rows,
		sizeof(rows) / sizeof(rows[0])
	};
	struct argument_list operands = { 0 };
	struct policy_session s;
	enum exit_status status;

	if (!policy_arguments(&table, argc, argv, 0, 0, &operands, &status))
		return status;
	if (o.all && o.common.profile) {
		fputs("candor policy: --all and --profile exclude each other\n", stderr);
		return EXIT_TROUBLE;
	}
	status = policy_session_open(&s, &o.common, FACTS_STATED);
	if (status)
		return status;
	status = run(&s, &o);
	policy_session_close(&s);
	return status;
}
