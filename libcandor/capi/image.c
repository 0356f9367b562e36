/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An image held against its lock. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/complain.h"
#include "capi/memory.h"
#include "capi/render.h"
#include "engine/inspect.h"
#include "engine/policy.h"

struct session {
	struct render *r;
	const char *tree; /* NULL: none is named */
	struct image *image;
	struct lockfile *lock;
	struct facts *facts;
	struct inspection *inspection;
	struct strbuf err;
};

static int read_lock(struct session *s, const char *path)
{
	char *text;
	size_t size;
	int rc = complain_read(&s->err, path, LOCKFILE_SIZE_MAX,
			       "name the lock with --lock FILE, or the tree with --tree DIR", &text,
			       &size);

	if (rc)
		return rc;
	rc = lockfile_parse(path, text, size, &s->lock, &s->err);
	free(text);
	return rc;
}

static int find_lock(struct session *s)
{
	const char *named = handle_value(s->r->c, OPTION_LOCK);
	char *below, *path;
	int rc;

	if (named)
		return read_lock(s, named);
	if (!s->image->lock) {
		complain(&s->err, (struct place){ s->image->path, 0 },
			 "name an image of this project, or the lock with --lock FILE",
			 s->image->has_lock ? "carries a broken lock" : "carries no policy lock");
		if (strbuf_str(&s->image->lock_wrong))
			strbuf_puts(&s->err, strbuf_str(&s->image->lock_wrong));
		return -EINVAL;
	}
	below = policy_lock_path(s->image->lock->profile);
	path = below ? policy_path(s->tree ? s->tree : ".", below) : NULL;
	rc = path ? read_lock(s, path) : -ENOMEM;
	free(below);
	free(path);
	return rc;
}

static int find_facts(struct session *s)
{
	if (!s->tree && access("support/features.yaml", R_OK))
		return 0;
	return facts_load(s->tree ? s->tree : ".", FACTS_CODE, &s->facts, &s->err);
}

static int inspect(struct session *s, const char *path, enum inspect_format format)
{
	int rc = image_open(path, &s->image, &s->err);

	if (!rc)
		rc = find_lock(s);
	if (!rc)
		rc = find_facts(s);
	if (!rc)
		rc = inspect_compare(s->image, s->lock, s->facts, &s->inspection);
	if (rc)
		return rc;
	inspect_print(s->inspection, format, s->r->out);
	return s->inspection->nr_findings ? CANDOR_NO : 0;
}

static int render_inspection(struct render *r, enum inspect_format format)
{
	struct session s = { .r = r, .tree = handle_value(r->c, OPTION_TREE) };
	const char *path = render_option(r, "image");
	int rc;

	if (!path)
		return render_lacks(r, "image");
	rc = inspect(&s, path, format);
	if (rc < 0)
		rc = render_complaints(r, rc, &s.err);
	inspect_free(s.inspection);
	facts_destroy(s.facts);
	lockfile_destroy(s.lock);
	image_close(s.image);
	strbuf_reset(&s.err);
	return rc;
}

static int render_text(struct render *r)
{
	return render_inspection(r, INSPECT_TEXT);
}

static int render_json(struct render *r)
{
	return render_inspection(r, INSPECT_JSON);
}

static const struct candor_option image_options[] = {
	{ "image", "FILE", "the ELF file", false, { NULL } },
	{ 0 },
};

const struct render_row render_images[] = {
	{ "inspection", "text", "an image held against its lock; \"no\": they differ",
	  image_options, RENDER_ANYTIME, render_text },
	{ "inspection", "json", "the same for programs", image_options, RENDER_ANYTIME,
	  render_json },
	{ 0 },
};
