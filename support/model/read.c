/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How every reader of a file into a model opens it. */
#include "model/read.h"

#include <stdlib.h>

#include "base/file.h"

int read_file(struct model *m, const char *path, size_t max, read_parse_fn *parse)
{
	char *text;
	size_t size;
	int rc = file_read(path, max, &text, &size);

	if (rc)
		return rc;
	rc = parse(m, path, text, size);
	free(text);
	return rc;
}
