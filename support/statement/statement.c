/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The statement's reader. cmark tells which lines are headings, code blocks and
 * prose; titles, ids, the "% Title" block, definition lists and status lines are
 * read here, from the original text of those lines, so that nothing is lost
 * between Markdown and the model without a trace among the oddities.
 */
#include "statement/statement.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <cmark.h>

#include "base/strbuf.h"
#include "base/strmap.h"
#include "base/text.h"
#include "model/read.h"
#include "private.h"
#include "statement/exchange.h"

#define STATEMENT_MAX ((size_t)4 << 20)
#define TITLE_MAX 512
#define VALUE_MAX 1024 /* of a value that is wrapped over lines */

enum part {
	PART_NONE,
	PART_RELEASE,
	PART_FEATURES,
	PART_OTHER,
};

struct reader {
	struct model *m;
	struct statement *s;
	struct span *lines; /* without line ends */
	size_t nr_lines;
	struct strmap slugs;
	enum part part;
	bool seen[PART_OTHER + 1];
	struct heading *group;	 /* the H2 we are under */
	struct heading *heading; /* the nearest H2 or H3 */
	struct strbuf description, caveats;
};

static struct pos position(const struct reader *r, size_t line, size_t column)
{
	return (struct pos){ r->s->path, (unsigned int)line, (unsigned int)column };
}

/* Where in its line a span of it starts, from 1. */
static size_t column_of(const struct reader *r, size_t line, struct span s)
{
	return (size_t)(s.data - r->lines[line - 1].data) + 1;
}

static char *copy(struct reader *r, struct span s)
{
	return model_copy(r->m, s.data, s.size);
}

static int add_oddity(struct reader *r, enum oddity_kind kind, struct span what, const char *hint,
		      struct pos at)
{
	struct statement *s = r->s;
	struct oddity *oddities = model_grow(r->m, s->oddities, s->nr_oddities, sizeof(*oddities));
	struct oddity o = { .kind = kind, .what = copy(r, what), .hint = hint, .at = at };

	if (!oddities || !o.what)
		return -ENOMEM;
	s->oddities = oddities;
	s->oddities[s->nr_oddities++] = o;
	return 0;
}

static int add_oddity_text(struct reader *r, enum oddity_kind kind, const char *what, size_t line)
{
	return add_oddity(r, kind, (struct span){ what, strlen(what) }, NULL,
			  position(r, line, line ? 1 : 0));
}

static int split_lines(struct reader *r, const char *text, size_t size)
{
	const char *end = text + size;

	while (text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		const char *stop = newline ? newline : end;
		struct span line = { text, (size_t)(stop - text) };
		struct span *lines = model_grow(r->m, r->lines, r->nr_lines, sizeof(*lines));

		if (!lines)
			return -ENOMEM;
		if (line.size && line.data[line.size - 1] == '\r')
			line.size--;
		r->lines = lines;
		r->lines[r->nr_lines++] = line;
		text = stop + 1;
	}
	return 0;
}

/* Why the character at @text should not be in a statement; NULL: it may. */
static const char *find_fault(const char *text, size_t size, size_t *ret_n)
{
	unsigned int code;

	*ret_n = text_utf8_size(text, size, &code);
	if (!*ret_n)
		return "byte that is not UTF-8";
	if (code < 0x20)
		return code == '\t' ? NULL : "control character";
	return text_is_dangerous(code) ? "invisible or reordering character" : NULL;
}

/* What would hide text from a reader of the file; the first of each line. */
static int find_bad_bytes(struct reader *r)
{
	for (size_t i = 0; i < r->nr_lines; i++) {
		struct span line = r->lines[i];
		const char *fault = NULL;
		size_t j = 0, n = 1;

		if (text_is_plain(line.data, line.size))
			continue;
		for (; j < line.size && !fault; j += fault ? 0 : n) {
			unsigned char c = (unsigned char)line.data[j];

			if (c < 0x20 || c >= 0x7f)
				fault = find_fault(line.data + j, line.size - j, &n);
			else
				n = 1;
		}
		if (!fault)
			continue;
		if (add_oddity_text(r, ODDITY_BAD_BYTE, fault, i + 1))
			return -ENOMEM;
		r->s->oddities[r->s->nr_oddities - 1].at.column = (unsigned int)j + 1;
	}
	return 0;
}

/* Some editors put it before the text; it is no part of the first line. */
static int skip_byte_order_mark(struct reader *r)
{
	struct span *line = r->lines;

	if (!r->nr_lines || line->size < 3 || memcmp(line->data, "\xef\xbb\xbf", 3))
		return 0;
	line->data += 3;
	line->size -= 3;
	return add_oddity_text(r, ODDITY_BAD_BYTE, "byte order mark", 1);
}

static int read_title(struct reader *r)
{
	struct span line = r->nr_lines ? r->lines[0] : (struct span){ "", 0 };

	r->s->title = "";
	if (!line.size || line.data[0] != '%')
		return 0;
	r->s->title = copy(r, span_trim((struct span){ line.data + 1, line.size - 1 }));
	return r->s->title ? 0 : -ENOMEM;
}

/* Headings */

static int end_heading(struct reader *r)
{
	const char *text;

	if (r->heading) {
		text = strbuf_str(&r->description);
		r->heading->description = text ? model_copy(r->m, text, strlen(text)) : NULL;
		text = strbuf_str(&r->caveats);
		r->heading->caveats = text ? model_copy(r->m, text, strlen(text)) : NULL;
		if (!r->heading->description || !r->heading->caveats)
			return -ENOMEM;
	}
	strbuf_reset(&r->description);
	strbuf_reset(&r->caveats);
	r->heading = NULL;
	return 0;
}

/* "{#id .class}" at the end of a title: taken off, reported. */
static int take_attributes(struct reader *r, size_t line, struct span *title)
{
	const char *brace;

	if (!title->size || title->data[title->size - 1] != '}')
		return 0;
	brace = memrchr(title->data, '{', title->size);
	if (!brace)
		return 0;
	if (add_oddity(r, ODDITY_ATTRIBUTES,
		       (struct span){ brace, (size_t)(title->data + title->size - brace) }, NULL,
		       position(r, line, (size_t)(brace - r->lines[line - 1].data) + 1)))
		return -ENOMEM;
	*title = span_trim((struct span){ title->data, (size_t)(brace - title->data) });
	return 0;
}

/* The text of a heading's line: "### Title ###", or the line over "=====". */
static struct span heading_text(struct span line)
{
	size_t end;

	line = span_trim(line);
	if (!line.size || line.data[0] != '#')
		return line;
	while (line.size && line.data[0] == '#') {
		line.data++;
		line.size--;
	}
	line = span_trim(line);
	end = line.size;
	while (end && line.data[end - 1] == '#')
		end--;
	if (end < line.size && (!end || line.data[end - 1] == ' ' || line.data[end - 1] == '\t'))
		line.size = end;
	line = span_trim(line);
	if (line.size > TITLE_MAX)
		line.size = TITLE_MAX;
	return line;
}

/* A second heading of the same id gets "-1", the next "-2", as pandoc does. */
static const char *unique_slug(struct reader *r, struct span title)
{
	char *slug = slug_heading(r->m, title);
	size_t *counter = model_alloc(r->m, sizeof(*counter));
	size_t *first;
	const char *tried = slug;

	if (!slug || !counter)
		return NULL;
	first = strmap_put(&r->slugs, slug, counter);
	while (first && first != counter) {
		size_t *taken;

		tried = model_printf(r->m, "%s-%zu", slug, ++*first);
		if (!tried)
			return NULL;
		taken = strmap_put(&r->slugs, tried, counter);
		if (!taken)
			return NULL;
		if (taken == counter)
			return tried;
	}
	return first ? tried : NULL;
}

static enum part find_part(const char *slug)
{
	if (!strcmp(slug, "release-support"))
		return PART_RELEASE;
	if (!strcmp(slug, "feature-support"))
		return PART_FEATURES;
	return PART_OTHER;
}

static int add_heading(struct reader *r, size_t line, unsigned int level, struct span title,
		       const char *slug)
{
	struct statement *s = r->s;
	struct heading **headings =
		model_grow(r->m, s->headings, s->nr_headings, sizeof(*headings));
	struct heading *h = model_alloc(r->m, sizeof(*h));

	if (!headings || !h)
		return -ENOMEM;
	s->headings = headings;
	h->title = copy(r, title);
	h->typeset = h->title ? title_typeset(r->m, h->title) : NULL;
	h->slug = slug;
	h->level = level == 2 ? 2 : 3;
	h->parent = level == 2 ? NULL : r->group;
	h->description = h->caveats = "";
	h->at = position(r, line, column_of(r, line, title));
	if (!h->typeset)
		return -ENOMEM;
	if (h->parent)
		h->parent->nr_children++;
	if (level == 2)
		r->group = h;
	r->heading = h;
	s->headings[s->nr_headings++] = h;
	return 0;
}

static int read_heading(struct reader *r, size_t line, unsigned int level)
{
	struct span title = heading_text(r->lines[line - 1]);
	const char *slug;

	if (end_heading(r) || take_attributes(r, line, &title))
		return -ENOMEM;
	slug = unique_slug(r, title);
	if (!slug)
		return -ENOMEM;
	if (level == 1) {
		r->part = find_part(slug);
		r->seen[r->part] = true;
		r->group = NULL;
		return 0;
	}
	return r->part == PART_FEATURES ? add_heading(r, line, level, title, slug) : 0;
}

/* Status lines */

/* Split "Key, qualifier: value"; false when there is no colon. */
static bool split_status(struct span text, struct span *ret_key, struct span *ret_qualifier,
			 struct span *ret_value)
{
	const char *colon = memchr(text.data, ':', text.size);
	const char *comma;
	struct span key, qualifier = { "", 0 };

	if (!colon)
		return false;
	key = (struct span){ text.data, (size_t)(colon - text.data) };
	*ret_value = span_trim((struct span){ colon + 1, text.size - key.size - 1 });
	comma = memchr(key.data, ',', key.size);
	if (comma) {
		qualifier.data = comma + 1;
		qualifier.size = (size_t)(colon - comma) - 1;
		key.size = (size_t)(comma - key.data);
	}
	*ret_key = span_trim(key);
	*ret_qualifier = span_trim(qualifier);
	return true;
}

static const char *claim_slug(struct reader *r, const struct heading *h, struct span qualifier)
{
	const char *slug;

	if (!qualifier.size)
		return h->slug;
	slug = slug_qualifier(r->m, qualifier);
	return slug ? model_printf(r->m, "%s--%s", h->slug, slug) : NULL;
}

static int add_claim(struct reader *r, const char *key, struct span qualifier, struct span value,
		     struct pos at)
{
	struct statement *s = r->s;
	struct claim **claims = model_grow(r->m, s->claims, s->nr_claims, sizeof(*claims));
	struct claim *c = model_alloc(r->m, sizeof(*c));

	if (!claims || !c)
		return -ENOMEM;
	s->claims = claims;
	c->heading = r->heading;
	c->key = key;
	c->qualifier = copy(r, qualifier);
	c->value = copy(r, value);
	c->slug = claim_slug(r, r->heading, qualifier);
	c->at = at;
	if (!c->qualifier || !c->value || !c->slug)
		return -ENOMEM;
	r->heading->nr_claims++;
	s->claims[s->nr_claims++] = c;
	return 0;
}

/* "Status, : …" names no case; "Supported: Tech Preview" is no list of names. */
static bool is_wrong_key(struct span text, const char *key, struct span qualifier,
			 struct span value)
{
	const char *colon = memchr(text.data, ':', text.size);

	if (!qualifier.size && memchr(text.data, ',', (size_t)(colon - text.data)))
		return true;
	return !strcmp(key, "Supported") && status_is_label(value);
}

/* One line of a code block in the feature part. */
static int read_status_line(struct reader *r, size_t line, bool *in_status)
{
	struct span text = span_trim(r->lines[line - 1]);
	struct span key, qualifier, value;
	struct pos at = position(r, line, column_of(r, line, text));
	const char *known = NULL;
	bool exact = false;

	if (!text.size)
		return 0;
	if (split_status(text, &key, &qualifier, &value))
		known = status_find_key(key, &exact);
	if (known && !exact)
		return add_oddity(r, ODDITY_MISSPELT_KEY, key, known, at);
	if (known && !r->heading)
		return add_oddity(r, ODDITY_OUTSIDE, text, NULL, at);
	if (known && is_wrong_key(text, known, qualifier, value)) {
		key.size = (size_t)((const char *)memchr(text.data, ':', text.size) - text.data);
		return add_oddity(r, ODDITY_MISSPELT_KEY, key, "Status", at);
	}
	if (known) {
		*in_status = true;
		return add_claim(r, known, qualifier, value, at);
	}
	if (*in_status && !memchr(text.data, ':', text.size) &&
	    strlen(r->s->claims[r->s->nr_claims - 1]->value) < VALUE_MAX) {
		struct claim *last = r->s->claims[r->s->nr_claims - 1];

		last->value = model_printf(r->m, "%s %.*s", last->value, (int)text.size, text.data);
		return last->value ? add_oddity(r, ODDITY_WRAPPED, text, NULL, at) : -ENOMEM;
	}
	return add_oddity(r, ODDITY_UNKNOWN_KEY, text, NULL, at);
}

static bool is_fence(struct span line)
{
	line = span_trim(line);
	return line.size >= 3 && (!memcmp(line.data, "```", 3) || !memcmp(line.data, "~~~", 3));
}

static void add_prose(struct reader *r, size_t first, size_t last)
{
	bool after = r->heading && r->heading->nr_claims;
	struct strbuf *sb = after ? &r->caveats : &r->description;

	if (!r->heading)
		return;
	if (sb->size)
		strbuf_puts(sb, "\n\n");
	for (size_t i = first; i <= last; i++) {
		strbuf_add(sb, r->lines[i - 1].data, r->lines[i - 1].size);
		if (i < last)
			strbuf_puts(sb, "\n");
	}
}

static int read_status_block(struct reader *r, size_t first, size_t last)
{
	size_t nr_claims = r->s->nr_claims, start = first;
	bool in_status = false, fenced = is_fence(r->lines[first - 1]);

	if (fenced)
		start++;
	for (size_t i = start; i <= last; i++) {
		if (fenced && is_fence(r->lines[i - 1]))
			break;
		if (read_status_line(r, i, &in_status))
			return -ENOMEM;
	}
	if (fenced && add_oddity_text(r, ODDITY_FENCED, "fenced code", first))
		return -ENOMEM;
	if (nr_claims == r->s->nr_claims)
		add_prose(r, first, last);
	return 0;
}

/* Release keys */

static int add_key(struct reader *r, struct span key, struct span value, size_t line)
{
	struct statement *s = r->s;
	struct release_key *keys = model_grow(r->m, s->keys, s->nr_keys, sizeof(*keys));
	struct release_key k = { .key = copy(r, key), .value = copy(r, value) };

	if (!keys || !k.key || !k.value)
		return -ENOMEM;
	k.at = position(r, line, column_of(r, line, key));
	s->keys = keys;
	s->keys[s->nr_keys++] = k;
	return 0;
}

static int read_release_block(struct reader *r, size_t first, size_t last)
{
	for (size_t i = first; i <= last; i++) {
		struct span text = span_trim(r->lines[i - 1]);
		const char *colon = text.size ? memchr(text.data, ':', text.size) : NULL;
		struct span key, value;

		if (!text.size || is_fence(text))
			continue;
		if (!colon) {
			if (add_oddity(r, ODDITY_UNKNOWN_KEY, text, NULL,
				       position(r, i, column_of(r, i, text))))
				return -ENOMEM;
			continue;
		}
		key = span_trim((struct span){ text.data, (size_t)(colon - text.data) });
		value = (struct span){ colon + 1, (size_t)(text.data + text.size - colon) - 1 };
		if (add_key(r, key, span_trim(value), i))
			return -ENOMEM;
	}
	return 0;
}

/* Pandoc's definition list: a line with the term, then ": " and the text. */
static int read_definition(struct reader *r, size_t first, size_t last)
{
	for (size_t i = first; i < last; i++) {
		struct span term = span_trim(r->lines[i - 1]), text = span_trim(r->lines[i]);

		if (!term.size || text.size < 2 || text.data[0] != ':' ||
		    (text.data[1] != ' ' && text.data[1] != '\t'))
			continue;
		text.data++;
		text.size--;
		if (add_key(r, term, span_trim(text), i))
			return -ENOMEM;
	}
	return 0;
}

/* Prose */

/* Does prose hold a line that its writer meant for a status? */
static int find_lost_status(struct reader *r, size_t first, size_t last)
{
	for (size_t i = first; i <= last; i++) {
		struct span text = span_trim(r->lines[i - 1]), key, qualifier, value;
		const char *known = NULL;
		bool exact = false;

		while (text.size && strchr(">*+-|", text.data[0]) && text.data[0]) {
			text.data++;
			text.size--;
			text = span_trim(text);
		}
		if (text.size && split_status(text, &key, &qualifier, &value))
			known = status_find_key(key, &exact);
		if (known && exact && value.size &&
		    add_oddity(r, ODDITY_LOST_STATUS, text, NULL,
			       position(r, i, column_of(r, i, text))))
			return -ENOMEM;
	}
	return 0;
}

static const char *odd_markdown(cmark_node *node, struct span line)
{
	switch (cmark_node_get_type(node)) {
	case CMARK_NODE_BLOCK_QUOTE:
		return "block quote";
	case CMARK_NODE_HTML_BLOCK:
		return "HTML";
	case CMARK_NODE_LIST:
		return cmark_node_get_list_type(node) == CMARK_ORDERED_LIST ? "numbered list"
									    : NULL;
	case CMARK_NODE_PARAGRAPH:
		line = span_trim(line);
		return line.size && line.data[0] == '|' ? "table" : NULL;
	default:
		return NULL;
	}
}

static int read_prose(struct reader *r, cmark_node *node, size_t first, size_t last)
{
	const char *odd = odd_markdown(node, r->lines[first - 1]);

	if (r->part == PART_RELEASE)
		return read_definition(r, first, last);
	if (r->part != PART_FEATURES)
		return 0;
	if (odd && add_oddity_text(r, ODDITY_MARKDOWN, odd, first))
		return -ENOMEM;
	add_prose(r, first, last);
	return find_lost_status(r, first, last);
}

static int read_node(struct reader *r, cmark_node *node, size_t first, size_t last)
{
	switch (cmark_node_get_type(node)) {
	case CMARK_NODE_HEADING:
		return read_heading(r, first, (unsigned int)cmark_node_get_heading_level(node));
	case CMARK_NODE_CODE_BLOCK:
		if (r->part == PART_RELEASE)
			return read_release_block(r, first, last);
		return r->part == PART_FEATURES ? read_status_block(r, first, last) : 0;
	default:
		return read_prose(r, node, first, last);
	}
}

/* A node's lines go up to the next one's, without the empty ones between. */
static int read_nodes(struct reader *r, cmark_node *root)
{
	cmark_node *next;
	int rc = 0;

	for (cmark_node *node = cmark_node_first_child(root); node && !rc; node = next) {
		int start = cmark_node_get_start_line(node);
		size_t first = start > 0 ? (size_t)start : 1;
		size_t last = r->nr_lines;

		next = cmark_node_next(node);
		if (next && cmark_node_get_start_line(next) > 0)
			last = (size_t)cmark_node_get_start_line(next) - 1;
		if (last > r->nr_lines)
			last = r->nr_lines;
		while (last > first && !span_trim(r->lines[last - 1]).size)
			last--;
		if (first <= last)
			rc = read_node(r, node, first, last);
	}
	return rc ? rc : end_heading(r);
}

static int parse_claims(struct reader *r)
{
	for (size_t i = 0; i < r->s->nr_claims; i++) {
		if (status_parse_value(r->m, r->s->claims[i]) ||
		    qualifier_parse(r->m, r->s->claims[i]))
			return -ENOMEM;
	}
	return 0;
}

static int read_blocks(struct reader *r, const char *text, size_t size)
{
	char *masked = mask_inlines(r->m, text, size);
	cmark_node *root;
	int rc;

	if (!masked)
		return -ENOMEM;
	root = cmark_parse_document(masked, size, CMARK_OPT_DEFAULT);
	if (!root)
		return -ENOMEM;
	rc = read_nodes(r, root);
	cmark_node_free(root);
	if (!rc && !r->seen[PART_RELEASE])
		rc = add_oddity_text(r, ODDITY_MISSING_PART, "# Release Support", 0);
	if (!rc && !r->seen[PART_FEATURES])
		rc = add_oddity_text(r, ODDITY_MISSING_PART, "# Feature Support", 0);
	return rc ? rc : parse_claims(r);
}

int statement_parse(struct model *m, const char *path, const char *text, size_t size)
{
	struct reader r = { .m = m };
	int rc = -ENOMEM;

	if (exchange_is_data(path))
		return exchange_parse(m, path, text, size);
	r.s = model_alloc(m, sizeof(*r.s));
	if (!r.s || model_add_source(m, path, text, size))
		return -ENOMEM;
	r.s->path = model_copy(m, path, strlen(path));
	if (!r.s->path || split_lines(&r, text, size) || skip_byte_order_mark(&r) ||
	    find_bad_bytes(&r) || read_title(&r))
		return -ENOMEM;
	if (!read_blocks(&r, text, size))
		rc = model_add_statement(m, r.s);
	strmap_reset(&r.slugs);
	strbuf_reset(&r.description);
	strbuf_reset(&r.caveats);
	if (rc)
		m->out_of_memory = true;
	return rc;
}

int statement_read(struct model *m, const char *path)
{
	return read_file(m, path, STATEMENT_MAX, statement_parse);
}
