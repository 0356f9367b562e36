/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kconfig files in a folder on disk. */
#include "extract/kconfig/folder.h"

#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "private.h"

#define PATHS_MAX 10000

/* "a/./b/../c" is "a/c"; NULL when it leaves the folder. In @m's arena. */
static char *normalize(struct model *m, const char *path)
{
	char *out = *path == '/' ? NULL : model_alloc(m, strlen(path) + 2);
	size_t size = 0;

	while (out && *path) {
		size_t n = strcspn(path, "/");

		if (n == 2 && !memcmp(path, "..", 2)) {
			if (!size)
				return NULL;
			while (size && out[size - 1] != '/')
				size--;
			size -= size > 0;
		} else if (n && !(n == 1 && *path == '.')) {
			if (size)
				out[size++] = '/';
			memcpy(out + size, path, n);
			size += n;
		}
		path += n;
		path += *path == '/';
	}
	if (out)
		out[size] = '\0';
	return out && size ? out : NULL;
}

/* The real path of the root, looked up once; NULL: it has none. */
static const char *real_root(struct kconfig_folder *folder)
{
	if (!folder->real_root)
		folder->real_root = realpath(folder->root, NULL);
	return folder->real_root;
}

/* The real path, if it is within the real root; caller frees. */
static char *within(struct kconfig_folder *folder, const char *path)
{
	const char *root = real_root(folder);
	char joined[PATH_MAX], *real = NULL;
	size_t size = root ? strlen(root) : 0;

	if (root && snprintf(joined, sizeof(joined), "%s/%s", root, path) < (int)sizeof(joined))
		real = realpath(joined, NULL);
	if (real && (strncmp(real, root, size) != 0 || (size > 1 && real[size] != '/'))) {
		free(real);
		real = NULL;
	}
	return real;
}

void kconfig_folder_close(struct kconfig_folder *folder)
{
	free(folder->real_root);
	folder->real_root = NULL;
}

static int read_file(void *context, const char *path, char **ret_data, size_t *ret_size)
{
	struct kconfig_folder *folder = context;
	char *real = within(folder, path);
	int rc = real ? file_read(real, FILE_MAX, ret_data, ret_size) : -ENOENT;

	free(real);
	return rc;
}

static const char **list_of_one(struct model *m, const char *path)
{
	const char **list = model_alloc(m, 2 * sizeof(*list));

	if (list)
		list[0] = path;
	return list;
}

static const char **glob_files(void *context, struct model *m, const char *pattern)
{
	struct kconfig_folder *folder = context;
	const char *path = normalize(m, pattern), **list = NULL;
	char whole[PATH_MAX], *real;
	glob_t found = { 0 };
	size_t skip = strlen(folder->root) + 1, nr = 0;

	if (!path || snprintf(whole, sizeof(whole), "%s/%s", folder->root, path) >= PATH_MAX)
		return NULL;
	if (!strpbrk(path, "*?[")) {
		real = within(folder, path);
		free(real);
		return real ? list_of_one(m, path) : NULL;
	}
	if (!glob(whole, GLOB_NOESCAPE, NULL, &found) && found.gl_pathc <= PATHS_MAX)
		list = model_alloc(m, (found.gl_pathc + 1) * sizeof(*list));
	for (size_t i = 0; list && i < found.gl_pathc; i++) {
		const char *name = found.gl_pathv[i] + skip;

		/* A link may have led out of the folder. */
		real = within(folder, name);
		list[nr] = real ? model_copy(m, name, strlen(name)) : NULL;
		nr += list[nr] != NULL;
		free(real);
	}
	globfree(&found);
	return list;
}

static const char *find_variable(const struct config_variable *variables, size_t nr,
				 const char *name)
{
	for (size_t i = 0; i < nr; i++) {
		if (!strcmp(variables[i].name, name))
			return variables[i].value;
	}
	return NULL;
}

static const char *environment(void *context, const char *name)
{
	const struct kconfig_folder *f = context;
	const char *value = find_variable(f->more_variables, f->nr_more_variables, name);

	return value ? value : find_variable(f->variables, f->nr_variables, name);
}

static const char *shell(void *context, const char *command)
{
	const struct kconfig_folder *f = context;

	for (size_t i = 0; i < f->nr_facts; i++) {
		if (!f->facts[i].match || pattern_search(f->facts[i].match, command,
							 strlen(command), 0, NULL) == PATTERN_MATCH)
			return f->facts[i].value;
	}
	return "n";
}

struct kconfig_io kconfig_folder_io(struct kconfig_folder *folder)
{
	return (struct kconfig_io){ .read = read_file,
				    .glob = glob_files,
				    .environment = environment,
				    .shell = shell,
				    .prefix = folder->prefix,
				    .context = folder };
}
