/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A candor.yaml, its globs against paths, and its expressions over its own text. */
#include "fuzz.h"

#include "config/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const paths[] = { "a", "a/b.c", "docs/misc/x.y", "" };
	const char *text = (const char *)data;
	struct model *m = model_create();
	struct config *c = NULL;

	if (!m || config_parse(m, "candor.yaml", text, size, &c) || !c)
		abort();
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		(void)config_globs(&c->skip, paths[i]);
		(void)config_globs(&c->documents.options, paths[i]);
	}
	for (size_t i = 0; i < c->nr_compiled && i < 16; i++) {
		struct pattern_span whole;

		(void)pattern_search(c->compiled[i], text, size, 0, &whole);
		(void)pattern_group(c->compiled[i], "name");
	}
	config_close(c);
	fuzz_finish(m);
	return 0;
}
