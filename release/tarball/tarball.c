/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A .tar.xz whose bytes depend on nothing but what is put in. */
#include "tarball/tarball.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium/crypto_hash_sha256.h>
#include <sodium/utils.h>

#include "lazy-archive.h"

#define TAR_BLOCK 512

struct tarball {
	char *path;
	int fd;
	struct archive *tar; /* makes the tar, feeds xz */
	struct archive *xz;  /* compresses it into fd */
	crypto_hash_sha256_state sha256;
	long long epoch;
	char *last;	/* the name added before, for order and folders */
	locale_t utf8;	/* file names are bytes; see with_names() */
	bool made_file; /* so that destroy removes only what is ours */
};

static int libarchive_failed(struct tarball *t, struct archive *a, struct trouble *trouble)
{
	int rc = archive_errno(a) > 0 ? -archive_errno(a) : -EIO;

	return trouble_set(trouble, rc, t->path, "make room or choose another folder",
			   "cannot write the archive: %s",
			   archive_error_string(a) ? archive_error_string(a) : strerror(-rc));
}

/* Every byte of the tar passes here on its way to the compressor. */
static la_ssize_t feed(struct archive *tar, void *arg, const void *data, size_t size)
{
	struct tarball *t = arg;

	crypto_hash_sha256_update(&t->sha256, data, size);
	if (archive_write_data(t->xz, data, size) != (la_ssize_t)size) {
		archive_set_error(tar, archive_errno(t->xz), "%s", archive_error_string(t->xz));
		return -1;
	}
	return (la_ssize_t)size;
}

static int open_xz(struct tarball *t)
{
	struct archive_entry *entry = archive_entry_new();
	bool ok;

	if (!entry)
		return -ENOMEM;
	archive_entry_set_filetype(entry, AE_IFREG);
	ok = archive_write_add_filter_xz(t->xz) == ARCHIVE_OK &&
	     archive_write_set_filter_option(t->xz, "xz", "threads", "1") == ARCHIVE_OK &&
	     archive_write_set_filter_option(t->xz, "xz", "compression-level", "6") == ARCHIVE_OK &&
	     archive_write_set_format_raw(t->xz) == ARCHIVE_OK &&
	     archive_write_set_bytes_in_last_block(t->xz, 1) == ARCHIVE_OK &&
	     archive_write_open_fd(t->xz, t->fd) == ARCHIVE_OK &&
	     archive_write_header(t->xz, entry) == ARCHIVE_OK;
	archive_entry_free(entry);
	return ok ? 0 : -EIO;
}

static int open_tar(struct tarball *t)
{
	bool ok = archive_write_set_format_pax_restricted(t->tar) == ARCHIVE_OK &&
		  archive_write_set_bytes_in_last_block(t->tar, 1) == ARCHIVE_OK &&
		  archive_write_open(t->tar, t, NULL, feed, NULL) == ARCHIVE_OK;

	return ok ? 0 : -EIO;
}

/*
 * The pax global header (POSIX pax, "g" entries), which libarchive does not
 * write: one ustar header and one block that holds "LEN comment=COMMIT\n".
 */
static int put_commit(struct tarball *t, const char *commit)
{
	char block[2 * TAR_BLOCK] = { 0 };
	char *body = block + TAR_BLOCK;
	unsigned int sum = 0;
	size_t size = strlen(commit) + sizeof("NN comment=\n") - 1;

	if (size > 99)
		return -EINVAL;
	snprintf(body, TAR_BLOCK, "%zu comment=%s\n", size, commit);
	strcpy(block, "pax_global_header");
	strcpy(block + 100, "0000644");
	strcpy(block + 108, "0000000");
	strcpy(block + 116, "0000000");
	snprintf(block + 124, 12, "%011zo", size);
	snprintf(block + 136, 12, "%011llo", (unsigned long long)t->epoch & 077777777777ull);
	memset(block + 148, ' ', 8);
	block[156] = 'g';
	memcpy(block + 257, "ustar\00000", 8);
	for (size_t i = 0; i < TAR_BLOCK; i++)
		sum += (unsigned char)block[i];
	snprintf(block + 148, 8, "%06o", sum);
	return feed(t->tar, t, block, sizeof(block)) < 0 ? -EIO : 0;
}

static int open_file(struct tarball *t, struct trouble *trouble)
{
	t->fd = open(t->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (t->fd < 0)
		return trouble_set(trouble, -errno, t->path, "choose a folder you may write to",
				   "cannot create: %s", strerror(errno));
	t->made_file = true;
	/* The same mode under every umask. */
	if (fchmod(t->fd, 0644))
		return trouble_set(trouble, -errno, t->path, "choose another file system",
				   "cannot set its mode: %s", strerror(errno));
	return 0;
}

int tarball_create(const char *path, long long epoch, const char *commit, struct trouble *trouble,
		   struct tarball **ret_tarball)
{
	struct tarball *t;
	int rc;

	if (lazy_archive_missing())
		return trouble_set(trouble, -ENOPKG, path, "install libarchive",
				   "cannot start an archive: %s", lazy_archive_missing());
	t = calloc(1, sizeof(*t));
	if (!t)
		return trouble_set(trouble, -ENOMEM, path, "free memory", "out of memory");
	t->fd = -1;
	t->epoch = epoch;
	t->path = strdup(path);
	t->last = strdup("");
	t->tar = archive_write_new();
	t->xz = archive_write_new();
	t->utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	crypto_hash_sha256_init(&t->sha256);
	rc = -ENOMEM;
	if (!t->path || !t->last || !t->tar || !t->xz || !t->utf8) {
		trouble_set(trouble, rc, path, "free memory; the locale C.UTF-8 must exist",
			    "cannot start an archive");
		goto fail;
	}
	rc = open_file(t, trouble);
	if (rc)
		goto fail;
	rc = open_xz(t);
	if (!rc)
		rc = open_tar(t);
	if (!rc)
		rc = put_commit(t, commit);
	if (rc) {
		trouble_set(trouble, rc, path, "see whether the disk is full",
			    "cannot start an archive: %s", strerror(-rc));
		goto fail;
	}
	*ret_tarball = t;
	return 0;
fail:
	tarball_destroy(t);
	return rc;
}

static bool name_is_safe(const char *name)
{
	const char *part = name;

	for (;;) {
		size_t size = strcspn(part, "/");

		if (size == 0 || (size == 1 && part[0] == '.') ||
		    (size == 2 && part[0] == '.' && part[1] == '.'))
			return false;
		if (!part[size])
			return true;
		part += size + 1;
	}
}

/*
 * libarchive asks the locale what a name's bytes mean. Names are UTF-8 where
 * they can be (a pax `path` record) and raw bytes where not (`hdrcharset`
 * BINARY), whatever the user's locale is.
 */
static int put_entry(struct tarball *t, struct archive_entry *entry, const void *data, size_t size)
{
	locale_t before = uselocale(t->utf8);
	int r = archive_write_header(t->tar, entry);

	uselocale(before);
	/* ARCHIVE_WARN: a name that is no UTF-8 was written as raw bytes. */
	if (r != ARCHIVE_OK && r != ARCHIVE_WARN)
		return -EIO;
	if (size && archive_write_data(t->tar, data, size) != (la_ssize_t)size)
		return -EIO;
	return 0;
}

static struct archive_entry *new_entry(const struct tarball *t, const char *name, unsigned int type,
				       unsigned int mode)
{
	struct archive_entry *entry = archive_entry_new();

	if (!entry)
		return NULL;
	archive_entry_copy_pathname(entry, name);
	archive_entry_set_filetype(entry, type);
	archive_entry_set_perm(entry, mode);
	archive_entry_set_uid(entry, 0);
	archive_entry_set_gid(entry, 0);
	archive_entry_set_mtime(entry, (time_t)t->epoch, 0);
	archive_entry_set_size(entry, 0);
	return entry;
}

/* Folders of @name that the name before did not lie in. */
static int put_folders(struct tarball *t, const char *name)
{
	size_t common = 0, i;
	int rc = 0;

	for (i = 0; name[i] && name[i] == t->last[i]; i++) {
		if (name[i] == '/')
			common = i + 1;
	}
	for (i = common; !rc && name[i]; i++) {
		struct archive_entry *entry;
		char *folder;

		if (name[i] != '/')
			continue;
		folder = strndup(name, i);
		entry = folder ? new_entry(t, folder, AE_IFDIR, 0755) : NULL;
		rc = entry ? put_entry(t, entry, NULL, 0) : -ENOMEM;
		archive_entry_free(entry);
		free(folder);
	}
	return rc;
}

static int begin_name(struct tarball *t, const char *name, struct trouble *trouble)
{
	struct strbuf shown = STRBUF_INIT;
	char *copy;
	int rc = 0;

	trouble_escape(&shown, name, strlen(name));
	if (!name_is_safe(name))
		rc = trouble_set(trouble, -EINVAL, t->path, "rename the file",
				 "no archive may hold the name '%s'", strbuf_str(&shown));
	else if (strcmp(name, t->last) <= 0)
		rc = trouble_set(trouble, -EINVAL, t->path, "rename one of the files",
				 "'%s' is twice in the archive or out of order",
				 strbuf_str(&shown));
	strbuf_reset(&shown);
	if (rc)
		return rc;
	if (put_folders(t, name))
		return libarchive_failed(t, t->tar, trouble);
	copy = strdup(name);
	if (!copy)
		return trouble_set(trouble, -ENOMEM, t->path, "free memory", "out of memory");
	free(t->last);
	t->last = copy;
	return 0;
}

static int add(struct tarball *t, struct archive_entry *entry, const void *data, size_t size,
	       struct trouble *trouble)
{
	int rc;

	if (!entry)
		return trouble_set(trouble, -ENOMEM, t->path, "free memory", "out of memory");
	rc = put_entry(t, entry, data, size);
	archive_entry_free(entry);
	return rc ? libarchive_failed(t, t->tar, trouble) : 0;
}

int tarball_add_file(struct tarball *t, const char *name, const void *data, size_t size,
		     enum tarball_mode mode, struct trouble *trouble)
{
	struct archive_entry *entry;
	int rc = begin_name(t, name, trouble);

	if (rc)
		return rc;
	entry = new_entry(t, name, AE_IFREG, mode == TARBALL_EXECUTABLE ? 0755 : 0644);
	if (entry)
		archive_entry_set_size(entry, (la_int64_t)size);
	return add(t, entry, data, size, trouble);
}

int tarball_add_link(struct tarball *t, const char *name, const char *target,
		     struct trouble *trouble)
{
	struct archive_entry *entry;
	int rc = begin_name(t, name, trouble);

	if (rc)
		return rc;
	entry = new_entry(t, name, AE_IFLNK, 0777);
	if (entry)
		archive_entry_copy_symlink(entry, target);
	return add(t, entry, NULL, 0, trouble);
}

int tarball_finish(struct tarball *t, struct trouble *trouble, char ret_sha256[65])
{
	unsigned char digest[crypto_hash_sha256_BYTES];
	int rc = 0;

	if (archive_write_close(t->tar) != ARCHIVE_OK)
		rc = libarchive_failed(t, t->tar, trouble);
	else if (archive_write_close(t->xz) != ARCHIVE_OK)
		rc = libarchive_failed(t, t->xz, trouble);
	else if (fsync(t->fd))
		rc = trouble_set(trouble, -errno, t->path, "see whether the disk is full",
				 "cannot sync: %s", strerror(errno));
	if (!rc) {
		crypto_hash_sha256_final(&t->sha256, digest);
		sodium_bin2hex(ret_sha256, 65, digest, sizeof(digest));
		t->made_file = false; /* it is the caller's now */
	}
	tarball_destroy(t);
	return rc;
}

void tarball_destroy(struct tarball *t)
{
	if (!t)
		return;
	/* The tar first: closing it writes into xz. */
	archive_write_free(t->tar);
	archive_write_free(t->xz);
	if (t->fd >= 0)
		close(t->fd);
	if (t->made_file && t->path)
		unlink(t->path);
	if (t->utf8)
		freelocale(t->utf8);
	free(t->last);
	free(t->path);
	free(t);
}
