/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the renderings that answer questions are asked, understood. */
#ifndef CANDOR_CAPI_QUESTION_H
#define CANDOR_CAPI_QUESTION_H

#include "capi/render.h"
#include "emit/questions.h"
#include "query/input.h"

struct suggest;

struct question {
	struct render *r;
	struct input_place place; /* options "repo" and "path" */
	struct render_list branches, statements, features, ids;
	struct render_list titles, sections, implementations, words;
	struct selection selection;
	bool has_time;
	long long time;		/* of "at" */
	struct model *registry; /* NULL: none */
};

/** Which registry counts where none is named. */
enum question_registry {
	QUESTION_NAMED_REGISTRY, /* none */
	QUESTION_USUAL_REGISTRY, /* support/features.yaml, if it is there */
};

/** Understand the options. 0 or what error_set() returned; question_reset() either way. */
int question_begin(struct question *q, struct render *r, enum question_registry registry);
void question_reset(struct question *q);

/** Want each feature asked for. 0, or -ENOENT for one that is in no statement. */
int question_want(const struct question *q, struct timeline *t);

/** Nothing is named so; which of @near was perhaps meant. Returns -ENOENT. */
int question_no_such(const struct question *q, const char *name, const struct suggest *near);

/** The rendering's format. */
enum question_format {
	QUESTION_TEXT,
	QUESTION_JSON,
	QUESTION_CSV,
	QUESTION_MARKDOWN,
	QUESTION_WIKI, /* of diff alone */
};

/** Write answers; 0 when something fits, else CANDOR_NO. */
int question_answer(const struct question *q, enum question_format format,
		    const struct answer *answers, size_t nr);

#endif
