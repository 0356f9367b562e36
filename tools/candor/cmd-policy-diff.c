/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `candor policy diff`: two profiles, locks or records side by side. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy-session.h"

#include "base/file.h"
#include "engine/compare.h"
#include "engine/complain.h"
#include "engine/json.h"
#include "engine/record.h"

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && !strcmp(s + n - m, end);
}

static int read_record_lock(const char *path, const char *text, size_t size,
			    struct lockfile **ret_lock, struct strbuf *err)
{
	struct record *record;
	int rc = record_parse(path, text, size, &record, err);

	if (rc)
		return rc;
	rc = lockfile_parse(path, record->lock, record->lock_size, ret_lock, err);
	record_free(record);
	return rc;
}

static int read_file_lock(const char *path, struct lockfile **ret_lock, struct strbuf *err)
{
	char *text;
	size_t size;
	int rc = file_read(path, RECORD_SIZE_MAX, &text, &size);

	if (rc == -ENOMEM)
		return rc;
	if (rc) {
		complain(err, (struct place){ path, 0 },
			 "give a profile, a lock NAME.lock, or a record ID.json",
			 "cannot be read: %s", strerror(-rc));
		return -EINVAL;
	}
	rc = ends_with(path, ".json") ? read_record_lock(path, text, size, ret_lock, err)
				      : lockfile_parse(path, text, size, ret_lock, err);
	free(text);
	return rc;
}

/* A file where the name looks like one, else a profile of the tree, decided now. */
static int read_side(struct policy_session *s, const char *name, struct lockfile **ret_lock)
{
	struct resolution *r;
	int rc;

	if (strchr(name, '/') || ends_with(name, ".lock") || ends_with(name, ".json"))
		return read_file_lock(name, ret_lock, &s->err);
	rc = policy_resolve(s->policy, name, NULL, &r, &s->err);
	if (rc)
		return rc;
	rc = resolution_lock(r, ret_lock);
	resolution_free(r);
	return rc;
}

static enum exit_status print(const struct comparison *c, bool json)
{
	struct strbuf out = STRBUF_INIT;
	size_t nr = compare_text(c, &out);
	enum exit_status status;
	json_t *root;

	if (json) {
		strbuf_reset(&out);
		root = compare_json(c);
		json_object_set_new(root, "format", json_integer(1));
		json_print(root, JSON_PAGE, &out);
	}
	status = policy_print(&out);
	return !status && nr ? EXIT_FINDINGS : status;
}

static enum exit_status run(struct policy_session *s, const char *from, const char *to)
{
	struct comparison c = { .from_name = from, .to_name = to, .facts = s->facts };
	struct lockfile *a = NULL, *b = NULL;
	struct advisories advisories = { 0 };
	enum exit_status status;
	int rc = read_side(s, from, &a);

	if (!rc)
		rc = read_side(s, to, &b);
	if (!rc)
		rc = advisories_read(s->tree, &advisories, &s->err);
	c.from = a;
	c.to = b;
	c.advisories = &advisories;
	status = rc ? policy_session_trouble(s, rc) : print(&c, s->options->json);
	advisories_reset(&advisories);
	lockfile_destroy(a);
	lockfile_destroy(b);
	return status;
}

enum exit_status policy_diff(int argc, char **argv)
{
	struct policy_options o = { 0 };
	const struct argument rows[] = { POLICY_JSON_ROW(&o), POLICY_SITE_ROW(&o),
					 POLICY_HOST_ROW(&o), POLICY_TREE_ROW(&o) };
	const struct argument_table table = {
		argv[0], "A B",
		"A and B are profiles of the tree, locks (NAME.lock) or records (ID.json).\n\n"
		"Exit status: 0 the same, 1 different, 2 trouble.\n",
		rows, sizeof(rows) / sizeof(rows[0])
	};
	struct argument_list operands = { 0 };
	struct policy_session s;
	enum exit_status status;

	if (!policy_arguments(&table, argc, argv, 2, 2, &operands, &status))
		return status;
	status = policy_session_open(&s, &o, FACTS_STATED);
	if (status)
		return status;
	status = run(&s, operands.values[0], operands.values[1]);
	policy_session_close(&s);
	return status;
}
