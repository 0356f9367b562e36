/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `candor check`: holds registry, statement, code, locks and tests together. */
#include "command.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "check-options.h"
#include "output.h"

static const char command[] = "candor check";

static void print_summary(const struct candor_summary *s)
{
	printf("%zu features, %zu annotations, %zu errors, %zu warnings", s->nr_features,
	       s->nr_annotations, s->nr_errors, s->nr_warnings);
	if (s->nr_old)
		printf(", %zu in the baseline", s->nr_old);
	if (s->nr_waived)
		printf(", %zu waived", s->nr_waived);
	if (s->nr_fixable)
		printf("; --fix mends %zu", s->nr_fixable);
	puts("");
}

static enum exit_status print(const struct check_options *o, const struct candor_summary *s)
{
	struct candor_option style[OUTPUT_STYLE_MAX + 1] = { 0 }, colour[2] = { 0 };
	bool is_text = !strcmp(o->format, "text");
	enum exit_status status;
	char columns[16];

	output_style(style, columns);
	/* Findings are not cut to the terminal's width. */
	if (style[0].name && !strcmp(style[0].name, "colour"))
		colour[0] = style[0];
	status = output_render(command, o->c, "diagnostics", o->format, is_text ? colour : NULL);
	if (status == EXIT_CLEAN && is_text)
		print_summary(s);
	return status;
}

static enum exit_status write_baseline(const struct check_options *o)
{
	struct strbuf sb = STRBUF_INIT;
	struct candor_error error;
	int rc = candor_render(o->c, "baseline", "json", NULL, output_keep, &sb, &error);

	if (!rc) {
		rc = file_write_atomic(o->write_baseline, sb.data, sb.size);
		if (rc)
			fprintf(stderr, "candor check: cannot write %s: %s\n", o->write_baseline,
				strerror(-rc));
	} else {
		output_complain(command, &error);
	}
	strbuf_reset(&sb);
	return rc ? EXIT_TROUBLE : EXIT_CLEAN;
}

static enum exit_status check(const struct check_options *o)
{
	enum exit_status status;
	struct candor_summary s;
	struct candor_error error;

	if (candor_load(o->c, &error) || candor_check(o->c, &error))
		return output_complain(command, &error);
	candor_summarize(o->c, &s);
	status = o->write_baseline ? write_baseline(o) : print(o, &s);
	if (status == EXIT_CLEAN && s.nr_errors && !o->write_baseline)
		status = EXIT_FINDINGS;
	/* An answer about inputs that could not be read is no answer. */
	return s.is_unread ? EXIT_TROUBLE : status;
}

/* Bytes for patch(1), but nothing that a terminal would obey. */
static void print_patch(const struct strbuf *sb)
{
	for (const char *p = sb->data; p && *p;) {
		size_t n = strcspn(p, "\n");
		struct strbuf shown = STRBUF_INIT;

		if (isatty(STDOUT_FILENO))
			text_add_visible(&shown, p, n);
		else
			strbuf_add(&shown, p, n);
		fwrite(shown.data ? shown.data : "", 1, shown.size, stdout);
		putchar('\n');
		strbuf_reset(&shown);
		p += n + (p[n] == '\n');
	}
}

static enum exit_status print_fixes(const struct check_options *o)
{
	struct strbuf sb = STRBUF_INIT;
	struct candor_error error;
	int rc = candor_render(o->c, "fixes", "patch", NULL, output_keep, &sb, &error);

	if (rc < 0)
		output_complain(command, &error);
	else
		print_patch(&sb);
	strbuf_reset(&sb);
	return rc < 0 ? EXIT_TROUBLE : rc == CANDOR_NO ? EXIT_FINDINGS : EXIT_CLEAN;
}

/* Mends; EXIT_CLEAN: go on and check. */
static enum exit_status fix(const struct check_options *o)
{
	size_t nr_edits, nr_files;
	struct candor_error error;

	if (candor_fix(o->c, &nr_edits, &nr_files, &error)) {
		fprintf(stderr, "candor check: cannot mend %s: %s\n",
			error.file[0] ? error.file : "the files", strerror(-error.code));
		return EXIT_TROUBLE;
	}
	if (!strcmp(o->format, "text") && nr_files)
		printf("%zu edits in %zu files\n", nr_edits, nr_files);
	return EXIT_CLEAN;
}

static enum exit_status run(const struct check_options *o)
{
	enum exit_status status;
	struct candor_error error;
	int rc = candor_find(o->c, &error);

	if (rc == -ENOENT) {
		fprintf(stderr,
			"candor check: %s holds neither SUPPORT.md nor support/features.yaml; name "
			"a tree by --tree or files by --statement and --registry\n",
			error.file);
		return EXIT_TROUBLE;
	}
	if (rc) {
		fprintf(stderr, "candor check: %s: %s\n", error.message, error.remedy);
		return EXIT_TROUBLE;
	}
	if (o->dry_run)
		return print_fixes(o);
	status = o->fix ? fix(o) : EXIT_CLEAN;
	return status == EXIT_CLEAN ? check(o) : status;
}

enum exit_status cmd_check(int argc, char **argv)
{
	struct check_options o = { 0 };
	enum exit_status status;

	if (candor_create(NULL, &o.c))
		return output_say(command, "free memory", "out of memory");
	if (check_options_read(argc, argv, &o, &status))
		status = run(&o);
	candor_destroy(o.c);
	return status;
}
