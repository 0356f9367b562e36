/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A Kconfig, and behind a line "%%" a .config, read and resolved whole. It may source
 * itself by any name: depth and number are bounded.
 */
#include "fuzz.h"

#include <errno.h>
#include <string.h>

#include "extract/kconfig/kconfig.h"

struct text {
	const char *data;
	size_t size;
	unsigned int nr_reads;
};

static int read_text(void *context, const char *path, char **ret_data, size_t *ret_size)
{
	struct text *t = context;

	/* Each reading may source on: a few show all there is to see. */
	if (t->nr_reads++ > 8 || !strcmp(path, "none"))
		return -ENOENT;
	*ret_data = malloc(t->size + 1);
	if (!*ret_data)
		return -ENOMEM;
	memcpy(*ret_data, t->data, t->size);
	(*ret_data)[t->size] = '\0';
	*ret_size = t->size;
	return 0;
}

static const char **glob_one(void *context, struct model *m, const char *pattern)
{
	const char **list = model_alloc(m, 2 * sizeof(*list));

	(void)context;
	if (list)
		list[0] = model_copy(m, pattern, strlen(pattern));
	return list;
}

static const char *environment(void *context, const char *name)
{
	(void)context;
	return *name == 'A' ? "a \"value\" $(B) \\" : NULL;
}

static const char *shell(void *context, const char *command)
{
	(void)context;
	return *command == 'n' ? "n" : "y";
}

static void print_all(struct kconfig *k)
{
	struct strbuf sb = STRBUF_INIT;

	for (struct kconfig_item *s = k->first; s; s = s->next) {
		strbuf_puts(&sb, kconfig_item_text(k, s));
		strbuf_printf(&sb, " %u %u", kconfig_visibility(k, s),
			      (unsigned int)kconfig_type(k, s));
		(void)kconfig_deciding_default(k, s);
		(void)kconfig_requires(k, s->direct_depends, k->first);
		(void)kconfig_mentions(s->selected_by, s->name);
		if (sb.size < 1 << 16)
			kconfig_print(&sb, s->direct_depends);
	}
	for (struct kconfig_item *c = k->first_choice; c; c = c->next) {
		(void)kconfig_selection(k, c);
		(void)kconfig_deciding_default(k, c);
	}
	strbuf_reset(&sb);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char mark[] = "\n%%\n";
	const char *text = (const char *)data;
	const char *split = size ? memmem(text, size, mark, sizeof(mark) - 1) : NULL;
	struct text t = { text, split ? (size_t)(split - text) : size, 0 };
	struct kconfig_io io = { read_text, glob_one, environment, shell, "", &t };
	struct model *m = model_create();
	struct kconfig *k;

	if (!m || kconfig_open(m, &io, "Kconfig", &k))
		abort();
	print_all(k);
	if (split) {
		split += sizeof(mark) - 1;
		if (kconfig_load(k, ".config", split, (size_t)(text + size - split)))
			abort();
		print_all(k);
	}
	kconfig_close(k);
	fuzz_finish(m);
	return 0;
}
