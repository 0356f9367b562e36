/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether the images of a release are what their policy lock says. */
#include "publish/judge.h"

#include "engine/facts.h"
#include "engine/image.h"
#include "engine/inspect.h"
#include "engine/lockfile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct judge {
	const struct release_options *options;
	struct trouble *trouble;
	enum release_refusal *refusal;
	struct lockfile *lock;
	struct facts *facts;
	struct strbuf err; /* the policy library's complaints */
};

static int not_done(struct judge *j, const char *place, int rc)
{
	if (rc == -ENOMEM)
		return trouble_set(j->trouble, rc, place, "free memory", "out of memory");
	return trouble_quote(j->trouble, rc, place, &j->err);
}

static int read_lock(struct judge *j, struct inputs *in)
{
	const struct release_options *o = j->options;
	const struct input *file = &in->files[0];
	int rc = lockfile_parse(o->lock, file->data, file->size, &j->lock, &j->err);

	if (rc)
		return not_done(j, o->lock, rc);
	if (strcmp(j->lock->profile, o->profile)) {
		*j->refusal = RELEASE_REFUSED;
		return trouble_set(j->trouble, -EPERM, o->lock, "name the profile that was locked",
				   "is the lock of the profile '%s', not of '%s'", j->lock->profile,
				   o->profile);
	}
	if (!sums_name_ok(j->lock->target) || strlen(j->lock->target) >= sizeof(in->target))
		return trouble_set(j->trouble, -EINVAL, o->lock,
				   "write it with `candor policy lock`",
				   "names a target that cannot be part of a file name");
	strcpy(in->target, j->lock->target);
	return 0;
}

/* A tree without a registry (another project's) leaves every feature to the image. */
static int read_facts(struct judge *j)
{
	char *registry;
	int rc = 0;

	if (asprintf(&registry, "%s/support/features.yaml", j->options->tree) < 0)
		return not_done(j, j->options->tree, -ENOMEM);
	if (!access(registry, F_OK))
		rc = facts_load(j->options->tree, FACTS_CODE, &j->facts, &j->err);
	free(registry);
	return rc ? not_done(j, j->options->tree, rc) : 0;
}

static int judge_image(struct judge *j, const char *path, const struct input *file)
{
	struct inspection *inspection = NULL;
	struct image *image = NULL;
	int rc = image_parse(path, file->data, file->size, &image, &j->err);

	if (!rc)
		rc = inspect_compare(image, j->lock, j->facts, &inspection);
	if (rc) {
		rc = not_done(j, path, rc);
	} else if (inspection->nr_findings) {
		*j->refusal = RELEASE_REFUSED;
		rc = trouble_quote(j->trouble, -EPERM, path, &inspection->findings);
	}
	inspect_free(inspection);
	image_close(image);
	return rc;
}

static int judge_all(struct judge *j, const struct inputs *in)
{
	size_t nr = 0;
	int rc = 0;

	for (size_t i = 0; !rc && i < in->nr_images; i++) {
		if (!input_is_elf(&in->images[i]))
			continue;
		nr++;
		rc = judge_image(j, j->options->images[i], &in->images[i]);
	}
	if (rc || nr || !in->nr_images)
		return rc;
	*j->refusal = RELEASE_REFUSED;
	return trouble_set(j->trouble, -EPERM, j->options->images[0],
			   "give the hypervisor's ELF file as an --image too",
			   "no image is an ELF file, so none can be held against the lock");
}

int judge_images(const struct release_options *options, struct inputs *in, struct trouble *trouble,
		 enum release_refusal *ret_refusal)
{
	struct judge j = { .options = options, .trouble = trouble, .refusal = ret_refusal };
	int rc = read_lock(&j, in);

	if (!rc && in->nr_images)
		rc = read_facts(&j);
	if (!rc)
		rc = judge_all(&j, in);
	facts_destroy(j.facts);
	lockfile_destroy(j.lock);
	strbuf_reset(&j.err);
	return rc;
}
