/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a lock and a statement say of features. */
#include "host/known.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* What the library says of a failure, with all it complains of where that is more. */
static int tell(const struct candor *c, int rc, const struct candor_error *e, struct strbuf *err)
{
	const char *all = candor_complaints(c);

	if (rc == -ENOMEM)
		return rc;
	if (all[0])
		strbuf_puts(err, all);
	else
		strbuf_printf(err, "error: %s\n       = %s\n", e->message, e->remedy);
	return rc;
}

static int open_handle(struct known *k)
{
	return k->candor ? 0 : candor_create(NULL, &k->candor);
}

int known_read_lock(struct known *k, const char *path, struct strbuf *err)
{
	struct candor_error e;
	int rc = open_handle(k);

	if (rc)
		return rc;
	rc = candor_read_lock(k->candor, path, &e);
	if (rc)
		return tell(k->candor, rc, &e, err);
	k->has_lock = candor_show_lock(k->candor, &k->lock);
	return 0;
}

/* The lock that is installed with the image of that profile. */
static int read_installed_lock(struct known *k, const char *root, const char *profile,
			       struct strbuf *err)
{
	char path[PATH_MAX];

	if (!profile[0] || profile[0] == '.' || strchr(profile, '/'))
		return 0;
	if (snprintf(path, sizeof(path), "%s%s/%s/candor.lock", root, KNOWN_LOCKS, profile) >=
		    (int)sizeof(path) ||
	    access(path, F_OK))
		return 0;
	return known_read_lock(k, path, err);
}

/* ---- the statement ---- */

static int add_text(void *err, const char *data, size_t size)
{
	strbuf_add(err, data, size);
	return 0;
}

/* A registry or statement with errors in it says nothing that can be relied on. */
static int refuse_errors(struct candor *c, struct strbuf *err)
{
	struct candor_diagnostic d;
	struct candor_error e;
	size_t i = 0;
	int rc;

	while (candor_diagnostic_at(c, i, &d) && (d.severity != CANDOR_ERROR || !d.at.file))
		i++;
	if (!candor_diagnostic_at(c, i, &d))
		return 0;
	rc = candor_render(c, "diagnostics", "text", NULL, add_text, err, &e);
	return rc ? tell(c, rc, &e, err) : -EINVAL;
}

static int set_file(struct candor *c, const char *option, const char *tree, const char *name,
		    struct candor_error *e)
{
	const bool is_here = !strcmp(tree, ".");
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s%s%s", is_here ? "" : tree, is_here ? "" : "/", name) >=
	    (int)sizeof(path)) {
		*e = (struct candor_error){ .message = "the tree's path is too long",
					    .remedy = "give a shorter one" };
		return -ENAMETOOLONG;
	}
	return candor_set(c, option, path, e);
}

static int read_tree(struct known *k, const char *tree, struct strbuf *err)
{
	struct candor_error e;
	int rc = open_handle(k);

	if (rc)
		return rc;
	rc = set_file(k->candor, "registry", tree, "support/features.yaml", &e);
	if (!rc)
		rc = set_file(k->candor, "statement", tree, "SUPPORT.md", &e);
	if (!rc)
		rc = candor_load(k->candor, &e);
	return rc ? tell(k->candor, rc, &e, err) : refuse_errors(k->candor, err);
}

static int read_installed_tree(struct known *k, const char *root, struct strbuf *err)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s%s/SUPPORT.md", root, KNOWN_TREE) >=
		    (int)sizeof(path) ||
	    access(path, F_OK))
		return 0;
	path[strlen(path) - strlen("/SUPPORT.md")] = '\0';
	return read_tree(k, path, err);
}

int known_read(struct known *k, const char *root, const char *profile, const char *lock,
	       const char *tree, struct strbuf *err)
{
	int rc = lock ? known_read_lock(k, lock, err) : read_installed_lock(k, root, profile, err);

	if (!rc)
		rc = tree ? read_tree(k, tree, err) : read_installed_tree(k, root, err);
	if (rc)
		known_reset(k);
	return rc;
}

void known_reset(struct known *k)
{
	candor_destroy(k->candor);
	*k = (struct known){ 0 };
}

/* ---- what they say ---- */

struct known_fact known_fact(const struct known *k, const char *id)
{
	struct candor_standing s;

	if (!k->candor || !candor_standing_named(k->candor, id, CANDOR_ARCH_X86, &s))
		return (struct known_fact){ 0 };
	return (struct known_fact){
		.level = s.at.file ? candor_level_name(s.level) : "not stated",
		.security = candor_security_name(s.security),
		.taint = s.taint.letter,
		.cost = s.taint.meaning,
		.is_secure = s.security == CANDOR_SECURITY_YES,
	};
}

struct candor_verdict known_verdict(const struct known *k, const char *id)
{
	struct candor_verdict verdict;

	if (!k->has_lock || !candor_verdict_named(k->candor, id, &verdict))
		return (struct candor_verdict){ 0 };
	return verdict;
}
