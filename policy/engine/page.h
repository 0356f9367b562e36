/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A profile on one page: for whom, what is in it and why, and what is left out. */
#ifndef CANDOR_POLICY_PAGE_H
#define CANDOR_POLICY_PAGE_H

#include "engine/measure.h"
#include "engine/policy.h"

/** The profile that others are compared with. */
#define PAGE_WIDEST "lab"

/**
 * Add the page as Markdown. @widest is PAGE_WIDEST's resolution, or NULL where a
 * tree has no such profile. No line numbers are in it, so only a decision, a
 * reason or a title changes it.
 */
void page_write(const struct resolution *r, const struct resolution *widest, struct strbuf *out);

/** Add a part with what two images measure. */
void page_write_measures(const char *profile, const struct measure *m, const char *against,
			 const struct measure *other, struct strbuf *out);

#endif
