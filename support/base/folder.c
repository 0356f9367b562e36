/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A folder for a while. */
#include "base/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

int folder_create(char ret_folder[FOLDER_NAME_SIZE])
{
	snprintf(ret_folder, FOLDER_NAME_SIZE, "%s", P_tmpdir "/candor-XXXXXX");
	return mkdtemp(ret_folder) ? 0 : -errno;
}

static int make_folders(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		int r;

		*slash = '\0';
		r = mkdir(path, 0700);
		*slash = '/';
		if (r && errno != EEXIST)
			return -errno;
	}
	return 0;
}

/* A repository may name a file "../x": no part of a path may lead out of the folder. */
static bool is_inside(const char *path)
{
	while (*path) {
		size_t n = strcspn(path, "/");

		if (!n || (n == 1 && *path == '.') || (n == 2 && !strncmp(path, "..", 2)))
			return false;
		path += n;
		path += *path == '/';
	}
	return true;
}

int folder_add(const char *folder, const char *path, const char *text, size_t size)
{
	char *whole;
	int fd, rc;

	if (!is_inside(path))
		return 0;
	if (asprintf(&whole, "%s/%s", folder, path) < 0)
		return -ENOMEM;
	rc = make_folders(whole);
	if (!rc) {
		fd = open(whole, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
		rc = fd < 0 ? -errno : file_write_all(fd, text, size);
		if (fd >= 0)
			close(fd);
	}
	free(whole);
	return rc;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void folder_remove(const char *folder)
{
	(void)nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}
