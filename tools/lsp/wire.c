/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages in a stream of bytes. */
#include "lsp/wire.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Kept between messages; what a large one took is given back. */
#define KEEP_MAX ((size_t)1 << 20)

void wire_reset(struct wire *w)
{
	strbuf_reset(&w->in);
	*w = (struct wire){ 0 };
}

/* Move what is left to the front, once it is worth it. */
static void compact(struct wire *w)
{
	size_t left = w->in.size - w->taken;

	if (!left && w->in.capacity > KEEP_MAX) {
		strbuf_reset(&w->in);
	} else if (w->taken && left <= w->taken) {
		memmove(w->in.data, w->in.data + w->taken, left);
		w->in.size = left;
	} else {
		return;
	}
	w->taken = 0;
}

void wire_add(struct wire *w, const char *data, size_t size)
{
	size_t n = w->skip < size ? w->skip : size;

	w->skip -= n;
	compact(w);
	strbuf_add(&w->in, data + n, size - n);
}

/* One "Name: value" line of a header. */
static void take_field(const char *line, size_t size, size_t *length)
{
	static const char name[] = "content-length:";
	size_t at = sizeof(name) - 1, value = 0;

	if (size < at || strncasecmp(line, name, at))
		return;
	while (at < size && line[at] == ' ')
		at++;
	*length = 0;
	for (; at < size && line[at] >= '0' && line[at] <= '9'; at++) {
		if (value > SIZE_MAX / 16)
			return;
		value = value * 10 + (size_t)(line[at] - '0');
	}
	if (at == size)
		*length = value;
}

/* The body's length as the header says, 0 when it says none. */
static size_t read_header(const char *header, size_t size)
{
	size_t length = 0;

	while (size) {
		const char *end = memmem(header, size, "\r\n", 2);
		size_t n = end ? (size_t)(end - header) : size;

		take_field(header, n, &length);
		n = end ? n + 2 : n;
		header += n;
		size -= n;
	}
	return length;
}

static enum wire_result parse(struct wire *w, const char *body, size_t size, json_t **ret_message,
			      const char **ret_why)
{
	json_error_t error;
	json_t *message = json_loadb(body, size, 0, &error);

	w->taken += size;
	if (message) {
		*ret_message = message;
		return WIRE_MESSAGE;
	}
	if (json_error_code(&error) == json_error_out_of_memory)
		return WIRE_NO_MEMORY;
	*ret_why = "the message is no JSON object or array";
	return WIRE_BAD;
}

/* Drop a body that is too large, now or as it comes. */
static enum wire_result skip_body(struct wire *w, size_t length, const char **ret_why)
{
	size_t there = w->in.size - w->taken, n = there < length ? there : length;

	w->taken += n;
	w->skip = length - n;
	*ret_why = "the message is larger than 64 MiB";
	return WIRE_BAD;
}

enum wire_result wire_next(struct wire *w, json_t **ret_message, const char **ret_why)
{
	const char *start = w->in.data ? w->in.data + w->taken : "", *end;
	size_t size = w->in.size - w->taken, header, length;

	if (w->in.failed) {
		wire_reset(w);
		return WIRE_NO_MEMORY;
	}
	end = size ? memmem(start, size < WIRE_HEADER_MAX ? size : WIRE_HEADER_MAX, "\r\n\r\n", 4)
		   : NULL;
	if (!end && size < WIRE_HEADER_MAX)
		return WIRE_MORE;
	if (!end) {
		w->taken += size;
		*ret_why = "no end of a header in 4096 bytes";
		return WIRE_BAD;
	}
	header = (size_t)(end - start) + 4;
	length = read_header(start, header - 4);
	if (length && length <= WIRE_BODY_MAX && size - header < length)
		return WIRE_MORE;
	w->taken += header;
	if (length > WIRE_BODY_MAX)
		return skip_body(w, length, ret_why);
	if (length)
		return parse(w, start + header, length, ret_message, ret_why);
	*ret_why = "the header has no Content-Length";
	return WIRE_BAD;
}

static int take_json(const char *data, size_t size, void *out)
{
	strbuf_add(out, data, size);
	return ((struct strbuf *)out)->failed ? -1 : 0;
}

int wire_print(struct strbuf *out, const json_t *message)
{
	struct strbuf body = STRBUF_INIT;
	int r = message ? json_dump_callback(message, take_json, &body, JSON_COMPACT) : -1;

	if (!r) {
		strbuf_printf(out, "Content-Length: %zu\r\n\r\n", body.size);
		strbuf_add(out, body.data, body.size);
	}
	strbuf_reset(&body);
	return r || out->failed ? -ENOMEM : 0;
}
