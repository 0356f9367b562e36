/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tests of policies: what files of expectations say, held against decisions, and
 * which sentences of the rules never decided anything meanwhile.
 */
#ifndef CANDOR_POLICY_EXPECT_H
#define CANDOR_POLICY_EXPECT_H

#include "engine/coverage.h"

/** What sentence.value of a SENTENCE_SUPPOSE says of the code; 0: nothing. */
enum supposed {
	SUPPOSE_BUILT = 1,
	SUPPOSE_NOT_BUILT = 2,
};

/** An expectation that was not met. */
struct unmet {
	struct place at;
	char text[512];
};

struct expectations {
	size_t nr_files;
	size_t nr_expectations; /* sentences */
	size_t nr_checks;	/* sentences times their features */
	struct unmet *unmet;
	size_t nr_unmet;
	struct host_source *files; /* policy/tests, which places are borrowed from */
	struct coverage coverage;
};

/**
 * Run policy/tests of the policy's tree; without the folder there are no
 * expectations. Returns 0 with *@ret_result (expect_reset() before the policy
 * goes), -EINVAL with complaints in @err when a file or a profile cannot be
 * evaluated, or -errno.
 */
int expect_run(const struct policy *p, struct expectations *ret_result, struct strbuf *err);

void expect_reset(struct expectations *e);

/** Nothing failed, and every rule decides something. */
bool expect_is_met(const struct expectations *e);

/** Add what it came to; as JSON docs/schema/policy-test.schema.json. */
void expect_text(const struct policy *p, const struct expectations *e, struct strbuf *out);
void expect_json(const struct policy *p, const struct expectations *e, struct strbuf *out);

#endif
