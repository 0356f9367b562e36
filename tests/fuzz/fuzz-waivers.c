/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* waivers.yaml through the reader, and against findings that it may excuse. */
#include "findings.h"

#include "registry/waivers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct model *m = model_create();

	findings_make(m);
	if (waivers_parse(m, "waivers.yaml", (const char *)data, size))
		abort();
	fuzz_finish(m);
	return 0;
}
