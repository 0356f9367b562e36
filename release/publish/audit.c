/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The check of `candor check`, run on what a release is made from. */
#include "publish/audit.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/folder.h"
#include "support.h"

#define LOCKS "policy/profiles/*.lock"
#define LOCKS_MAX 4096

/* What the files of HEAD are to the check; each may be missing. */
enum part { PART_REGISTRY, PART_STATEMENT, PART_CONFIG, PART_WAIVERS, NR_PARTS };

static const char *const parts[NR_PARTS] = {
	[PART_REGISTRY] = "support/features.yaml",
	[PART_STATEMENT] = "SUPPORT.md",
	[PART_CONFIG] = "candor.yaml",
	[PART_WAIVERS] = "support/waivers.yaml",
};

struct audit {
	const struct release_options *options;
	struct source *source;
	const struct inputs *given;
	struct trouble *trouble;
	char folder[FOLDER_NAME_SIZE]; /* where HEAD is unpacked */
	char *parts[NR_PARTS];	       /* NULL: not there */
	char **locks;		       /* the folder's */
	size_t nr_locks;
	bool has_own_lock; /* the lock given is one of them, byte for byte */
	struct model *model;
};

static int not_done(const struct audit *a, int rc)
{
	if (rc == -ENOMEM)
		return trouble_set(a->trouble, rc, a->options->tree, "free memory",
				   "out of memory");
	return trouble_set(a->trouble, rc, a->options->tree, "run `candor check` there",
			   "cannot be checked: %s", strerror(-rc));
}

static int join(const struct audit *a, const char *name, char **ret_path)
{
	return asprintf(ret_path, "%s/%s", a->folder, name) < 0 ? -ENOMEM : 0;
}

/* What the options would have named, had the tree been checked where it lies. */
static int note_file(struct audit *a, const char *name, const char *data, size_t size)
{
	const struct input *own = a->options->lock ? &a->given->files[0] : NULL;
	int rc = 0;

	for (unsigned int i = 0; i < NR_PARTS && !rc; i++) {
		if (!strcmp(name, parts[i]))
			rc = join(a, name, &a->parts[i]);
	}
	if (rc || fnmatch(LOCKS, name, FNM_PATHNAME | FNM_PERIOD | FNM_NOESCAPE) ||
	    a->nr_locks == LOCKS_MAX)
		return rc;
	/* What is wrong with the lock given is said once. */
	if (own && size == own->size && !memcmp(data, own->data, size))
		a->has_own_lock = true;
	rc = join(a, name, &a->locks[a->nr_locks]);
	a->nr_locks += !rc;
	return rc;
}

static int unpack(struct audit *a)
{
	size_t nr = source_nr_files(a->source), size;
	int rc = 0;

	a->locks = calloc((nr < LOCKS_MAX ? nr : LOCKS_MAX) + 2, sizeof(*a->locks));
	if (!a->locks)
		return -ENOMEM;
	for (size_t i = 0; i < nr && !rc; i++) {
		const char *name = source_file_name(a->source, i);
		char *data = NULL;

		rc = trouble_watch(a->trouble, NULL, NULL);
		if (rc || !name)
			continue;
		rc = source_file_read(a->source, i, a->trouble, &data, &size);
		if (!rc)
			rc = folder_add(a->folder, name, data, size);
		if (!rc)
			rc = note_file(a, name, data, size);
		free(data);
	}
	return rc;
}

/* The lock and the images are those that go out: the bytes that were read, not the files. */
static int load(struct audit *a, const char *date)
{
	struct support_text texts[RELEASE_IMAGES_MAX + 1];
	const char *objects[RELEASE_IMAGES_MAX];
	struct support_inputs in = {
		.tree = a->folder,
		.config = a->parts[PART_CONFIG],
		.registry = a->parts[PART_REGISTRY],
		.statement = a->parts[PART_STATEMENT],
		.waivers = a->parts[PART_WAIVERS],
		.date = date,
		.locks = (const char *const *)a->locks,
		.nr_locks = a->nr_locks,
		.objects = objects,
		.texts = texts,
	};

	if (a->options->lock && !a->has_own_lock) {
		a->locks[in.nr_locks++] = (char *)(uintptr_t)a->options->lock;
		texts[in.nr_texts++] =
			(struct support_text){ a->options->lock, a->given->files[0].data,
					       a->given->files[0].size };
	}
	for (size_t i = 0; i < a->given->nr_images; i++) {
		const struct input *image = &a->given->images[i];

		if (!input_is_elf(image))
			continue;
		objects[in.nr_objects++] = a->options->images[i];
		texts[in.nr_texts++] =
			(struct support_text){ a->options->images[i], image->data, image->size };
	}
	return support_load(&in, &a->model);
}

static int check(struct audit *a)
{
	char date[DATE_SIZE];
	int rc = date_today(date);

	if (rc)
		return trouble_set(a->trouble, rc, "SOURCE_DATE_EPOCH",
				   "set it to seconds since 1970, or unset it",
				   "is no number of seconds");
	rc = load(a, date);
	if (!rc)
		rc = support_check(a->model);
	return rc ? rc : model_hide_root(a->model);
}

int audit_run(const struct release_options *options, struct source *source, const struct inputs *in,
	      struct trouble *trouble, struct model **ret_model)
{
	struct audit a = {
		.options = options,
		.source = source,
		.given = in,
		.trouble = trouble,
	};
	int rc = folder_create(a.folder);

	if (rc)
		return not_done(&a, rc);
	rc = unpack(&a);
	if (!rc && (a.parts[PART_REGISTRY] || a.parts[PART_STATEMENT] || a.parts[PART_CONFIG]))
		rc = check(&a);
	folder_remove(a.folder);
	for (unsigned int i = 0; i < NR_PARTS; i++)
		free(a.parts[i]);
	for (size_t i = 0; i < a.nr_locks; i++)
		free(a.locks[i]);
	free(a.locks);
	if (rc) {
		model_destroy(a.model);
		return not_done(&a, rc);
	}
	*ret_model = a.model;
	return 0;
}
