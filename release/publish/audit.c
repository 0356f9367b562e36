/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The check of `candor check`, run on what a release is made from. */
#include "publish/audit.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "check/check.h"
#include "extract/extract.h"
#include "publish/interrupt.h"
#include "registry/registry.h"
#include "statement/statement.h"

#define TEXT_MAX (16u << 20)
#define REGISTRY "support/features.yaml"
#define STATEMENT "SUPPORT.md"
#define LOCKS "policy/profiles/*.lock"

typedef int parser_fn(struct model *m, const char *path, const char *text, size_t size);

struct audit {
	const struct release_options *options;
	struct source *source;
	struct trouble *trouble;
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

/* source_read() of what is a page or two, if it is sound. */
static int read_text(const struct audit *a, const char *name, char **ret_data, size_t *ret_size)
{
	int rc = source_read(a->source, name, a->trouble, ret_data, ret_size);

	if (rc || *ret_size <= TEXT_MAX)
		return rc;
	free(*ret_data);
	(void)trouble_set(a->trouble, -EFBIG, name, "commit the right file",
			  "is too large to be checked");
	return -EFBIG;
}

/* Parse a file of HEAD, if it is there. */
static int parse_file(struct audit *a, const char *name, parser_fn *parse, bool *ret_there)
{
	size_t size;
	char *data;
	int rc = read_text(a, name, &data, &size);

	*ret_there = !rc;
	if (rc)
		return rc == -ENOENT ? 0 : rc;
	rc = parse(a->model, name, data, size);
	free(data);
	return rc;
}

static const char *name_file(const struct tree_files *files, size_t i)
{
	const struct audit *a = files->context;

	return source_file_name(a->source, i);
}

static int read_file(const struct tree_files *files, size_t i, char **ret_data, size_t *ret_size)
{
	const struct audit *a = files->context;
	int rc = interrupt_check(a->trouble);

	return rc ? rc : source_file_read(a->source, i, a->trouble, ret_data, ret_size);
}

static int scan_sources(struct audit *a)
{
	const struct tree_files files = {
		.nr = source_nr_files(a->source),
		.name = name_file,
		.read = read_file,
		.context = a,
	};

	return tree_scan_files(a->model, &files);
}

/* The profile's lock may be one of HEAD's: what is wrong with it is said once. */
static int parse_own_lock(struct audit *a, const struct input *own, const char *name,
			  bool *ret_is_own)
{
	size_t size;
	char *data;
	int rc = read_text(a, name, &data, &size);

	if (rc)
		return rc;
	if (own && size == own->size && !memcmp(data, own->data, size))
		*ret_is_own = true;
	rc = lock_parse(a->model, name, data, size);
	free(data);
	return rc;
}

static int parse_locks(struct audit *a, const struct inputs *in)
{
	const struct input *own = a->options->lock ? &in->files[0] : NULL;
	bool is_own = false;
	int rc = 0;

	for (size_t i = 0; !rc && i < source_nr_files(a->source); i++) {
		const char *name = source_file_name(a->source, i);

		if (name && !fnmatch(LOCKS, name, FNM_PATHNAME | FNM_PERIOD | FNM_NOESCAPE))
			rc = parse_own_lock(a, own, name, &is_own);
	}
	if (!rc && own && !is_own)
		rc = lock_parse(a->model, a->options->lock, own->data, own->size);
	return rc;
}

static int parse_images(struct audit *a, const struct inputs *in)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < in->nr_images; i++) {
		if (input_is_elf(&in->images[i]))
			rc = elf_parse(a->model, a->options->images[i], in->images[i].data,
				       in->images[i].size);
	}
	return rc;
}

/* The model of HEAD and the inputs; *@ret_there: there is something to check. */
static int load(struct audit *a, const struct inputs *in, bool *ret_there)
{
	bool has_registry, has_statement;
	int rc = parse_file(a, REGISTRY, registry_parse, &has_registry);

	if (!rc)
		rc = parse_file(a, STATEMENT, statement_parse, &has_statement);
	if (rc)
		return rc;
	*ret_there = has_registry || has_statement;
	if (!*ret_there)
		return 0;
	rc = scan_sources(a);
	if (!rc)
		rc = parse_locks(a, in);
	if (!rc)
		rc = parse_images(a, in);
	return rc ? rc : model_link(a->model);
}

int audit_run(const struct release_options *options, struct source *source, const struct inputs *in,
	      struct trouble *trouble, struct model **ret_model)
{
	struct audit a = {
		.options = options,
		.source = source,
		.trouble = trouble,
		.model = model_create(),
	};
	bool there = false;
	int rc = a.model ? load(&a, in, &there) : -ENOMEM;

	if (!rc && there)
		rc = check_run(a.model);
	if (!rc && a.model->out_of_memory)
		rc = -ENOMEM;
	if (rc || !there) {
		model_destroy(a.model);
		a.model = NULL;
	}
	if (rc)
		return not_done(&a, rc);
	*ret_model = a.model;
	return 0;
}
