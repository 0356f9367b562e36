/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records of what an administrator has asked for. */
#include "host/document.h"
#include "host/optin.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/complain.h"
#include "base/file.h"
#include "base/text.h"
#include "document/doc.h"
#include "document/yaml.h"
#include "host/optin-json.h"

#define OPTIN_FILE_MAX (64u << 10)
#define OPTINS_MAX STATE_FEATURES_MAX
#define SUFFIX ".yaml"

static const char remedy[] = "write it anew with `candor host enable`, or remove it";

const char *optin_text_fault(const char *text, size_t max)
{
	size_t size = strlen(text);
	bool is_blank = true;
	unsigned int code;

	if (size > max)
		return "is too long";
	for (size_t i = 0; i < size;) {
		size_t n = text_utf8_size(text + i, size - i, &code);

		if (!n)
			return "is not UTF-8";
		is_blank = is_blank && strchr(" \t\r\n", text[i]);
		i += n;
	}
	return is_blank ? "is empty" : NULL;
}

void optin_write(const struct optin *r, struct strbuf *out)
{
	struct strbuf json = STRBUF_INIT;
	struct doc doc;

	doc_begin(&doc, &json);
	doc_number(&doc, "format", 1);
	doc_text(&doc, "feature", r->id);
	doc_text(&doc, "by", r->by);
	doc_text(&doc, "why", r->why);
	doc_text(&doc, "when", r->when);
	doc_text(&doc, "until", r->until[0] ? r->until : NULL);
	doc_bool(&doc, "boot_entry", r->boot_entry);
	doc_end(&doc);
	document_add(out, &json, DOC_YAML);
}

static const char *const optin_keys[] = { "format", "feature", "by",	     "why",
					  "when",   "until",   "boot_entry", NULL };

int optin_parse(const char *path, const char *text, size_t size, struct optin *ret_record,
		struct strbuf *err)
{
	struct document_error error;
	struct optin r = { 0 };
	json_t *root = NULL;
	char why[128] = "";
	int rc = yaml_read(text, size, &root, &error);

	if (rc == -EINVAL)
		complain(err, (struct place){ path, error.line }, remedy, "%s", error.message);
	if (rc)
		return rc;
	rc = optin_json_keys(root, optin_keys, why);
	if (!rc)
		rc = optin_json_take(root, &r, why);
	json_decref(root);
	if (rc)
		complain(err, (struct place){ path, 0 }, remedy, "%s", why);
	else
		*ret_record = r;
	return rc;
}

/* ---- all of a host ---- */

static int compare_records(const void *a, const void *b)
{
	return strcmp(((const struct optin *)a)->id, ((const struct optin *)b)->id);
}

static int compare_id(const void *id, const void *record)
{
	return strcmp(id, ((const struct optin *)record)->id);
}

const struct optin *optins_find(const struct optins *records, const char *id)
{
	return records->nr ? bsearch(id, records->items, records->nr, sizeof(*records->items),
				     compare_id)
			   : NULL;
}

void optins_reset(struct optins *records)
{
	free(records->items);
	*records = (struct optins){ 0 };
}

/* Is the entry of the folder to be a record's? Temporary files begin with a dot. */
static int is_record_name(const struct dirent *entry)
{
	size_t size = strlen(entry->d_name);

	return entry->d_name[0] != '.' && size > strlen(SUFFIX) &&
	       !strcmp(entry->d_name + size - strlen(SUFFIX), SUFFIX);
}

/* Read the file; what is wrong with it is told, and makes a bad record. 0 or -ENOMEM. */
static int read_one(const char *folder, const char *name, struct optin *ret_record,
		    struct strbuf *err)
{
	char path[PATH_MAX], id[NAME_MAX + 1];
	struct optin r = { 0 };
	char *text = NULL;
	size_t size;
	int rc = 0;

	snprintf(id, sizeof(id), "%.*s", (int)(strlen(name) - strlen(SUFFIX)), name);
	if (snprintf(path, sizeof(path), "%s/%s", folder, name) >= (int)sizeof(path))
		rc = -ENAMETOOLONG;
	if (!rc)
		rc = file_read(path, OPTIN_FILE_MAX, &text, &size);
	if (rc)
		complain(err, (struct place){ path, 0 }, remedy, "cannot be read: %s",
			 strerror(-rc));
	else
		rc = optin_parse(path, text, size, &r, err);
	free(text);
	if (!rc && strcmp(r.id, id) != 0) {
		complain(err, (struct place){ path, 0 }, remedy,
			 "the record is of '%s', its file's name of another feature", r.id);
		rc = -EINVAL;
	}
	if (rc == -ENOMEM)
		return rc;
	if (rc) {
		r = (struct optin){ .is_bad = true };
		if (state_is_id(id))
			memcpy(r.id, id, strlen(id) + 1);
	}
	*ret_record = r;
	return 0;
}

static int read_names(const char *folder, struct dirent **names, int nr, struct optins *ret,
		      struct strbuf *err)
{
	int rc = 0;

	ret->items = calloc((size_t)nr + 1, sizeof(*ret->items));
	if (!ret->items)
		return -ENOMEM;
	for (int i = 0; i < nr && !rc; i++) {
		struct optin *r = &ret->items[ret->nr];

		rc = read_one(folder, names[i]->d_name, r, err);
		if (rc)
			break;
		ret->nr_bad += r->is_bad;
		ret->nr += r->id[0] != '\0';
	}
	if (ret->nr)
		qsort(ret->items, ret->nr, sizeof(*ret->items), compare_records);
	return rc;
}

int optins_read(const char *root, struct optins *ret_records, struct strbuf *err)
{
	struct optins records = { 0 };
	struct dirent **names = NULL;
	char folder[PATH_MAX];
	int nr, rc = 0;

	if (snprintf(folder, sizeof(folder), "%s%s", root, OPTIN_FOLDER) >= (int)sizeof(folder))
		return -ENAMETOOLONG;
	nr = scandir(folder, &names, is_record_name, alphasort);
	if (nr < 0 && errno != ENOENT)
		rc = -errno;
	else if (nr > OPTINS_MAX)
		rc = -EFBIG;
	if (rc)
		complain(err, (struct place){ folder, 0 }, "make it a folder of at most 4096 files",
			 "cannot read the records: %s", strerror(-rc));
	else if (nr >= 0)
		rc = read_names(folder, names, nr, &records, err);
	for (int i = 0; i < nr; i++)
		free(names[i]);
	free(names);
	if (rc)
		optins_reset(&records);
	else
		*ret_records = records;
	return rc;
}
