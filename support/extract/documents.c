/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Documents of a tree: options of a command line, features, changelogs, and the paths
 * and links that documents name. Each is searched in pieces by the expressions of
 * candor.yaml, or by those here, which fit Xen's documents and Keep a Changelog.
 */
#include "extract/facts.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A text, and where in it the last place was looked up: places come in order. */
struct cursor {
	struct facts *f;
	const char *path, *text;
	size_t size, at;
	size_t line_start;
	unsigned int line;
};

static struct cursor start(struct facts *f, const char *path, const char *text, size_t size)
{
	return (struct cursor){ f, model_copy(f->m, path, strlen(path)), text, size, 0, 0, 1 };
}

static struct pos place(struct cursor *c, const char *p)
{
	size_t target = (size_t)(p - c->text);

	if (target < c->at)
		c->at = c->line_start = 0, c->line = 1;
	while (c->at < target) {
		const char *newline = memchr(c->text + c->at, '\n', target - c->at);

		if (!newline)
			break;
		c->at = c->line_start = (size_t)(newline - c->text) + 1;
		c->line++;
	}
	c->at = target;
	return (struct pos){ c->path, c->line, (unsigned int)(target - c->line_start) + 1 };
}

/* Words */

static const char *find_word(const char *text, size_t size, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + n <= size; i++) {
		bool starts = !i || !isalnum((unsigned char)text[i - 1]);
		bool ends = i + n == size || !isalnum((unsigned char)text[i + n]);

		if (starts && ends && !strncasecmp(text + i, word, n))
			return text + i;
	}
	return NULL;
}

static const struct words {
	const char *text;
	unsigned int value;
} status_words[] = {
	{ "experimental", STATUS_EXPERIMENTAL },
	{ "tech preview", STATUS_PREVIEW },
	{ "technology preview", STATUS_PREVIEW },
	{ "technical preview", STATUS_PREVIEW },
	{ "tech-preview", STATUS_PREVIEW },
	{ "deprecated", STATUS_DEPRECATED },
	{ "unsupported", STATUS_UNSUPPORTED },
	{ "not supported", STATUS_UNSUPPORTED },
	{ "not security supported", STATUS_UNSUPPORTED },
	{ "no security support", STATUS_UNSUPPORTED },
	{ "no\nsecurity support", STATUS_UNSUPPORTED },
};

unsigned int facts_words(const char *text, size_t size)
{
	unsigned int words = 0;

	for (size_t i = 0; i < sizeof(status_words) / sizeof(status_words[0]); i++)
		words |= find_word(text, size, status_words[i].text) ? status_words[i].value : 0;
	if (!(words & STATUS_UNSUPPORTED) && find_word(text, size, "supported"))
		words |= STATUS_SUPPORTED;
	return words;
}

static const struct words arch_words[] = {
	{ "x86", ARCH_X86 },
	{ "x86_64", ARCH_X86 },
	{ "intel", ARCH_X86 },
	{ "amd", ARCH_X86 },
	{ "arm", ARCH_ARM32 | ARCH_ARM64 },
	{ "arm32", ARCH_ARM32 },
	{ "arm64", ARCH_ARM64 },
	{ "aarch64", ARCH_ARM64 },
};

unsigned int facts_archs(const char *text, size_t size)
{
	unsigned int archs = 0;

	for (size_t i = 0; i < sizeof(arch_words) / sizeof(arch_words[0]); i++)
		archs |= find_word(text, size, arch_words[i].text) ? arch_words[i].value : 0;
	return archs ? archs : ARCH_ALL;
}

/* Searching */

/* The next match from *@from on, looked for in pieces that end with a line. */
static bool search(struct cursor *c, struct config_regex *regex, size_t *from,
		   struct pattern_span *whole)
{
	while (regex->pattern && *from < c->size) {
		size_t end =
			c->size - *from > PATTERN_PIECE_MAX ? *from + PATTERN_PIECE_MAX : c->size;
		const char *newline =
			end < c->size ? memrchr(c->text + *from, '\n', end - *from) : NULL;
		enum pattern_result r;

		if (newline)
			end = (size_t)(newline - c->text) + 1;
		r = pattern_search(regex->pattern, c->text, end, *from, whole);
		if (r == PATTERN_MATCH) {
			size_t stop = (size_t)(whole->data - c->text) + whole->size;

			*from = stop > *from ? stop : *from + 1;
			return true;
		}
		if (r == PATTERN_GAVE_UP) {
			model_report(c->f->m, SEVERITY_ERROR, "bad-config", regex->at,
				     "write it so that it cannot match in many ways",
				     "gave up on this expression in %s: too many steps", c->path);
			regex->pattern = NULL;
		}
		*from = end;
	}
	return false;
}

static const char *copy_span(struct facts *f, struct pattern_span s)
{
	return s.data ? model_copy(f->m, s.data, s.size) : "";
}

/* A span on one line, without the blanks around and the line ends within. */
static const char *tidy(struct facts *f, const char *text, size_t size)
{
	char *copy = model_copy(f->m, text, size), *out = copy;

	for (const char *p = copy; p && *p; p++) {
		bool blank = isspace((unsigned char)*p);

		if (blank && (out == copy || out[-1] == ' '))
			continue;
		*out++ = blank ? ' ' : *p;
	}
	while (out && out > copy && out[-1] == ' ')
		out--;
	if (out)
		*out = '\0';
	return copy ? copy : "";
}

static struct fact_status *add_status(struct facts *f, struct fact_status s)
{
	struct fact_status *list = model_grow(f->m, f->statuses, f->nr_statuses, sizeof(*list));

	if (!list)
		return NULL;
	f->statuses = list;
	f->statuses[f->nr_statuses] = s;
	return &f->statuses[f->nr_statuses++];
}

/* Each status that the text from @from to @to names. */
static void add_statuses(struct cursor *c, size_t from, size_t to, struct fact_status like)
{
	struct config_regex *regex = &c->f->config->documents.status;
	struct cursor part = *c;
	struct pattern_span whole;

	part.size = to;
	while (search(&part, regex, &from, &whole)) {
		like.text = tidy(c->f, whole.data, whole.size);
		like.words = facts_words(like.text, strlen(like.text));
		like.at = place(&part, whole.data);
		if (like.words)
			add_status(c->f, like);
	}
}

/* The command line */

static void add_option(struct facts *f, struct fact_option **list, size_t *nr, struct fact_option o)
{
	struct fact_option *larger = model_grow(f->m, *list, *nr, sizeof(*larger));

	if (!larger)
		return;
	*list = larger;
	(*list)[(*nr)++] = o;
}

/* Names are written "hap\_1gb" where a formatter wants it. */
static const char *unescape(struct facts *f, struct pattern_span s)
{
	char *copy = model_copy(f->m, s.data ? s.data : "", s.data ? s.size : 0), *out = copy;

	for (const char *p = copy; p && *p; p++) {
		if (*p != '\\')
			*out++ = *p;
	}
	if (out)
		*out = '\0';
	return copy ? copy : "";
}

struct option_section {
	const char *name;
	unsigned int archs;
	struct pos at;
	size_t from;
};

static void end_section(struct cursor *c, const struct option_section *s, size_t to)
{
	struct facts *f = c->f;
	struct cursor part = *c;
	struct pattern_span whole;
	size_t from = s->from;
	struct fact_option o = { s->name, "", s->at };

	if (!s->name)
		return;
	part.size = to;
	if (search(&part, &f->config->documents.option_default, &from, &whole)) {
		struct pattern_span value =
			pattern_group(f->config->documents.option_default.pattern, "value");

		o.value = tidy(f, value.data ? value.data : "", value.size);
	}
	add_option(f, &f->documented, &f->nr_documented, o);
	add_statuses(c, s->from, to,
		     (struct fact_status){
			     .place = STATUS_OPTION, .subject = s->name, .archs = s->archs });
}

int documents_read_options(struct facts *f, const char *path, const char *text, size_t size)
{
	struct cursor c = start(f, path, text, size);
	struct config_regex *heading = &f->config->documents.option_heading;
	struct option_section s = { 0 };
	struct pattern_span whole;
	size_t from = 0;

	while (search(&c, heading, &from, &whole)) {
		struct pattern_span name = pattern_group(heading->pattern, "name");
		struct pattern_span arch = pattern_group(heading->pattern, "arch");

		struct option_section next = { unescape(f, name), ARCH_ALL, place(&c, whole.data),
					       from };

		if (arch.data)
			next.archs = facts_archs(arch.data, arch.size);
		end_section(&c, &s, (size_t)(whole.data - text));
		s = next;
	}
	end_section(&c, &s, size);
	return f->m->out_of_memory ? -ENOMEM : 0;
}

/* Lines */

struct line {
	const char *text;
	size_t size;
};

static bool next_line(struct cursor *c, size_t *from, struct line *line)
{
	const char *newline;

	if (*from >= c->size)
		return false;
	line->text = c->text + *from;
	newline = memchr(line->text, '\n', c->size - *from);
	line->size = newline ? (size_t)(newline - line->text) : c->size - *from;
	*from += line->size + 1;
	return true;
}

static size_t skip_blanks(const struct line *l, size_t i)
{
	while (i < l->size && isspace((unsigned char)l->text[i]))
		i++;
	return i;
}

/* "   KEY: value" or "KEY(s): value": the offset of the value, or 0. */
static size_t value_of(const struct line *l, const char *key)
{
	size_t i = skip_blanks(l, 0), n = strlen(key);

	if (l->size - i < n || strncasecmp(l->text + i, key, n))
		return 0;
	for (i += n; i < l->size && (isalpha((unsigned char)l->text[i]) || l->text[i] == '(' ||
				     l->text[i] == ')');)
		i++;
	return i < l->size && l->text[i] == ':' ? skip_blanks(l, i + 1) : 0;
}

/* Feature documents: "% Title", then a table with Status and Architecture. */
int documents_read_feature(struct facts *f, const char *path, const char *text, size_t size)
{
	struct cursor c = start(f, path, text, size);
	const char *title = c.path;
	struct fact_status *last = NULL;
	struct line l;

	for (size_t from = 0; next_line(&c, &from, &l);) {
		size_t value = value_of(&l, "status");

		if (l.size > 2 && l.text[0] == '%' && title == c.path) {
			title = tidy(f, l.text + 1, l.size - 1);
			continue;
		}
		if (value && l.text[value] == '*') {
			struct fact_status s = {
				STATUS_DOCUMENT,	   title, NULL, 0, ARCH_ALL,
				place(&c, l.text + value), false
			};

			s.text = tidy(f, l.text + value, l.size - value);
			s.words = facts_words(s.text, strlen(s.text));
			last = s.words ? add_status(f, s) : last;
		}
		value = value_of(&l, "architecture");
		if (value && last && last->archs == ARCH_ALL)
			last->archs = facts_archs(l.text + value, l.size - value);
	}
	return f->m->out_of_memory ? -ENOMEM : 0;
}

/* Changelogs: "## [version]", "### Added", " - item" and its further lines. */

static enum change_kind kind_of(const struct line *l)
{
	if (find_word(l->text, l->size, "deprecated"))
		return CHANGE_DEPRECATED;
	if (find_word(l->text, l->size, "removed"))
		return CHANGE_REMOVED;
	return find_word(l->text, l->size, "added") ? CHANGE_ADDED : CHANGE_OTHER;
}

struct changelog {
	struct cursor c;
	enum change_kind kind;
	const char *version;
	const char *item; /* where the one at hand starts; NULL */
};

static void end_item(struct changelog *log, const char *end)
{
	struct facts *f = log->c.f;
	struct fact_change *list = model_grow(f->m, f->changes, f->nr_changes, sizeof(*list));
	struct fact_change change = { log->kind, log->version, NULL, { 0 } };

	if (!log->item || !list)
		return;
	f->changes = list;
	change.at = place(&log->c, log->item);
	change.text = tidy(f, log->item, (size_t)(end - log->item));
	f->changes[f->nr_changes++] = change;
	add_statuses(&log->c, (size_t)(log->item - log->c.text), (size_t)(end - log->c.text),
		     (struct fact_status){ .place = STATUS_CHANGELOG,
					   .subject = change.text,
					   .archs = ARCH_ALL });
	log->item = NULL;
}

int documents_read_changelog(struct facts *f, const char *path, const char *text, size_t size)
{
	struct changelog log = { .c = start(f, path, text, size), .version = "" };
	struct line l;

	for (size_t from = 0; next_line(&log.c, &from, &l);) {
		size_t i = skip_blanks(&l, 0);
		bool is_item = l.size - i > 2 && strchr("-*", l.text[i]) && l.text[i] &&
			       l.text[i + 1] == ' ';

		if (is_item || i == l.size || l.text[0] == '#')
			end_item(&log, l.text);
		if (l.size > 3 && !strncmp(l.text, "## ", 3)) {
			log.version = tidy(f, l.text + 3, l.size - 3);
			log.kind = CHANGE_OTHER;
		} else if (l.size > 4 && !strncmp(l.text, "### ", 4)) {
			log.kind = kind_of(&l);
		} else if (is_item) {
			log.item = l.text + i + 2;
		}
	}
	end_item(&log, text + size);
	return f->m->out_of_memory ? -ENOMEM : 0;
}

/* Paths and links */

static void add_reference(struct cursor *c, struct pattern_span s, bool is_link)
{
	struct facts *f = c->f;
	struct fact_reference *list =
		model_grow(f->m, f->references, f->nr_references, sizeof(*list));

	if (!list)
		return;
	f->references = list;
	f->references[f->nr_references++] =
		(struct fact_reference){ copy_span(f, s), is_link, place(c, s.data) };
}

static void add_references(struct cursor *c, struct config_regex *regex, bool is_link)
{
	struct pattern_span whole;

	for (size_t from = 0; search(c, regex, &from, &whole);) {
		struct pattern_span text = pattern_group_at(regex->pattern, 1);

		add_reference(c, text.data ? text : whole, is_link);
	}
}

int documents_read_references(struct facts *f, const char *path, const char *text, size_t size)
{
	struct cursor c = start(f, path, text, size);

	/* A program among the documents names files that it makes. */
	if (size > 2 && !memcmp(text, "#!", 2))
		return 0;
	add_references(&c, &f->config->references.path, false);
	add_references(&c, &f->config->references.moving, true);
	return f->m->out_of_memory ? -ENOMEM : 0;
}

/* Kconfig: a prompt's marker, and what its help says */

static void add_help(struct facts *f, const struct kconfig_node *n)
{
	struct cursor c = start(f, n->help_at.file, n->help, strlen(n->help));
	size_t first = f->nr_statuses;

	add_statuses(&c, 0, c.size,
		     (struct fact_status){ .place = STATUS_KCONFIG,
					   .subject = n->item->name,
					   .archs = ARCH_ALL });
	for (size_t i = first; i < f->nr_statuses; i++) {
		f->statuses[i].at.line += n->help_at.line - 1;
		f->statuses[i].at.column = 1;
	}
}

/* Architectures share files: each definition counts once. */
static bool is_seen(struct facts *f, const struct kconfig_node *n)
{
	const char *key = model_printf(f->m, "%s:%u", n->at.file, n->at.line);

	if (!key || strmap_get(&f->seen, key))
		return true;
	if (!strmap_put(&f->seen, key, f))
		f->m->out_of_memory = true;
	return false;
}

int documents_read_kconfig(struct facts *f, struct kconfig *k)
{
	for (const struct kconfig_node *n = k->first_node; n; n = n->next_of_file) {
		if (n->kind != KCONFIG_NODE_SYMBOL || is_seen(f, n))
			continue;
		for (size_t i = 0; i < f->config->kconfig.nr_gates && n->prompt; i++) {
			const char *marker = f->config->kconfig.gates[i].marker;

			if (marker && strstr(n->prompt, marker))
				add_status(f, (struct fact_status){ STATUS_KCONFIG, n->item->name,
								    n->prompt, STATUS_UNSUPPORTED,
								    ARCH_ALL, n->prompt_at, true });
		}
		if (n->help)
			add_help(f, n);
	}
	return f->m->out_of_memory ? -ENOMEM : 0;
}
