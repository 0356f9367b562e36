/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Collects a tree's facts in one walk: each file is read once, and only where the
 * scanner for annotations or some entry of candor.yaml wants it.
 */
#include "extract/facts.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"

#define TEXT_MAX ((size_t)16 << 20)

/* The expressions that are taken where candor.yaml has none of its own. */
static const char option_heading[] =
	"^### +(?<name>[A-Za-z0-9_\\\\-]+)[^\\n(]*(?:\\((?<arch>[^)\\n]*)\\))?[^\\n]*$";
static const char option_default[] = "^> Default: *`?(?:[A-Za-z0-9_-]+=)?(?<value>[^`\\n]*)";
static const char status[] = "(?i)\\b(?:experimental|tech(?:nology|nical)?[ -]preview|"
			     "not security supported|no\\s+security\\s+support)\\b[^.\\n]*";
static const char path_mention[] = "(?<![\\w./-])(docs/[\\w./-]*\\w)";
static const char moving_link[] =
	"https?://[^\\s)>\"'`\\]]*/(?:master|main|unstable|HEAD)/[^\\s)>\"'`\\]]*";

static int use_default(struct facts *f, struct config_regex *regex, const char *text)
{
	struct config *c = f->config;
	struct pattern **compiled;
	int rc;

	if (regex->text)
		return 0;
	regex->text = text;
	regex->at = (struct pos){ c->path, 0, 0 };
	rc = pattern_compile(f->m, text, regex->at, &regex->pattern);
	compiled = model_grow(f->m, c->compiled, c->nr_compiled, sizeof(struct pattern *));
	if (rc || !compiled || !regex->pattern)
		return rc ? rc : -ENOMEM;
	c->compiled = compiled;
	c->compiled[c->nr_compiled++] = regex->pattern;
	return 0;
}

static int use_defaults(struct facts *f)
{
	struct config *c = f->config;
	int rc = use_default(f, &c->documents.option_heading, option_heading);

	if (!rc)
		rc = use_default(f, &c->documents.option_default, option_default);
	if (!rc)
		rc = use_default(f, &c->documents.status, status);
	if (!rc)
		rc = use_default(f, &c->references.path, path_mention);
	if (!rc)
		rc = use_default(f, &c->references.moving, moving_link);
	return rc;
}

void facts_keep(struct facts *f, const char *path)
{
	char whole[PATH_MAX], *text;
	size_t size;
	int rc;

	if (!path || strmap_get(&f->m->source_by_path, path) ||
	    snprintf(whole, sizeof(whole), "%s/%s", f->root, path) >= (int)sizeof(whole))
		return;
	rc = file_read(whole, TEXT_MAX, &text, &size);
	if (!rc) {
		rc = model_add_source(f->m, path, text, size);
		free(text);
	}
	/* A file that cannot be read is only not quoted. */
	if (rc == -ENOMEM)
		f->m->out_of_memory = true;
}

struct heading *facts_heading(const struct model *m, const char *text)
{
	const struct statement *s = m->nr_statements ? m->statements[0] : NULL;

	for (size_t i = 0; s && text && i < s->nr_headings; i++) {
		if (!strcmp(s->headings[i]->title, text) || !strcmp(s->headings[i]->slug, text))
			return s->headings[i];
	}
	return NULL;
}

unsigned int facts_claimed(const struct config_texts *words)
{
	unsigned int archs = 0;

	for (size_t i = 0; i < words->nr; i++) {
		unsigned int named = facts_archs(words->texts[i], strlen(words->texts[i]));

		archs |= named == ARCH_ALL ? 0 : named;
	}
	return archs;
}

static void find_headings(struct facts *f)
{
	struct config *c = f->config;

	for (size_t i = 0; i < c->nr_features; i++)
		c->features[i].target = facts_heading(f->m, c->features[i].heading.text);
	for (size_t i = 0; i < c->nr_patterns; i++)
		c->patterns[i].target = facts_heading(f->m, c->patterns[i].heading.text);
	for (size_t i = 0; i < c->nr_families; i++)
		c->families[i].target = facts_heading(f->m, c->families[i].heading.text);
}

/* Kconfig */

static int read_config(struct facts *f, struct kconfig *k, const char *path)
{
	char whole[PATH_MAX], *text;
	size_t size;
	int rc;

	if (snprintf(whole, sizeof(whole), "%s/%s", f->root, path) >= (int)sizeof(whole))
		return -ENAMETOOLONG;
	rc = file_read(whole, 1 << 20, &text, &size);
	if (!rc)
		rc = kconfig_load(k, path, text, size);
	free(rc ? NULL : text);
	return rc;
}

static int read_arch(struct facts *f, size_t i)
{
	const struct config_kconfig *c = &f->config->kconfig;
	const struct config_arch *arch = &c->archs[i];
	const char *folder = c->folder && strcmp(c->folder, ".") != 0 ? c->folder : "";
	struct kconfig_folder *kf = &f->folders[i];
	int rc;

	*kf = (struct kconfig_folder){
		.root = *folder ? model_printf(f->m, "%s/%s", f->root, folder) : f->root,
		.prefix = *folder ? model_printf(f->m, "%s/", folder) : "",
		.variables = c->environment.variables,
		.nr_variables = c->environment.nr,
		.more_variables = arch->environment.variables,
		.nr_more_variables = arch->environment.nr,
		.facts = f->shell,
		.nr_facts = c->nr_shell,
	};
	if (!kf->root || !kf->prefix)
		return -ENOMEM;
	f->ios[i] = kconfig_folder_io(kf);
	rc = kconfig_open(f->m, &f->ios[i], c->file ? c->file : "Kconfig", &f->kconfigs[i]);
	for (size_t n = 0; n < arch->configs.nr && !rc; n++)
		rc = read_config(f, f->kconfigs[i], arch->configs.texts[n]);
	if (rc && rc != -ENOMEM) {
		model_report(f->m, SEVERITY_ERROR, "unreadable", arch->at, "name files of the tree",
			     "cannot read the Kconfig of '%s': %s", arch->name ? arch->name : "",
			     strerror(-rc));
		rc = 0;
	}
	return !rc && f->kconfigs[i] ? documents_read_kconfig(f, f->kconfigs[i]) : rc;
}

static int read_kconfigs(struct facts *f)
{
	const struct config_kconfig *c = &f->config->kconfig;
	int rc = 0;

	f->kconfigs = model_alloc(f->m, (c->nr_archs + 1) * sizeof(struct kconfig *));
	f->folders = model_alloc(f->m, (c->nr_archs + 1) * sizeof(*f->folders));
	f->ios = model_alloc(f->m, (c->nr_archs + 1) * sizeof(*f->ios));
	f->shell = model_alloc(f->m, (c->nr_shell + 1) * sizeof(*f->shell));
	if (!f->kconfigs || !f->folders || !f->ios || !f->shell)
		return -ENOMEM;
	for (size_t i = 0; i < c->nr_shell; i++)
		f->shell[i] = (struct kconfig_fact){ c->shell[i].match.pattern,
						     c->shell[i].value ? c->shell[i].value : "n" };
	for (size_t i = 0; i < c->nr_archs && !rc; i++)
		rc = read_arch(f, i);
	return rc;
}

/* Names */

static const char *section_of(const struct claim *claim)
{
	return claim->heading->parent ? claim->heading->parent->title : claim->heading->title;
}

static int want_name(struct facts *f, const struct config_names *names, const struct claim *claim,
		     struct pattern_span s)
{
	struct fact_name *list = model_grow(f->m, f->names, f->nr_names, sizeof(*list));
	struct fact_name name = { .names = names, .claim = claim };

	name.text = model_copy(f->m, s.data, s.size);
	if (!list || !name.text)
		return -ENOMEM;
	f->names = list;
	f->names[f->nr_names++] = name;
	return 0;
}

static int want_names(struct facts *f, const struct config_names *names)
{
	const struct statement *s = f->m->nr_statements ? f->m->statements[0] : NULL;
	int rc = 0;

	for (size_t i = 0; s && names->match.pattern && i < s->nr_claims && !rc; i++) {
		const char *text = s->claims[i]->qualifier;
		struct pattern_span whole;

		if (names->section.text && strcmp(section_of(s->claims[i]), names->section.text))
			continue;
		if (pattern_search(names->match.pattern, text, strlen(text), 0, &whole) ==
		    PATTERN_MATCH)
			rc = want_name(f, names, s->claims[i], whole);
	}
	return rc;
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static struct pos place_of(struct facts *f, const char *path, const char *text, const char *p)
{
	struct pos at = { model_copy(f->m, path, strlen(path)), 1, 1 };

	for (const char *line = text; (line = memchr(line, '\n', (size_t)(p - line)));) {
		at.line++;
		text = ++line;
	}
	at.column = (unsigned int)(p - text) + 1;
	return at;
}

/* Is a word of the text nearly the name? The first that is will be named. */
static void find_meant(struct facts *f, struct fact_name *n, const char *path, const char *text,
		       size_t size)
{
	size_t name_size = strlen(n->text);
	unsigned int best = text_tolerance(name_size);
	const char *end = text + size, *p = text;

	/* Misspellings of the first letter are rare, and looking for it is fast. */
	while (!n->meant && p < end && (p = memchr(p, n->text[0], (size_t)(end - p)))) {
		size_t word = 0;
		char copy[80] = "";

		while (p + word < end && is_word(p[word]))
			word++;
		if ((p == text || !is_word(p[-1])) && word < sizeof(copy) && word + 2 > name_size &&
		    word < name_size + 2) {
			memcpy(copy, p, word);
			if (text_distance(copy, n->text, best) <= best) {
				n->meant = model_copy(f->m, copy, word);
				n->meant_at = place_of(f, path, text, p);
			}
		}
		p += word ? word : 1;
	}
}

static void look_for_names(struct facts *f, const char *path, const char *text, size_t size)
{
	for (size_t i = 0; i < f->nr_names; i++) {
		struct fact_name *n = &f->names[i];
		size_t name_size = strlen(n->text);
		const char *p = text;

		if (n->found.file || !config_globs(&n->names->files, path))
			continue;
		while ((p = memmem(p, size - (size_t)(p - text), n->text, name_size))) {
			if ((p == text || !is_word(p[-1])) && !is_word(p[name_size])) {
				n->found = place_of(f, path, text, p);
				break;
			}
			p++;
		}
		if (!n->found.file && !n->meant)
			find_meant(f, n, path, text, size);
	}
}

/* Patterns */

struct run {
	struct facts *f;
	struct config_pattern *pattern;
	const char *path, *text;
	size_t size;
};

static void take_match(struct run *r, struct pattern_span whole)
{
	struct facts *f = r->f;
	struct pos at = place_of(f, r->path, r->text, whole.data);

	if (r->pattern->kind && !strcmp(r->pattern->kind, "option")) {
		struct pattern_span name = pattern_group(r->pattern->match.pattern, "name");
		struct fact_option *list = model_grow(f->m, f->read, f->nr_read, sizeof(*list));

		if (!list || !name.data)
			return;
		f->read = list;
		f->read[f->nr_read++] =
			(struct fact_option){ model_copy(f->m, name.data, name.size), "", at };
	} else {
		struct fact_refusal *list =
			model_grow(f->m, f->refusals, f->nr_refusals, sizeof(*list));

		if (!list)
			return;
		f->refusals = list;
		f->refusals[f->nr_refusals++] = (struct fact_refusal){ r->pattern, at };
	}
}

static void give_up(struct run *r)
{
	model_report(r->f->m, SEVERITY_ERROR, "bad-config", r->pattern->match.at,
		     "write it so that it cannot match in many ways",
		     "gave up on this expression in %s: too many steps", r->path);
	r->pattern->match.pattern = NULL;
}

/* Search the piece from @from to @to; false: the pattern was given up. */
static bool search_piece(struct run *r, size_t from, size_t to)
{
	struct pattern_span whole;

	while (from < to) {
		enum pattern_result result =
			pattern_search(r->pattern->match.pattern, r->text, to, from, &whole);
		size_t stop;

		if (result == PATTERN_NO_MATCH)
			return true;
		if (result == PATTERN_GAVE_UP) {
			give_up(r);
			return false;
		}
		take_match(r, whole);
		stop = (size_t)(whole.data - r->text) + whole.size;
		from = stop > from ? stop : from + 1;
	}
	return true;
}

/* The piece around @at: whole lines, none too long. */
static size_t piece_end(const struct run *r, size_t at)
{
	size_t end = r->size - at > PATTERN_PIECE_MAX ? at + PATTERN_PIECE_MAX : r->size;
	const char *newline = end < r->size ? memrchr(r->text + at, '\n', end - at) : NULL;

	return newline ? (size_t)(newline - r->text) + 1 : end;
}

static void search_with(struct run *r)
{
	const char *needs = r->pattern->needs;
	size_t from = 0;

	while (from < r->size && r->pattern->match.pattern) {
		size_t to;

		if (needs) {
			const char *hit =
				memmem(r->text + from, r->size - from, needs, strlen(needs));
			const char *line;

			if (!hit)
				return;
			line = memrchr(r->text + from, '\n', (size_t)(hit - r->text) - from);
			from = line ? (size_t)(line - r->text) + 1 : from;
		}
		to = piece_end(r, from);
		if (!search_piece(r, from, to))
			return;
		from = to;
	}
}

static void run_patterns(struct facts *f, const char *path, const char *text, size_t size)
{
	for (size_t i = 0; i < f->config->nr_patterns; i++) {
		struct config_pattern *p = &f->config->patterns[i];
		struct run r = { f, p, path, text, size };

		if (!p->match.pattern || !config_globs(&p->files, path) ||
		    (p->needs && !text_find(text, size, p->needs, strlen(p->needs))))
			continue;
		search_with(&r);
	}
}

/* The walk */

static bool names_want(const struct facts *f, const char *path)
{
	for (size_t i = 0; i < f->config->nr_names; i++) {
		if (config_globs(&f->config->names[i].files, path))
			return true;
	}
	return false;
}

static bool patterns_want(const struct facts *f, const char *path)
{
	for (size_t i = 0; i < f->config->nr_patterns; i++) {
		if (config_globs(&f->config->patterns[i].files, path))
			return true;
	}
	return false;
}

static bool is_document(const struct facts *f, const struct config_texts *globs, const char *path)
{
	return config_globs(globs, path) && !config_globs(&f->config->documents.ignore, path);
}

/* There may be hundreds of thousands: no list that was too short is kept beside the one there is.
 */
static bool add_file(struct facts *f, const char *path)
{
	const char *copy = model_copy(f->m, path, strlen(path));

	if (f->nr_files == f->files_room) {
		size_t room = f->files_room ? f->files_room * 2 : 64;
		const char **files = reallocarray(f->files, room, sizeof(*files));

		if (!files) {
			f->m->out_of_memory = true;
			return false;
		}
		f->files = files;
		f->files_room = room;
	}
	if (copy)
		f->files[f->nr_files++] = copy;
	return copy;
}

static bool wants(void *context, const char *path)
{
	struct facts *f = context;
	const struct config_documents *d = &f->config->documents;

	if (!add_file(f, path))
		return false;
	if (config_globs(&f->config->skip, path))
		return false;
	return patterns_want(f, path) || config_globs(&d->options, path) ||
	       config_globs(&d->features, path) || config_globs(&d->changelogs, path) ||
	       config_globs(&f->config->references.files, path) || names_want(f, path);
}

static bool documents_want(const struct facts *f, const char *path)
{
	const struct config_documents *d = &f->config->documents;

	return is_document(f, &d->options, path) || is_document(f, &d->features, path) ||
	       is_document(f, &d->changelogs, path) ||
	       config_globs(&f->config->references.files, path);
}

/* Neither what is compiled nor what was found is looked at: take() changes both. */
static bool is_of_use(const void *context, const char *path, const char *text, size_t size)
{
	const struct facts *f = context;

	for (size_t i = 0; i < f->config->nr_patterns; i++) {
		const struct config_pattern *p = &f->config->patterns[i];

		if (config_globs(&p->files, path) &&
		    (!p->needs || text_find(text, size, p->needs, strlen(p->needs))))
			return true;
	}
	return documents_want(f, path) || names_want(f, path);
}

static int take(void *context, const char *path, const char *text, size_t size)
{
	struct facts *f = context;
	const struct config_documents *d = &f->config->documents;
	int rc = 0;

	run_patterns(f, path, text, size);
	look_for_names(f, path, text, size);
	if (is_document(f, &d->options, path))
		rc = documents_read_options(f, path, text, size);
	if (!rc && is_document(f, &d->features, path))
		rc = documents_read_feature(f, path, text, size);
	if (!rc && is_document(f, &d->changelogs, path))
		rc = documents_read_changelog(f, path, text, size);
	if (!rc && config_globs(&f->config->references.files, path))
		rc = documents_read_references(f, path, text, size);
	return rc ? rc : f->m->out_of_memory ? -ENOMEM : 0;
}

static void end_facts(void *context)
{
	struct facts *f = context;

	for (size_t i = 0; f->kconfigs && i < f->config->kconfig.nr_archs; i++)
		kconfig_close(f->kconfigs[i]);
	for (size_t i = 0; f->folders && i < f->config->kconfig.nr_archs; i++)
		kconfig_folder_close(&f->folders[i]);
	config_close(f->config);
	strmap_reset(&f->seen);
	free(f->files);
}

int facts_read(struct model *m, struct config *config, const char *root)
{
	struct facts *f = model_alloc(m, sizeof(*f));
	const struct tree_observer observer = { f, wants, is_of_use, take };
	int rc;

	if (!f || model_on_destroy(m, end_facts, f)) {
		config_close(config);
		return -ENOMEM;
	}
	*f = (struct facts){ .m = m, .config = config };
	f->root = model_copy(m, root, strlen(root));
	rc = f->root ? use_defaults(f) : -ENOMEM;
	find_headings(f);
	for (size_t i = 0; i < config->nr_names && !rc; i++)
		rc = want_names(f, &config->names[i]);
	if (!rc)
		rc = read_kconfigs(f);
	if (!rc)
		rc = tree_scan_observed(m, root, &observer);
	m->facts = f;
	return rc;
}
