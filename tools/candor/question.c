/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Understands what the commands that answer questions are given. */
#include "question.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "engine/suggest.h"
#include "registry/registry.h"

static bool add_words(const char *command, struct selection *selection, enum select_axis axis,
		      const struct argument_list *words)
{
	struct history_trouble trouble;

	for (size_t i = 0; i < words->nr; i++) {
		if (select_add(selection, axis, words->values[i], &trouble))
			continue;
		output_complain(command, &trouble);
		return false;
	}
	return true;
}

static struct select_list list_of(const struct argument_list *list)
{
	return (struct select_list){ list->values, list->nr };
}

static bool select_all(const char *command, struct question *q)
{
	struct selection *s = &q->selection;

	s->ids = list_of(&q->ids);
	s->titles = list_of(&q->titles);
	s->sections = list_of(&q->sections);
	s->implementations = list_of(&q->implementations);
	s->words = list_of(&q->words);
	return add_words(command, s, SELECT_ARCH, &q->archs) &&
	       add_words(command, s, SELECT_GUEST, &q->guests) &&
	       add_words(command, s, SELECT_ROLE, &q->roles) &&
	       add_words(command, s, SELECT_WIDTH, &q->widths) &&
	       add_words(command, s, SELECT_LEVEL, &q->levels) &&
	       add_words(command, s, SELECT_SECURITY, &q->securities);
}

/*
 * The registry that is named, else the one of the tree that is asked, else none: that
 * of another tree would put its ids on what only has the same title.
 */
static bool read_registry(const char *command, struct question *q)
{
	const char *path = q->registry;
	char usual[4096];
	int rc;

	snprintf(usual, sizeof(usual), "%s%ssupport/features.yaml",
		 strcmp(q->repo, ".") ? q->repo : "", strcmp(q->repo, ".") ? "/" : "");
	if (!path && !q->statements.nr && !access(usual, R_OK))
		path = usual;
	if (!path)
		return true;
	q->registry_model = model_create();
	rc = q->registry_model ? registry_read(q->registry_model, path) : -ENOMEM;
	if (!rc)
		rc = model_link(q->registry_model);
	if (rc)
		output_say(command, "name a registry that is there and can be read", "%s: %s", path,
			   strerror(-rc));
	else if (q->registry_model->nr_errors)
		output_remark(command, "the registry has errors; `candor check` tells which");
	return !rc;
}

bool question_prepare(const char *command, struct question *q, unsigned int formats)
{
	q->repo = q->repo ? q->repo : ".";
	q->path = q->path ? q->path : "SUPPORT.md";
	if (q->at && !history_parse_time(q->at, &q->time)) {
		output_say(command, "give YYYY-MM-DD, or YYYY-MM-DDTHH:MM:SSZ", "no date '%s'",
			   q->at);
		return false;
	}
	return output_choose(command, q->format_name, q->json, formats, &q->format) &&
	       select_all(command, q) && read_registry(command, q);
}

void question_release(struct question *q)
{
	model_destroy(q->registry_model);
	q->registry_model = NULL;
}

void question_no_such(const char *command, const char *name, const struct suggest *near)
{
	const char *best = suggest_best(near);

	output_say(command, "`candor query` lists what is stated", "no feature '%s'%s%s%s", name,
		   best ? "; did you mean '" : "", best ? best : "", best ? "'?" : "");
}

static void offer(const char *name, void *context)
{
	suggest_offer(context, name);
}

bool question_want(const char *command, struct timeline *t, const struct argument_list *features)
{
	for (size_t i = 0; i < features->nr; i++) {
		struct suggest near;

		if (timeline_want(t, features->values[i]))
			continue;
		suggest_start(&near, features->values[i]);
		timeline_names(t, offer, &near);
		question_no_such(command, features->values[i], &near);
		return false;
	}
	return true;
}

enum exit_status question_answer(const char *command, const struct question *q,
				 const struct answer *answers, size_t nr)
{
	const struct emit_style style = output_style();
	struct strbuf sb = STRBUF_INIT;
	enum exit_status status = EXIT_FINDINGS;

	for (size_t i = 0; i < nr; i++) {
		if (answers[i].nr_facts)
			status = EXIT_CLEAN;
	}
	if (q->format == OUTPUT_TEXT)
		emit_answers_text(answers, nr, &sb, &style);
	if (q->format == OUTPUT_MARKDOWN)
		emit_answers_markdown(answers, nr, &sb);
	if (q->format == OUTPUT_CSV)
		emit_answers_csv(answers, nr, &sb);
	if (q->format & (OUTPUT_JSON | OUTPUT_YAML))
		emit_answers_doc(answers, nr, &sb, output_doc_format(q->format));
	status = output_write(command, &sb, status);
	strbuf_reset(&sb);
	return status;
}
