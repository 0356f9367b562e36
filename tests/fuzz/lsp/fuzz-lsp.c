/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A session of the language server, in a small tree. An input that starts with
 * "Content-Length" is the bytes of the stream; any other is messages, one a line, to
 * a server that is initialized (in UTF-8 where the first byte is a tab).
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz.h"

#include "base/file.h"
#include "lsp/lsp.h"
#include "lsp/wire.h"

static const char statement[] =
	"# Release Support\n\n# Feature Support\n\n## Things\n\n### Alpha\n\n"
	"    Status: Supported\n\n### Beta\n\nB.\n\n    Status, x86: Tech Preview\n";
static const char registry[] = "format: 1\nfeatures:\n  - id: alpha\n    title: Alpha\n"
			       "    section: Things\n    owner: core\n    state: built\n";
static const char source[] = "SUPPORT_PROVIDES(alpha, \"x86\");\nSUPPORT_ENABLED(beta)\n";

static void put(const char *path, const char *text)
{
	if (file_write_atomic(path, text, strlen(text)))
		abort();
}

static char folder[] = "/tmp/candor-fuzz-XXXXXX";

static void remove_tree(void)
{
	unlink("SUPPORT.md");
	unlink("support/features.yaml");
	unlink("x.c");
	rmdir("support");
	rmdir(folder);
}

static void enter_tree(void)
{
	static bool is_there;

	if (is_there)
		return;
	if (!mkdtemp(folder) || chdir(folder) || mkdir("support", 0700) || atexit(remove_tree))
		abort();
	put("SUPPORT.md", statement);
	put("support/features.yaml", registry);
	put("x.c", source);
	is_there = true;
}

static void take(struct lsp *s, const char *text, size_t size)
{
	json_t *message = json_loadb(text, size, 0, NULL);

	if (message)
		lsp_take(s, message);
	else
		lsp_take_bad(s, "no JSON");
	json_decref(message);
}

/* What the server writes must be messages. */
static void check_output(struct lsp *s)
{
	struct strbuf *out = lsp_output(s);
	struct wire w = { 0 };
	const char *why;
	json_t *message;

	if (out->size)
		wire_add(&w, out->data, out->size);
	while (out->size && wire_next(&w, &message, &why) == WIRE_MESSAGE) {
		if (!json_object_get(message, "jsonrpc"))
			abort();
		json_decref(message);
	}
	if (w.in.size != w.taken)
		abort();
	wire_reset(&w);
	strbuf_reset(out);
}

static void run_stream(struct lsp *s, const char *data, size_t size)
{
	struct wire w = { 0 };
	enum wire_result result;
	json_t *message;
	const char *why;

	/* In two pieces, as a pipe may give them. */
	wire_add(&w, data, size / 2);
	wire_add(&w, data + size / 2, size - size / 2);
	while ((result = wire_next(&w, &message, &why)) != WIRE_MORE) {
		if (result == WIRE_MESSAGE) {
			lsp_take(s, message);
			json_decref(message);
		} else {
			lsp_take_bad(s, why);
		}
	}
	wire_reset(&w);
}

static void run_lines(struct lsp *s, const char *data, size_t size)
{
	static const char utf8[] =
		"{\"id\":0,\"method\":\"initialize\",\"params\":{\"capabilities\":"
		"{\"general\":{\"positionEncodings\":[\"utf-8\"]}}}}";
	static const char utf16[] = "{\"id\":0,\"method\":\"initialize\",\"params\":{}}";

	if (size && data[0] == '\t')
		take(s, utf8, sizeof(utf8) - 1);
	else
		take(s, utf16, sizeof(utf16) - 1);
	while (size) {
		const char *end = memchr(data, '\n', size);
		size_t n = end ? (size_t)(end - data) : size;

		take(s, data, n);
		n += end ? 1 : 0;
		data += n;
		size -= n;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char mark[] = "Content-Length";
	const struct lsp_config config = { .tree = ".", .version = "0" };
	struct lsp *s;

	enter_tree();
	s = lsp_create(&config);
	if (!s)
		abort();
	if (size >= sizeof(mark) && !memcmp(data, mark, sizeof(mark) - 1))
		run_stream(s, (const char *)data, size);
	else
		run_lines(s, (const char *)data, size);
	lsp_refresh(s);
	check_output(s);
	lsp_destroy(s);
	return 0;
}
