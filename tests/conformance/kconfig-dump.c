/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Prints all that the Kconfig reader knows of a tree's symbols and choices, in the
 * words of kconfig.py, which prints the same by kconfiglib.
 *
 * kconfig-dump FOLDER FILE [-c CONFIG] [-s REGEX VALUE]... [NAME=VALUE]...
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "extract/kconfig/folder.h"
#include "support.h"

#define NR_MAX 64

static const char *const type_names[] = { "unknown", "bool", "tristate", "string", "int", "hex" };

static void print_expr(struct strbuf *sb, const char *label, const struct kconfig_expr *e)
{
	strbuf_printf(sb, " %s[", label);
	kconfig_print(sb, e);
	strbuf_puts(sb, "]");
}

static void print_list(struct strbuf *sb, const char *label, const struct kconfig_properties *list)
{
	for (const struct kconfig_property *p = list->first; p; p = p->next) {
		strbuf_printf(sb, "  %s", label);
		print_expr(sb, "value", p->value);
		if (p->high)
			print_expr(sb, "high", p->high);
		print_expr(sb, "if", p->condition);
		strbuf_puts(sb, "\n");
	}
}

static void print_nodes(struct strbuf *sb, const struct kconfig_item *item)
{
	for (const struct kconfig_node *n = item->nodes; n; n = n->next_of_item) {
		strbuf_printf(sb, "  at %s:%u", n->at.file, n->at.line);
		print_expr(sb, "depends", n->depends);
		if (n->prompt) {
			strbuf_printf(sb, " prompt[%s]", n->prompt);
			print_expr(sb, "if", n->prompt_condition);
		}
		strbuf_puts(sb, "\n");
		print_list(sb, "default", &n->defaults);
		print_list(sb, "range", &n->ranges);
		print_list(sb, "select", &n->selects);
		print_list(sb, "imply", &n->implies);
	}
}

static void print_symbols(struct kconfig *k, struct strbuf *sb)
{
	for (struct kconfig_item *s = k->first; s; s = s->next) {
		strbuf_printf(sb, "config %s %s now %s value[%s] visible %u choice %d\n", s->name,
			      type_names[s->type], type_names[kconfig_type(k, s)],
			      kconfig_item_text(k, s), kconfig_visibility(k, s), s->choice != NULL);
		print_expr(sb, "direct", s->direct_depends);
		print_expr(sb, "selected", s->selected_by);
		print_expr(sb, "implied", s->implied_by);
		strbuf_puts(sb, "\n");
		print_nodes(sb, s);
	}
	for (struct kconfig_item *c = k->first_choice; c; c = c->next) {
		const struct kconfig_item *selection = kconfig_selection(k, c);

		strbuf_printf(sb, "choice %s value %u visible %u selects %s members",
			      type_names[c->type], kconfig_item_value(k, c),
			      kconfig_visibility(k, c), selection ? selection->name : "nothing");
		for (size_t i = 0; i < c->nr_members; i++)
			strbuf_printf(sb, " %s", c->members[i]->name);
		strbuf_puts(sb, "\n");
		print_nodes(sb, c);
	}
}

struct arguments {
	struct kconfig_folder folder;
	struct config_variable variables[NR_MAX];
	struct kconfig_fact facts[NR_MAX];
	const char *config;
};

static int parse_arguments(struct model *m, int argc, char **argv, struct arguments *a)
{
	int c;

	while ((c = getopt(argc, argv, "c:s:")) != -1) {
		if (c == 'c') {
			a->config = optarg;
			continue;
		}
		if (c != 's' || !argv[optind] || a->folder.nr_facts == NR_MAX)
			return 2;
		if (pattern_compile(m, optarg, (struct pos){ "argument", 1, 1 },
				    &a->facts[a->folder.nr_facts].match))
			return 2;
		a->facts[a->folder.nr_facts++].value = argv[optind++];
	}
	if (argc - optind < 2)
		return 2;
	a->folder.root = argv[optind];
	for (int i = optind + 2; i < argc && a->folder.nr_variables < NR_MAX; i++) {
		char *equals = strchr(argv[i], '=');

		if (!equals)
			return 2;
		*equals = '\0';
		a->variables[a->folder.nr_variables++] =
			(struct config_variable){ argv[i], equals + 1 };
	}
	a->folder.prefix = "";
	a->folder.variables = a->variables;
	a->folder.facts = a->facts;
	return 0;
}

static int dump(struct model *m, struct arguments *a, const char *file)
{
	struct kconfig_io io = kconfig_folder_io(&a->folder);
	struct strbuf sb = STRBUF_INIT;
	struct kconfig *k;
	int rc = kconfig_open(m, &io, file, &k);

	if (rc) {
		fprintf(stderr, "%s: %s\n", file, strerror(-rc));
		return 2;
	}
	if (a->config) {
		char *text;
		size_t size;

		rc = file_read(a->config, 1 << 20, &text, &size);
		if (!rc)
			rc = kconfig_load(k, a->config, text, size);
		free(rc ? NULL : text);
	}
	print_symbols(k, &sb);
	if (strbuf_str(&sb) && !rc)
		fputs(strbuf_str(&sb), stdout);
	strbuf_reset(&sb);
	kconfig_close(k);
	support_print_diagnostics(m, stderr, SUPPORT_PLAIN);
	return rc ? 2 : 0;
}

int main(int argc, char **argv)
{
	struct model *m = model_create();
	struct arguments *a = calloc(1, sizeof(*a));
	int status = 2;

	if (m && a && !parse_arguments(m, argc, argv, a))
		status = dump(m, a, argv[optind + 1]);
	else
		fprintf(stderr, "usage: kconfig-dump [-c CONFIG] [-s REGEX VALUE]... FOLDER FILE "
				"[NAME=VALUE]...\n");
	for (size_t i = 0; a && i < a->folder.nr_facts; i++)
		pattern_free(a->facts[i].match);
	if (a)
		kconfig_folder_close(&a->folder);
	free(a);
	model_destroy(m);
	return status;
}
