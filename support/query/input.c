/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads a statement from a file or from git. */
#include "query/input.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

void input_close(struct input_place *place)
{
	history_close(place->opened);
	place->opened = NULL;
}

static int say(struct history_trouble *trouble, int rc, const char *name, const char *what,
	       const char *remedy)
{
	snprintf(trouble->message, sizeof(trouble->message), "%s: %s", name, what);
	snprintf(trouble->remedy, sizeof(trouble->remedy), "%s", remedy);
	return rc;
}

static bool is_file(const char *name)
{
	return *name == '/' || !strncmp(name, "./", 2) || !strncmp(name, "../", 3) ||
	       !access(name, F_OK);
}

/* Open the repository once. */
static int open_repo(struct input_place *place, const char *name, struct history_trouble *trouble)
{
	int rc = place->opened ? 0 : history_open(place->repo, trouble, &place->opened);

	if (rc == -ENOENT)
		say(trouble, rc, name, "no such file, and no git repository to find a revision in",
		    "name a file that is there, or a repository by --repo");
	return rc;
}

static int read_revision(struct input_place *place, const char *name,
			 struct history_trouble *trouble, char **ret_text, size_t *ret_size)
{
	const char *colon = strchr(name, ':');
	const char *path = colon && colon[1] ? colon + 1 : place->path;
	char *rev = strndup(name, colon ? (size_t)(colon - name) : strlen(name));
	char id[HISTORY_ID_SIZE];
	int rc = rev ? open_repo(place, name, trouble)
		     : say(trouble, -ENOMEM, name, "out of memory", "free memory");

	if (!rc) {
		rc = history_resolve(place->opened, rev, trouble, id);
		if (rc == -ENOENT)
			say(trouble, rc, name, "no such file, nor a revision of git",
			    "see `git log --oneline --all` for revisions there are");
	}
	if (!rc)
		rc = history_read_blob(place->opened, rev, path, BOOK_TEXT_MAX, trouble, ret_text,
				       ret_size);
	free(rev);
	return rc;
}

int input_read(struct input_place *place, const char *name, struct history_trouble *trouble,
	       char **ret_text, size_t *ret_size)
{
	int rc;

	if (!is_file(name))
		return read_revision(place, name, trouble, ret_text, ret_size);
	rc = file_read(name, BOOK_TEXT_MAX, ret_text, ret_size);
	return rc ? say(trouble, rc, name, strerror(-rc),
			"name a statement that is there and can be read, or a git revision")
		  : 0;
}

int input_load(struct input_place *place, const char *name, struct book *book,
	       struct history_trouble *trouble, const struct snapshot **ret_snapshot)
{
	bool has_path = is_file(name) || (strchr(name, ':') && strchr(name, ':')[1]);
	size_t size;
	char *text, *path = NULL;
	int rc = input_read(place, name, trouble, &text, &size);

	if (rc)
		return rc;
	if (asprintf(&path, "%s%s%s", name, has_path || strchr(name, ':') ? "" : ":",
		     has_path ? "" : place->path) < 0)
		path = NULL;
	rc = path ? book_read(book, name, path, text, size, ret_snapshot) : -ENOMEM;
	free(text);
	free(path);
	if (rc == -EINVAL)
		return say(trouble, rc, name, "it is no statement as `candor statement` writes it",
			   "see what `candor check --statement FILE` says of it");
	if (rc)
		return say(trouble, rc, name, "out of memory", "free memory");
	if (!(*ret_snapshot)->nr_facts)
		return say(
			trouble, -EINVAL, name, "it states nothing under '# Feature Support'",
			"name a SUPPORT.md; `candor check --statement FILE` tells what is wrong");
	return 0;
}
