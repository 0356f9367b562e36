/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages in a stream of bytes: a header with their length, then JSON. */
#ifndef CANDOR_LSP_WIRE_H
#define CANDOR_LSP_WIRE_H

#include <stddef.h>

#include <jansson.h>

#include "base/strbuf.h"

/** The largest message; a document may be 16 MiB, and JSON escapes. */
#define WIRE_BODY_MAX ((size_t)64 << 20)
/** A header has a few short lines. */
#define WIRE_HEADER_MAX 4096

struct wire {
	struct strbuf in;
	size_t taken; /* bytes of ->in that are done with */
	size_t skip;  /* bytes still to come of a message too large */
};

enum wire_result {
	WIRE_MESSAGE,	/* one is there */
	WIRE_MORE,	/* more bytes are needed */
	WIRE_BAD,	/* what was there is no message; it is skipped */
	WIRE_NO_MEMORY, /* likewise */
};

/** Add bytes as they come. */
void wire_add(struct wire *w, const char *data, size_t size);

/**
 * The next message (caller puts it with json_decref()), or for WIRE_BAD in *@ret_why
 * what is wrong with it, a constant.
 */
enum wire_result wire_next(struct wire *w, json_t **ret_message, const char **ret_why);

/** Add a message, framed. */
int wire_print(struct strbuf *out, const json_t *message);

/** Free the memory. */
void wire_reset(struct wire *w);

#endif
