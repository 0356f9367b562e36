/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Policy locks and results of tests. */
#include "fuzz.h"

#include "extract/extract.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct model *m = model_create();

	if (!m || lock_parse(m, "a.lock", (const char *)data, size) ||
	    evidence_parse(m, "results", (const char *)data, size))
		abort();
	fuzz_finish(m);
	return 0;
}
