/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads a tree's policy files and takes a profile through child, decisions and
 * lock. Paths in messages and locks are those below the tree, so that a lock
 * has the same bytes wherever the tree lies.
 */
#include "engine/policy.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/complain.h"
#include "base/file.h"
#include "base/suggest.h"
#include "engine/child.h"

#define PROFILES_DIR "policy/profiles"
#define RULES_DIR "policy/rules"

char *policy_path(const char *tree, const char *below)
{
	char *path;

	if (!strcmp(tree, "."))
		return strdup(below);
	return asprintf(&path, "%s/%s", tree, below) < 0 ? NULL : path;
}

/* The names, without ".lua", of a folder's Lua files. */
static int list_names(const char *tree, const char *dir, size_t max, char ***ret_names,
		      size_t *ret_nr, struct strbuf *err)
{
	char *path = policy_path(tree, dir);
	char **names;
	size_t nr;
	int rc = path ? file_list(path, ".lua", &names, &nr) : -ENOMEM;

	if (rc && rc != -ENOMEM) {
		complain(err, (struct place){ path, 0 },
			 "give the folder of a Candor tree: --tree DIR", "cannot be listed: %s",
			 strerror(-rc));
		rc = -EINVAL;
	}
	free(path);
	if (rc)
		return rc;
	if (nr > max) {
		complain(err, (struct place){ dir, 0 }, "merge some", "holds more than %zu files",
			 max);
		file_free_names(names, nr);
		return -EINVAL;
	}
	for (size_t i = 0; i < nr; i++)
		names[i][strlen(names[i]) - 4] = '\0';
	*ret_names = names;
	*ret_nr = nr;
	return 0;
}

static bool name_valid(const char *name)
{
	size_t n = strlen(name);

	return n && n <= HOST_NAME_MAX &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-") == n;
}

/* Read the file at @path, known as @shown; name and path are both that. */
static int read_text(const char *path, const char *shown, struct host_source *s, struct strbuf *err)
{
	char *name = strdup(shown), *copy = strdup(shown), *text = NULL;
	int rc = name && copy ? file_read(path, POLICY_FILE_MAX, &text, &s->size) : -ENOMEM;

	if (!rc) {
		s->name = name;
		s->path = copy;
		s->text = text;
		return 0;
	}
	if (rc != -ENOMEM) {
		complain(err, (struct place){ shown, 0 },
			 rc == -EFBIG ? "split it: 256 KiB is the limit" : "make it readable",
			 "cannot be read: %s", strerror(-rc));
		rc = -EINVAL;
	}
	free(name);
	free(copy);
	return rc;
}

/* Read DIR/NAME.lua; the path is kept as it stands below the tree. */
static int read_source(const char *tree, const char *dir, const char *name,
		       struct host_source *ret_source, struct strbuf *err)
{
	struct host_source s = { 0 };
	char *below, *path;
	int rc;

	if (asprintf(&below, "%s/%s.lua", dir, name) < 0)
		return -ENOMEM;
	path = policy_path(tree, below);
	if (!path) {
		rc = -ENOMEM;
	} else if (!name_valid(name)) {
		complain(err, (struct place){ below, 0 },
			 "rename it: a-z, 0-9, _ and -, at most 64 of them",
			 "has a name no profile can use");
		rc = -EINVAL;
	} else {
		rc = read_text(path, below, &s, err);
	}
	if (!rc) {
		free((char *)s.name);
		s.name = strdup(name);
		*ret_source = s;
	}
	free(path);
	free(below);
	return rc;
}

static void free_source(struct host_source *s)
{
	free((char *)s->name);
	free((char *)s->path);
	free((char *)s->text);
}

int policy_read_sources(const char *tree, const char *dir, struct host_source **ret_list,
			size_t *ret_nr, struct strbuf *err)
{
	struct host_source *list = NULL;
	char **names = NULL;
	size_t nr = 0, nr_read = 0;
	int rc = list_names(tree, dir, HOST_SOURCE_MAX, &names, &nr, err);

	if (!rc) {
		list = calloc(nr + 1, sizeof(*list));
		rc = list ? 0 : -ENOMEM;
	}
	for (size_t i = 0; !rc && i < nr; i++) {
		rc = read_source(tree, dir, names[i], &list[i], err);
		if (!rc)
			nr_read++;
	}
	file_free_names(names, nr);
	if (rc) {
		policy_free_sources(list, nr_read);
		return rc;
	}
	*ret_list = list;
	*ret_nr = nr;
	return 0;
}

void policy_free_sources(struct host_source *list, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		free_source(&list[i]);
	free(list);
}

int policy_join(struct policy *p, enum layer layer, const char *path, struct strbuf *err)
{
	struct host_source s = { .joins = true, .layer = layer }, *grown;
	int rc;

	if (path[strspn(path, "abcdefghijklmnopqrstuvwxyz0123456789_-./")]) {
		complain(err, (struct place){ path, 0 },
			 "rename it: a lock can name a-z, 0-9 and _-./ only",
			 "has a name that cannot stand in a lock");
		return -EINVAL;
	}
	grown = reallocarray(p->rules, p->nr_rules + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	p->rules = grown;
	rc = read_text(path, path, &s, err);
	if (rc)
		return rc;
	p->rules[p->nr_rules++] = s;
	return 0;
}

int policy_hash_facts(const struct facts *facts, char ret_hash[LOCK_HASH_SIZE])
{
	struct strbuf text = STRBUF_INIT;
	char hex[65];

	facts_canon(facts, &text);
	if (text.failed) {
		strbuf_reset(&text);
		return -ENOMEM;
	}
	sha256_hex(strbuf_str(&text), text.size, hex);
	snprintf(ret_hash, LOCK_HASH_SIZE, "sha256:%s", hex);
	strbuf_reset(&text);
	return 0;
}

int policy_open(const char *tree, const struct facts *facts, struct policy **ret_policy,
		struct strbuf *err)
{
	struct policy *p = calloc(1, sizeof(*p));
	int rc = -ENOMEM;

	if (!p)
		return -ENOMEM;
	p->tree = strdup(tree);
	p->facts = facts;
	if (p->tree)
		rc = policy_hash_facts(facts, p->facts_hash);
	if (!rc)
		rc = list_names(tree, PROFILES_DIR, POLICY_PROFILES_MAX, &p->profiles,
				&p->nr_profiles, err);
	if (!rc)
		rc = policy_read_sources(tree, RULES_DIR, &p->rules, &p->nr_rules, err);
	if (rc) {
		policy_close(p);
		return rc;
	}
	*ret_policy = p;
	return 0;
}

void policy_close(struct policy *p)
{
	if (!p)
		return;
	file_free_names(p->profiles, p->nr_profiles);
	policy_free_sources(p->rules, p->nr_rules);
	policy_free_sources(p->given, p->given ? 1 : 0);
	free(p->tree);
	free(p);
}

static void complain_profile(const struct policy *p, const char *name, struct strbuf *err)
{
	struct strbuf remedy = STRBUF_INIT;
	struct suggest s;

	suggest_start(&s, name);
	for (size_t i = 0; i < p->nr_profiles; i++)
		suggest_offer(&s, p->profiles[i]);
	if (suggest_best(&s))
		strbuf_printf(&remedy, "did you mean '%s'? ", suggest_best(&s));
	strbuf_puts(&remedy, "there are:");
	for (size_t i = 0; i < p->nr_profiles; i++)
		strbuf_printf(&remedy, " %s", p->profiles[i]);
	complain(err, (struct place){ PROFILES_DIR, 0 },
		 strbuf_str(&remedy) ? strbuf_str(&remedy) : "", "there is no profile '%s'", name);
	strbuf_reset(&remedy);
}

const char *policy_profile(const struct policy *p, const char *name, struct strbuf *err)
{
	for (size_t i = 0; i < p->nr_profiles; i++) {
		if (!strcmp(p->profiles[i], name))
			return p->profiles[i];
	}
	complain_profile(p, name, err);
	return NULL;
}

static void complain_failure(const struct resolution *r, const struct host_failure *f,
			     struct strbuf *err)
{
	struct place at = { r->path, 0 };

	if (f->source >= 0)
		at.file = r->in.rules[f->source].path;
	if (f->source != HOST_AT_NOTHING)
		at.line = f->line;
	complain(err, at, f->remedy, "%s", f->message);
}

static int evaluate(struct resolution *r, struct strbuf *err)
{
	struct host_failure failure;
	int rc = child_run(&r->in, &r->answers, &failure);

	if (rc == -EINVAL) {
		complain_failure(r, &failure, err);
		return rc;
	}
	if (rc) {
		complain(err, (struct place){ r->path, 0 }, "free memory or processes",
			 "cannot be evaluated: %s", strerror(-rc));
		return rc;
	}
	return 0;
}

/* Take back what is said at a place. */
static void drop_sentences(struct resolution *r, const struct place *at)
{
	struct answers *a = &r->answers;
	size_t nr = 0;

	for (size_t i = 0; i < a->nr_verdicts; i++) {
		const struct sentence *s = &a->sentences[a->verdicts[i].sentence];

		if (s->line != at->line || strcmp(r->in.rules[s->source].path, at->file) != 0)
			a->verdicts[nr++] = a->verdicts[i];
	}
	a->nr_verdicts = nr;
}

static int set_input(struct resolution *r, const struct host_source *profile,
		     const struct variation *v)
{
	const struct policy *p = r->policy;

	r->path = (char *)profile->path;
	r->text = (char *)profile->text;
	r->in.profile = *profile;
	r->in.profile.name = r->profile;
	r->in.rules = p->rules;
	r->in.nr_rules = p->nr_rules;
	r->in.facts = v && v->facts ? v->facts : p->facts;
	r->in.lenient = v && v->lenient;
	if (!v || !v->nr_extra)
		return 0;
	r->sources = calloc(p->nr_rules + v->nr_extra, sizeof(*r->sources));
	if (!r->sources)
		return -ENOMEM;
	if (p->nr_rules)
		memcpy(r->sources, p->rules, p->nr_rules * sizeof(*r->sources));
	memcpy(r->sources + p->nr_rules, v->extra, v->nr_extra * sizeof(*r->sources));
	r->in.rules = r->sources;
	r->in.nr_rules += v->nr_extra;
	return 0;
}

static int read_profile(const struct resolution *r, struct host_source *ret_source,
			struct strbuf *err)
{
	const struct host_source *given = r->policy->given;
	struct host_source s;

	if (!given)
		return read_source(r->policy->tree, PROFILES_DIR, r->profile, ret_source, err);
	s = (struct host_source){ .name = strdup(given->name), .path = strdup(given->path) };
	s.text = malloc(given->size + 1);
	s.size = given->size;
	if (!s.name || !s.path || !s.text) {
		free_source(&s);
		return -ENOMEM;
	}
	memcpy((char *)s.text, given->text, given->size + 1);
	*ret_source = s;
	return 0;
}

static int resolve(struct resolution *r, const struct variation *v, struct strbuf *err)
{
	struct host_source profile;
	int rc = read_profile(r, &profile, err);

	if (rc)
		return rc;
	free((char *)profile.name);
	rc = set_input(r, &profile, v);
	if (!rc)
		rc = evaluate(r, err);
	if (!rc && v && v->drop)
		drop_sentences(r, v->drop);
	if (!rc)
		rc = decide(&r->in, &r->answers, &r->list, err);
	r->ruling = (struct ruling){ &r->in, &r->answers, r->list };
	return rc;
}

int policy_resolve(const struct policy *p, const char *profile, const struct variation *variation,
		   struct resolution **ret_resolution, struct strbuf *err)
{
	const char *name = policy_profile(p, profile, err);
	struct resolution *r;
	int rc;

	if (!name)
		return -EINVAL;
	r = calloc(1, sizeof(*r));
	if (!r)
		return -ENOMEM;
	r->policy = p;
	r->profile = name;
	rc = resolve(r, variation, err);
	if (rc) {
		resolution_free(r);
		return rc;
	}
	*ret_resolution = r;
	return 0;
}

void resolution_free(struct resolution *r)
{
	if (!r)
		return;
	answers_reset(&r->answers);
	free(r->list);
	free(r->path);
	free(r->text);
	free(r->sources);
	free(r);
}

char *policy_lock_path(const char *profile)
{
	char *path;

	return asprintf(&path, PROFILES_DIR "/%s.lock", profile) < 0 ? NULL : path;
}
