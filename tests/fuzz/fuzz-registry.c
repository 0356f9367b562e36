/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* features.yaml through the reader and the rules. */
#include "fuzz.h"

#include "registry/registry.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct model *m = model_create();

	if (!m || registry_parse(m, "features.yaml", (const char *)data, size))
		abort();
	fuzz_finish(m);
	return 0;
}
