/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages in, messages out: the protocol's life cycle, and the table of its methods. */
#include "private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lsp/publish.h"
#include "lsp/sync.h"
#include "lsp/uri.h"
#include "lsp/wire.h"

struct lsp *lsp_create(const struct lsp_config *config)
{
	struct lsp *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->tree = config->tree ? strdup(config->tree) : NULL;
	s->version = strdup(config->version);
	s->published = json_object();
	if (s->version && s->published && (s->tree || !config->tree))
		return s;
	lsp_destroy(s);
	return NULL;
}

void lsp_destroy(struct lsp *s)
{
	if (!s)
		return;
	candor_destroy(s->candor);
	documents_reset(&s->documents);
	json_decref(s->published);
	strbuf_reset(&s->out);
	free(s->root);
	free(s->version);
	free(s->tree);
	free(s);
}

struct strbuf *lsp_output(struct lsp *s)
{
	return &s->out;
}

bool lsp_is_over(const struct lsp *s, int *ret_status)
{
	if (s->phase != LSP_OVER)
		return false;
	*ret_status = s->phase_before_over == LSP_SHUT_DOWN ? 0 : 1;
	return true;
}

/* ---- Sending ---- */

static void send_message(struct lsp *s, json_t *message)
{
	if (wire_print(&s->out, message))
		strbuf_reset(&s->out);
	json_decref(message);
}

void lsp_notify(struct lsp *s, const char *method, json_t *params)
{
	send_message(s, json_pack("{s:s,s:s,s:o}", "jsonrpc", "2.0", "method", method, "params",
				  params));
}

static void answer_error(struct lsp *s, const json_t *id, enum lsp_code code, const char *why)
{
	send_message(s,
		     json_pack("{s:s,s:O,s:{s:i,s:s}}", "jsonrpc", "2.0", "id",
			       id ? id : json_null(), "error", "code", (int)code, "message", why));
}

json_t *lsp_fail(struct lsp *s, enum lsp_code code, const char *why)
{
	s->code = code;
	s->why = why;
	return NULL;
}

/* ---- The life cycle ---- */

static bool offers(const json_t *list, const char *word)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *text = json_string_value(json_array_get(list, i));

		if (text && !strcmp(text, word))
			return true;
	}
	return false;
}

static const json_t *get(const json_t *value, const char *const *path)
{
	for (; *path; path++)
		value = json_object_get(value, *path);
	return value;
}

#define GET(value, ...) get(value, (const char *const[]){ __VA_ARGS__, NULL })

static void read_capabilities(struct lsp *s, const json_t *client)
{
	if (offers(GET(client, "general", "positionEncodings"), "utf-8"))
		s->encoding = POSITION_UTF8;
	s->has_markdown = offers(GET(client, "textDocument", "hover", "contentFormat"), "markdown");
	s->has_watches = json_is_true(
		GET(client, "workspace", "didChangeWatchedFiles", "dynamicRegistration"));
}

/* The folder to look at: ours, the first of the editor's, its root, or none. Caller frees. */
static char *find_root(const struct lsp *s, const json_t *params)
{
	const json_t *folders = json_object_get(params, "workspaceFolders");
	const char *uri = json_string_value(json_object_get(json_array_get(folders, 0), "uri"));
	const char *path = json_string_value(json_object_get(params, "rootPath"));

	if (s->tree)
		return realpath(s->tree, NULL);
	if (!uri)
		uri = json_string_value(json_object_get(params, "rootUri"));
	if (uri)
		return uri_to_path(uri);
	return path && path[0] == '/' ? strdup(path) : realpath(".", NULL);
}

static json_t *abilities(const struct lsp *s)
{
	return json_pack(
		"{s:{s:s,s:{s:b,s:i,s:b},s:b,s:b,s:b,s:{s:[s]},s:{s:[s,s,s,s]}},s:{s:s,s:s}}",
		"capabilities", "positionEncoding",
		s->encoding == POSITION_UTF8 ? "utf-8" : "utf-16", "textDocumentSync", "openClose",
		1, "change", 2, "save", 1, "hoverProvider", 1, "definitionProvider", 1,
		"referencesProvider", 1, "codeActionProvider", "codeActionKinds", "quickfix",
		"completionProvider", "triggerCharacters", "(", ",", "[", ":", "serverInfo", "name",
		"candor", "version", s->version);
}

static json_t *initialize(struct lsp *s, const json_t *params)
{
	char *root;
	int rc;

	if (s->phase != LSP_NEW)
		return lsp_fail(s, LSP_INVALID_REQUEST, "the server is initialized already");
	read_capabilities(s, json_object_get(params, "capabilities"));
	root = find_root(s, params);
	if (!root)
		return lsp_fail(s, LSP_INVALID_PARAMS,
				"the root is no folder of this machine; open one");
	rc = tree_open(s, root);
	free(root);
	if (rc == -ENOENT)
		return lsp_fail(s, LSP_INVALID_PARAMS, "the root is no folder that can be entered");
	if (rc)
		return NULL;
	s->phase = LSP_RUNNING;
	return abilities(s);
}

/* Files of which a change on the disk is a change of the answer. */
static json_t *initialized(struct lsp *s, const json_t *params)
{
	(void)params;
	if (s->has_watches)
		send_message(s,
			     json_pack("{s:s,s:s,s:s,s:{s:[{s:s,s:s,s:{s:[{s:s},{s:s}]}}]}}",
				       "jsonrpc", "2.0", "id", "candor-watch", "method",
				       "client/registerCapability", "params", "registrations", "id",
				       "candor-watch", "method", "workspace/didChangeWatchedFiles",
				       "registerOptions", "watchers", "globPattern",
				       "**/*.{c,h,def,inc,py,sh,S,s,lua,build,lock}", "globPattern",
				       "**/{SUPPORT.md,features.yaml,candor.yaml}"));
	return json_null();
}

static json_t *shut_down(struct lsp *s, const json_t *params)
{
	(void)params;
	s->phase = LSP_SHUT_DOWN;
	return json_null();
}

static json_t *leave(struct lsp *s, const json_t *params)
{
	(void)params;
	s->phase_before_over = s->phase;
	s->phase = LSP_OVER;
	return json_null();
}

/* Nothing is asked, nothing has to be done. */
static json_t *ignore(struct lsp *s, const json_t *params)
{
	(void)s;
	(void)params;
	return json_null();
}

/* ---- Methods ---- */

struct method {
	const char *name;
	bool any_phase; /* before "initialize" and after "shutdown" too */
	json_t *(*run)(struct lsp *s, const json_t *params);
};

static const struct method requests[] = {
	{ "initialize", true, initialize },
	{ "shutdown", false, shut_down },
	{ "textDocument/codeAction", false, mend_ask },
	{ "textDocument/completion", false, complete_ask },
	{ "textDocument/definition", false, ask_definition },
	{ "textDocument/hover", false, ask_hover },
	{ "textDocument/references", false, ask_references },
	{ 0 },
};

static const struct method notifications[] = {
	{ "$/cancelRequest", false, ignore }, /* of what is answered already */
	{ "exit", true, leave },
	{ "initialized", false, initialized },
	{ "textDocument/didChange", false, sync_change },
	{ "textDocument/didClose", false, sync_close },
	{ "textDocument/didOpen", false, sync_open },
	{ "textDocument/didSave", false, sync_touch },
	{ "workspace/didChangeWatchedFiles", false, sync_touch },
	{ 0 },
};

static const struct method *find_method(const struct method *table, const char *name)
{
	while (table->name && strcmp(table->name, name))
		table++;
	return table->name ? table : NULL;
}

static json_t *run(struct lsp *s, const struct method *table, const char *name,
		   const json_t *params)
{
	const struct method *m = find_method(table, name);

	s->code = 0;
	if (s->phase == LSP_NEW && !(m && m->any_phase))
		return lsp_fail(s, LSP_NOT_INITIALIZED, "send 'initialize' first");
	if (s->phase == LSP_SHUT_DOWN && !(m && m->any_phase))
		return lsp_fail(s, LSP_INVALID_REQUEST, "the server is shut down");
	if (!m)
		return lsp_fail(s, LSP_METHOD_NOT_FOUND, "no such method");
	return m->run(s, params);
}

static void answer(struct lsp *s, const json_t *id, const char *method, const json_t *params)
{
	json_t *result = run(s, requests, method, params);

	if (result)
		send_message(s, json_pack("{s:s,s:O,s:o}", "jsonrpc", "2.0", "id", id, "result",
					  result));
	else if (s->code)
		answer_error(s, id, s->code, s->why);
	else
		answer_error(s, id, LSP_INTERNAL_ERROR, "out of memory");
}

void lsp_take(struct lsp *s, const json_t *message)
{
	const json_t *id = json_object_get(message, "id");
	const char *method = json_string_value(json_object_get(message, "method"));
	const json_t *params = json_object_get(message, "params");
	json_t *done;

	if (s->phase == LSP_OVER)
		return;
	/* An answer to what we asked needs none. */
	if (id && !method &&
	    (json_object_get(message, "result") || json_object_get(message, "error")))
		return;
	if (!method || (id && !json_is_integer(id) && !json_is_string(id))) {
		answer_error(s, NULL, LSP_INVALID_REQUEST,
			     "a message has a method, and an id that is a number or a string");
		return;
	}
	if (id) {
		answer(s, id, method, params);
		return;
	}
	/* What goes wrong with a notification is nobody's answer. */
	done = run(s, notifications, method, params);
	json_decref(done);
}

void lsp_take_bad(struct lsp *s, const char *why)
{
	answer_error(s, NULL, LSP_PARSE_ERROR, why);
}

void lsp_cancel(struct lsp *s, const json_t *message)
{
	answer_error(s, json_object_get(message, "id"), LSP_REQUEST_CANCELLED, "called back");
}

bool lsp_is_stale(const struct lsp *s)
{
	return s->phase == LSP_RUNNING && s->is_unpublished;
}

void lsp_refresh(struct lsp *s)
{
	if (lsp_is_stale(s))
		publish_diagnostics(s);
}
