/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The handle, and what the parts of the interface share. */
#ifndef CANDOR_CAPI_PRIVATE_H
#define CANDOR_CAPI_PRIVATE_H

#include <candor/candor.h>

#include "base/strbuf.h"
#include "model/model.h"
#include "support.h"

/** The values set of one option. */
struct capi_values {
	const char **items;
	size_t nr;
};

/** A file's content that the caller gave. */
struct capi_text {
	char *path;
	char *text;
	size_t size;
};

enum capi_option {
	OPTION_TREE,
	OPTION_REGISTRY,
	OPTION_CONFIG,
	OPTION_STATEMENT,
	OPTION_LOCK,
	OPTION_OBJECT,
	OPTION_EVIDENCE,
	OPTION_WAIVERS,
	OPTION_BASELINE,
	OPTION_PREVIOUS,
	OPTION_BRANCH,
	OPTION_CHANNEL,
	OPTION_DATE,
	OPTION_RULE,
	OPTION_SEVERITY,
	NR_OPTIONS
};

struct candor {
	struct candor_allocator allocator;
	bool has_allocator;
	struct capi_values values[NR_OPTIONS];
	bool is_found[NR_OPTIONS]; /* by candor_find(), not set */
	struct capi_text *texts;
	size_t nr_texts;
	struct model *model;	  /* NULL before the first load */
	struct lockfile *lock;	  /* NULL before the first read */
	struct baseline baseline; /* that was compared with; of the model's memory */
	struct capi_values remarks;
	struct strbuf complaints; /* of the last call */
	candor_step_fn *step;	  /* NULL: nobody watches */
	void *step_context;
};

#define CAPI_VALUES_MAX 4096

/** Fill @e, if there is one, and return @code. @file and @remedy may be NULL. */
int error_set(struct candor_error *e, int code, const char *file, const char *remedy,
	      const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/** -ENOMEM. */
int error_memory(struct candor_error *e);

/** The handle's allocator becomes the call's; see memory_enter(). */
const struct candor_allocator *handle_enter(const struct candor *c);

/** The last value set of an option, or NULL. */
const char *handle_value(const struct candor *c, enum capi_option option);

/** Add a value, copied. 0 or -ENOMEM. */
int handle_add(struct capi_values *v, const char *value);

/** The text that stands for a file, or NULL. */
struct capi_text *handle_text(struct candor *c, const char *path);

/**
 * The text of complaints, each "PLACE: error: CAUSE" and "       = REMEDY", becomes
 * candor_complaints() and the first of them @e; without any it is what @rc says.
 * Returns @rc.
 */
int handle_complain(struct candor *c, int rc, const struct strbuf *text, struct candor_error *e);

/** Keep what was said although all went well. 0 or -ENOMEM. */
int handle_keep_complaints(struct candor *c, const struct strbuf *text, struct candor_error *e);

/** Drop the remarks and complaints of the call before. */
void capi_forget_remarks(struct candor *c);

/** What a handle names, for the readers. */
struct inputs {
	struct support_inputs in;
	struct support_text *texts;
};

/** Borrows from the handle. 0 or -ENOMEM; handle_inputs_reset() then. */
int handle_inputs(const struct candor *c, struct inputs *ret_inputs);
void handle_inputs_reset(struct inputs *inputs);

#endif
