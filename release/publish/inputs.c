/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a release is made from, read into memory once and judged. */
#include "publish/inputs.h"

#include "base/file.h"
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

/*
 * The value of @key in a lockfile ("key = value  # comment" lines), or "" if
 * it is not there or does not fit.
 */
static void find_value(const struct input *lock, const char *key, char *ret_value,
		       size_t value_size)
{
	size_t key_size = strlen(key);
	const char *line = lock->data;

	ret_value[0] = '\0';
	while (line && *line) {
		const char *at = line + strspn(line, " \t");

		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
		if (strncmp(at, key, key_size))
			continue;
		at += key_size + strspn(at + key_size, " \t");
		if (*at != '=')
			continue;
		at += 1 + strspn(at + 1, " \t");
		key_size = strcspn(at, " \t\r\n#");
		if (key_size < value_size) {
			memcpy(ret_value, at, key_size);
			ret_value[key_size] = '\0';
		}
		return;
	}
}

static int judge_lock(const struct release_options *options, const struct input *lock,
		      struct inputs *in, struct trouble *trouble)
{
	char value[SUMS_NAME_MAX];

	find_value(lock, "lock.format", value, sizeof(value));
	if (strcmp(value, "1") || strlen(lock->data) != lock->size)
		return trouble_set(trouble, -EINVAL, options->lock,
				   "write it with `candor policy lock`",
				   "is no policy lock of format 1");
	find_value(lock, "lock.profile", value, sizeof(value));
	if (strcmp(value, options->profile))
		return trouble_set(
			trouble, -EINVAL, options->lock, "name the profile that was locked",
			"is the lock of the profile '%s', not of '%s'", value, options->profile);
	find_value(lock, "lock.target", in->target, sizeof(in->target));
	if (!sums_name_ok(in->target))
		return trouble_set(trouble, -EINVAL, options->lock,
				   "write it with `candor policy lock`",
				   "names no target (lock.target)");
	return 0;
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
	rc = judge_lock(o, &in->files[in->nr_files - 1], in, trouble);
	for (size_t i = 0; !rc && i < o->nr_images; i++) {
		rc = add_image(in, o->images[i], trouble);
		if (!rc && o->inspect) {
			rc = o->inspect(o->images[i], o->lock, trouble);
			*ret_refusal = rc == -EPERM ? RELEASE_REFUSED : RELEASE_NOT_REFUSED;
		}
	}
	return rc;
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

void inputs_reset(struct inputs *in)
{
	for (size_t i = 0; i < in->nr_files; i++)
		free(in->files[i].data);
	for (size_t i = 0; i < in->nr_images; i++)
		free(in->images[i].data);
	*in = (struct inputs){ 0 };
}
