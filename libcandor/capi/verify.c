/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a folder is the release its signers made. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/file.h"
#include "capi/memory.h"
#include "capi/release.h"
#include "publish/verify.h"

#define DEFAULT_KEYRING "/usr/share/keyrings/candor-release.gpg"
#define KEYRING_MAX (16u << 20)

static const struct {
	const char *word, *mark;
} sum_words[] = {
	[VERIFY_SUM_NONE] = { "list", "-" },
	[VERIFY_SUM_MATCHES] = { "matches", "ok" },
	[VERIFY_SUM_DIFFERS] = { "differs", "DIFFERS" },
	[VERIFY_SUM_UNREADABLE] = { "unreadable", "UNREADABLE" },
	[VERIFY_SUM_UNLISTED] = { "unlisted", "UNLISTED" },
};

static const struct {
	const char *word, *mark;
} signature_words[] = {
	[VERIFY_SIGNATURE_NONE] = { "unchecked", "-" },
	[VERIFY_SIGNATURE_GOOD] = { "good", "good" },
	[VERIFY_SIGNATURE_BAD] = { "bad", "BAD" },
	[VERIFY_SIGNATURE_MISSING] = { "missing", "MISSING" },
};

static int add_table(const char *path, const struct verify_report *report, struct strbuf *out)
{
	strbuf_printf(out, "%-10s  %-9s  %s\n", "CHECKSUM", "SIGNATURE", "FILE");
	for (size_t i = 0; i < report->nr_rows; i++) {
		const struct verify_row *row = &report->rows[i];

		strbuf_printf(out, "%-10s  %-9s  ", sum_words[row->sum].mark,
			      signature_words[row->signature].mark);
		trouble_escape(out, row->name, strlen(row->name));
		if (row->why[0])
			strbuf_printf(out, "\n%-10s  %-9s    %s", "", "", row->why);
		else if (row->sum == VERIFY_SUM_NONE)
			strbuf_printf(out, "\n%-10s  %-9s    signed by %s", "", "",
				      row->fingerprint);
		strbuf_puts(out, "\n");
	}
	strbuf_printf(out, "%s: %s\n", path, report->accepted ? "accepted" : "REFUSED");
	return 0;
}

static json_t *row_json(const struct verify_row *row)
{
	struct strbuf name = STRBUF_INIT;
	json_t *object;

	trouble_escape(&name, row->name, strlen(row->name));
	object = json_pack("{s:s, s:s, s:s, s:s, s:s}", "name",
			   strbuf_str(&name) ? strbuf_str(&name) : "", "checksum",
			   sum_words[row->sum].word, "signature",
			   signature_words[row->signature].word, "signer", row->fingerprint,
			   "reason", row->why);
	strbuf_reset(&name);
	return object;
}

static int add_json(const char *path, const struct verify_report *report, struct strbuf *out)
{
	json_t *files = json_array();
	json_t *root;
	int r = 0;

	(void)path;
	for (size_t i = 0; i < report->nr_rows; i++)
		r |= json_array_append_new(files, row_json(&report->rows[i]));
	root = json_pack("{s:i, s:b, s:o}", "schema", 1, "accepted", (int)report->accepted, "files",
			 files);
	r = r || !root ? -ENOMEM : render_json_value(root, JSON_SORT_KEYS, out);
	json_decref(root);
	return r;
}

typedef int report_fn(const char *path, const struct verify_report *report, struct strbuf *out);

/* What the options say, but for the keys. */
static int read_options(struct render *r, struct verify_options *o)
{
	o->keyring = render_option(r, "keyring");
	o->keyring = o->keyring ? o->keyring : DEFAULT_KEYRING;
	o->fingerprint = render_option(r, "fingerprint");
	if (o->fingerprint &&
	    (strspn(o->fingerprint, "0123456789abcdefABCDEF") != 40 || o->fingerprint[40]))
		return error_set(r->error, -EINVAL, "--fingerprint",
				 "give the whole fingerprint without blanks",
				 "is not 40 hexadecimal digits");
	return 0;
}

static int verify(struct render *r, const char *path, report_fn *write)
{
	struct trouble trouble = release_trouble(r->c);
	struct verify_options o = { 0 };
	struct verify_report report = { 0 };
	char *keys;
	int rc = read_options(r, &o);

	if (rc)
		return rc;
	rc = file_read(o.keyring, KEYRING_MAX, &keys, &o.keys_size);
	if (rc)
		return error_set(r->error, rc, o.keyring,
				 "name the signers' public keys with --keyring FILE",
				 "the keyring cannot be read: %s", strerror(-rc));
	o.keys = keys;
	rc = verify_folder(path, &o, &trouble, &report);
	if (rc)
		rc = release_complain(r->c, rc, &trouble, r->error);
	else
		rc = write(path, &report, r->out) ? error_memory(r->error)
		     : report.accepted		  ? 0
						  : CANDOR_NO;
	verify_reset(&report);
	free(keys);
	return rc;
}

static int render_verification(struct render *r, report_fn *write)
{
	const char *path = render_option(r, "folder");

	return path ? verify(r, path, write) : render_lacks(r, "folder");
}

static int render_text(struct render *r)
{
	return render_verification(r, add_table);
}

static int render_json(struct render *r)
{
	return render_verification(r, add_json);
}

static const struct candor_option verify_options[] = {
	{ "folder", "DIR", "the release", false, { NULL } },
	{ "keyring",
	  "FILE",
	  "public keys that count (default: " DEFAULT_KEYRING ")",
	  false,
	  { NULL } },
	{ "fingerprint", "HEX", "only this key of them counts", false, { NULL } },
	{ 0 },
};

const struct render_row render_verifications[] = {
	{ "verification", "text", "a release's files and signatures; \"no\": refused",
	  verify_options, RENDER_ANYTIME, render_text },
	{ "verification", "json", "the same for programs", verify_options, RENDER_ANYTIME,
	  render_json },
	{ 0 },
};
