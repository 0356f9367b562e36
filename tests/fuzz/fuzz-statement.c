/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SUPPORT.md through the reader, the rules and the matrix. */
#include "fuzz.h"

#include "statement/statement.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct model *m = model_create();
	struct strbuf sb = STRBUF_INIT;
	struct matrix *matrix;

	if (!m || statement_parse(m, "SUPPORT.md", (const char *)data, size))
		abort();
	matrix = matrix_create(m, MATRIX_MERGED);
	if (!matrix)
		abort();
	matrix_emit_html(matrix, &sb);
	matrix_emit_json(matrix, &sb);
	matrix = matrix_create(m, MATRIX_APPENDED);
	if (!matrix)
		abort();
	matrix_emit_xen_table(matrix, "https://example.org/{version}/{file}", &sb);
	if (!strbuf_str(&sb))
		abort();
	strbuf_reset(&sb);
	fuzz_finish(m);
	return 0;
}
