/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A host's records beside what runs on it: a row a feature, and what does not fit: outside
 * its record, expired, about to, or waiting for a reboot.
 */
#ifndef CANDOR_HOST_STATUS_H
#define CANDOR_HOST_STATUS_H

#include "base/table.h"
#include "host/boot.h"
#include "host/document.h"
#include "host/known.h"
#include "host/optin.h"

#define STATUS_SOON_DAYS 14
#define STATUS_NAME_MAX 253 /* bytes of a host's name */

/** How bad a finding is; only the first makes the answer "no". */
enum status_grade { GRADE_OUTSIDE, GRADE_REBOOT, GRADE_SOON, GRADE_NOTE };

enum status_kind {
	FIND_UNDOCUMENTED, /* active, and nobody is on record for it */
	FIND_DISABLED,	   /* active, though its record was taken away */
	FIND_EXPIRED,	   /* its day is past */
	FIND_NO_BOOT,	   /* on record, but the boot entry does not ask for it so */
	FIND_STRAY_BOOT,   /* the boot entry asks for what is not on record */
	FIND_FOREIGN_BOOT, /* the boot entry is not as we write it */
	FIND_UNFINISHED,   /* the log's last word is not on record */
	FIND_UNLOGGED,	   /* on record otherwise than in the log */
	FIND_BAD_RECORD,   /* a record that cannot be read */
	FIND_BEYOND_LOCK,  /* active, and the lock of the build has it off */
	FIND_NO_STATE,	   /* what runs is not known */
	FIND_REBOOT,	   /* on record and in the boot entry, but not yet active so */
	FIND_SOON,	   /* its day comes within STATUS_SOON_DAYS */
	FIND_LEFT_OUT,	   /* on record, but this build has it off, or not at all */
	FIND_NEEDLESS,	   /* on record, but this build has it on without */
	FIND_OTHER_LOCK,   /* the lock is not of the build that runs */
};

struct status_row {
	const char *id;
	const struct state_feature *running; /* NULL: the build does not know it */
	const struct optin *record;	     /* NULL: none */
	const struct boot_item *boot;	     /* NULL: the boot entry does not name it */
	const struct log_entry *last;	     /* NULL: never changed */
	struct known_fact fact;
	struct candor_verdict verdict;
};

struct status_finding {
	enum status_kind kind;
	const char *id; /* "" for the host as a whole */
	char message[320];
};

/** What a status is made of; borrowed by it. */
struct status_input {
	char host[STATUS_NAME_MAX + 1];
	char today[DATE_SIZE];
	bool may_be_unknown; /* what runs is not asked for: a root that is not running */
	struct state state;
	struct optins records;
	struct log log;
	struct boot boot;
	struct known known;
};

/** Zero-initialise; status_reset() frees it. Rows and findings are sorted by id. */
struct status {
	const struct status_input *in;
	struct status_row *rows;
	size_t nr_rows;
	struct status_finding *findings;
	size_t nr_findings;
};

/** "undocumented"; "outside"; what to do about it. */
const char *status_kind_name(enum status_kind kind);
enum status_grade status_kind_grade(enum status_kind kind);
const char *status_kind_remedy(enum status_kind kind);
const char *status_grade_name(enum status_grade grade);

/** Days from one day to another; both are valid. */
long status_days(const char *from, const char *to);

/** Put side by side. 0 or -ENOMEM. */
int status_make(const struct status_input *in, struct status *ret_status);

/** Is something outside its record? */
bool status_is_outside(const struct status *s);

/** The worst finding of the row; NULL: it is as it should be. */
const struct status_finding *status_worst(const struct status *s, const char *id);

void status_reset(struct status *s);
void status_input_reset(struct status_input *in);

/** For people: a table of what is not plainly on or off, and the findings. */
void status_text(const struct status *s, struct strbuf *out, size_t width, enum emit_colour colour);

/** The records alone. */
void status_list_text(const struct status *s, struct strbuf *out, size_t width,
		      enum emit_colour colour);

/** The same for programs. */
void status_document(const struct status *s, struct strbuf *out, enum doc_format format);
void status_list_document(const struct status *s, struct strbuf *out, enum doc_format format);

/** For node exporter's textfile collector. */
void status_prometheus(const struct status *s, struct strbuf *out);

#endif
