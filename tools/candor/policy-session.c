/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opening a tree's policy, and saying what went wrong. */
#include "policy-session.h"

#include <stdio.h>
#include <string.h>

#define DEFAULT_PROFILE "supported"

enum exit_status policy_session_trouble(const struct policy_session *s, int rc)
{
	const char *text = strbuf_str(&s->err);

	if (text && *text)
		fputs(text, stderr);
	else
		fprintf(stderr, "candor policy: %s\n", strerror(-rc));
	return EXIT_TROUBLE;
}

static int join_files(struct policy_session *s, enum layer layer, const struct argument_list *list)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < list->nr; i++)
		rc = policy_join(s->policy, layer, list->values[i], &s->err);
	return rc;
}

enum exit_status policy_session_open(struct policy_session *s, const struct policy_options *o,
				     enum facts_depth depth)
{
	int rc;

	*s = (struct policy_session){
		.options = o,
		.tree = o->tree ? o->tree : ".",
		.profile = o->profile ? o->profile : DEFAULT_PROFILE,
	};
	rc = facts_load(s->tree, depth, &s->facts, &s->err);
	if (!rc)
		rc = policy_open(s->tree, s->facts, &s->policy, &s->err);
	if (!rc)
		rc = join_files(s, LAYER_SITE, &o->site);
	if (!rc)
		rc = join_files(s, LAYER_HOST, &o->host);
	if (!rc)
		return EXIT_CLEAN;
	policy_session_trouble(s, rc);
	policy_session_close(s);
	return EXIT_TROUBLE;
}

void policy_session_close(struct policy_session *s)
{
	policy_close(s->policy);
	facts_destroy(s->facts);
	strbuf_reset(&s->err);
	s->policy = NULL;
	s->facts = NULL;
}

enum exit_status policy_print(struct strbuf *text)
{
	enum exit_status status = EXIT_CLEAN;

	if (!strbuf_str(text) || fwrite(text->data, 1, text->size, stdout) != text->size ||
	    fflush(stdout)) {
		fputs("candor policy: cannot write the answer\n", stderr);
		status = EXIT_TROUBLE;
	}
	strbuf_reset(text);
	return status;
}

bool policy_arguments(const struct argument_table *table, int argc, char **argv, size_t least,
		      size_t most, struct argument_list *ret_operands, enum exit_status *ret_status)
{
	enum arguments_result result = arguments_parse(table, argc, argv, ret_operands);

	*ret_status = result == ARGUMENTS_HELP ? EXIT_CLEAN : EXIT_TROUBLE;
	if (result != ARGUMENTS_OK)
		return false;
	if (ret_operands->nr >= least && ret_operands->nr <= most)
		return true;
	if (ret_operands->nr < least)
		fprintf(stderr, "%s: wants %s\n", table->command, table->operands);
	else
		fprintf(stderr, "%s: unexpected '%s'\n", table->command,
			ret_operands->values[most]);
	fprintf(stderr, "       = see `%s --help`\n", table->command);
	return false;
}
