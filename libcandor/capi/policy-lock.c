/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Locks and the records of how they were decided; two of them side by side. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/complain.h"
#include "base/file.h"
#include "capi/memory.h"
#include "capi/policy-session.h"
#include "engine/compare.h"
#include "engine/difference.h"
#include "engine/json.h"
#include "engine/record.h"

/* ---- lock, record ---- */

typedef int lock_fn(struct policy_session *s, const struct lockfile *lock);

static int render_by_lock(struct render *r, lock_fn *write)
{
	struct lockfile *lock = NULL;
	struct policy_session s;
	int rc = policy_session_begin(&s, r, FACTS_STATED);

	if (!rc)
		rc = policy_session_lock(&s, s.profile, NULL, &lock);
	if (!rc)
		rc = write(&s, lock);
	lockfile_destroy(lock);
	return policy_session_end(&s, rc);
}

static int write_lock(struct policy_session *s, const struct lockfile *lock)
{
	lockfile_write(lock, s->r->out);
	return 0;
}

static int render_lock(struct render *r)
{
	return render_by_lock(r, write_lock);
}

/* How the lock on disk differs from what is decided. */
static int write_patch(struct policy_session *s, const struct lockfile *lock)
{
	char *path = policy_path(s->tree, lock->path), *text = NULL;
	struct strbuf now = STRBUF_INIT;
	size_t size;
	bool same = false;
	int rc = path ? file_read(path, LOCKFILE_SIZE_MAX, &text, &size) : -ENOMEM;

	lockfile_write(lock, &now);
	if (!rc && !strbuf_str(&now))
		rc = -ENOMEM;
	if (rc == -ENOENT) {
		strbuf_printf(s->r->out, "%s: error: there is no such lock\n", path);
		rc = 0;
	} else if (rc && rc != -ENOMEM) {
		complain(&s->err, (struct place){ path, 0 }, "make it readable",
			 "cannot be read: %s", strerror(-rc));
	} else if (!rc) {
		same = size == now.size && !memcmp(text, now.data, size);
		if (same)
			strbuf_printf(s->r->out, "%s is what the policy decides\n", path);
		else
			difference_add(s->r->out, path, text, strbuf_str(&now));
	}
	strbuf_reset(&now);
	free(text);
	free(path);
	return rc ? rc : same ? 0 : CANDOR_NO;
}

static int render_patch(struct render *r)
{
	return render_by_lock(r, write_patch);
}

static int render_record(struct render *r)
{
	return policy_session_render(r, record_write);
}

/* ---- diff ---- */

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
	int rc = complain_read(err, path, RECORD_SIZE_MAX,
			       "give a profile, a lock NAME.lock, or a record ID.json", &text,
			       &size);

	if (rc)
		return rc;
	rc = ends_with(path, ".json") ? read_record_lock(path, text, size, ret_lock, err)
				      : lockfile_parse(path, text, size, ret_lock, err);
	free(text);
	return rc;
}

/* A file where the name looks like one, else a profile of the tree, decided now. */
static int read_side(struct policy_session *s, const char *name, struct lockfile **ret_lock)
{
	if (strchr(name, '/') || ends_with(name, ".lock") || ends_with(name, ".json"))
		return read_file_lock(name, ret_lock, &s->err);
	return policy_session_lock(s, name, NULL, ret_lock);
}

/* How many decisions differ. */
typedef size_t compare_fn(const struct comparison *c, struct strbuf *out);

static size_t write_json(const struct comparison *c, struct strbuf *out)
{
	struct strbuf text = STRBUF_INIT;
	size_t nr = compare_text(c, &text);
	json_t *root = compare_json(c);

	strbuf_reset(&text);
	json_object_set_new(root, "format", json_integer(1));
	json_print(root, JSON_PAGE, out);
	return nr;
}

static int compare_sides(struct policy_session *s, const char *from, const char *to,
			 compare_fn *write)
{
	struct comparison c = { .from_name = from, .to_name = to, .facts = s->facts };
	struct lockfile *a = NULL, *b = NULL;
	struct advisories advisories = { 0 };
	int rc = read_side(s, from, &a);

	if (!rc)
		rc = read_side(s, to, &b);
	if (!rc)
		rc = advisories_read(s->tree, &advisories, &s->err);
	c.from = a;
	c.to = b;
	c.advisories = &advisories;
	if (!rc)
		rc = write(&c, s->r->out) ? CANDOR_NO : 0;
	advisories_reset(&advisories);
	lockfile_destroy(a);
	lockfile_destroy(b);
	return rc;
}

static int render_diff(struct render *r, compare_fn *write)
{
	struct policy_session s;
	struct render_list sides;
	int rc = render_values(r, "side", &sides);

	if (rc)
		return rc;
	if (sides.nr != 2)
		return error_set(r->error, -EINVAL, NULL, "name two profiles, locks or records",
				 "%zu sides are given", sides.nr);
	rc = policy_session_begin(&s, r, FACTS_STATED);
	if (!rc)
		rc = compare_sides(&s, sides.values[0], sides.values[1], write);
	return policy_session_end(&s, rc);
}

static int render_diff_text(struct render *r)
{
	return render_diff(r, compare_text);
}

static int render_diff_json(struct render *r)
{
	return render_diff(r, write_json);
}

static const struct candor_option profile_options[] = {
	POLICY_PROFILE_OPTION,
	POLICY_RULES_OPTIONS,
	{ 0 },
};
static const struct candor_option diff_options[] = {
	{ "side", "NAME", "a profile, a lock NAME.lock or a record ID.json: two", true, { NULL } },
	POLICY_RULES_OPTIONS,
	{ 0 },
};

const struct render_row render_policy_locks[] = {
	{ "policy-lock", "lock", "what a profile decides, as the build reads it", profile_options,
	  RENDER_ANYTIME, render_lock },
	{ "policy-lock", "patch", "how the lock on disk differs; \"no\": it does", profile_options,
	  RENDER_ANYTIME, render_patch },
	{ "policy-record", "json", "a decision with all it was made from", profile_options,
	  RENDER_ANYTIME, render_record },
	{ "policy-diff", "text", "what two decide otherwise; \"no\": something", diff_options,
	  RENDER_ANYTIME, render_diff_text },
	{ "policy-diff", "json", "the same for programs", diff_options, RENDER_ANYTIME,
	  render_diff_json },
	{ 0 },
};
