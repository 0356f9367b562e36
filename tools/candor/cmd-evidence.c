/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* candor evidence: turns meson's test logs into evidence a release can carry. */
#include "command.h"

#include "arguments.h"
#include "base/file.h"
#include "publish/results.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOG_MAX (1u << 30)

static const char epilogue[] =
	"Labels go with logs in the order given. A test known to fail counts as skipped.\n\n"
	"Exit status: 0 written, no test failed, 1 written, some failed, 2 trouble.\n";

struct request {
	struct argument_list logs;
	struct argument_list labels;
	const char *out;
	const char *lines;
};

static enum arguments_result parse(int argc, char **argv, struct request *q)
{
	const struct argument rows[] = {
		{ "testlog", "FILE", "meson-logs/testlog.json; repeat for more builds",
		  .list = &q->logs },
		{ "label", "NAME", "the build it is from; once a log (default: default)",
		  .list = &q->labels },
		{ "out", "FILE", "where the evidence goes", .text = &q->out },
		{ "lines", "FILE", "also as plain lines, for `candor check`", .text = &q->lines },
	};
	const struct argument_table table = {
		.command = "candor evidence",
		.operands = "",
		.epilogue = epilogue,
		.rows = rows,
		.nr_rows = sizeof(rows) / sizeof(rows[0]),
	};
	struct argument_list operands = { 0 };
	enum arguments_result result = arguments_parse(&table, argc, argv, &operands);

	if (result != ARGUMENTS_OK)
		return result;
	if (q->logs.nr && q->out && (!q->labels.nr || q->labels.nr == q->logs.nr))
		return ARGUMENTS_OK;
	fputs(!q->logs.nr ? "candor evidence: no test log is named\n"
			    "       = give --testlog FILE\n"
	      : !q->out	  ? "candor evidence: no output is named\n       = give --out FILE\n"
			  : "candor evidence: there are not as many labels as logs\n"
			    "       = give one --label for each --testlog, or none\n",
	      stderr);
	return ARGUMENTS_WRONG;
}

static int read_logs(const struct request *q, struct results *set, struct trouble *trouble)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < q->logs.nr; i++) {
		const char *path = q->logs.values[i];
		size_t size;
		char *text;

		rc = file_read(path, LOG_MAX, &text, &size);
		if (rc)
			return trouble_set(trouble, rc, path, "run `meson test` first",
					   "cannot read: %s", strerror(-rc));
		rc = results_add_log(set, path, text, size,
				     q->labels.nr ? q->labels.values[i] : "default", trouble);
		free(text);
	}
	return rc;
}

static int write_text(const char *path, const struct strbuf *text, struct trouble *trouble)
{
	int rc;

	if (!strbuf_str(text))
		return trouble_set(trouble, -1, path, "free memory", "out of memory");
	rc = file_write_atomic(path, strbuf_str(text), text->size);
	return rc ? trouble_set(trouble, rc, path, "name a file you may write", "cannot write: %s",
				strerror(-rc))
		  : 0;
}

static int write_set(const struct request *q, const struct results *set, struct trouble *trouble)
{
	struct strbuf json = STRBUF_INIT, lines = STRBUF_INIT;
	int rc = results_print(set, &json);

	results_print_lines(set, &lines);
	if (rc)
		trouble_set(trouble, rc, q->out, "free memory", "out of memory");
	if (!rc && q->lines)
		rc = write_text(q->lines, &lines, trouble);
	if (!rc)
		rc = write_text(q->out, &json, trouble);
	strbuf_reset(&json);
	strbuf_reset(&lines);
	return rc;
}

enum exit_status cmd_evidence(int argc, char **argv)
{
	struct request q = { 0 };
	struct results set = { 0 };
	struct trouble trouble = { 0 };
	enum arguments_result parsed = parse(argc, argv, &q);
	size_t nr_failed;
	int rc;

	if (parsed != ARGUMENTS_OK)
		return parsed == ARGUMENTS_HELP ? EXIT_CLEAN : EXIT_TROUBLE;
	rc = read_logs(&q, &set, &trouble);
	if (!rc)
		rc = write_set(&q, &set, &trouble);
	nr_failed = results_count(&set, OUTCOME_FAIL);
	if (rc)
		fprintf(stderr, "%s\n", trouble.text);
	else
		printf("%s: %zu passed, %zu skipped, %zu failed\n", q.out,
		       results_count(&set, OUTCOME_PASS), results_count(&set, OUTCOME_SKIP),
		       nr_failed);
	results_reset(&set);
	return rc ? EXIT_TROUBLE : nr_failed ? EXIT_FINDINGS : EXIT_CLEAN;
}
