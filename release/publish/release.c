/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One release: read the inputs, refuse what must not go out, write the folder. */
#include "publish/release.h"

#include "base/file.h"
#include "publish/audit.h"
#include "publish/inputs.h"
#include "publish/stage.h"
#include "publish/verify.h"
#include "sign/sign.h"
#include "tarball/source.h"
#include "support.h"
#include "tarball/tarball.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EPOCH_MAX 8589934591ll /* what ustar's 11 octal digits hold */

/* Read from HEAD into every image tarball. */
static const struct {
	const char *path;
	const char *name;
} statements[] = {
	{ "LICENSES/GPL-2.0-or-later.txt", "GPL-2.0-or-later.txt" },
	{ "SUPPORT.md", "SUPPORT.md" },
};
#define NR_STATEMENTS (sizeof(statements) / sizeof(statements[0]))

struct release {
	const struct release_options *options;
	struct trouble *trouble;
	struct inputs inputs;
	struct source *source;
	struct signer *signer;
	struct stage *stage;
	struct sums uncompressed; /* "name.tar" without .xz */
	struct strbuf public_key;
	struct release_report report;
};

static int no_memory(struct release *r)
{
	return trouble_set(r->trouble, -ENOMEM, r->options->out, "free memory", "out of memory");
}

/* SOURCE_DATE_EPOCH, else the time of the commit. */
static int choose_epoch(struct release *r)
{
	const char *text = getenv("SOURCE_DATE_EPOCH");
	size_t size;

	r->report.epoch = source_time(r->source);
	if (text && *text) {
		size = strlen(text);
		if (size > 10 || strspn(text, "0123456789") != size)
			return trouble_set(r->trouble, -EINVAL, "SOURCE_DATE_EPOCH",
					   "set it to seconds since 1970, or unset it",
					   "is no number of seconds");
		r->report.epoch = strtoll(text, NULL, 10);
	}
	if (r->report.epoch < 0 || r->report.epoch > EPOCH_MAX)
		return trouble_set(r->trouble, -ERANGE, "SOURCE_DATE_EPOCH",
				   "set it to a date that a tar can hold",
				   "the time %lld is out of range", r->report.epoch);
	return 0;
}

static int open_source(struct release *r)
{
	int rc = source_open(r->options->tree, r->trouble, &r->source);

	if (rc)
		return rc;
	snprintf(r->report.commit, sizeof(r->report.commit), "%s", source_commit(r->source));
	r->report.dirty = source_is_dirty(r->source);
	if (r->report.dirty && !r->options->allow_dirty) {
		r->report.refusal = RELEASE_REFUSED;
		return trouble_set(r->trouble, -EPERM, r->options->tree,
				   "commit them, or release HEAD without them: --allow-dirty",
				   "tracked files differ from HEAD");
	}
	return choose_epoch(r);
}

/* What is released must pass its own check: HEAD's content, whatever lies on disk. */
static int check_source(struct release *r)
{
	int rc = audit_run(r->options, r->source, &r->inputs, r->trouble, &r->report.checked);
	const struct model *m = r->report.checked;

	if (rc || !m)
		return rc;
	for (size_t i = 0; i < m->nr_diagnostics; i++)
		r->report.nr_errors +=
			m->diagnostics[i].severity == SEVERITY_ERROR && !m->diagnostics[i].waiver;
	if (!r->report.nr_errors)
		return 0;
	if (!support_is_unread(m))
		r->report.refusal = RELEASE_REFUSED;
	return trouble_set(r->trouble, -EPERM, r->options->tree,
			   r->report.dirty ? "correct what is found, and commit it; the "
					     "uncommitted changes were not looked at"
					   : "correct what is found, and commit it",
			   "the release is refused: the check of commit %.12s finds %zu error%s",
			   r->report.commit, r->report.nr_errors,
			   r->report.nr_errors == 1 ? "" : "s");
}

/* Start NAME.tar.xz in the stage. */
static int start_tarball(struct release *r, const char *name, struct tarball **ret_tarball)
{
	char file[SUMS_NAME_MAX + 16], *path;
	int rc;

	snprintf(file, sizeof(file), "%s.tar.xz", name);
	rc = trouble_watch(r->trouble, "packing", file);
	if (rc)
		return rc;
	path = stage_join(r->stage, file);
	if (!path)
		return no_memory(r);
	rc = tarball_create(path, r->report.epoch, r->report.commit, r->trouble, ret_tarball);
	free(path);
	return rc;
}

static int record(struct release *r, struct sums *sums, const char *sha256, const char *name)
{
	int rc = sums_add(sums, sha256, name);

	return rc ? trouble_set(r->trouble, rc, name, "give each file a name of its own",
				"cannot be listed: %s", strerror(-rc))
		  : 0;
}

/* Ends a tarball that was filled with result @rc. */
static int end_tarball(struct release *r, struct tarball *tarball, const char *name, int rc)
{
	char file[SUMS_NAME_MAX + 16], sha256[65];

	if (rc) {
		tarball_destroy(tarball);
		return rc;
	}
	rc = tarball_finish(tarball, r->trouble, sha256);
	snprintf(file, sizeof(file), "%s.tar", name);
	return rc ? rc : record(r, &r->uncompressed, sha256, file);
}

static int write_source(struct release *r)
{
	struct tarball *tarball = NULL;
	char name[SUMS_NAME_MAX];
	int rc;

	snprintf(name, sizeof(name), "candor-%s", r->options->version);
	rc = start_tarball(r, name, &tarball);
	if (rc)
		return rc;
	rc = source_pack(r->source, tarball, name, r->trouble);
	return end_tarball(r, tarball, name, rc);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct input *)a)->name, ((const struct input *)b)->name);
}

static int pack_images(struct release *r, struct tarball *tarball, const char *prefix,
		       struct input *all, size_t nr)
{
	int rc = 0;

	qsort(all, nr, sizeof(*all), by_name);
	for (size_t i = 0; !rc && i < nr; i++) {
		char *name;

		rc = trouble_watch(r->trouble, NULL, NULL);
		if (rc)
			break;
		if (asprintf(&name, "%s/%s", prefix, all[i].name) < 0)
			return no_memory(r);
		rc = tarball_add_file(tarball, name, all[i].data, all[i].size, TARBALL_PLAIN,
				      r->trouble);
		free(name);
	}
	return rc;
}

/* The statements from HEAD, in memory that the caller frees, also on failure. */
static int read_statements(struct release *r, struct input ret[NR_STATEMENTS])
{
	for (size_t i = 0; i < NR_STATEMENTS; i++) {
		int rc = source_read(r->source, statements[i].path, r->trouble, &ret[i].data,
				     &ret[i].size);

		if (rc)
			return trouble_set(r->trouble, rc, r->options->tree,
					   "commit it: an image goes out with it", "HEAD has no %s",
					   statements[i].path);
		snprintf(ret[i].name, sizeof(ret[i].name), "%s", statements[i].name);
	}
	return 0;
}

static int write_images(struct release *r)
{
	struct input all[RELEASE_IMAGES_MAX + INPUTS_FILES_MAX + NR_STATEMENTS];
	struct input own[NR_STATEMENTS] = { 0 };
	const struct inputs *in = &r->inputs;
	struct tarball *tarball = NULL;
	char name[SUMS_NAME_MAX];
	size_t nr = 0;
	int rc;

	if (!in->nr_images)
		return 0;
	rc = read_statements(r, own);
	for (size_t i = 0; i < NR_STATEMENTS; i++)
		all[nr++] = own[i];
	for (size_t i = 0; i < in->nr_files; i++)
		all[nr++] = in->files[i];
	for (size_t i = 0; i < in->nr_images; i++)
		all[nr++] = in->images[i];
	snprintf(name, sizeof(name), "candor-%s-%s-%s", r->options->version, r->options->profile,
		 in->target);
	if (!rc)
		rc = start_tarball(r, name, &tarball);
	if (!rc) {
		rc = pack_images(r, tarball, name, all, nr);
		rc = end_tarball(r, tarball, name, rc);
	}
	for (size_t i = 0; i < NR_STATEMENTS; i++)
		free(own[i].data);
	return rc;
}

static int write_text(struct release *r, const char *name, const struct strbuf *text)
{
	if (!strbuf_str(text))
		return no_memory(r);
	return stage_write(r->stage, name, strbuf_str(text), text->size, r->trouble);
}

static int write_files(struct release *r)
{
	struct strbuf text = STRBUF_INIT;
	int rc = 0;

	for (size_t i = 0; !rc && i < r->inputs.nr_files; i++)
		rc = stage_write(r->stage, r->inputs.files[i].name, r->inputs.files[i].data,
				 r->inputs.files[i].size, r->trouble);
	sums_print(&r->uncompressed, &text);
	if (!rc)
		rc = write_text(r, "UNCOMPRESSED.SHA256", &text);
	strbuf_reset(&text);
	return rc;
}

/* Signs a file of the stage, as it reads back, and lists it if @sums is given. */
static int seal(struct release *r, const char *name, struct sums *sums)
{
	struct strbuf sig = STRBUF_INIT;
	char sig_name[SUMS_NAME_MAX + 8], sha256[65], *path, *data;
	size_t size;
	int rc = trouble_watch(r->trouble, "signing", name);

	if (rc)
		return rc;
	path = stage_join(r->stage, name);
	if (!path)
		return no_memory(r);
	rc = file_read(path, VERIFY_FILE_MAX, &data, &size);
	free(path);
	if (rc)
		return trouble_set(r->trouble, rc, name, "see whether the disk is well",
				   "cannot be read back: %s", strerror(-rc));
	sha256_hex(data, size, sha256);
	if (sums)
		rc = record(r, sums, sha256, name);
	if (!rc)
		rc = sign_detached(r->signer, data, size, r->trouble, &sig);
	free(data);
	snprintf(sig_name, sizeof(sig_name), "%s.asc", name);
	if (!rc)
		rc = write_text(r, sig_name, &sig);
	strbuf_reset(&sig);
	return rc;
}

static int seal_all(struct release *r)
{
	struct strbuf text = STRBUF_INIT;
	int rc = 0;

	for (size_t i = 0; !rc && i < r->uncompressed.nr_lines; i++) {
		char name[SUMS_NAME_MAX + 8];

		snprintf(name, sizeof(name), "%s.xz", r->uncompressed.lines[i].name);
		rc = seal(r, name, &r->report.sums);
	}
	for (size_t i = 0; !rc && i < r->inputs.nr_files; i++)
		rc = seal(r, r->inputs.files[i].name, &r->report.sums);
	if (!rc)
		rc = seal(r, "UNCOMPRESSED.SHA256", &r->report.sums);
	sums_print(&r->report.sums, &text);
	if (!rc)
		rc = write_text(r, "SHA256SUMS", &text);
	strbuf_reset(&text);
	return rc ? rc : seal(r, "SHA256SUMS", NULL);
}

/* Ask the code that will judge the release elsewhere, with this key alone. */
static int verify(struct release *r, const char *path, bool *ret_accepted)
{
	struct verify_options options = {
		.keyring = "the signing key",
		.keys = r->public_key.data,
		.keys_size = r->public_key.size,
		.fingerprint = r->report.fingerprint,
	};
	struct verify_report report;
	int rc = verify_folder(path, &options, r->trouble, &report);

	if (rc)
		return rc;
	*ret_accepted = report.accepted;
	verify_reset(&report);
	return 0;
}

static int verify_stage(struct release *r)
{
	bool accepted = false;
	int rc = trouble_watch(r->trouble, "verifying all of it", NULL);

	if (!rc)
		rc = verify(r, stage_path(r->stage), &accepted);
	if (rc || accepted)
		return rc;
	return trouble_set(r->trouble, -EKEYREJECTED, stage_path(r->stage),
			   "see that the key is valid and signs with SHA-256 or better",
			   "the new release does not pass its own verification");
}

/* The same artefacts, well signed by the same key? Then what stands there stays. */
static int compare_existing(struct release *r)
{
	struct strbuf sums = STRBUF_INIT;
	bool same = false;
	size_t size;
	char *path, *data;
	int rc;

	if (asprintf(&path, "%s/SHA256SUMS", r->options->out) < 0)
		return no_memory(r);
	sums_print(&r->report.sums, &sums);
	rc = file_read(path, 1u << 20, &data, &size);
	free(path);
	if (!rc) {
		same = !sums.failed && size == sums.size && !memcmp(data, sums.data, size);
		free(data);
	}
	strbuf_reset(&sums);
	if (same) {
		rc = verify(r, r->options->out, &same);
		if (rc)
			return rc;
	}
	r->report.was_there = same;
	return same ? 0
		    : trouble_set(r->trouble, -EEXIST, r->options->out,
				  "name another folder, or let it go with --replace",
				  "exists and is not this release");
}

static int export_key(struct release *r)
{
	const char *path = r->options->export_key;
	int rc;

	if (!path)
		return 0;
	rc = file_write_atomic(path, r->public_key.data, r->public_key.size);
	return rc ? trouble_set(r->trouble, rc, path, "name a file you may write",
				"cannot write the public key: %s", strerror(-rc))
		  : 0;
}

/* The key first: once the folder stands, nothing may fail any more. */
static int publish(struct release *r)
{
	const char *key = r->options->export_key;
	bool key_was_there = key && !access(key, F_OK);
	int rc = trouble_watch(r->trouble, NULL, NULL);

	if (!rc)
		rc = export_key(r);
	if (rc)
		return rc;
	rc = stage_publish(r->stage, r->options->replace ? STAGE_REPLACE : STAGE_KEEP, r->trouble);
	if (rc == -EEXIST && !r->trouble->text[0])
		rc = compare_existing(r);
	if (rc && key && !key_was_there)
		unlink(key);
	return rc;
}

static int write_release(struct release *r)
{
	static int (*const steps[])(struct release *) = {
		write_source, write_images, write_files, seal_all, verify_stage, publish,
	};
	int rc = stage_create(r->options->out, r->trouble, &r->stage);

	for (size_t i = 0; !rc && i < sizeof(steps) / sizeof(steps[0]); i++)
		rc = steps[i](r);
	stage_destroy(r->stage);
	return rc;
}

int release_write(const struct release_options *options, struct trouble *trouble,
		  struct release_report *ret)
{
	struct release r = { .options = options, .trouble = trouble };
	int rc = trouble_watch(trouble, "reading", NULL);

	if (!rc)
		rc = inputs_read(options, trouble, &r.report.refusal, &r.inputs);
	if (!rc)
		rc = open_source(&r);
	if (!rc)
		rc = check_source(&r);
	if (!rc)
		rc = sign_open(options->key, trouble, &r.signer);
	if (!rc)
		rc = sign_export(r.signer, trouble, &r.public_key);
	if (!rc) {
		snprintf(r.report.fingerprint, sizeof(r.report.fingerprint), "%s",
			 sign_fingerprint(r.signer));
		rc = write_release(&r);
	}
	sums_reset(&r.uncompressed);
	strbuf_reset(&r.public_key);
	sign_close(r.signer);
	source_close(r.source);
	inputs_reset(&r.inputs);
	*ret = r.report;
	return rc;
}

void release_reset(struct release_report *report)
{
	sums_reset(&report->sums);
	model_destroy(report->checked);
	*report = (struct release_report){ 0 };
}

void release_add_findings(const struct release_report *report, enum emit_colour colour,
			  struct strbuf *sb)
{
	if (report->checked)
		emit_diagnostics(report->checked, sb, colour);
}

void release_add_check(const struct release_report *report, struct strbuf *sb)
{
	const struct model *m = report->checked;
	size_t nr_waived = 0;

	if (!m) {
		strbuf_puts(sb, "nothing to check: HEAD has neither SUPPORT.md nor "
				"support/features.yaml\n");
		return;
	}
	for (size_t i = 0; i < m->nr_diagnostics; i++)
		nr_waived += m->diagnostics[i].waiver != NULL;
	strbuf_printf(sb, "%zu features, %zu annotations, %zu errors, %zu warnings", m->nr_features,
		      m->nr_annotations, report->nr_errors,
		      m->nr_diagnostics - nr_waived - report->nr_errors);
	if (nr_waived)
		strbuf_printf(sb, ", %zu waived", nr_waived);
	strbuf_puts(sb, "\n");
}
