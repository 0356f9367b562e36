/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the renderings over release/ share: how its trouble is told. */
#ifndef CANDOR_CAPI_RELEASE_H
#define CANDOR_CAPI_RELEASE_H

#include "capi/render.h"
#include "trouble.h"

/** None yet, with the handle's watcher. */
struct trouble release_trouble(struct candor *c);

/** Tell it as the call's error. Returns @rc. */
int release_complain(struct candor *c, int rc, const struct trouble *trouble,
		     struct candor_error *e);

#endif
