/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Renderings: one row each in the table of render.c. */
#ifndef CANDOR_CAPI_RENDER_H
#define CANDOR_CAPI_RENDER_H

#include <jansson.h>

#include "capi/private.h"

/** What a rendering works on. */
struct render {
	struct candor *c;
	struct model *model;		     /* loaded; NULL for a rendering that needs none */
	const struct candor_option *options; /* as given; none without a name but the last */
	struct strbuf *out;
	struct candor_error *error;
};

enum render_needs {
	RENDER_ANYTIME,
	RENDER_LOADED, /* candor_load() has been called */
};

/** A row. @run writes to ->out and returns 0, CANDOR_NO, or what error_set() did. */
struct render_row {
	const char *what, *format;
	const char *help;
	const struct candor_option *options; /* ended by one without a name */
	enum render_needs needs;
	int (*run)(struct render *r);
};

/** The value given for an option, "" for one without, NULL for none. */
const char *render_option(const struct render *r, const char *name);

/** The most values that an option may have. */
#define RENDER_LIST_MAX 64

struct render_list {
	const char *values[RENDER_LIST_MAX];
	size_t nr;
};

/** All values given for an option. 0 or -E2BIG. */
int render_values(const struct render *r, const char *name, struct render_list *ret_list);

/** How text is written for people: options "colour" and "columns". */
struct emit_style;
struct emit_style render_style(const struct render *r);

/** An error as the readers of repositories tell it. */
struct history_trouble;
int render_trouble(const struct render *r, int rc, const struct history_trouble *trouble);

/** Say something beside the document. */
void render_remark(const struct render *r, const char *text);

/** No value is given for an option without which there is no answer. Returns -EINVAL. */
int render_lacks(const struct render *r, const char *option);

/**
 * Tell what the policy engine complains of: the first complaint is the error, all of
 * them are candor_complaints(). Returns @rc.
 */
int render_complaints(struct render *r, int rc, struct strbuf *err);

/** Are all options given among the @nr at @known, with values where they want one? */
int render_check_options(const struct candor_option *known, size_t nr, const char *of,
			 const struct render *r);

/** Give a document to the caller. 0, or what error_set() returned. */
int render_hand_out(const struct strbuf *out, candor_write_fn *write, void *context,
		    struct candor_error *e);

/** Add JSON on lines of its own, with more of jansson's @flags. 0 or -ENOMEM. */
int render_json_value(const json_t *value, size_t flags, struct strbuf *out);

/** The rows of each part, ended by one without ->what. */
extern const struct render_row render_findings[];
extern const struct render_row render_matrices[];
extern const struct render_row render_questions[];
extern const struct render_row render_joins[];
extern const struct render_row render_policies[];
extern const struct render_row render_policy_rules[];
extern const struct render_row render_policy_kconfig[];
extern const struct render_row render_policy_locks[];
extern const struct render_row render_policy_replays[];
extern const struct render_row render_policy_what_ifs[];
extern const struct render_row render_images[];
extern const struct render_row render_verifications[];
extern const struct render_row render_evidences[];

#endif
