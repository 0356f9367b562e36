/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two small files, and findings in both: something that may be waived, or known already. */
#ifndef CANDOR_TESTS_FUZZ_FINDINGS_H
#define CANDOR_TESTS_FUZZ_FINDINGS_H

#include "fuzz.h"

#include <string.h>

#include "registry/registry.h"
#include "statement/statement.h"

/** Read them into the model. */
static inline void findings_make(struct model *m)
{
	static const char registry[] = "format: 1\n"
				       "features:\n"
				       "  - id: alpha\n"
				       "    title: Alpha\n"
				       "    section: Things\n"
				       "    owner: core\n"
				       "    state: built\n"
				       "  - id: gamma\n"
				       "    title: Gama\n"
				       "    section: Things\n"
				       "    state: built\n";
	static const char statement[] = "% Statement\n% Release 1\n\n"
					"# Feature Support\n\n## Things\n\n### Alpha\n\n"
					"    Status: Suported\n\nStatus: Supported\n\n"
					"### Gamma\n\n    Status: Supported\n"
					"    Status: Experimental\n";

	if (!m || registry_parse(m, "features.yaml", registry, strlen(registry)) ||
	    statement_parse(m, "SUPPORT.md", statement, strlen(statement)))
		abort();
	m->today = "2026-06-01";
}

#endif
