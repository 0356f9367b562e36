/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The first line as an expression, over the rest: bounded, whatever both are. */
#include "fuzz.h"

#include <string.h>

#include "config/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data, *end = text + size;
	const char *newline = size ? memchr(text, '\n', size) : NULL;
	struct model *m = model_create();
	struct pattern *p = NULL;
	const char *expression;

	if (!m)
		abort();
	expression = model_copy(m, text, (size_t)((newline ? newline : end) - text));
	if (!expression)
		abort();
	(void)config_glob(expression, newline ? "docs/misc/a.b" : "");
	if (pattern_compile(m, expression, (struct pos){ "a", 1, 1 }, &p))
		abort();
	for (size_t from = 0; p && newline && from < 64; from++) {
		struct pattern_span whole;

		if (from > (size_t)(end - newline - 1) ||
		    pattern_search(p, newline + 1, (size_t)(end - newline - 1), from, &whole) !=
			    PATTERN_MATCH)
			break;
		(void)pattern_group_at(p, 1);
	}
	pattern_free(p);
	fuzz_finish(m);
	return 0;
}
