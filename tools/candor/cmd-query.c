/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `candor query`: which features a statement states, and how. */
#include "command.h"

#include <stdlib.h>
#include <string.h>

#include "engine/suggest.h"
#include "query/input.h"
#include "question.h"

static const char command[] = "candor query";

static const char epilogue[] =
	"Lists the cases of a statement that fit. Of one option given several times one value\n"
	"must fit, of different options each; a WORD stands anywhere in a feature's texts, and\n"
	"all must. A case that names no architecture is for all of them, and likewise for\n"
	"guest types (pv, pvh, hvm), roles (dom0, domu) and widths (32, 64).\n"
	"\n"
	"LEVEL is not-supported, experimental, tech-preview, deprecated, supported, list or\n"
	"unknown; 'deprecated+' is that or stronger. SECURITY is no, caveats, external, yes or\n"
	"unknown. --statement takes files and git revisions, as `candor diff` does.\n"
	"FORMAT is table, json, yaml, csv or markdown. For a date see `candor status`, which\n"
	"takes all of these options too.\n"
	"\n"
	"Exit status: 0 something fits, 1 nothing does, 2 trouble.\n";

static void offer_names(struct suggest *near, const struct snapshot *s)
{
	for (size_t i = 0; i < s->nr_facts; i++) {
		suggest_offer(near, s->facts[i].fact->id);
		suggest_offer(near, s->facts[i].fact->title);
	}
}

/* A misspelt id is a mistake, not a question that nothing fits. */
static bool check_ids(const struct question *q, struct book *book, const struct answer *answers,
		      size_t nr)
{
	for (size_t i = 0; i < q->ids.nr; i++) {
		const struct selection one = { .ids = { &q->ids.values[i], 1 } };
		struct suggest near;
		bool found = book_feature(book, q->ids.values[i]) != NULL;

		suggest_start(&near, q->ids.values[i]);
		for (size_t j = 0; j < nr && !found; j++) {
			const struct snapshot *s = answers[j].statement;

			offer_names(&near, s);
			for (size_t k = 0; k < s->nr_facts && !found; k++)
				found = select_fits(&one, book, s->facts[k].fact);
		}
		if (!found) {
			question_no_such(command, q->ids.values[i], &near);
			return false;
		}
	}
	return true;
}

static enum exit_status ask(struct question *q, struct book *book, struct input_place *place)
{
	struct answer answers[ARGUMENTS_LIST_MAX] = { 0 };
	struct history_trouble trouble;

	for (size_t i = 0; i < q->statements.nr; i++) {
		if (input_load(place, q->statements.values[i], book, &trouble,
			       &answers[i].statement))
			return output_complain(command, &trouble);
		if (select_answer(&q->selection, book, &answers[i]))
			return output_say(command, "free memory", "out of memory");
	}
	if (!check_ids(q, book, answers, q->statements.nr))
		return EXIT_TROUBLE;
	return question_answer(command, q, answers, q->statements.nr);
}

static enum exit_status run(struct question *q)
{
	struct input_place place;
	enum exit_status status = EXIT_TROUBLE;
	struct book *book;

	if (!question_prepare(command, q,
			      OUTPUT_TEXT | OUTPUT_JSON | OUTPUT_YAML | OUTPUT_CSV |
				      OUTPUT_MARKDOWN)) {
		question_release(q);
		return EXIT_TROUBLE;
	}
	place = (struct input_place){ .repo = q->repo, .path = q->path };
	if (!q->statements.nr)
		q->statements.values[q->statements.nr++] = q->path;
	book = book_create(q->registry_model);
	status = book ? ask(q, book, &place) : output_say(command, "free memory", "out of memory");
	book_destroy(book);
	input_close(&place);
	question_release(q);
	return status;
}

enum exit_status cmd_query(int argc, char **argv)
{
	struct question q = { 0 };
	const struct argument rows[] = {
		{ "id", "ID", "the feature's id, or its heading's, or a case's", .list = &q.ids },
		{ "title", "TEXT", "part of the feature's title", .list = &q.titles },
		{ "section", "TEXT", "part of the section's", .list = &q.sections },
		{ "arch", "ARCH", "x86, arm, arm32 or arm64", .list = &q.archs },
		{ "guest", "TYPE", "pv, pvh or hvm", .list = &q.guests },
		{ "role", "ROLE", "dom0 or domu", .list = &q.roles },
		{ "width", "BITS", "32 or 64, of x86", .list = &q.widths },
		{ "implementation", "TEXT", "part of what else a case names: Linux, QEMU, ...",
		  .list = &q.implementations },
		{ "level", "LEVEL", "see below", .list = &q.levels },
		{ "security", "SECURITY", "see below", .list = &q.securities },
		{ "statement", "FILE|REV", "what to ask (default: SUPPORT.md)",
		  .list = &q.statements },
		{ "repo", "DIR", "the git repository of revisions (default: .)", .text = &q.repo },
		{ "path", "FILE", "the statement in it (default: SUPPORT.md)", .text = &q.path },
		{ "registry", "FILE", "ids (default without --statement: support/features.yaml)",
		  .text = &q.registry },
		{ "format", "FORMAT", "see below (default: table)", .text = &q.format_name },
		{ "json", NULL, "the same as --format json", .flag = &q.json },
	};
	const struct argument_table table = { command, "[WORD]...", epilogue, rows,
					      sizeof(rows) / sizeof(rows[0]) };

	switch (arguments_parse(&table, argc, argv, &q.words)) {
	case ARGUMENTS_HELP:
		return EXIT_CLEAN;
	case ARGUMENTS_WRONG:
		return EXIT_TROUBLE;
	case ARGUMENTS_OK:
		break;
	}
	output_limit_time();
	return run(&q);
}
