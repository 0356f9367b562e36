/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A host's state out of JSON that anybody may have written. Every member that counts is
 * there, of its type and in its bounds, or the file is refused with the member's path.
 * Members that are not known are passed over, as the schema's promise asks of readers.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/complain.h"
#include "base/file.h"
#include "document/yaml.h"
#include "host/fleet.h"

static const char remedy[] = "have the host write it anew with `candor host status --json`";

/* Where a fault is told. */
struct reader {
	const char *path;
	struct strbuf *err;
	const struct fleet *fleet;
	char within[48]; /* "features[3]." */
};

static __attribute__((format(printf, 3, 4))) int fault(const struct reader *r, const char *key,
						       const char *fmt, ...)
{
	char text[160];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	complain(r->err, (struct place){ r->path, 0 }, remedy, "%s%s %s", r->within, key, text);
	return -EINVAL;
}

/* A text of at most @max bytes into @to; false in *@ret_has: it is null. */
static int take_text(const struct reader *r, const json_t *object, const char *key, char *to,
		     size_t max, bool *ret_has)
{
	const json_t *value = json_object_get(object, key);

	to[0] = '\0';
	if (ret_has)
		*ret_has = !json_is_null(value);
	if (ret_has && json_is_null(value))
		return 0;
	if (!json_is_string(value))
		return fault(r, key, value ? "is no text" : "is missing");
	if (json_string_length(value) > max)
		return fault(r, key, "is over %zu bytes", max);
	memcpy(to, json_string_value(value), json_string_length(value) + 1);
	return 0;
}

/* A day, or null. */
static int take_day(const struct reader *r, const json_t *object, const char *key,
		    char to[DATE_SIZE], bool may_be_null)
{
	bool has;
	int rc = take_text(r, object, key, to, DATE_SIZE - 1, may_be_null ? &has : NULL);

	if (!rc && (!may_be_null || has) && !date_is_valid(to))
		rc = fault(r, key, "is no day like 2026-11-22");
	return rc;
}

static int take_bool(const struct reader *r, const json_t *object, const char *key, bool *ret_value)
{
	const json_t *value = json_object_get(object, key);

	if (!json_is_boolean(value))
		return fault(r, key, value ? "is neither true nor false" : "is missing");
	*ret_value = json_is_true(value);
	return 0;
}

/* ---- a feature ---- */

static int take_record(const struct reader *r, const json_t *item, struct fleet_feature *f)
{
	const json_t *record = json_object_get(item, "record");
	int rc;

	if (json_is_null(record))
		return 0;
	if (!json_is_object(record))
		return fault(r, "record", record ? "is neither null nor an object" : "is missing");
	f->has_record = true;
	rc = take_text(r, record, "by", f->by, OPTIN_BY_MAX, NULL);
	return rc ? rc : take_day(r, record, "until", f->recorded, true);
}

static int take_feature(const struct reader *r, const json_t *item, struct fleet_feature *ret,
			char ret_verdict[8])
{
	struct fleet_feature f = { 0 };
	char state[16], taint[2] = "";
	bool has;
	int rc = take_text(r, item, "id", f.id, STATE_ID_MAX, NULL);

	if (!rc && !state_is_id(f.id))
		rc = fault(r, "id", "is no id of a feature");
	if (!rc)
		rc = take_text(r, item, "state", state, sizeof(state) - 1, NULL);
	if (!rc && !state_from_name(state, &f.state))
		rc = fault(r, "state", "is no state of a feature");
	if (!rc)
		rc = take_day(r, item, "until", f.until, true);
	if (!rc)
		rc = take_text(r, item, "taint", taint, 1, &has);
	if (!rc)
		rc = take_text(r, item, "lock", ret_verdict, 7, &has);
	if (!rc)
		rc = take_record(r, item, &f);
	f.taint = rc ? '\0' : taint[0];
	if (!rc)
		*ret = f;
	return rc;
}

/* Is it active although the policy has it off? */
static int judge_policy(const struct reader *r, struct fleet_host *host,
			const struct fleet_feature *f, const char *own_verdict)
{
	const struct known *policy = r->fleet->policy;
	struct candor_verdict e = { 0 };

	if (!state_is_active(f->state))
		return 0;
	if (policy)
		e = known_verdict(policy, f->id);
	if (policy && !e.value)
		return fleet_host_find(host, "beyond-policy", f->id,
				       "is active; the policy %s does not know it",
				       policy->lock.profile);
	if (policy && e.decided == CANDOR_OFF)
		return fleet_host_find(host, "beyond-policy", f->id,
				       "is active; the policy %s has it off: %.120s",
				       policy->lock.profile, e.reason);
	if (!policy && !strcmp(own_verdict, "off"))
		return fleet_host_find(host, "beyond-lock", f->id,
				       "is active; the host's own lock has it off");
	return 0;
}

/* Keep only those of which more is to be said than on or off. */
static int keep_feature(struct fleet_host *host, const struct fleet_feature *f)
{
	struct fleet_feature *grown;

	if (!f->has_record && f->state != RUN_OPTED_IN && f->state != RUN_EXPIRED)
		return 0;
	grown = reallocarray(host->features, host->nr_features + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	host->features = grown;
	grown[host->nr_features++] = *f;
	return 0;
}

static int take_features(struct reader *r, const json_t *root, struct fleet_host *host)
{
	const json_t *list = json_object_get(root, "features");
	char last[STATE_ID_MAX + 1] = "", verdict[8];
	struct fleet_feature f;
	int rc = 0;

	if (!json_is_array(list))
		return fault(r, "features", list ? "is no list" : "is missing");
	if (json_array_size(list) > STATE_FEATURES_MAX)
		return fault(r, "features", "has more than %d items", STATE_FEATURES_MAX);
	for (size_t i = 0; i < json_array_size(list) && !rc; i++) {
		snprintf(r->within, sizeof(r->within), "features[%zu].", i);
		rc = take_feature(r, json_array_get(list, i), &f, verdict);
		if (!rc && strcmp(last, f.id) >= 0)
			rc = fault(r, "id", "is not behind the one before: twice, or unsorted");
		if (!rc)
			rc = judge_policy(r, host, &f, verdict);
		if (!rc)
			rc = keep_feature(host, &f);
		memcpy(last, f.id, sizeof(last));
	}
	r->within[0] = '\0';
	return rc;
}

/* ---- what the host found itself ---- */

static int take_finding(const struct reader *r, const json_t *item, struct fleet_host *host)
{
	char kind[32] = "", grade[16] = "", id[STATE_ID_MAX + 1] = "", message[512];
	bool has;
	int rc = take_text(r, item, "kind", kind, sizeof(kind) - 1, NULL);

	if (!rc)
		rc = take_text(r, item, "grade", grade, sizeof(grade) - 1, NULL);
	if (!rc)
		rc = take_text(r, item, "feature", id, STATE_ID_MAX, &has);
	if (!rc && id[0] && !state_is_id(id))
		rc = fault(r, "feature", "is no id of a feature");
	if (!rc)
		rc = take_text(r, item, "message", message, sizeof(message) - 1, NULL);
	if (rc || strcmp(grade, status_grade_name(GRADE_OUTSIDE)) != 0)
		return rc;
	return fleet_host_find(host, kind, id, "%s", message);
}

static int take_findings(struct reader *r, const json_t *root, struct fleet_host *host)
{
	const json_t *list = json_object_get(root, "findings");
	int rc = 0;

	if (!json_is_array(list))
		return fault(r, "findings", list ? "is no list" : "is missing");
	if (json_array_size(list) > STATE_FEATURES_MAX)
		return fault(r, "findings", "has more than %d items", STATE_FEATURES_MAX);
	for (size_t i = 0; i < json_array_size(list) && !rc; i++) {
		snprintf(r->within, sizeof(r->within), "findings[%zu].", i);
		rc = take_finding(r, json_array_get(list, i), host);
	}
	r->within[0] = '\0';
	return rc;
}

/* ---- the whole ---- */

static int take_head(const struct reader *r, const json_t *root, struct fleet_host *host)
{
	bool has_policy;
	int rc = take_text(r, root, "host", host->name, STATUS_NAME_MAX, NULL);

	if (json_integer_value(json_object_get(root, "format")) != 1)
		return fault(r, "format", "is not 1, which this program reads");
	if (!rc && !host->name[0])
		rc = fault(r, "host", "is empty: the host has no name");
	if (!rc)
		rc = take_day(r, root, "date", host->date, false);
	if (!rc)
		rc = take_bool(r, root, "running", &host->running);
	if (!rc)
		rc = take_text(r, root, "policy", host->policy, STATE_TEXT_MAX, &has_policy);
	if (!rc)
		rc = take_text(r, root, "decision", host->decision, STATE_TEXT_MAX,
			       &host->has_decision);
	if (!rc)
		rc = take_text(r, root, "taint", host->taint, STATE_TEXT_MAX, &host->has_taint);
	return rc;
}

int fleet_host_parse(const char *path, const char *text, size_t size, const struct fleet *fleet,
		     struct fleet_host *ret_host, struct strbuf *err)
{
	struct reader r = { .path = path, .err = err, .fleet = fleet };
	struct fleet_host host = { .file = strdup(path) };
	struct document_error error;
	json_t *root = NULL;
	int rc = host.file ? json_read(text, size, &root, &error) : -ENOMEM;

	if (rc == -EINVAL)
		complain(err, (struct place){ path, error.line }, remedy, "%s", error.message);
	if (!rc)
		rc = take_head(&r, root, &host);
	if (!rc)
		rc = take_features(&r, root, &host);
	if (!rc)
		rc = take_findings(&r, root, &host);
	json_decref(root);
	sha256_hex(text, size, host.digest);
	if (rc)
		fleet_host_reset(&host);
	else
		*ret_host = host;
	return rc;
}
