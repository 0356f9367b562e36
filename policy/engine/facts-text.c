/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Facts as text: lines of tab-separated fields, in the order of ids. Locks hash
 * it, records keep it, and what is read back decides the same.
 */
#include "engine/facts.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/complain.h"

/* A text field: what would end it becomes a blank. */
static void add_field(struct strbuf *out, const char *s)
{
	strbuf_puts(out, "\t");
	for (; *s; s++)
		strbuf_add(out, *s == '\t' || *s == '\n' ? " " : s, 1);
}

/* References are in the order of ids already. */
static void add_refs(const char *word, const struct fact_ref *refs, size_t nr, struct strbuf *out)
{
	for (size_t i = 0; i < nr; i++)
		strbuf_printf(out, "%s\t%s\n", word, refs[i].id);
}

static void add_feature(const struct fact_feature *f, struct strbuf *out)
{
	strbuf_printf(out, "feature\t%s\t%s\nknown as", f->id, f->state);
	add_field(out, f->title);
	add_field(out, f->section);
	add_field(out, f->owner);
	strbuf_printf(out, "\nis\t%s\t%s\n", f->level, f->security);
	add_refs("needs", f->needs, f->nr_needs, out);
	add_refs("conflicts", f->conflicts, f->nr_conflicts, out);
	add_refs("implies", f->implies, f->nr_implies, out);
	if (f->has_bound)
		strbuf_printf(out, "bound\t%" PRIu64 "\n", f->bound);
	for (size_t c = 0; c < f->nr_claims; c++) {
		strbuf_puts(out, "claim");
		add_field(out, f->claims[c].scope);
		strbuf_printf(out, "\t%s\t%s\n", f->claims[c].level, f->claims[c].security);
	}
}

void facts_canon(const struct facts *f, struct strbuf *out)
{
	strbuf_printf(out, "target\t%s\n", FACTS_TARGET);
	for (size_t i = 0; i < f->nr_features; i++)
		add_feature(&f->features[i], out);
}

/* ---- the reader ---- */

#define FIELDS_MAX 5

struct reader {
	const char *name;
	unsigned int line;
	struct facts *facts;
	size_t capacity;
	char *fields[FIELDS_MAX];
	size_t nr_fields;
	struct strbuf *err;
};

static int wrong(const struct reader *r, const char *why)
{
	complain(r->err, (struct place){ r->name, r->line },
		 "take the facts from a record that `candor policy lock --record` wrote", "%s",
		 why);
	return -EINVAL;
}

/* One more element of @size bytes behind @nr at *@list; powers of two are when it grows. */
static void *grow(void *list, size_t nr, size_t size)
{
	if (nr & (nr - 1))
		return list;
	return reallocarray(list, nr ? nr * 2 : 1, size);
}

static int take_ref(struct reader *r, struct fact_ref **list, size_t *nr)
{
	struct fact_ref *grown = grow(*list, *nr, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	*list = grown;
	grown[(*nr)++] = (struct fact_ref){ r->fields[1], { r->name, r->line } };
	return 0;
}

static int take_claim(struct reader *r, struct fact_feature *f)
{
	struct fact_claim *grown = grow(f->claims, f->nr_claims, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	f->claims = grown;
	grown[f->nr_claims++] = (struct fact_claim){
		r->fields[1], r->fields[2], r->fields[3], { r->name, r->line }
	};
	return 0;
}

static int take_feature(struct reader *r)
{
	struct facts *facts = r->facts;
	struct fact_feature *f;

	if (facts->nr_features &&
	    strcmp(facts->features[facts->nr_features - 1].id, r->fields[1]) >= 0)
		return wrong(r, "features are not in the order of ids");
	f = grow(facts->features, facts->nr_features, sizeof(*f));
	if (!f)
		return -ENOMEM;
	facts->features = f;
	f += facts->nr_features++;
	*f = (struct fact_feature){
		.id = r->fields[1],
		.state = r->fields[2],
		.title = "",
		.section = "",
		.owner = "",
		.gate = r->fields[1],
		.built = !strcmp(r->fields[2], "built"),
		.in_image = true,
		.level = "not stated",
		.security = "unknown",
		.at = { r->name, r->line },
	};
	return 0;
}

static int take_bound(struct reader *r, struct fact_feature *f)
{
	char *end;

	errno = 0;
	f->bound = strtoull(r->fields[1], &end, 10);
	if (errno || *end || r->fields[1][0] < '0' || r->fields[1][0] > '9')
		return wrong(r, "a bound is a whole number");
	f->has_bound = true;
	f->bounded = (struct place){ r->name, r->line };
	return 0;
}

/* A line about the feature named last. */
static int take_property(struct reader *r, struct fact_feature *f)
{
	const char *word = r->fields[0];

	if (!strcmp(word, "known as") && r->nr_fields == 4) {
		f->title = r->fields[1];
		f->section = r->fields[2];
		f->owner = r->fields[3];
		return 0;
	}
	if (!strcmp(word, "is") && r->nr_fields == 3) {
		f->level = r->fields[1];
		f->security = r->fields[2];
		f->stated = (struct place){ r->name, r->line };
		return 0;
	}
	if (!strcmp(word, "needs") && r->nr_fields == 2)
		return take_ref(r, &f->needs, &f->nr_needs);
	if (!strcmp(word, "conflicts") && r->nr_fields == 2)
		return take_ref(r, &f->conflicts, &f->nr_conflicts);
	if (!strcmp(word, "implies") && r->nr_fields == 2)
		return take_ref(r, &f->implies, &f->nr_implies);
	if (!strcmp(word, "bound") && r->nr_fields == 2)
		return take_bound(r, f);
	if (!strcmp(word, "claim") && r->nr_fields == 4)
		return take_claim(r, f);
	return wrong(r, "a line that facts do not have");
}

static int take_line(struct reader *r, char *line)
{
	r->nr_fields = 0;
	while (line && r->nr_fields < FIELDS_MAX)
		r->fields[r->nr_fields++] = strsep(&line, "\t");
	if (line)
		return wrong(r, "a line with too many fields");
	if (r->line == 1)
		return r->nr_fields == 2 && !strcmp(r->fields[0], "target") &&
				       !strcmp(r->fields[1], FACTS_TARGET)
			       ? 0
			       : wrong(r, "the first line does not name the target " FACTS_TARGET);
	if (!strcmp(r->fields[0], "feature") && r->nr_fields == 3)
		return take_feature(r);
	if (!r->facts->nr_features)
		return wrong(r, "a property before the first feature");
	return take_property(r, &r->facts->features[r->facts->nr_features - 1]);
}

int facts_parse(const char *name, const char *text, size_t size, struct facts **ret_facts,
		struct strbuf *err)
{
	struct reader r = { .name = name, .err = err };
	char *copy = malloc(size + strlen(name) + 2), *next, *line;
	int rc = 0;

	r.facts = calloc(1, sizeof(*r.facts));
	if (!copy || !r.facts) {
		free(copy);
		free(r.facts);
		return -ENOMEM;
	}
	memcpy(copy, text, size);
	copy[size] = '\0';
	r.name = strcpy(copy + size + 1, name); /* places outlive the caller's name */
	r.facts->owner = copy;
	r.facts->owner_destroy = free;
	next = copy;
	if (strlen(copy) != size || !size || copy[size - 1] != '\n')
		rc = wrong(&r, "is cut off, or holds a NUL byte");
	while (!rc && (line = strsep(&next, "\n")) && next) {
		r.line++;
		rc = take_line(&r, line);
	}
	if (rc) {
		facts_destroy(r.facts);
		return rc;
	}
	*ret_facts = r.facts;
	return 0;
}
