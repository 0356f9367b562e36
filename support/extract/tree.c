/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Walks a source tree. Most files of a large tree hold no annotation, so a file
 * is first searched for the macros' common prefix and only then scanned.
 */
#include "extract/extract.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "extract/ahead.h"
#include "extract/entries.h"
#include "extract/macros.h"
#include "private.h"

#define DEPTH_MAX 64
#define FILE_MAX ((size_t)16 << 20)

enum language {
	LANGUAGE_NONE,
	LANGUAGE_C,
	LANGUAGE_COMMENTS,
};

struct suffix {
	const char *text;
	enum language language;
};

static const struct suffix suffixes[] = {
	{ ".c", LANGUAGE_C },	       { ".h", LANGUAGE_C },
	{ ".def", LANGUAGE_C },	       { ".inc", LANGUAGE_C },
	{ ".py", LANGUAGE_COMMENTS },  { ".sh", LANGUAGE_COMMENTS },
	{ ".S", LANGUAGE_COMMENTS },   { ".s", LANGUAGE_COMMENTS },
	{ ".lua", LANGUAGE_COMMENTS }, { ".build", LANGUAGE_COMMENTS },
};

struct walk {
	struct model *m;
	const char *root;
	const struct tree_files *files; /* instead of @root */
	struct strmap other_trees;	/* of @files: folders that are trees of their own */
	char *buffer;			/* of the file at hand, reused */
	size_t buffer_size;
	unsigned int depth;
	const struct tree_observer *observer; /* of the first walk; NULL */
	int (*visit)(struct walk *w, const char *path, enum language language, const char *text,
		     size_t size);
	const char *mark;     /* what a text must hold to be of use to @visit */
	struct ahead *ahead;  /* of the walk at hand; NULL: files are read where they are met */
	struct macros macros; /* of limits; second walk */
};

static enum language find_language(const char *name)
{
	const char *dot = strrchr(name, '.');

	for (size_t i = 0; dot && i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		if (!strcmp(dot, suffixes[i].text))
			return suffixes[i].language;
	}
	return LANGUAGE_NONE;
}

static void report_unreadable(struct walk *w, const char *path, int error)
{
	const char *name = model_copy(w->m, path, strlen(path));

	model_report(w->m, SEVERITY_ERROR, "unreadable", (struct pos){ name, 0, 0 },
		     "make it readable, or move it out of the tree", "cannot read: %s",
		     strerror(error));
}

/* Fill w->buffer; *@ret_size bytes and a NUL. 0 or -errno. */
static int fill_buffer(struct walk *w, int fd, size_t *ret_size)
{
	struct stat st;
	size_t size = 0;

	if (fstat(fd, &st))
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	if ((unsigned long long)st.st_size > FILE_MAX)
		return -EFBIG;
	if (w->buffer_size < (size_t)st.st_size + 1) {
		free(w->buffer);
		w->buffer_size = (size_t)st.st_size * 2 + 65536;
		w->buffer = malloc(w->buffer_size);
		if (!w->buffer) {
			w->buffer_size = 0;
			return -ENOMEM;
		}
	}
	while (size < (size_t)st.st_size) {
		ssize_t n = read(fd, w->buffer + size, (size_t)st.st_size - size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			break;
		size += (size_t)n;
	}
	w->buffer[size] = '\0';
	*ret_size = size;
	return 0;
}

/* Take what stands in for a file; false when nothing does. */
static bool fill_from_overlay(struct walk *w, const char *path, size_t *ret_size, int *ret_rc)
{
	const struct source *s = strmap_get(&w->m->overlay, path);

	if (!s)
		return false;
	*ret_rc = 0;
	if (!w->buffer || w->buffer_size < s->size + 1) {
		free(w->buffer);
		w->buffer = malloc(s->size + 1);
		w->buffer_size = w->buffer ? s->size + 1 : 0;
		*ret_rc = w->buffer ? 0 : -ENOMEM;
	}
	if (!*ret_rc)
		memcpy(w->buffer, s->text, s->size + 1);
	*ret_size = s->size;
	return true;
}

static int look_at(struct walk *w, const struct ahead_file *f, const char *text, size_t size)
{
	enum language language = (enum language)f->tag;
	int rc = 0;

	if (f->is_wanted && w->observer)
		rc = w->observer->take(w->observer->context, f->path, text, size);
	return rc || language == LANGUAGE_NONE ? rc : w->visit(w, f->path, language, text, size);
}

static int read_and_look(struct walk *w, const struct ahead_file *f)
{
	size_t size = 0;
	int rc;

	if (!fill_from_overlay(w, f->path, &size, &rc))
		rc = fill_buffer(w, f->fd, &size);
	if (rc == -ENOMEM)
		return rc;
	if (!rc)
		return look_at(w, f, w->buffer, size);
	report_unreadable(w, f->path, -rc);
	return 0;
}

/* Is it worth looking at? On another thread: nothing is changed, nothing allocated. */
static bool is_of_use(const void *context, const struct ahead_file *f)
{
	const struct walk *w = context;

	if (f->is_wanted &&
	    (!w->observer->is_of_use ||
	     w->observer->is_of_use(w->observer->context, f->path, f->text, f->size)))
		return true;
	return f->tag != LANGUAGE_NONE && text_find(f->text, f->size, w->mark, strlen(w->mark));
}

/* Look at the oldest file that was given to be read ahead; false: there is none. */
static bool take_back(struct walk *w, int *rc)
{
	struct ahead_file f;

	if (!ahead_take(w->ahead, &f))
		return false;
	if (!*rc && !f.is_read)
		*rc = read_and_look(w, &f);
	else if (!*rc && f.is_of_use)
		*rc = look_at(w, &f, f.text, f.size);
	close(f.fd);
	free(f.path);
	return true;
}

static int give_ahead(struct walk *w, const struct ahead_file *f)
{
	struct ahead_file given = *f;
	int rc = 0;

	if (ahead_is_full(w->ahead))
		take_back(w, &rc);
	given.path = rc ? NULL : strdup(f->path);
	if (!given.path) {
		close(f->fd);
		return rc ? rc : -ENOMEM;
	}
	ahead_give(w->ahead, &given);
	return 0;
}

static int visit_file(struct walk *w, int dir, const char *name, char *path)
{
	struct ahead_file f = {
		.path = path,
		.tag = find_language(name),
		.is_wanted = w->observer && w->observer->wants(w->observer->context, path),
	};
	int rc = 0;

	if (f.tag == LANGUAGE_NONE && !f.is_wanted)
		return 0;
	f.fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (f.fd < 0) {
		report_unreadable(w, path, errno);
		return 0;
	}
	if (w->ahead && !strmap_get(&w->m->overlay, path))
		return give_ahead(w, &f);
	/* In the order of the walk. */
	while (w->ahead && take_back(w, &rc))
		;
	if (!rc)
		rc = read_and_look(w, &f);
	close(f.fd);
	return rc;
}

static bool is_skipped_folder(const char *name)
{
	return name[0] == '.' || !strncmp(name, "build", 5) || !strcmp(name, "out") ||
	       !strcmp(name, "__pycache__");
}

/* A folder below the root with a statement or registry of its own. */
static bool is_other_tree(struct walk *w, int dir, const struct entries *entries)
{
	return w->depth &&
	       ((entries_have(entries, "SUPPORT.md") && !faccessat(dir, "SUPPORT.md", F_OK, 0)) ||
		(entries_have(entries, "support") &&
		 !faccessat(dir, "support/features.yaml", F_OK, 0)));
}

static int walk_folder(struct walk *w, int parent, const char *name, const char *path);

static int visit_entry(struct walk *w, int dir, const struct entry *entry, char *path)
{
	if (entry->type == DT_REG)
		return visit_file(w, dir, entry->name, path);
	if (entry->type == DT_DIR && !is_skipped_folder(entry->name))
		return walk_folder(w, dir, entry->name, path);
	return 0;
}

static int visit_entries(struct walk *w, int dir, const struct entries *entries, const char *path)
{
	int rc = 0;

	for (size_t i = 0; i < entries->nr && !rc; i++) {
		const struct entry *entry = &entries->list[i];
		char *entry_path;

		if (asprintf(&entry_path, "%s%s%s", path, *path ? "/" : "", entry->name) < 0)
			return -ENOMEM;
		rc = visit_entry(w, dir, entry, entry_path);
		free(entry_path);
	}
	return rc;
}

static int walk_open(struct walk *w, int dir, const char *path)
{
	struct entries entries;
	int rc = entries_read(dir, &entries);

	if (rc == -ENOMEM)
		return rc;
	if (rc) {
		report_unreadable(w, path, -rc);
		return 0;
	}
	if (!is_other_tree(w, dir, &entries)) {
		w->depth++;
		rc = visit_entries(w, dir, &entries, path);
		w->depth--;
	}
	entries_reset(&entries);
	return rc;
}

static int walk_folder(struct walk *w, int parent, const char *name, const char *path)
{
	int dir = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	int rc = 0;

	if (dir < 0 || w->depth >= DEPTH_MAX)
		report_unreadable(w, path, dir < 0 ? errno : ELOOP);
	else
		rc = walk_open(w, dir, path);
	if (dir >= 0)
		close(dir);
	return rc;
}

/* Texts that stand in for files which are not there yet */

static bool is_entered(struct walk *w, char *path);

/* A path that names a file of the tree, and does not climb out of it. */
static bool is_below(const char *path)
{
	return path[0] != '/' && strncmp(path, "../", 3) && !strstr(path, "/../") &&
	       !strstr(path, "//") && strncmp(path, "./", 2);
}

static int visit_text(struct walk *w, int root, const struct source *text)
{
	enum language language = find_language(text->path);
	size_t size = 0;
	bool entered;
	char *path;
	int rc = 0;

	/* What is there was visited, or left out, when the folders were walked. */
	if (language == LANGUAGE_NONE || !is_below(text->path) ||
	    !faccessat(root, text->path, F_OK, AT_SYMLINK_NOFOLLOW))
		return 0;
	path = strdup(text->path);
	if (!path)
		return -ENOMEM;
	entered = is_entered(w, path);
	free(path);
	if (!entered)
		return 0;
	if (text->size > FILE_MAX) {
		report_unreadable(w, text->path, EFBIG);
		return 0;
	}
	if (!fill_from_overlay(w, text->path, &size, &rc) || rc)
		return rc;
	return w->visit(w, text->path, language, w->buffer, size);
}

static int walk_texts(struct walk *w, int root)
{
	int rc = 0;

	for (size_t i = 0; i < w->m->overlay.nr_slots && !rc; i++) {
		const struct strmap_slot *slot = &w->m->overlay.slots[i];

		if (slot->key)
			rc = visit_text(w, root, slot->value);
	}
	return rc;
}

/* Trees that are not on disk */

/* Remember the folder that holds "SUPPORT.md" or "support/features.yaml". */
static int note_other_tree(struct walk *w, const char *path)
{
	static const char *const marks[] = { "/SUPPORT.md", "/support/features.yaml" };

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		size_t size = strlen(path), mark_size = strlen(marks[i]);
		char *folder;

		if (size <= mark_size || strcmp(path + size - mark_size, marks[i]))
			continue;
		folder = model_copy(w->m, path, size - mark_size);
		if (!folder || !strmap_put(&w->other_trees, folder, folder))
			return -ENOMEM;
	}
	return 0;
}

static int note_other_trees(struct walk *w)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < w->files->nr; i++) {
		const char *path = w->files->name(w->files, i);

		rc = path ? note_other_tree(w, path) : 0;
	}
	return rc;
}

/* Whether a walk would enter every folder above the file, to read it. Cuts @path. */
static bool is_entered(struct walk *w, char *path)
{
	unsigned int depth = 0;
	char *name = path, *slash;

	for (; (slash = strchr(name, '/')); name = slash + 1) {
		*slash = '\0';
		if (is_skipped_folder(name) || strmap_get(&w->other_trees, path))
			return false;
		if (++depth >= DEPTH_MAX) {
			report_unreadable(w, path, ELOOP);
			return false;
		}
		*slash = '/';
	}
	return true;
}

static int visit_listed(struct walk *w, size_t i, const char *path)
{
	enum language language = find_language(path);
	char *copy, *data;
	bool entered;
	size_t size;
	int rc;

	if (language == LANGUAGE_NONE)
		return 0;
	copy = strdup(path);
	if (!copy)
		return -ENOMEM;
	entered = is_entered(w, copy);
	free(copy);
	if (!entered)
		return 0;
	rc = w->files->read(w->files, i, &data, &size);
	if (rc)
		return rc;
	free(w->buffer);
	w->buffer = data;
	w->buffer_size = size;
	if (size > FILE_MAX) {
		report_unreadable(w, path, EFBIG);
		return 0;
	}
	return w->visit(w, path, language, w->buffer, size);
}

static int walk_files(struct walk *w)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < w->files->nr; i++) {
		const char *path = w->files->name(w->files, i);

		rc = path ? visit_listed(w, i, path) : 0;
	}
	return rc;
}

static int walk_root(struct walk *w)
{
	int fd, rc;

	if (w->files)
		return walk_files(w);
	fd = open(w->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	rc = ahead_create(is_of_use, w, &w->ahead);
	if (!rc)
		rc = walk_folder(w, fd, ".", "");
	while (w->ahead && take_back(w, &rc))
		;
	ahead_destroy(w->ahead);
	w->ahead = NULL;
	if (!rc)
		rc = walk_texts(w, fd);
	close(fd);
	return rc;
}

static int scan_file(struct walk *w, const char *path, enum language language, const char *text,
		     size_t size)
{
	size_t nr = 0;
	int rc;

	if (!text_find(text, size, w->mark, strlen(w->mark)))
		return 0;
	if (language == LANGUAGE_C)
		rc = scan_c(w->m, path, text, size, &nr);
	else
		rc = scan_comments(w->m, path, text, size, &nr);
	if (!rc && nr)
		rc = model_add_source(w->m, path, text, size);
	return rc;
}

/* Limits */

static int find_defines(struct walk *w, const char *path, enum language language, const char *text,
			size_t size)
{
	(void)path;
	return language == LANGUAGE_C ? macros_read(&w->macros, text, size) : 0;
}

/* Macros may be made of macros of files already passed: a few walks settle it. */
static int resolve_limits(struct walk *w)
{
	int rc = macros_want(&w->macros);

	w->visit = find_defines;
	w->mark = "#define";
	for (int pass = 0; pass < 4 && !rc; pass++) {
		size_t nr_wanted = w->macros.names.nr_used;

		rc = walk_root(w);
		if (!rc && (macros_evaluate(&w->macros) || w->macros.names.nr_used == nr_wanted))
			break;
	}
	return rc;
}

static int scan(struct walk *w)
{
	int rc = w->files ? note_other_trees(w) : 0;

	w->visit = scan_file;
	w->mark = "SUPPORT_";
	if (!rc)
		rc = walk_root(w);
	w->observer = NULL;
	if (!rc)
		w->m->has_tree = true;
	if (!rc && !macros_evaluate(&w->macros))
		rc = resolve_limits(w);
	macros_reset(&w->macros);
	strmap_reset(&w->other_trees);
	free(w->buffer);
	if (rc == -ENOMEM)
		w->m->out_of_memory = true;
	return rc;
}

int tree_scan(struct model *m, const char *root)
{
	struct walk w = { .m = m, .macros.m = m, .root = root };

	return scan(&w);
}

int tree_scan_observed(struct model *m, const char *root, const struct tree_observer *observer)
{
	struct walk w = { .m = m, .macros.m = m, .root = root, .observer = observer };

	return scan(&w);
}

int tree_scan_files(struct model *m, const struct tree_files *files)
{
	struct walk w = { .m = m, .macros.m = m, .files = files };

	return files ? scan(&w) : -EINVAL;
}
