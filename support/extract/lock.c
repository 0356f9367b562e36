/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Policy locks, as a file ("feature.umip = on  # why") and as the records of
 * one that an image carries ("lock TAB feature.umip TAB on").
 */
#include "extract/extract.h"

#include <errno.h>
#include <string.h>

#include "model/read.h"
#include "private.h"

#define LOCK_MAX ((size_t)1 << 20)

struct reader {
	struct model *m;
	struct lock *lock;
	struct strmap seen;    /* keys */
	size_t nr_diagnostics; /* before the first line */
	bool is_file;	       /* not the records of an image */
	bool has_format;
};

static struct span trim(const char *data, size_t size)
{
	while (size && strchr(" \t\r", data[0]) && data[0]) {
		data++;
		size--;
	}
	while (size && strchr(" \t\r", data[size - 1]) && data[size - 1])
		size--;
	return (struct span){ data, size };
}

static int start(struct reader *r, struct model *m, const char *path)
{
	*r = (struct reader){ .m = m, .nr_diagnostics = m->nr_diagnostics };
	r->lock = model_alloc(m, sizeof(*r->lock));
	if (!r->lock)
		return -ENOMEM;
	r->lock->path = model_copy(m, path, strlen(path));
	r->lock->profile = "";
	r->lock->target = "";
	return r->lock->path ? 0 : -ENOMEM;
}

static int add_gate(struct reader *r, const char *id, const char *value, struct pos at)
{
	struct lock *l = r->lock;
	struct gate *gates;

	bool opt_in = !strcmp(value, "opt-in");

	if (!opt_in && strcmp(value, "on") && strcmp(value, "off")) {
		model_report(r->m, SEVERITY_ERROR, "bad-lock", at,
			     "a feature is 'on', 'off' or 'opt-in'", "feature '%s' is '%s'", id,
			     value);
		return 0;
	}
	gates = model_grow(r->m, l->gates, l->nr_gates, sizeof(*gates));
	if (!gates)
		return -ENOMEM;
	l->gates = gates;
	l->gates[l->nr_gates++] = (struct gate){
		.id = id, .on = opt_in || !strcmp(value, "on"), .opt_in = opt_in, .at = at
	};
	return 0;
}

static int add_accepted(struct reader *r, const char *id)
{
	struct lock *l = r->lock;
	const char **ids = model_grow(r->m, l->accepted, l->nr_accepted, sizeof(*ids));

	if (!ids)
		return -ENOMEM;
	l->accepted = ids;
	l->accepted[l->nr_accepted++] = id;
	return 0;
}

static int add_pair(struct reader *r, struct span key_span, struct span value_span, struct pos at)
{
	char *key = model_copy(r->m, key_span.data, key_span.size);
	char *value = model_copy(r->m, value_span.data, value_span.size);
	void *first;

	if (!key || !value)
		return -ENOMEM;
	first = strmap_put(&r->seen, key, key);
	if (!first)
		return -ENOMEM;
	if (first != key) {
		model_report(r->m, SEVERITY_ERROR, "bad-lock", at,
			     "write the lock anew with `candor policy lock`",
			     "key '%s' is given twice", key);
		return 0;
	}
	if (!strncmp(key, "feature.", 8))
		return add_gate(r, key + 8, value, at);
	if (!strncmp(key, "accepts.", 8))
		return add_accepted(r, key + 8);
	if (!strcmp(key, "lock.profile"))
		r->lock->profile = value;
	if (!strcmp(key, "lock.target"))
		r->lock->target = value;
	if (!strcmp(key, "lock.format")) {
		r->has_format = true;
		if (strcmp(value, "1"))
			model_report(r->m, SEVERITY_ERROR, "bad-lock", at,
				     "this program reads format 1", "unknown lock format '%s'",
				     value);
	}
	return 0;
}

static int finish(struct reader *r, int rc)
{
	/* Of a file that is no lock, what is wrong with its lines says nothing. */
	if (!rc && !r->has_format && r->is_file)
		model_retract(r->m, r->nr_diagnostics);
	if (!rc && !r->has_format)
		model_report(r->m, SEVERITY_ERROR, r->is_file ? "unreadable" : "bad-lock",
			     (struct pos){ r->lock->path, 1, 1 },
			     "write the lock with `candor policy lock`",
			     "no 'lock.format': this is no policy lock");
	strmap_reset(&r->seen);
	if (!rc && (r->has_format || !r->is_file))
		rc = model_add_lock(r->m, r->lock);
	if (rc)
		r->m->out_of_memory = true;
	return rc;
}

static int parse_line(struct reader *r, const char *line, size_t size, unsigned int number)
{
	const char *hash = memchr(line, '#', size);
	struct span text = trim(line, hash ? (size_t)(hash - line) : size);
	const char *equals = text.size ? memchr(text.data, '=', text.size) : NULL;
	struct pos at = { r->lock->path, number, (unsigned int)(text.data - line) + 1 };
	size_t key_size;

	if (!text.size)
		return 0;
	/* What is behind it would be lost to all who read strings. */
	if (memchr(text.data, '\0', text.size)) {
		model_report(r->m, SEVERITY_ERROR, "bad-lock", at,
			     "write the lock anew with `candor policy lock`", "a NUL in the line");
		return 0;
	}
	if (!equals) {
		model_report(r->m, SEVERITY_ERROR, "bad-lock", at, "a line is 'key = value'",
			     "a line without '='");
		return 0;
	}
	key_size = (size_t)(equals - text.data);
	return add_pair(r, trim(text.data, key_size), trim(equals + 1, text.size - key_size - 1),
			at);
}

int lock_parse(struct model *m, const char *path, const char *text, size_t size)
{
	struct reader r;
	unsigned int line = 1;
	int rc = start(&r, m, path);

	r.is_file = true;
	if (!rc)
		rc = model_add_source(m, path, text, size);
	for (size_t i = 0; i < size && !rc; line++) {
		const char *newline = memchr(text + i, '\n', size - i);
		size_t end = newline ? (size_t)(newline - text) : size;

		rc = parse_line(&r, text + i, end - i, line);
		i = end + 1;
	}
	return finish(&r, rc);
}

int lock_read(struct model *m, const char *path)
{
	return read_file(m, path, LOCK_MAX, lock_parse);
}

int lock_parse_records(struct model *m, const char *object, const char *data, size_t size)
{
	struct reader r;
	unsigned int line = 1;
	int rc = start(&r, m, object);

	for (size_t i = 0; i < size && !rc; line++) {
		const char *newline = memchr(data + i, '\n', size - i);
		size_t end = newline ? (size_t)(newline - data) : size;
		const char *tab = end - i > 5 && !memcmp(data + i, "lock\t", 5)
					  ? memchr(data + i + 5, '\t', end - i - 5)
					  : NULL;
		struct pos at = { r.lock->path, 0, 0 };

		if (tab && newline)
			rc = add_pair(&r, trim(data + i + 5, (size_t)(tab - data) - i - 5),
				      trim(tab + 1, end - (size_t)(tab - data) - 1), at);
		else
			model_report(m, SEVERITY_ERROR, "bad-record", at,
				     "build it again from its sources",
				     "record %u of .candor.lock is no lock record", line);
		i = end + 1;
	}
	return finish(&r, rc);
}
