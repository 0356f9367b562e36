/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opens a Kconfig, and reads .config and defconfig files over it. */
#include "extract/kconfig/kconfig.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "private.h"

static int make_constants(struct kconfig *k)
{
	struct kconfig_item **const items[] = { &k->no, &k->module, &k->yes };
	const char *const names[] = { "n", "m", "y" };

	for (size_t i = 0; i < 3; i++) {
		*items[i] = kconfig_constant(k, names[i]);
		if (!*items[i])
			return -ENOMEM;
		(*items[i])->type = KCONFIG_TRISTATE;
	}
	k->modules = kconfig_symbol(k, "MODULES");
	k->top = model_alloc(k->m, sizeof(*k->top));
	if (!k->modules || !k->top)
		return -ENOMEM;
	k->top->kind = KCONFIG_NODE_MENU;
	k->top->prompt = "Main menu";
	k->top->depends = k->top->visible = k->top->prompt_condition = &k->yes->leaf;
	return 0;
}

int kconfig_open(struct model *m, const struct kconfig_io *io, const char *path,
		 struct kconfig **ret_kconfig)
{
	struct kconfig *k = model_alloc(m, sizeof(*k));
	int rc;

	if (!k)
		return -ENOMEM;
	k->m = m;
	k->io = io;
	k->generation = 1;
	rc = make_constants(k);
	if (!rc) {
		k->top->at = (struct pos){ model_printf(m, "%s%s", io->prefix, path), 1, 0 };
		rc = kparse_file(k, path);
	}
	if (!rc) {
		kfinal_run(k);
		kvalue_all(k);
	}
	if (!rc && m->out_of_memory)
		rc = -ENOMEM;
	if (rc) {
		kconfig_close(k);
		return rc;
	}
	*ret_kconfig = k;
	return 0;
}

void kconfig_close(struct kconfig *k)
{
	if (!k)
		return;
	strmap_reset(&k->symbols);
	strmap_reset(&k->constants);
	strmap_reset(&k->choices);
	strmap_reset(&k->variables);
}

static void forget(struct kconfig *k)
{
	for (struct kconfig_item *item = k->first; item; item = item->next) {
		item->user_value = NULL;
		item->was_set = false;
	}
	for (struct kconfig_item *c = k->first_choice; c; c = c->next) {
		c->user_value = NULL;
		c->user_member = NULL;
	}
	k->generation++;
}

static void complain(struct kconfig *k, struct pos at, const char *what, const char *name)
{
	model_report(k->m, SEVERITY_WARNING, "kconfig-value", at, "correct the line or take it out",
		     "%s: %s", name, what);
}

static bool is_number(const char *text, int base)
{
	char *end;

	errno = 0;
	strtoll(text, &end, base);
	return *text && !*end && end != text && !errno && (base == 10 || *text != '-');
}

static void set_tristate(struct kconfig *k, struct kconfig_item *item, const char *text,
			 struct pos at)
{
	bool ok = *text == 'y' || *text == 'n' || (*text == 'm' && item->type == KCONFIG_TRISTATE);
	const char *value = *text == 'y' ? "y" : *text == 'm' ? "m" : "n";

	if (!ok) {
		complain(k, at, "its value is none of n, m, y", item->name);
		return;
	}
	if (item->choice && *value != 'n') {
		bool takes = *value == 'y' || item->choice->type == KCONFIG_TRISTATE;

		if (takes)
			item->choice->user_value = value;
		if (*value == 'y')
			item->choice->user_member = item;
	}
	item->user_value = value;
}

/* The text between quotes, without the backslashes; NULL: no such thing. */
static const char *unquote(struct kconfig *k, const char *text)
{
	char *copy = model_copy(k->m, text, strlen(text)), *out = copy;

	if (!copy || *text++ != '"')
		return NULL;
	while (*text && *text != '"') {
		if (*text == '\\' && text[1])
			text++;
		*out++ = *text++;
	}
	if (*text != '"')
		return NULL;
	*out = '\0';
	return copy;
}

static void set(struct kconfig *k, struct kconfig_item *item, const char *text, struct pos at)
{
	const char *value = text;

	if (item->was_set)
		complain(k, at, "it is set twice", item->name);
	item->was_set = true;
	switch (item->type) {
	case KCONFIG_BOOL:
	case KCONFIG_TRISTATE:
		set_tristate(k, item, text, at);
		return;
	case KCONFIG_STRING:
		value = unquote(k, text);
		break;
	case KCONFIG_INT:
		value = is_number(text, 10) ? text : NULL;
		break;
	case KCONFIG_HEX:
		value = is_number(text, 16) ? text : NULL;
		break;
	default:
		value = NULL;
	}
	if (value)
		item->user_value = model_copy(k->m, value, strlen(value));
	else
		complain(k, at, "its value does not fit its type", item->name);
}

static void set_named(struct kconfig *k, const char *name, const char *text, struct pos at)
{
	struct kconfig_item *item = kconfig_find(k, name);

	if (!item || !item->nodes)
		complain(k, at, "no Kconfig file defines it", name);
	else
		set(k, item, text, at);
}

static void load_line(struct kconfig *k, char *line, struct pos at)
{
	static const char prefix[] = "CONFIG_", unset[] = "# CONFIG_", tail[] = " is not set";
	size_t size = strlen(line);
	char *value;

	while (size && isspace((unsigned char)line[size - 1]))
		line[--size] = '\0';
	if (!strncmp(line, prefix, sizeof(prefix) - 1)) {
		value = strchr(line, '=');
		if (!value || value == line + sizeof(prefix) - 1) {
			complain(k, at, "a line without a value", line);
			return;
		}
		*value++ = '\0';
		set_named(k, line + sizeof(prefix) - 1, value, at);
	} else if (!strncmp(line, unset, sizeof(unset) - 1)) {
		char *name = line + sizeof(unset) - 1;
		struct kconfig_item *item;

		value = strchr(name, ' ');
		if (!value || strncmp(value, tail, sizeof(tail) - 1))
			return;
		*value = '\0';
		item = kconfig_find(k, name);
		if (!item || item->type == KCONFIG_BOOL || item->type == KCONFIG_TRISTATE)
			set_named(k, name, "n", at);
	} else if (*line && line[strspn(line, " \t")] != '#') {
		complain(k, at, "neither a setting nor a comment", line);
	}
}

int kconfig_load(struct kconfig *k, const char *path, const char *text, size_t size)
{
	struct pos at = { model_copy(k->m, path, strlen(path)), 0, 0 };
	const char *end = text + size;

	if (!at.file)
		return -ENOMEM;
	forget(k);
	if (size >= 3 && !memcmp(text, "\xef\xbb\xbf", 3))
		text += 3;
	while (text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		size_t line_size = (size_t)((newline ? newline : end) - text);
		char *line = model_copy(k->m, text, line_size);

		if (!line)
			return -ENOMEM;
		at.line++;
		load_line(k, line, at);
		text += line_size + 1;
	}
	return 0;
}
