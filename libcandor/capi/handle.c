/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Handles: made, told what to read, destroyed. */
#include "capi/private.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium/core.h>

#include "base/date.h"
#include "capi/memory.h"
#include "check/check.h"
#include "engine/lockfile.h"

#define TEXTS_MAX 4096

static int check_channel(const char *value, struct candor_error *e)
{
	for (unsigned int i = CHANNEL_UNSTABLE; i < NR_CHANNELS; i++) {
		if (!strcmp(value, model_channel_name((enum channel)i)))
			return 0;
	}
	return error_set(e, -EINVAL, NULL, "there are unstable, release and security-only",
			 "no channel '%s'", value);
}

static int check_date(const char *value, struct candor_error *e)
{
	return date_is_valid(value)
		       ? 0
		       : error_set(e, -EINVAL, NULL, "write YYYY-MM-DD", "'%s' is no date", value);
}

static int check_rule(const char *value, struct candor_error *e)
{
	const char *near = check_suggest_rule(value);

	if (check_find_rule(value))
		return 0;
	return error_set(e, -EINVAL, NULL, "see `candor check --rules`", "no rule '%s'%s%s%s",
			 value, near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
}

static int check_severity(const char *value, struct candor_error *e)
{
	if (!strcmp(value, "error") || !strcmp(value, "warning"))
		return 0;
	return error_set(e, -EINVAL, NULL, "there are error and warning", "no severity '%s'",
			 value);
}

/* An option, and what values it takes; NULL: any. */
static const struct option_row {
	struct candor_option option;
	int (*check)(const char *value, struct candor_error *e);
} options[NR_OPTIONS] = {
	[OPTION_TREE] = { { "tree", "DIR", "the source tree", false, { NULL } }, NULL },
	[OPTION_REGISTRY] = { { "registry", "FILE", "the registry of features", false, { NULL } },
			      NULL },
	[OPTION_CONFIG] = { { "config",
			      "FILE",
			      "where in a tree the facts stand: candor.yaml",
			      false,
			      { NULL } },
			    NULL },
	[OPTION_STATEMENT] = { { "statement", "FILE", "a statement, SUPPORT.md", true, { NULL } },
			       NULL },
	[OPTION_LOCK] = { { "lock", "FILE", "a policy lock", true, { NULL } }, NULL },
	[OPTION_OBJECT] = { { "object",
			      "FILE",
			      "an ELF object, archive or executable",
			      true,
			      { NULL } },
			    NULL },
	[OPTION_EVIDENCE] = { { "evidence", "FILE", "results of tests", false, { NULL } }, NULL },
	[OPTION_WAIVERS] = { { "waivers",
			       "FILE",
			       "findings that may stand, and why",
			       false,
			       { NULL } },
			     NULL },
	[OPTION_BASELINE] = { { "baseline",
				"STATE",
				"findings that are known: a file or revision",
				false,
				{ NULL } },
			      NULL },
	[OPTION_PREVIOUS] = { { "previous", "STATE", "what was stated before", false, { NULL } },
			      NULL },
	[OPTION_BRANCH] = { { "branch", "STATE", "a statement of another branch", true, { NULL } },
			    NULL },
	[OPTION_CHANNEL] = { { "channel",
			       "NAME",
			       "unstable, release or security-only",
			       false,
			       { NULL } },
			     check_channel },
	[OPTION_DATE] = { { "date", "DATE", "what day it is, YYYY-MM-DD", false, { NULL } },
			  check_date },
	[OPTION_RULE] = { { "rule", "ID", "only findings of this rule", true, { NULL } },
			  check_rule },
	[OPTION_SEVERITY] = { { "severity", "NAME", "error: no warnings", false, { NULL } },
			      check_severity },
};

const char *candor_api_version(void)
{
	return "1.2";
}

const char *candor_version(void)
{
	return CANDOR_VERSION;
}

const struct candor_option *candor_option_at(size_t i)
{
	return i < NR_OPTIONS ? &options[i].option : NULL;
}

/* Copy what fits of @n bytes, whole characters only. */
static void copy_piece(char *to, size_t size, const char *text, size_t n)
{
	if (n >= size) {
		n = size - 1;
		while (n && ((unsigned char)text[n] & 0xc0) == 0x80)
			n--;
	}
	if (n)
		memcpy(to, text, n);
	to[n] = '\0';
}

static void copy_text(char *to, size_t size, const char *text)
{
	copy_piece(to, size, text, text ? strnlen(text, size) : 0);
}

int error_set(struct candor_error *e, int code, const char *file, const char *remedy,
	      const char *fmt, ...)
{
	char message[1024];
	va_list ap;

	if (!e)
		return code;
	*e = (struct candor_error){ .code = code };
	va_start(ap, fmt);
	vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	copy_text(e->message, sizeof(e->message), message);
	copy_text(e->file, sizeof(e->file), file);
	copy_text(e->remedy, sizeof(e->remedy), remedy);
	return code;
}

int error_memory(struct candor_error *e)
{
	return error_set(e, -ENOMEM, NULL, "free memory", "out of memory");
}

const struct candor_allocator *handle_enter(const struct candor *c)
{
	return memory_enter(c->has_allocator ? &c->allocator : NULL);
}

int candor_create(const struct candor_allocator *allocator, struct candor **ret_candor)
{
	const struct candor_allocator *before;
	struct candor *c;

	/* It may be called by any thread, any number of times. */
	if (sodium_init() < 0)
		return -ENOMEM;
	before = memory_enter(allocator);
	c = calloc(1, sizeof(*c));
	memory_leave(before);
	if (!c)
		return -ENOMEM;
	c->has_allocator = allocator;
	if (allocator)
		c->allocator = *allocator;
	*ret_candor = c;
	return 0;
}

static void free_values(struct capi_values *v)
{
	for (size_t i = 0; i < v->nr; i++)
		free((char *)v->items[i]);
	free(v->items);
	*v = (struct capi_values){ 0 };
}

static void free_text(struct capi_text *t)
{
	free(t->path);
	free(t->text);
}

void candor_destroy(struct candor *c)
{
	const struct candor_allocator *before;
	struct candor_allocator allocator;

	if (!c)
		return;
	/* The handle is its own last block: the allocator must outlive it. */
	allocator = c->allocator;
	before = memory_enter(c->has_allocator ? &allocator : NULL);
	for (size_t i = 0; i < NR_OPTIONS; i++)
		free_values(&c->values[i]);
	for (size_t i = 0; i < c->nr_texts; i++)
		free_text(&c->texts[i]);
	free(c->texts);
	model_destroy(c->model);
	lockfile_destroy(c->lock);
	capi_forget_remarks(c);
	free(c);
	memory_leave(before);
}

/* Room for one more behind @nr elements: the array, or NULL. */
static void *grow(void *array, size_t nr, size_t size)
{
	return (nr & (nr - 1)) ? array : realloc(array, (nr ? nr * 2 : 1) * size);
}

int handle_add(struct capi_values *v, const char *value)
{
	const char **items = grow(v->items, v->nr, sizeof(*items));

	if (!items)
		return -ENOMEM;
	v->items = items;
	items[v->nr] = strdup(value);
	if (!items[v->nr])
		return -ENOMEM;
	v->nr++;
	return 0;
}

static int set_value(struct candor *c, size_t option, const char *value, struct candor_error *e)
{
	struct capi_values *v = &c->values[option], one = { 0 };

	if (!value) {
		free_values(v);
		return 0;
	}
	if (options[option].check) {
		int rc = options[option].check(value, e);

		if (rc)
			return rc;
	}
	if (options[option].option.is_list) {
		if (v->nr == CAPI_VALUES_MAX)
			return error_set(e, -E2BIG, value, "name fewer",
					 "more than %d values of %s", CAPI_VALUES_MAX,
					 options[option].option.name);
		return handle_add(v, value) ? error_memory(e) : 0;
	}
	if (handle_add(&one, value)) {
		free_values(&one);
		return error_memory(e);
	}
	free_values(v);
	*v = one;
	return 0;
}

int candor_set(struct candor *c, const char *option, const char *value,
	       struct candor_error *ret_error)
{
	const struct candor_allocator *before;
	size_t i = 0;
	int rc;

	while (i < NR_OPTIONS && strcmp(options[i].option.name, option))
		i++;
	if (i == NR_OPTIONS)
		return error_set(ret_error, -EINVAL, NULL, "see candor_option_at()",
				 "no option '%s'", option);
	before = handle_enter(c);
	rc = set_value(c, i, value, ret_error);
	memory_leave(before);
	return rc;
}

const char *handle_value(const struct candor *c, enum capi_option option)
{
	const struct capi_values *v = &c->values[option];

	return v->nr ? v->items[v->nr - 1] : NULL;
}

/* ---- Texts ---- */

struct capi_text *handle_text(struct candor *c, const char *path)
{
	for (size_t i = 0; i < c->nr_texts; i++) {
		if (!strcmp(c->texts[i].path, path))
			return &c->texts[i];
	}
	return NULL;
}

static int make_text(struct capi_text *t, const char *path, const char *text, size_t size)
{
	t->path = strdup(path);
	t->text = malloc(size + 1);
	t->size = size;
	if (!t->path || !t->text) {
		free_text(t);
		return -ENOMEM;
	}
	if (size)
		memcpy(t->text, text, size);
	t->text[size] = '\0';
	return 0;
}

static int add_text(struct candor *c, const struct capi_text *made)
{
	struct capi_text *texts = grow(c->texts, c->nr_texts, sizeof(*texts));

	if (!texts)
		return -ENOMEM;
	c->texts = texts;
	texts[c->nr_texts++] = *made;
	return 0;
}

static int set_text(struct candor *c, const char *path, const char *text, size_t size)
{
	struct capi_text *there = handle_text(c, path), made;
	int rc;

	if (!text && there) {
		free_text(there);
		*there = c->texts[--c->nr_texts];
	}
	if (!text)
		return 0;
	if (make_text(&made, path, text, size))
		return -ENOMEM;
	if (there) {
		free_text(there);
		*there = made;
		return 0;
	}
	rc = add_text(c, &made);
	if (rc)
		free_text(&made);
	return rc;
}

int candor_set_text(struct candor *c, const char *path, const char *text, size_t size,
		    struct candor_error *ret_error)
{
	const struct candor_allocator *before;
	int rc;

	if (text && c->nr_texts == TEXTS_MAX && !handle_text(c, path))
		return error_set(ret_error, -E2BIG, path, "forget some", "more than %d texts",
				 TEXTS_MAX);
	before = handle_enter(c);
	rc = set_text(c, path, text, size);
	memory_leave(before);
	return rc ? error_memory(ret_error) : 0;
}

/* ---- Remarks, complaints ---- */

void capi_forget_remarks(struct candor *c)
{
	free_values(&c->remarks);
	strbuf_reset(&c->complaints);
}

const char *candor_remark_at(const struct candor *c, size_t i)
{
	return i < c->remarks.nr ? c->remarks.items[i] : NULL;
}

const char *candor_complaints(const struct candor *c)
{
	return c->complaints.size ? c->complaints.data : "";
}

/* "FILE:LINE" or what else stands before ": error: ". */
static void take_place(struct candor_error *e, const char *place, size_t size)
{
	const char *colon = memrchr(place, ':', size);
	size_t digits = colon ? (size_t)(place + size - colon) - 1 : 0;

	if (digits && strspn(colon + 1, "0123456789") >= digits) {
		e->line = (unsigned int)strtoul(colon + 1, NULL, 10);
		size -= digits + 1;
	}
	copy_piece(e->file, sizeof(e->file), place, size);
}

/* The first of complaints, one line and one with an '='. */
static void take_first(struct candor_error *e, const char *text)
{
	static const char mark[] = ": error: ", sign[] = "\n       = ";
	const char *found = strstr(text, mark), *remedy;
	size_t size = strcspn(text, "\n");

	if (found && found < text + size) {
		take_place(e, text, (size_t)(found - text));
		size -= (size_t)(found + sizeof(mark) - 1 - text);
		text = found + sizeof(mark) - 1;
	}
	copy_piece(e->message, sizeof(e->message), text, size);
	remedy = text + size;
	if (!strncmp(remedy, sign, sizeof(sign) - 1)) {
		remedy += sizeof(sign) - 1;
		copy_piece(e->remedy, sizeof(e->remedy), remedy, strcspn(remedy, "\n"));
	}
}

int handle_keep_complaints(struct candor *c, const struct strbuf *text, struct candor_error *e)
{
	if (text->size)
		strbuf_add(&c->complaints, text->data, text->size);
	return text->failed || c->complaints.failed ? error_memory(e) : 0;
}

int handle_complain(struct candor *c, int rc, const struct strbuf *text, struct candor_error *e)
{
	if (rc == -ENOMEM || handle_keep_complaints(c, text, e))
		return error_memory(e);
	if (!text->size)
		return error_set(e, rc, NULL, NULL, "%s", strerror(-rc));
	if (e) {
		*e = (struct candor_error){ .code = rc };
		take_first(e, candor_complaints(c));
	}
	return rc;
}

void candor_watch(struct candor *c, candor_step_fn *step, void *context)
{
	c->step = step;
	c->step_context = context;
}
