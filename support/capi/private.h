/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The handle, and what the parts of the interface share. */
#ifndef CANDOR_SUPPORT_CAPI_PRIVATE_H
#define CANDOR_SUPPORT_CAPI_PRIVATE_H

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
	OPTION_STATEMENT,
	OPTION_LOCK,
	OPTION_OBJECT,
	OPTION_EVIDENCE,
	NR_OPTIONS
};

struct candor {
	struct candor_allocator allocator;
	bool has_allocator;
	struct capi_values values[NR_OPTIONS];
	struct capi_text *texts;
	size_t nr_texts;
	struct model *model; /* NULL before the first load */
};

/** Fill @e, if there is one, and return @code. @file and @remedy may be NULL. */
int error_set(struct candor_error *e, int code, const char *file, const char *remedy,
	      const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/** -ENOMEM. */
int error_memory(struct candor_error *e);

/** The handle's allocator becomes the call's; see memory_enter(). */
const struct candor_allocator *handle_enter(const struct candor *c);

/** The last value set of an option, or NULL. */
const char *handle_value(const struct candor *c, enum capi_option option);

#endif
