/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The server between two file descriptors. What has come is taken in whole, so that a
 * request called back before its turn is never begun; diagnostics wait until the
 * editor is silent for a moment, but not for ever.
 */
#include "lsp/loop.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "lsp/wire.h"

#define READ_SIZE 65536
#define QUEUE_MAX 1024
#define SILENCE_MS 60
#define PATIENCE_MS 500

struct loop {
	struct lsp *server;
	struct wire wire;
	int in, out;
	bool is_ended; /* no more will come */
	json_t *queue[QUEUE_MAX];
	size_t nr;
	size_t size_in;	       /* bytes taken in since the queue was empty */
	long long stale_since; /* ms; 0: not */
};

static long long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (long long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Is there something to read within @timeout ms (-1: for ever)? */
static bool is_readable(const struct loop *l, int timeout)
{
	struct pollfd fd = { .fd = l->in, .events = POLLIN };

	return poll(&fd, 1, timeout) > 0;
}

static void read_some(struct loop *l)
{
	char buffer[READ_SIZE];
	ssize_t n = read(l->in, buffer, sizeof(buffer));

	if (n > 0) {
		wire_add(&l->wire, buffer, (size_t)n);
		l->size_in += (size_t)n;
	} else if (!n || (errno != EINTR && errno != EAGAIN)) {
		l->is_ended = true;
	}
}

/* Move whole messages to the queue. */
static void fill_queue(struct loop *l)
{
	while (l->nr < QUEUE_MAX) {
		const char *why;
		json_t *message;
		enum wire_result result = wire_next(&l->wire, &message, &why);

		if (result == WIRE_MORE)
			return;
		if (result == WIRE_MESSAGE)
			l->queue[l->nr++] = message;
		else
			lsp_take_bad(l->server,
				     result == WIRE_BAD ? why : "out of memory: input is lost");
	}
}

/* Has the request been called back by one of the messages behind it? */
static bool is_cancelled(const struct loop *l, const json_t *request)
{
	const json_t *id = json_object_get(request, "id");

	for (size_t i = 1; id && i < l->nr; i++) {
		const char *method = json_string_value(json_object_get(l->queue[i], "method"));

		if (method && !strcmp(method, "$/cancelRequest") &&
		    json_equal(id, json_object_get(json_object_get(l->queue[i], "params"), "id")))
			return true;
	}
	return false;
}

static void take_one(struct loop *l)
{
	json_t *message = l->queue[0];

	if (json_object_get(message, "method") && is_cancelled(l, message))
		lsp_cancel(l->server, message);
	else
		lsp_take(l->server, message);
	json_decref(message);
	memmove(l->queue, l->queue + 1, --l->nr * sizeof(l->queue[0]));
}

/* 0, or -errno when the editor is gone. */
static int write_out(struct loop *l)
{
	struct strbuf *out = lsp_output(l->server);
	int rc = out->size ? file_write_all(l->out, out->data, out->size) : 0;

	strbuf_reset(out);
	return rc;
}

/* How long to wait for input: 0 while there is work, a moment while diagnostics are due. */
static int patience(struct loop *l)
{
	long long waited;

	if (l->nr)
		return 0;
	if (!lsp_is_stale(l->server)) {
		l->stale_since = 0;
		return -1;
	}
	if (!l->stale_since)
		l->stale_since = now_ms();
	waited = now_ms() - l->stale_since;
	return waited >= PATIENCE_MS ? 0 : SILENCE_MS;
}

/* One turn: read all that is there, or wait; do one thing; write. */
static int turn(struct loop *l)
{
	int timeout = patience(l);
	bool silent = true;

	while (!l->is_ended && l->nr < QUEUE_MAX && l->size_in <= 2 * WIRE_BODY_MAX &&
	       is_readable(l, silent ? timeout : 0)) {
		silent = false;
		read_some(l);
		fill_queue(l);
	}
	fill_queue(l);
	if (l->nr) {
		take_one(l);
	} else if (silent || !timeout) {
		lsp_refresh(l->server);
		l->stale_since = 0;
	}
	l->size_in = l->nr ? l->size_in : 0;
	return write_out(l);
}

int loop_run(const struct lsp_config *config, int in, int out)
{
	struct loop *l = calloc(1, sizeof(*l));
	int status = 1;

	if (!l)
		return -ENOMEM;
	l->in = in;
	l->out = out;
	l->server = lsp_create(config);
	if (!l->server) {
		free(l);
		return -ENOMEM;
	}
	while (!lsp_is_over(l->server, &status) && !(l->is_ended && !l->nr)) {
		if (turn(l))
			break;
	}
	while (l->nr)
		json_decref(l->queue[--l->nr]);
	wire_reset(&l->wire);
	lsp_destroy(l->server);
	free(l);
	return status;
}
