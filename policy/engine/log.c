/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decisions as lines that a log collector takes. */
#include "engine/log.h"

#include <errno.h>

#include "engine/json.h"

static json_t *make_line(const struct resolution *r, size_t feature, const char *id)
{
	const struct decision *d = &r->list[feature];
	struct place at = decision_place(&r->ruling, d->by);
	struct strbuf reason = STRBUF_INIT;
	json_t *line = json_object(), *verdicts = json_array();

	for (uint32_t i = 0; i < d->nr; i++)
		json_array_append_new(verdicts,
				      json_sentence(&r->ruling,
						    r->answers.verdicts[d->first + i].sentence,
						    feature));
	decision_reason(&r->ruling, feature, &reason);
	json_object_set_new(line, "format", json_integer(1));
	json_object_set_new(line, "cause", json_text(decision_cause_name(d->cause)));
	json_object_set_new(line, "decided", json_text(host_decided_name(decision_of(d))));
	json_object_set_new(line, "decision", json_text(id));
	json_object_set_new(line, "feature", json_text(r->in.facts->features[feature].id));
	json_set_place(line, &at);
	json_object_set_new(line, "on", json_boolean(d->on));
	json_object_set_new(line, "profile", json_text(r->profile));
	json_object_set_new(line, "reason",
			    strbuf_str(&reason) ? json_text(strbuf_str(&reason)) : NULL);
	json_object_set_new(line, "verdicts", verdicts);
	strbuf_reset(&reason);
	return line;
}

int log_write(const struct resolution *r, struct strbuf *out)
{
	struct lockfile *lock;
	int rc = resolution_lock(r, &lock);

	if (rc)
		return rc;
	for (size_t i = 0; i < r->in.facts->nr_features; i++)
		json_print(make_line(r, i, lock->decision), JSON_LINE, out);
	lockfile_destroy(lock);
	return out->failed ? -ENOMEM : 0;
}
