/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the renderings that answer questions are asked, understood. */
#include "capi/question.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/suggest.h"
#include "registry/registry.h"

static int add_words(struct question *q, enum select_axis axis, const char *option)
{
	struct history_trouble trouble = { 0 };
	struct render_list list;
	int rc = render_values(q->r, option, &list);

	for (size_t i = 0; i < list.nr && !rc; i++) {
		if (!select_add(&q->selection, axis, list.values[i], &trouble))
			rc = render_trouble(q->r, -EINVAL, &trouble);
	}
	return rc;
}

static struct select_list list_of(const struct render_list *list)
{
	return (struct select_list){ list->values, list->nr };
}

static int read_lists(struct question *q)
{
	const struct {
		const char *option;
		struct render_list *list;
	} rows[] = {
		{ "branch", &q->branches },
		{ "statement", &q->statements },
		{ "feature", &q->features },
		{ "id", &q->ids },
		{ "title", &q->titles },
		{ "section", &q->sections },
		{ "implementation", &q->implementations },
		{ "word", &q->words },
	};
	int rc = 0;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]) && !rc; i++)
		rc = render_values(q->r, rows[i].option, rows[i].list);
	q->selection.ids = list_of(&q->ids);
	q->selection.titles = list_of(&q->titles);
	q->selection.sections = list_of(&q->sections);
	q->selection.implementations = list_of(&q->implementations);
	q->selection.words = list_of(&q->words);
	return rc;
}

static int read_axes(struct question *q)
{
	static const struct {
		const char *option;
		enum select_axis axis;
	} rows[] = {
		{ "arch", SELECT_ARCH },   { "guest", SELECT_GUEST },
		{ "role", SELECT_ROLE },   { "width", SELECT_WIDTH },
		{ "level", SELECT_LEVEL }, { "security", SELECT_SECURITY },
	};
	int rc = 0;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]) && !rc; i++)
		rc = add_words(q, rows[i].axis, rows[i].option);
	return rc;
}

/*
 * The registry that is named, else the one of the tree that is asked, else none: that
 * of another tree would put its ids on what only has the same title.
 */
static int read_registry(struct question *q, enum question_registry registry)
{
	const char *path = render_option(q->r, "registry"), *repo = q->place.repo;
	char usual[4096];
	int rc;

	snprintf(usual, sizeof(usual), "%s%ssupport/features.yaml", strcmp(repo, ".") ? repo : "",
		 strcmp(repo, ".") ? "/" : "");
	if (!path && registry == QUESTION_USUAL_REGISTRY && !q->statements.nr &&
	    !access(usual, R_OK))
		path = usual;
	if (!path)
		return 0;
	q->registry = model_create();
	rc = q->registry ? registry_read(q->registry, path) : -ENOMEM;
	if (!rc)
		rc = model_link(q->registry);
	if (rc == -ENOMEM)
		return error_memory(q->r->error);
	if (rc)
		return error_set(q->r->error, rc, NULL,
				 "name a registry that is there and can be read", "%s: %s", path,
				 strerror(-rc));
	if (q->registry->nr_errors)
		render_remark(q->r, "the registry has errors; `candor check` tells which");
	return 0;
}

int question_begin(struct question *q, struct render *r, enum question_registry registry)
{
	const char *at = render_option(r, "at"), *repo = render_option(r, "repo");
	const char *path = render_option(r, "path");
	int rc;

	*q = (struct question){
		.r = r, .place = { .repo = repo ? repo : ".", .path = path ? path : "SUPPORT.md" }
	};
	q->has_time = at != NULL;
	if (at && !history_parse_time(at, &q->time))
		return error_set(r->error, -EINVAL, NULL,
				 "give YYYY-MM-DD, or YYYY-MM-DDTHH:MM:SSZ", "no date '%s'", at);
	rc = read_lists(q);
	if (!rc)
		rc = read_axes(q);
	return rc ? rc : read_registry(q, registry);
}

void question_reset(struct question *q)
{
	input_close(&q->place);
	model_destroy(q->registry);
	q->registry = NULL;
}

int question_no_such(const struct question *q, const char *name, const struct suggest *near)
{
	const char *best = suggest_best(near);

	return error_set(q->r->error, -ENOENT, NULL, "`candor query` lists what is stated",
			 "no feature '%s'%s%s%s", name, best ? "; did you mean '" : "",
			 best ? best : "", best ? "'?" : "");
}

static void offer(const char *name, void *context)
{
	suggest_offer(context, name);
}

int question_want(const struct question *q, struct timeline *t)
{
	for (size_t i = 0; i < q->features.nr; i++) {
		struct suggest near;

		if (timeline_want(t, q->features.values[i]))
			continue;
		suggest_start(&near, q->features.values[i]);
		timeline_names(t, offer, &near);
		return question_no_such(q, q->features.values[i], &near);
	}
	return 0;
}

int question_answer(const struct question *q, enum question_format format,
		    const struct answer *answers, size_t nr)
{
	const struct emit_style style = render_style(q->r);
	int rc = CANDOR_NO;

	for (size_t i = 0; i < nr; i++) {
		if (answers[i].nr_facts)
			rc = 0;
	}
	switch (format) {
	case QUESTION_TEXT:
		emit_answers_text(answers, nr, q->r->out, &style);
		break;
	case QUESTION_JSON:
		emit_answers_doc(answers, nr, q->r->out);
		break;
	case QUESTION_CSV:
		emit_answers_csv(answers, nr, q->r->out);
		break;
	case QUESTION_MARKDOWN:
		emit_answers_markdown(answers, nr, q->r->out);
		break;
	case QUESTION_WIKI:
		break;
	}
	return rc;
}
