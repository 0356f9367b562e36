/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a lock and a statement say of features. */
#include "host/known.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "engine/complain.h"

int known_read_lock(struct known *k, const char *path, struct strbuf *err)
{
	char *text;
	size_t size;
	int rc = file_read(path, LOCKFILE_SIZE_MAX, &text, &size);

	if (rc) {
		complain(err, (struct place){ path, 0 }, "name the lock that the build was made of",
			 "cannot be read: %s", strerror(-rc));
		return rc;
	}
	rc = lockfile_parse(path, text, size, &k->lock, err);
	free(text);
	return rc;
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

static int read_installed_tree(struct known *k, const char *root, struct strbuf *err)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s%s/SUPPORT.md", root, KNOWN_TREE) >=
		    (int)sizeof(path) ||
	    access(path, F_OK))
		return 0;
	path[strlen(path) - strlen("/SUPPORT.md")] = '\0';
	return facts_load(path, FACTS_STATED, &k->facts, err);
}

int known_read(struct known *k, const char *root, const char *profile, const char *lock,
	       const char *tree, struct strbuf *err)
{
	int rc = lock ? known_read_lock(k, lock, err) : read_installed_lock(k, root, profile, err);

	if (!rc)
		rc = tree ? facts_load(tree, FACTS_STATED, &k->facts, err)
			  : read_installed_tree(k, root, err);
	if (rc)
		known_reset(k);
	return rc;
}

void known_reset(struct known *k)
{
	lockfile_destroy(k->lock);
	facts_destroy(k->facts);
	*k = (struct known){ 0 };
}

const struct fact_feature *known_fact(const struct known *k, const char *id)
{
	long at = k->facts ? facts_find(k->facts, id) : -1;

	return at < 0 ? NULL : &k->facts->features[at];
}

const struct lock_entry *known_verdict(const struct known *k, const char *id)
{
	return k->lock ? lockfile_feature(k->lock, id) : NULL;
}

char known_taint(const struct known *k, const char *id)
{
	const struct fact_feature *f = known_fact(k, id);
	const struct taint *taint = f ? taint_of(f) : NULL;

	return taint ? taint->letter : '\0';
}
