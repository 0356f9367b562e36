/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a running hypervisor says of its features: out of files. */
#include "host/state.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/complain.h"
#include "base/file.h"
#include "document/yaml.h"

#define FEATURES "/support/features/"
#define LINE_MAX_BYTES 512

static const char remedy_form[] = "lines are 'PATH VALUE', as in '/support/features/umip on'; or "
				  "give what `candor host status --json` writes";

static const char *const names[] = {
	[RUN_UNKNOWN] = "unknown", [RUN_OFF] = "off",		[RUN_ON] = "on",
	[RUN_OPT_IN] = "opt-in",   [RUN_OPTED_IN] = "opted-in", [RUN_EXPIRED] = "expired",
};

#define NR_STATES (sizeof(names) / sizeof(names[0]))

const char *state_name(enum run_state state)
{
	return names[state];
}

bool state_from_name(const char *name, enum run_state *ret_state)
{
	for (size_t i = 0; i < NR_STATES; i++) {
		if (strcmp(names[i], name) != 0)
			continue;
		*ret_state = (enum run_state)i;
		return true;
	}
	return false;
}

bool state_is_id(const char *text)
{
	size_t size = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_");

	return size && size <= STATE_ID_MAX && !text[size];
}

bool state_is_active(enum run_state state)
{
	return state == RUN_ON || state == RUN_OPTED_IN;
}

static int compare_features(const void *a, const void *b)
{
	const struct state_feature *x = a, *y = b;

	return strcmp(x->id, y->id);
}

static int compare_id(const void *id, const void *feature)
{
	return strcmp(id, ((const struct state_feature *)feature)->id);
}

const struct state_feature *state_find(const struct state *s, const char *id)
{
	return s->nr_features
		       ? bsearch(id, s->features, s->nr_features, sizeof(*s->features), compare_id)
		       : NULL;
}

void state_reset(struct state *s)
{
	free(s->features);
	*s = (struct state){ 0 };
}

/* "opted-in until DATE", "expired DATE", or a state's name alone. */
static bool parse_value(const char *value, struct state_feature *f)
{
	static const struct {
		const char *words;
		enum run_state state;
	} dated[] = { { "opted-in until ", RUN_OPTED_IN }, { "expired ", RUN_EXPIRED } };

	for (size_t i = 0; i < sizeof(dated) / sizeof(dated[0]); i++) {
		size_t size = strlen(dated[i].words);

		if (strncmp(value, dated[i].words, size) != 0)
			continue;
		if (!date_is_valid(value + size))
			return false;
		memcpy(f->until, value + size, DATE_SIZE);
		f->state = dated[i].state;
		return true;
	}
	return state_from_name(value, &f->state) && f->state != RUN_UNKNOWN &&
	       f->state != RUN_EXPIRED;
}

static int add_feature(struct state *s, const struct state_feature *f, char ret_why[128])
{
	struct state_feature *grown;

	if (s->nr_features == STATE_FEATURES_MAX) {
		snprintf(ret_why, 128, "more than %d features", STATE_FEATURES_MAX);
		return -EINVAL;
	}
	if (!(s->nr_features & (s->nr_features - 1))) {
		grown = reallocarray(s->features, s->nr_features ? s->nr_features * 2 : 1,
				     sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		s->features = grown;
	}
	s->features[s->nr_features++] = *f;
	return 0;
}

static int take_feature(struct state *s, const char *id, const char *value, char ret_why[128])
{
	struct state_feature f = { .state = RUN_UNKNOWN };

	if (!state_is_id(id)) {
		snprintf(ret_why, 128, "'%.40s' is no id of a feature", id);
		return -EINVAL;
	}
	snprintf(f.id, sizeof(f.id), "%s", id);
	if (!parse_value(value, &f)) {
		snprintf(ret_why, 128, "'%.40s' is no state of a feature", value);
		return -EINVAL;
	}
	return add_feature(s, &f, ret_why);
}

static int take_text(char to[STATE_TEXT_MAX + 1], const char *path, const char *value,
		     char ret_why[128])
{
	if (strlen(value) > STATE_TEXT_MAX) {
		snprintf(ret_why, 128, "the value of %.40s is over %d bytes", path, STATE_TEXT_MAX);
		return -EINVAL;
	}
	snprintf(to, STATE_TEXT_MAX + 1, "%s", value);
	return 0;
}

int state_take(struct state *s, const char *path, const char *value, char ret_why[128])
{
	s->known = true;
	if (!strncmp(path, FEATURES, strlen(FEATURES)))
		return take_feature(s, path + strlen(FEATURES), value, ret_why);
	if (!strcmp(path, "/support/policy"))
		return take_text(s->policy, path, value, ret_why);
	if (!strcmp(path, "/support/decision")) {
		s->has_decision = true;
		return take_text(s->decision, path, value, ret_why);
	}
	if (!strcmp(path, "/support/taint")) {
		s->has_taint = true;
		return take_text(s->taint, path, value, ret_why);
	}
	return 0;
}

int state_finish(struct state *s, char ret_why[128])
{
	if (s->nr_features)
		qsort(s->features, s->nr_features, sizeof(*s->features), compare_features);
	for (size_t i = 1; i < s->nr_features; i++) {
		if (strcmp(s->features[i - 1].id, s->features[i].id) != 0)
			continue;
		snprintf(ret_why, 128, "feature '%s' is there twice", s->features[i].id);
		return -EINVAL;
	}
	return 0;
}

/* ---- lines ---- */

/* One line, without its end, of @size bytes at @text. */
static int take_line(struct state *s, const char *text, size_t size, char ret_why[128])
{
	char line[LINE_MAX_BYTES], *value;
	size_t path_size;

	if (size >= sizeof(line) || memchr(text, '\0', size)) {
		snprintf(ret_why, 128, "a line over %d bytes, or with a NUL", LINE_MAX_BYTES - 1);
		return -EINVAL;
	}
	memcpy(line, text, size);
	while (size && strchr(" \t\r", line[size - 1]))
		size--;
	line[size] = '\0';
	if (!line[0] || line[0] == '#')
		return 0;
	path_size = strcspn(line, " \t");
	if (line[0] != '/') {
		snprintf(ret_why, 128, "a line that does not begin with a path");
		return -EINVAL;
	}
	value = line + path_size + strspn(line + path_size, " \t");
	line[path_size] = '\0';
	return state_take(s, line, value, ret_why);
}

static int parse_lines(const char *path, const char *text, size_t size, struct state *s,
		       struct strbuf *err)
{
	struct place at = { path, 1 };
	char why[128] = "";
	int rc = 0;

	for (size_t i = 0; i < size && !rc; at.line++) {
		const char *end = memchr(text + i, '\n', size - i);
		size_t line_size = end ? (size_t)(end - text) - i : size - i;

		rc = take_line(s, text + i, line_size, why);
		if (rc == -EINVAL)
			complain(err, at, remedy_form, "%s", why);
		i += line_size + 1;
	}
	if (rc)
		return rc;
	rc = state_finish(s, why);
	at.line = 0;
	if (rc)
		complain(err, at, remedy_form, "%s", why);
	else if (!s->nr_features) {
		complain(err, at, remedy_form, "no line of it names a feature's state");
		rc = -EINVAL;
	}
	return rc;
}

/* ---- JSON ---- */

static const char *member(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static int take_json_feature(struct state *s, const json_t *item, char ret_why[128])
{
	const char *id = member(item, "id"), *state = member(item, "state");
	const char *until = member(item, "until");
	struct state_feature f = { .state = RUN_UNKNOWN };

	if (!id || !state || !state_is_id(id) || !state_from_name(state, &f.state) ||
	    (until && !date_is_valid(until))) {
		snprintf(ret_why, 128, "a feature wants \"id\", \"state\", \"until\": '%.40s'",
			 id ? id : "");
		return -EINVAL;
	}
	if (f.state == RUN_UNKNOWN) /* recorded there, but no feature of that build */
		return 0;
	snprintf(f.id, sizeof(f.id), "%s", id);
	snprintf(f.until, sizeof(f.until), "%s", until ? until : "");
	return add_feature(s, &f, ret_why);
}

static int take_json_texts(struct state *s, const json_t *root, char ret_why[128])
{
	static const char *const keys[] = { "policy", "decision", "taint" };
	int rc = 0;

	for (size_t i = 0; i < 3 && !rc; i++) {
		const char *value = member(root, keys[i]);
		char path[32];

		snprintf(path, sizeof(path), "/support/%s", keys[i]);
		if (value)
			rc = state_take(s, path, value, ret_why);
	}
	return rc;
}

int state_from_json(const char *path, const json_t *root, struct state *ret_state,
		    struct strbuf *err)
{
	const json_t *features = json_object_get(root, "features");
	struct state s = { .known = json_is_true(json_object_get(root, "running")) };
	char why[128] = "no list \"features\"";
	int rc = json_is_array(features) && json_integer_value(json_object_get(root, "format")) == 1
			 ? 0
			 : -EINVAL;

	for (size_t i = 0; i < json_array_size(features) && !rc; i++)
		rc = take_json_feature(&s, json_array_get(features, i), why);
	if (!rc && s.known)
		rc = take_json_texts(&s, root, why);
	if (!rc)
		rc = state_finish(&s, why);
	if (rc == -EINVAL)
		complain(err, (struct place){ path, 0 },
			 "write it anew with `candor host status --json`", "%s", why);
	if (rc)
		state_reset(&s);
	else
		*ret_state = s;
	return rc;
}

static int parse_json(const char *path, const char *text, size_t size, struct state *ret_state,
		      struct strbuf *err)
{
	struct document_error error;
	json_t *root = NULL;
	int rc = json_read(text, size, &root, &error);

	if (rc == -EINVAL)
		complain(err, (struct place){ path, error.line }, error.remedy, "%s",
			 error.message);
	if (!rc)
		rc = state_from_json(path, root, ret_state, err);
	json_decref(root);
	return rc;
}

int state_parse(const char *path, const char *text, size_t size, struct state *ret_state,
		struct strbuf *err)
{
	struct state s = { 0 };
	size_t blank = 0;
	int rc;

	while (blank < size && strchr(" \t\r\n", text[blank]) && text[blank])
		blank++;
	if (blank < size && text[blank] == '{')
		return parse_json(path, text, size, ret_state, err);
	rc = parse_lines(path, text, size, &s, err);
	if (rc)
		state_reset(&s);
	else
		*ret_state = s;
	return rc;
}

int state_read(const char *path, struct state *ret_state, struct strbuf *err)
{
	char *text;
	size_t size;
	int rc = file_read(path, STATE_FILE_MAX, &text, &size);

	if (rc) {
		complain(err, (struct place){ path, 0 }, "name a file that can be read",
			 "cannot read it: %s", strerror(-rc));
		return rc;
	}
	rc = state_parse(path, text, size, ret_state, err);
	free(text);
	return rc;
}
