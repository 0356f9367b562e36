/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a status says behind its label, clause by clause: diversions, how far the
 * promise reaches ("up to 12 TiB. Hosts with more memory are supported, but not
 * security supported."), conditions. Nothing is guessed: words that fit no row of
 * the tables are kept as the claim's rest, and weaken it.
 */
#include "private.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "base/strbuf.h"

#define NR(array) (sizeof(array) / sizeof((array)[0]))

/* A real value has a few clauses; what is behind these is kept unread. */
#define CLAUSES_MAX 16

/* How a clause is set off from the text before it. */
enum separator {
	SEPARATOR_BLANK,
	SEPARATOR_COMMA,
	SEPARATOR_SENTENCE, /* also ';' */
	SEPARATOR_GROUP,    /* in parentheses */
};

struct clause {
	struct span text;
	enum separator separator;
};

struct diversion_words {
	const char *text;
	enum diversion diversion;
	enum security security; /* SECURITY_UNKNOWN: does not touch it */
	bool defined;		/* by the section "Definition of Status labels" */
};

static const struct diversion_words diversion_words[] = {
	{ "not security supported", DIVERSION_NOT_SECURITY, SECURITY_NO, true },
	{ "security support external", DIVERSION_EXTERNAL, SECURITY_EXTERNAL, true },
	{ "with caveats", DIVERSION_CAVEATS, SECURITY_CAVEATS, true },
	{ "with limited support", DIVERSION_LIMITED, SECURITY_CAVEATS, false },
	{ "not recommended", DIVERSION_DISCOURAGED, SECURITY_CAVEATS, false },
};

/* Clauses that name a condition begin so. */
static const char *const condition_starts[] = {
	"security supported only", "supported only", "only", "if", "when", "unless", "except",
};

/* Words that speak of what is beyond the number named before. */
static const char *const beyond_words[] = {
	"more", "larger", "bigger", "above", "beyond", "higher", "greater",
};

struct reader {
	struct model *m;
	struct claim *c;
	struct strbuf diversion, condition, rest;
	bool beyond;	      /* the sentence speaks of what is beyond a bound */
	struct span sentence; /* as far as it was read */
	struct bound end;     /* how far that reaches */
	bool told;	      /* it has told what is promised there: */
	bool promised, security;
};

static struct span advance(struct span text, size_t n)
{
	return (struct span){ text.data + n, text.size - n };
}

static struct span trim(struct span s)
{
	s = span_trim(s);
	while (s.size && strchr(".;,", s.data[s.size - 1]))
		s = span_trim((struct span){ s.data, s.size - 1 });
	return s;
}

/* Does @text start with these words? Then *@ret_behind is what follows them. */
static bool starts_with(struct span text, const char *words, struct span *ret_behind)
{
	size_t n = strlen(words);

	if (text.size < n || strncasecmp(text.data, words, n) ||
	    (text.size > n && (isalnum((unsigned char)text.data[n]) || text.data[n] == '-')))
		return false;
	*ret_behind = span_trim(advance(text, n));
	return true;
}

/* The same anywhere in @text, at the start of a word. */
static bool find_words(struct span text, const char *words, struct span *ret_behind)
{
	for (size_t i = 0; i < text.size; i++) {
		if (i && isalnum((unsigned char)text.data[i - 1]))
			continue;
		if (starts_with(advance(text, i), words, ret_behind))
			return true;
	}
	return false;
}

static void add(struct strbuf *sb, struct span text)
{
	if (sb->size)
		strbuf_puts(sb, ", ");
	strbuf_add(sb, text.data, text.size);
}

static void weaken(struct claim *c, enum security security)
{
	if (security != SECURITY_UNKNOWN && c->security != SECURITY_UNKNOWN &&
	    security < c->security)
		c->security = security;
}

/* "up to 12 TiB", "less than 3": a bound, and what is said behind it. */
static bool take_bound(struct span text, struct bound *ret_bound, struct span *ret_behind)
{
	static const struct {
		const char *words;
		enum bound_kind kind;
	} kinds[] = {
		{ "up to", BOUND_UP_TO },     { "at most", BOUND_UP_TO },
		{ "less than", BOUND_BELOW }, { "fewer than", BOUND_BELOW },
		{ "below", BOUND_BELOW },     { "under", BOUND_BELOW },
	};

	for (size_t i = 0; i < NR(kinds); i++) {
		struct bound bound = { .kind = kinds[i].kind };
		struct span behind;
		const char *p;

		if (!find_words(text, kinds[i].words, &behind))
			continue;
		p = behind.data;
		if (!behind.size || !isdigit((unsigned char)*p) || !limit_take(&p, &bound.quantity))
			continue;
		*ret_bound = bound;
		*ret_behind = span_trim(advance(behind, (size_t)(p - behind.data)));
		return true;
	}
	return false;
}

/* "4096", "4096 of them", "4096 vCPUs": at most two words name what is counted. */
static bool is_noun(struct span text)
{
	unsigned int nr_words = 0;

	for (size_t i = 0; i < text.size; i++) {
		if (!isalpha((unsigned char)text.data[i]) && text.data[i] != ' ')
			return false;
		nr_words += text.data[i] != ' ' && (!i || text.data[i - 1] == ' ');
	}
	return nr_words <= 2;
}

/* "up to 3", "supported up to 3", "security supported up to 3". */
static bool read_bound(struct reader *r, const struct clause *clause)
{
	struct span text = clause->text, behind;
	struct claim *c = r->c;
	bool security_only = starts_with(text, "security supported", &text);
	struct bound bound;

	if (!security_only)
		starts_with(text, "supported", &text);
	if (r->beyond ||
	    (!starts_with(text, "up to", &behind) && !starts_with(text, "at most", &behind) &&
	     !starts_with(text, "less than", &behind)))
		return false;
	if (!take_bound(text, &bound, &behind) || !is_noun(behind))
		return false;
	if (!security_only)
		c->supported = bound;
	if (security_only || c->security_supported.kind == BOUND_UNSTATED)
		c->security_supported = bound;
	return true;
}

static bool is_beyond(struct span text)
{
	struct span behind;

	for (size_t i = 0; i < NR(beyond_words); i++) {
		if (find_words(text, beyond_words[i], &behind))
			return true;
	}
	return false;
}

static bool ends_with(struct span text, const char *words)
{
	size_t n = strlen(words);

	text = span_trim(text);
	return text.size >= n && !strncasecmp(text.data + text.size - n, words, n);
}

/* "are supported", "is supported but not security supported": is there any? */
static bool read_predicates(struct reader *r, struct span text)
{
	struct span behind;
	bool found = false;

	for (size_t i = 0; i < text.size; i++) {
		struct span before = { text.data, i };

		if ((i && isalnum((unsigned char)text.data[i - 1])) ||
		    !starts_with(advance(text, i), "supported", &behind))
			continue;
		found = true;
		if (ends_with(before, "not security"))
			r->security = false;
		else if (!ends_with(before, "not"))
			r->promised = r->security = true;
	}
	return found;
}

/* A clause of a sentence on what is beyond: "but less than 16 TiB", "are supported". */
static bool read_beyond(struct reader *r, const struct clause *clause)
{
	bool opens = clause->separator == SEPARATOR_SENTENCE && is_beyond(clause->text);
	struct span behind;
	bool known = opens;

	if (!r->beyond && (!opens || r->c->supported.kind == BOUND_UNSTATED))
		return false;
	if (opens) {
		r->end = (struct bound){ .kind = BOUND_NONE };
		r->promised = r->security = r->told = false;
		r->sentence = clause->text;
	}
	r->beyond = true;
	r->sentence.size = (size_t)(clause->text.data + clause->text.size - r->sentence.data);
	if (take_bound(clause->text, &r->end, &behind))
		known = true;
	if (read_predicates(r, clause->text))
		known = r->told = true;
	return known;
}

static void add_rest(struct reader *r, struct span text)
{
	add(&r->rest, text);
	weaken(r->c, SECURITY_CAVEATS);
}

/* The sentence is over: what it promised moves the bounds out. */
static void end_sentence(struct reader *r)
{
	if (r->beyond && r->promised)
		r->c->supported = r->end;
	if (r->beyond && r->promised && r->security)
		r->c->security_supported = r->end;
	if (r->beyond && !r->told)
		add_rest(r, r->sentence);
	r->beyond = false;
}

static void note_condition(struct reader *r, struct span text)
{
	r->c->diversions |= DIVERSION_CONDITION;
	add(&r->condition, text);
	weaken(r->c, SECURITY_CAVEATS);
}

/* What stands behind a comma: one of the table, a condition, or other words. */
static void read_diversion(struct reader *r, const struct clause *clause)
{
	struct claim *c = r->c;
	struct span behind;

	add(&r->diversion, clause->text);
	for (size_t i = 0; i < NR(diversion_words); i++) {
		const struct diversion_words *d = &diversion_words[i];

		if (!span_is_word(clause->text, d->text))
			continue;
		c->diversions |= d->diversion;
		c->diversion_defined = c->diversion_defined && d->defined;
		weaken(c, d->security);
		return;
	}
	c->diversion_defined = false;
	for (size_t i = 0; i < NR(condition_starts); i++) {
		if (starts_with(clause->text, condition_starts[i], &behind)) {
			note_condition(r, clause->text);
			return;
		}
	}
	/* Words nobody defined narrow what is promised; how far, only people can tell. */
	c->diversions |= DIVERSION_OTHER;
	weaken(c, SECURITY_CAVEATS);
}

static void read_clause(struct reader *r, const struct clause *clause)
{
	if (clause->separator == SEPARATOR_SENTENCE)
		end_sentence(r);
	if (read_bound(r, clause) || read_beyond(r, clause))
		return;
	if (clause->separator == SEPARATOR_GROUP) {
		note_condition(r, clause->text);
	} else if (clause->separator == SEPARATOR_COMMA) {
		read_diversion(r, clause);
	} else {
		add_rest(r, clause->text);
	}
}

/* Bytes up to the next clause's separator. */
static size_t clause_size(struct span text)
{
	for (size_t i = 0; i < text.size; i++) {
		char next = i + 1 < text.size ? text.data[i + 1] : ' ';

		if (text.data[i] == ',' || text.data[i] == ';' || text.data[i] == '(' ||
		    (text.data[i] == '.' && next == ' '))
			return i;
	}
	return text.size;
}

/* Take the next clause off *@text. */
static struct clause next_clause(struct span *text)
{
	struct clause clause = { .separator = SEPARATOR_BLANK };
	const char *close;
	size_t n;

	while (text->size && strchr(" \t,;.", text->data[0])) {
		if (text->data[0] == ',' && clause.separator == SEPARATOR_BLANK)
			clause.separator = SEPARATOR_COMMA;
		else if (text->data[0] == ';' || text->data[0] == '.')
			clause.separator = SEPARATOR_SENTENCE;
		*text = advance(*text, 1);
	}
	if (text->size && text->data[0] == '(') {
		close = memchr(text->data, ')', text->size);
		n = close ? (size_t)(close - text->data) : text->size;
		clause.text = trim(advance((struct span){ text->data, n }, 1));
		clause.separator = SEPARATOR_GROUP;
		*text = advance(*text, close ? n + 1 : n);
		return clause;
	}
	n = clause_size(*text);
	clause.text = trim((struct span){ text->data, n });
	*text = advance(*text, n);
	return clause;
}

static const char *finish(struct model *m, struct strbuf *sb)
{
	const char *text = strbuf_str(sb);
	const char *copy = text ? model_copy(m, text, sb->size) : NULL;

	strbuf_reset(sb);
	return copy;
}

int clause_parse(struct model *m, struct claim *c, const char *tail)
{
	struct reader r = { .m = m, .c = c };
	struct span text = { tail, strlen(tail) };
	unsigned int nr_clauses = 0;

	while (text.size && nr_clauses++ < CLAUSES_MAX) {
		struct clause clause = next_clause(&text);

		if (clause.text.size)
			read_clause(&r, &clause);
	}
	end_sentence(&r);
	if (text.size) {
		add_rest(&r, text);
		c->diversion_defined = false;
	}
	if (c->level < LEVEL_EXPERIMENTAL)
		c->supported = (struct bound){ 0 };
	if (c->security == SECURITY_NO || c->security == SECURITY_UNKNOWN)
		c->security_supported = (struct bound){ 0 };
	c->diversion = finish(m, &r.diversion);
	c->condition = finish(m, &r.condition);
	c->rest = finish(m, &r.rest);
	return c->diversion && c->condition && c->rest ? 0 : -ENOMEM;
}
