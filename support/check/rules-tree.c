/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules over what a tree says beside its statement, where its candor.yaml points:
 * sources, architectures, options, names, paths and links.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>
#include <limits.h>

#include "base/text.h"
#include "extract/facts.h"
#include "check/tree.h"

const struct statement *tree_statement(const struct model *m)
{
	return m->facts && m->nr_statements ? m->statements[0] : NULL;
}

bool tree_counts(const struct config_feature *f, const struct claim *c)
{
	return f->target && c->heading == f->target &&
	       (!f->claims.pattern ||
		pattern_search(f->claims.pattern, c->qualifier, strlen(c->qualifier), 0, NULL) ==
			PATTERN_MATCH);
}

/* The first line of a file that says something. */
static struct pos first_line(struct model *m, const char *file)
{
	struct pos at = { file, 0, 1 };
	const char *line;
	size_t size;

	facts_keep(m->facts, file);
	while ((line = model_source_line(m, file, ++at.line, &size))) {
		for (size_t i = 0; i < size; i++) {
			if (isgraph((unsigned char)line[i]))
				return at;
		}
	}
	return (struct pos){ file, 1, 1 };
}

/* Sources */

bool tree_has_file(const struct facts *f, const struct config_texts *globs)
{
	for (size_t i = 0; i < f->nr_files; i++) {
		if (config_globs(globs, f->files[i]))
			return true;
	}
	return false;
}

void rule_removed_listed(struct model *m, const struct rule *rule)
{
	const struct statement *s = tree_statement(m);

	for (size_t i = 0; s && i < m->facts->config->nr_features; i++) {
		const struct config_feature *f = &m->facts->config->features[i];

		if (!f->sources.nr || tree_has_file(m->facts, &f->sources))
			continue;
		for (size_t n = 0; n < s->nr_claims; n++) {
			const struct claim *c = s->claims[n];

			if (!tree_counts(f, c) || !claim_is_positive(c))
				continue;
			model_report(m, rule->severity, rule->id, c->at,
				     "take the line out, or leave a note of the removal",
				     "'%s' is stated as '%s', and its sources are gone",
				     *c->qualifier ? c->qualifier : c->heading->title, c->value);
			model_relate(m, f->sources.at[0], "no file of the tree is any of these");
		}
	}
}

void rule_tree_refuses(struct model *m, const struct rule *rule)
{
	const struct statement *s = tree_statement(m);

	for (size_t i = 0; s && i < m->facts->nr_refusals; i++) {
		const struct fact_refusal *r = &m->facts->refusals[i];
		unsigned int archs = facts_claimed(&r->pattern->archs);

		for (size_t n = 0; n < s->nr_claims; n++) {
			const struct claim *c = s->claims[n];

			if (c->heading != r->pattern->target || !claim_is_positive(c) ||
			    (archs && !(c->archs & archs)))
				continue;
			facts_keep(m->facts, r->at.file);
			model_report(m, rule->severity, rule->id, c->at,
				     "narrow the statement, or correct what the code says",
				     "'%s' is stated for what the code refuses: '%s'",
				     c->heading->title, c->value);
			model_relate(m, r->at, "the code refuses it here");
		}
	}
}

/* Architectures */

/* The folder of a path that a glob such as "xen/arch" + "/" + "*" means, or NULL. */
static const char *folder_of(struct model *m, const char *glob, const char *path)
{
	const char *end = path;

	for (const char *g = glob; *g; g++) {
		if (*g != '/')
			continue;
		end = strchr(end, '/');
		if (!end)
			return NULL;
		end++;
	}
	end = strchr(end, '/');
	if (!end || strncmp(glob, path, strcspn(glob, "*?")))
		return NULL;
	path = model_copy(m, path, (size_t)(end - path));
	return path && config_glob(glob, path) ? path : NULL;
}

static bool is_source(const char *path)
{
	const char *dot = strrchr(path, '.');

	return dot && (!strcmp(dot, ".c") || !strcmp(dot, ".S") || !strcmp(dot, ".s"));
}

static bool is_stated(const struct model *m, const char *name)
{
	const struct config_folders *a = &m->facts->config->architectures;
	const struct statement *s = m->statements[0];

	for (size_t i = 0; i < a->headings.nr; i++) {
		if (!strcmp(a->headings.variables[i].name, name))
			return facts_heading(m, a->headings.variables[i].value);
	}
	for (size_t i = 0; i < s->nr_headings; i++) {
		const struct heading *h = s->headings[i];

		if ((!a->section.text ||
		     (h->parent && !strcmp(h->parent->title, a->section.text))) &&
		    strcasestr(h->title, name))
			return true;
	}
	return false;
}

static void report_arch(struct model *m, const struct rule *rule, const char *folder)
{
	const struct heading *section =
		facts_heading(m, m->facts->config->architectures.section.text);
	const struct facts *f = m->facts;
	const char *name = strrchr(folder, '/') ? strrchr(folder, '/') + 1 : folder, *file = NULL;
	size_t size = strlen(folder);

	for (size_t i = 0; i < f->nr_files; i++) {
		const char *path = f->files[i];

		if (strncmp(path, folder, size) || path[size] != '/')
			continue;
		if (!strcmp(path + size, "/Kconfig"))
			file = path;
		if (!file && is_source(path))
			file = path;
	}
	facts_keep(m->facts, file);
	model_report(m, rule->severity, rule->id,
		     section ? section->at : (struct pos){ m->statements[0]->path, 0, 0 },
		     "add a heading with a status for it, if only 'Experimental'",
		     "the architecture '%s' has sources, and no status here", name);
	if (file)
		model_relate(m, first_line(m, file), "sources of it");
}

void rule_arch_unstated(struct model *m, const struct rule *rule)
{
	const struct config_texts *globs;
	struct strmap seen = { 0 };

	if (!tree_statement(m))
		return;
	globs = &m->facts->config->architectures.folders;
	for (size_t i = 0; i < m->facts->nr_files; i++) {
		const char *path = m->facts->files[i];

		for (size_t g = 0; g < globs->nr && is_source(path); g++) {
			const char *folder = folder_of(m, globs->texts[g], path);
			const char *slash = folder ? strrchr(folder, '/') : NULL;

			if (!folder || strmap_get(&seen, folder))
				continue;
			if (!strmap_put(&seen, folder, &seen))
				m->out_of_memory = true;
			if (!is_stated(m, slash ? slash + 1 : folder))
				report_arch(m, rule, folder);
		}
	}
	strmap_reset(&seen);
}

/* Options */

static void fill(struct model *m, struct strmap *map, struct fact_option *options, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		if (!strmap_put(map, options[i].name, &options[i]))
			m->out_of_memory = true;
	}
}

static bool has_option(const struct strmap *map, const char *name)
{
	return strmap_get(map, name) || (!strncmp(name, "no-", 3) && strmap_get(map, name + 3));
}

void rule_option_unread(struct model *m, const struct rule *rule)
{
	struct strmap read = { 0 };

	if (!m->facts || !m->facts->nr_read)
		return;
	fill(m, &read, m->facts->read, m->facts->nr_read);
	for (size_t i = 0; i < m->facts->nr_documented; i++) {
		const struct fact_option *o = &m->facts->documented[i];

		if (has_option(&read, o->name))
			continue;
		facts_keep(m->facts, o->at.file);
		model_report(m, rule->severity, rule->id, o->at,
			     "take it out, or name the code that reads it in candor.yaml",
			     "the option '%s' is documented, and no code reads it", o->name);
	}
	strmap_reset(&read);
}

void rule_option_undocumented(struct model *m, const struct rule *rule)
{
	struct strmap documented = { 0 };

	if (!m->facts || !m->facts->nr_documented)
		return;
	fill(m, &documented, m->facts->documented, m->facts->nr_documented);
	for (size_t i = 0; i < m->facts->nr_read; i++) {
		const struct fact_option *o = &m->facts->read[i];
		const char *with_no = model_printf(m, "no-%s", o->name);

		if (strmap_get(&documented, o->name) ||
		    (with_no && strmap_get(&documented, with_no)))
			continue;
		facts_keep(m->facts, o->at.file);
		model_report(m, rule->severity, rule->id, o->at, "document it",
			     "the option '%s' is read here, and documented nowhere", o->name);
	}
	strmap_reset(&documented);
}

/* Names, paths, links */

void rule_name_nowhere(struct model *m, const struct rule *rule)
{
	for (size_t i = 0; tree_statement(m) && i < m->facts->nr_names; i++) {
		const struct fact_name *n = &m->facts->names[i];

		if (n->found.file)
			continue;
		model_report(m, rule->severity, rule->id, n->claim->at,
			     "write the name that the tree has",
			     "'%s' is stated, and nothing in the tree has this name%s%s%s", n->text,
			     n->meant ? "; did you mean '" : "", n->meant ? n->meant : "",
			     n->meant ? "'?" : "");
		if (!n->meant)
			continue;
		facts_keep(m->facts, n->meant_at.file);
		model_relate(m, n->meant_at, "the nearest name there is");
	}
}

static bool exists(const struct facts *f, const char *path)
{
	char whole[PATH_MAX];

	return snprintf(whole, sizeof(whole), "%s/%s", f->root, path) < (int)sizeof(whole) &&
	       !access(whole, F_OK);
}

static bool is_same_stem(const char *x, const char *y)
{
	const char *slash = strrchr(x, '/');
	size_t folder = slash ? (size_t)(slash - x) + 1 : 0;
	size_t stem = folder + strcspn(x + folder, ".");

	return !strncmp(x, y, stem) && (y[stem] == '.' || !y[stem]);
}

static bool is_same_name(const char *x, const char *y)
{
	const char *a = strrchr(x, '/'), *b = strrchr(y, '/');

	return !strcmp(a ? a + 1 : x, b ? b + 1 : y);
}

/* "common/sched_credit.c" may have become "common/sched/credit.c". */
static bool is_moved_deeper(const char *x, const char *y)
{
	for (; *x || *y; x++, y++) {
		if (*x != *y && !(*x == '_' && *y == '/'))
			return false;
	}
	return true;
}

/* Where a path that is not there may have gone: the surest guess first. */
static const char *find_moved(const struct facts *f, const char *path)
{
	bool (*const guesses[])(const char *, const char *) = { is_same_stem, is_moved_deeper,
								is_same_name };

	for (size_t g = 0; g < sizeof(guesses) / sizeof(guesses[0]); g++) {
		for (size_t i = 0; i < f->nr_files; i++) {
			if (guesses[g](path, f->files[i]))
				return f->files[i];
		}
	}
	return NULL;
}

/* What was found out of paths that are not there: each is looked for once. */
struct guesses {
	struct strmap by_path; /* -> struct guess */
	size_t nr;
};

struct guess {
	const char *moved; /* NULL: nowhere */
};

/* Each guess looks at all files; a tree may be large, and wrong in many places. */
#define NR_GUESSES_MAX 256

static const char *guess_moved(struct model *m, struct guesses *guesses, const char *path)
{
	struct guess *g = strmap_get(&guesses->by_path, path);

	if (g || guesses->nr == NR_GUESSES_MAX)
		return g ? g->moved : NULL;
	g = model_alloc(m, sizeof(*g));
	if (!g || !strmap_put(&guesses->by_path, path, g)) {
		m->out_of_memory = true;
		return NULL;
	}
	guesses->nr++;
	g->moved = find_moved(m->facts, path);
	return g->moved;
}

static void report_missing(struct model *m, const struct rule *rule, const struct fact_reference *r,
			   struct guesses *guesses)
{
	const char *moved = guess_moved(m, guesses, r->text);

	facts_keep(m->facts, r->at.file);
	model_report(m, rule->severity, rule->id, r->at, "name a file that is there",
		     "the tree has no %s%s%s%s", r->text, moved ? "; is it " : "",
		     moved ? moved : "", moved ? " now?" : "");
	if (moved)
		model_relate(m, first_line(m, moved), "the nearest file there is");
}

/*
 * Is it, by the expression that candor.yaml did not give, in a folder that the tree does
 * not have at all? Then it is one of another project's.
 */
static bool is_of_others(const struct facts *f, const char *path)
{
	size_t size = strcspn(path, "/");
	char folder[NAME_MAX + 1];

	if (f->config->references.path.at.line || !path[size] || size >= sizeof(folder))
		return false;
	memcpy(folder, path, size);
	folder[size] = '\0';
	return !exists(f, folder);
}

void rule_missing_file(struct model *m, const struct rule *rule)
{
	struct guesses guesses = { 0 };

	for (size_t i = 0; m->facts && i < m->facts->nr_references; i++) {
		const struct fact_reference *r = &m->facts->references[i];

		if (!r->is_link && !config_globs(&m->facts->config->references.ignore, r->text) &&
		    !exists(m->facts, r->text) && !is_of_others(m->facts, r->text))
			report_missing(m, rule, r, &guesses);
	}
	strmap_reset(&guesses.by_path);
}

/* The line of the statement that says which version it is of, or one without a file. */
static struct pos version_at(const struct model *m)
{
	const struct statement *s = tree_statement(m);

	for (size_t i = 0; s && i < s->nr_keys; i++) {
		const char *key = s->keys[i].key;
		size_t size = strlen(key);

		if (size > 8 && !strcmp(key + size - 8, "-Version") &&
		    isdigit((unsigned char)s->keys[i].value[0]))
			return s->keys[i].at;
	}
	return (struct pos){ NULL, 0, 0 };
}

void rule_moving_reference(struct model *m, const struct rule *rule)
{
	struct pos version = version_at(m);

	for (size_t i = 0; version.file && i < m->facts->nr_references; i++) {
		const struct fact_reference *r = &m->facts->references[i];

		if (!r->is_link || config_globs(&m->facts->config->references.ignore, r->text))
			continue;
		facts_keep(m->facts, r->at.file);
		model_report(m, rule->severity, rule->id, r->at,
			     "link to the page of this release, or to a path of the tree",
			     "a release points at a branch that moves: %s", r->text);
		model_relate(m, version, "these are the documents of this version");
	}
}
