/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading and writing policy locks. The reader takes nothing on trust: every
 * line must be known, every key appear once, and the decision id must fit the
 * rest, so an edit by hand shows.
 */
#include "engine/lockfile.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/complain.h"
#include "base/file.h"
#include "engine/sentence.h"

#define LINE_MAX_BYTES 4096u
#define ENTRIES_MAX 1000000u
#define ERRORS_MAX 20u

static const char rebuild[] = "build the image again, with a lock of `candor policy lock`";
static const char regenerate[] = "run `candor policy lock`; locks are not edited by hand";

/* ---- the struct ---- */

static void free_entries(struct lock_entry *list, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		free(list[i].name);
		free(list[i].value);
		free(list[i].comment);
	}
	free(list);
}

void lockfile_destroy(struct lockfile *lock)
{
	if (!lock)
		return;
	free_entries(lock->inputs, lock->nr_inputs);
	free_entries(lock->features, lock->nr_features);
	free_entries(lock->limits, lock->nr_limits);
	free_entries(lock->waivers, lock->nr_waivers);
	free_entries(lock->taints, lock->nr_taints);
	free_entries(lock->accepts, lock->nr_accepts);
	free_entries(lock->needs, lock->nr_needs);
	free_entries(lock->implies, lock->nr_implies);
	free(lock->path);
	free(lock->profile);
	free(lock->target);
	free(lock->decision);
	free(lock);
}

struct lockfile *lockfile_create(const char *path, const char *profile, const char *target)
{
	struct lockfile *lock = calloc(1, sizeof(*lock));

	if (!lock)
		return NULL;
	lock->path = strdup(path);
	lock->profile = profile ? strdup(profile) : NULL;
	lock->target = target ? strdup(target) : NULL;
	if (!lock->path || (profile && !lock->profile) || (target && !lock->target)) {
		lockfile_destroy(lock);
		return NULL;
	}
	return lock;
}

static int add_entry(struct lock_entry **list, size_t *nr, const char *name, const char *value,
		     const char *comment, unsigned int line)
{
	struct lock_entry e = { .line = line };

	if (*nr == 0 || (*nr >= 16 && !(*nr & (*nr - 1)))) {
		struct lock_entry *grown = reallocarray(*list, *nr ? *nr * 2 : 16, sizeof(e));

		if (!grown)
			return -ENOMEM;
		*list = grown;
	}
	e.name = strdup(name);
	e.value = strdup(value);
	e.comment = strdup(comment);
	if (!e.name || !e.value || !e.comment) {
		free(e.name);
		free(e.value);
		free(e.comment);
		return -ENOMEM;
	}
	(*list)[(*nr)++] = e;
	return 0;
}

int lockfile_add_input(struct lockfile *lock, const char *name, const char *hash)
{
	return add_entry(&lock->inputs, &lock->nr_inputs, name, hash, "", 0);
}

int lockfile_add_feature(struct lockfile *lock, const char *id, enum decided decided,
			 const char *comment)
{
	return add_entry(&lock->features, &lock->nr_features, id, host_decided_name(decided),
			 comment, 0);
}

int lockfile_add_taint(struct lockfile *lock, const char *id, char letter, const char *comment)
{
	const char value[] = { letter, '\0' };

	return add_entry(&lock->taints, &lock->nr_taints, id, value, comment, 0);
}

int lockfile_add_accepts(struct lockfile *lock, const char *id, char letter, const char *comment)
{
	const char value[] = { letter, '\0' };

	return add_entry(&lock->accepts, &lock->nr_accepts, id, value, comment, 0);
}

int lockfile_add_needs(struct lockfile *lock, const char *id, const char *ids, const char *comment)
{
	return add_entry(&lock->needs, &lock->nr_needs, id, ids, comment, 0);
}

int lockfile_add_implies(struct lockfile *lock, const char *id, const char *ids,
			 const char *comment)
{
	return add_entry(&lock->implies, &lock->nr_implies, id, ids, comment, 0);
}

int lockfile_add_limit(struct lockfile *lock, const char *id, uint64_t value, const char *comment)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	return add_entry(&lock->limits, &lock->nr_limits, id, text, comment, 0);
}

int lockfile_add_waiver(struct lockfile *lock, const char *id, const char *what, const char *other,
			const char *until, const char *comment)
{
	char *name;
	int rc;

	if (asprintf(&name, "%s.%s.%s", id, what, other) < 0)
		return -ENOMEM;
	rc = add_entry(&lock->waivers, &lock->nr_waivers, name, until, comment, 0);
	free(name);
	return rc;
}

bool lockfile_is_on(const struct lock_entry *e)
{
	return strcmp(e->value, "off") != 0;
}

bool lockfile_is_opt_in(const struct lock_entry *e)
{
	return !strcmp(e->value, "opt-in");
}

static int compare_entries(const void *a, const void *b)
{
	const struct lock_entry *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : (x->line > y->line) - (x->line < y->line);
}

static void sort_list(struct lock_entry *list, size_t nr)
{
	if (nr)
		qsort(list, nr, sizeof(*list), compare_entries);
}

static void sort_entries(struct lockfile *lock)
{
	sort_list(lock->inputs, lock->nr_inputs);
	sort_list(lock->features, lock->nr_features);
	sort_list(lock->limits, lock->nr_limits);
	sort_list(lock->waivers, lock->nr_waivers);
	sort_list(lock->taints, lock->nr_taints);
	sort_list(lock->accepts, lock->nr_accepts);
	sort_list(lock->needs, lock->nr_needs);
	sort_list(lock->implies, lock->nr_implies);
}

const struct lock_entry *lockfile_feature(const struct lockfile *lock, const char *id)
{
	const struct lock_entry key = { .name = (char *)(uintptr_t)id };
	size_t low = 0, high = lock->nr_features;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int order = strcmp(key.name, lock->features[mid].name);

		if (!order)
			return &lock->features[mid];
		if (order < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return NULL;
}

/* ---- the decision id and the text ---- */

static void add_pairs(struct strbuf *text, const char *kind, const struct lock_entry *list,
		      size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		strbuf_printf(text, "%s.%s=%s\n", kind, list[i].name, list[i].value);
}

int lockfile_decide_id(const struct lockfile *lock, char ret_id[LOCK_HASH_SIZE])
{
	struct strbuf text = STRBUF_INIT;
	char hex[65];
	int rc;

	strbuf_printf(&text, "lock.format=1\nlock.profile=%s\nlock.target=%s\n", lock->profile,
		      lock->target);
	add_pairs(&text, "input", lock->inputs, lock->nr_inputs);
	add_pairs(&text, "feature", lock->features, lock->nr_features);
	add_pairs(&text, "limit", lock->limits, lock->nr_limits);
	add_pairs(&text, "waiver", lock->waivers, lock->nr_waivers);
	add_pairs(&text, "taint", lock->taints, lock->nr_taints);
	add_pairs(&text, "accepts", lock->accepts, lock->nr_accepts);
	add_pairs(&text, "needs", lock->needs, lock->nr_needs);
	add_pairs(&text, "implies", lock->implies, lock->nr_implies);
	if (!text.failed) {
		sha256_hex(text.data, text.size, hex);
		snprintf(ret_id, LOCK_HASH_SIZE, "sha256:%s", hex);
	}
	rc = text.failed ? -ENOMEM : 0;
	strbuf_reset(&text);
	return rc;
}

int lockfile_seal(struct lockfile *lock)
{
	char id[LOCK_HASH_SIZE];
	int rc;

	sort_entries(lock);
	rc = lockfile_decide_id(lock, id);
	if (rc)
		return rc;
	free(lock->decision);
	lock->decision = strdup(id);
	return lock->decision ? 0 : -ENOMEM;
}

static void write_entries(struct strbuf *out, const char *kind, const struct lock_entry *list,
			  size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		strbuf_printf(out, "%s.%s = %s  # %s\n", kind, list[i].name, list[i].value,
			      list[i].comment);
}

void lockfile_write(const struct lockfile *lock, struct strbuf *out)
{
	strbuf_puts(out, "# SPDX-FileCopyrightText: 2026 The Candor authors\n"
			 "# SPDX-License-Identifier: GPL-2.0-or-later\n");
	strbuf_printf(out,
		      "# Written by `candor policy lock --profile %s`: change the rules, not this "
		      "file.\n",
		      lock->profile);
	strbuf_printf(out,
		      "lock.format = 1\nlock.profile = %s\nlock.target = %s\nlock.decision = %s\n",
		      lock->profile, lock->target, lock->decision);
	for (size_t i = 0; i < lock->nr_inputs; i++)
		strbuf_printf(out, "input.%s = %s\n", lock->inputs[i].name, lock->inputs[i].value);
	write_entries(out, "feature", lock->features, lock->nr_features);
	write_entries(out, "limit", lock->limits, lock->nr_limits);
	write_entries(out, "waiver", lock->waivers, lock->nr_waivers);
	write_entries(out, "taint", lock->taints, lock->nr_taints);
	write_entries(out, "accepts", lock->accepts, lock->nr_accepts);
	write_entries(out, "needs", lock->needs, lock->nr_needs);
	write_entries(out, "implies", lock->implies, lock->nr_implies);
}

/* ---- the reader ---- */

struct reader {
	struct lockfile *lock;
	struct strbuf *err;
	const char *remedy;
	unsigned int line;
	unsigned int nr_errors;
	size_t nr_entries;
	bool has_format;
	bool out_of_memory;
};

static void wrong(struct reader *r, unsigned int line, const char *what, const char *quote)
{
	const struct place at = { r->lock->path, line };

	if (r->nr_errors++ < ERRORS_MAX)
		complain(r->err, at, r->remedy, "%s%s%.80s%s", what, *quote ? " '" : "", quote,
			 *quote ? "'" : "");
}

static bool is_word(const char *s, const char *extra)
{
	if (!*s || strlen(s) > 255)
		return false;
	for (; *s; s++) {
		if (!(*s >= 'a' && *s <= 'z') && !(*s >= '0' && *s <= '9') && !strchr(extra, *s))
			return false;
	}
	return true;
}

static bool is_hash(const char *s)
{
	return !strncmp(s, "sha256:", 7) && strlen(s) == 71 &&
	       strspn(s + 7, "0123456789abcdef") == 64;
}

/* "id" or "id,id": no empty one. */
static bool is_ids(const char *s)
{
	for (;;) {
		size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_");

		s += n;
		if (!n || !*s)
			return n != 0;
		if (*s++ != ',')
			return false;
	}
}

/* A key that may be given once. */
static void set_once(struct reader *r, char **field, const char *key, const char *value)
{
	if (*field) {
		wrong(r, r->line, "second line for", key);
		return;
	}
	*field = strdup(value);
	if (!*field)
		r->out_of_memory = true;
}

static void take_lock_key(struct reader *r, const char *key, const char *value)
{
	if (!strcmp(key, "lock.format")) {
		if (r->has_format)
			wrong(r, r->line, "second line for", key);
		else if (strcmp(value, "1"))
			wrong(r, r->line, "this candor reads format 1, not", value);
		r->has_format = true;
	} else if (!strcmp(key, "lock.profile") && is_word(value, "_-")) {
		set_once(r, &r->lock->profile, key, value);
	} else if (!strcmp(key, "lock.target") && is_word(value, "_-")) {
		set_once(r, &r->lock->target, key, value);
	} else if (!strcmp(key, "lock.decision") && is_hash(value)) {
		set_once(r, &r->lock->decision, key, value);
	} else {
		wrong(r, r->line, "unknown or malformed lock line", key);
	}
}

static void take_input(struct reader *r, const char *name, const char *value, const char *comment)
{
	struct lockfile *l = r->lock;

	if (!is_word(name, "_-./") || !is_hash(value))
		wrong(r, r->line, "want 'input.NAME = sha256:HEX', not", name);
	else if (add_entry(&l->inputs, &l->nr_inputs, name, value, comment, r->line))
		r->out_of_memory = true;
}

static void take_feature(struct reader *r, const char *name, const char *value, const char *comment)
{
	struct lockfile *l = r->lock;

	if (!is_word(name, "_"))
		wrong(r, r->line, "not a feature id:", name);
	else if (host_decided_find(value) == NR_DECIDED)
		wrong(r, r->line, "a feature is on, off or opt-in, not", value);
	else if (add_entry(&l->features, &l->nr_features, name, value, comment, r->line))
		r->out_of_memory = true;
}

static void take_limit(struct reader *r, const char *name, const char *value, const char *comment)
{
	struct lockfile *l = r->lock;
	uint64_t number;

	if (!is_word(name, "_"))
		wrong(r, r->line, "not a feature id:", name);
	else if (!sentence_parse_size(value, &number) || strchr(value, ' '))
		wrong(r, r->line, "a limit is a whole number, not", value);
	else if (add_entry(&l->limits, &l->nr_limits, name, value, comment, r->line))
		r->out_of_memory = true;
}

static void take_waiver(struct reader *r, const char *name, const char *value, const char *comment)
{
	struct lockfile *l = r->lock;

	if (!is_word(name, "_."))
		wrong(r, r->line, "want 'waiver.ID.need.OTHER', not", name);
	else if (!sentence_date_valid(value))
		wrong(r, r->line, "a waiver holds until a day, not", value);
	else if (add_entry(&l->waivers, &l->nr_waivers, name, value, comment, r->line))
		r->out_of_memory = true;
}

static bool is_letter(struct reader *r, const char *name, const char *value)
{
	if (!is_word(name, "_"))
		wrong(r, r->line, "not a feature id:", name);
	else if (value[0] < 'A' || value[0] > 'Z' || value[1])
		wrong(r, r->line, "a taint is a letter from A to Z, not", value);
	else
		return true;
	return false;
}

static void take_taint(struct reader *r, const char *name, const char *value, const char *comment)
{
	struct lockfile *l = r->lock;

	if (is_letter(r, name, value) &&
	    add_entry(&l->taints, &l->nr_taints, name, value, comment, r->line))
		r->out_of_memory = true;
}

static void take_accepts(struct reader *r, const char *name, const char *value, const char *comment)
{
	struct lockfile *l = r->lock;

	if (is_letter(r, name, value) &&
	    add_entry(&l->accepts, &l->nr_accepts, name, value, comment, r->line))
		r->out_of_memory = true;
}

static void take_needs(struct reader *r, const char *name, const char *value, const char *comment)
{
	struct lockfile *l = r->lock;

	if (!is_word(name, "_") || !is_ids(value))
		wrong(r, r->line, "want 'needs.ID = ID,ID', not", name);
	else if (add_entry(&l->needs, &l->nr_needs, name, value, comment, r->line))
		r->out_of_memory = true;
}

static void take_implies(struct reader *r, const char *name, const char *value, const char *comment)
{
	struct lockfile *l = r->lock;

	if (!is_word(name, "_") || !is_ids(value))
		wrong(r, r->line, "want 'implies.ID = ID,ID', not", name);
	else if (add_entry(&l->implies, &l->nr_implies, name, value, comment, r->line))
		r->out_of_memory = true;
}

static const struct {
	const char *prefix;
	void (*take)(struct reader *r, const char *name, const char *value, const char *comment);
} key_kinds[] = {
	{ "input.", take_input },   { "feature.", take_feature }, { "limit.", take_limit },
	{ "waiver.", take_waiver }, { "taint.", take_taint },	  { "accepts.", take_accepts },
	{ "needs.", take_needs },   { "implies.", take_implies },
};

static void take_pair(struct reader *r, const char *key, const char *value, const char *comment)
{
	if (r->nr_entries++ >= ENTRIES_MAX) {
		wrong(r, r->line, "too many lines", "");
		return;
	}
	if (!strncmp(key, "lock.", 5)) {
		take_lock_key(r, key, value);
		return;
	}
	for (size_t i = 0; i < sizeof(key_kinds) / sizeof(key_kinds[0]); i++) {
		size_t n = strlen(key_kinds[i].prefix);

		if (!strncmp(key, key_kinds[i].prefix, n)) {
			key_kinds[i].take(r, key + n, value, comment);
			return;
		}
	}
	wrong(r, r->line, "unknown key", key);
}

static char *trim(char *s)
{
	size_t n;

	while (*s == ' ' || *s == '\t')
		s++;
	n = strlen(s);
	while (n && (s[n - 1] == ' ' || s[n - 1] == '\t'))
		s[--n] = '\0';
	return s;
}

/* key = value # comment */
static void take_line(struct reader *r, char *line)
{
	char *comment = strchr(line, '#');
	char *value;

	if (comment)
		*comment++ = '\0';
	line = trim(line);
	if (!*line)
		return;
	value = strchr(line, '=');
	if (!value) {
		wrong(r, r->line, "want 'key = value', not", line);
		return;
	}
	*value++ = '\0';
	take_pair(r, trim(line), trim(value), comment ? trim(comment) : "");
}

/* lock TAB key TAB value */
static void take_record(struct reader *r, char *line)
{
	char *kind = strsep(&line, "\t"), *key = strsep(&line, "\t"), *value = line;

	if (strcmp(kind, "lock") || !key || !value || strchr(value, '\t'))
		wrong(r, r->line, "want 'lock TAB key TAB value', not", kind);
	else
		take_pair(r, key, value, "");
}

static bool line_is_clean(struct reader *r, const char *line, size_t size)
{
	if (size > LINE_MAX_BYTES) {
		wrong(r, r->line, "line is too long", "");
		return false;
	}
	for (size_t i = 0; i < size; i++) {
		if (((unsigned char)line[i] < 0x20 && line[i] != '\t') || line[i] == 0x7f) {
			wrong(r, r->line, "control character in the line", "");
			return false;
		}
	}
	return true;
}

static void each_line(struct reader *r, const char *text, size_t size,
		      void (*take)(struct reader *, char *))
{
	char copy[LINE_MAX_BYTES + 1];

	while (size && r->nr_errors < ERRORS_MAX && !r->out_of_memory) {
		const char *end = memchr(text, '\n', size);
		size_t n = end ? (size_t)(end - text) : size;

		r->line++;
		if (!end)
			wrong(r, r->line, "last line is cut off", "");
		else if (line_is_clean(r, text, n)) {
			memcpy(copy, text, n);
			copy[n] = '\0';
			take(r, copy);
		}
		n += end ? 1 : 0;
		text += n;
		size -= n;
	}
}

static void find_twins(struct reader *r, const struct lock_entry *list, size_t nr)
{
	for (size_t i = 1; i < nr; i++) {
		if (!strcmp(list[i - 1].name, list[i].name))
			wrong(r, list[i].line, "second line for", list[i].name);
	}
}

static void check_whole(struct reader *r)
{
	struct lockfile *l = r->lock;
	char id[LOCK_HASH_SIZE];

	if (!r->has_format)
		wrong(r, 0, "there is no line 'lock.format = 1'", "");
	if (!l->profile)
		wrong(r, 0, "there is no line 'lock.profile = NAME'", "");
	if (!l->target)
		wrong(r, 0, "there is no line 'lock.target = NAME'", "");
	if (!l->decision)
		wrong(r, 0, "there is no line 'lock.decision = sha256:HEX'", "");
	sort_entries(l);
	find_twins(r, l->inputs, l->nr_inputs);
	find_twins(r, l->features, l->nr_features);
	find_twins(r, l->limits, l->nr_limits);
	find_twins(r, l->waivers, l->nr_waivers);
	find_twins(r, l->taints, l->nr_taints);
	find_twins(r, l->accepts, l->nr_accepts);
	find_twins(r, l->needs, l->nr_needs);
	find_twins(r, l->implies, l->nr_implies);
	if (r->nr_errors)
		return;
	if (lockfile_decide_id(l, id))
		r->out_of_memory = true;
	else if (strcmp(id, l->decision))
		wrong(r, 0,
		      "lock.decision does not fit the other lines: the content has been altered",
		      "");
}

static int read_text(const char *path, const char *text, size_t size,
		     void (*take)(struct reader *, char *), struct lockfile **ret_lock,
		     struct strbuf *err)
{
	struct reader r = { .err = err, .remedy = take == take_record ? rebuild : regenerate };

	r.lock = lockfile_create(path, NULL, NULL);
	if (!r.lock)
		return -ENOMEM;
	if (size > LOCKFILE_SIZE_MAX)
		wrong(&r, 0, "is too large for a lock", "");
	else
		each_line(&r, text, size, take);
	if (!r.nr_errors && !r.out_of_memory)
		check_whole(&r);
	if (r.nr_errors || r.out_of_memory) {
		lockfile_destroy(r.lock);
		return r.out_of_memory ? -ENOMEM : -EINVAL;
	}
	*ret_lock = r.lock;
	return 0;
}

int lockfile_parse(const char *path, const char *text, size_t size, struct lockfile **ret_lock,
		   struct strbuf *err)
{
	return read_text(path, text, size, take_line, ret_lock, err);
}

int lockfile_parse_records(const char *path, const char *text, size_t size,
			   struct lockfile **ret_lock, struct strbuf *err)
{
	return read_text(path, text, size, take_record, ret_lock, err);
}
