/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A first candor.yaml: where the statement, Kconfig, architectures and documents are,
 * by their usual names; and, as comments, which symbols' prompts share the words of
 * which headings. Nothing is joined by likeness alone.
 */
#include "extract/first.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "extract/extract.h"
#include "extract/facts.h"
#include "extract/kconfig/folder.h"

#define LIKELY_MAX 8 /* symbols shown for one heading */

struct look {
	struct model *m;
	const char *root;
	const char *kconfig;			    /* the outermost file with a mainmenu; NULL */
	const char *options, *changelog, *features; /* documents; NULL */
	const char *documents;			    /* the folder of all documents; NULL */
	struct strmap archs;			    /* folders "…/arch/NAME" */
	const char **arch_folders;
	size_t nr_archs;
	struct strbuf *sb;
};

static const char *base_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static size_t depth_of(const char *path)
{
	size_t depth = 0;

	while ((path = strchr(path, '/'))) {
		path++;
		depth++;
	}
	return depth;
}

/* The outermost, and of those the first. */
static void prefer(struct look *l, const char **chosen, const char *path)
{
	if (!*chosen || depth_of(path) < depth_of(*chosen))
		*chosen = model_copy(l->m, path, strlen(path));
}

static void note_documents(struct look *l, const char *path)
{
	static const char *const folders[] = { "docs", "doc", "Documentation" };

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]) && !l->documents; i++) {
		size_t size = strlen(folders[i]);

		if (!strncmp(path, folders[i], size) && path[size] == '/')
			l->documents = folders[i];
	}
}

static void note_arch(struct look *l, const char *path)
{
	const char *arch = !strncmp(path, "arch/", 5) ? path : strstr(path, "/arch/");
	const char *name, *end, *folder, **list;

	if (!arch)
		return;
	name = strchr(arch + 1, '/') + 1;
	if (*arch == '/')
		name = arch + 6;
	end = strchr(name, '/');
	if (!end || depth_of(path) > 5)
		return;
	folder = model_copy(l->m, path, (size_t)(end - path));
	list = model_grow(l->m, l->arch_folders, l->nr_archs, sizeof(*list));
	if (!folder || !list || strmap_get(&l->archs, folder) || !strmap_put(&l->archs, folder, l))
		return;
	l->arch_folders = list;
	l->arch_folders[l->nr_archs++] = folder;
}

static bool wants(void *context, const char *path)
{
	struct look *l = context;
	const char *name = base_of(path), *dot = strrchr(name, '.');

	if (strstr(name, "command-line") || !strcmp(name, "kernel-parameters.txt"))
		prefer(l, &l->options, path);
	if (!strncasecmp(name, "changelog", 9) || !strncasecmp(name, "changes", 7) ||
	    !strcasecmp(name, "NEWS") || !strcasecmp(name, "NEWS.md"))
		prefer(l, &l->changelog, path);
	if (strstr(path, "docs/features/") == path)
		prefer(l, &l->features, path);
	note_documents(l, path);
	if (dot && (!strcmp(dot, ".c") || !strcmp(dot, ".S")))
		note_arch(l, path);
	return !strcmp(name, "Kconfig") && depth_of(path) <= 2;
}

static int take(void *context, const char *path, const char *text, size_t size)
{
	struct look *l = context;

	if (memmem(text, size, "mainmenu", 8))
		prefer(l, &l->kconfig, path);
	return 0;
}

/* Text of the tree in single quotes, as YAML wants it. */
static void add_quoted(struct strbuf *sb, const char *text)
{
	strbuf_puts(sb, "'");
	for (const char *p = text; *p; p++) {
		if (*p == '\'')
			strbuf_puts(sb, "''");
		else if ((unsigned char)*p >= ' ')
			strbuf_add(sb, p, 1);
	}
	strbuf_puts(sb, "'");
}

static void add_line(struct strbuf *sb, const char *key, const char *text)
{
	strbuf_puts(sb, key);
	add_quoted(sb, text ? text : "");
	strbuf_puts(sb, "\n");
}

/* Does every long word of the heading stand in the prompt? */
static bool is_like(const char *heading, const char *prompt)
{
	size_t nr = 0;

	while (*heading) {
		char word[64] = "";
		size_t n = 0;

		while (isalnum((unsigned char)heading[n]))
			n++;
		if (n >= 4 && n < sizeof(word) && strncasecmp(heading, "support", n) != 0) {
			memcpy(word, heading, n);
			if (!strcasestr(prompt, word))
				return false;
			nr++;
		}
		heading += n ? n : 1;
	}
	return nr > 0;
}

static void add_likely(struct look *l, const struct kconfig *k, const struct heading *h)
{
	size_t nr = 0;

	for (const struct kconfig_node *n = k->first_node; n && nr < LIKELY_MAX;
	     n = n->next_of_file) {
		if (n->kind != KCONFIG_NODE_SYMBOL || !n->prompt || !is_like(h->title, n->prompt))
			continue;
		if (!nr++) {
			strbuf_puts(l->sb, "#  - heading: ");
			add_quoted(l->sb, h->title);
			strbuf_puts(l->sb, "\n#    symbols:\n");
		}
		strbuf_printf(l->sb, "#      - %s  # ", n->item->name);
		add_quoted(l->sb, n->prompt);
		strbuf_puts(l->sb, "\n");
	}
}

/* The folder of the outermost Kconfig; "" for the root. */
static const char *kconfig_folder_of(struct look *l)
{
	const char *name = base_of(l->kconfig);

	return name == l->kconfig ? ""
				  : model_copy(l->m, l->kconfig, (size_t)(name - l->kconfig) - 1);
}

static void add_features(struct look *l)
{
	const char *arch = l->nr_archs ? base_of(l->arch_folders[0]) : "x86";
	const char *folder = l->kconfig ? kconfig_folder_of(l) : "";
	const struct config_variable variables[] = { { "SRCARCH", arch }, { "ARCH", arch } };
	const struct kconfig_fact facts[] = { { NULL, "y" } };
	struct kconfig_folder kf = { l->root, "", variables, 2, NULL, 0, facts, 1, NULL };
	const struct statement *s = l->m->nr_statements ? l->m->statements[0] : NULL;
	struct kconfig_io io = kconfig_folder_io(&kf);
	/* Of this reading only the prompts matter: its complaints are the check's. */
	struct model *scratch = model_create();
	struct kconfig *k = NULL;

	if (folder && *folder)
		kf.root = model_printf(l->m, "%s/%s", l->root, folder);
	strbuf_puts(
		l->sb,
		"\n# Which of the tree's names mean which heading. Nothing is guessed: what is\n"
		"# not here is held against nothing. Below are symbols whose prompts hold the\n"
		"# words of a heading; keep what is right.\nfeatures: []\n");
	if (scratch && s && l->kconfig && kf.root && !kconfig_open(scratch, &io, "Kconfig", &k)) {
		for (size_t i = 0; i < s->nr_headings; i++)
			add_likely(l, k, s->headings[i]);
	}
	kconfig_close(k);
	kconfig_folder_close(&kf);
	model_destroy(scratch);
}

static void add_kconfig(struct look *l)
{
	const char *folder = kconfig_folder_of(l);

	strbuf_puts(l->sb, "\n# Kconfig, read once for each architecture. Nothing is run: what a\n"
			   "# command of $(shell,...) prints is what `shell` says of it, else n.\n"
			   "kconfig:\n");
	add_line(l->sb, "  folder: ", folder && *folder ? folder : ".");
	strbuf_puts(l->sb, "  shell:\n    - match: 'echo \"y\"'\n      value: \"y\"\n");
	strbuf_puts(l->sb, "  architectures:\n");
	for (size_t i = 0; i < l->nr_archs; i++) {
		const char *name = base_of(l->arch_folders[i]);

		add_line(l->sb, "    - name: ", name);
		if (facts_archs(name, strlen(name)) == ARCH_ALL) {
			strbuf_puts(l->sb, "      # statements tell x86, arm32 and arm64 apart\n");
		} else {
			strbuf_puts(l->sb, "      # its words in the statement\n");
			add_line(l->sb, "      claims: ", name);
		}
		strbuf_puts(l->sb, "      environment:\n");
		add_line(l->sb, "        SRCARCH: ", name);
		add_line(l->sb, "        ARCH: ", name);
	}
	if (!l->nr_archs)
		strbuf_puts(l->sb, "    - name: all\n      claims: [x86, arm]\n");
	strbuf_puts(l->sb,
		    "  # Symbols that stand before what is not supported, and what prompts say:\n"
		    "  # gates:\n  #   - symbol: EXPERT\n  #     marker: (EXPERT)\n"
		    "  #     marks: some  # or all: every prompt behind it says so\n");
}

static void add_documents(struct look *l)
{
	if (!l->options && !l->changelog && !l->features)
		return;
	strbuf_puts(l->sb, "\n# Documents that name statuses, options and changes.\ndocuments:\n");
	if (l->options)
		add_line(l->sb, "  options: ", l->options);
	if (l->changelog)
		add_line(l->sb, "  changelogs: ", l->changelog);
	if (l->features)
		strbuf_puts(l->sb, "  features: docs/features/*\n");
}

static void add_architectures(struct look *l)
{
	const char *folder = l->nr_archs ? l->arch_folders[0] : NULL;

	if (!folder)
		return;
	strbuf_puts(l->sb,
		    "\n# Each of these folders with sources needs a heading in that section.\n"
		    "architectures:\n");
	add_line(l->sb, "  folders: ",
		 model_printf(l->m, "%.*s/*", (int)(base_of(folder) - folder - 1), folder));
	strbuf_puts(l->sb, "  # section: Host Architecture\n");
}

int first_config(struct model *m, const char *root, struct strbuf *sb)
{
	struct look l = { .m = m, .root = root, .sb = sb };
	const struct tree_observer observer = { .context = &l, .wants = wants, .take = take };
	int rc = tree_scan_observed(m, root, &observer);

	strmap_reset(&l.archs);
	if (rc)
		return rc;
	strbuf_puts(sb, "# How `candor check` reads this tree; docs/trees.md tells of each key.\n"
			"format: 1\nstatement: SUPPORT.md\n");
	add_architectures(&l);
	if (l.kconfig)
		add_kconfig(&l);
	add_documents(&l);
	strbuf_puts(sb, "\n# Paths and links that documents name, and that must be there.\n"
			"references:\n  files:\n    - SUPPORT.md\n");
	if (l.documents)
		add_line(sb, "    - ", model_printf(m, "%s/**", l.documents));
	add_features(&l);
	return strbuf_str(sb) && !m->out_of_memory ? 0 : -ENOMEM;
}
