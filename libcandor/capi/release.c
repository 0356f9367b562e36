/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Releases. */
#include "capi/release.h"

#include <errno.h>
#include <string.h>

#include "capi/memory.h"
#include "publish/release.h"

/* The watcher that a call of the library's was given, behind the engine's back. */
static int watch(void *context, const char *what, const char *file)
{
	struct candor *c = context;

	return c->step(c->step_context, what, file);
}

struct trouble release_trouble(struct candor *c)
{
	return (struct trouble){ .watch = c->step ? watch : NULL, .context = c };
}

int release_complain(struct candor *c, int rc, const struct trouble *trouble,
		     struct candor_error *e)
{
	struct strbuf text = STRBUF_INIT;

	if (trouble->text[0])
		strbuf_printf(&text, "%s\n", trouble->text);
	rc = handle_complain(c, rc, &text, e);
	strbuf_reset(&text);
	return rc;
}

static const struct candor_option options[] = {
	{ "out", "DIR", "the folder to write; whole or not at all", false, { NULL } },
	{ "source", "TREE", "git tree to release (default: .)", false, { NULL } },
	{ "image", "FILE", "goes into the image tarball", true, { NULL } },
	{ "profile", "NAME", "policy profile the images were built for", false, { NULL } },
	{ "lock", "FILE", "that profile's lockfile", false, { NULL } },
	{ "matrix-html", "FILE", "the rendering \"matrix\" as \"html\"", false, { NULL } },
	{ "matrix-json", "FILE", "the same as \"json\"", false, { NULL } },
	{ "evidence", "FILE", "the rendering \"evidence\" as \"json\"", false, { NULL } },
	{ "key", "KEYID", "secret OpenPGP key (default: the only one)", false, { NULL } },
	{ "export-key", "FILE", "write its public key there, for gpgv", false, { NULL } },
	{ "version", "V", "in file names (default: " CANDOR_VERSION ")", false, { NULL } },
	{ "allow-dirty", NULL, "release HEAD although tracked files differ", false, { NULL } },
	{ "replace", NULL, "swap out another release at DIR", false, { NULL } },
	{ "colour", NULL, "findings with a terminal's escape sequences", false, { NULL } },
};

#define NR_OPTIONS (sizeof(options) / sizeof(options[0]))

const struct candor_option *candor_release_option_at(size_t i)
{
	return i < NR_OPTIONS ? &options[i] : NULL;
}

static int read_options(struct render *r, struct release_options *o, struct render_list *images)
{
	const struct {
		const char *name;
		const char **value;
	} texts[] = {
		{ "out", &o->out },
		{ "source", &o->tree },
		{ "profile", &o->profile },
		{ "lock", &o->lock },
		{ "matrix-html", &o->matrix_html },
		{ "matrix-json", &o->matrix_json },
		{ "evidence", &o->evidence },
		{ "key", &o->key },
		{ "export-key", &o->export_key },
		{ "version", &o->version },
	};
	int rc = render_check_options(options, NR_OPTIONS, "a release", r);

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		*texts[i].value = render_option(r, texts[i].name);
	o->tree = o->tree ? o->tree : ".";
	o->version = o->version ? o->version : CANDOR_VERSION;
	o->allow_dirty = render_option(r, "allow-dirty") != NULL;
	o->replace = render_option(r, "replace") != NULL;
	if (!rc)
		rc = render_values(r, "image", images);
	o->images = images->values;
	o->nr_images = images->nr;
	return rc || o->out ? rc : render_lacks(r, "out");
}

static void add_report(const struct release_options *o, const struct release_report *report,
		       struct strbuf *out)
{
	strbuf_printf(out, "%s %s\n", report->was_there ? "already there:" : "released:", o->out);
	strbuf_printf(out, "  commit    %s%s\n", report->commit,
		      report->dirty ? " (without the uncommitted changes)" : "");
	strbuf_printf(out, "  timestamp %lld\n", report->epoch);
	strbuf_puts(out, "  check     ");
	release_add_check(report, out);
	strbuf_printf(out, "  signed by %s\n", report->fingerprint);
	for (size_t i = 0; i < report->sums.nr_lines; i++)
		strbuf_printf(out, "  %.16s  %s\n", report->sums.lines[i].sha256,
			      report->sums.lines[i].name);
}

static int write_release(struct render *r)
{
	struct trouble trouble = release_trouble(r->c);
	struct release_options o = { 0 };
	struct strbuf said = STRBUF_INIT;
	struct release_report report;
	struct render_list images;
	int rc = read_options(r, &o, &images);

	if (rc)
		return rc;
	rc = release_write(&o, &trouble, &report);
	/* As `candor check` prints them, but beside the report. */
	release_add_findings(&report, render_option(r, "colour") ? EMIT_COLOUR : EMIT_PLAIN, &said);
	if (!rc) {
		add_report(&o, &report, r->out);
	} else if (trouble.text[0]) {
		strbuf_printf(&said, "%s\n", trouble.text);
	}
	rc = rc ? handle_complain(r->c, rc, &said, r->error)
		: handle_keep_complaints(r->c, &said, r->error);
	if (rc && report.refusal == RELEASE_REFUSED)
		rc = CANDOR_NO;
	strbuf_reset(&said);
	release_reset(&report);
	return rc;
}

int candor_release(struct candor *c, const struct candor_option *given, candor_write_fn *write,
		   void *context, struct candor_error *ret_error)
{
	const struct candor_allocator *before = handle_enter(c);
	struct strbuf out = STRBUF_INIT;
	struct render r = { .c = c, .options = given, .out = &out, .error = ret_error };
	int rc;

	capi_forget_remarks(c);
	rc = write_release(&r);
	if (!rc)
		rc = render_hand_out(&out, write, context, ret_error);
	strbuf_reset(&out);
	memory_leave(before);
	return rc;
}
