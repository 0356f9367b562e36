/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* candor release: writes one signed release folder. */
#include "command.h"

#include "arguments.h"
#include "base/terminal.h"
#include "publish/interrupt.h"
#include "publish/release.h"

#include <stdio.h>

static const char epilogue[] =
	"The release holds what git has at HEAD. That is checked first, as by `candor check`,\n"
	"with the lock and the images, and refused if an error is found; nothing appears at\n"
	"DIR before all of it is written, signed and verified.\n\n"
	"Exit status: 0 written (or the same release stands there), 1 refused (error in the\n"
	"check, failed test, uncommitted change, image that differs from its lock), 2 trouble.\n";

static enum arguments_result parse(int argc, char **argv, struct release_options *o,
				   struct argument_list *images)
{
	const struct argument rows[] = {
		{ "out", "DIR", "the folder to write; whole or not at all", .text = &o->out },
		{ "source", "TREE", "git tree to release (default: .)", .text = &o->tree },
		{ "image", "FILE", "goes into the image tarball; repeat for more", .list = images },
		{ "profile", "NAME", "policy profile the images were built for",
		  .text = &o->profile },
		{ "lock", "FILE", "that profile's lockfile", .text = &o->lock },
		{ "matrix-html", "FILE", "matrix by `candor matrix`", .text = &o->matrix_html },
		{ "matrix-json", "FILE", "the same as JSON", .text = &o->matrix_json },
		{ "evidence", "FILE", "test results by `candor evidence`", .text = &o->evidence },
		{ "key", "KEYID", "secret OpenPGP key (default: the only one)", .text = &o->key },
		{ "export-key", "FILE", "write its public key there, for gpgv",
		  .text = &o->export_key },
		{ "version", "V", "in file names (default: " CANDOR_VERSION ")",
		  .text = &o->version },
		{ "allow-dirty", NULL, "release HEAD although tracked files differ",
		  .flag = &o->allow_dirty },
		{ "replace", NULL, "swap out another release at DIR", .flag = &o->replace },
	};
	const struct argument_table table = {
		.command = "candor release",
		.operands = "",
		.epilogue = epilogue,
		.rows = rows,
		.nr_rows = sizeof(rows) / sizeof(rows[0]),
	};
	struct argument_list operands = { 0 };
	enum arguments_result result = arguments_parse(&table, argc, argv, &operands);

	if (!o->version)
		o->version = CANDOR_VERSION;
	if (!o->tree)
		o->tree = ".";
	o->images = images->values;
	o->nr_images = images->nr;
	return result;
}

/* One line that the next one overwrites; it is gone before anything else is said. */
static void show_progress(const char *what, const char *file)
{
	fprintf(stderr, "\r\033[Kcandor release: %s%s%.60s", what, file ? " " : "",
		file ? file : "");
	fflush(stderr);
}

static void end_progress(const struct release_options *o)
{
	if (o->progress)
		fputs("\r\033[K", stderr);
}

static void print_report(const struct release_options *o, const struct release_report *report)
{
	printf("%s %s\n", report->was_there ? "already there:" : "released:", o->out);
	printf("  commit    %s%s\n", report->commit,
	       report->dirty ? " (without the uncommitted changes)" : "");
	printf("  timestamp %lld\n", report->epoch);
	release_print_check(report, stdout);
	printf("  signed by %s\n", report->fingerprint);
	for (size_t i = 0; i < report->sums.nr_lines; i++)
		printf("  %.16s  %s\n", report->sums.lines[i].sha256, report->sums.lines[i].name);
}

enum exit_status cmd_release(int argc, char **argv)
{
	struct release_options options = { 0 };
	struct argument_list images = { 0 };
	struct release_report report;
	struct trouble trouble = { 0 };
	enum arguments_result parsed = parse(argc, argv, &options, &images);
	int rc;

	if (parsed != ARGUMENTS_OK)
		return parsed == ARGUMENTS_HELP ? EXIT_CLEAN : EXIT_TROUBLE;
	if (!options.out) {
		fputs("candor release: no folder to write is named\n       = give --out DIR\n",
		      stderr);
		return EXIT_TROUBLE;
	}
	interrupt_catch();
	if (terminal_obeys(stderr))
		options.progress = show_progress;
	rc = release_write(&options, &trouble, &report);
	end_progress(&options);
	/* As `candor check` prints them, but beside the report. */
	release_print_findings(&report, stderr);
	if (rc) {
		/* An interrupt makes the programs we drive fail too: name the cause. */
		struct trouble interrupt = { 0 };
		enum release_refusal refusal = report.refusal;

		fprintf(stderr, "%s\n",
			interrupt_check(&interrupt) ? interrupt.text : trouble.text);
		release_reset(&report);
		return refusal == RELEASE_REFUSED ? EXIT_FINDINGS : EXIT_TROUBLE;
	}
	print_report(&options, &report);
	release_reset(&report);
	return EXIT_CLEAN;
}
