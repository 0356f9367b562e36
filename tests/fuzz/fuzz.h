/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the fuzz targets share: a model is linked, checked and printed whole. */
#ifndef CANDOR_TESTS_FUZZ_H
#define CANDOR_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "emit/emit.h"
#include "support.h"

/** The function under test, as libFuzzer calls it. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** Print a model's statements as pages and tables; failure is a finding. */
static inline void fuzz_show(struct model *m)
{
	struct matrix *matrix = matrix_create(m, MATRIX_MERGED);
	struct strbuf sb = STRBUF_INIT;

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
}

/** Link, check and print a model, then destroy it; failure is a finding. */
static inline void fuzz_finish(struct model *m)
{
	struct strbuf sb = STRBUF_INIT;

	if (!m || model_link(m) || support_check(m))
		abort();
	emit_diagnostics(m, &sb, EMIT_PLAIN);
	(void)emit_findings_json(m, &(struct emit_run){ 0 }, &sb);
	(void)emit_findings_sarif(m, &(struct emit_run){ .version = "0" }, &sb);
	if (!strbuf_str(&sb))
		abort();
	strbuf_reset(&sb);
	model_destroy(m);
}

#endif
