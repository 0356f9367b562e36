/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The support library in one call. */
#include "support.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/terminal.h"
#include "check/check.h"
#include "check/judge.h"
#include "config/config.h"
#include "emit/emit.h"
#include "extract/extract.h"
#include "extract/facts.h"
#include "extract/links.h"
#include "registry/registry.h"
#include "registry/waivers.h"
#include "state.h"
#include "statement/statement.h"

typedef int reader_fn(struct model *m, const char *path);
typedef int parser_fn(struct model *m, const char *path, const char *text, size_t size);

/* What a reader returned; only running out of memory stops the whole. */
static int judge_read(struct model *m, const char *path, int rc)
{
	const char *name;

	if (!rc || rc == -ENOMEM)
		return rc;
	name = model_copy(m, path, strlen(path));
	if (!name)
		return -ENOMEM;
	model_report(m, SEVERITY_ERROR, "unreadable", (struct pos){ name, 0, 0 },
		     "name a file that is there and can be read", "cannot read: %s", strerror(-rc));
	return 0;
}

/* Read one input. */
static int read_one(struct model *m, reader_fn *read, const char *path)
{
	return path ? judge_read(m, path, read(m, path)) : 0;
}

/* The same of a file that a text may stand in for. */
static int read_text(struct model *m, reader_fn *read, parser_fn *parse, const char *path)
{
	const struct source *s = path ? strmap_get(&m->overlay, path) : NULL;

	return s ? parse(m, path, s->text, s->size) : read_one(m, read, path);
}

static int take_texts(struct model *m, const struct support_inputs *in)
{
	for (size_t i = 0; i < in->nr_texts; i++) {
		const struct support_text *t = &in->texts[i];
		struct source *s = model_alloc(m, sizeof(*s));

		if (!s)
			return -ENOMEM;
		s->path = model_copy(m, t->path, strlen(t->path));
		s->text = model_copy(m, t->text, t->size);
		s->size = t->size;
		if (!s->path || !s->text || !strmap_put(&m->overlay, s->path, s))
			return -ENOMEM;
	}
	return 0;
}

static int read_list(struct model *m, reader_fn *read, parser_fn *parse, const char *const *paths,
		     size_t nr)
{
	int rc = 0;

	for (size_t i = 0; i < nr && !rc; i++)
		rc = read_text(m, read, parse, paths[i]);
	return rc;
}

/* The tree's candor.yaml; without one *@ret_config is NULL. */
static int read_config(struct model *m, const char *path, struct config **ret_config)
{
	return path ? judge_read(m, path, config_read(m, path, ret_config)) : 0;
}

/*
 * A file that an option names, else the one that the tree says, else the one that was
 * found; NULL: none of them.
 */
static const char *file_of(struct model *m, const struct support_inputs *in, const char *named,
			   bool is_found, const char *told)
{
	if ((named && !is_found) || !told)
		return named;
	return strcmp(in->tree, ".") ? model_printf(m, "%s/%s", in->tree, told)
				     : model_copy(m, told, strlen(told));
}

static void take_channel(struct model *m, const struct config *config)
{
	for (unsigned int i = CHANNEL_UNSTABLE; i < NR_CHANNELS && config->channel; i++) {
		if (m->channel == CHANNEL_UNKNOWN &&
		    !strcmp(config->channel, model_channel_name((enum channel)i)))
			m->channel = (enum channel)i;
	}
}

static int read_statement(struct model *m, const char *path)
{
	int rc = read_text(m, statement_read, statement_parse, path);

	return !rc && path ? links_find(m, path) : rc;
}

static int read_all(struct model *m, const struct support_inputs *in)
{
	struct config *config = NULL;
	const char *waivers = in->waivers;
	int rc = take_texts(m, in);

	if (!rc)
		rc = read_config(m, in->tree ? in->config : NULL, &config);
	if (!rc)
		rc = read_text(m, registry_read, registry_parse, in->registry);
	if (!rc)
		rc = read_statement(m, file_of(m, in, in->statement, in->statement_is_found,
					       config ? config->statement : NULL));
	if (config) {
		waivers = file_of(m, in, waivers, in->waivers_are_found, config->waivers);
		take_channel(m, config);
	}
	for (size_t i = 0; i < in->nr_statements && !rc; i++)
		rc = read_text(m, statement_read, statement_parse, in->statements[i]);
	if (!rc)
		rc = config ? judge_read(m, in->tree, facts_read(m, config, in->tree))
			    : read_one(m, tree_scan, in->tree);
	else
		config_close(config);
	if (!rc)
		rc = read_list(m, lock_read, lock_parse, in->locks, in->nr_locks);
	if (!rc)
		rc = read_list(m, elf_read, elf_parse, in->objects, in->nr_objects);
	if (!rc)
		rc = read_text(m, evidence_read, evidence_parse, in->evidence);
	if (!rc)
		rc = read_text(m, waivers_read, waivers_parse, waivers);
	if (!rc && in->previous)
		rc = state_add_previous(m, in, in->previous);
	for (size_t i = 0; i < in->nr_branches && !rc; i++)
		rc = state_add_branch(m, in, in->branches[i]);
	return rc;
}

int support_load(const struct support_inputs *in, struct model **ret_model)
{
	struct model *m = model_create();
	int rc;

	if (!m)
		return -ENOMEM;
	m->channel = in->channel;
	m->root = in->tree ? model_copy(m, in->tree, strlen(in->tree)) : NULL;
	if (in->date)
		m->today = model_copy(m, in->date, strlen(in->date));
	rc = read_all(m, in);
	if (!rc)
		rc = model_link(m);
	if (!rc && m->out_of_memory)
		rc = -ENOMEM;
	if (rc) {
		model_destroy(m);
		return rc;
	}
	*ret_model = m;
	return 0;
}

int support_check(struct model *m)
{
	int rc = check_run(m);

	if (rc)
		return rc;
	judge_name(m);
	judge_waive(m);
	judge_name(m);
	return m->out_of_memory ? -ENOMEM : 0;
}

int support_judge(struct model *m, const struct support_inputs *in,
		  const struct selection *selection, struct baseline *ret_baseline)
{
	int rc = 0;

	memset(ret_baseline, 0, sizeof(*ret_baseline));
	if (in->baseline) {
		rc = state_read_baseline(m, in, ret_baseline);
		judge_name(m);
	}
	if (!rc)
		rc = judge_compare(m, ret_baseline);
	judge_select(m, selection);
	return rc;
}

bool support_is_unread(const struct model *m)
{
	for (size_t i = 0; i < m->nr_diagnostics; i++) {
		const char *rule = m->diagnostics[i].rule;

		if (!strcmp(rule, "unreadable") || !strcmp(rule, "bad-object"))
			return true;
	}
	return false;
}

int support_print_diagnostics(struct model *m, FILE *out, enum support_colour colour)
{
	bool on = colour == SUPPORT_COLOUR_ON_TERMINAL && terminal_colours(out);
	struct strbuf sb = STRBUF_INIT;
	int rc = 0;

	emit_diagnostics(m, &sb, on ? EMIT_COLOUR : EMIT_PLAIN);
	if (!strbuf_str(&sb))
		rc = -ENOMEM;
	else if (fputs(strbuf_str(&sb), out) < 0)
		rc = -EIO;
	strbuf_reset(&sb);
	return rc;
}
