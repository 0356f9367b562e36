/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* candor evidence: turns meson's test logs into evidence a release can carry. */
#include "command.h"

#include "arguments.h"
#include "base/file.h"
#include "base/strbuf.h"
#include "output.h"

#include <stdio.h>
#include <string.h>

static const char command[] = "candor evidence";

#define OPTIONS_MAX (2 * ARGUMENTS_LIST_MAX + 1)

static const char epilogue[] =
	"Labels go with logs in the order given. A test known to fail counts as skipped.\n\n"
	"Exit status: 0 written, no test failed, 1 written, some failed, 2 trouble.\n";

struct request {
	struct argument_list logs;
	struct argument_list labels;
	const char *out;
	const char *lines;
	bool is_yaml;
};

static enum arguments_result parse(int argc, char **argv, struct request *q)
{
	const struct argument rows[] = {
		{ "testlog", "FILE", "meson-logs/testlog.json; repeat for more builds",
		  .list = &q->logs },
		{ "label", "NAME", "the build it is from; once a log (default: default)",
		  .list = &q->labels },
		{ "out", "FILE", "where the evidence goes", .text = &q->out },
		{ "yaml", NULL, "as YAML", .flag = &q->is_yaml },
		{ "lines", "FILE", "also as plain lines, for `candor check`", .text = &q->lines },
	};
	const struct argument_table table = {
		.command = command,
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

static size_t make_options(const struct request *q, struct candor_option o[OPTIONS_MAX])
{
	size_t nr = 0;

	for (size_t i = 0; i < q->logs.nr; i++)
		o[nr++] = (struct candor_option){ .name = "testlog", .value = q->logs.values[i] };
	for (size_t i = 0; i < q->labels.nr; i++)
		o[nr++] = (struct candor_option){ .name = "label", .value = q->labels.values[i] };
	o[nr] = (struct candor_option){ 0 };
	return nr;
}

static enum exit_status write_text(const char *path, const struct strbuf *text)
{
	int rc = file_write_atomic(path, text->data, text->size);

	return rc ? output_say(path, "name a file you may write", "cannot write: %s", strerror(-rc))
		  : EXIT_CLEAN;
}

/* One form of the evidence, into a file; EXIT_FINDINGS: it holds a failure. */
static enum exit_status write_form(struct candor *c, const struct request *q, const char *format,
				   const char *path)
{
	struct candor_option options[OPTIONS_MAX];
	struct strbuf text = STRBUF_INIT;
	enum exit_status status;
	struct candor_error error;
	int rc;

	make_options(q, options);
	rc = candor_render(c, "evidence", format, options, output_keep, &text, &error);
	status = rc < 0 ? output_fail(command, c, &error) : write_text(path, &text);
	strbuf_reset(&text);
	return status ? status : rc == CANDOR_NO ? EXIT_FINDINGS : EXIT_CLEAN;
}

static enum exit_status write_forms(struct candor *c, const struct request *q)
{
	enum exit_status status = EXIT_CLEAN;

	if (q->lines)
		status = write_form(c, q, "lines", q->lines);
	if (status != EXIT_TROUBLE)
		status = write_form(c, q, q->is_yaml ? "yaml" : "json", q->out);
	if (status != EXIT_TROUBLE)
		printf("%s: %s\n", q->out, candor_remark_at(c, 0));
	return status;
}

enum exit_status cmd_evidence(int argc, char **argv)
{
	struct request q = { 0 };
	enum arguments_result parsed = parse(argc, argv, &q);
	enum exit_status status;
	struct candor *c;

	if (parsed != ARGUMENTS_OK)
		return parsed == ARGUMENTS_HELP ? EXIT_CLEAN : EXIT_TROUBLE;
	if (candor_create(NULL, &c))
		return output_say(command, "free memory", "out of memory");
	status = write_forms(c, &q);
	candor_destroy(c);
	return status;
}
