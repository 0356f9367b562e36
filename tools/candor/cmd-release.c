/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `candor release`: writes a signed release. */
#include "command.h"

#include "arguments.h"
#include "base/terminal.h"
#include "interrupt.h"
#include "output.h"

#include <stdio.h>

static const char command[] = "candor release";

static const char epilogue[] =
	"The release holds what git has at HEAD. That is checked first, as by `candor check`,\n"
	"with its candor.yaml and waivers, the lock and the images, and refused if an error\n"
	"is found; nothing appears at DIR before all of it is written, signed and verified.\n\n"
	"Exit status: 0 written (or the same release stands there), 1 refused (error in the\n"
	"check, failed test, uncommitted change, image that differs from its lock), 2 trouble.\n";

enum text {
	TEXT_OUT,
	TEXT_SOURCE,
	TEXT_PROFILE,
	TEXT_LOCK,
	TEXT_MATRIX_HTML,
	TEXT_MATRIX_JSON,
	TEXT_EVIDENCE,
	TEXT_KEY,
	TEXT_EXPORT_KEY,
	TEXT_VERSION,
	NR_TEXTS
};

enum flag { FLAG_ALLOW_DIRTY, FLAG_REPLACE, NR_FLAGS };

/* What the library's options were given on the command line. */
struct request {
	const char *texts[NR_TEXTS];
	bool flags[NR_FLAGS];
	struct argument_list images;
};

static const char *const text_names[NR_TEXTS] = {
	[TEXT_OUT] = "out",
	[TEXT_SOURCE] = "source",
	[TEXT_PROFILE] = "profile",
	[TEXT_LOCK] = "lock",
	[TEXT_MATRIX_HTML] = "matrix-html",
	[TEXT_MATRIX_JSON] = "matrix-json",
	[TEXT_EVIDENCE] = "evidence",
	[TEXT_KEY] = "key",
	[TEXT_EXPORT_KEY] = "export-key",
	[TEXT_VERSION] = "version",
};

static const char *const flag_names[NR_FLAGS] = {
	[FLAG_ALLOW_DIRTY] = "allow-dirty",
	[FLAG_REPLACE] = "replace",
};

static enum arguments_result parse(int argc, char **argv, struct request *q)
{
	const struct argument rows[] = {
		{ "out", "DIR", "the folder to write; whole or not at all",
		  .text = &q->texts[TEXT_OUT] },
		{ "source", "TREE", "git tree to release (default: .)",
		  .text = &q->texts[TEXT_SOURCE] },
		{ "image", "FILE", "goes into the image tarball; repeat for more",
		  .list = &q->images },
		{ "profile", "NAME", "policy profile the images were built for",
		  .text = &q->texts[TEXT_PROFILE] },
		{ "lock", "FILE", "that profile's lockfile", .text = &q->texts[TEXT_LOCK] },
		{ "matrix-html", "FILE", "matrix by `candor matrix`",
		  .text = &q->texts[TEXT_MATRIX_HTML] },
		{ "matrix-json", "FILE", "the same as JSON", .text = &q->texts[TEXT_MATRIX_JSON] },
		{ "evidence", "FILE", "test results by `candor evidence`",
		  .text = &q->texts[TEXT_EVIDENCE] },
		{ "key", "KEYID", "secret OpenPGP key (default: the only one)",
		  .text = &q->texts[TEXT_KEY] },
		{ "export-key", "FILE", "write its public key there, for gpgv",
		  .text = &q->texts[TEXT_EXPORT_KEY] },
		{ "version", "V", "in file names (default: " CANDOR_VERSION ")",
		  .text = &q->texts[TEXT_VERSION] },
		{ "allow-dirty", NULL, "release HEAD although tracked files differ",
		  .flag = &q->flags[FLAG_ALLOW_DIRTY] },
		{ "replace", NULL, "swap out another release at DIR",
		  .flag = &q->flags[FLAG_REPLACE] },
	};
	const struct argument_table table = {
		.command = command,
		.operands = "",
		.epilogue = epilogue,
		.rows = rows,
		.nr_rows = sizeof(rows) / sizeof(rows[0]),
	};
	struct argument_list operands = { 0 };

	return arguments_parse(&table, argc, argv, &operands);
}

#define OPTIONS_MAX (NR_TEXTS + NR_FLAGS + ARGUMENTS_LIST_MAX + 2)

static void make_options(const struct request *q, struct candor_option o[OPTIONS_MAX])
{
	size_t nr = 0;

	for (size_t i = 0; i < NR_TEXTS; i++) {
		if (q->texts[i])
			o[nr++] = (struct candor_option){ .name = text_names[i],
							  .value = q->texts[i] };
	}
	for (size_t i = 0; i < NR_FLAGS; i++) {
		if (q->flags[i])
			o[nr++] = (struct candor_option){ .name = flag_names[i] };
	}
	for (size_t i = 0; i < q->images.nr; i++)
		o[nr++] = (struct candor_option){ .name = "image", .value = q->images.values[i] };
	if (terminal_colours(stderr))
		o[nr++] = (struct candor_option){ .name = "colour" };
	o[nr] = (struct candor_option){ 0 };
}

static enum exit_status release(struct candor *c, const struct request *q)
{
	struct candor_option options[OPTIONS_MAX];
	struct candor_error error;
	int rc;

	make_options(q, options);
	interrupt_catch(c, command);
	rc = candor_release(c, options, output_take, stdout, &error);
	interrupt_clear(command);
	if (rc)
		output_fail(command, c, &error);
	else
		fputs(candor_complaints(c), stderr);
	return rc < 0 ? EXIT_TROUBLE : rc ? EXIT_FINDINGS : EXIT_CLEAN;
}

enum exit_status cmd_release(int argc, char **argv)
{
	struct request q = { 0 };
	enum arguments_result parsed = parse(argc, argv, &q);
	enum exit_status status;
	struct candor *c;

	if (parsed != ARGUMENTS_OK)
		return parsed == ARGUMENTS_HELP ? EXIT_CLEAN : EXIT_TROUBLE;
	if (!q.texts[TEXT_OUT]) {
		fputs("candor release: no folder to write is named\n       = give --out DIR\n",
		      stderr);
		return EXIT_TROUBLE;
	}
	if (candor_create(NULL, &c))
		return output_say(command, "free memory", "out of memory");
	status = release(c, &q);
	candor_destroy(c);
	return status;
}
