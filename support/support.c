/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The support library in one call. */
#include "support.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/terminal.h"
#include "check/check.h"
#include "emit/emit.h"
#include "extract/extract.h"
#include "registry/registry.h"
#include "statement/statement.h"

/* How an input of some kind gets into the model: from the disk, or from a text. */
struct reader {
	int (*read)(struct model *m, const char *path);
	int (*parse)(struct model *m, const char *path, const char *text, size_t size);
};

static const struct reader registry_reader = { registry_read, registry_parse };
static const struct reader statement_reader = { statement_read, statement_parse };
static const struct reader lock_reader = { lock_read, lock_parse };
static const struct reader object_reader = { elf_read, elf_parse };
static const struct reader evidence_reader = { evidence_read, evidence_parse };
/* Files of a tree are looked up one by one. */
static const struct reader tree_reader = { tree_scan, NULL };

static int read_or_parse(struct model *m, const struct reader *r, const char *path)
{
	const struct source *text = path && r->parse ? model_text(m, path) : NULL;

	if (!path)
		return 0;
	return text ? r->parse(m, path, text->text, text->size) : r->read(m, path);
}

/* Read one input; only running out of memory stops the whole. */
static int read_one(struct model *m, const struct reader *r, const char *path)
{
	int rc = read_or_parse(m, r, path);
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

static int read_list(struct model *m, const struct reader *r, const char *const *paths, size_t nr)
{
	int rc = 0;

	for (size_t i = 0; i < nr && !rc; i++)
		rc = read_one(m, r, paths[i]);
	return rc;
}

static int add_texts(struct model *m, const struct support_inputs *in)
{
	int rc = 0;

	for (size_t i = 0; i < in->nr_texts && !rc; i++)
		rc = model_add_text(m, in->texts[i].path, in->texts[i].text, in->texts[i].size);
	return rc;
}

int support_load(const struct support_inputs *in, struct model **ret_model)
{
	struct model *m = model_create();
	int rc;

	if (!m)
		return -ENOMEM;
	rc = add_texts(m, in);
	if (!rc)
		rc = read_one(m, &registry_reader, in->registry);
	if (!rc)
		rc = read_one(m, &statement_reader, in->statement);
	if (!rc)
		rc = read_list(m, &statement_reader, in->statements, in->nr_statements);
	if (!rc)
		rc = read_one(m, &tree_reader, in->tree);
	if (!rc)
		rc = read_list(m, &lock_reader, in->locks, in->nr_locks);
	if (!rc)
		rc = read_list(m, &object_reader, in->objects, in->nr_objects);
	if (!rc)
		rc = read_one(m, &evidence_reader, in->evidence);
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
	return check_run(m);
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
