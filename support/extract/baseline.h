/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the baseline that `candor check --write-baseline` wrote. */
#ifndef CANDOR_SUPPORT_EXTRACT_BASELINE_H
#define CANDOR_SUPPORT_EXTRACT_BASELINE_H

#include "model/model.h"

/**
 * Read @size bytes of JSON; all is allocated from the model. What is no baseline is a
 * "bad-baseline" finding, and nothing is known then. Returns 0 or -ENOMEM.
 */
int baseline_parse(struct model *m, const char *path, const char *text, size_t size,
		   struct baseline *ret_baseline);

/** Like baseline_parse() on a file's content; 0 or -errno of the reading. */
int baseline_read(struct model *m, const char *path, struct baseline *ret_baseline);

#endif
