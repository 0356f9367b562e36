/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The log of all that was enabled and disabled. It is only ever added to, by one write of a
 * whole line; a line without its end is what a crash has left, and counts for nothing.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/complain.h"
#include "base/file.h"
#include "document/doc.h"
#include "document/yaml.h"
#include "host/optin-json.h"

#define LOG_SIZE_MAX (16u << 20)

static const char remedy[] = "keep the log aside under another name, and begin a new one";

static const char *const actions[] = { [LOG_ENABLE] = "enable", [LOG_DISABLE] = "disable" };

static const char *const enable_keys[] = { "format", "when",  "action",	    "feature", "by",
					   "why",    "until", "boot_entry", NULL };
static const char *const disable_keys[] = {
	"format", "when", "action", "feature", "by", "why", NULL
};

void log_format(enum log_action action, const struct optin *r, struct strbuf *out)
{
	struct doc doc;
	struct strbuf line = STRBUF_INIT;

	doc_begin(&doc, &line);
	doc.levels[0].is_flow = true; /* all on one line */
	doc_number(&doc, "format", 1);
	doc_text(&doc, "when", r->when);
	doc_text(&doc, "action", actions[action]);
	doc_text(&doc, "feature", r->id);
	doc_text(&doc, "by", r->by);
	doc_text(&doc, "why", r->why);
	if (action == LOG_ENABLE) {
		doc_text(&doc, "until", r->until[0] ? r->until : NULL);
		doc_bool(&doc, "boot_entry", r->boot_entry);
	}
	doc_end(&doc);
	strbuf_add(out, line.data ? line.data : "", line.size);
	out->failed = out->failed || line.failed;
	strbuf_reset(&line);
}

/* What one line says. */
static int take_entry(const json_t *root, struct log_entry *ret_entry, char ret_why[128])
{
	const char *action = json_string_value(json_object_get(root, "action"));
	const char *id = json_string_value(json_object_get(root, "feature"));
	struct log_entry e = { 0 };
	int rc;

	if (!action || (strcmp(action, "enable") && strcmp(action, "disable"))) {
		snprintf(ret_why, 128, "\"action\" is neither \"enable\" nor \"disable\"");
		return -EINVAL;
	}
	e.action = strcmp(action, "enable") ? LOG_DISABLE : LOG_ENABLE;
	rc = optin_json_keys(root, e.action == LOG_ENABLE ? enable_keys : disable_keys, ret_why);
	if (!rc && e.action == LOG_ENABLE)
		rc = optin_json_take(root, &e.record, ret_why);
	else if (!rc && id && state_is_id(id)) {
		snprintf(e.record.id, sizeof(e.record.id), "%s", id);
		rc = optin_json_take_who(root, &e.record, ret_why);
	} else if (!rc) {
		snprintf(ret_why, 128, "\"feature\" is no id of a feature");
		rc = -EINVAL;
	}
	if (!rc)
		*ret_entry = e;
	return rc;
}

static int parse_line(struct place at, const char *text, size_t size, struct log_entry *ret_entry,
		      struct strbuf *err)
{
	struct document_error error;
	json_t *root = NULL;
	char why[128] = "";
	int rc = json_read(text, size, &root, &error);

	if (rc == -EINVAL)
		complain(err, at, remedy, "%s", error.message);
	if (rc)
		return rc;
	rc = take_entry(root, ret_entry, why);
	json_decref(root);
	if (rc)
		complain(err, at, remedy, "%s", why);
	return rc;
}

/* ---- the last word on each feature ---- */

/* Where the feature's entry stands, or is to stand. */
static size_t find_slot(const struct log *log, const char *id)
{
	size_t low = 0, high = log->nr;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strcmp(log->last[mid].record.id, id) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

const struct log_entry *log_find(const struct log *log, const char *id)
{
	size_t slot = find_slot(log, id);

	return slot < log->nr && !strcmp(log->last[slot].record.id, id) ? &log->last[slot] : NULL;
}

static int keep_entry(struct log *log, const struct log_entry *e)
{
	size_t slot = find_slot(log, e->record.id);
	struct log_entry *grown;

	if (slot < log->nr && !strcmp(log->last[slot].record.id, e->record.id)) {
		log->last[slot] = *e;
		return 0;
	}
	if (log->nr == STATE_FEATURES_MAX)
		return -EFBIG;
	grown = reallocarray(log->last, log->nr + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	log->last = grown;
	memmove(grown + slot + 1, grown + slot, (log->nr - slot) * sizeof(*grown));
	grown[slot] = *e;
	log->nr++;
	return 0;
}

void log_reset(struct log *log)
{
	free(log->last);
	*log = (struct log){ 0 };
}

int log_parse(const char *path, const char *text, size_t size, struct log *ret_log,
	      struct strbuf *err)
{
	struct place at = { path, 1 };
	struct log log = { 0 };
	struct log_entry e;
	int rc = 0;

	for (; log.whole_size < size && !rc; at.line++) {
		const char *line = text + log.whole_size;
		const char *end = memchr(line, '\n', size - log.whole_size);

		if (!end) {
			log.is_torn = true;
			break;
		}
		rc = parse_line(at, line, (size_t)(end - line), &e, err);
		if (!rc)
			rc = keep_entry(&log, &e);
		if (rc == -EFBIG)
			complain(err, at, remedy, "it names more than %d features",
				 STATE_FEATURES_MAX);
		log.whole_size += (size_t)(end - line) + 1;
	}
	if (rc)
		log_reset(&log);
	else
		*ret_log = log;
	return rc == -EFBIG ? -EINVAL : rc;
}

int log_read(const char *root, struct log *ret_log, struct strbuf *err)
{
	char path[PATH_MAX], *text;
	size_t size;
	int rc;

	if (snprintf(path, sizeof(path), "%s%s", root, OPTIN_LOG) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	rc = file_read(path, LOG_SIZE_MAX, &text, &size);
	if (rc == -ENOENT) {
		*ret_log = (struct log){ 0 };
		return 0;
	}
	if (rc) {
		complain(err, (struct place){ path, 0 }, remedy, "cannot be read: %s",
			 strerror(-rc));
		return rc;
	}
	rc = log_parse(path, text, size, ret_log, err);
	free(text);
	return rc;
}
