/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A folder for a while: files put into it by their paths, and all of it taken away. */
#ifndef CANDOR_BASE_FOLDER_H
#define CANDOR_BASE_FOLDER_H

#include <stddef.h>

#define FOLDER_NAME_SIZE 32

/** A new folder for temporary files, of the user's alone. Returns 0 or -errno. */
int folder_create(char ret_folder[FOLDER_NAME_SIZE]);

/**
 * Write the new file @path below a folder, with the folders above it. A path that may
 * lead out of it ("../x", "a//b") is left out, which is no failure. Returns 0 or -errno.
 */
int folder_add(const char *folder, const char *path, const char *text, size_t size);

/** Remove a folder and all in it, as far as that can be. */
void folder_remove(const char *folder);

#endif
