/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Renderings: one row each in the table of render.c. */
#ifndef CANDOR_SUPPORT_CAPI_RENDER_H
#define CANDOR_SUPPORT_CAPI_RENDER_H

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

/** The rows of each part, ended by one without ->what. */
extern const struct render_row render_findings[];
extern const struct render_row render_matrices[];
extern const struct render_row render_questions[];
extern const struct render_row render_joins[];

#endif
