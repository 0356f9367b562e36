/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Handles: made, told what to read, loaded, checked, destroyed. */
#include "capi/private.h"

#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sodium/core.h>

#include "capi/memory.h"
#include "check/judge.h"

#define VALUES_MAX 4096
#define TEXTS_MAX 4096

static const struct candor_option options[NR_OPTIONS] = {
	[OPTION_TREE] = { "tree", "DIR", "the source tree", false, { NULL } },
	[OPTION_REGISTRY] = { "registry", "FILE", "the registry of features", false, { NULL } },
	[OPTION_STATEMENT] = { "statement", "FILE", "a statement, SUPPORT.md", true, { NULL } },
	[OPTION_LOCK] = { "lock", "FILE", "a policy lock", true, { NULL } },
	[OPTION_OBJECT] = { "object",
			    "FILE",
			    "an ELF object, archive or executable",
			    true,
			    { NULL } },
	[OPTION_EVIDENCE] = { "evidence", "FILE", "results of tests", false, { NULL } },
};

const char *candor_api_version(void)
{
	return "1.0";
}

const struct candor_option *candor_option_at(size_t i)
{
	return i < NR_OPTIONS ? &options[i] : NULL;
}

/* Copy what fits, whole characters only. */
static void copy_text(char *to, size_t size, const char *text)
{
	size_t n = text ? strnlen(text, size) : 0;

	if (n == size) {
		n = size - 1;
		while (n && ((unsigned char)text[n] & 0xc0) == 0x80)
			n--;
	}
	if (n)
		memcpy(to, text, n);
	to[n] = '\0';
}

int error_set(struct candor_error *e, int code, const char *file, const char *remedy,
	      const char *fmt, ...)
{
	char message[1024];
	va_list ap;

	if (!e)
		return code;
	*e = (struct candor_error){ .code = code };
	va_start(ap, fmt);
	vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	copy_text(e->message, sizeof(e->message), message);
	copy_text(e->file, sizeof(e->file), file);
	copy_text(e->remedy, sizeof(e->remedy), remedy);
	return code;
}

int error_memory(struct candor_error *e)
{
	return error_set(e, -ENOMEM, NULL, "free memory", "out of memory");
}

const struct candor_allocator *handle_enter(const struct candor *c)
{
	return memory_enter(c->has_allocator ? &c->allocator : NULL);
}

int candor_create(const struct candor_allocator *allocator, struct candor **ret_candor)
{
	const struct candor_allocator *before;
	struct candor *c;

	/* It may be called by any thread, any number of times. */
	if (sodium_init() < 0)
		return -ENOMEM;
	before = memory_enter(allocator);
	c = calloc(1, sizeof(*c));
	memory_leave(before);
	if (!c)
		return -ENOMEM;
	c->has_allocator = allocator;
	if (allocator)
		c->allocator = *allocator;
	*ret_candor = c;
	return 0;
}

static void free_values(struct capi_values *v)
{
	for (size_t i = 0; i < v->nr; i++)
		free((char *)v->items[i]);
	free(v->items);
	*v = (struct capi_values){ 0 };
}

static void free_text(struct capi_text *t)
{
	free(t->path);
	free(t->text);
}

void candor_destroy(struct candor *c)
{
	const struct candor_allocator *before;
	struct candor_allocator allocator;

	if (!c)
		return;
	/* The handle is its own last block: the allocator must outlive it. */
	allocator = c->allocator;
	before = memory_enter(c->has_allocator ? &allocator : NULL);
	for (size_t i = 0; i < NR_OPTIONS; i++)
		free_values(&c->values[i]);
	for (size_t i = 0; i < c->nr_texts; i++)
		free_text(&c->texts[i]);
	free(c->texts);
	model_destroy(c->model);
	free(c);
	memory_leave(before);
}

/* Room for one more behind @nr elements: the array, or NULL. */
static void *grow(void *array, size_t nr, size_t size)
{
	return (nr & (nr - 1)) ? array : realloc(array, (nr ? nr * 2 : 1) * size);
}

static int add_value(struct capi_values *v, const char *value)
{
	const char **items = grow(v->items, v->nr, sizeof(*items));

	if (!items)
		return -ENOMEM;
	v->items = items;
	items[v->nr] = strdup(value);
	if (!items[v->nr])
		return -ENOMEM;
	v->nr++;
	return 0;
}

static int set_value(struct candor *c, size_t option, const char *value, struct candor_error *e)
{
	struct capi_values *v = &c->values[option], one = { 0 };

	if (!value) {
		free_values(v);
		return 0;
	}
	if (options[option].is_list) {
		if (v->nr == VALUES_MAX)
			return error_set(e, -E2BIG, value, "name fewer",
					 "more than %d values of %s", VALUES_MAX,
					 options[option].name);
		return add_value(v, value) ? error_memory(e) : 0;
	}
	if (add_value(&one, value)) {
		free_values(&one);
		return error_memory(e);
	}
	free_values(v);
	*v = one;
	return 0;
}

int candor_set(struct candor *c, const char *option, const char *value,
	       struct candor_error *ret_error)
{
	const struct candor_allocator *before;
	size_t i = 0;
	int rc;

	while (i < NR_OPTIONS && strcmp(options[i].name, option))
		i++;
	if (i == NR_OPTIONS)
		return error_set(ret_error, -EINVAL, NULL, "see candor_option_at()",
				 "no option '%s'", option);
	before = handle_enter(c);
	rc = set_value(c, i, value, ret_error);
	memory_leave(before);
	return rc;
}

const char *handle_value(const struct candor *c, enum capi_option option)
{
	const struct capi_values *v = &c->values[option];

	return v->nr ? v->items[v->nr - 1] : NULL;
}

/* ---- Texts ---- */

static struct capi_text *find_text(struct candor *c, const char *path)
{
	for (size_t i = 0; i < c->nr_texts; i++) {
		if (!strcmp(c->texts[i].path, path))
			return &c->texts[i];
	}
	return NULL;
}

static int make_text(struct capi_text *t, const char *path, const char *text, size_t size)
{
	t->path = strdup(path);
	t->text = malloc(size + 1);
	t->size = size;
	if (!t->path || !t->text) {
		free_text(t);
		return -ENOMEM;
	}
	if (size)
		memcpy(t->text, text, size);
	t->text[size] = '\0';
	return 0;
}

static int add_text(struct candor *c, const struct capi_text *made)
{
	struct capi_text *texts = grow(c->texts, c->nr_texts, sizeof(*texts));

	if (!texts)
		return -ENOMEM;
	c->texts = texts;
	texts[c->nr_texts++] = *made;
	return 0;
}

static int set_text(struct candor *c, const char *path, const char *text, size_t size)
{
	struct capi_text *there = find_text(c, path), made;
	int rc;

	if (!text && there) {
		free_text(there);
		*there = c->texts[--c->nr_texts];
	}
	if (!text)
		return 0;
	if (make_text(&made, path, text, size))
		return -ENOMEM;
	if (there) {
		free_text(there);
		*there = made;
		return 0;
	}
	rc = add_text(c, &made);
	if (rc)
		free_text(&made);
	return rc;
}

int candor_set_text(struct candor *c, const char *path, const char *text, size_t size,
		    struct candor_error *ret_error)
{
	const struct candor_allocator *before;
	int rc;

	if (text && c->nr_texts == TEXTS_MAX && !find_text(c, path))
		return error_set(ret_error, -E2BIG, path, "forget some", "more than %d texts",
				 TEXTS_MAX);
	before = handle_enter(c);
	rc = set_text(c, path, text, size);
	memory_leave(before);
	return rc ? error_memory(ret_error) : 0;
}

/* ---- What a tree has ---- */

/* DIR/NAME, as diagnostics name it: of "." NAME. Caller frees. */
static char *join(const char *tree, const char *name)
{
	char *path;

	if (!strcmp(tree, "."))
		return strdup(name);
	return asprintf(&path, "%s/%s", tree, name) < 0 ? NULL : path;
}

static int find_file(struct candor *c, const char *tree, enum capi_option option, const char *name)
{
	char *path;
	int rc = 0;

	if (c->values[option].nr)
		return 0;
	path = join(tree, name);
	if (!path)
		return -ENOMEM;
	if (find_text(c, path) || !access(path, F_OK))
		rc = add_value(&c->values[option], path);
	free(path);
	return rc;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int add_lock(struct candor *c, const char *folder, const char *name)
{
	static const char suffix[] = ".lock";
	size_t size = strlen(name), suffix_size = sizeof(suffix) - 1;
	char *path;
	int rc;

	if (name[0] == '.' || size <= suffix_size || strcmp(name + size - suffix_size, suffix) ||
	    c->values[OPTION_LOCK].nr == VALUES_MAX)
		return 0;
	path = join(folder, name);
	rc = path ? add_value(&c->values[OPTION_LOCK], path) : -ENOMEM;
	free(path);
	return rc;
}

static int find_locks(struct candor *c, const char *tree)
{
	struct capi_values *locks = &c->values[OPTION_LOCK];
	struct dirent *entry;
	char *folder;
	DIR *dir;
	int rc = 0;

	if (locks->nr)
		return 0;
	folder = join(tree, "policy/profiles");
	if (!folder)
		return -ENOMEM;
	dir = opendir(folder);
	while (dir && !rc && (entry = readdir(dir)))
		rc = add_lock(c, folder, entry->d_name);
	if (dir)
		closedir(dir);
	free(folder);
	if (locks->nr)
		qsort(locks->items, locks->nr, sizeof(*locks->items), compare_names);
	return rc;
}

static int find(struct candor *c, struct candor_error *e)
{
	const char *tree = handle_value(c, OPTION_TREE);
	int rc = tree ? 0 : add_value(&c->values[OPTION_TREE], ".");

	if (rc)
		return error_memory(e);
	tree = handle_value(c, OPTION_TREE);
	if (find_file(c, tree, OPTION_REGISTRY, "support/features.yaml") ||
	    find_file(c, tree, OPTION_STATEMENT, "SUPPORT.md") || find_locks(c, tree))
		return error_memory(e);
	if (!c->values[OPTION_REGISTRY].nr && !c->values[OPTION_STATEMENT].nr &&
	    !c->values[OPTION_OBJECT].nr)
		return error_set(e, -ENOENT, tree,
				 "name another tree, or files by 'statement' and 'registry'",
				 "holds neither SUPPORT.md nor support/features.yaml");
	return 0;
}

int candor_find(struct candor *c, struct candor_error *ret_error)
{
	const struct candor_allocator *before = handle_enter(c);
	int rc = find(c, ret_error);

	memory_leave(before);
	return rc;
}

/* ---- Reading ---- */

static int load(struct candor *c)
{
	const struct capi_values *statements = &c->values[OPTION_STATEMENT];
	struct support_inputs in = {
		.registry = handle_value(c, OPTION_REGISTRY),
		.statement = statements->nr ? statements->items[0] : NULL,
		.statements = statements->nr ? statements->items + 1 : NULL,
		.nr_statements = statements->nr ? statements->nr - 1 : 0,
		.tree = handle_value(c, OPTION_TREE),
		.evidence = handle_value(c, OPTION_EVIDENCE),
		.locks = c->values[OPTION_LOCK].items,
		.nr_locks = c->values[OPTION_LOCK].nr,
		.objects = c->values[OPTION_OBJECT].items,
		.nr_objects = c->values[OPTION_OBJECT].nr,
		.nr_texts = c->nr_texts,
	};
	struct support_text *texts = calloc(c->nr_texts + 1, sizeof(*texts));
	struct model *m;
	int rc;

	if (!texts)
		return -ENOMEM;
	for (size_t i = 0; i < c->nr_texts; i++)
		texts[i] = (struct support_text){ c->texts[i].path, c->texts[i].text,
						  c->texts[i].size };
	in.texts = texts;
	rc = support_load(&in, &m);
	free(texts);
	if (rc)
		return rc;
	judge_sort(m);
	model_destroy(c->model);
	c->model = m;
	return 0;
}

int candor_load(struct candor *c, struct candor_error *ret_error)
{
	const struct candor_allocator *before = handle_enter(c);
	int rc = load(c);

	memory_leave(before);
	if (rc == -ENOMEM)
		return error_memory(ret_error);
	return rc ? error_set(ret_error, rc, NULL, NULL, "cannot read: %s", strerror(-rc)) : 0;
}

int candor_check(struct candor *c, struct candor_error *ret_error)
{
	const struct candor_allocator *before;
	int rc;

	if (!c->model)
		return error_set(ret_error, -EINVAL, NULL, "call candor_load() first",
				 "nothing is loaded");
	before = handle_enter(c);
	rc = support_check(c->model);
	memory_leave(before);
	return rc ? error_memory(ret_error) : 0;
}
