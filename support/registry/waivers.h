/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads support/waivers.yaml: findings that may stand, by whose word, and until when. */
#ifndef CANDOR_SUPPORT_REGISTRY_WAIVERS_H
#define CANDOR_SUPPORT_REGISTRY_WAIVERS_H

#include "model/model.h"

/**
 * Read @size bytes of YAML, called @path: "format: 1" and "waivers", a list of
 * mappings of rule, feature, place, owner, reason and expires. Wrong ones are
 * "bad-waiver" findings. Returns 0 or -ENOMEM.
 */
int waivers_parse(struct model *m, const char *path, const char *text, size_t size);

/** Like waivers_parse() on a file's content; 0 or -errno of the reading. */
int waivers_read(struct model *m, const char *path);

#endif
