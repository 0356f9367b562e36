/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Source text through both scanners, and constants through the evaluator. */
#include "fuzz.h"

#include "extract/extract.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct model *m = model_create();
	const char *text;
	uint64_t value;

	if (!m || scan_c(m, "a.c", (const char *)data, size, NULL) ||
	    scan_comments(m, "a.sh", (const char *)data, size, NULL))
		abort();
	text = model_copy(m, (const char *)data, size);
	if (!text)
		abort();
	number_evaluate(text, NULL, &value);
	fuzz_finish(m);
	return 0;
}
