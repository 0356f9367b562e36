/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pages of profiles, docs/profiles/NAME.md. */
#include "engine/page.h"

#include <inttypes.h>
#include <string.h>

#include "engine/taint.h"

/* In a cell of a table: a bar would end it, HTML would be taken for such. */
static void add_cell(struct strbuf *out, const char *s)
{
	for (; *s; s++) {
		if (*s == '<')
			strbuf_puts(out, "&lt;");
		else if (*s == '|' || *s == '\\' || *s == '`')
			strbuf_printf(out, "\\%c", *s);
		else
			strbuf_add(out, (unsigned char)*s < 0x20 ? " " : s, 1);
	}
}

/* Lines of at most 80 bytes where words allow it. */
static void add_wrapped(struct strbuf *out, const char *s)
{
	size_t column = 0;

	while (*s) {
		size_t n = strcspn(s, " ");

		if (column && column + 1 + n > 80) {
			strbuf_puts(out, "\n");
			column = 0;
		}
		strbuf_puts(out, column ? " " : "");
		column += column ? 1 : 0;
		strbuf_add(out, s, n);
		column += n;
		s += n;
		s += strspn(s, " ");
	}
	strbuf_puts(out, "\n");
}

static size_t count_on(const struct resolution *r)
{
	size_t nr = 0;

	for (size_t i = 0; i < r->in.facts->nr_features; i++)
		nr += r->list[i].on;
	return nr;
}

static void add_reason(const struct resolution *r, size_t feature, struct strbuf *out)
{
	struct strbuf reason = STRBUF_INIT;

	decision_reason(&r->ruling, feature, &reason);
	add_cell(out, strbuf_str(&reason) ? strbuf_str(&reason) : "");
	strbuf_reset(&reason);
}

/* REUSE-IgnoreStart: the page says whose it is. */
static void add_head(const struct resolution *r, struct strbuf *out)
{
	strbuf_printf(out,
		      "<!--\nSPDX-FileCopyrightText: 2026 The Candor authors\n"
		      "SPDX-License-Identifier: GPL-2.0-or-later\n-->\n# Profile %s\n\n",
		      r->profile);
	add_wrapped(out, r->answers.title);
	if (*r->answers.purpose) {
		strbuf_puts(out, "\n");
		add_wrapped(out, r->answers.purpose);
	}
	strbuf_printf(out,
		      "\nWritten by `candor policy page %s`; the decision itself is\n"
		      "`policy/profiles/%s.lock`.\n",
		      r->profile, r->profile);
}
/* REUSE-IgnoreEnd */

static void add_rules(const struct resolution *r, struct strbuf *out)
{
	strbuf_puts(out, "\n## Who decides\n\n| layer | rules |\n|---|---|\n");
	for (size_t i = 0; i < r->answers.nr_used; i++)
		strbuf_printf(out, "| %s | `%s` |\n", host_layer_name(r->answers.used[i].layer),
			      r->in.rules[r->answers.used[i].source].path);
}

static void add_contents(const struct resolution *r, struct strbuf *out)
{
	size_t nr_tainted = 0, nr_opt_in = 0;

	strbuf_printf(out,
		      "\n## What it contains: %zu features\n\n"
		      "| feature | id | is | stated | taint | why |\n|---|---|---|---|---|---|\n",
		      count_on(r));
	for (size_t i = 0; i < r->in.facts->nr_features; i++) {
		const struct fact_feature *f = &r->in.facts->features[i];
		const struct taint *taint = taint_of(f);

		if (!r->list[i].on)
			continue;
		nr_tainted += taint && !r->list[i].opt_in;
		nr_opt_in += r->list[i].opt_in;
		strbuf_puts(out, "| ");
		add_cell(out, f->title);
		strbuf_printf(out, " | `%s` | %s | %s | %.1s | ", f->id,
			      host_decided_name(decision_of(&r->list[i])), f->level,
			      taint ? &taint->letter : "");
		add_reason(r, i, out);
		strbuf_puts(out, " |\n");
	}
	if (nr_tainted)
		strbuf_printf(out, "\nTainting a host, for want of full support: %zu of them.\n",
			      nr_tainted);
	else
		strbuf_printf(out, "\n%s taints a host.\n",
			      nr_opt_in ? "None that is on" : "None of them");
	if (nr_opt_in)
		strbuf_printf(
			out,
			"\nOff until the administrator of a host boots it with `opt-in=ID`, and "
			"tainting\nit from then on if there is a letter: %zu of them.\n",
			nr_opt_in);
}

static void add_limits(const struct resolution *r, struct strbuf *out)
{
	size_t nr = 0;

	for (size_t i = 0; i < r->in.facts->nr_features; i++) {
		const struct decision *d = &r->list[i];

		if (d->limit == DECISION_NONE)
			continue;
		strbuf_puts(out, nr++ ? "" : "\n## Limits\n\n");
		strbuf_printf(out, "* `%s`: at most %" PRIu64 "\n", r->in.facts->features[i].id,
			      r->answers.sentences[d->limit].value);
	}
}

static void add_left_out(const struct resolution *r, const struct resolution *widest,
			 struct strbuf *out)
{
	size_t nr = 0;

	for (size_t i = 0; i < r->in.facts->nr_features; i++)
		nr += widest->list[i].on && !r->list[i].on;
	strbuf_printf(out, "\n## What leaves the image, compared with `%s`: %zu features\n",
		      widest->profile, nr);
	for (size_t i = 0, k = 0; nr && i < r->in.facts->nr_features; i++) {
		const struct fact_feature *f = &r->in.facts->features[i];

		if (!widest->list[i].on || r->list[i].on)
			continue;
		strbuf_puts(out, k++ ? "" : "\n| feature | id | why |\n|---|---|---|\n");
		strbuf_puts(out, "| ");
		add_cell(out, f->title);
		strbuf_printf(out, " | `%s` | ", f->id);
		add_reason(r, i, out);
		strbuf_puts(out, " |\n");
	}
	if (!strcmp(r->profile, widest->profile))
		return;
	strbuf_printf(out,
		      "\nHow many bytes, hypercalls and source lines that is, two builds tell:\n\n"
		      "```console\n$ ./dev build --policy %s\n$ ./dev build --policy %s\n"
		      "$ candor policy page %s --image build/%s/xen/arch/x86/candor.elf \\\n"
		      "    --against build/%s/xen/arch/x86/candor.elf\n```\n",
		      r->profile, widest->profile, r->profile, r->profile, widest->profile);
}

void page_write(const struct resolution *r, const struct resolution *widest, struct strbuf *out)
{
	add_head(r, out);
	add_rules(r, out);
	add_contents(r, out);
	add_limits(r, out);
	if (widest)
		add_left_out(r, widest, out);
}

/* ---- measured ---- */

static void add_row(struct strbuf *out, const char *what, uint64_t here, uint64_t there)
{
	strbuf_printf(out, "| %s | %" PRIu64 " | %" PRIu64 " | %+" PRId64 " |\n", what, here, there,
		      (int64_t)(here - there));
}

static bool has_hypercall(const struct measure *m, const char *name)
{
	for (size_t i = 0; i < m->nr_hypercalls; i++) {
		if (!strcmp(m->hypercalls[i], name))
			return true;
	}
	return false;
}

void page_write_measures(const char *profile, const struct measure *m, const char *against,
			 const struct measure *other, struct strbuf *out)
{
	size_t nr = 0;

	strbuf_printf(out, "\n## Measured\n\n| | %s | %s | difference |\n|---|---|---|---|\n",
		      profile, against);
	add_row(out, "bytes loaded", m->loaded_size, other->loaded_size);
	add_row(out, "bytes in memory", m->memory_size, other->memory_size);
	add_row(out, "bytes of instructions", m->code_size, other->code_size);
	add_row(out, "hypercalls", m->nr_hypercalls, other->nr_hypercalls);
	add_row(out, "source lines with code", m->nr_lines, other->nr_lines);
	add_row(out, "source files with code", m->nr_files, other->nr_files);
	for (size_t i = 0; i < other->nr_hypercalls; i++) {
		if (!has_hypercall(m, other->hypercalls[i]))
			strbuf_printf(out, "%s`%s`", nr++ ? ", " : "\nHypercalls that are gone: ",
				      other->hypercalls[i]);
	}
	strbuf_puts(out, nr ? "\n" : "\nNo hypercall is gone.\n");
}
