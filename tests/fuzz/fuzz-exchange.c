/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A statement as data, YAML or JSON, through its reader, the rules and the matrix; what is
 * taken is written and read again, and says the same.
 */
#include "fuzz.h"

#include <string.h>

#include "emit/questions.h"
#include "statement/exchange.h"

/* What is taken from @text, as data again; false: nothing is. */
static bool read_and_write(struct model *m, const char *path, const char *text, size_t size,
			   struct strbuf *sb)
{
	if (!m || exchange_parse(m, path, text, size))
		abort();
	if (!m->nr_statements) {
		/* Nothing is refused without a word. */
		if (!m->nr_diagnostics)
			abort();
		return false;
	}
	emit_statement_doc(m->statements[0], sb);
	if (!strbuf_str(sb))
		abort();
	return true;
}

static void try_as(const char *path, const char *text, size_t size)
{
	struct strbuf once = STRBUF_INIT, twice = STRBUF_INIT;
	struct model *m = model_create();

	if (read_and_write(m, path, text, size, &once)) {
		struct model *again = model_create();

		if (!read_and_write(again, "again.json", once.data, once.size, &twice) ||
		    once.size != twice.size || memcmp(once.data, twice.data, once.size) != 0)
			abort();
		model_destroy(again);
		fuzz_show(m);
	}
	strbuf_reset(&once);
	strbuf_reset(&twice);
	fuzz_finish(m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	try_as("SUPPORT.yaml", (const char *)data, size);
	try_as("SUPPORT.json", (const char *)data, size);
	return 0;
}
