/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A folder that appears under its name whole or not at all. */
#include "publish/stage.h"

#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define RANDOM_PART "XXXXXX"
#define STALE_SECONDS 60

struct stage {
	char *out;    /* the name it will get, without trailing slashes */
	char *parent; /* its folder */
	char *path;   /* where it is now; NULL once it is gone */
	int fd;	      /* of the folder; its lock says that we are alive */
};

static int no_memory(const char *place, struct trouble *trouble)
{
	return trouble_set(trouble, -ENOMEM, place, "free memory", "out of memory");
}

/* Removes the files in a folder and then it; folders in it stop that. */
static void remove_flat(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *e;

	while (dir && (e = readdir(dir))) {
		if (strcmp(e->d_name, ".") && strcmp(e->d_name, ".."))
			unlinkat(dirfd(dir), e->d_name, 0);
	}
	if (dir)
		closedir(dir);
	rmdir(path);
}

/* Old enough that its maker has long taken the lock, and nobody holds it. */
static bool is_abandoned(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;
	bool yes;

	if (fd < 0)
		return false;
	yes = !fstat(fd, &st) && st.st_mtime < time(NULL) - STALE_SECONDS &&
	      !flock(fd, LOCK_EX | LOCK_NB);
	close(fd);
	return yes;
}

/* @prefix: ".NAME.partial-" */
static void sweep(const char *parent, const char *prefix)
{
	/* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): split() fails without it */
	DIR *dir = opendir(parent);
	size_t size = strlen(prefix);
	struct dirent *e;

	while (dir && (e = readdir(dir))) {
		char *path;

		if (strncmp(e->d_name, prefix, size) ||
		    strlen(e->d_name) != size + strlen(RANDOM_PART))
			continue;
		if (asprintf(&path, "%s/%s", parent, e->d_name) < 0)
			continue;
		if (is_abandoned(path))
			remove_flat(path);
		free(path);
	}
	if (dir)
		closedir(dir);
}

static int make_folder(struct stage *s, const char *base, struct trouble *trouble)
{
	char *prefix;

	if (asprintf(&prefix, ".%s.partial-", base) < 0)
		return no_memory(s->out, trouble);
	sweep(s->parent, prefix);
	if (asprintf(&s->path, "%s/%s" RANDOM_PART, s->parent, prefix) < 0)
		s->path = NULL;
	free(prefix);
	if (!s->path)
		return no_memory(s->out, trouble);
	if (!mkdtemp(s->path)) {
		int rc = -errno;

		free(s->path);
		s->path = NULL;
		return trouble_set(trouble, rc, s->parent,
				   "make the folder, or name one you may write to with --out",
				   "cannot make a folder in it: %s", strerror(-rc));
	}
	s->fd = open(s->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->fd < 0 || flock(s->fd, LOCK_EX | LOCK_NB) || fchmod(s->fd, 0755))
		return trouble_set(trouble, -errno, s->path, "choose another file system",
				   "cannot prepare the folder: %s", strerror(errno));
	return 0;
}

static int split(struct stage *s, const char *out, const char **ret_base, struct trouble *trouble)
{
	size_t size = strlen(out);
	const char *base;

	while (size > 1 && out[size - 1] == '/')
		size--;
	s->out = strndup(out, size);
	if (!s->out)
		return no_memory(out, trouble);
	base = strrchr(s->out, '/');
	base = base ? base + 1 : s->out;
	if (!*base || !strcmp(base, ".") || !strcmp(base, ".."))
		return trouble_set(trouble, -EINVAL, out, "name a new folder with --out",
				   "no folder of this name can be made");
	if (base == s->out)
		s->parent = strdup(".");
	else if (base == s->out + 1)
		s->parent = strdup("/");
	else
		s->parent = strndup(s->out, (size_t)(base - 1 - s->out));
	*ret_base = base;
	return s->parent ? 0 : no_memory(out, trouble);
}

int stage_create(const char *out, struct trouble *trouble, struct stage **ret_stage)
{
	struct stage *s = calloc(1, sizeof(*s));
	const char *base = NULL;
	int rc;

	if (!s)
		return no_memory(out, trouble);
	s->fd = -1;
	rc = split(s, out, &base, trouble);
	if (!rc)
		rc = make_folder(s, base, trouble);
	if (rc) {
		stage_destroy(s);
		return rc;
	}
	*ret_stage = s;
	return 0;
}

const char *stage_path(const struct stage *s)
{
	return s->path;
}

char *stage_join(const struct stage *s, const char *name)
{
	char *path;

	return asprintf(&path, "%s/%s", s->path, name) < 0 ? NULL : path;
}

int stage_write(struct stage *s, const char *name, const void *data, size_t size,
		struct trouble *trouble)
{
	int fd = openat(s->fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	int rc = fd < 0 ? -errno : 0;

	if (!rc)
		rc = file_write_all(fd, data, size);
	if (!rc && (fchmod(fd, 0644) || fsync(fd)))
		rc = -errno;
	if (fd >= 0 && close(fd) && !rc)
		rc = -errno;
	if (rc)
		trouble_set(trouble, rc, s->path, "see whether the disk is full",
			    "cannot write '%s' in it: %s", name, strerror(-rc));
	return rc;
}

static void sync_folder(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return;
	/* Some file systems cannot; the rename stands all the same. */
	(void)fsync(fd);
	close(fd);
}

/* Only what looks like a release may be removed: plain files, a checksum list. */
static int check_replaceable(const struct stage *s, struct trouble *trouble)
{
	DIR *dir = opendir(s->out);
	struct dirent *e;
	bool has_sums = false, flat = true;

	if (!dir)
		return trouble_set(trouble, -errno, s->out, "remove it yourself",
				   "cannot be replaced: %s", strerror(errno));
	while ((e = readdir(dir))) {
		struct stat st;

		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		has_sums = has_sums || !strcmp(e->d_name, "SHA256SUMS");
		if (fstatat(dirfd(dir), e->d_name, &st, AT_SYMLINK_NOFOLLOW) ||
		    !S_ISREG(st.st_mode))
			flat = false;
	}
	closedir(dir);
	if (has_sums && flat)
		return 0;
	return trouble_set(trouble, -EEXIST, s->out, "name another folder, or remove it yourself",
			   "is no release, so --replace leaves it alone");
}

static int swap(struct stage *s, struct trouble *trouble)
{
	int rc = check_replaceable(s, trouble);

	if (rc)
		return rc;
	if (renameat2(AT_FDCWD, s->path, AT_FDCWD, s->out, RENAME_EXCHANGE))
		return trouble_set(trouble, -errno, s->out, "remove it yourself, then run again",
				   "cannot be exchanged in one step: %s", strerror(errno));
	/* The old release has our temporary name now. */
	remove_flat(s->path);
	return 0;
}

int stage_publish(struct stage *s, enum stage_existing existing, struct trouble *trouble)
{
	if (fsync(s->fd) && errno != EINVAL && errno != EROFS)
		return trouble_set(trouble, -errno, s->path, "see whether the disk is full",
				   "cannot sync: %s", strerror(errno));
	/* rename() takes an empty folder's place, never that of a full one. */
	if (rename(s->path, s->out)) {
		int rc = -errno;

		if (rc != -ENOTEMPTY && rc != -EEXIST)
			return trouble_set(trouble, rc, s->out, "name a new folder with --out",
					   "cannot take this name: %s", strerror(-rc));
		if (existing == STAGE_KEEP)
			return -EEXIST;
		rc = swap(s, trouble);
		if (rc)
			return rc;
	}
	free(s->path);
	s->path = NULL;
	sync_folder(s->parent);
	return 0;
}

void stage_destroy(struct stage *s)
{
	if (!s)
		return;
	if (s->path)
		remove_flat(s->path);
	if (s->fd >= 0)
		close(s->fd);
	free(s->path);
	free(s->parent);
	free(s->out);
	free(s);
}
