/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whole files in, whole files out. */
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium/crypto_hash_sha256.h>
#include <sodium/utils.h>

static int read_fd(int fd, size_t max, char **ret_data, size_t *ret_size)
{
	struct stat st;
	char *data;
	size_t size = 0;

	if (fstat(fd, &st))
		return -errno;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	if ((unsigned long long)st.st_size > max)
		return -EFBIG;
	data = malloc((size_t)st.st_size + 1);
	if (!data)
		return -ENOMEM;
	while (size < (size_t)st.st_size) {
		ssize_t n = read(fd, data + size, (size_t)st.st_size - size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			int rc = -errno;

			free(data);
			return rc;
		}
		if (n == 0)
			break;
		size += (size_t)n;
	}
	data[size] = '\0';
	*ret_data = data;
	*ret_size = size;
	return 0;
}

int file_read(const char *path, size_t max, char **ret_data, size_t *ret_size)
{
	/* O_NONBLOCK: a FIFO must not hang us before fstat() refuses it. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int rc;

	if (fd < 0)
		return -errno;
	rc = read_fd(fd, max, ret_data, ret_size);
	close(fd);
	return rc;
}

int file_write_all(int fd, const char *data, size_t size)
{
	while (size) {
		ssize_t n = write(fd, data, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		data += n;
		size -= (size_t)n;
	}
	return 0;
}

static int sync_parent(const char *path)
{
	char *copy = strdup(path);
	int fd, rc = 0;

	if (!copy)
		return -ENOMEM;
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(copy);
	if (fd < 0)
		return -errno;
	/* Some file systems cannot sync a directory; that is not our failure. */
	if (fsync(fd) && errno != EINVAL && errno != EROFS)
		rc = -errno;
	close(fd);
	return rc;
}

/* Into what is there already and no regular file: /dev/null must stay a device. */
static int write_into(const char *path, const void *data, size_t size)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	int rc;

	if (fd < 0)
		return -errno;
	rc = file_write_all(fd, data, size);
	if (close(fd) && !rc)
		rc = -errno;
	return rc;
}

/* Write @size bytes to a new file beside @path and move it there. */
static int replace_file(const char *path, const void *data, size_t size)
{
	size_t tmp_size = strlen(path) + sizeof(".XXXXXX");
	char *tmp = malloc(tmp_size);
	mode_t mask;
	int fd, rc;

	if (!tmp)
		return -ENOMEM;
	snprintf(tmp, tmp_size, "%s.XXXXXX", path);
	fd = mkostemp(tmp, O_CLOEXEC);
	if (fd < 0) {
		rc = -errno;
		free(tmp);
		return rc;
	}
	mask = umask(0);
	umask(mask);
	rc = file_write_all(fd, data, size);
	if (!rc && fchmod(fd, 0666 & ~mask))
		rc = -errno;
	if (!rc && fsync(fd))
		rc = -errno;
	if (close(fd) && !rc)
		rc = -errno;
	if (!rc && rename(tmp, path))
		rc = -errno;
	if (rc)
		unlink(tmp);
	else
		rc = sync_parent(path);
	free(tmp);
	return rc;
}

int file_write_atomic(const char *path, const void *data, size_t size)
{
	struct stat st;
	char *target;
	int rc;

	if (stat(path, &st))
		return errno == ENOENT ? replace_file(path, data, size) : -errno;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	if (!S_ISREG(st.st_mode))
		return write_into(path, data, size);
	target = realpath(path, NULL);
	if (!target)
		return -errno;
	rc = replace_file(target, data, size);
	free(target);
	return rc;
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void file_free_names(char **names, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		free(names[i]);
	free(names);
}

static bool is_asked(const char *name, const char *suffix)
{
	size_t size = strlen(name), suffix_size = strlen(suffix);

	return name[0] != '.' && size > suffix_size && !strcmp(name + size - suffix_size, suffix);
}

/* Room for one more and the NULL behind it. */
static int add_name(char ***names, size_t *nr, const char *name)
{
	char **grown = *names;

	if (!*nr || !(*nr & (*nr - 1)))
		grown = realloc(*names, (*nr ? *nr * 2 : 1) * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	*names = grown;
	grown[*nr] = strdup(name);
	return grown[*nr] ? ((*nr)++, 0) : -ENOMEM;
}

int file_list(const char *folder, const char *suffix, char ***ret_names, size_t *ret_nr)
{
	DIR *dir = opendir(folder);
	char **names = calloc(1, sizeof(*names));
	struct dirent *entry;
	size_t nr = 0;
	int rc = !dir ? -errno : !names ? -ENOMEM : 0;

	while (dir && !rc && (entry = readdir(dir)))
		rc = is_asked(entry->d_name, suffix) ? add_name(&names, &nr, entry->d_name) : 0;
	if (dir)
		closedir(dir);
	if (rc) {
		file_free_names(names, nr);
		return rc;
	}
	if (nr)
		qsort(names, nr, sizeof(*names), by_bytes);
	*ret_names = names;
	*ret_nr = nr;
	return 0;
}

void sha256_hex(const void *data, size_t size, char ret_hex[65])
{
	unsigned char digest[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(digest, data, size);
	sodium_bin2hex(ret_hex, 65, digest, sizeof(digest));
}

void sha256_base64(const void *data, size_t size, char ret_text[45])
{
	unsigned char digest[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(digest, data, size);
	sodium_bin2base64(ret_text, 45, digest, sizeof(digest), sodium_base64_VARIANT_ORIGINAL);
}
