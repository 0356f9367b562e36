/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kconfig's blocks: config, choice, menu, if, source. */
#include "extract/kconfig/kconfig.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "private.h"

/* Blocks */

struct block {
	struct kconfig_node *parent, *last;
	enum token_kind end; /* TOKEN_END: that of the file */
};

static void parse_block(struct parser *p, struct block *b);

static struct kconfig_node *add_node(struct parser *p, struct block *b, enum kconfig_node_kind kind,
				     struct kconfig_item *item)
{
	struct kconfig_node *node = model_alloc(p->m, sizeof(*node));

	if (!node) {
		p->out_of_memory = true;
		return NULL;
	}
	node->kind = kind;
	node->item = item;
	node->at = kparse_here(p);
	node->depends = node->visible = node->prompt_condition = &p->k->yes->leaf;
	if (b->last)
		b->last->next = node;
	else
		b->parent->children = node;
	b->last = node;
	if (p->k->last_node)
		p->k->last_node->next_of_file = node;
	else
		p->k->first_node = node;
	p->k->last_node = node;
	if (item && item->last_node)
		item->last_node->next_of_item = node;
	else if (item)
		item->nodes = node;
	if (item)
		item->last_node = node;
	return node;
}

static void parse_config(struct parser *p, struct block *b)
{
	struct kconfig_item *item = kparse_item(p);
	struct kconfig_node *node;
	bool is_first;

	if (!item)
		return;
	kparse_end(p);
	if (item->is_constant)
		kparse_error(p, "name it without quotes", "a constant cannot be configured");
	if (p->bad)
		return;
	is_first = !item->nodes;
	node = add_node(p, b, KCONFIG_NODE_SYMBOL, item);
	if (!node)
		return;
	if (is_first) {
		if (p->k->last)
			p->k->last->next = item;
		else
			p->k->first = item;
		p->k->last = item;
	}
	kparse_properties(p, node);
}

static void parse_children(struct parser *p, struct kconfig_node *node, enum token_kind end)
{
	struct block b = { .parent = node, .end = end };

	if (p->nesting >= NESTING_MAX) {
		model_report(p->m, SEVERITY_WARNING, "kconfig", kparse_here(p),
			     "what follows in this file was not read", "blocks nested too deeply");
		p->input->next = p->input->end;
		return;
	}
	p->nesting++;
	parse_block(p, &b);
	p->nesting--;
}

static void parse_if(struct parser *p, struct block *b)
{
	struct kconfig_expr *e = kparse_expr(p);
	struct kconfig_node *node = add_node(p, b, KCONFIG_NODE_IF, NULL);

	if (!node)
		return;
	if (e)
		node->depends = e;
	parse_children(p, node, TOKEN_ENDIF);
}

static void parse_titled(struct parser *p, struct block *b, enum kconfig_node_kind kind)
{
	const char *title = kparse_text(p);
	struct kconfig_node *node = add_node(p, b, kind, NULL);

	if (!node)
		return;
	kparse_end(p);
	node->prompt = title;
	node->prompt_at = kparse_here(p);
	kparse_properties(p, node);
	if (kind == KCONFIG_NODE_MENU)
		parse_children(p, node, TOKEN_ENDMENU);
}

static void parse_choice(struct parser *p, struct block *b)
{
	const char *name = kparse_peek(p) == TOKEN_TEXT ? kparse_text(p) : NULL;
	struct kconfig_item *choice = kconfig_add_choice(p->k, name);
	struct kconfig_node *node = choice ? add_node(p, b, KCONFIG_NODE_CHOICE, choice) : NULL;

	if (!node) {
		p->out_of_memory = true;
		return;
	}
	kparse_end(p);
	kparse_properties(p, node);
	parse_children(p, node, TOKEN_ENDCHOICE);
}

/* Sources */

static bool is_open(const struct parser *p, const char *path)
{
	for (const struct input *in = p->input; in; in = in->parent) {
		if (!strcmp(in->path, path))
			return true;
	}
	return false;
}

static int read_file(struct parser *p, struct block *b, const char *path)
{
	const struct kconfig_io *io = p->k->io;
	struct input in = { .path = model_copy(p->m, path, strlen(path)), .parent = p->input };
	const char **files = model_grow(p->m, p->k->files, p->k->nr_files, sizeof(*files));
	char *text;
	size_t size;
	int rc;

	in.shown = model_printf(p->m, "%s%s", io->prefix, path);
	if (!in.path || !in.shown || !files)
		return -ENOMEM;
	p->k->files = files;
	rc = io->read(io->context, path, &text, &size);
	if (rc)
		return rc;
	p->k->files[p->k->nr_files++] = in.path;
	p->k->nr_bytes += size;
	if (!strmap_get(&p->m->source_by_path, in.shown))
		rc = model_add_source(p->m, in.shown, text, size);
	in.text = in.next = text;
	in.end = text + size;
	if (size >= 3 && !memcmp(text, "\xef\xbb\xbf", 3))
		in.next += 3;
	in.depth = p->input ? p->input->depth + 1 : 0;
	p->input = &in;
	if (!rc)
		parse_block(p, b);
	p->input = in.parent;
	free(text);
	return rc;
}

static void source_one(struct parser *p, struct block *b, const char *path)
{
	enum token_kind end = b->end;
	int rc;

	if (is_open(p, path)) {
		kparse_error(p, "break the circle", "%s is being read already", path);
		return;
	}
	if (p->input->depth >= SOURCE_DEPTH_MAX || p->k->nr_files >= FILES_MAX ||
	    p->k->nr_bytes >= BYTES_MAX) {
		kparse_error(p, "source fewer", "too many or too large files, or too deep");
		return;
	}
	b->end = TOKEN_END;
	rc = read_file(p, b, path);
	b->end = end;
	if (rc == -ENOMEM)
		p->out_of_memory = true;
	else if (rc)
		kparse_error(p, "name a file of the tree", "cannot read %s: %s", path,
			     strerror(-rc));
}

/* A pattern relative to the folder of the file at hand. */
static const char *make_relative(struct parser *p, const char *pattern)
{
	const char *slash = strrchr(p->input->path, '/');

	return slash ? model_printf(p->m, "%.*s/%s", (int)(slash - p->input->path), p->input->path,
				    pattern)
		     : pattern;
}

static void parse_source(struct parser *p, struct block *b, enum token_kind kind)
{
	bool is_optional = kind == TOKEN_OSOURCE || kind == TOKEN_ORSOURCE;
	const char *pattern = kparse_text(p), **paths;

	if (!pattern)
		return;
	kparse_end(p);
	if (kind == TOKEN_RSOURCE || kind == TOKEN_ORSOURCE)
		pattern = make_relative(p, pattern);
	if (p->bad || !pattern)
		return;
	paths = p->k->io->glob(p->k->io->context, p->m, pattern);
	if ((!paths || !paths[0]) && !is_optional)
		kparse_error(p, "name a file of the tree", "there is no %s", pattern);
	for (size_t i = 0; paths && paths[i] && !p->out_of_memory; i++)
		source_one(p, b, paths[i]);
}

static void parse_statement(struct parser *p, struct block *b)
{
	enum token_kind kind = kparse_peek(p);

	p->token++;
	switch (kind) {
	case TOKEN_CONFIG:
	case TOKEN_MENUCONFIG:
		parse_config(p, b);
		break;
	case TOKEN_SOURCE:
	case TOKEN_RSOURCE:
	case TOKEN_OSOURCE:
	case TOKEN_ORSOURCE:
		parse_source(p, b, kind);
		break;
	case TOKEN_IF:
		parse_if(p, b);
		break;
	case TOKEN_MENU:
		parse_titled(p, b, KCONFIG_NODE_MENU);
		break;
	case TOKEN_COMMENT:
		parse_titled(p, b, KCONFIG_NODE_COMMENT);
		break;
	case TOKEN_CHOICE:
		parse_choice(p, b);
		break;
	case TOKEN_MAINMENU:
		p->k->top->prompt = kparse_text(p);
		break;
	default:
		kparse_error(p, "see the Kconfig language's manual", "this does not belong here");
	}
}

static void parse_block(struct parser *p, struct block *b)
{
	while (klex_next(p)) {
		enum token_kind kind = kparse_peek(p);

		if (kind != TOKEN_END && kind == b->end) {
			p->token++;
			kparse_end(p);
			return;
		}
		if (kind != TOKEN_END)
			parse_statement(p, b);
	}
	if (b->end != TOKEN_END && !p->out_of_memory)
		model_report(p->m, SEVERITY_WARNING, "kconfig", kparse_here(p),
			     "add its endif, endmenu or endchoice", "the file ends within a block");
}

int kparse_file(struct kconfig *k, const char *path)
{
	struct parser *p = calloc(1, sizeof(*p));
	struct block b = { .parent = k->top, .end = TOKEN_END };
	int rc = -ENOMEM;

	if (!p)
		return rc;
	p->k = k;
	p->m = k->m;
	rc = read_file(p, &b, path);
	if (p->out_of_memory)
		rc = -ENOMEM;
	strbuf_reset(&p->line);
	free(p);
	return rc;
}
