/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A document of a tree, read as each kind there is. */
#include "fuzz.h"

#include "extract/facts.h"

static const char config[] =
	"format: 1\n"
	"documents:\n"
	"  option_heading: '^### +(?<name>[a-z_\\\\]+)[^\\n(]*(?:\\((?<arch>[^)\\n]*)\\))?'\n"
	"  option_default: '^> Default: `?(?<value>[^`\\n]*)'\n"
	"  status: '(?i)(?:experimental|tech preview|no\\s+security\\s+support)[^.\\n]*'\n"
	"references:\n"
	"  path: 'docs/[a-z/.]+'\n"
	"  moving: 'https?://[^ ]*/master/[^ ]*'\n";

static void close_config(void *context)
{
	config_close(context);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct model *m = model_create();
	struct facts f = { .m = m, .root = "/nonexistent" };

	if (!m || config_parse(m, "candor.yaml", config, sizeof(config) - 1, &f.config) ||
	    model_on_destroy(m, close_config, f.config) ||
	    documents_read_options(&f, "a.md", text, size) ||
	    documents_read_feature(&f, "b.md", text, size) ||
	    documents_read_changelog(&f, "c.md", text, size) ||
	    documents_read_references(&f, "d.md", text, size))
		abort();
	(void)facts_words(text, size);
	(void)facts_archs(text, size);
	m->facts = &f;
	fuzz_finish(m);
	return 0;
}
