/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mends what is mechanical: applies the edits of findings until none is left. */
#include "mend.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/unidiff.h"
#include "check/fix.h"

#define NR_PASSES_MAX 16
#define FILE_MAX ((size_t)16 << 20)

/* Files named by an option are where they say; those of a scan below the tree. */
static char *disk_path(const struct support_inputs *in, const char *path)
{
	const char *const named[] = { in->registry, in->statement, in->waivers };
	char *disk;

	for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++) {
		if (named[i] && !strcmp(named[i], path))
			return strdup(path);
	}
	/* What candor.yaml names has the tree's name before it, too. */
	if (!in->tree || !strcmp(in->tree, ".") ||
	    (!strncmp(path, in->tree, strlen(in->tree)) && path[strlen(in->tree)] == '/'))
		return strdup(path);
	return asprintf(&disk, "%s/%s", in->tree, path) < 0 ? NULL : disk;
}

static struct mended_file *find_file(struct mended *mended, const char *path)
{
	for (size_t i = 0; i < mended->nr; i++) {
		if (!strcmp(mended->files[i].path, path))
			return &mended->files[i];
	}
	return NULL;
}

static struct mended_file *add_file(struct mended *mended, const struct support_inputs *in,
				    const struct model *m, const char *path)
{
	const struct source *s = strmap_get(&m->source_by_path, path);
	struct mended_file *larger =
		realloc(mended->files, (mended->nr + 1) * sizeof(*mended->files));
	struct mended_file f = { 0 };

	if (!larger)
		return NULL;
	mended->files = larger;
	f.path = strdup(path);
	f.disk = disk_path(in, path);
	strbuf_add(&f.before, s->text, s->size);
	mended->files[mended->nr] = f;
	return f.path && f.disk && strbuf_str(&f.before) ? &mended->files[mended->nr++] : NULL;
}

/* Take over what a pass has made of the files. */
static int take(struct mended *mended, const struct support_inputs *in, const struct model *m,
		const struct fixes *fixes)
{
	for (size_t i = 0; i < fixes->nr; i++) {
		const struct fix *fix = &fixes->files[i];
		struct mended_file *f = find_file(mended, fix->path);

		if (!f)
			f = add_file(mended, in, m, fix->path);
		if (!f)
			return -ENOMEM;
		strbuf_reset(&f->after);
		strbuf_add(&f->after, fix->text.data, fix->text.size);
		if (!strbuf_str(&f->after))
			return -ENOMEM;
		mended->nr_edits += fix->nr_edits;
	}
	return 0;
}

/* The inputs with what was mended so far; caller frees ->texts. 0 or -ENOMEM. */
static int lay_over(const struct support_inputs *in, const struct mended *mended,
		    struct support_inputs *ret_in)
{
	struct support_text *texts = calloc(in->nr_texts + mended->nr + 1, sizeof(*texts));

	if (!texts)
		return -ENOMEM;
	*ret_in = *in;
	ret_in->texts = texts;
	ret_in->nr_texts = 0;
	for (size_t i = 0; i < mended->nr; i++) {
		const struct mended_file *f = &mended->files[i];

		texts[ret_in->nr_texts++] =
			(struct support_text){ f->path, strbuf_str(&f->after), f->after.size };
	}
	for (size_t i = 0; i < in->nr_texts; i++) {
		if (!find_file((struct mended *)(uintptr_t)mended, in->texts[i].path))
			texts[ret_in->nr_texts++] = in->texts[i];
	}
	return 0;
}

static int pass(const struct support_inputs *in, const struct selection *selection,
		struct mended *mended, bool *ret_more)
{
	struct support_inputs laid = { 0 };
	struct baseline baseline;
	struct fixes fixes = { 0 };
	struct model *m = NULL;
	int rc = lay_over(in, mended, &laid);

	if (!rc)
		rc = support_load(&laid, &m);
	if (!rc)
		rc = support_check(m);
	if (!rc)
		rc = support_judge(m, &laid, selection, &baseline);
	if (!rc)
		rc = fixes_make(m, &fixes);
	if (!rc)
		rc = take(mended, in, m, &fixes);
	*ret_more = fixes.nr != 0;
	fixes_reset(&fixes);
	model_destroy(m);
	free((void *)(uintptr_t)laid.texts);
	return rc;
}

int mend(const struct support_inputs *in, const struct selection *selection,
	 struct mended *ret_mended)
{
	bool more = true;
	int rc = 0;

	memset(ret_mended, 0, sizeof(*ret_mended));
	for (int i = 0; i < NR_PASSES_MAX && more && !rc; i++)
		rc = pass(in, selection, ret_mended, &more);
	return rc;
}

void mended_add_diff(const struct mended *mended, struct strbuf *sb)
{
	for (size_t i = 0; i < mended->nr; i++) {
		const struct mended_file *f = &mended->files[i];

		unidiff_add(sb, f->disk, strbuf_str(&f->before), f->before.size,
			    strbuf_str(&f->after), f->after.size);
	}
}

static int write_one(const struct mended_file *f)
{
	size_t size;
	char *now;
	int rc = file_read(f->disk, FILE_MAX, &now, &size);

	if (rc)
		return rc;
	if (size != f->before.size || memcmp(now, strbuf_str(&f->before), size))
		rc = -ESTALE;
	free(now);
	return rc ? rc : file_write_atomic(f->disk, strbuf_str(&f->after), f->after.size);
}

int mended_write(const struct mended *mended, const char **ret_disk)
{
	int rc = 0;

	for (size_t i = 0; i < mended->nr && !rc; i++) {
		*ret_disk = mended->files[i].disk;
		rc = write_one(&mended->files[i]);
	}
	return rc;
}

void mended_reset(struct mended *mended)
{
	for (size_t i = 0; i < mended->nr; i++) {
		free(mended->files[i].path);
		free(mended->files[i].disk);
		strbuf_reset(&mended->files[i].before);
		strbuf_reset(&mended->files[i].after);
	}
	free(mended->files);
	memset(mended, 0, sizeof(*mended));
}
