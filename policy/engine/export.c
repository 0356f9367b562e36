/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes a decision for meson, Ansible and readers of presets. */
#include "engine/export.h"

#include <string.h>

#include "base/text.h"

/* Why, as one line that is safe to show; "" when out of memory, which @out knows. */
static const char *reason_of(const struct resolution *r, size_t feature, struct strbuf *line)
{
	struct strbuf reason = STRBUF_INIT;

	decision_reason(&r->ruling, feature, &reason);
	if (strbuf_str(&reason))
		text_add_visible(line, reason.data, reason.size);
	strbuf_reset(&reason);
	return strbuf_str(line) ? strbuf_str(line) : "";
}

static void add_head(const struct resolution *r, const struct lockfile *lock, struct strbuf *out)
{
	strbuf_printf(out, "# Candor's profile %s, as decided for %s:\n# %s\n", r->profile,
		      lock->target, lock->decision);
}

/* Between ' and ', as Meson reads it. */
static void add_meson_text(struct strbuf *out, const char *s)
{
	strbuf_puts(out, "'");
	for (; *s; s++) {
		if (*s == '\'' || *s == '\\')
			strbuf_puts(out, "\\");
		strbuf_add(out, s, 1);
	}
	strbuf_puts(out, "'");
}

void export_meson(const struct resolution *r, const struct lockfile *lock, struct strbuf *out)
{
	add_head(r, lock, out);
	for (size_t i = 0; i < r->in.facts->nr_features; i++) {
		struct strbuf line = STRBUF_INIT;

		strbuf_printf(out, "option('feature_%s', type: 'boolean', value: %s,\n",
			      r->in.facts->features[i].id, r->list[i].on ? "true" : "false");
		strbuf_puts(out, "  description: ");
		reason_of(r, i, &line);
		if (r->list[i].opt_in)
			strbuf_puts(&line, "; off until a host opts in");
		add_meson_text(out, strbuf_str(&line) ? strbuf_str(&line) : "");
		strbuf_puts(out, ")\n");
		strbuf_reset(&line);
	}
}

/* A text that Ansible's templates must not touch is marked so. */
static void add_ansible_text(struct strbuf *out, const char *s)
{
	if (strstr(s, "{{") || strstr(s, "{%") || strstr(s, "{#"))
		strbuf_puts(out, "!unsafe ");
	text_add_json(out, s);
}

void export_ansible(const struct resolution *r, const struct lockfile *lock, struct strbuf *out)
{
	strbuf_puts(out, "---\n");
	add_head(r, lock, out);
	strbuf_printf(out, "candor_profile: \"%s\"\ncandor_target: \"%s\"\n", r->profile,
		      lock->target);
	strbuf_printf(out, "candor_decision: \"%s\"\ncandor_features:\n", lock->decision);
	for (size_t i = 0; i < r->in.facts->nr_features; i++) {
		const struct fact_feature *f = &r->in.facts->features[i];
		struct strbuf line = STRBUF_INIT;

		strbuf_printf(out, "  \"%s\":\n    enabled: %s\n    opt_in: %s\n    level: ", f->id,
			      r->list[i].on ? "true" : "false",
			      r->list[i].opt_in ? "true" : "false");
		add_ansible_text(out, f->level);
		strbuf_puts(out, "\n    security: ");
		add_ansible_text(out, f->security);
		strbuf_puts(out, "\n    reason: ");
		add_ansible_text(out, reason_of(r, i, &line));
		strbuf_puts(out, "\n");
		strbuf_reset(&line);
	}
	if (!r->in.facts->nr_features)
		strbuf_puts(out, "  {}\n");
}

void export_preset(const struct resolution *r, const struct lockfile *lock, struct strbuf *out)
{
	add_head(r, lock, out);
	for (size_t i = 0; i < r->in.facts->nr_features; i++) {
		struct strbuf line = STRBUF_INIT;

		strbuf_printf(out, "\n# %s%s\n%s %s\n", reason_of(r, i, &line),
			      r->list[i].opt_in ? "; in the build, for those who opt in" : "",
			      decision_of(&r->list[i]) == DECIDED_ON ? "enable" : "disable",
			      r->in.facts->features[i].id);
		strbuf_reset(&line);
	}
	strbuf_puts(out, "\n# what is not known here\ndisable *\n");
}
