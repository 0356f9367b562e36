/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What tests said, out of their logs. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "capi/memory.h"
#include "capi/release.h"
#include "publish/results.h"

#define LOG_MAX ((size_t)1 << 30)

static int read_log(const char *path, const char *label, struct results *set,
		    struct trouble *trouble)
{
	size_t size;
	char *text;
	int rc = file_read(path, LOG_MAX, &text, &size);

	if (rc)
		return trouble_set(trouble, rc, path, "run `meson test` first", "cannot read: %s",
				   strerror(-rc));
	rc = results_add_log(set, path, text, size, label, trouble);
	free(text);
	return rc;
}

static int read_logs(struct render *r, struct results *set)
{
	struct trouble trouble = release_trouble(r->c);
	struct render_list logs, labels;
	int rc = render_values(r, "testlog", &logs);

	if (!rc)
		rc = render_values(r, "label", &labels);
	if (rc)
		return rc;
	if (!logs.nr)
		return render_lacks(r, "testlog");
	if (labels.nr && labels.nr != logs.nr)
		return error_set(r->error, -EINVAL, NULL,
				 "give one --label for each --testlog, or none",
				 "there are not as many labels as logs");
	for (size_t i = 0; !rc && i < logs.nr; i++)
		rc = read_log(logs.values[i], labels.nr ? labels.values[i] : "default", set,
			      &trouble);
	return rc ? release_complain(r->c, rc, &trouble, r->error) : 0;
}

static void remark_counts(struct render *r, const struct results *set)
{
	char text[128];

	snprintf(text, sizeof(text), "%zu passed, %zu skipped, %zu failed",
		 results_count(set, OUTCOME_PASS), results_count(set, OUTCOME_SKIP),
		 results_count(set, OUTCOME_FAIL));
	render_remark(r, text);
}

typedef int print_fn(const struct results *set, struct strbuf *out);

static int render_evidence(struct render *r, print_fn *print)
{
	struct results set = { 0 };
	int rc = read_logs(r, &set);

	if (!rc && print(&set, r->out))
		rc = error_memory(r->error);
	if (!rc) {
		remark_counts(r, &set);
		rc = results_count(&set, OUTCOME_FAIL) ? CANDOR_NO : 0;
	}
	results_reset(&set);
	return rc;
}

static int print_lines(const struct results *set, struct strbuf *out)
{
	results_print_lines(set, out);
	return out->failed ? -ENOMEM : 0;
}

static int render_json(struct render *r)
{
	return render_evidence(r, results_print);
}

static int render_lines(struct render *r)
{
	return render_evidence(r, print_lines);
}

static const struct candor_option evidence_options[] = {
	{ "testlog", "FILE", "a testlog.json of meson's", true, { NULL } },
	{ "label", "NAME", "the build it is from; as many as logs, or none", true, { NULL } },
	{ 0 },
};

const struct render_row render_evidences[] = {
	{ "evidence", "json", "test logs without times and output; \"no\": a test failed",
	  evidence_options, RENDER_ANYTIME, render_json },
	{ "evidence", "lines", "a line for each test, as candor_set()'s \"evidence\" takes them",
	  evidence_options, RENDER_ANYTIME, render_lines },
	{ 0 },
};
