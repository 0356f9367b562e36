/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Facts: look-up and the canonical text that locks hash. */
#include "engine/facts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "engine/suggest.h"

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

const char *facts_suggest(const struct facts *f, const char *id)
{
	struct suggest s;

	suggest_start(&s, id);
	for (size_t i = 0; i < f->nr_features; i++)
		suggest_offer(&s, f->features[i].id);
	return suggest_best(&s);
}

static int compare_strings(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* References in id order: their order in the registry decides nothing. */
static void canon_refs(const char *word, const struct fact_ref *refs, size_t nr, struct strbuf *out)
{
	const char **ids = calloc(nr ? nr : 1, sizeof(*ids));

	if (!ids) {
		out->failed = true;
		return;
	}
	for (size_t i = 0; i < nr; i++)
		ids[i] = refs[i].id;
	qsort(ids, nr, sizeof(*ids), compare_strings);
	for (size_t i = 0; i < nr; i++)
		strbuf_printf(out, "%s\t%s\n", word, ids[i]);
	free(ids);
}

void facts_canon(const struct facts *f, struct strbuf *out)
{
	strbuf_printf(out, "target\t%s\n", FACTS_TARGET);
	for (size_t i = 0; i < f->nr_features; i++) {
		const struct fact_feature *feature = &f->features[i];

		strbuf_printf(out, "feature\t%s\t%s\n", feature->id, feature->state);
		strbuf_printf(out, "known as\t%s\t%s\t%s\n", feature->title, feature->section,
			      feature->owner);
		canon_refs("needs", feature->needs, feature->nr_needs, out);
		canon_refs("conflicts", feature->conflicts, feature->nr_conflicts, out);
		canon_refs("implies", feature->implies, feature->nr_implies, out);
		if (feature->has_bound)
			strbuf_printf(out, "bound\t%" PRIu64 "\n", feature->bound);
		for (size_t c = 0; c < feature->nr_claims; c++)
			strbuf_printf(out, "claim\t%s\t%s\t%s\n", feature->claims[c].scope,
				      feature->claims[c].level, feature->claims[c].security);
	}
}
