/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `xl support`: the features of the running hypervisor, their states, levels and taints. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/table.h"
#include "base/terminal.h"
#include "host/known.h"
#include "host/state.h"
#include "xl/xl.h"

static const char usage[] =
	"Usage: xl support [-a] [--state FILE] [--tree DIR] [FEATURE...]\n\n"
	"Shows which features the running hypervisor has, in which state, how far each is\n"
	"supported, and the taint it shows while it is active.\n\n"
	"  -a, --all     those that the build left out too\n"
	"  --state FILE  what runs is told by FILE, not by the hypervisor\n"
	"  --tree DIR    SUPPORT.md and support/features.yaml are below DIR\n"
	"  -h, --help    show this\n";

struct support {
	bool all;
	const char *state_file, *tree;
	char **ids;
	size_t nr_ids;
	struct state state;
	struct known known;
};

static bool is_wanted(const struct support *s, const struct state_feature *f)
{
	for (size_t i = 0; i < s->nr_ids; i++)
		if (!strcmp(s->ids[i], f->id))
			return true;
	return !s->nr_ids && (s->all || f->state != RUN_OFF);
}

static void add_row(struct table *t, const struct support *s, const struct state_feature *f)
{
	const struct known_fact fact = known_fact(&s->known, f->id);
	const struct candor_verdict verdict = known_verdict(&s->known, f->id);
	const char taint[2] = { fact.taint };

	table_add(t, f->id, TINT_NONE);
	table_add(t, state_name(f->state),
		  f->state == RUN_ON	     ? TINT_GOOD
		  : f->state == RUN_OPTED_IN ? TINT_FAIR
		  : f->state == RUN_EXPIRED  ? TINT_BAD
					     : TINT_DIM);
	table_add(t, f->until[0] ? f->until : "-", TINT_NONE);
	table_add(t, fact.level ? fact.level : "not known", taint[0] ? TINT_POOR : TINT_NONE);
	table_add(t, fact.security ? fact.security : "not known", TINT_NONE);
	table_add(t, taint[0] ? taint : "-", TINT_NONE);
	if (s->all)
		table_add(t, verdict.value ? verdict.reason : "", TINT_DIM);
}

static enum xl_status print(const struct support *s)
{
	static const char *const heads[] = { "feature",	 "state", "until",     "level",
					     "security", "taint", "decided by" };
	struct table t = TABLE_INIT(s->all ? 7 : 6);
	struct strbuf out = STRBUF_INIT;
	const char *text;

	for (size_t i = 0; i < t.nr_columns; i++)
		table_add(&t, heads[i], TINT_NONE);
	for (size_t i = 0; i < s->state.nr_features; i++)
		if (is_wanted(s, &s->state.features[i]))
			add_row(&t, s, &s->state.features[i]);
	out.failed = t.failed;
	strbuf_printf(&out, "policy                 : %s\n", s->state.policy);
	strbuf_printf(&out, "decision               : %s\n",
		      s->state.has_decision ? s->state.decision : "not known");
	strbuf_printf(&out, "taint                  : %s\n\n",
		      !s->state.has_taint ? "not known"
		      : s->state.taint[0] ? s->state.taint
					  : "none");
	table_emit_text(&t, &out, 0, terminal_colours(stdout) ? EMIT_COLOUR : EMIT_PLAIN);
	table_reset(&t);
	text = strbuf_str(&out);
	if (text)
		fputs(text, stdout);
	strbuf_reset(&out);
	return text && !fflush(stdout) && !ferror(stdout) ? XL_DONE : XL_FAILED;
}

/* Ids that the build does not know are not passed over in silence. */
static enum xl_status check_ids(const struct support *s)
{
	for (size_t i = 0; i < s->nr_ids; i++) {
		if (state_find(&s->state, s->ids[i]))
			continue;
		fprintf(stderr, "xl support: error: this build knows no such feature\n"
				"       = `xl support -a` lists all\n");
		return XL_FAILED;
	}
	return XL_DONE;
}

static enum xl_status show(struct support *s)
{
	struct strbuf err = STRBUF_INIT;
	enum xl_status status = XL_FAILED;
	int rc = s->state_file ? state_read(s->state_file, &s->state, &err)
			       : state_ask(&s->state, &err);

	if (!rc)
		rc = known_read(&s->known, "", s->state.policy, NULL, s->tree, &err);
	if (rc)
		fputs(strbuf_str(&err) && err.size ? err.data
						   : "xl support: error: out of memory\n",
		      stderr);
	else
		status = check_ids(s);
	if (!rc && status == XL_DONE)
		status = print(s);
	state_reset(&s->state);
	known_reset(&s->known);
	strbuf_reset(&err);
	return status;
}

enum xl_status xl_support(int argc, char **argv)
{
	static const struct option options[] = {
		{ "all", no_argument, NULL, 'a' },
		{ "state", required_argument, NULL, 's' },
		{ "tree", required_argument, NULL, 't' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	struct support s = { 0 };
	int option;

	while ((option = getopt_long(argc, argv, "ah", options, NULL)) >= 0) {
		switch (option) {
		case 'a':
			s.all = true;
			break;
		case 's':
			s.state_file = optarg;
			break;
		case 't':
			s.tree = optarg;
			break;
		case 'h':
			fputs(usage, stdout);
			return XL_DONE;
		default:
			fputs(usage, stderr);
			return XL_USAGE;
		}
	}
	s.ids = argv + optind;
	s.nr_ids = (size_t)(argc - optind);
	return show(&s);
}
