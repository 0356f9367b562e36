/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A baseline through the reader, and against findings that it may know. What it does not
 * name, and nothing else, fails; written anew it knows all of them.
 */
#include "findings.h"

#include "check/judge.h"
#include "extract/baseline.h"

static void expect(bool is_so)
{
	if (!is_so)
		abort();
}

static size_t count_findings(const struct model *m)
{
	struct tally t = judge_count(m);

	return t.nr_errors + t.nr_warnings + t.nr_old + t.nr_waived;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct model *m = model_create();
	struct baseline b, anew;
	struct strbuf sb = STRBUF_INIT;
	size_t before;

	findings_make(m);
	expect(!model_link(m) && !support_check(m));
	expect(!baseline_parse(m, "known.json", (const char *)data, size, &b));
	judge_name(m);
	before = count_findings(m);
	expect(!judge_compare(m, &b) && count_findings(m) == before);
	expect(judge_count(m).nr_old <= b.nr);
	(void)emit_findings_json(m, &(struct emit_run){ .baseline = &b }, &sb);
	strbuf_reset(&sb);
	emit_baseline(m, &sb);
	expect(strbuf_str(&sb));
	expect(!baseline_parse(m, "anew.json", sb.data, sb.size, &anew));
	expect(!judge_compare(m, &anew) && judge_count(m).nr_errors == 0 &&
	       judge_count(m).nr_warnings == 0);
	strbuf_reset(&sb);
	model_destroy(m);
	return 0;
}
