/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Options that `query`, `status` and `history` share, and how they are meant. */
#ifndef CANDOR_QUESTION_H
#define CANDOR_QUESTION_H

#include "arguments.h"
#include "output.h"
#include "query/select.h"
#include "query/timeline.h"

/** What the options say. All texts are borrowed from the command line. */
struct question {
	const char *repo, *path, *registry, *format_name, *at;
	struct argument_list branches, statements;
	struct argument_list ids, titles, sections, implementations, words;
	struct argument_list archs, guests, roles, widths, levels, securities;
	bool all_branches, json;

	enum output_format format;
	struct selection selection;
	long long time;		      /* of @at */
	struct model *registry_model; /* NULL: none */
};

/** Understand what was given. False, and said so, if it means nothing. */
bool question_prepare(const char *command, struct question *q, unsigned int formats);

/** Free what prepare made. */
void question_release(struct question *q);

/** Want each of @features of the timeline. False, and said so, if one is in no statement. */
bool question_want(const char *command, struct timeline *t, const struct argument_list *features);

/** Write answers in the format asked for: clean when something fits. */
enum exit_status question_answer(const char *command, const struct question *q,
				 const struct answer *answers, size_t nr);

/** Say that nothing is named so, and which name of @offer's was perhaps meant. */
struct suggest;
void question_no_such(const char *command, const char *name, const struct suggest *near);

#endif
