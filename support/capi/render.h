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

/** A row. @run writes to ->out and returns 0 or what error_set() did. */
struct render_row {
	const char *what, *format;
	const char *help;
	const struct candor_option *options; /* ended by one without a name */
	enum render_needs needs;
	int (*run)(struct render *r);
};

/** The value given for an option, NULL for none. */
const char *render_option(const struct render *r, const char *name);

#endif
