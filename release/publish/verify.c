/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a folder is the release its signers made. */
#include "publish/verify.h"

#include "base/file.h"
#include "publish/sums.h"
#include "sign/armor.h"
#include "sign/keyring.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#define ENTRIES_MAX 16384
#define LIST_NAME "SHA256SUMS"

struct check {
	const char *path;
	const struct verify_options *options;
	struct trouble *trouble;
	struct keyring *keyring;
	struct sums sums;
	struct verify_report report;
};

static int out_of_memory(struct check *c)
{
	return trouble_set(c->trouble, -ENOMEM, c->path, "free memory", "out of memory");
}

/* The row lives in an array that grows: used at once, not kept. */
static struct verify_row *add_row(struct check *c, const char *name, enum verify_sum sum)
{
	struct verify_row *rows =
		reallocarray(c->report.rows, c->report.nr_rows + 1, sizeof(*rows));
	struct verify_row *row;

	if (!rows)
		return NULL;
	c->report.rows = rows;
	row = &rows[c->report.nr_rows];
	*row = (struct verify_row){ .name = strdup(name), .sum = sum };
	if (!row->name)
		return NULL;
	c->report.nr_rows++;
	return row;
}

/* A plain file of the folder, no link. -errno without trouble noted. */
static int read_plain(struct check *c, const char *name, const char *suffix, size_t max,
		      char **ret_data, size_t *ret_size)
{
	struct stat st;
	char *path;
	int rc;

	if (asprintf(&path, "%s/%s%s", c->path, name, suffix) < 0)
		return -ENOMEM;
	if (lstat(path, &st))
		rc = -errno;
	else if (!S_ISREG(st.st_mode))
		rc = -ENOTSUP;
	else
		rc = file_read(path, max, ret_data, ret_size);
	free(path);
	return rc;
}

static const char *reason(int rc)
{
	return rc == -ENOTSUP ? "it is no plain file" : strerror(-rc);
}

static int check_signature(struct check *c, struct verify_row *row, const char *data, size_t size)
{
	struct keyring_result result;
	size_t sig_size = 0;
	char *sig = NULL;
	int rc = read_plain(c, row->name, ".asc", (size_t)2 * ARMOR_MAX, &sig, &sig_size);

	if (rc) {
		row->signature = VERIFY_SIGNATURE_MISSING;
		snprintf(row->why, sizeof(row->why), "its signature cannot be read: %s",
			 reason(rc));
		return rc == -ENOMEM ? out_of_memory(c) : 0;
	}
	rc = keyring_check(c->keyring, data, size, sig, sig_size, c->trouble, &result);
	free(sig);
	if (rc)
		return rc;
	if (result.good && c->options->fingerprint &&
	    strcasecmp(result.fingerprint, c->options->fingerprint)) {
		result.good = false;
		snprintf(result.why, sizeof(result.why), "another key made it: %s",
			 result.fingerprint);
	}
	row->signature = result.good ? VERIFY_SIGNATURE_GOOD : VERIFY_SIGNATURE_BAD;
	if (result.good)
		strcpy(row->fingerprint, result.fingerprint);
	else if (!row->why[0])
		snprintf(row->why, sizeof(row->why), "its signature is refused: %s", result.why);
	return 0;
}

/* Gives the list's bytes to be parsed, or none if they are not to be had. */
static int check_list(struct check *c, char **ret_text, size_t *ret_size)
{
	struct verify_row *row = add_row(c, LIST_NAME, VERIFY_SUM_NONE);
	char *text = NULL;
	size_t size = 0;
	int rc;

	if (!row)
		return out_of_memory(c);
	rc = read_plain(c, LIST_NAME, "", 1u << 20, &text, &size);
	if (rc) {
		row->sum = VERIFY_SUM_UNREADABLE;
		snprintf(row->why, sizeof(row->why), "it cannot be read: %s", reason(rc));
		return 0;
	}
	rc = check_signature(c, row, text, size);
	if (rc) {
		free(text);
		return rc;
	}
	*ret_text = text;
	*ret_size = size;
	return 0;
}

/* A malformed list is the release's fault and a finding, not our trouble. */
static void parse_list(struct check *c, const char *text, size_t size)
{
	struct trouble inner = { 0 };
	struct verify_row *row = &c->report.rows[0];

	if (!sums_parse(LIST_NAME, text, size, &inner, &c->sums))
		return;
	row->sum = VERIFY_SUM_UNREADABLE;
	inner.text[strcspn(inner.text, "\n")] = '\0';
	snprintf(row->why, sizeof(row->why), "%.190s", inner.text);
}

static int check_file(struct check *c, const struct sums_line *line)
{
	struct verify_row *row = add_row(c, line->name, VERIFY_SUM_MATCHES);
	char sha256[65], *data = NULL;
	size_t size = 0;
	int rc;

	if (!row)
		return out_of_memory(c);
	rc = read_plain(c, line->name, "", VERIFY_FILE_MAX, &data, &size);
	if (rc) {
		row->sum = VERIFY_SUM_UNREADABLE;
		snprintf(row->why, sizeof(row->why), "it cannot be read: %s", reason(rc));
		return rc == -ENOMEM ? out_of_memory(c) : 0;
	}
	sha256_hex(data, size, sha256);
	if (strcmp(sha256, line->sha256)) {
		row->sum = VERIFY_SUM_DIFFERS;
		snprintf(row->why, sizeof(row->why), "its SHA-256 is not the listed one");
	}
	rc = check_signature(c, row, data, size);
	free(data);
	return rc;
}

static bool belongs(const struct check *c, const char *name)
{
	char stem[SUMS_NAME_MAX];
	size_t size = strlen(name);

	if (!strcmp(name, LIST_NAME) || sums_find(&c->sums, name))
		return true;
	if (size < 5 || size - 4 >= sizeof(stem) || strcmp(name + size - 4, ".asc"))
		return false;
	memcpy(stem, name, size - 4);
	stem[size - 4] = '\0';
	return !strcmp(stem, LIST_NAME) || sums_find(&c->sums, stem);
}

static int check_strangers(struct check *c)
{
	DIR *dir = opendir(c->path);
	struct dirent *e;
	size_t nr = 0;
	int rc = 0;

	if (!dir)
		return trouble_set(c->trouble, -errno, c->path, "name the folder of a release",
				   "cannot read: %s", strerror(errno));
	while (!rc && (e = readdir(dir))) {
		struct verify_row *row;

		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..") || belongs(c, e->d_name))
			continue;
		if (nr++ > ENTRIES_MAX) {
			rc = trouble_set(c->trouble, -E2BIG, c->path,
					 "name the folder of a release",
					 "holds too many other files");
			break;
		}
		row = add_row(c, e->d_name, VERIFY_SUM_UNLISTED);
		if (row)
			strcpy(row->why, "the list does not name it");
		else
			rc = out_of_memory(c);
	}
	closedir(dir);
	return rc;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct verify_row *)a)->name, ((const struct verify_row *)b)->name);
}

static int check_all(struct check *c)
{
	char *text = NULL;
	size_t size = 0;
	int rc = check_list(c, &text, &size);

	if (!rc && text)
		parse_list(c, text, size);
	free(text);
	for (size_t i = 0; !rc && i < c->sums.nr_lines; i++) {
		rc = trouble_watch(c->trouble, NULL, NULL);
		if (!rc)
			rc = check_file(c, &c->sums.lines[i]);
	}
	if (!rc)
		rc = check_strangers(c);
	return rc;
}

static bool all_well(const struct verify_report *report)
{
	for (size_t i = 0; i < report->nr_rows; i++) {
		const struct verify_row *row = &report->rows[i];

		if (row->signature != VERIFY_SIGNATURE_GOOD ||
		    (row->sum != VERIFY_SUM_MATCHES && row->sum != VERIFY_SUM_NONE))
			return false;
	}
	return report->nr_rows > 1; /* the list and what it lists */
}

int verify_folder(const char *path, const struct verify_options *options, struct trouble *trouble,
		  struct verify_report *ret)
{
	struct check c = { .path = path, .options = options, .trouble = trouble };
	struct stat st;
	int rc;

	rc = stat(path, &st) ? -errno : S_ISDIR(st.st_mode) ? 0 : -ENOTDIR;
	if (rc)
		return trouble_set(trouble, rc, path, "name the folder of a release",
				   "cannot read: %s", strerror(-rc));
	rc = keyring_open(options->keyring, options->keys, options->keys_size, trouble, &c.keyring);
	if (!rc)
		rc = check_all(&c);
	keyring_close(c.keyring);
	sums_reset(&c.sums);
	if (rc) {
		verify_reset(&c.report);
		return rc;
	}
	if (c.report.nr_rows)
		qsort(c.report.rows, c.report.nr_rows, sizeof(*c.report.rows), by_name);
	c.report.accepted = all_well(&c.report);
	*ret = c.report;
	return 0;
}

void verify_reset(struct verify_report *report)
{
	for (size_t i = 0; i < report->nr_rows; i++)
		free(report->rows[i].name);
	free(report->rows);
	*report = (struct verify_report){ 0 };
}
