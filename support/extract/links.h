/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the links of a statement, and whether the files they name are there. */
#ifndef CANDOR_SUPPORT_EXTRACT_LINKS_H
#define CANDOR_SUPPORT_EXTRACT_LINKS_H

#include "model/model.h"

/**
 * Add the links of the source @path, which was read before, to ->links. Relative ones
 * are looked up beside the file. Returns 0 or -ENOMEM.
 */
int links_find(struct model *m, const char *path);

#endif
