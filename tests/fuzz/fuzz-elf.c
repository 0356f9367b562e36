/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Objects and archives, and what their sections hold. */
#include "fuzz.h"

#include "extract/extract.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct model *m = model_create();

	if (!m || elf_parse(m, "a.o", (const char *)data, size) ||
	    records_parse(m, "b.o", (const char *)data, size) ||
	    lock_parse_records(m, "c.o", (const char *)data, size))
		abort();
	fuzz_finish(m);
	return 0;
}
