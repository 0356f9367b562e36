/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `candor host`: what a host has asked for beyond what its build has on, and what runs. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "family.h"
#include "host-session.h"
#include "output.h"

#define HOSTNAME_SIZE_MAX 4096

static const char status_text_words[] =
	"Exit status: 0 all is on record; 1 something is outside its record, or expired;\n"
	"2 trouble.\n";

/* ---- reading ---- */

enum exit_status host_print(struct strbuf *text)
{
	enum exit_status status = EXIT_CLEAN;

	if (!strbuf_str(text) || fwrite(text->data, 1, text->size, stdout) != text->size ||
	    fflush(stdout)) {
		fputs("candor: cannot write the answer\n", stderr);
		status = EXIT_TROUBLE;
	}
	strbuf_reset(text);
	return status;
}

bool host_arguments(const struct argument_table *table, int argc, char **argv, size_t least,
		    size_t most, struct argument_list *ret_operands, enum exit_status *ret_status)
{
	enum arguments_result result = arguments_parse(table, argc, argv, ret_operands);

	*ret_status = result == ARGUMENTS_HELP ? EXIT_CLEAN : EXIT_TROUBLE;
	if (result != ARGUMENTS_OK)
		return false;
	return arguments_count(table->command, table->operands, ret_operands, least, most);
}

const char *host_root(const struct host_options *o, char buffer[PATH_MAX])
{
	size_t size = o->root ? strlen(o->root) : 0;

	while (size && o->root[size - 1] == '/')
		size--;
	snprintf(buffer, PATH_MAX, "%.*s", (int)(size < PATH_MAX ? size : PATH_MAX - 1),
		 o->root ? o->root : "");
	return buffer;
}

bool host_is_here(const struct host_options *o)
{
	char buffer[PATH_MAX];

	return !host_root(o, buffer)[0];
}

enum exit_status host_trouble(const char *command, int rc, struct strbuf *err)
{
	if (strbuf_str(err) && err->size)
		fputs(err->data, stderr);
	else
		output_say(command, "see that there is memory and room", "%s", strerror(-rc));
	strbuf_reset(err);
	return EXIT_TROUBLE;
}

/* The name of the host whose files are below @root; "" when it has none. */
static void read_name(const char *root, char ret_name[STATUS_NAME_MAX + 1])
{
	char path[PATH_MAX], *text;
	size_t size;

	ret_name[0] = '\0';
	if (!root[0]) {
		if (gethostname(ret_name, STATUS_NAME_MAX))
			ret_name[0] = '\0';
		ret_name[STATUS_NAME_MAX] = '\0';
		return;
	}
	if (snprintf(path, sizeof(path), "%s/etc/hostname", root) >= (int)sizeof(path) ||
	    file_read(path, HOSTNAME_SIZE_MAX, &text, &size))
		return;
	text[strcspn(text, " \t\r\n")] = '\0';
	snprintf(ret_name, STATUS_NAME_MAX + 1, "%s", text);
	free(text);
}

/* What runs: told by a file, or by the hypervisor; where neither can, it is not known. */
static int read_state(const char *command, const struct host_options *o, struct status_input *in,
		      struct strbuf *err)
{
	struct strbuf why = STRBUF_INIT;
	int rc;

	if (o->state)
		return state_read(o->state, &in->state, err);
	in->may_be_unknown = !host_is_here(o);
	if (in->may_be_unknown)
		return 0;
	rc = state_ask(&in->state, &why);
	if (rc && rc != -ENOMEM && strbuf_str(&why)) {
		if (!o->is_quiet)
			fprintf(stderr, "%s: warning: what runs is not known\n%s", command,
				strbuf_str(&why));
		rc = 0;
	}
	strbuf_reset(&why);
	return rc;
}

enum exit_status host_read(const char *command, const struct host_options *o,
			   struct status_input *ret_in)
{
	struct status_input in = { 0 };
	struct strbuf err = STRBUF_INIT;
	char buffer[PATH_MAX];
	const char *root = host_root(o, buffer);
	int rc = date_today(in.today);

	if (rc) {
		output_say(command, "unset it, or set it to seconds since 1970",
			   "SOURCE_DATE_EPOCH is no time");
		return EXIT_TROUBLE;
	}
	read_name(root, in.host);
	rc = read_state(command, o, &in, &err);
	if (!rc)
		rc = optins_read(root, &in.records, &err);
	if (!rc)
		rc = log_read(root, &in.log, &err);
	if (!rc)
		rc = boot_read(root, &in.boot, &err);
	if (!rc)
		rc = known_read(&in.known, root, in.state.policy, o->lock, o->tree, &err);
	if (rc) {
		status_input_reset(&in);
		return host_trouble(command, rc, &err);
	}
	/* Of records that cannot be read: the others count. */
	if (strbuf_str(&err))
		fputs(strbuf_str(&err), stderr);
	strbuf_reset(&err);
	*ret_in = in;
	return EXIT_CLEAN;
}

/* ---- status and list ---- */

struct view {
	void (*text)(const struct status *s, struct strbuf *out, size_t width,
		     enum emit_colour colour);
	void (*document)(const struct status *s, struct strbuf *out, enum doc_format format);
	enum exit_status outside; /* what is returned when something is */
};

static void add_view(const struct view *view, const struct host_options *o, const struct status *s,
		     struct strbuf *out)
{
	struct candor_option style[OUTPUT_STYLE_MAX];
	enum emit_colour colour = EMIT_PLAIN;
	size_t width = 0;
	char columns[16];

	for (size_t i = output_style(style, columns); i > 0; i--) {
		if (!strcmp(style[i - 1].name, "colour"))
			colour = EMIT_COLOUR;
		else
			width = (size_t)atol(style[i - 1].value);
	}
	if (o->json || o->yaml)
		view->document(s, out, o->yaml ? DOC_YAML : DOC_JSON);
	else
		view->text(s, out, width, colour);
}

static enum exit_status show(const char *command, const struct host_options *o,
			     const struct view *view)
{
	struct strbuf out = STRBUF_INIT;
	struct status_input in;
	struct status s = { 0 };
	enum exit_status status;
	int rc;

	if (o->json && o->yaml)
		return output_say(command, "choose one", "two formats are asked for");
	status = host_read(command, o, &in);
	if (status)
		return status;
	rc = status_make(&in, &s);
	if (!rc) {
		add_view(view, o, &s, &out);
		status = host_print(&out);
		if (!status && status_is_outside(&s))
			status = view->outside;
	} else {
		status = output_say(command, "free memory", "%s", strerror(-rc));
	}
	status_reset(&s);
	status_input_reset(&in);
	return status;
}

static enum exit_status host_status(int argc, char **argv)
{
	static const struct view view = { status_text, status_document, EXIT_FINDINGS };
	struct host_options o = { 0 };
	const struct argument rows[] = { HOST_JSON_ROW(&o), HOST_YAML_ROW(&o), HOST_STATE_ROW(&o),
					 HOST_ROOT_ROW(&o), HOST_LOCK_ROW(&o), HOST_TREE_ROW(&o) };
	const struct argument_table table = { argv[0], "", status_text_words, rows,
					      sizeof(rows) / sizeof(rows[0]) };
	struct argument_list operands = { 0 };
	enum exit_status status;

	if (!host_arguments(&table, argc, argv, 0, 0, &operands, &status))
		return status;
	return show(argv[0], &o, &view);
}

/* The boot options of all records, for boot loaders we do not know. */
static enum exit_status print_options(const char *command, const struct host_options *o)
{
	struct strbuf out = STRBUF_INIT;
	struct status_input in;
	enum exit_status status = host_read(command, o, &in);

	if (status)
		return status;
	boot_options(&in.records, &out);
	if (out.size)
		strbuf_puts(&out, "\n");
	status = in.records.nr_bad ? EXIT_FINDINGS : host_print(&out);
	strbuf_reset(&out);
	status_input_reset(&in);
	return status;
}

static enum exit_status host_list(int argc, char **argv)
{
	static const struct view view = { status_list_text, status_list_document, EXIT_CLEAN };
	struct host_options o = { .is_quiet = true };
	bool options = false;
	const struct argument rows[] = {
		{ "print-options", NULL, "the boot options that ask for them", .flag = &options },
		HOST_JSON_ROW(&o),
		HOST_YAML_ROW(&o),
		HOST_STATE_ROW(&o),
		HOST_ROOT_ROW(&o),
	};
	const struct argument_table table = { argv[0], "", "Exit status: 0 listed, 2 trouble.\n",
					      rows, sizeof(rows) / sizeof(rows[0]) };
	struct argument_list operands = { 0 };
	enum exit_status status;

	if (!host_arguments(&table, argc, argv, 0, 0, &operands, &status))
		return status;
	return options ? print_options(argv[0], &o) : show(argv[0], &o, &view);
}

/* ---- prometheus ---- */

static enum exit_status write_metrics(const char *command, const struct host_options *o,
				      const char *path)
{
	struct strbuf out = STRBUF_INIT;
	struct status_input in;
	struct status s = { 0 };
	enum exit_status status = host_read(command, o, &in);
	int rc;

	if (status)
		return status;
	rc = status_make(&in, &s);
	if (!rc) {
		status_prometheus(&s, &out);
		rc = strbuf_str(&out) ? 0 : -ENOMEM;
	}
	if (!rc && strcmp(path, "-"))
		rc = file_write_atomic(path, out.data, out.size);
	else if (!rc)
		status = host_print(&out);
	if (rc)
		status = output_say(command, "name a file that can be written; the old one stands",
				    "%s: %s", path, strerror(-rc));
	status_reset(&s);
	status_input_reset(&in);
	strbuf_reset(&out);
	return status;
}

static enum exit_status host_prometheus(int argc, char **argv)
{
	struct host_options o = { 0 };
	const char *out = NULL;
	const struct argument rows[] = {
		{ "out", "FILE", "replace FILE at once; - for standard output", .text = &out },
		HOST_STATE_ROW(&o),
		HOST_ROOT_ROW(&o),
		HOST_LOCK_ROW(&o),
		HOST_TREE_ROW(&o),
	};
	const struct argument_table table = { argv[0], "", "Exit status: 0 written, 2 trouble.\n",
					      rows, sizeof(rows) / sizeof(rows[0]) };
	struct argument_list operands = { 0 };
	enum exit_status status;

	if (!host_arguments(&table, argc, argv, 0, 0, &operands, &status))
		return status;
	if (!out)
		return output_say(argv[0], "name a file in node exporter's folder, or -",
				  "--out is missing");
	return write_metrics(argv[0], &o, out);
}

/* ---- the subcommands ---- */

static const struct command subcommands[] = {
	{ "enable",
	  "FEATURE --why TEXT --by NAME [--until YYYY-MM-DD] [--no-boot-entry]\n"
	  "             [--print-options] [--update-command PROGRAM]",
	  "put a preview on record, and into the boot entry", host_enable },
	{ "disable",
	  "FEATURE --why TEXT --by NAME [--print-options]\n"
	  "             [--update-command PROGRAM]",
	  "take it away again", host_disable },
	{ "apply", "[--print-options] [--update-command PROGRAM]",
	  "write the boot entry anew from the records", host_apply },
	{ "list", "[--json | --yaml | --print-options]", "what is on record", host_list },
	{ "status", "[--json | --yaml]", "what is on record, beside what runs", host_status },
	{ "prometheus", "--out FILE", "the status as metrics, for node exporter", host_prometheus },
	{ 0 },
};

static const char about[] =
	"A preview that is compiled in stays off until the administrator asks for it: who, why\n"
	"and until when goes on record in /etc/candor/opt-in.d, and the hypervisor's boot option\n"
	"opt-in into a drop-in for GRUB, /etc/default/grub.d/candor.cfg.\n";

static const char epilogue[] =
	"`candor host SUBCOMMAND --help` tells more. --root DIR: the system's files are below\n"
	"DIR; --state FILE: what runs, as lines of its tree of facts or as `status --json` has\n"
	"it; --lock FILE, --tree DIR: the build's lock, and what is stated of features.\n"
	"\n"
	"Exit status: 0 done, 1 refused, or something is outside its record, 2 trouble.\n";

enum exit_status cmd_host(int argc, char **argv)
{
	static const struct family family = { "candor host", about, epilogue, 10, subcommands };

	return family_run(&family, argc, argv);
}
