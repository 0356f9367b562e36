/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Other states of a tree: at a git revision, or as another statement has it. */
#include "state.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/folder.h"
#include "extract/baseline.h"
#include "extract/extract.h"
#include "history/history.h"
#include "registry/registry.h"
#include "registry/waivers.h"
#include "statement/statement.h"

#define TEXT_MAX ((size_t)4 << 20)
#define SOURCE_MAX ((size_t)16 << 20)

typedef int parser_fn(struct model *m, const char *path, const char *text, size_t size);

/* A tree at a revision. */
struct revision {
	struct history_repo *repo;
	struct history_trouble *trouble;
	struct arena *arena;
	char *top; /* of the tree below the repository's, with a '/' unless "" */
	struct history_file *files;
	size_t nr_files;
	const struct support_inputs *in;
};

static int open_revision(struct revision *r, const char *name)
{
	char *inside;
	int rc = history_open(r->in->tree ? r->in->tree : ".", r->trouble, &r->repo);

	if (rc)
		return rc;
	r->arena = arena_create();
	inside = history_inside(r->repo, r->in->tree ? r->in->tree : ".");
	if (r->arena &&
	    asprintf(&r->top, "%s%s", inside ? inside : "", inside && *inside ? "/" : "") < 0)
		r->top = NULL;
	free(inside);
	if (!r->arena || !r->top)
		return -ENOMEM;
	return history_list(r->repo, name, r->arena, r->trouble, &r->files, &r->nr_files);
}

static void close_revision(struct revision *r)
{
	free(r->files);
	free(r->top);
	arena_destroy(r->arena);
	history_close(r->repo);
}

/* A file's path below the tree, or NULL when it is elsewhere. */
static const char *path_of(const struct revision *r, size_t i)
{
	size_t size = strlen(r->top);

	return strncmp(r->files[i].path, r->top, size) ? NULL : r->files[i].path + size;
}

static const char *listed_name(const struct tree_files *files, size_t i)
{
	return path_of(files->context, i);
}

static int listed_read(const struct tree_files *files, size_t i, char **ret_data, size_t *ret_size)
{
	struct revision *r = files->context;
	int rc = history_read_id(r->repo, r->files[i].blob, SOURCE_MAX, r->trouble, ret_data,
				 ret_size);

	/* As in a walk of the disk, a file that is too large is no reason to stop. */
	if (rc != -EFBIG)
		return rc;
	*ret_data = strdup("");
	*ret_size = 0;
	return *ret_data ? 0 : -ENOMEM;
}

/* Give a file to its parser under the name that the state at hand has for it. */
static int parse_file(struct revision *r, struct model *m, size_t i, parser_fn *parse)
{
	const char *tree = r->in->tree ? r->in->tree : ".";
	char *text, *name;
	size_t size;
	int rc = history_read_id(r->repo, r->files[i].blob, TEXT_MAX, r->trouble, &text, &size);

	if (rc)
		return rc;
	if (!strcmp(tree, "."))
		name = strdup(path_of(r, i));
	else if (asprintf(&name, "%s/%s", tree, path_of(r, i)) < 0)
		name = NULL;
	rc = name ? parse(m, name, text, size) : -ENOMEM;
	free(name);
	free(text);
	return rc;
}

static parser_fn *find_parser(const char *path)
{
	static const char locks[] = "policy/profiles/";
	size_t size = strlen(path);

	if (!strcmp(path, "support/features.yaml"))
		return registry_parse;
	if (!strcmp(path, "SUPPORT.md"))
		return statement_parse;
	if (!strcmp(path, "support/waivers.yaml"))
		return waivers_parse;
	if (!strncmp(path, locks, sizeof(locks) - 1) && !strchr(path + sizeof(locks) - 1, '/') &&
	    size > 5 && !strcmp(path + size - 5, ".lock"))
		return lock_parse;
	return NULL;
}

static int read_revision(struct revision *r, struct model *m)
{
	struct tree_files files = {
		.nr = r->nr_files, .name = listed_name, .read = listed_read, .context = r
	};
	int rc = 0;

	for (size_t i = 0; i < r->nr_files && !rc; i++) {
		const char *path = path_of(r, i);
		parser_fn *parse = path ? find_parser(path) : NULL;

		rc = parse ? parse_file(r, m, i, parse) : 0;
	}
	if (!rc && r->in->tree)
		rc = tree_scan_files(m, &files);
	return rc ? rc : model_link(m);
}

static bool is_file(const char *name)
{
	return strchr(name, '/') == name || !access(name, F_OK);
}

static bool is_folder(const char *name)
{
	struct stat st;

	return !stat(name, &st) && S_ISDIR(st.st_mode);
}

/* A file of another tree, if it is there. */
static int read_from(struct model *m, const char *folder, const char *name,
		     int (*read)(struct model *m, const char *path))
{
	char *path;
	int rc;

	if (asprintf(&path, "%s/%s", folder, name) < 0)
		return -ENOMEM;
	rc = read(m, path);
	free(path);
	return rc == -ENOENT ? 0 : rc;
}

static int read_folder(struct model *m, const char *name)
{
	int rc = read_from(m, name, "support/features.yaml", registry_read);

	if (!rc)
		rc = read_from(m, name, "SUPPORT.md", statement_read);
	return !rc && !m->has_registry && !m->nr_statements ? -ENOENT : rc;
}

/* *@ret_model is NULL when @name cannot be read, which *@trouble tells. */
static int load(const struct support_inputs *in, const char *name, struct history_trouble *trouble,
		struct model **ret_model)
{
	struct revision r = { .trouble = trouble, .in = in };
	struct model *m = model_create();
	int rc;

	*ret_model = NULL;
	if (!m)
		return -ENOMEM;
	m->channel = in->channel;
	m->root = in->tree ? model_copy(m, in->tree, strlen(in->tree)) : NULL;
	if (in->date)
		m->today = model_copy(m, in->date, strlen(in->date));
	if (is_file(name)) {
		rc = is_folder(name) ? read_folder(m, name) : statement_read(m, name);
		snprintf(trouble->message, sizeof(trouble->message), "cannot read: %s",
			 strerror(-rc));
		snprintf(trouble->remedy, sizeof(trouble->remedy), "name a statement");
		rc = rc ? rc : model_link(m);
	} else {
		rc = open_revision(&r, name);
		rc = rc ? rc : read_revision(&r, m);
		close_revision(&r);
	}
	if (!rc) {
		*ret_model = m;
		return 0;
	}
	model_destroy(m);
	return rc == -ENOMEM ? rc : 0;
}

static int load_or_report(struct model *m, const struct support_inputs *in, const char *name,
			  struct model **ret_model)
{
	struct history_trouble trouble = { "cannot be read", "name a file or a git revision" };
	int rc = load(in, name, &trouble, ret_model);

	if (!rc && !*ret_model)
		model_report(m, SEVERITY_ERROR, "unreadable",
			     (struct pos){ model_copy(m, name, strlen(name)), 0, 0 },
			     trouble.remedy, "%s", trouble.message);
	return rc;
}

int state_add_previous(struct model *m, const struct support_inputs *in, const char *name)
{
	return load_or_report(m, in, name, &m->previous);
}

int state_add_branch(struct model *m, const struct support_inputs *in, const char *name)
{
	struct model **branches = model_grow(m, m->branches, m->nr_branches, sizeof(*branches));
	struct model *branch;
	int rc;

	if (!branches)
		return -ENOMEM;
	m->branches = branches;
	rc = load_or_report(m, in, name, &branch);
	if (branch)
		m->branches[m->nr_branches++] = branch;
	return rc;
}

/* Revisions on disk */

/* Write a file as it is in git; what is too large is left out. */
static int unpack_file(struct revision *r, size_t i, const char *folder)
{
	char *text;
	size_t size;
	int rc = history_read_id(r->repo, r->files[i].blob, SOURCE_MAX, r->trouble, &text, &size);

	if (rc)
		return rc == -EFBIG ? 0 : rc;
	rc = folder_add(folder, path_of(r, i), text, size);
	free(text);
	return rc;
}

/* The path of a file below a folder if it is there, from the model's memory; else NULL. */
static const char *find_below(struct model *m, const char *folder, const char *name)
{
	const char *path = model_printf(m, "%s/%s", folder, name);

	return path && !access(path, F_OK) ? path : NULL;
}

/* Load what was unpacked as the state at hand was loaded, by the same candor.yaml. */
static int load_unpacked(struct model *m, const struct support_inputs *in, const char *folder,
			 struct model **ret_model)
{
	struct support_inputs then = {
		.tree = folder,
		.config = in->config,
		.registry = find_below(m, folder, "support/features.yaml"),
		.statement = find_below(m, folder, "SUPPORT.md"),
		.waivers = find_below(m, folder, "support/waivers.yaml"),
		.date = in->date,
		.channel = in->channel,
	};

	return m->out_of_memory ? -ENOMEM : support_load(&then, ret_model);
}

static int unpack(struct model *m, const struct support_inputs *in, const char *name,
		  struct history_trouble *trouble, struct model **ret_model)
{
	struct revision r = { .trouble = trouble, .in = in };
	char folder[FOLDER_NAME_SIZE];
	int rc = open_revision(&r, name);

	if (!rc)
		rc = folder_create(folder);
	if (!rc) {
		for (size_t i = 0; i < r.nr_files && !rc; i++)
			rc = path_of(&r, i) ? unpack_file(&r, i, folder) : 0;
		if (!rc)
			rc = load_unpacked(m, in, folder, ret_model);
		folder_remove(folder);
	}
	close_revision(&r);
	return rc;
}

static int unpack_or_report(struct model *m, const struct support_inputs *in, const char *name,
			    struct model **ret_model)
{
	struct history_trouble trouble = { "cannot be read", "name a file or a git revision" };
	int rc;

	*ret_model = NULL;
	rc = unpack(m, in, name, &trouble, ret_model);
	if (!rc || rc == -ENOMEM)
		return rc;
	model_report(m, SEVERITY_ERROR, "unreadable",
		     (struct pos){ model_copy(m, name, strlen(name)), 0, 0 }, trouble.remedy, "%s",
		     trouble.message);
	return 0;
}

static const char *copy(struct model *m, const char *text)
{
	return text ? model_copy(m, text, strlen(text)) : NULL;
}

/* What was found in another state, in a model's memory. */
static int take_findings(struct model *m, const struct model *other, struct baseline *b)
{
	b->entries = model_alloc(m, (other->nr_diagnostics + 1) * sizeof(*b->entries));
	for (size_t i = 0; i < other->nr_diagnostics && b->entries; i++) {
		const struct diagnostic *d = &other->diagnostics[i];

		if (d->waiver)
			continue;
		b->entries[b->nr++] = (struct baseline_entry){
			.fingerprint = copy(m, d->fingerprint),
			.rule = copy(m, d->rule),
			.file = copy(m, d->at.file),
			.message = copy(m, d->message),
		};
	}
	return m->out_of_memory ? -ENOMEM : 0;
}

int state_read_baseline(struct model *m, const struct support_inputs *in,
			struct baseline *ret_baseline)
{
	struct model *other;
	int rc;

	memset(ret_baseline, 0, sizeof(*ret_baseline));
	if (is_file(in->baseline)) {
		rc = baseline_read(m, in->baseline, ret_baseline);
		if (rc && rc != -ENOMEM) {
			model_report(m, SEVERITY_ERROR, "unreadable",
				     (struct pos){ copy(m, in->baseline), 0, 0 },
				     "write one with --write-baseline", "cannot read: %s",
				     strerror(-rc));
			rc = 0;
		}
		return rc;
	}
	/* A tree with a candor.yaml is read by many readers, all from the disk. */
	rc = in->config && in->tree ? unpack_or_report(m, in, in->baseline, &other)
				    : load_or_report(m, in, in->baseline, &other);
	if (rc || !other)
		return rc;
	rc = support_check(other);
	if (!rc)
		rc = take_findings(m, other, ret_baseline);
	model_destroy(other);
	return rc;
}
