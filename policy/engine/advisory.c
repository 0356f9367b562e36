/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The reader of advisories: strict JSON, every key known, every size bounded. */
#include "engine/advisory.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/file.h"
#include "engine/complain.h"
#include "engine/policy.h"

#define ADVISORY_DIR "support/advisories"
#define ADVISORY_MAX ((size_t)1 << 20)
#define ADVISORIES_MAX 10000

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

static int take_features(const json_t *list, struct advisory *a)
{
	size_t nr = json_array_size(list);

	a->features = calloc(nr + 1, sizeof(*a->features));
	if (!a->features)
		return -ENOMEM;
	for (size_t i = 0; i < nr; i++) {
		const char *id = json_string_value(json_array_get(list, i));

		if (!id)
			return -EINVAL;
		a->features[i] = strdup(id);
		if (!a->features[i])
			return -ENOMEM;
		a->nr_features++;
	}
	return nr ? 0 : -EINVAL;
}

/* {"format": 1, "id": "...", "title": "...", "features": [...], "fixed_in": "..." or ""} */
static int take_advisory(const char *path, json_t *root, struct advisory *a, struct strbuf *err)
{
	const char *id, *title, *fixed_in;
	json_t *features;
	int format, rc = -EINVAL;

	if (!json_unpack(root, "{s:i, s:s, s:s, s:o, s:s !}", "format", &format, "id", &id, "title",
			 &title, "features", &features, "fixed_in", &fixed_in) &&
	    format == 1) {
		a->id = strdup(id);
		a->title = strdup(title);
		a->fixed_in = strdup(fixed_in);
		rc = a->id && a->title && a->fixed_in ? take_features(features, a) : -ENOMEM;
	}
	if (rc == -EINVAL)
		complain(err, (struct place){ path, 0 },
			 "write format (1), id, title, features (ids) and fixed_in (\"\" for none)",
			 "is no advisory of format 1");
	return rc;
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
			rc = take_advisory(below, root, a, err);
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
	*ret_list = a;
	return 0;
}
