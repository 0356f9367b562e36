/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records of decisions, written and read. */
#include "engine/record.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/complain.h"
#include "engine/json.h"

static json_t *make_source(const struct host_source *s)
{
	json_t *object = json_object();

	json_object_set_new(object, "layer",
			    s->joins ? json_text(host_layer_name(s->layer)) : json_null());
	json_object_set_new(object, "name", json_text(s->name));
	json_object_set_new(object, "path", json_text(s->path));
	json_object_set_new(object, "text", json_stringn(s->text, s->size));
	return object;
}

static json_t *make_text(void (*write)(const void *, struct strbuf *), const void *what)
{
	struct strbuf text = STRBUF_INIT;
	json_t *value;

	write(what, &text);
	value = strbuf_str(&text) ? json_stringn(strbuf_str(&text), text.size) : NULL;
	strbuf_reset(&text);
	return value;
}

static void write_facts(const void *facts, struct strbuf *out)
{
	facts_canon(facts, out);
}

static void write_lock(const void *lock, struct strbuf *out)
{
	lockfile_write(lock, out);
}

int record_write(const struct resolution *r, struct strbuf *out)
{
	json_t *root = json_object(), *sources = json_array();
	struct lockfile *lock;
	int rc = resolution_lock(r, &lock);

	for (size_t i = 0; !rc && i < r->answers.nr_used; i++)
		json_array_append_new(sources,
				      make_source(&r->in.rules[r->answers.used[i].source]));
	json_object_set_new(root, "rules", sources);
	if (!rc) {
		json_object_set_new(root, "decision", json_text(lock->decision));
		json_object_set_new(root, "lock", make_text(write_lock, lock));
		lockfile_destroy(lock);
	}
	json_object_set_new(root, "facts", make_text(write_facts, r->in.facts));
	json_object_set_new(root, "format", json_integer(1));
	json_object_set_new(root, "profile", make_source(&r->in.profile));
	/* A source that is no UTF-8 cannot be kept in JSON, and must not be changed. */
	if (!rc && (json_object_size(root) != 6 || json_array_size(sources) != r->answers.nr_used))
		rc = -ENOMEM;
	if (rc)
		json_decref(root);
	else
		json_print(root, JSON_PAGE, out);
	return rc ? rc : out->failed ? -ENOMEM : 0;
}

/* ---- the reader ---- */

static bool get_layer(const json_t *value, struct host_source *s)
{
	const char *name = json_string_value(value);

	if (json_is_null(value))
		return true;
	s->joins = true;
	for (unsigned int i = 0; name && i < NR_LAYERS; i++) {
		s->layer = (enum layer)i;
		if (!strcmp(name, host_layer_name(s->layer)))
			return true;
	}
	return false;
}

static int get_source(json_t *object, struct host_source *ret_source)
{
	struct host_source s = { 0 };
	const char *name, *path, *text;
	size_t size;
	json_t *layer;

	if (json_unpack(object, "{s:o, s:s, s:s, s:s% !}", "layer", &layer, "name", &name, "path",
			&path, "text", &text, &size) ||
	    !get_layer(layer, &s))
		return -EINVAL;
	s.name = strdup(name);
	s.path = strdup(path);
	s.text = malloc(size + 1);
	s.size = size;
	if (s.text)
		memcpy((char *)s.text, text, size + 1);
	*ret_source = s;
	return s.name && s.path && s.text ? 0 : -ENOMEM;
}

static int get_rules(json_t *list, struct policy *p)
{
	size_t nr = json_array_size(list);
	int rc = nr <= HOST_SOURCE_MAX && json_is_array(list) ? 0 : -EINVAL;

	p->rules = calloc(nr + 1, sizeof(*p->rules));
	if (!p->rules)
		return -ENOMEM;
	for (size_t i = 0; !rc && i < nr; i++) {
		rc = get_source(json_array_get(list, i), &p->rules[i]);
		p->nr_rules++;
	}
	return rc;
}

/* Facts whose digest the policy takes for its locks. */
static int get_policy(json_t *profile, json_t *rules, struct record *record)
{
	struct policy *p = calloc(1, sizeof(*p));
	int rc;

	if (!p)
		return -ENOMEM;
	record->policy = p;
	p->facts = record->facts;
	p->given = calloc(1, sizeof(*p->given));
	p->profiles = calloc(2, sizeof(*p->profiles));
	if (!p->given || !p->profiles)
		return -ENOMEM;
	rc = get_source(profile, p->given);
	if (rc)
		return rc;
	p->profiles[0] = strdup(p->given->name);
	record->profile = strdup(p->given->name);
	if (!p->profiles[0] || !record->profile)
		return -ENOMEM;
	p->nr_profiles = 1;
	rc = policy_hash_facts(p->facts, p->facts_hash);
	return rc ? rc : get_rules(rules, p);
}

static int get_record(const char *name, json_t *root, struct record *record, struct strbuf *err)
{
	const char *facts, *lock, *decision;
	size_t facts_size, lock_size;
	json_t *profile, *rules;
	int format, rc = -EINVAL;

	if (json_unpack(root, "{s:i, s:s%, s:s%, s:s, s:o, s:o !}", "format", &format, "facts",
			&facts, &facts_size, "lock", &lock, &lock_size, "decision", &decision,
			"profile", &profile, "rules", &rules) ||
	    format != 1)
		goto out;
	record->lock = malloc(lock_size + 1);
	if (!record->lock)
		return -ENOMEM;
	memcpy(record->lock, lock, lock_size + 1);
	record->lock_size = lock_size;
	rc = facts_parse(name, facts, facts_size, &record->facts, err);
	if (rc)
		return rc;
	rc = get_policy(profile, rules, record);
out:
	if (rc == -EINVAL)
		complain(err, (struct place){ name, 0 },
			 "give a file that `candor policy lock --record` wrote",
			 "is no record of a decision, format 1");
	return rc;
}

int record_parse(const char *name, const char *text, size_t size, struct record **ret_record,
		 struct strbuf *err)
{
	struct record *record = calloc(1, sizeof(*record));
	json_error_t wrong;
	json_t *root;
	int rc;

	if (!record)
		return -ENOMEM;
	root = json_loadb(text, size, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &wrong);
	if (root) {
		rc = get_record(name, root, record, err);
	} else {
		rc = -EINVAL;
		complain(err,
			 (struct place){ name, (unsigned int)(wrong.line > 0 ? wrong.line : 0) },
			 "give a file that `candor policy lock --record` wrote", "%s", wrong.text);
	}
	json_decref(root);
	if (rc) {
		record_free(record);
		return rc;
	}
	*ret_record = record;
	return 0;
}

void record_free(struct record *record)
{
	if (!record)
		return;
	policy_close(record->policy);
	facts_destroy(record->facts);
	free(record->profile);
	free(record->lock);
	free(record);
}

int record_decide(const struct record *record, struct strbuf *out, struct strbuf *err)
{
	struct resolution *r;
	struct lockfile *lock;
	int rc = policy_resolve(record->policy, record->profile, NULL, &r, err);

	if (rc)
		return rc;
	rc = resolution_lock(r, &lock);
	if (!rc) {
		lockfile_write(lock, out);
		lockfile_destroy(lock);
	}
	resolution_free(r);
	return rc;
}
