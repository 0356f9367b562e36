/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The statement's reader: values, scopes, ids, and all that Markdown would lose. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "statement/statement.h"

#define HEAD "# Release Support\n\n    Xen-Version: 1\n\n# Feature Support\n\n"

static struct model *parse_sized(const char *text, size_t size)
{
	struct model *m = model_create();

	assert_non_null(m);
	assert_int_equal(statement_parse(m, "S.md", text, size), 0);
	assert_int_equal(model_link(m), 0);
	assert_int_equal(m->nr_statements, 1);
	return m;
}

static struct model *parse(const char *text)
{
	return parse_sized(text, strlen(text));
}

static void test_values(void **state)
{
	static const struct {
		const char *value;
		enum level level;
		enum security security;
		bool label_defined, diversion_defined;
		const char *suggestion;
	} cases[] = {
		{ "Supported", LEVEL_SUPPORTED, SECURITY_YES, true, true, NULL },
		{ "Experimental", LEVEL_EXPERIMENTAL, SECURITY_NO, true, true, NULL },
		{ "Tech Preview", LEVEL_TECH_PREVIEW, SECURITY_NO, true, true, NULL },
		{ "Deprecated", LEVEL_DEPRECATED, SECURITY_YES, true, true, NULL },
		{ "Supported, not security supported", LEVEL_SUPPORTED, SECURITY_NO, true, true,
		  NULL },
		{ "Supported, Not security supported", LEVEL_SUPPORTED, SECURITY_NO, true, true,
		  NULL },
		{ "Supported, security support external", LEVEL_SUPPORTED, SECURITY_EXTERNAL, true,
		  true, NULL },
		{ "Supported, with caveats", LEVEL_SUPPORTED, SECURITY_CAVEATS, true, true, NULL },
		{ "Supported, now and then", LEVEL_SUPPORTED, SECURITY_CAVEATS, true, false, NULL },
		{ "Supported (in part)", LEVEL_SUPPORTED, SECURITY_CAVEATS, true, true, NULL },
		{ "Supported up to 3", LEVEL_SUPPORTED, SECURITY_YES, true, true, NULL },
		{ "Supported.", LEVEL_SUPPORTED, SECURITY_YES, true, true, NULL },
		{ "Experimental, with caveats", LEVEL_EXPERIMENTAL, SECURITY_NO, true, true, NULL },
		{ "Not supported.", LEVEL_NOT_SUPPORTED, SECURITY_NO, false, true, NULL },
		{ "Security supported", LEVEL_UNKNOWN, SECURITY_YES, false, true, NULL },
		{ "supported", LEVEL_SUPPORTED, SECURITY_YES, false, true, "Supported" },
		{ "Suported, with caveats", LEVEL_UNKNOWN, SECURITY_UNKNOWN, false, true,
		  "Supported" },
		{ "Expermental feature", LEVEL_UNKNOWN, SECURITY_UNKNOWN, false, true,
		  "Experimental" },
		{ "Tech Preveiw", LEVEL_UNKNOWN, SECURITY_UNKNOWN, false, true, "Tech Preview" },
		{ "Supportedly", LEVEL_UNKNOWN, SECURITY_UNKNOWN, false, true, "Supported" },
		{ "Good", LEVEL_UNKNOWN, SECURITY_UNKNOWN, false, true, NULL },
		{ "", LEVEL_UNKNOWN, SECURITY_UNKNOWN, false, true, NULL },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[256];
		const struct claim *c;
		struct model *m;

		snprintf(text, sizeof(text), HEAD "## A\n\n    Status: %s\n", cases[i].value);
		m = parse(text);
		assert_int_equal(m->statements[0]->nr_claims, 1);
		c = m->statements[0]->claims[0];
		if (c->level != cases[i].level || c->security != cases[i].security ||
		    c->label_defined != cases[i].label_defined ||
		    (c->diversion_defined != cases[i].diversion_defined) ||
		    strcmp(c->suggestion ? c->suggestion : "",
			   cases[i].suggestion ? cases[i].suggestion : ""))
			fail_msg("'%s': %s, security %s, suggestion %s", cases[i].value,
				 model_level_name(c->level), model_security_name(c->security),
				 c->suggestion ? c->suggestion : "none");
		assert_string_equal(c->value, cases[i].value);
		model_destroy(m);
	}
}

static void test_limits(void **state)
{
	struct model *m = parse(HEAD "## A\n\n    Status: Supported up to 12 TiB and 512MiB, 4096, "
				     "not r0p1, 3.5, 99999999999999999999, 7 vCPUs\n");
	const struct claim *c = m->statements[0]->claims[0];

	assert_int_equal(c->nr_limits, 4);
	assert_int_equal(c->limits[0].value, 12ULL << 40);
	assert_true(c->limits[0].is_bytes);
	assert_int_equal(c->limits[1].value, 512ULL << 20);
	assert_int_equal(c->limits[2].value, 4096);
	assert_false(c->limits[2].is_bytes);
	assert_int_equal(c->limits[3].value, 7);
	model_destroy(m);
}

static void test_scopes(void **state)
{
	static const struct {
		const char *title, *qualifier;
		unsigned int archs, guests, roles;
		const char *implementation;
	} cases[] = {
		{ "T", "", ARCH_ALL, GUEST_ALL, ROLE_ALL, "" },
		{ "T", "x86", ARCH_X86, GUEST_ALL, ROLE_ALL, "" },
		{ "T", "x86 HVM/PVH, HAP", ARCH_X86, GUEST_HVM | GUEST_PVH, ROLE_ALL, "HAP" },
		{ "T", "Arm32", ARCH_ARM32, GUEST_ALL, ROLE_ALL, "" },
		{ "T", "ARM", ARCH_ARM32 | ARCH_ARM64, GUEST_ALL, ROLE_ALL, "" },
		{ "T", "Cadence UART (ARM)", ARCH_ARM32 | ARCH_ARM64, GUEST_ALL, ROLE_ALL,
		  "Cadence UART" },
		{ "T", "x86_32, without shim", ARCH_X86, GUEST_ALL, ROLE_ALL, "without shim" },
		{ "T", "Linux dom0", ARCH_ALL, GUEST_ALL, ROLE_DOM0, "Linux" },
		{ "x86/PVH", "domU", ARCH_X86, GUEST_PVH, ROLE_DOMU, "" },
		{ "x86/PVHVM", "", ARCH_X86, GUEST_ALL, ROLE_ALL, "" },
		{ "ARM: Guest ACPI support", "", ARCH_ARM32 | ARCH_ARM64, GUEST_ALL, ROLE_ALL, "" },
		{ "ARM v8", "", ARCH_ARM32 | ARCH_ARM64, GUEST_ALL, ROLE_ALL, "" },
		{ "PV Console", "", ARCH_ALL, GUEST_ALL, ROLE_ALL, "" },
		{ "x86/PVH", "Arm64", ARCH_ARM64, GUEST_PVH, ROLE_ALL, "" },
		{ "Armature", "", ARCH_ALL, GUEST_ALL, ROLE_ALL, "" },
		{ "T", "ARM32", ARCH_ARM32, GUEST_ALL, ROLE_ALL, "" },
		{ "T", "aarch32", ARCH_ARM32, GUEST_ALL, ROLE_ALL, "" },
		{ "T", "ARM64", ARCH_ARM64, GUEST_ALL, ROLE_ALL, "" },
		{ "T", "AArch64", ARCH_ARM64, GUEST_ALL, ROLE_ALL, "" },
		{ "T", "Toy in AArch64 mode", ARCH_ARM64, GUEST_ALL, ROLE_ALL,
		  "Toy in AArch64 mode" },
		{ "T", "Toy on x86", ARCH_X86, GUEST_ALL, ROLE_ALL, "Toy on x86" },
		{ "T", "x86/shim", ARCH_X86, GUEST_ALL, ROLE_ALL, "shim" },
		{ "T", "x86 Toy HVM", ARCH_X86, GUEST_HVM, ROLE_ALL, "Toy" },
		{ "T", "Toy (toy_disk), raw, cooked", ARCH_ALL, GUEST_ALL, ROLE_ALL,
		  "Toy (toy_disk), raw, cooked" },
		{ "T", "Toy (a, x86), b", ARCH_X86, GUEST_ALL, ROLE_ALL, "Toy (a, x86), b" },
		{ "T", "To(Y) UART", ARCH_ALL, GUEST_ALL, ROLE_ALL, "To(Y) UART" },
		{ "T", "ps/2 toy", ARCH_ALL, GUEST_ALL, ROLE_ALL, "ps/2 toy" },
		{ "T", "\"a, x86\" mode, pvh", ARCH_X86, GUEST_PVH, ROLE_ALL, "\"a, x86\" mode" },
		{ "T", "(x86", ARCH_X86, GUEST_ALL, ROLE_ALL, "(x86" },
		{ "T", ", ,x86,", ARCH_X86, GUEST_ALL, ROLE_ALL, "" },
		{ "T", "(HAP, 2MiB)", ARCH_ALL, GUEST_ALL, ROLE_ALL, "HAP, 2MiB" },
		{ "T", "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r", ARCH_ALL, GUEST_ALL, ROLE_ALL,
		  "a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q,r" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[256];
		const struct claim *c;
		struct model *m;

		snprintf(text, sizeof(text), HEAD "## S\n\n### %s\n\n    Status%s%s: Supported\n",
			 cases[i].title, *cases[i].qualifier ? ", " : "", cases[i].qualifier);
		m = parse(text);
		c = m->statements[0]->claims[0];
		if (c->archs != cases[i].archs || c->guests != cases[i].guests ||
		    c->roles != cases[i].roles ||
		    strcmp(c->implementation, cases[i].implementation))
			fail_msg("%s, %s: archs %u, guests %u, roles %u, '%s'", cases[i].title,
				 cases[i].qualifier, c->archs, c->guests, c->roles,
				 c->implementation);
		model_destroy(m);
	}
}

static void test_widths(void **state)
{
	static const struct {
		const char *title, *qualifier;
		unsigned int widths;
	} cases[] = {
		{ "T", "", WIDTH_ALL },
		{ "T", "x86", WIDTH_ALL },
		{ "T", "x86_64", WIDTH_64 },
		{ "T", "x86-32, toy", WIDTH_32 },
		{ "x86-64", "Toy", WIDTH_64 },
		{ "x86-64", "Arm32", WIDTH_ALL },
		{ "T", "x86_32/x86_64", WIDTH_ALL },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[256];
		struct model *m;

		snprintf(text, sizeof(text), HEAD "## S\n\n### %s\n\n    Status%s%s: Supported\n",
			 cases[i].title, *cases[i].qualifier ? ", " : "", cases[i].qualifier);
		m = parse(text);
		if (m->statements[0]->claims[0]->widths != cases[i].widths)
			fail_msg("%s, %s: widths %u", cases[i].title, cases[i].qualifier,
				 m->statements[0]->claims[0]->widths);
		model_destroy(m);
	}
}

#define TIB(n) BOUND_UP_TO, (uint64_t)(n) << 40

/* What stands behind a label: diversions, bounds, conditions, and what is left over. */
static void test_clauses(void **state)
{
	static const struct {
		const char *value;
		enum security security;
		unsigned int diversions;
		bool defined;
		enum bound_kind supported;
		uint64_t supported_value;
		enum bound_kind secure;
		uint64_t secure_value;
		const char *condition, *rest;
	} cases[] = {
		{ "Supported up to 2 TiB", SECURITY_YES, 0, true, TIB(2), TIB(2), "", "" },
		{ "Supported up to 64 vCPUs", SECURITY_YES, 0, true, BOUND_UP_TO, 64, BOUND_UP_TO,
		  64, "", "" },
		{ "Supported, up to 64", SECURITY_YES, 0, true, BOUND_UP_TO, 64, BOUND_UP_TO, 64,
		  "", "" },
		{ "Supported up to 2 TiB, not security supported", SECURITY_NO,
		  DIVERSION_NOT_SECURITY, true, TIB(2), BOUND_UNSTATED, 0, "", "" },
		{ "Supported up to 2 TiB, security supported up to 1 TiB", SECURITY_YES, 0, true,
		  TIB(2), TIB(1), "", "" },
		{ "Supported, security supported up to 1 TiB", SECURITY_YES, 0, true,
		  BOUND_UNSTATED, 0, TIB(1), "", "" },
		{ "Supported up to 2 TiB. Toys with more are supported, but not security "
		  "supported.",
		  SECURITY_YES, 0, true, BOUND_NONE, 0, TIB(2), "", "" },
		{ "Supported up to 2 TiB; more is supported but not security supported",
		  SECURITY_YES, 0, true, BOUND_NONE, 0, TIB(2), "", "" },
		{ "Supported up to 2 TiB. Larger toys, but below 3 TiB, are supported, but not "
		  "security supported.",
		  SECURITY_YES, 0, true, BOUND_BELOW, 3ULL << 40, TIB(2), "", "" },
		{ "Supported up to 2 TiB. More is not supported.", SECURITY_YES, 0, true, TIB(2),
		  TIB(2), "", "" },
		{ "Supported up to 2 TiB. More is supported.", SECURITY_YES, 0, true, BOUND_NONE, 0,
		  BOUND_NONE, 0, "", "" },
		{ "Supported up to 2 TiB. More toys are nice.", SECURITY_CAVEATS, 0, true, TIB(2),
		  TIB(2), "", "More toys are nice" },
		{ "Supported up to many", SECURITY_CAVEATS, 0, true, BOUND_UNSTATED, 0,
		  BOUND_UNSTATED, 0, "", "up to many" },
		{ "Supported up to 3 if it has a blue hat on", SECURITY_CAVEATS, 0, true,
		  BOUND_UNSTATED, 0, BOUND_UNSTATED, 0, "", "up to 3 if it has a blue hat on" },
		{ "Experimental up to 3", SECURITY_NO, 0, true, BOUND_UP_TO, 3, BOUND_UNSTATED, 0,
		  "", "" },
		{ "Supported, with caveats, not security supported", SECURITY_NO,
		  DIVERSION_CAVEATS | DIVERSION_NOT_SECURITY, true, BOUND_UNSTATED, 0,
		  BOUND_UNSTATED, 0, "", "" },
		{ "Supported, not security supported, with caveats", SECURITY_NO,
		  DIVERSION_CAVEATS | DIVERSION_NOT_SECURITY, true, BOUND_UNSTATED, 0,
		  BOUND_UNSTATED, 0, "", "" },
		{ "Supported, with caveats, not recommended", SECURITY_CAVEATS,
		  DIVERSION_CAVEATS | DIVERSION_DISCOURAGED, false, BOUND_UNSTATED, 0,
		  BOUND_UNSTATED, 0, "", "" },
		{ "Supported, security supported only when asleep", SECURITY_CAVEATS,
		  DIVERSION_CONDITION, false, BOUND_UNSTATED, 0, BOUND_UNSTATED, 0,
		  "security supported only when asleep", "" },
		{ "Supported (in part, and now)", SECURITY_CAVEATS, DIVERSION_CONDITION, true,
		  BOUND_UNSTATED, 0, BOUND_UNSTATED, 0, "in part, and now", "" },
		{ "Supported (in part", SECURITY_CAVEATS, DIVERSION_CONDITION, true, BOUND_UNSTATED,
		  0, BOUND_UNSTATED, 0, "in part", "" },
		{ "Supported, a thing", SECURITY_CAVEATS, DIVERSION_OTHER, false, BOUND_UNSTATED, 0,
		  BOUND_UNSTATED, 0, "", "" },
		{ "Supported. See there.", SECURITY_CAVEATS, 0, true, BOUND_UNSTATED, 0,
		  BOUND_UNSTATED, 0, "", "See there" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[256];
		const struct claim *c;
		struct model *m;

		snprintf(text, sizeof(text), HEAD "## A\n\n    Status: %s\n", cases[i].value);
		m = parse(text);
		c = m->statements[0]->claims[0];
		if (c->security != cases[i].security || c->diversions != cases[i].diversions ||
		    c->diversion_defined != cases[i].defined ||
		    c->supported.kind != cases[i].supported ||
		    c->supported.quantity.value != cases[i].supported_value ||
		    c->security_supported.kind != cases[i].secure ||
		    c->security_supported.quantity.value != cases[i].secure_value ||
		    strcmp(c->condition, cases[i].condition) || strcmp(c->rest, cases[i].rest))
			fail_msg("'%s': security %s, diversions %x, bounds %d, %d, condition '%s', "
				 "rest '%s'",
				 cases[i].value, model_security_name(c->security), c->diversions,
				 c->supported.kind, c->security_supported.kind, c->condition,
				 c->rest);
		model_destroy(m);
	}
}

static void test_slugs(void **state)
{
	static const struct {
		const char *title, *slug;
	} cases[] = {
		{ "ARM v7 + Virtualization Extensions", "arm-v7-virtualization-extensions" },
		{ "x86/Emulated audio (QEMU):", "x86emulated-audio-qemu" },
		{ "qemu-xen-traditional ###", "qemu-xen-traditional" },
		{ "Hypervisor 'debug keys'", "hypervisor-debug-keys" },
		{ "output (sync_console)", "output-sync_console" },
		{ "2 lanes", "lanes" },
		{ "9", "section" },
		{ "Émile", "émile" },
	};
	char text[4096] = HEAD "## S\n";
	struct model *m;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		strcat(text, "\n### ");
		strcat(text, cases[i].title);
		strcat(text, "\n\n    Status, x86_64 (A, b): Supported\n");
	}
	strcat(text, "\n### Twice\n\n### Twice\n\n### Twice-1\n\n### Twice\n");
	m = parse(text);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *slug = m->statements[0]->claims[i]->slug;

		if (i == 7) /* letters beyond ASCII keep their case */
			continue;
		assert_string_equal(m->statements[0]->headings[i + 1]->slug, cases[i].slug);
		assert_int_equal(strncmp(slug, cases[i].slug, strlen(cases[i].slug)), 0);
		assert_string_equal(slug + strlen(cases[i].slug), "--x8664-a-b");
	}
	assert_string_equal(m->statements[0]->headings[9]->slug, "twice");
	assert_string_equal(m->statements[0]->headings[10]->slug, "twice-1");
	assert_string_equal(m->statements[0]->headings[11]->slug, "twice-1-1");
	assert_string_equal(m->statements[0]->headings[12]->slug, "twice-2");
	model_destroy(m);
}

/* Text, and what must be found in it: claims and oddities, in order of lines. */
static void test_survives(void **state)
{
	static const struct {
		const char *text;
		size_t nr_claims;
		enum oddity_kind kind; /* NR_ODDITY_KINDS: none */
		unsigned int line;     /* 0: of the first oddity, not looked at */
	} cases[] = {
		{ "## A\n\n\tStatus: Supported\n", 1, NR_ODDITY_KINDS, 0 },
		{ "## A\n\n    Status: Supported   \n\n\n", 1, NR_ODDITY_KINDS, 0 },
		{ "## A\r\n\r\n    Status: Supported\r\n", 1, NR_ODDITY_KINDS, 0 },
		{ "## A\n\n    Status: Supported", 1, NR_ODDITY_KINDS, 0 },
		{ "## A\n\n    Status: Supported\n\n### B\n\n    Status: Supported\n", 2,
		  NR_ODDITY_KINDS, 0 },
		{ "## A\n\n    Status: Supported\n    Status, x: Supported\n\n    Status, y: X\n",
		  3, NR_ODDITY_KINDS, 0 },
		{ "## A\n\nStatus, of things: unsure\n", 0, ODDITY_LOST_STATUS, 9 },
		{ "## A\n\ntext\n    Status: Supported\n", 0, ODDITY_LOST_STATUS, 10 },
		{ "## A\n\n   Status: Supported\n", 0, ODDITY_LOST_STATUS, 9 },
		{ "## A\n\n  * x\n\n    Status: Supported\n", 0, ODDITY_LOST_STATUS, 11 },
		{ "## A\n\n  * x\n\n        Status: Supported\n", 0, ODDITY_LOST_STATUS, 11 },
		{ "## A\n\n> Status: Supported\n", 0, ODDITY_MARKDOWN, 9 },
		{ "## A\n\n<div>\n    Status: Supported\n</div>\n", 0, ODDITY_MARKDOWN, 9 },
		{ "## A\n\n1. x\n", 0, ODDITY_MARKDOWN, 9 },
		{ "## A\n\n```\nStatus: Supported\n```\n", 1, ODDITY_FENCED, 9 },
		{ "## A\n\n~~~ c\nStatus: Supported\n", 1, ODDITY_FENCED, 9 },
		{ "## A\n\n    Status: Supported,\n      with caveats\n", 1, ODDITY_WRAPPED, 10 },
		{ "## A\n\n    Stauts: Supported\n", 0, ODDITY_MISSPELT_KEY, 9 },
		{ "## A\n\n    status: Supported\n", 0, ODDITY_MISSPELT_KEY, 9 },
		{ "## A\n\n    Status, : Supported\n", 0, ODDITY_MISSPELT_KEY, 9 },
		{ "## A\n\n    Supported: Tech Preview\n", 0, ODDITY_MISSPELT_KEY, 9 },
		{ "## A\n\n    Status: Sup\xffported\n", 1, ODDITY_BAD_BYTE, 9 },
		{ "## A\n\n    Status: Supported\n\n\xe2\x80\xae\n", 1, ODDITY_BAD_BYTE, 11 },
		{ "## A\n\n    Colour: Red\n", 0, ODDITY_UNKNOWN_KEY, 9 },
		{ "## A\n\n    just code\n", 0, ODDITY_UNKNOWN_KEY, 9 },
		{ "## A {#x}\n\n    Status: Supported\n", 1, ODDITY_ATTRIBUTES, 7 },
		{ "    Status: Supported\n\n## A\n", 0, ODDITY_OUTSIDE, 7 },
		{ "## A\n\n    Status: Sup\001ported\n", 1, ODDITY_BAD_BYTE, 9 },
		{ "A\n---\n\n    Status: Supported\n", 1, NR_ODDITY_KINDS, 0 },
		{ "## A\n\nStatus is a word: fine\n", 0, NR_ODDITY_KINDS, 0 },
		{ "## A\n\nThis is\nStatus\n", 0, NR_ODDITY_KINDS, 0 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[512];
		const struct statement *s;
		struct model *m;

		snprintf(text, sizeof(text), HEAD "%s", cases[i].text);
		m = parse(text);
		s = m->statements[0];
		if (s->nr_claims != cases[i].nr_claims ||
		    (cases[i].kind == NR_ODDITY_KINDS) != !s->nr_oddities)
			fail_msg("%s: %zu claims, %zu oddities", cases[i].text, s->nr_claims,
				 s->nr_oddities);
		if (s->nr_oddities) {
			bool found = false;

			for (size_t j = 0; j < s->nr_oddities; j++)
				found = found || (s->oddities[j].kind == cases[i].kind &&
						  s->oddities[j].at.line == cases[i].line);
			if (!found)
				fail_msg("%s: kind %d at %u", cases[i].text, s->oddities[0].kind,
					 s->oddities[0].at.line);
		}
		model_destroy(m);
	}
}

static void test_texts(void **state)
{
	struct model *m = parse(HEAD "## S\n\nAbout *S*.\n\n### F\n\nOne.\n\nTwo,\nthree.\n\n"
				     "    Status: Supported\n\nBut:\n\n  * x\n\n    y\n\n"
				     "### G\n\n    Status: Supported\n");
	const struct statement *s = m->statements[0];

	assert_int_equal(s->nr_headings, 3);
	assert_string_equal(s->headings[0]->description, "About *S*.");
	assert_int_equal(s->headings[0]->nr_children, 2);
	assert_string_equal(s->headings[1]->description, "One.\n\nTwo,\nthree.");
	assert_string_equal(s->headings[1]->caveats, "But:\n\n  * x\n\n    y");
	assert_ptr_equal(s->headings[1]->parent, s->headings[0]);
	assert_string_equal(s->headings[2]->description, "");
	assert_int_equal(s->headings[2]->at.line, 26);
	assert_int_equal(s->headings[2]->at.column, 5);
	model_destroy(m);
}

/* Markdown drops definitions of links; a statement's reader must not. */
static void test_link_definition(void **state)
{
	struct model *m = parse(HEAD "## A\n\n[a]: /b\n\n    Status: Supported\n");

	assert_string_equal(m->statements[0]->headings[0]->description, "[a]: /b");
	model_destroy(m);
}

static void test_release(void **state)
{
	struct model *m =
		parse("% The title  \n% Authors\n\n# Release Support\n\n    Xen-Version: 4.20\n"
		      "    Supported-Until: a: b\n\nRelease Notes\n: <a href=\"x\">RN</a>\n\n"
		      "# Feature Support\n");
	const struct statement *s = m->statements[0];

	assert_string_equal(s->title, "The title");
	assert_int_equal(s->nr_keys, 3);
	assert_string_equal(s->keys[0].key, "Xen-Version");
	assert_string_equal(s->keys[0].value, "4.20");
	assert_int_equal(s->keys[0].at.line, 6);
	assert_string_equal(s->keys[1].value, "a: b");
	assert_string_equal(s->keys[2].key, "Release Notes");
	assert_string_equal(s->keys[2].value, "<a href=\"x\">RN</a>");
	model_destroy(m);
}

/* Editors that put a byte order mark must not cost the statement its first line. */
static void test_byte_order_mark(void **state)
{
	struct model *m = parse("\xef\xbb\xbf% T\n\n" HEAD "## A\n\n    Status: Supported\n");
	const struct statement *s = m->statements[0];

	assert_string_equal(s->title, "T");
	assert_int_equal(s->nr_oddities, 1);
	assert_string_equal(s->oddities[0].what, "byte order mark");
	model_destroy(m);
	m = parse("\xef\xbb\xbf" HEAD "## A\n\n    Status: Supported\n");
	assert_int_equal(m->statements[0]->nr_keys, 1);
	assert_int_equal(m->statements[0]->nr_claims, 1);
	assert_int_equal(m->statements[0]->nr_oddities, 1);
	model_destroy(m);
}

static void test_empty(void **state)
{
	struct model *m = parse("");

	assert_int_equal(m->statements[0]->nr_oddities, 2);
	assert_int_equal(m->statements[0]->oddities[0].kind, ODDITY_MISSING_PART);
	model_destroy(m);
}

/* cmark 0.30.2 takes minutes for this, if it is shown it. */
static void test_brackets(void **state)
{
	enum { SIZE = 2 << 20 };
	static const char piece[] = "![[]()";
	size_t size = strlen(HEAD "## A\n\na ");
	char *text = malloc(SIZE + sizeof(piece));
	struct model *m;

	assert_non_null(text);
	memcpy(text, HEAD "## A\n\na ", size);
	for (; size < SIZE; size += strlen(piece))
		memcpy(text + size, piece, strlen(piece));
	m = parse_sized(text, size);
	model_destroy(m);
	free(text);
}

/* Text that may cost a parser the square of its size, or its stack. */
static void test_large(void **state)
{
	static const char *const pieces[] = {
		"- ",	   ">",	     "[",    "![](",  "<",    "`",
		"*a ",	   "_a",     "&",    "\\",    "\n- ", "1) ",
		"<!--",	   "<?",     "\n\n", "```\n", "#\n",  "    Status: x\n      y\n",
		"    x\n", "## a\n", "\n\t", "|",     "{",    "[a]: b\n",
		"a\n",	   "\x00\n", "\r",
	};
	enum { SIZE = 256 << 10 };
	char *text = malloc(SIZE + 256);

	assert_non_null(text);
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		size_t n = pieces[i][0] ? strlen(pieces[i]) : 2, size = strlen(HEAD "## A\n\n");
		struct model *m;

		memcpy(text, HEAD "## A\n\n", size);
		for (; size < SIZE; size += n)
			memcpy(text + size, pieces[i], n);
		m = parse_sized(text, size);
		model_destroy(m);
	}
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_scopes),		cmocka_unit_test(test_slugs),
		cmocka_unit_test(test_widths),		cmocka_unit_test(test_clauses),
		cmocka_unit_test(test_survives),	cmocka_unit_test(test_texts),
		cmocka_unit_test(test_link_definition), cmocka_unit_test(test_release),
		cmocka_unit_test(test_byte_order_mark), cmocka_unit_test(test_empty),
		cmocka_unit_test(test_large),		cmocka_unit_test(test_brackets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
