/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a tree has, where nothing else is named. */
#include "capi/private.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/date.h"
#include "capi/memory.h"

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
	if (handle_text(c, path) || !access(path, F_OK)) {
		rc = handle_add(&c->values[option], path);
		c->is_found[option] = !rc;
	}
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
	    c->values[OPTION_LOCK].nr == CAPI_VALUES_MAX)
		return 0;
	path = join(folder, name);
	rc = path ? handle_add(&c->values[OPTION_LOCK], path) : -ENOMEM;
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

static int find_date(struct candor *c, struct candor_error *e)
{
	char date[DATE_SIZE];

	if (c->values[OPTION_DATE].nr)
		return 0;
	if (date_today(date))
		return error_set(e, -EINVAL, NULL, "write seconds since 1970",
				 "SOURCE_DATE_EPOCH is no time");
	return handle_add(&c->values[OPTION_DATE], date) ? error_memory(e) : 0;
}

static int find(struct candor *c, struct candor_error *e)
{
	const char *tree = handle_value(c, OPTION_TREE);
	int rc = tree ? 0 : handle_add(&c->values[OPTION_TREE], ".");

	if (rc)
		return error_memory(e);
	tree = handle_value(c, OPTION_TREE);
	if (find_file(c, tree, OPTION_REGISTRY, "support/features.yaml") ||
	    find_file(c, tree, OPTION_STATEMENT, "SUPPORT.md") ||
	    find_file(c, tree, OPTION_CONFIG, "candor.yaml") ||
	    find_file(c, tree, OPTION_WAIVERS, "support/waivers.yaml") || find_locks(c, tree))
		return error_memory(e);
	rc = find_date(c, e);
	if (rc)
		return rc;
	if (!c->values[OPTION_REGISTRY].nr && !c->values[OPTION_STATEMENT].nr &&
	    !c->values[OPTION_CONFIG].nr && !c->values[OPTION_OBJECT].nr)
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
