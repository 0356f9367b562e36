/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lua text as a rule file, or as a profile when it begins with one, in this very
 * process: whatever it is, the host ends, and its answers can be decided on.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engine/decide.h"
#include "sample.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct host_limits limits = {
	.instructions = 20000,
	.memory = 1u << 20,
	.churn = 8u << 20,
	.verdicts = 10000,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char profile[] = "profile { title = 'x', vendor = { 'one' } }";
	struct host_input in = *sample_input(profile, "", NULL);
	struct host_source rule = in.rules[0];
	struct host_failure failure;
	struct answers answers;
	struct decision *list;
	struct strbuf err = STRBUF_INIT;
	int rc;

	if (size >= 7 && !memcmp(data, "profile", 7)) {
		in.profile.text = (const char *)data;
		in.profile.size = size;
	} else {
		rule.text = (const char *)data;
		rule.size = size;
		in.rules = &rule;
	}
	rc = host_run(&in, &limits, &answers, &failure);
	if (rc == -EINVAL && (!failure.message[0] || !failure.remedy[0]))
		abort();
	if (!rc && !decide(&in, &answers, &list, &err))
		free(list);
	answers_reset(&answers);
	strbuf_reset(&err);
	return 0;
}
