/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading what a handle names, checking it, mending it. */
#include "capi/private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "capi/memory.h"
#include "check/judge.h"
#include "mend.h"

static enum channel find_channel(const char *name)
{
	for (unsigned int i = CHANNEL_UNSTABLE; name && i < NR_CHANNELS; i++) {
		if (!strcmp(name, model_channel_name((enum channel)i)))
			return (enum channel)i;
	}
	return CHANNEL_UNKNOWN;
}

int inputs_make(const struct candor *c, struct inputs *ret_inputs)
{
	const struct capi_values *statements = &c->values[OPTION_STATEMENT];
	struct support_text *texts = calloc(c->nr_texts + 1, sizeof(*texts));

	if (!texts)
		return -ENOMEM;
	for (size_t i = 0; i < c->nr_texts; i++)
		texts[i] = (struct support_text){ c->texts[i].path, c->texts[i].text,
						  c->texts[i].size };
	ret_inputs->texts = texts;
	ret_inputs->in = (struct support_inputs){
		.registry = handle_value(c, OPTION_REGISTRY),
		.statement = statements->nr ? statements->items[0] : NULL,
		.statement_is_found = c->is_found[OPTION_STATEMENT],
		.waivers_are_found = c->is_found[OPTION_WAIVERS],
		.statements = statements->nr ? statements->items + 1 : NULL,
		.nr_statements = statements->nr ? statements->nr - 1 : 0,
		.tree = handle_value(c, OPTION_TREE),
		.config = handle_value(c, OPTION_CONFIG),
		.evidence = handle_value(c, OPTION_EVIDENCE),
		.waivers = handle_value(c, OPTION_WAIVERS),
		.baseline = handle_value(c, OPTION_BASELINE),
		.previous = handle_value(c, OPTION_PREVIOUS),
		.date = handle_value(c, OPTION_DATE),
		.channel = find_channel(handle_value(c, OPTION_CHANNEL)),
		.locks = c->values[OPTION_LOCK].items,
		.nr_locks = c->values[OPTION_LOCK].nr,
		.objects = c->values[OPTION_OBJECT].items,
		.nr_objects = c->values[OPTION_OBJECT].nr,
		.branches = c->values[OPTION_BRANCH].items,
		.nr_branches = c->values[OPTION_BRANCH].nr,
		.texts = texts,
		.nr_texts = c->nr_texts,
	};
	return 0;
}

void inputs_reset(struct inputs *inputs)
{
	free(inputs->texts);
}

static struct selection selection_of(const struct candor *c)
{
	const char *severity = handle_value(c, OPTION_SEVERITY);

	return (struct selection){
		.rules = c->values[OPTION_RULE].items,
		.nr_rules = c->values[OPTION_RULE].nr,
		.severity =
			severity && !strcmp(severity, "error") ? SEVERITY_ERROR : SEVERITY_WARNING,
	};
}

static int load(struct candor *c)
{
	struct inputs inputs;
	struct model *m;
	int rc = inputs_make(c, &inputs);

	if (rc)
		return rc;
	rc = support_load(&inputs.in, &m);
	inputs_reset(&inputs);
	if (rc)
		return rc;
	judge_sort(m);
	model_destroy(c->model);
	c->model = m;
	c->baseline = (struct baseline){ 0 };
	return 0;
}

int candor_load(struct candor *c, struct candor_error *ret_error)
{
	const struct candor_allocator *before = handle_enter(c);
	int rc = load(c);

	memory_leave(before);
	if (rc == -ENOMEM)
		return error_memory(ret_error);
	return rc ? error_set(ret_error, rc, NULL, NULL, "cannot read: %s", strerror(-rc)) : 0;
}

static int check(struct candor *c)
{
	struct selection selection = selection_of(c);
	struct inputs inputs;
	int rc = support_check(c->model);

	if (!rc)
		rc = inputs_make(c, &inputs);
	if (rc)
		return rc;
	rc = support_judge(c->model, &inputs.in, &selection, &c->baseline);
	inputs_reset(&inputs);
	return rc;
}

int candor_check(struct candor *c, struct candor_error *ret_error)
{
	const struct candor_allocator *before;
	int rc;

	if (!c->model)
		return error_set(ret_error, -EINVAL, NULL, "call candor_load() first",
				 "nothing is loaded");
	before = handle_enter(c);
	rc = check(c);
	memory_leave(before);
	return rc ? error_memory(ret_error) : 0;
}

static int fix(struct candor *c, size_t *ret_nr_edits, size_t *ret_nr_files, struct candor_error *e)
{
	struct selection selection = selection_of(c);
	const char *disk = NULL;
	struct inputs inputs;
	struct mended mended;
	int rc = inputs_make(c, &inputs);

	if (rc)
		return error_memory(e);
	rc = mend(&inputs.in, &selection, &mended);
	if (!rc)
		rc = mended_write(&mended, &disk);
	if (!rc) {
		*ret_nr_edits = mended.nr_edits;
		*ret_nr_files = mended.nr;
	} else {
		rc = rc == -ENOMEM ? error_memory(e)
				   : error_set(e, rc, disk, "make it writable, or try again",
					       "cannot mend: %s", strerror(-rc));
	}
	mended_reset(&mended);
	inputs_reset(&inputs);
	return rc;
}

int candor_fix(struct candor *c, size_t *ret_nr_edits, size_t *ret_nr_files,
	       struct candor_error *ret_error)
{
	const struct candor_allocator *before = handle_enter(c);
	int rc = fix(c, ret_nr_edits, ret_nr_files, ret_error);

	memory_leave(before);
	return rc;
}
