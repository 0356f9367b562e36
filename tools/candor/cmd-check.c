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
#include "base/text.h"
#include "check-options.h"
#include "check/judge.h"
#include "emit/emit.h"
#include "mend.h"
#include "support.h"

typedef int writer_fn(const struct model *m, const struct emit_run *run, struct strbuf *sb);

static int print_summary(const struct model *m)
{
	struct tally t = judge_count(m);
	int r = printf("%zu features, %zu annotations, %zu errors, %zu warnings", m->nr_features,
		       m->nr_annotations, t.nr_errors, t.nr_warnings);

	if (t.nr_old && r >= 0)
		r = printf(", %zu in the baseline", t.nr_old);
	if (t.nr_waived && r >= 0)
		r = printf(", %zu waived", t.nr_waived);
	if (t.nr_fixable && r >= 0)
		r = printf("; --fix mends %zu", t.nr_fixable);
	return r >= 0 && puts("") >= 0 ? 0 : -EIO;
}

static int print_text(struct model *m)
{
	int rc = support_print_diagnostics(m, stdout, SUPPORT_COLOUR_ON_TERMINAL);

	return rc ? rc : print_summary(m);
}

static int print(struct model *m, const struct check_options *o, const struct baseline *baseline)
{
	static writer_fn *const writers[NR_CHECK_FORMATS] = {
		[CHECK_JSON] = emit_findings_json,
		[CHECK_SARIF] = emit_findings_sarif,
		[CHECK_GITHUB] = emit_findings_github,
		[CHECK_GITLAB] = emit_findings_gitlab,
	};
	struct emit_run told = { CANDOR_VERSION, o->tree, o->baseline ? baseline : NULL };
	struct strbuf sb = STRBUF_INIT;
	int rc;

	if (o->format == CHECK_TEXT)
		rc = print_text(m);
	else
		rc = writers[o->format](m, &told, &sb);
	if (!rc && sb.size)
		rc = fputs(sb.data, stdout) < 0 ? -EIO : 0;
	strbuf_reset(&sb);
	if (!rc && (fflush(stdout) || ferror(stdout)))
		rc = -EIO;
	return rc;
}

static int write_baseline(const struct model *m, const char *path)
{
	struct strbuf sb = STRBUF_INIT;
	int rc;

	emit_baseline(m, &sb);
	rc = strbuf_str(&sb) ? file_write_atomic(path, sb.data, sb.size) : -ENOMEM;
	strbuf_reset(&sb);
	if (rc)
		fprintf(stderr, "candor check: cannot write %s: %s\n", path, strerror(-rc));
	return rc;
}

static struct selection selection_of(const struct check_options *o)
{
	return (struct selection){ o->rules.values, o->rules.nr, o->severity };
}

static enum exit_status check(const struct check_options *o, const struct support_inputs *in)
{
	struct selection selection = selection_of(o);
	enum exit_status status = EXIT_TROUBLE;
	struct baseline baseline = { 0 };
	struct model *m;
	int rc = support_load(in, &m);

	if (rc) {
		fprintf(stderr, "candor check: %s\n", strerror(-rc));
		return EXIT_TROUBLE;
	}
	rc = support_check(m);
	if (!rc)
		rc = support_judge(m, in, &selection, &baseline);
	if (!rc && !o->write_baseline)
		rc = print(m, o, &baseline);
	if (rc)
		fprintf(stderr, "candor check: %s\n", strerror(-rc));
	else
		status = judge_count(m).nr_errors ? EXIT_FINDINGS : EXIT_CLEAN;
	if (!rc && o->write_baseline)
		status = write_baseline(m, o->write_baseline) ? EXIT_TROUBLE : EXIT_CLEAN;
	/* An answer about inputs that could not be read is no answer. */
	if (support_is_unread(m))
		status = EXIT_TROUBLE;
	model_destroy(m);
	return status;
}

static enum exit_status print_diff(const struct mended *mended)
{
	enum exit_status status = mended->nr ? EXIT_FINDINGS : EXIT_CLEAN;
	struct strbuf sb = STRBUF_INIT, shown = STRBUF_INIT;

	mended_add_diff(mended, &sb);
	/* Bytes for patch(1), but nothing that a terminal would obey. */
	for (const char *p = sb.data; p && *p && isatty(STDOUT_FILENO);) {
		size_t n = strcspn(p, "\n");

		text_add_visible(&shown, p, n);
		strbuf_puts(&shown, "\n");
		p += n + (p[n] == '\n');
	}
	if (!strbuf_str(&sb) || !strbuf_str(&shown) ||
	    fputs(shown.size ? shown.data : strbuf_str(&sb), stdout) < 0) {
		fputs("candor check: cannot write the differences\n", stderr);
		status = EXIT_TROUBLE;
	}
	strbuf_reset(&sb);
	strbuf_reset(&shown);
	return status;
}

/* Mends; EXIT_CLEAN: go on and check. */
static enum exit_status fix(const struct check_options *o, const struct support_inputs *in)
{
	struct selection selection = selection_of(o);
	enum exit_status status = EXIT_CLEAN;
	const char *disk = NULL;
	struct mended mended;
	int rc = mend(in, &selection, &mended);

	if (!rc && o->dry_run)
		status = print_diff(&mended);
	else if (!rc)
		rc = mended_write(&mended, &disk);
	if (rc)
		fprintf(stderr, "candor check: cannot mend %s: %s\n", disk ? disk : "the files",
			strerror(-rc));
	else if (!o->dry_run && o->format == CHECK_TEXT && mended.nr)
		printf("%zu edits in %zu files\n", mended.nr_edits, mended.nr);
	mended_reset(&mended);
	return rc ? EXIT_TROUBLE : status;
}

static enum exit_status run(struct check_options *o)
{
	struct support_inputs in = {
		.registry = o->registry,
		.statement = o->statement,
		.tree = o->tree,
		.config = o->config,
		.evidence = o->evidence,
		.waivers = o->waivers,
		.baseline = o->baseline,
		.previous = o->previous,
		.branches = o->branches.values,
		.nr_branches = o->branches.nr,
		.locks = o->locks.values,
		.nr_locks = o->locks.nr,
		.objects = o->objects.values,
		.nr_objects = o->objects.nr,
		.date = o->date,
		.channel = o->channel,
	};
	enum exit_status status = o->fix ? fix(o, &in) : EXIT_CLEAN;

	return status == EXIT_CLEAN && !o->dry_run ? check(o, &in) : status;
}

enum exit_status cmd_check(int argc, char **argv)
{
	struct check_options *o = calloc(1, sizeof(*o));
	enum exit_status status = EXIT_TROUBLE;

	if (!o) {
		fputs("candor check: out of memory\n", stderr);
		return EXIT_TROUBLE;
	}
	o->tree = ".";
	if (check_options_read(argc, argv, o, &status)) {
		status = EXIT_TROUBLE;
		if (check_options_complete(o))
			status = run(o);
	}
	check_options_free(o);
	free(o);
	return status;
}
