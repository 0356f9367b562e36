/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The feature registry's reader: libyaml's events against a table of keys.
 * Nothing but mappings, sequences and scalars is taken: no aliases, no second
 * document, and no nesting that the format has no use for.
 */
#include "registry/registry.h"

#include <errno.h>
#include <string.h>

#include <yaml.h>

#include "base/text.h"
#include "model/read.h"

#define REGISTRY_MAX ((size_t)1 << 20)
#define NESTING_MAX 16
#define ID_MAX 64
#define TEXT_MAX 1024

struct reader {
	struct model *m;
	const char *path;
	yaml_parser_t parser;
	yaml_event_t event; /* the current one */
	bool stopped;	    /* the text is no YAML from here on */
};

enum field_kind {
	FIELD_ID,    /* [a-z0-9_]+ */
	FIELD_TEXT,  /* any line of text */
	FIELD_STATE, /* planned, built, removed */
	FIELD_TEXTS, /* a sequence of lines of text */
	FIELD_REFS,  /* a sequence of ids */
};

struct field {
	const char *key;
	enum field_kind kind;
	size_t offset; /* in struct feature */
	size_t nr_offset;
	bool required;
};

static const struct field fields[] = {
	{ "id", FIELD_ID, offsetof(struct feature, id), 0, true },
	{ "title", FIELD_TEXT, offsetof(struct feature, title), 0, true },
	{ "section", FIELD_TEXT, offsetof(struct feature, section), 0, true },
	{ "owner", FIELD_TEXT, offsetof(struct feature, owner), 0, true },
	{ "state", FIELD_STATE, offsetof(struct feature, state), 0, true },
	{ "symbol", FIELD_TEXT, offsetof(struct feature, symbol), 0, false },
	{ "boot_option", FIELD_TEXT, offsetof(struct feature, boot_option), 0, false },
	{ "removed_in", FIELD_TEXT, offsetof(struct feature, removed_in), 0, false },
	{ "removed_reason", FIELD_TEXT, offsetof(struct feature, removed_reason), 0, false },
	{ "replaced_by", FIELD_ID, offsetof(struct feature, replaced_by), 0, false },
	{ "since", FIELD_TEXT, offsetof(struct feature, since), 0, false },
	{ "review_by", FIELD_TEXT, offsetof(struct feature, review_by), 0, false },
	{ "aliases", FIELD_TEXTS, offsetof(struct feature, aliases),
	  offsetof(struct feature, nr_aliases), false },
	{ "needs", FIELD_REFS, offsetof(struct feature, needs), offsetof(struct feature, nr_needs),
	  false },
	{ "conflicts", FIELD_REFS, offsetof(struct feature, conflicts),
	  offsetof(struct feature, nr_conflicts), false },
	{ "implies", FIELD_REFS, offsetof(struct feature, implies),
	  offsetof(struct feature, nr_implies), false },
};

#define NR_FIELDS (sizeof(fields) / sizeof(fields[0]))

static struct pos position(const struct reader *r, yaml_mark_t mark)
{
	return (struct pos){ r->path, (unsigned int)mark.line + 1, (unsigned int)mark.column + 1 };
}

static struct pos here(const struct reader *r)
{
	return position(r, r->event.start_mark);
}

/* Fetch the next event; at the end of what can be read, `stopped` is set. */
static void advance(struct reader *r)
{
	if (r->stopped)
		return;
	yaml_event_delete(&r->event);
	if (yaml_parser_parse(&r->parser, &r->event)) {
		if (r->event.type == YAML_STREAM_END_EVENT)
			r->stopped = true;
		return;
	}
	memset(&r->event, 0, sizeof(r->event));
	r->stopped = true;
	if (r->parser.error == YAML_MEMORY_ERROR) {
		r->m->out_of_memory = true;
		return;
	}
	if (r->parser.error == YAML_READER_ERROR)
		model_report(r->m, SEVERITY_ERROR, "unreadable", (struct pos){ r->path, 0, 0 },
			     "write the registry in UTF-8", "%s at byte %zu", r->parser.problem,
			     r->parser.problem_offset);
	else
		model_report(r->m, SEVERITY_ERROR, "unreadable",
			     position(r, r->parser.problem_mark),
			     "correct the YAML; what follows was not read", "%s%s%s",
			     r->parser.context ? r->parser.context : "",
			     r->parser.context ? ": " : "", r->parser.problem);
}

/* Leave the node that starts at the current event, whatever it is. */
static void skip_node(struct reader *r)
{
	int depth = 0;

	do {
		switch (r->event.type) {
		case YAML_MAPPING_START_EVENT:
		case YAML_SEQUENCE_START_EVENT:
			depth++;
			break;
		case YAML_MAPPING_END_EVENT:
		case YAML_SEQUENCE_END_EVENT:
			depth--;
			break;
		default:
			break;
		}
		if (depth > NESTING_MAX) {
			model_report(r->m, SEVERITY_ERROR, "unreadable", here(r),
				     "what follows was not read", "nested too deeply");
			r->stopped = true;
			return;
		}
		advance(r);
	} while (depth > 0 && !r->stopped);
}

static const char *event_name(const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		return "a word";
	case YAML_MAPPING_START_EVENT:
		return "a mapping";
	case YAML_SEQUENCE_START_EVENT:
		return "a list";
	case YAML_ALIAS_EVENT:
		return "an alias";
	default:
		return "nothing";
	}
}

/* The current scalar as one line of text, or NULL (reported). */
static const char *take_text(struct reader *r, const char *key)
{
	const yaml_event_t *e = &r->event;
	const char *text;
	size_t size;

	if (e->type != YAML_SCALAR_EVENT) {
		model_report(r->m, SEVERITY_ERROR, "bad-registry", here(r),
			     "write one line of text", "'%s' is %s, not text", key, event_name(e));
		return NULL;
	}
	text = (const char *)e->data.scalar.value;
	size = e->data.scalar.length;
	if (!size || size > TEXT_MAX || strlen(text) != size || strpbrk(text, "\n\r\t")) {
		model_report(r->m, SEVERITY_ERROR, "bad-registry", here(r),
			     "write one line of 1 to 1024 bytes", "'%s' is %s", key,
			     size ? "no single short line" : "empty");
		return NULL;
	}
	return model_copy(r->m, text, size);
}

static const char *take_id(struct reader *r, const char *key)
{
	const char *text = take_text(r, key);

	if (text && (strlen(text) > ID_MAX ||
		     text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_")])) {
		model_report(r->m, SEVERITY_ERROR, "bad-id", here(r),
			     "an id is 1 to 64 of a-z, 0-9 and _", "bad id '%s'", text);
		return NULL;
	}
	return text;
}

static bool take_state(struct reader *r, enum feature_state *ret_state)
{
	const char *text = take_text(r, "state");

	if (!text)
		return false;
	for (unsigned int i = 0; i < NR_FEATURE_STATES; i++) {
		if (!strcmp(text, model_state_name((enum feature_state)i))) {
			*ret_state = (enum feature_state)i;
			return true;
		}
	}
	model_report(r->m, SEVERITY_ERROR, "bad-registry", here(r),
		     "a state is planned, built or removed", "unknown state '%s'", text);
	return false;
}

/* Add one element to a list field. */
static bool take_element(struct reader *r, const struct field *field, void **array, size_t nr)
{
	const char *text =
		field->kind == FIELD_REFS ? take_id(r, field->key) : take_text(r, field->key);
	size_t size = field->kind == FIELD_REFS ? sizeof(struct feature_ref) : sizeof(char *);
	void *larger;

	if (!text)
		return false;
	larger = model_grow(r->m, *array, nr, size);
	if (!larger)
		return false;
	*array = larger;
	if (field->kind == FIELD_REFS)
		((struct feature_ref *)larger)[nr] =
			(struct feature_ref){ .id = text, .at = here(r) };
	else
		((const char **)larger)[nr] = text;
	return true;
}

static bool take_list(struct reader *r, const struct field *field, struct feature *f)
{
	void *array = NULL;
	size_t nr = 0;
	bool ok = true;

	if (r->event.type != YAML_SEQUENCE_START_EVENT) {
		model_report(r->m, SEVERITY_ERROR, "bad-registry", here(r),
			     "write a list: [one, two]", "'%s' is %s, not a list", field->key,
			     event_name(&r->event));
		skip_node(r);
		return false;
	}
	advance(r);
	while (!r->stopped && r->event.type != YAML_SEQUENCE_END_EVENT) {
		if (take_element(r, field, &array, nr))
			nr++;
		else
			ok = false;
		skip_node(r);
	}
	advance(r);
	memcpy((char *)f + field->offset, &array, sizeof(array));
	memcpy((char *)f + field->nr_offset, &nr, sizeof(nr));
	return ok;
}

static bool take_value(struct reader *r, const struct field *field, struct feature *f)
{
	void *slot = (char *)f + field->offset;
	const char *text = NULL;
	bool ok = false;

	switch (field->kind) {
	case FIELD_TEXTS:
	case FIELD_REFS:
		return take_list(r, field, f);
	case FIELD_STATE:
		ok = take_state(r, slot);
		break;
	case FIELD_ID:
	case FIELD_TEXT:
		text = field->kind == FIELD_ID ? take_id(r, field->key) : take_text(r, field->key);
		memcpy(slot, &text, sizeof(text));
		ok = text != NULL;
		break;
	}
	skip_node(r);
	return ok;
}

static const struct field *find_field(struct reader *r, const char *key)
{
	const char *near = NULL;
	unsigned int best = text_tolerance(strlen(key)) + 1;

	for (size_t i = 0; i < NR_FIELDS; i++)
		if (!strcmp(key, fields[i].key))
			return &fields[i];
	for (size_t i = 0; i < NR_FIELDS; i++) {
		unsigned int d = text_distance(key, fields[i].key, best - 1);

		if (d < best) {
			best = d;
			near = fields[i].key;
		}
	}
	model_report(r->m, SEVERITY_ERROR, "bad-registry", here(r),
		     near ? NULL : "remove it, or see the head of support/features.yaml",
		     "unknown key '%s'%s%s%s", key, near ? "; did you mean '" : "",
		     near ? near : "", near ? "'?" : "");
	return NULL;
}

/* One "key: value" of a feature. */
static bool read_pair(struct reader *r, struct feature *f, bool *seen)
{
	const struct field *field;
	const char *key = take_text(r, "key");
	bool ok = true;

	field = key ? find_field(r, key) : NULL;
	if (field && seen[field - fields]) {
		model_report(r->m, SEVERITY_ERROR, "duplicate-key", here(r), "keep one of them",
			     "'%s' is given twice", field->key);
		field = NULL;
	}
	skip_node(r); /* the key */
	if (r->stopped)
		return false;
	if (!field) {
		skip_node(r);
		return false;
	}
	seen[field - fields] = true;
	ok = take_value(r, field, f);
	return ok;
}

static bool check_tombstone(struct reader *r, const struct feature *f)
{
	bool has = f->removed_in || f->removed_reason || f->replaced_by;

	if (f->state == FEATURE_REMOVED && !(f->removed_in && f->removed_reason)) {
		model_report(r->m, SEVERITY_ERROR, "bad-registry", f->at,
			     "a tombstone says when and why",
			     "removed feature '%s' lacks 'removed_in' or 'removed_reason'", f->id);
		return false;
	}
	if (f->state != FEATURE_REMOVED && has) {
		model_report(r->m, SEVERITY_ERROR, "bad-registry", f->at,
			     "set 'state: removed' or drop the removal's keys",
			     "feature '%s' is %s, yet says how it was removed", f->id,
			     model_state_name(f->state));
		return false;
	}
	return true;
}

/* All that is needed is there, and it is the only one of its id. */
static bool check_feature(struct reader *r, struct feature *f, const bool *seen)
{
	const struct feature *twin;

	for (size_t i = 0; i < NR_FIELDS; i++) {
		if (fields[i].required && !seen[i]) {
			model_report(r->m, SEVERITY_ERROR, "bad-registry", f->at, "add it",
				     "a feature lacks the key '%s'", fields[i].key);
			return false;
		}
	}
	twin = model_feature(r->m, f->id);
	if (twin) {
		model_report(r->m, SEVERITY_ERROR, "duplicate-id", f->at,
			     "an id names one feature, for ever: choose another",
			     "id '%s' is already that of line %u", f->id, twin->at.line);
		return false;
	}
	if (!f->symbol)
		f->symbol = f->id;
	return check_tombstone(r, f);
}

static void read_feature(struct reader *r)
{
	struct feature *f = model_alloc(r->m, sizeof(*f));
	bool seen[NR_FIELDS] = { 0 };
	bool ok = true;

	if (!f) {
		r->stopped = true;
		return;
	}
	f->at = here(r);
	if (r->event.type != YAML_MAPPING_START_EVENT) {
		model_report(r->m, SEVERITY_ERROR, "bad-registry", here(r),
			     "a feature is a mapping: - id: NAME", "a feature is %s",
			     event_name(&r->event));
		skip_node(r);
		return;
	}
	advance(r);
	while (!r->stopped && r->event.type != YAML_MAPPING_END_EVENT)
		ok &= read_pair(r, f, seen);
	if (r->stopped)
		return;
	advance(r);
	if (ok && check_feature(r, f, seen))
		model_add_feature(r->m, f);
}

static void read_features(struct reader *r)
{
	if (r->event.type != YAML_SEQUENCE_START_EVENT) {
		model_report(r->m, SEVERITY_ERROR, "bad-registry", here(r),
			     "write 'features:' and a list of them", "'features' is %s, not a list",
			     event_name(&r->event));
		skip_node(r);
		return;
	}
	advance(r);
	while (!r->stopped && r->event.type != YAML_SEQUENCE_END_EVENT)
		read_feature(r);
	advance(r);
}

static void read_format(struct reader *r)
{
	const char *text = take_text(r, "format");

	if (text && strcmp(text, "1"))
		model_report(r->m, SEVERITY_ERROR, "bad-registry", here(r),
			     "this program reads format 1", "unknown format '%s'", text);
	skip_node(r);
}

/* The whole: a mapping of `format` and `features`. */
static void read_document(struct reader *r)
{
	bool seen_format = false, seen_features = false;
	struct pos start = here(r);

	if (r->event.type != YAML_MAPPING_START_EVENT) {
		model_report(r->m, SEVERITY_ERROR, "unreadable", start,
			     "start with 'format: 1' and 'features:'", "the registry is %s",
			     event_name(&r->event));
		return;
	}
	advance(r);
	while (!r->stopped && r->event.type != YAML_MAPPING_END_EVENT) {
		const char *key = take_text(r, "key");
		bool *seen = key && !strcmp(key, "format")     ? &seen_format
			     : key && !strcmp(key, "features") ? &seen_features
							       : NULL;

		if (key && (!seen || *seen))
			model_report(r->m, SEVERITY_ERROR, seen ? "duplicate-key" : "bad-registry",
				     here(r), "the registry has 'format' and 'features', once each",
				     "%s key '%s'", seen ? "second" : "unknown", key);
		skip_node(r);
		if (r->stopped)
			return;
		if (!seen || *seen)
			skip_node(r);
		else if (seen == &seen_format)
			read_format(r);
		else
			read_features(r);
		if (seen)
			*seen = true;
	}
	if (!r->stopped && !(seen_format && seen_features))
		model_report(r->m, SEVERITY_ERROR, "bad-registry", start,
			     "start with 'format: 1' and 'features:'", "the registry lacks '%s'",
			     seen_format ? "features" : "format");
}

int registry_parse(struct model *m, const char *path, const char *text, size_t size)
{
	struct reader r = { .m = m };
	size_t nr_errors = m->nr_errors;

	r.path = model_copy(m, path, strlen(path));
	if (!r.path || model_add_source(m, path, text, size))
		return -ENOMEM;
	if (!yaml_parser_initialize(&r.parser)) {
		m->out_of_memory = true;
		return -ENOMEM;
	}
	yaml_parser_set_input_string(&r.parser, (const unsigned char *)text, size);
	m->has_registry = true;
	do {
		advance(&r);
	} while (!r.stopped &&
		 (r.event.type == YAML_NO_EVENT || r.event.type == YAML_STREAM_START_EVENT ||
		  r.event.type == YAML_DOCUMENT_START_EVENT));
	if (!r.stopped) {
		read_document(&r);
	} else if (r.event.type == YAML_STREAM_END_EVENT) {
		model_report(m, SEVERITY_ERROR, "unreadable", (struct pos){ r.path, 1, 1 },
			     "start with 'format: 1' and 'features:'", "the registry is empty");
	}
	while (!r.stopped && r.event.type == YAML_MAPPING_END_EVENT)
		advance(&r);
	while (!r.stopped && r.event.type == YAML_DOCUMENT_END_EVENT)
		advance(&r);
	if (!r.stopped && r.event.type == YAML_DOCUMENT_START_EVENT)
		model_report(m, SEVERITY_ERROR, "bad-registry", here(&r), "remove it",
			     "a second document");
	yaml_event_delete(&r.event);
	yaml_parser_delete(&r.parser);
	m->has_whole_registry = m->nr_errors == nr_errors;
	return m->out_of_memory ? -ENOMEM : 0;
}

int registry_read(struct model *m, const char *path)
{
	return read_file(m, path, REGISTRY_MAX, registry_parse);
}
