/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The reader of advisories. Of our own form every key is known; of a CVE record, which others
 * write too, only what says which features of which versions it is about. Sizes are bounded.
 */
#include "engine/advisory.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/complain.h"
#include "base/file.h"
#include "engine/policy.h"

#define ADVISORY_DIR "support/advisories"
#define ADVISORY_MAX ((size_t)1 << 20)
#define ADVISORIES_MAX 10000
#define NAME_MAX_SIZE 64

static void free_advisory(struct advisory *a)
{
	for (size_t i = 0; i < a->nr_features; i++)
		free(a->features[i]);
	free(a->features);
	free(a->id);
	free(a->title);
	free(a->fixed_in);
}

void advisories_reset(struct advisories *a)
{
	for (size_t i = 0; i < a->nr; i++)
		free_advisory(&a->list[i]);
	free(a->list);
	memset(a, 0, sizeof(*a));
}

bool advisory_applies(const struct advisory *a, const char *feature)
{
	for (size_t i = 0; i < a->nr_features && !*a->fixed_in; i++) {
		if (!strcmp(a->features[i], feature))
			return true;
	}
	return false;
}

/* Names are shown, in lines of text. */
static bool name_valid(const char *id)
{
	size_t n = strlen(id);

	return n && n <= NAME_MAX_SIZE &&
	       strspn(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._:-") ==
		       n;
}

/* Add the texts of @list. */
static int add_features(const json_t *list, struct advisory *a)
{
	size_t nr = json_array_size(list);
	char **grown = reallocarray(a->features, a->nr_features + nr + 1, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	a->features = grown;
	for (size_t i = 0; i < nr; i++) {
		const char *id = json_string_value(json_array_get(list, i));

		if (!id)
			return -EINVAL;
		a->features[a->nr_features] = strdup(id);
		if (!a->features[a->nr_features])
			return -ENOMEM;
		a->nr_features++;
	}
	return 0;
}

static int take_texts(struct advisory *a, const char *id, const char *title, const char *fixed_in)
{
	if (!name_valid(id))
		return -EINVAL;
	a->id = strdup(id);
	a->title = strdup(title);
	a->fixed_in = strdup(fixed_in);
	return a->id && a->title && a->fixed_in ? 0 : -ENOMEM;
}

/* {"format": 1, "id": "...", "title": "...", "features": [...], "fixed_in": "..." or ""} */
static int take_advisory(const char *path, json_t *root, struct advisory *a, struct strbuf *err)
{
	const char *id, *title, *fixed_in;
	json_t *features;
	int format, rc = -EINVAL;

	if (!json_unpack(root, "{s:i, s:s, s:s, s:o, s:s !}", "format", &format, "id", &id, "title",
			 &title, "features", &features, "fixed_in", &fixed_in) &&
	    format == 1)
		rc = take_texts(a, id, title, fixed_in);
	if (!rc)
		rc = add_features(features, a);
	if (!rc && !a->nr_features)
		rc = -EINVAL;
	if (rc == -EINVAL)
		complain(err, (struct place){ path, 0 },
			 "write format (1), id, title, features (ids) and fixed_in (\"\" for none)",
			 "is no advisory of format 1");
	return rc;
}

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

/* Does the range of versions end, at a version or by a change of status? */
static bool range_ends(const json_t *version)
{
	static const char *const ends[] = { "lessThan", "lessThanOrEqual" };

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		const char *end = text_of(version, ends[i]);

		if (*end && strcmp(end, "*") != 0)
			return true;
	}
	return json_array_size(json_object_get(version, "changes")) > 0;
}

/* Is it about versions without a fix: is one of its ranges open, or what it does not list? */
static bool is_open(const json_t *affected)
{
	const json_t *versions = json_object_get(affected, "versions");

	if (!strcmp(text_of(affected, "defaultStatus"), "affected"))
		return true;
	for (size_t i = 0; i < json_array_size(versions); i++) {
		const json_t *version = json_array_get(versions, i);

		if (!strcmp(text_of(version, "status"), "affected") && !range_ends(version))
			return true;
	}
	return false;
}

/* A CVE record, version 5: `modules` of what it says is affected are features. */
static int take_cve(const char *path, const json_t *root, struct advisory *a, struct strbuf *err)
{
	const json_t *meta = json_object_get(root, "cveMetadata");
	const json_t *cna = json_object_get(json_object_get(root, "containers"), "cna");
	const json_t *affected = json_object_get(cna, "affected");
	int rc = strncmp(text_of(root, "dataVersion"), "5.", 2) ? -EINVAL : 0;

	if (!rc)
		rc = take_texts(a, text_of(meta, "cveId"), text_of(cna, "title"), "");
	if (strcmp(text_of(meta, "state"), "PUBLISHED") != 0)
		affected = NULL;
	for (size_t i = 0; !rc && i < json_array_size(affected); i++) {
		const json_t *entry = json_array_get(affected, i);

		if (is_open(entry))
			rc = add_features(json_object_get(entry, "modules"), a);
	}
	if (rc == -EINVAL)
		complain(err, (struct place){ path, 0 },
			 "write dataVersion 5.x, cveMetadata.cveId, and the features' ids as "
			 "modules of containers.cna.affected",
			 "is no CVE record of version 5");
	return rc;
}

static int take(const char *path, json_t *root, struct advisory *a, struct strbuf *err)
{
	if (!strcmp(text_of(root, "dataType"), "CVE_RECORD"))
		return take_cve(path, root, a, err);
	return take_advisory(path, root, a, err);
}

static int read_advisory(const char *tree, const char *name, struct advisory *a, struct strbuf *err)
{
	char *below, *path, *text = NULL;
	json_error_t wrong;
	json_t *root;
	size_t size;
	int rc;

	if (asprintf(&below, ADVISORY_DIR "/%s", name) < 0)
		return -ENOMEM;
	path = policy_path(tree, below);
	rc = path ? file_read(path, ADVISORY_MAX, &text, &size) : -ENOMEM;
	if (!rc) {
		root = json_loadb(text, size, JSON_REJECT_DUPLICATES, &wrong);
		if (root) {
			rc = take(below, root, a, err);
		} else {
			rc = -EINVAL;
			complain(err, (struct place){ below, (unsigned int)wrong.line },
				 "correct the JSON", "%s", wrong.text);
		}
		json_decref(root);
	} else if (rc != -ENOMEM) {
		complain(err, (struct place){ below, 0 }, "make it readable", "cannot be read: %s",
			 strerror(-rc));
		rc = -EINVAL;
	}
	free(text);
	free(path);
	free(below);
	return rc;
}

static int compare_ids(const void *a, const void *b)
{
	const struct advisory *x = a, *y = b;

	return strcmp(x->id, y->id);
}

int advisories_read(const char *tree, struct advisories *ret_list, struct strbuf *err)
{
	struct advisories a = { 0 };
	char *path = policy_path(tree, ADVISORY_DIR);
	char **names = NULL;
	size_t nr = 0;
	int rc = path ? file_list(path, ".json", &names, &nr) : -ENOMEM;

	if (!rc && nr && nr <= ADVISORIES_MAX)
		a.list = calloc(nr, sizeof(*a.list));
	if (!rc && nr && !a.list)
		rc = -ENOMEM;
	for (size_t i = 0; i < nr && !rc; i++) {
		rc = read_advisory(tree, names[i], &a.list[i], err);
		a.nr++;
	}
	/* Without the folder there are none. */
	if (rc && path && !names && rc != -ENOMEM)
		rc = 0;
	file_free_names(names, nr);
	free(path);
	if (rc) {
		advisories_reset(&a);
		return rc;
	}
	if (a.nr)
		qsort(a.list, a.nr, sizeof(*a.list), compare_ids);
	*ret_list = a;
	return 0;
}
