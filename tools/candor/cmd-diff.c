/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `candor diff`: what changed in meaning between statements. */
#include "command.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "output.h"
#include "query/input.h"
#include "registry/registry.h"
#include "statement/statement.h"

static const char command[] = "candor diff";

static const char epilogue[] =
	"Compares what the statements mean, not how they are written: what is stated no\n"
	"more or anew, has more or less support, another limit, another name, other\n"
	"caveats; and the release's dates. A and B are files, or in git a revision (a tag,\n"
	"a branch, a commit) or REV:PATH. Of more than two each is compared with the next.\n"
	"Without a registry a feature is known by its heading; one whose heading changed is\n"
	"found by its texts, and the answer says 'as it seems'.\n"
	"\n"
	"FORMAT is table, json, yaml, csv, markdown (for release notes), or wiki: the list of\n"
	"all features as a page of MediaWiki, with what changed in bold.\n"
	"\n"
	"Exit status: 0 no difference, 1 differences, 2 trouble.\n";

struct options {
	const char *format_name, *registry;
	struct input_place place;
	struct argument_list names;
	bool json;
	enum output_format format;
};

static enum exit_status render(const struct options *o, const struct diff *const *diffs, size_t nr)
{
	const struct emit_style style = output_style();
	struct strbuf sb = STRBUF_INIT;
	enum exit_status status = EXIT_CLEAN;

	for (size_t i = 0; i < nr; i++) {
		if (diffs[i]->nr_changes)
			status = EXIT_FINDINGS;
		if (i && o->format & (OUTPUT_TEXT | OUTPUT_MARKDOWN))
			strbuf_puts(&sb, "\n");
		if (o->format == OUTPUT_TEXT)
			emit_diff_text(diffs[i], &sb, &style);
		if (o->format == OUTPUT_MARKDOWN)
			emit_diff_markdown(diffs[i], &sb);
	}
	if (o->format == OUTPUT_CSV)
		emit_diff_csv(diffs, nr, &sb);
	if (o->format & (OUTPUT_JSON | OUTPUT_YAML))
		emit_diff_doc(diffs, nr, &sb, output_doc_format(o->format));
	status = output_write(command, &sb, status);
	strbuf_reset(&sb);
	return status;
}

static enum exit_status compare(struct options *o, struct book *book)
{
	const struct snapshot *snapshots[ARGUMENTS_LIST_MAX];
	const struct diff *diffs[ARGUMENTS_LIST_MAX];
	struct history_trouble trouble;
	size_t nr = 0;
	int rc;

	for (size_t i = 0; i < o->names.nr; i++) {
		rc = input_load(&o->place, o->names.values[i], book, &trouble, &snapshots[i]);
		if (rc)
			return output_complain(command, &trouble);
		if (!i)
			continue;
		rc = diff_create(book, snapshots[i - 1], snapshots[i], &diffs[nr++]);
		if (rc)
			return output_say(command, "free memory", "out of memory");
	}
	return render(o, diffs, nr);
}

/* The wiki's page has every feature, changed or not: it is a matrix. */
static enum exit_status write_wiki(struct options *o, struct model *m)
{
	struct history_trouble trouble;
	struct strbuf sb = STRBUF_INIT;
	enum exit_status status = EXIT_TROUBLE;
	struct matrix *matrix;
	int rc = 0;

	for (size_t i = 0; i < o->names.nr && !rc; i++) {
		const char *name = o->names.values[i];
		size_t size;
		char *text;

		if (input_read(&o->place, name, &trouble, &text, &size))
			return output_complain(command, &trouble);
		rc = statement_parse(m, name, text, size);
		free(text);
	}
	matrix = rc ? NULL : matrix_create(m, MATRIX_MERGED);
	if (matrix) {
		matrix_emit_wiki(matrix, &sb);
		status = output_write(command, &sb, EXIT_CLEAN);
	} else {
		output_say(command, "free memory", "out of memory");
	}
	strbuf_reset(&sb);
	return status;
}

static enum exit_status run(struct options *o)
{
	enum exit_status status = EXIT_TROUBLE;
	struct model *m = model_create();
	struct book *book = NULL;
	int rc = m ? 0 : -ENOMEM;

	if (!rc && o->registry)
		rc = registry_read(m, o->registry);
	if (!rc)
		rc = model_link(m);
	if (!rc)
		book = book_create(m);
	if (rc || !book)
		output_say(command, "name a registry that is there and can be read",
			   "cannot begin: %s", strerror(rc ? -rc : ENOMEM));
	else
		status = o->format == OUTPUT_WIKI ? write_wiki(o, m) : compare(o, book);
	book_destroy(book);
	model_destroy(m);
	input_close(&o->place);
	return status;
}

enum exit_status cmd_diff(int argc, char **argv)
{
	struct options o = { 0 };
	const struct argument rows[] = {
		{ "repo", "DIR", "the git repository (default: the one DIR '.' is in)",
		  .text = &o.place.repo },
		{ "path", "FILE", "the statement in it (default: SUPPORT.md)",
		  .text = &o.place.path },
		{ "registry", "FILE", "features.yaml: ids, and former titles, of features",
		  .text = &o.registry },
		{ "format", "FORMAT", "see below (default: table)", .text = &o.format_name },
		{ "json", NULL, "the same as --format json", .flag = &o.json },
	};
	const struct argument_table table = { command, "A B...", epilogue, rows,
					      sizeof(rows) / sizeof(rows[0]) };

	switch (arguments_parse(&table, argc, argv, &o.names)) {
	case ARGUMENTS_HELP:
		return EXIT_CLEAN;
	case ARGUMENTS_WRONG:
		return EXIT_TROUBLE;
	case ARGUMENTS_OK:
		break;
	}
	if (!output_choose(command, o.format_name, o.json, 0x3f, &o.format))
		return EXIT_TROUBLE;
	if (o.names.nr < 2)
		return output_say(command, "see `candor diff --help`",
				  "name two statements, or more");
	output_limit_time();
	o.place.repo = o.place.repo ? o.place.repo : ".";
	o.place.path = o.place.path ? o.place.path : "SUPPORT.md";
	return run(&o);
}
