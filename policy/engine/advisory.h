/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Advisories that touch features, from support/advisories/NAME.json: which begin
 * to apply when a feature is turned on. Each is of our own form or a CVE record.
 */
#ifndef CANDOR_POLICY_ADVISORY_H
#define CANDOR_POLICY_ADVISORY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"

struct advisory {
	char *id;
	char *title;
	char *fixed_in; /* version; "" while there is no fix */
	char **features;
	size_t nr_features;
};

struct advisories {
	struct advisory *list; /* by id */
	size_t nr;
};

/**
 * Read all advisories of a tree; none is no error. Returns 0 (advisories_reset()
 * after use), -EINVAL with complaints in @err, or -ENOMEM.
 */
int advisories_read(const char *tree, struct advisories *ret_list, struct strbuf *err);

void advisories_reset(struct advisories *a);

/** Does it touch the feature, and is there no fix in this source? */
bool advisory_applies(const struct advisory *a, const char *feature);

#endif
