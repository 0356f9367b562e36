/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is in a folder, sorted by name: no file system's order shows in an answer. */
#ifndef CANDOR_SUPPORT_EXTRACT_ENTRIES_H
#define CANDOR_SUPPORT_EXTRACT_ENTRIES_H

#include <stdbool.h>
#include <stddef.h>

struct entry {
	const char *name;
	unsigned char type; /* DT_REG, DT_DIR, DT_LNK, or another: never DT_UNKNOWN */
};

struct entries {
	struct entry *list;
	size_t nr;
	char *names;
};

/** Read the folder that is open as @fd, from its beginning. 0 or -errno. */
int entries_read(int fd, struct entries *ret_entries);

/** Is there one of this name? */
bool entries_have(const struct entries *entries, const char *name);

/** Free what entries_read() gave. */
void entries_reset(struct entries *entries);

#endif
