/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a release is made from, read into memory once and judged. */
#include "publish/inputs.h"

#include "base/file.h"
#include "publish/judge.h"
#include "publish/results.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INPUT_MAX (512u << 20)
#define LOCK_MAX (4u << 20)

static int read_input(const char *path, const char *name, size_t max, struct trouble *trouble,
		      struct input *ret)
{
	struct input in = { 0 };
	int rc;

	if (!sums_name_ok(name) || snprintf(in.name, sizeof(in.name), "%s", name) < 0)
		return trouble_set(trouble, -EINVAL, path,
				   "rename it: letters, digits and ._+~-, not too long",
				   "its name cannot stand in a release");
	rc = file_read(path, max, &in.data, &in.size);
	if (rc)
		return trouble_set(trouble, rc, path, "name a file that can be read",
				   "cannot read: %s", strerror(-rc));
	*ret = in;
	return 0;
}

static int add_file(struct inputs *in, const char *path, const char *name, struct trouble *trouble)
{
	int rc = read_input(path, name, INPUT_MAX, trouble, &in->files[in->nr_files]);

	in->nr_files += !rc;
	return rc;
}

static int add_image(struct inputs *in, const char *path, struct trouble *trouble)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	int rc;

	for (size_t i = 0; i < in->nr_images; i++) {
		if (!strcmp(in->images[i].name, name))
			return trouble_set(trouble, -EEXIST, path, "rename one of them",
					   "two images have the same name");
	}
	rc = read_input(path, name, INPUT_MAX, trouble, &in->images[in->nr_images]);
	in->nr_images += !rc;
	return rc;
}

static int judge_evidence(const struct release_options *options, const struct input *file,
			  struct trouble *trouble, enum release_refusal *ret_refusal)
{
	struct results set = { 0 };
	size_t nr_failed;
	int rc = results_parse(options->evidence, file->data, file->size, trouble, &set);

	if (rc)
		return rc;
	nr_failed = results_count(&set, OUTCOME_FAIL);
	for (size_t i = 0; nr_failed && i < set.nr_tests; i++) {
		if (set.tests[i].outcome != OUTCOME_FAIL)
			continue;
		*ret_refusal = RELEASE_REFUSED;
		rc = trouble_set(trouble, -EPERM, options->evidence,
				 "release what passes its tests",
				 "%zu failed, the first is '%s' in the build '%s'", nr_failed,
				 set.tests[i].name, set.tests[i].build);
		break;
	}
	if (!rc && !results_count(&set, OUTCOME_PASS)) {
		*ret_refusal = RELEASE_REFUSED;
		rc = trouble_set(trouble, -EPERM, options->evidence,
				 "run the tests and write it again", "no test passed");
	}
	results_reset(&set);
	return rc;
}

static int check_options(const struct release_options *o, struct trouble *trouble)
{
	char name[SUMS_NAME_MAX];
	int n;

	/* The longest name made from them, with a target and suffixes. */
	n = snprintf(name, sizeof(name), "candor-%s-%s", o->version, o->profile ? o->profile : "");
	if (!sums_name_ok(o->version) || n > SUMS_NAME_MAX - 64)
		return trouble_set(trouble, -EINVAL, "--version",
				   "use letters, digits and ._+~-, not too long",
				   "this cannot be part of a file name");
	if (o->profile && !sums_name_ok(o->profile))
		return trouble_set(trouble, -EINVAL, "--profile",
				   "use letters, digits and ._+~-, not too long",
				   "this cannot be part of a file name");
	if (!o->profile != !o->lock)
		return trouble_set(trouble, -EINVAL, o->lock ? "--lock" : "--profile",
				   "give --profile NAME and --lock FILE together",
				   "one without the other says too little");
	if (o->nr_images && !o->profile)
		return trouble_set(trouble, -EINVAL, "--image",
				   "give --profile NAME and --lock FILE",
				   "an image needs the lock it was built from");
	return 0;
}

static int read_lock(const struct release_options *o, struct inputs *in, struct trouble *trouble,
		     enum release_refusal *ret_refusal)
{
	char name[SUMS_NAME_MAX];
	int rc;

	if (!o->lock)
		return 0;
	snprintf(name, sizeof(name), "%s.lock", o->profile);
	rc = read_input(o->lock, name, LOCK_MAX, trouble, &in->files[in->nr_files]);
	if (rc)
		return rc;
	in->nr_files++;
	for (size_t i = 0; !rc && i < o->nr_images; i++)
		rc = add_image(in, o->images[i], trouble);
	return rc ? rc : judge_images(o, in, trouble, ret_refusal);
}

int inputs_read(const struct release_options *options, struct trouble *trouble,
		enum release_refusal *ret_refusal, struct inputs *ret_inputs)
{
	struct inputs *in = ret_inputs;
	int rc;

	*ret_refusal = RELEASE_NOT_REFUSED;
	*in = (struct inputs){ 0 };
	rc = check_options(options, trouble);
	if (!rc)
		rc = read_lock(options, in, trouble, ret_refusal);
	if (!rc && options->matrix_html)
		rc = add_file(in, options->matrix_html, "matrix.html", trouble);
	if (!rc && options->matrix_json)
		rc = add_file(in, options->matrix_json, "matrix.json", trouble);
	if (!rc && options->evidence) {
		rc = add_file(in, options->evidence, "evidence.json", trouble);
		if (!rc)
			rc = judge_evidence(options, &in->files[in->nr_files - 1], trouble,
					    ret_refusal);
	}
	if (rc)
		inputs_reset(in);
	return rc;
}

bool input_is_elf(const struct input *file)
{
	return file->size >= 4 && !memcmp(file->data, "\177ELF", 4);
}

void inputs_reset(struct inputs *in)
{
	for (size_t i = 0; i < in->nr_files; i++)
		free(in->files[i].data);
	for (size_t i = 0; i < in->nr_images; i++)
		free(in->images[i].data);
	*in = (struct inputs){ 0 };
}
