/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SUPPORT.md through the reader, the rules and the matrix. */
#include "fuzz.h"

#include "statement/statement.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct model *m = model_create();

	if (!m || statement_parse(m, "SUPPORT.md", (const char *)data, size))
		abort();
	fuzz_show(m);
	fuzz_finish(m);
	return 0;
}
