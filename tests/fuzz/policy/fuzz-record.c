/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bytes as a record of a decision, or, when they begin with "target", as the
 * facts of one: what is accepted is written and read again the same, and can be
 * decided on whatever needs, conflicts and implies what.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engine/decide.h"
#include "engine/record.h"
#include "sample.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_round_trip(const struct facts *facts)
{
	struct strbuf once = STRBUF_INIT, twice = STRBUF_INIT, err = STRBUF_INIT;
	struct facts *again;

	facts_canon(facts, &once);
	if (facts_parse("again", once.data, once.size, &again, &err))
		abort();
	facts_canon(again, &twice);
	if (once.size != twice.size || memcmp(once.data, twice.data, once.size) != 0)
		abort();
	facts_destroy(again);
	strbuf_reset(&once);
	strbuf_reset(&twice);
	strbuf_reset(&err);
}

/* No feature is on whose need is off, however it came out. */
static void check_decisions(const struct facts *facts, const struct decision *list)
{
	for (size_t i = 0; i < facts->nr_features; i++) {
		const struct fact_feature *f = &facts->features[i];

		if (list[i].on && !f->built)
			abort();
		for (size_t k = 0; list[i].on && k < f->nr_needs; k++) {
			long need = facts_find(facts, f->needs[k].id);

			if (need >= 0 && !list[need].on)
				abort();
		}
	}
}

static void decide_on(const struct facts *facts)
{
	static const char *const rules[] = {
		"allow { everything, because = '{level}' }",
		"allow { features { level = { 'Supported' } }, because = 'x' }",
		"rule('r', function(f) if #f.needs > 0 then return require('x') end end)",
	};

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		struct host_input in = *sample_input("profile { title = 'x', vendor = { 'one' } }",
						     rules[i], NULL);
		const struct host_limits limits = host_limits_for(facts->nr_features);
		struct strbuf err = STRBUF_INIT;
		struct host_failure failure;
		struct answers answers;
		struct decision *list;

		in.facts = facts;
		if (!host_run(&in, &limits, &answers, &failure)) {
			if (!decide(&in, &answers, &list, &err)) {
				check_decisions(facts, list);
				free(list);
			} else if (!strbuf_str(&err) || !*strbuf_str(&err)) {
				abort();
			}
			answers_reset(&answers);
		}
		strbuf_reset(&err);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct strbuf err = STRBUF_INIT;
	struct record *record;
	struct facts *facts;

	if (size >= 6 && !memcmp(data, "target", 6)) {
		if (!facts_parse("facts", (const char *)data, size, &facts, &err)) {
			check_round_trip(facts);
			decide_on(facts);
			facts_destroy(facts);
		}
	} else if (!record_parse("a.json", (const char *)data, size, &record, &err)) {
		check_round_trip(record->facts);
		record_free(record);
	}
	strbuf_reset(&err);
	return 0;
}
