/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A rule of the check explained: for people, as JSON, and as trees to try. */
#include "emit/rule.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/text.h"
#include "check/examples.h"

struct printer {
	struct strbuf *sb;
	unsigned int nr;
};

const char *rule_severity_name(enum severity severity)
{
	return severity == SEVERITY_ERROR ? "error" : "warning";
}

static int print_piece(void *context, const char *path, const char *text, size_t size)
{
	struct printer *p = context;
	struct strbuf *sb = p->sb;
	const char *end = text + size;

	p->nr++;
	if (!strcmp(path, "args")) {
		strbuf_printf(sb, "  $ candor check %.*s", (int)size, text);
		return 0;
	}
	strbuf_printf(sb, "  %s\n", path);
	while (text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		size_t n = (size_t)((newline ? newline : end) - text);

		strbuf_puts(sb, n ? "    | " : "    |");
		strbuf_add(sb, text, n);
		strbuf_puts(sb, "\n");
		text += n + 1;
	}
	return 0;
}

void emit_rule(const struct rule *rule, struct strbuf *sb)
{
	struct printer p = { .sb = sb };

	strbuf_printf(sb, "%s: %s\n\n  %s\n\n", rule->id, rule_severity_name(rule->severity),
		      rule->rationale);
	example_advice(rule->id, sb);
	for (unsigned int kind = 0; kind < NR_EXAMPLE_KINDS; kind++) {
		strbuf_puts(sb, kind == EXAMPLE_BAD ? "\nBad:\n" : "\nGood:\n");
		p.nr = 0;
		(void)example_pieces(rule->id, (enum example_kind)kind, print_piece, &p);
		if (!p.nr)
			strbuf_puts(sb, "  nothing of the kind\n");
	}
}

static int print_json_piece(void *context, const char *path, const char *text, size_t size)
{
	struct printer *p = context;
	char *copy = strndup(text, size);

	if (!copy)
		return -ENOMEM;
	strbuf_puts(p->sb, p->nr++ ? ",\n  {\"path\": " : "\n  {\"path\": ");
	text_add_json(p->sb, path);
	strbuf_puts(p->sb, ", \"text\": ");
	text_add_json(p->sb, copy);
	strbuf_puts(p->sb, "}");
	free(copy);
	return 0;
}

int emit_rule_json(const struct rule *rule, struct strbuf *sb)
{
	struct strbuf advice = STRBUF_INIT;
	int rc = 0;

	example_advice(rule->id, &advice);
	strbuf_puts(sb, "{\n\"format\": 1,\n\"rule\": ");
	text_add_json(sb, rule->id);
	strbuf_printf(sb, ",\n\"severity\": \"%s\",\n\"rationale\": ",
		      rule_severity_name(rule->severity));
	text_add_json(sb, rule->rationale);
	strbuf_puts(sb, ",\n\"advice\": ");
	text_add_json(sb, strbuf_str(&advice));
	strbuf_reset(&advice);
	for (unsigned int kind = 0; kind < NR_EXAMPLE_KINDS && !rc; kind++) {
		struct printer p = { .sb = sb };

		strbuf_printf(sb, ",\n\"%s\": [", example_kind_name((enum example_kind)kind));
		rc = example_pieces(rule->id, (enum example_kind)kind, print_json_piece, &p);
		strbuf_puts(sb, p.nr ? "\n]" : "]");
	}
	strbuf_puts(sb, "\n}\n");
	return rc;
}

/* Make the folders above a file. Returns 0 or -errno. */
static int make_folders(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		int r;

		*slash = '\0';
		r = mkdir(path, 0777);
		*slash = '/';
		if (r && errno != EEXIST)
			return -errno;
	}
	return 0;
}

static int write_file(void *context, const char *path, const char *text, size_t size)
{
	char *full;
	int rc;

	if (asprintf(&full, "%s/%s", (const char *)context, path) < 0)
		return -ENOMEM;
	rc = make_folders(full);
	if (!rc)
		rc = file_write_atomic(full, text, size);
	free(full);
	return rc;
}

int rule_write_examples(const struct rule *rule, const char *folder)
{
	int rc = 0;

	for (unsigned int kind = 0; kind < NR_EXAMPLE_KINDS && !rc; kind++) {
		char *tree;

		if (asprintf(&tree, "%s/%s", folder, example_kind_name((enum example_kind)kind)) <
		    0)
			return -ENOMEM;
		rc = example_files(rule->id, (enum example_kind)kind, write_file, tree);
		free(tree);
	}
	return rc;
}
