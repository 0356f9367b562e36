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
	int (*visit)(struct walk *w, const char *path, enum language language, size_t size);
	struct strmap macros; /* second walk: names wanted, then bodies */
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

static int visit_file(struct walk *w, int dir, const char *name, const char *path)
{
	enum language language = find_language(name);
	bool is_wanted = w->observer && w->observer->wants(w->observer->context, path);
	size_t size = 0;
	int fd, rc;

	if (language == LANGUAGE_NONE && !is_wanted)
		return 0;
	fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0) {
		report_unreadable(w, path, errno);
		return 0;
	}
	if (!fill_from_overlay(w, path, &size, &rc))
		rc = fill_buffer(w, fd, &size);
	close(fd);
	if (rc == -ENOMEM)
		return rc;
	if (rc) {
		report_unreadable(w, path, -rc);
		return 0;
	}
	if (is_wanted)
		rc = w->observer->take(w->observer->context, path, w->buffer, size);
	return rc || language == LANGUAGE_NONE ? rc : w->visit(w, path, language, size);
}

static bool is_skipped_folder(const char *name)
{
	return name[0] == '.' || !strncmp(name, "build", 5) || !strcmp(name, "out") ||
	       !strcmp(name, "__pycache__");
}

/* A folder below the root with a statement or registry of its own. */
static bool is_other_tree(struct walk *w, int dir)
{
	return w->depth && (!faccessat(dir, "SUPPORT.md", F_OK, 0) ||
			    !faccessat(dir, "support/features.yaml", F_OK, 0));
}

static int walk_folder(struct walk *w, int parent, const char *name, const char *path);

static int visit_entry(struct walk *w, int dir, const struct dirent *entry, const char *path)
{
	unsigned char type = entry->d_type;
	struct stat st;

	if (type == DT_UNKNOWN) {
		if (fstatat(dir, entry->d_name, &st, AT_SYMLINK_NOFOLLOW))
			return 0;
		type = S_ISDIR(st.st_mode) ? DT_DIR : S_ISREG(st.st_mode) ? DT_REG : DT_UNKNOWN;
	}
	if (type == DT_REG)
		return visit_file(w, dir, entry->d_name, path);
	if (type == DT_DIR && !is_skipped_folder(entry->d_name))
		return walk_folder(w, dir, entry->d_name, path);
	return 0;
}

static int visit_entries(struct walk *w, DIR *dir, const char *path)
{
	int rc = 0;

	while (!rc) {
		struct dirent *entry = readdir(dir);
		char *entry_path;

		if (!entry)
			break;
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		if (asprintf(&entry_path, "%s%s%s", path, *path ? "/" : "", entry->d_name) < 0)
			return -ENOMEM;
		rc = visit_entry(w, dirfd(dir), entry, entry_path);
		free(entry_path);
	}
	return rc;
}

static int walk_folder(struct walk *w, int parent, const char *name, const char *path)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	DIR *dir;
	int rc;

	if (fd < 0 || w->depth >= DEPTH_MAX) {
		report_unreadable(w, path, fd < 0 ? errno : ELOOP);
		if (fd >= 0)
			close(fd);
		return 0;
	}
	if (is_other_tree(w, fd)) {
		close(fd);
		return 0;
	}
	dir = fdopendir(fd);
	if (!dir) {
		rc = -errno;
		close(fd);
		return rc;
	}
	w->depth++;
	rc = visit_entries(w, dir, path);
	w->depth--;
	closedir(dir);
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
	return w->visit(w, text->path, language, size);
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
	return w->visit(w, path, language, size);
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
	rc = walk_folder(w, fd, ".", "");
	if (!rc)
		rc = walk_texts(w, fd);
	close(fd);
	return rc;
}

static int scan_file(struct walk *w, const char *path, enum language language, size_t size)
{
	static const char prefix[] = "SUPPORT_";
	size_t nr = 0;
	int rc;

	if (!text_find(w->buffer, size, prefix, sizeof(prefix) - 1))
		return 0;
	if (language == LANGUAGE_C)
		rc = scan_c(w->m, path, w->buffer, size, &nr);
	else
		rc = scan_comments(w->m, path, w->buffer, size, &nr);
	if (!rc && nr)
		rc = model_add_source(w->m, path, w->buffer, size);
	return rc;
}

/* Limits */

/* A macro some limit needs; two definitions that differ leave it without value. */
struct macro {
	const char *body; /* NULL: not found yet */
	bool is_ambiguous;
};

static bool is_word_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_';
}

/* Note the names in a limit's constant as wanted. */
static int want_macros(struct walk *w, const char *text)
{
	while (*text) {
		size_t n = 0;

		while (is_word_char(text[n]))
			n++;
		if (n && (text[0] < '0' || text[0] > '9')) {
			char *name = model_copy(w->m, text, n);
			struct macro *macro = model_alloc(w->m, sizeof(*macro));

			if (!name || !macro || !strmap_put(&w->macros, name, macro))
				return -ENOMEM;
		}
		text += n ? n : 1;
	}
	return 0;
}

/* "#define NAME body" of a wanted name. */
static int take_define(struct walk *w, const char *p, const char *end)
{
	const char *name = p, *comment;
	struct macro *macro;
	char word[128] = "", *body;

	while (p < end && is_word_char(*p))
		p++;
	if (p == name || p == end || *p == '(' || (size_t)(p - name) >= sizeof(word))
		return 0;
	memcpy(word, name, (size_t)(p - name));
	macro = strmap_get(&w->macros, word);
	if (!macro)
		return 0;
	comment = memmem(p, (size_t)(end - p), "/*", 2);
	if (!comment)
		comment = memmem(p, (size_t)(end - p), "//", 2);
	body = model_copy(w->m, p, (size_t)((comment ? comment : end) - p));
	if (!body)
		return -ENOMEM;
	if (!macro->body)
		macro->body = body;
	else if (strcmp(macro->body, body))
		macro->is_ambiguous = true;
	return want_macros(w, body);
}

static int find_defines(struct walk *w, const char *path, enum language language, size_t size)
{
	static const char define[] = "#define";
	const char *p = w->buffer, *end = p + size;
	int rc = 0;

	(void)path;
	if (language != LANGUAGE_C)
		return 0;
	while (!rc && p < end) {
		const char *newline;

		p = memmem(p, (size_t)(end - p), define, sizeof(define) - 1);
		if (!p)
			break;

		p += sizeof(define) - 1;
		while (p < end && (*p == ' ' || *p == '\t'))
			p++;
		newline = p < end ? memchr(p, '\n', (size_t)(end - p)) : NULL;
		rc = take_define(w, p, newline ? newline : end);
	}
	return rc;
}

static const char *find_macro(const struct number_scope *scope, const char *name)
{
	const struct macro *macro = strmap_get(scope->macros, name);

	return macro && !macro->is_ambiguous ? macro->body : NULL;
}

/* Give each limit its value; false when some constant is still unknown. */
static bool evaluate_limits(struct walk *w)
{
	struct number_scope scope = { .find = find_macro, .macros = &w->macros };
	bool complete = true;

	for (size_t i = 0; i < w->m->nr_annotations; i++) {
		struct annotation *a = w->m->annotations[i];
		const char *constant;

		if (a->kind != ANNOTATION_LIMIT || a->has_limit)
			continue;
		constant = strrchr(a->detail, '=');
		a->has_limit = constant && number_evaluate(constant + 1, &scope, &a->limit.value);
		complete = complete && a->has_limit;
	}
	return complete;
}

/* Macros may be made of macros of files already passed: a few walks settle it. */
static int resolve_limits(struct walk *w)
{
	int rc = 0;

	w->visit = find_defines;
	for (size_t i = 0; i < w->m->nr_annotations && !rc; i++) {
		struct annotation *a = w->m->annotations[i];
		const char *constant = strrchr(a->detail, '=');

		if (a->kind == ANNOTATION_LIMIT && !a->has_limit && constant)
			rc = want_macros(w, constant + 1);
	}
	for (int pass = 0; pass < 4 && !rc; pass++) {
		size_t nr_wanted = w->macros.nr_used;

		rc = walk_root(w);
		if (!rc && (evaluate_limits(w) || w->macros.nr_used == nr_wanted))
			break;
	}
	return rc;
}

static int scan(struct walk *w)
{
	int rc = w->files ? note_other_trees(w) : 0;

	w->visit = scan_file;
	if (!rc)
		rc = walk_root(w);
	w->observer = NULL;
	if (!rc)
		w->m->has_tree = true;
	if (!rc && !evaluate_limits(w))
		rc = resolve_limits(w);
	strmap_reset(&w->macros);
	strmap_reset(&w->other_trees);
	free(w->buffer);
	if (rc == -ENOMEM)
		w->m->out_of_memory = true;
	return rc;
}

int tree_scan(struct model *m, const char *root)
{
	struct walk w = { .m = m, .root = root };

	return scan(&w);
}

int tree_scan_observed(struct model *m, const char *root, const struct tree_observer *observer)
{
	struct walk w = { .m = m, .root = root, .observer = observer };

	return scan(&w);
}

int tree_scan_files(struct model *m, const struct tree_files *files)
{
	struct walk w = { .m = m, .files = files };

	return files ? scan(&w) : -EINVAL;
}
