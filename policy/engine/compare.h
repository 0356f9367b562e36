/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two decisions side by side: which verdicts, limits and waivers differ, why, and at what cost. */
#ifndef CANDOR_POLICY_COMPARE_H
#define CANDOR_POLICY_COMPARE_H

#include <jansson.h>

#include "engine/advisory.h"
#include "engine/lockfile.h"

struct comparison {
	const char *from_name, *to_name;
	const struct lockfile *from, *to;
	/* What features are now, for the cost; features that are not in it cost nothing. */
	const struct facts *facts;
	const struct advisories *advisories; /* NULL: none */
};

/** Add the difference to @out for people; returns how many lines of the locks differ. */
size_t compare_text(const struct comparison *c, struct strbuf *out);

/** The same as a JSON object, of which NULL says out of memory; caller gives it up. */
json_t *compare_json(const struct comparison *c);

#endif
