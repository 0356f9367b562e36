/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records out of JSON values: every member is there, of its type, in its bounds. */
#include "host/optin-json.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int fault(char ret_why[128], const char *key, const char *what)
{
	snprintf(ret_why, 128, "\"%.40s\" %s", key, what);
	return -EINVAL;
}

int optin_json_keys(const json_t *root, const char *const *keys, char ret_why[128])
{
	size_t nr = 0;

	if (!json_is_object(root)) {
		snprintf(ret_why, 128, "it is no map of members");
		return -EINVAL;
	}
	for (; keys[nr]; nr++)
		if (!json_object_get(root, keys[nr]))
			return fault(ret_why, keys[nr], "is missing");
	if (json_object_size(root) != nr) {
		snprintf(ret_why, 128, "it has %zu members, of which %zu are known",
			 json_object_size(root), nr);
		return -EINVAL;
	}
	return 0;
}

/* A text of @max bytes at most, fit to be shown, into @to, which is that long and the NUL. */
static int take_text(const json_t *root, const char *key, char *to, size_t max, char ret_why[128])
{
	const char *text = json_string_value(json_object_get(root, key));
	const char *wrong = text ? optin_text_fault(text, max) : "is no text";

	if (wrong)
		return fault(ret_why, key, wrong);
	memcpy(to, text, strlen(text) + 1);
	return 0;
}

bool optin_is_when(const char *text)
{
	static const char form[] = "dddd-dd-ddTdd:dd:ddZ";
	char day[DATE_SIZE];

	if (strlen(text) != sizeof(form) - 1)
		return false;
	for (size_t i = 0; form[i]; i++)
		if (form[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != form[i])
			return false;
	memcpy(day, text, DATE_SIZE - 1);
	day[DATE_SIZE - 1] = '\0';
	return date_is_valid(day) && strncmp(text + 11, "24", 2) < 0 && text[14] < '6' &&
	       strncmp(text + 17, "61", 2) < 0;
}

int optin_json_take_who(const json_t *root, struct optin *ret_record, char ret_why[128])
{
	const char *when = json_string_value(json_object_get(root, "when"));
	int rc = take_text(root, "by", ret_record->by, OPTIN_BY_MAX, ret_why);

	if (!rc)
		rc = take_text(root, "why", ret_record->why, OPTIN_WHY_MAX, ret_why);
	if (rc)
		return rc;
	if (!when || !optin_is_when(when))
		return fault(ret_why, "when", "is no time like 2026-11-22T14:30:00Z");
	memcpy(ret_record->when, when, DATE_TIME_SIZE);
	return 0;
}

int optin_json_take(const json_t *root, struct optin *ret_record, char ret_why[128])
{
	const char *id = json_string_value(json_object_get(root, "feature"));
	const json_t *until = json_object_get(root, "until");
	const json_t *boot = json_object_get(root, "boot_entry");
	struct optin r = { 0 };
	int rc;

	if (json_integer_value(json_object_get(root, "format")) != 1)
		return fault(ret_why, "format", "is not 1, which this program reads");
	if (!id || !state_is_id(id))
		return fault(ret_why, "feature", "is no id of a feature");
	snprintf(r.id, sizeof(r.id), "%s", id);
	rc = optin_json_take_who(root, &r, ret_why);
	if (rc)
		return rc;
	if (!json_is_null(until) &&
	    (!json_is_string(until) || !date_is_valid(json_string_value(until))))
		return fault(ret_why, "until", "is neither null nor a day like 2026-11-22");
	if (json_is_string(until))
		memcpy(r.until, json_string_value(until), DATE_SIZE);
	if (!json_is_boolean(boot))
		return fault(ret_why, "boot_entry", "is neither true nor false");
	r.boot_entry = json_is_true(boot);
	*ret_record = r;
	return 0;
}
