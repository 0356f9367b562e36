/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* candor verify: whether a folder is the release its signers made. */
#include "command.h"

#include "arguments.h"
#include "base/file.h"
#include "base/strbuf.h"
#include "publish/interrupt.h"
#include "publish/verify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#define DEFAULT_KEYRING "/usr/share/keyrings/candor-release.gpg"
#define KEYRING_MAX (16u << 20)

static const char epilogue[] =
	"Every file must be listed in SHA256SUMS, match it and be signed by a key of the\n"
	"keyring, and so must the list; no other file may be there.\n\n"
	"Exit status: 0 accepted, 1 refused, 2 trouble (nothing can be said).\n";

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

static void print_table(const char *path, const struct verify_report *report)
{
	printf("%-10s  %-9s  %s\n", "CHECKSUM", "SIGNATURE", "FILE");
	for (size_t i = 0; i < report->nr_rows; i++) {
		const struct verify_row *row = &report->rows[i];
		struct strbuf name = STRBUF_INIT;

		trouble_escape(&name, row->name, strlen(row->name));
		printf("%-10s  %-9s  %s\n", sum_words[row->sum].mark,
		       signature_words[row->signature].mark, strbuf_str(&name));
		if (row->why[0])
			printf("%-10s  %-9s    %s\n", "", "", row->why);
		else if (row->sum == VERIFY_SUM_NONE)
			printf("%-10s  %-9s    signed by %s\n", "", "", row->fingerprint);
		strbuf_reset(&name);
	}
	printf("%s: %s\n", path, report->accepted ? "accepted" : "REFUSED");
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

static int print_json(const struct verify_report *report)
{
	json_t *files = json_array();
	json_t *root;
	int r = 0;

	for (size_t i = 0; i < report->nr_rows; i++)
		r |= json_array_append_new(files, row_json(&report->rows[i]));
	root = json_pack("{s:i, s:b, s:o}", "schema", 1, "accepted", (int)report->accepted, "files",
			 files);
	if (!root || r || json_dumpf(root, stdout, JSON_INDENT(2) | JSON_SORT_KEYS))
		r = -1;
	putchar('\n');
	json_decref(root);
	return r;
}

struct request {
	const char *keyring;
	const char *fingerprint;
	bool json;
	const char *path;
};

static enum arguments_result parse(int argc, char **argv, struct request *q)
{
	const struct argument rows[] = {
		{ "keyring", "FILE", "public keys that count (default: " DEFAULT_KEYRING ")",
		  .text = &q->keyring },
		{ "fingerprint", "HEX", "only this key of them counts", .text = &q->fingerprint },
		{ "json", NULL, "print the result as JSON", .flag = &q->json },
	};
	const struct argument_table table = {
		.command = "candor verify",
		.operands = "DIR",
		.epilogue = epilogue,
		.rows = rows,
		.nr_rows = sizeof(rows) / sizeof(rows[0]),
	};
	struct argument_list operands = { 0 };
	enum arguments_result result = arguments_parse(&table, argc, argv, &operands);

	if (result != ARGUMENTS_OK)
		return result;
	if (operands.nr != 1) {
		fputs("candor verify: one folder is wanted\n"
		      "       = candor verify [OPTION]... DIR\n",
		      stderr);
		return ARGUMENTS_WRONG;
	}
	q->path = operands.values[0];
	if (!q->keyring)
		q->keyring = DEFAULT_KEYRING;
	return ARGUMENTS_OK;
}

static int verify(const struct request *q, struct trouble *trouble, struct verify_report *report)
{
	struct verify_options options = { .keyring = q->keyring, .fingerprint = q->fingerprint };
	char *keys;
	int rc;

	if (q->fingerprint &&
	    (strspn(q->fingerprint, "0123456789abcdefABCDEF") != 40 || q->fingerprint[40]))
		return trouble_set(trouble, -1, "--fingerprint",
				   "give the whole fingerprint without blanks",
				   "is not 40 hexadecimal digits");
	rc = file_read(q->keyring, KEYRING_MAX, &keys, &options.keys_size);
	if (rc)
		return trouble_set(trouble, rc, q->keyring,
				   "name the signers' public keys with --keyring FILE",
				   "the keyring cannot be read: %s", strerror(-rc));
	options.keys = keys;
	rc = verify_folder(q->path, &options, trouble, report);
	free(keys);
	return rc;
}

enum exit_status cmd_verify(int argc, char **argv)
{
	struct request q = { 0 };
	struct verify_report report = { 0 };
	struct trouble trouble = { 0 };
	enum arguments_result parsed = parse(argc, argv, &q);
	bool accepted;
	int r = 0;

	if (parsed != ARGUMENTS_OK)
		return parsed == ARGUMENTS_HELP ? EXIT_CLEAN : EXIT_TROUBLE;
	interrupt_catch();
	if (verify(&q, &trouble, &report)) {
		fprintf(stderr, "%s\n", trouble.text);
		return EXIT_TROUBLE;
	}
	accepted = report.accepted;
	if (q.json)
		r = print_json(&report);
	else
		print_table(q.path, &report);
	verify_reset(&report);
	if (r || fflush(stdout) || ferror(stdout)) {
		fputs("candor verify: standard output: cannot write the result\n"
		      "       = make room where it goes\n",
		      stderr);
		return EXIT_TROUBLE;
	}
	return accepted ? EXIT_CLEAN : EXIT_FINDINGS;
}
