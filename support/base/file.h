/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whole files in, whole files out: never a half-written one. */
#ifndef CANDOR_BASE_FILE_H
#define CANDOR_BASE_FILE_H

#include <stddef.h>

/**
 * Read a regular file of at most @max bytes. *@ret_data is NUL-terminated
 * behind its *@ret_size bytes; caller frees. Returns 0 or -errno (-EFBIG over
 * @max, -EISDIR, -EINVAL for what is no regular file).
 */
int file_read(const char *path, size_t max, char **ret_data, size_t *ret_size);

/**
 * Replace @path by @size bytes: written beside it, fsynced, renamed. On failure
 * the old file stands and nothing else is left. A symbolic link stays one: what it
 * points to is replaced. What is no regular file (a device, a pipe) is written into
 * and stays what it is. Returns 0 or -errno.
 */
int file_write_atomic(const char *path, const void *data, size_t size);

/** Write all of @size bytes to @fd, however few each write() takes. Returns 0 or -errno. */
int file_write_all(int fd, const char *data, size_t size);

/**
 * The names in a folder that end in @suffix and do not begin with a dot, sorted by their
 * bytes whatever the locale: *@ret_names with *@ret_nr, file_free_names() them. Returns 0
 * or -errno.
 */
int file_list(const char *folder, const char *suffix, char ***ret_names, size_t *ret_nr);
void file_free_names(char **names, size_t nr);

/** SHA-256 of @size bytes as 64 lower-case hex digits and a NUL. */
void sha256_hex(const void *data, size_t size, char ret_hex[65]);

/** The same in base64, as pages name a script by it. */
void sha256_base64(const void *data, size_t size, char ret_text[45]);

#endif
