/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The records of a host: which previews its administrator has asked for, who did, why and
 * until when. One YAML file a feature in etc/candor/opt-in.d, and beside them a log of all
 * that was ever enabled and disabled, a line of JSON each.
 */
#ifndef CANDOR_HOST_OPTIN_H
#define CANDOR_HOST_OPTIN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/date.h"
#include "base/strbuf.h"
#include "host/state.h"

#define OPTIN_WHY_MAX 1024 /* bytes */
#define OPTIN_BY_MAX 128

#define OPTIN_FOLDER "/etc/candor/opt-in.d"
#define OPTIN_LOG "/var/lib/candor/opt-in.jsonl"

struct optin {
	char id[STATE_ID_MAX + 1];
	char by[OPTIN_BY_MAX + 1], why[OPTIN_WHY_MAX + 1];
	char when[DATE_TIME_SIZE];
	char until[DATE_SIZE]; /* ""; no end */
	bool boot_entry;       /* the drop-in of the boot loader asks for it */
	bool is_bad;	       /* the file cannot be read: only ->id counts */
};

/** Sorted by id. Zero-initialise; optins_reset() frees it. */
struct optins {
	struct optin *items;
	size_t nr;
	size_t nr_bad; /* files that are no records, those without an item included */
};

/** Is @text fit for "by" or "why": UTF-8, not blank, at most @max bytes? NULL: it is; else why
 * not. */
const char *optin_text_fault(const char *text, size_t max);

/** Write @r as YAML. */
void optin_write(const struct optin *r, struct strbuf *out);

/** Read one. 0, -EINVAL with a complaint in @err, or -ENOMEM. */
int optin_parse(const char *path, const char *text, size_t size, struct optin *ret_record,
		struct strbuf *err);

/**
 * Read all of @root. What is no record is complained of in @err, counted, and no failure.
 * Returns 0, or -errno when the folder cannot be read; one that is not there is empty.
 */
int optins_read(const char *root, struct optins *ret_records, struct strbuf *err);

/** The record of a feature, or NULL; borrowed. */
const struct optin *optins_find(const struct optins *records, const char *id);

void optins_reset(struct optins *records);

/* ---- the log ---- */

enum log_action { LOG_ENABLE, LOG_DISABLE };

/** What the log says last of a feature. */
struct log_entry {
	enum log_action action;
	struct optin record; /* as it became; of LOG_DISABLE only id, by, why, when */
};

/** Sorted by id; one entry a feature. */
struct log {
	struct log_entry *last;
	size_t nr;
	size_t whole_size; /* bytes up to the last whole line; what is behind is torn */
	bool is_torn;
};

/** The log's line of a change, with its end. */
void log_format(enum log_action action, const struct optin *r, struct strbuf *out);

/** Read a log. 0, -EINVAL with a complaint, or -ENOMEM. */
int log_parse(const char *path, const char *text, size_t size, struct log *ret_log,
	      struct strbuf *err);

/** Read that of @root; one that is not there is empty. 0 or -errno with a complaint. */
int log_read(const char *root, struct log *ret_log, struct strbuf *err);

const struct log_entry *log_find(const struct log *log, const char *id);

void log_reset(struct log *log);

#endif
