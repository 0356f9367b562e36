/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Facts: look-up. */
#include "engine/facts.h"

#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"

void facts_destroy(struct facts *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < f->nr_features; i++) {
		free(f->features[i].claims);
		free(f->features[i].needs);
		free(f->features[i].conflicts);
		free(f->features[i].implies);
		free(f->features[i].gates);
	}
	free(f->features);
	if (f->owner_destroy)
		f->owner_destroy(f->owner);
	free(f);
}

long facts_find(const struct facts *f, const char *id)
{
	size_t low = 0, high = f->nr_features;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int order = strcmp(id, f->features[mid].id);

		if (!order)
			return (long)mid;
		if (order < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return -1;
}

/* "l2_cat" for "psr_l2_cat": the one id that a part of it was given of; NULL for none or several.
 */
static const char *find_containing(const struct facts *f, const char *part)
{
	const char *found = NULL;

	for (size_t i = 0; i < f->nr_features && strlen(part) >= 3; i++) {
		if (!strstr(f->features[i].id, part))
			continue;
		if (found)
			return NULL;
		found = f->features[i].id;
	}
	return found;
}

const char *facts_suggest(const struct facts *f, const char *id)
{
	struct suggest s;

	suggest_start(&s, id);
	for (size_t i = 0; i < f->nr_features; i++)
		suggest_offer(&s, f->features[i].id);
	return suggest_best(&s) ? suggest_best(&s) : find_containing(f, id);
}
