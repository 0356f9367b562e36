/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs a fuzz target over the files of a folder, without a fuzzer: the corpus
 * as a regression test, with any compiler.
 */
#include <dirent.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"

#define INPUT_MAX (16u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static int run(const char *folder, const char *name)
{
	char path[PATH_MAX], *data;
	size_t size;
	int rc;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	rc = file_read(path, INPUT_MAX, &data, &size);
	if (rc) {
		fprintf(stderr, "%s: cannot be read (%d)\n", path, rc);
		return 1;
	}
	printf("%s\n", path);
	fflush(stdout);
	LLVMFuzzerTestOneInput((const uint8_t *)data, size);
	free(data);
	return 0;
}

int main(int argc, char **argv)
{
	struct dirent **entry;
	int n = argc == 2 ? scandir(argv[1], &entry, is_visible, alphasort) : -1;
	int rc = 0;

	if (n <= 0) {
		fprintf(stderr, "usage: %s FOLDER (with at least one input)\n", argv[0]);
		return 2;
	}
	for (int i = 0; i < n; i++) {
		rc |= run(argv[1], entry[i]->d_name);
		free(entry[i]);
	}
	free(entry);
	return rc;
}
