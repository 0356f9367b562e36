/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the feature registry, support/features.yaml, into a model. */
#ifndef CANDOR_SUPPORT_REGISTRY_REGISTRY_H
#define CANDOR_SUPPORT_REGISTRY_REGISTRY_H

#include "model/model.h"

/**
 * Read @size bytes of YAML, called @path in messages, into @m. The reader is
 * strict: an unknown or repeated key, a wrong type, a bad or repeated id is an
 * error with its place; the entry is left out and reading goes on.
 * Returns 0 (also with errors reported) or -ENOMEM.
 */
int registry_parse(struct model *m, const char *path, const char *text, size_t size);

/** Like registry_parse() on a file's content; 0 or -errno of the reading. */
int registry_read(struct model *m, const char *path);

#endif
