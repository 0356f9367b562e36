/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How every reader of a file into a model opens it: the model itself does no input. */
#ifndef CANDOR_SUPPORT_MODEL_READ_H
#define CANDOR_SUPPORT_MODEL_READ_H

#include "model/model.h"

/** Reads a text, called @path in messages, into the model. 0 or -errno. */
typedef int read_parse_fn(struct model *m, const char *path, const char *text, size_t size);

/** Have @parse read a regular file of at most @max bytes. 0, or -errno of either. */
int read_file(struct model *m, const char *path, size_t max, read_parse_fn *parse);

#endif
