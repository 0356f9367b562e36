/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The reference of the policy language, out of the tables that make the language. */
#include "engine/host-private.h"

static const struct chapter {
	const char *title, *text;
	const struct word *words;
} chapters[] = {
	{ "What a policy says",
	  "Each is a sentence about features, with its reason, at the top level of a rule file.\n"
	  "FEATURES is one or more of `feature`, `features` and `everything`, a union; `except`,\n"
	  "one or a list of them, takes features out of it. `because` is one line; in it `{id}`,\n"
	  "`{title}`, `{section}`, `{state}`, `{level}` and `{security}` stand for what is known\n"
	  "of the feature. `override = true` is said by a sentence that contradicts an earlier\n"
	  "one.\n",
	  words_of_sentences },
	{ "Of which features", "", words_of_selections },
	{ "Profiles", "", words_of_profiles },
	{ "Tests",
	  "`candor policy test` runs the files of `policy/tests` and holds the decisions against\n"
	  "them. `feature`, `features` and `everything` are there too.\n",
	  words_of_tests },
	{ "Out of Lua",
	  "A policy is Lua 5.4: local variables, functions, tables, loops, conditions and\n"
	  "operators are as Lua has them. Of Lua's library there is only this, and nothing that\n"
	  "could read a file, the clock, the environment or another policy.\n",
	  words_of_lua },
};

static void add_words(struct strbuf *out, const struct word *words)
{
	for (const struct word *w = words; w->name; w++)
		strbuf_printf(out, "### %s\n\n    %s\n\n%s\n\n", w->name, w->usage, w->text);
}

static void add_fields(struct strbuf *out, const char *title, const char *text,
		       const struct word_field *fields)
{
	strbuf_printf(out, "## %s\n\n%s\n\n| name | type | meaning |\n|---|---|---|\n", title,
		      text);
	for (const struct word_field *f = fields; f->name; f++)
		strbuf_printf(out, "| `%s` | %s | %s |\n", f->name, f->type, f->text);
	strbuf_puts(out, "\n");
}

/* REUSE-IgnoreStart: the page says whose it is. */
void words_reference(struct strbuf *out)
{
	strbuf_puts(out, "<!--\nSPDX-FileCopyrightText: 2026 The Candor authors\n"
			 "SPDX-License-Identifier: GPL-2.0-or-later\n-->\n"
			 "# Reference of the policy language\n\n"
			 "Written by `candor policy words` from the tables that make the language; "
			 "the\n[tutorial](policy-tutorial.md) shows it at work.\n\n");
	for (size_t i = 0; i < sizeof(chapters) / sizeof(chapters[0]); i++) {
		strbuf_printf(out, "## %s\n\n%s%s", chapters[i].title, chapters[i].text,
			      *chapters[i].text ? "\n" : "");
		add_words(out, chapters[i].words);
	}
	add_fields(out, "What `features { ... }` asks", "All that is named must apply.",
		   words_query_fields);
	add_fields(out, "What a rule's function sees of a feature",
		   "`f.NAME` in `rule(\"name\", function(f) ... end)`; it cannot be changed.",
		   words_feature_fields);
	add_fields(out, "What it sees of a claim", "An entry of `f.claims`.", words_claim_fields);
	strbuf_puts(
		out,
		"## Limits\n\n"
		"A policy is text of at most 256 KiB a file, 256 files. Memory, instructions and "
		"the\nnumber of verdicts are bounded, with more for more features; so is the "
		"processor's\ntime, a second for up to 20,000 features. What hits a bound is "
		"stopped and named.\n");
}
/* REUSE-IgnoreEnd */
