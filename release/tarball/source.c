/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What git holds at HEAD of a tree, read from its objects and not from disk. */
#include "tarball/source.h"

#include "tarball/program.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LIST_MAX (64u << 20)
#define BLOB_MAX (512u << 20)

enum kind {
	KIND_PLAIN,
	KIND_EXECUTABLE,
	KIND_LINK,
};

static const struct {
	const char *mode; /* as `git ls-tree` prints it */
	enum kind kind;
} kinds[] = {
	{ "100644 blob ", KIND_PLAIN },
	{ "100755 blob ", KIND_EXECUTABLE },
	{ "120000 blob ", KIND_LINK },
};

struct source_file {
	const char *name; /* borrowed from source.list */
	const char *id;
	enum kind kind;
};

struct source {
	char *tree;
	char *commit;
	long long epoch;
	bool dirty;
	char *list; /* `git ls-tree -z`, cut into strings */
	struct source_file *files;
	size_t nr_files;
	struct program blobs; /* `git cat-file --batch` */
	FILE *blobs_out;
	bool blobs_running;
};

static int git(struct source *s, const char *const args[], size_t max, struct trouble *trouble,
	       char **ret_data, size_t *ret_size)
{
	const char *argv[16] = { "git", "-C", s->tree, "-c", "core.fsmonitor=false" };
	size_t n = 5;

	while (*args)
		argv[n++] = *args++;
	return program_run(argv, s->tree, max, trouble, ret_data, ret_size);
}

static int read_commit(struct source *s, struct trouble *trouble)
{
	static const char *const args[] = {
		"show", "-s", "--no-show-signature", "--format=%H %ct", "HEAD^{commit}", NULL
	};
	size_t size;
	char *end;
	int rc = git(s, args, 4096, trouble, &s->commit, &size);

	if (rc)
		return rc;
	end = strchr(s->commit, ' ');
	if (!end || (end - s->commit != 40 && end - s->commit != 64))
		return trouble_set(trouble, -EPROTO, s->tree, "use git 2.39 or later",
				   "git named no commit");
	*end = '\0';
	s->epoch = strtoll(end + 1, NULL, 10);
	return 0;
}

static int read_status(struct source *s, struct trouble *trouble)
{
	static const char *const args[] = { "status", "--porcelain=v1", "-z",
					    "--untracked-files=no", NULL };
	char *text;
	size_t size;
	int rc = git(s, args, LIST_MAX, trouble, &text, &size);

	if (rc)
		return rc;
	s->dirty = size != 0;
	free(text);
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct source_file *)a)->name, ((const struct source_file *)b)->name);
}

/* "MODE TYPE ID<TAB>NAME": cuts it and fills @f. */
static int cut_line(const struct source *s, char *line, struct source_file *f,
		    struct trouble *trouble)
{
	char *tab = strchr(line, '\t');
	struct strbuf shown = STRBUF_INIT;

	if (tab) {
		*tab = '\0';
		for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
			size_t n = strlen(kinds[i].mode);

			if (strncmp(line, kinds[i].mode, n))
				continue;
			*f = (struct source_file){ tab + 1, line + n, kinds[i].kind };
			return 0;
		}
	}
	trouble_escape(&shown, tab ? tab + 1 : line, strlen(tab ? tab + 1 : line));
	trouble_set(trouble, -EINVAL, s->tree, "track plain files and links only, no submodules",
		    "cannot pack '%s'", strbuf_str(&shown));
	strbuf_reset(&shown);
	return -EINVAL;
}

static int read_list(struct source *s, struct trouble *trouble)
{
	const char *args[] = { "ls-tree", "-r", "-z", "--full-tree", s->commit, NULL };
	size_t size, nr = 0;
	int rc = git(s, args, LIST_MAX, trouble, &s->list, &size);

	if (rc)
		return rc;
	for (size_t i = 0; i < size; i++)
		nr += !s->list[i];
	s->files = calloc(nr + 1, sizeof(*s->files));
	if (!s->files)
		return trouble_set(trouble, -ENOMEM, s->tree, "free memory", "out of memory");
	for (char *line = s->list; !rc && line < s->list + size;) {
		char *next = line + strlen(line) + 1;

		rc = cut_line(s, line, &s->files[s->nr_files], trouble);
		s->nr_files += !rc;
		line = next;
	}
	if (rc)
		return rc;
	if (!s->nr_files)
		return trouble_set(trouble, -ENOENT, s->tree, "commit the files first",
				   "HEAD tracks no file");
	qsort(s->files, s->nr_files, sizeof(*s->files), by_name);
	return 0;
}

static int start_blobs(struct source *s, struct trouble *trouble)
{
	const char *const argv[] = { "git", "-C", s->tree, "cat-file", "--batch", NULL };
	int rc = program_start(&s->blobs, argv, trouble);

	if (rc)
		return rc;
	s->blobs_running = true;
	s->blobs_out = fdopen(s->blobs.out, "r");
	if (!s->blobs_out)
		return trouble_set(trouble, -ENOMEM, s->tree, "free memory", "out of memory");
	s->blobs.out = -1; /* the stream closes it */
	return 0;
}

int source_open(const char *tree, struct trouble *trouble, struct source **ret_source)
{
	struct source *s = calloc(1, sizeof(*s));
	int rc;

	if (s)
		s->tree = strdup(tree);
	if (!s || !s->tree) {
		free(s);
		return trouble_set(trouble, -ENOMEM, tree, "free memory", "out of memory");
	}
	rc = read_commit(s, trouble);
	if (!rc)
		rc = read_status(s, trouble);
	if (!rc)
		rc = read_list(s, trouble);
	if (!rc)
		rc = start_blobs(s, trouble);
	if (rc) {
		source_close(s);
		return rc;
	}
	*ret_source = s;
	return 0;
}

void source_close(struct source *s)
{
	struct trouble ignored = { 0 };

	if (!s)
		return;
	if (s->blobs_out)
		fclose(s->blobs_out);
	if (s->blobs_running)
		(void)program_finish(&s->blobs, s->tree, &ignored);
	free(s->files);
	free(s->list);
	free(s->commit);
	free(s->tree);
	free(s);
}

const char *source_commit(const struct source *s)
{
	return s->commit;
}

long long source_time(const struct source *s)
{
	return s->epoch;
}

bool source_is_dirty(const struct source *s)
{
	return s->dirty;
}

size_t source_nr_files(const struct source *s)
{
	return s->nr_files;
}

/* Answer of `git cat-file --batch`: "ID blob SIZE\n", the bytes, "\n". */
static int read_answer(struct source *s, const char *id, char **ret_data, size_t *ret_size)
{
	unsigned long long size;
	char line[160], *data, *end;

	if (!fgets(line, sizeof(line), s->blobs_out))
		return -EPIPE;
	if (strncmp(line, id, strlen(id)) || strncmp(line + strlen(id), " blob ", 6))
		return -ENOENT;
	size = strtoull(line + strlen(id) + 6, &end, 10);
	if (*end != '\n' || size > BLOB_MAX)
		return -EFBIG;
	data = malloc((size_t)size + 1);
	if (!data)
		return -ENOMEM;
	if (fread(data, 1, (size_t)size, s->blobs_out) != size || fgetc(s->blobs_out) != '\n') {
		free(data);
		return -EPIPE;
	}
	data[size] = '\0';
	*ret_data = data;
	*ret_size = (size_t)size;
	return 0;
}

static int read_blob(struct source *s, const struct source_file *f, struct trouble *trouble,
		     char **ret_data, size_t *ret_size)
{
	struct strbuf shown = STRBUF_INIT;
	int rc = 0;

	/* A pipe takes so few bytes whole or not at all. */
	if (dprintf(s->blobs.in, "%s\n", f->id) < 0)
		rc = -EPIPE;
	if (!rc)
		rc = read_answer(s, f->id, ret_data, ret_size);
	if (!rc && f->kind == KIND_LINK && strlen(*ret_data) != *ret_size) {
		free(*ret_data);
		rc = -EINVAL;
	}
	if (rc) {
		trouble_escape(&shown, f->name, strlen(f->name));
		trouble_set(trouble, rc, s->tree, "run `git fsck` there",
			    "cannot read '%s' at HEAD: %s", strbuf_str(&shown), strerror(-rc));
		strbuf_reset(&shown);
	}
	return rc;
}

const char *source_file_name(const struct source *s, size_t i)
{
	return s->files[i].kind == KIND_LINK ? NULL : s->files[i].name;
}

int source_file_read(struct source *s, size_t i, struct trouble *trouble, char **ret_data,
		     size_t *ret_size)
{
	return read_blob(s, &s->files[i], trouble, ret_data, ret_size);
}

int source_read(struct source *s, const char *name, struct trouble *trouble, char **ret_data,
		size_t *ret_size)
{
	struct source_file key = { .name = name };
	struct source_file *f = bsearch(&key, s->files, s->nr_files, sizeof(*s->files), by_name);

	return f ? read_blob(s, f, trouble, ret_data, ret_size) : -ENOENT;
}

static int pack_file(struct source *s, const struct source_file *f, struct tarball *tarball,
		     const char *prefix, struct trouble *trouble)
{
	char *data, *name;
	size_t size;
	int rc = read_blob(s, f, trouble, &data, &size);

	if (rc)
		return rc;
	if (asprintf(&name, "%s/%s", prefix, f->name) < 0) {
		free(data);
		return trouble_set(trouble, -ENOMEM, s->tree, "free memory", "out of memory");
	}
	if (f->kind == KIND_LINK)
		rc = tarball_add_link(tarball, name, data, trouble);
	else
		rc = tarball_add_file(
			tarball, name, data, size,
			f->kind == KIND_EXECUTABLE ? TARBALL_EXECUTABLE : TARBALL_PLAIN, trouble);
	free(name);
	free(data);
	return rc;
}

int source_pack(struct source *s, struct tarball *tarball, const char *prefix,
		struct trouble *trouble)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < s->nr_files; i++) {
		rc = trouble_watch(trouble, NULL, NULL);
		if (!rc)
			rc = pack_file(s, &s->files[i], tarball, prefix, trouble);
	}
	return rc;
}
