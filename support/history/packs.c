/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Looks at the indices of a repository's packs before libgit2 does: version 1.5 of it
 * believes the offsets in them, and one that leads outside of its pack or its own
 * table ends the process. Objects themselves it holds against their hashes.
 */
#include <dirent.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "private.h"

#define NR_FANOUT 256
#define ID_SIZE 20
#define TRAILER_SIZE (2 * (size_t)ID_SIZE)
/* As libgit2 follows them. */
#define ALTERNATES_DEPTH_MAX 5
#define NR_ALTERNATES_MAX 64
#define ALTERNATES_MAX ((size_t)64 << 10)

/* An index in memory. Version 2 has a head, and its tables one behind the other. */
struct index {
	const unsigned char *data;
	size_t size;
	uint64_t pack_size;
	const unsigned char *fanout;
	size_t nr; /* of objects */
};

static uint32_t read32(const unsigned char *p)
{
	uint32_t value;

	memcpy(&value, p, sizeof(value));
	return be32toh(value);
}

static uint64_t read64(const unsigned char *p)
{
	return (uint64_t)read32(p) << 32 | read32(p + 4);
}

/* An object starts behind the pack's head and before its trailer. */
static bool is_in_pack(const struct index *x, uint64_t offset)
{
	return offset >= 12 && x->pack_size > ID_SIZE && offset < x->pack_size - ID_SIZE;
}

static bool check_fanout(struct index *x)
{
	uint32_t before = 0;

	for (size_t i = 0; i < NR_FANOUT; i++) {
		uint32_t nr = read32(x->fanout + 4 * i);

		if (nr < before)
			return false;
		before = nr;
	}
	x->nr = before;
	return true;
}

static bool check_version1(struct index *x)
{
	const unsigned char *entry = x->fanout + 4 * (size_t)NR_FANOUT;

	if (x->size != 4 * (size_t)NR_FANOUT + x->nr * (4 + ID_SIZE) + TRAILER_SIZE)
		return false;
	for (size_t i = 0; i < x->nr; i++, entry += 4 + ID_SIZE) {
		if (!is_in_pack(x, read32(entry)))
			return false;
	}
	return true;
}

static bool check_version2(struct index *x)
{
	size_t least = 8 + 4 * (size_t)NR_FANOUT + x->nr * (ID_SIZE + 4 + 4) + TRAILER_SIZE;
	const unsigned char *offsets, *large;
	size_t nr_large;

	if (x->size < least || (x->size - least) % 8 || (x->size - least) / 8 > x->nr)
		return false;
	nr_large = (x->size - least) / 8;
	offsets = x->fanout + 4 * (size_t)NR_FANOUT + x->nr * (ID_SIZE + 4);
	large = offsets + x->nr * 4;
	for (size_t i = 0; i < x->nr; i++) {
		uint64_t offset = read32(offsets + 4 * i);

		if (offset & 0x80000000u) {
			offset &= 0x7fffffffu;
			if (offset >= nr_large)
				return false;
			offset = read64(large + 8 * offset);
		}
		if (!is_in_pack(x, offset))
			return false;
	}
	return true;
}

static bool check_index(struct index *x)
{
	static const unsigned char magic[] = { 0xff, 't', 'O', 'c' };
	bool is_version2;

	if (x->size < 8 + 4 * (size_t)NR_FANOUT + TRAILER_SIZE)
		return x->size == 4 * (size_t)NR_FANOUT + TRAILER_SIZE;
	is_version2 = !memcmp(x->data, magic, sizeof(magic));
	if (is_version2 && read32(x->data + 4) != 2)
		return false;
	x->fanout = x->data + (is_version2 ? 8 : 0);
	/* No count of 32 bits overflows the sizes below: size_t has 64. */
	return check_fanout(x) && (is_version2 ? check_version2(x) : check_version1(x));
}

/* The size of the pack that the index at @path is for; 0: there is none. */
static uint64_t find_pack_size(const char *path)
{
	size_t stem = strlen(path) - strlen(".idx");
	char *pack = NULL;
	struct stat st;
	uint64_t size = 0;

	if (asprintf(&pack, "%.*s.pack", (int)stem, path) < 0)
		return 0;
	if (!stat(pack, &st) && st.st_size > 0)
		size = (uint64_t)st.st_size;
	free(pack);
	return size;
}

/* 0, or -EIO for an index that lies. One without a pack, or that is no file, is not used. */
static int check_file(const char *path)
{
	struct index x = { .pack_size = find_pack_size(path) };
	int rc = 0, fd = x.pack_size ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1;
	struct stat st;
	void *data = MAP_FAILED;

	if (fd < 0)
		return 0;
	if (!fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_size > 0)
		data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (data == MAP_FAILED)
		return 0;
	x.data = data;
	x.size = (size_t)st.st_size;
	if (!check_index(&x))
		rc = -EIO;
	munmap(data, (size_t)st.st_size);
	return rc;
}

static bool is_index(const char *name)
{
	size_t size = strlen(name);

	return size > 4 && !strcmp(name + size - 4, ".idx");
}

/* Every index of one folder of objects. */
static int check_folder(const char *objects, struct history_trouble *trouble)
{
	struct dirent *entry;
	char *folder = NULL, *path;
	DIR *dir;
	int rc = 0;

	if (asprintf(&folder, "%s/pack", objects) < 0)
		return -ENOMEM;
	dir = opendir(folder);
	while (dir && !rc && (entry = readdir(dir))) {
		if (!is_index(entry->d_name))
			continue;
		if (asprintf(&path, "%s/%s", folder, entry->d_name) < 0) {
			rc = -ENOMEM;
			break;
		}
		rc = check_file(path);
		if (rc)
			history_say(trouble, "make it anew: git index-pack <the .pack file>",
				    "%s: the index does not fit its pack", path);
		free(path);
	}
	if (dir)
		closedir(dir);
	free(folder);
	return rc;
}

/* Folders of objects that are still to be looked at. */
struct folders {
	char *paths[NR_ALTERNATES_MAX];
	unsigned int depths[NR_ALTERNATES_MAX];
	size_t nr;
};

static int add_folder(struct folders *f, const char *base, const char *path, unsigned int depth)
{
	if (f->nr == NR_ALTERNATES_MAX)
		return -E2BIG;
	if (asprintf(&f->paths[f->nr], "%s%s%s", *path == '/' ? "" : base, *path == '/' ? "" : "/",
		     path) < 0)
		return -ENOMEM;
	f->depths[f->nr++] = depth;
	return 0;
}

/* What `objects/info/alternates` of folder @i names. */
static int add_alternates(struct folders *f, size_t i)
{
	char *path = NULL, *text, *line, *at;
	size_t size;
	int rc;

	if (f->depths[i] == ALTERNATES_DEPTH_MAX)
		return 0;
	if (asprintf(&path, "%s/info/alternates", f->paths[i]) < 0)
		return -ENOMEM;
	rc = file_read(path, ALTERNATES_MAX, &text, &size);
	free(path);
	if (rc)
		return rc == -ENOENT || rc == -ENOTDIR ? 0 : rc;
	for (at = text; !rc && (line = strsep(&at, "\r\n"));) {
		if (*line && *line != '#')
			rc = add_folder(f, f->paths[i], line, f->depths[i] + 1);
	}
	free(text);
	return rc;
}

int history_check_packs(struct history_repo *repo, struct history_trouble *trouble)
{
	struct folders f = { .nr = 0 };
	int rc = add_folder(&f, git_repository_commondir(repo->git), "objects", 0);

	history_say(trouble, "see what `git fsck` says of the repository",
		    "'%s/objects/info/alternates' cannot be followed",
		    git_repository_commondir(repo->git));
	for (size_t i = 0; i < f.nr && !rc; i++) {
		rc = check_folder(f.paths[i], trouble);
		if (!rc)
			rc = add_alternates(&f, i);
	}
	for (size_t i = 0; i < f.nr; i++)
		free(f.paths[i]);
	return rc;
}
