/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules that hold the statement against Kconfig: gates, markers, defaults. Values are
 * those of each architecture's default configuration, as candor.yaml lists them.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "check/tree.h"

/* One symbol as one architecture has it. */
struct view {
	const struct config_feature *f;
	const struct config_arch *arch;
	unsigned int archs; /* set of enum arch */
	struct kconfig *k;
	struct kconfig_item *symbol;
};

unsigned int tree_archs(const struct config_feature *f)
{
	unsigned int archs = facts_claimed(&f->archs);

	return archs ? archs : ARCH_ALL;
}

/* Symbol @name of architecture @i, where it is defined. */
static bool view_at(const struct facts *facts, const struct config_feature *f, size_t i,
		    const char *name, struct view *v)
{
	const struct config_arch *arch = &facts->config->kconfig.archs[i];

	*v = (struct view){ f, arch, facts_claimed(&arch->claims), facts->kconfigs[i], NULL };
	if (!v->k || !(v->archs & tree_archs(f)))
		return false;
	v->symbol = kconfig_find(v->k, name);
	return v->symbol && v->symbol->nodes;
}

/* The gate that stands before every prompt of the symbol, or NULL. */
static const struct config_gate *gate_of(const struct facts *facts, const struct view *v)
{
	const struct config_kconfig *c = &facts->config->kconfig;

	for (size_t g = 0; g < c->nr_gates; g++) {
		const struct kconfig_item *gate =
			c->gates[g].symbol ? kconfig_find(v->k, c->gates[g].symbol) : NULL;
		bool all = gate && v->symbol->nodes;

		for (const struct kconfig_node *n = v->symbol->nodes; n && all;
		     n = n->next_of_item) {
			if (n->prompt)
				all = kconfig_requires(v->k, n->prompt_condition, gate);
			else
				all = kconfig_requires(v->k, n->depends, gate);
		}
		if (all)
			return &c->gates[g];
	}
	return NULL;
}

/* Where the symbol is asked for, or defined. */
static struct pos symbol_at(const struct kconfig_item *symbol)
{
	for (const struct kconfig_node *n = symbol->nodes; n; n = n->next_of_item) {
		if (n->prompt)
			return n->prompt_at;
	}
	return symbol->nodes ? symbol->nodes->at : (struct pos){ 0 };
}

static const char *where_from(struct model *m, const char *list, const struct config_arch *arch)
{
	return *list ? model_printf(m, "%s, %s", list, arch->name) : arch->name;
}

/* Claims against gates */

typedef bool wrong_fn(const struct facts *facts, const struct view *v);

/* Is the expression n, or can it only be more behind some gate? */
static bool needs_gate(const struct facts *facts, const struct view *v,
		       const struct kconfig_expr *e)
{
	const struct config_kconfig *c = &facts->config->kconfig;
	bool needs = e == &v->k->no->leaf;

	for (size_t g = 0; g < c->nr_gates && !needs && c->gates[g].symbol; g++)
		needs = kconfig_requires(v->k, e, kconfig_find(v->k, c->gates[g].symbol));
	return needs;
}

/* Can the symbol be on, whatever else is chosen, only with a gate open? */
static bool is_kept_away(const struct facts *facts, const struct view *v)
{
	if (!gate_of(facts, v) || !needs_gate(facts, v, v->symbol->selected_by) ||
	    !needs_gate(facts, v, v->symbol->implied_by))
		return false;
	for (const struct kconfig_node *n = v->symbol->nodes; n; n = n->next_of_item) {
		for (const struct kconfig_property *p = n->defaults.first; p; p = p->next) {
			if (!needs_gate(facts, v, p->value) && !needs_gate(facts, v, p->condition))
				return false;
		}
	}
	return true;
}

/* The architectures where a symbol is wrong for a claim; "" when there are none. */
static const char *wrong_archs(struct model *m, const struct config_feature *f,
			       const struct claim *c, const char *name, wrong_fn *wrong,
			       struct view *ret_view)
{
	const char *list = "";

	for (size_t i = 0; i < m->facts->config->kconfig.nr_archs && list; i++) {
		struct view v;

		if (!view_at(m->facts, f, i, name, &v) || !(v.archs & c->archs) ||
		    !wrong(m->facts, &v))
			continue;
		if (!*list)
			*ret_view = v;
		list = where_from(m, list, v.arch);
	}
	return list ? list : "";
}

void rule_gate_refutes(struct model *m, const struct rule *rule)
{
	const struct statement *s = tree_statement(m);

	for (size_t i = 0; s && i < m->facts->config->nr_features; i++) {
		const struct config_feature *f = &m->facts->config->features[i];

		for (size_t n = 0; n < s->nr_claims * f->symbols.nr; n++) {
			const struct claim *c = s->claims[n / f->symbols.nr];
			const char *name = f->symbols.texts[n % f->symbols.nr], *archs;
			struct view v = { 0 };

			if (!tree_counts(f, c) || c->security != SECURITY_YES ||
			    c->level < LEVEL_DEPRECATED)
				continue;
			archs = wrong_archs(m, f, c, name, is_kept_away, &v);
			if (!*archs)
				continue;
			model_report(m, rule->severity, rule->id, c->at,
				     "open the gate, or state what it says",
				     "'%s' is stated as '%s', and can only be built behind %s (%s)",
				     c->heading->title, c->value, gate_of(m->facts, &v)->symbol,
				     archs);
			model_relate(m, symbol_at(v.symbol), "the gate");
		}
	}
}

/* Claims against what no file defines */

/* So many parts of a condition are looked at. */
#define CONJUNCTS_MAX 64

/* A symbol that is defined nowhere, without which the expression is n; or NULL. */
static const struct kconfig_item *find_undefined(const struct kconfig *k,
						 const struct kconfig_expr *e)
{
	const struct kconfig_expr *pending[CONJUNCTS_MAX] = { e };
	size_t nr = e ? 1 : 0;

	while (nr) {
		const struct kconfig_item *item;

		e = pending[--nr];
		if (e->op == KCONFIG_AND && nr + 2 <= CONJUNCTS_MAX) {
			pending[nr++] = e->right;
			pending[nr++] = e->left;
		}
		item = e->op == KCONFIG_ITEM ? e->item : NULL;
		if (item && !item->is_constant && !item->is_choice && !item->nodes &&
		    item != k->modules)
			return item;
	}
	return NULL;
}

/* The undefined symbol on which all definitions of the symbol depend, or NULL. */
static const struct kconfig_item *undefined_below(const struct view *v)
{
	const struct kconfig_item *found = NULL;

	for (const struct kconfig_node *n = v->symbol->nodes; n; n = n->next_of_item) {
		found = find_undefined(v->k, n->depends);
		if (!found)
			return NULL;
	}
	return found;
}

/* Somewhere the symbol must be to be had: one architecture that has all of it will do. */
static void check_buildable(struct model *m, const struct rule *rule,
			    const struct config_feature *f, const struct claim *c, const char *name)
{
	const struct kconfig_item *found = NULL;
	struct view v, first = { 0 };

	for (size_t i = 0; i < m->facts->config->kconfig.nr_archs; i++) {
		const struct kconfig_item *undefined;

		if (!view_at(m->facts, f, i, name, &v) || !(v.archs & c->archs))
			continue;
		undefined = undefined_below(&v);
		if (!undefined)
			return;
		first = found ? first : v;
		found = found ? found : undefined;
	}
	if (!found)
		return;
	model_report(m, rule->severity, rule->id, c->at,
		     "name a symbol that there is, or state that it cannot be had",
		     "'%s' is stated as '%s', and %s depends on %s, which nothing defines",
		     c->heading->title, c->value, name, found->name);
	model_relate(m, symbol_at(first.symbol), "the symbol");
}

void rule_needs_undefined(struct model *m, const struct rule *rule)
{
	const struct statement *s = tree_statement(m);

	for (size_t i = 0; s && i < m->facts->config->nr_features; i++) {
		const struct config_feature *f = &m->facts->config->features[i];

		for (size_t n = 0; n < s->nr_claims * f->symbols.nr; n++) {
			const struct claim *c = s->claims[n / f->symbols.nr];

			if (tree_counts(f, c) && c->level >= LEVEL_EXPERIMENTAL)
				check_buildable(m, rule, f, c, f->symbols.texts[n % f->symbols.nr]);
		}
	}
}

/* Markers */

static void check_marker(struct model *m, const struct rule *rule, struct kconfig *k,
			 const struct kconfig_node *n, const struct config_gate *gate)
{
	const struct kconfig_item *symbol = kconfig_find(k, gate->symbol);
	bool is_gated = kconfig_requires(k, n->prompt_condition, symbol);
	bool is_marked = strstr(n->prompt, gate->marker);
	bool wants_gate = !strcmp(rule->id, "marker-without-gate");

	if (wants_gate ? is_marked && !is_gated
		       : is_gated && !is_marked && gate->marks && !strcmp(gate->marks, "all") &&
				 n->item != symbol)
		model_report(
			m, rule->severity, rule->id, n->prompt_at,
			wants_gate ? "add the condition, or take the marker out"
				   : "add the marker to the prompt",
			wants_gate ? "the prompt of %s says %s, and anyone can choose it without %s"
				   : "the prompt of %s lacks %s, and it is asked only with %s",
			n->item->name, gate->marker, gate->symbol);
	else
		return;
	model_relate(m, symbol && symbol->nodes ? symbol_at(symbol) : gate->at, "the gate");
}

static void check_markers(struct model *m, const struct rule *rule)
{
	const struct config_kconfig *c;
	struct strmap seen = { 0 };

	if (!m->facts)
		return;
	c = &m->facts->config->kconfig;
	for (size_t i = 0; i < c->nr_archs; i++) {
		struct kconfig *k = m->facts->kconfigs[i];

		for (const struct kconfig_node *n = k ? k->first_node : NULL; n;
		     n = n->next_of_file) {
			const char *key;

			if (n->kind != KCONFIG_NODE_SYMBOL || !n->prompt)
				continue;
			key = model_printf(m, "%s:%u", n->at.file, n->at.line);
			if (!key || strmap_get(&seen, key))
				continue;
			if (!strmap_put(&seen, key, &seen))
				m->out_of_memory = true;
			for (size_t g = 0; g < c->nr_gates; g++) {
				if (c->gates[g].marker && c->gates[g].symbol)
					check_marker(m, rule, k, n, &c->gates[g]);
			}
		}
	}
	strmap_reset(&seen);
}

void rule_gate_unmarked(struct model *m, const struct rule *rule)
{
	check_markers(m, rule);
}

void rule_marker_ungated(struct model *m, const struct rule *rule)
{
	check_markers(m, rule);
}

/* Previews */

static bool is_preview(const struct claim *c)
{
	return c->level == LEVEL_EXPERIMENTAL || c->level == LEVEL_TECH_PREVIEW;
}

/* Are all the entry's claims for these architectures previews? The first; NULL: no. */
static const struct claim *preview_claim(const struct statement *s, const struct config_feature *f,
					 unsigned int archs)
{
	const struct claim *found = NULL;

	for (size_t i = 0; i < s->nr_claims; i++) {
		const struct claim *c = s->claims[i];

		if (!tree_counts(f, c) || !(c->archs & archs))
			continue;
		if (!is_preview(c))
			return NULL;
		found = found ? found : c;
	}
	return found;
}

typedef bool preview_fn(const struct facts *facts, const struct view *v);

static bool is_on(const struct facts *facts, const struct view *v)
{
	(void)facts;
	return kconfig_item_value(v->k, v->symbol) && !gate_of(facts, v);
}

static bool is_ungated(const struct facts *facts, const struct view *v)
{
	return !kconfig_item_value(v->k, v->symbol) && kconfig_visibility(v->k, v->symbol) &&
	       !gate_of(facts, v);
}

static void check_preview(struct model *m, const struct rule *rule, const struct config_feature *f,
			  const char *name, preview_fn *wrong, const char *what)
{
	const struct kconfig_property *p;
	const struct claim *claim = NULL;
	struct view v, first = { 0 };
	const char *archs = "";

	for (size_t i = 0; i < m->facts->config->kconfig.nr_archs && archs; i++) {
		const struct claim *c;

		if (!view_at(m->facts, f, i, name, &v))
			continue;
		c = preview_claim(tree_statement(m), f, v.archs & tree_archs(f));
		if (!c || !wrong(m->facts, &v))
			continue;
		first = claim ? first : v;
		claim = claim ? claim : c;
		archs = where_from(m, archs, v.arch);
	}
	if (!claim || !archs)
		return;
	model_report(m, rule->severity, rule->id, claim->at,
		     "give the symbol a gate, or move the status up",
		     "'%s' is '%s', and %s %s (%s)", claim->heading->title, claim->value, name,
		     what, archs);
	p = kconfig_deciding_default(first.k, first.symbol);
	model_relate(
		m, p && kconfig_item_value(first.k, first.symbol) ? p->at : symbol_at(first.symbol),
		"the symbol");
}

static void check_previews(struct model *m, const struct rule *rule, preview_fn *wrong,
			   const char *what)
{
	for (size_t i = 0; tree_statement(m) && i < m->facts->config->nr_features; i++) {
		const struct config_feature *f = &m->facts->config->features[i];

		for (size_t n = 0; n < f->symbols.nr; n++)
			check_preview(m, rule, f, f->symbols.texts[n], wrong, what);
	}
}

void rule_preview_default(struct model *m, const struct rule *rule)
{
	check_previews(m, rule, is_on, "is on by default, with no gate before it");
}

void rule_preview_ungated(struct model *m, const struct rule *rule)
{
	check_previews(m, rule, is_ungated, "can be switched on without any gate");
}

/* Defaults that sentences name */

struct sentence {
	struct model *m;
	const struct rule *rule;
	const struct config_feature *f;
	const char *expects, *text;
	unsigned int archs;
	struct pos at;
};

static void report_chosen(const struct sentence *s)
{
	for (size_t i = 0; s->f->chosen.text && i < s->m->facts->config->kconfig.nr_archs; i++) {
		const struct kconfig_property *p;
		struct view v;

		if (!view_at(s->m->facts, s->f, i, s->f->chosen.text, &v) ||
		    !(v.archs & s->archs) || !v.symbol->choice)
			continue;
		p = kconfig_deciding_default(v.k, v.symbol->choice);
		if (!p || p->value->item == v.symbol)
			continue;
		model_report(s->m, s->rule->severity, s->rule->id, s->at,
			     "name the default there is", "'%s': by default %s is not chosen (%s)",
			     s->text, v.symbol->name, v.arch->name);
		model_relate(s->m, p->at, "the default of the choice");
		return;
	}
}

static void report_switch(const struct sentence *s, const char *name)
{
	unsigned int wanted = !strcmp(s->expects, "on");
	struct view v, first = { 0 };
	const char *archs = "";
	const struct kconfig_property *p;

	for (size_t i = 0; i < s->m->facts->config->kconfig.nr_archs && archs; i++) {
		if (!view_at(s->m->facts, s->f, i, name, &v) || !(v.archs & s->archs) ||
		    !!kconfig_item_value(v.k, v.symbol) == wanted)
			continue;
		first = *archs ? first : v;
		archs = where_from(s->m, archs, v.arch);
	}
	if (!archs || !*archs)
		return;
	p = kconfig_deciding_default(first.k, first.symbol);
	model_report(s->m, s->rule->severity, s->rule->id, s->at, "say which way it is, and where",
		     "'%s': by default %s is %s (%s)", s->text, name, wanted ? "off" : "on", archs);
	model_relate(s->m, p ? p->at : symbol_at(first.symbol), "what decides it");
}

static void check_line(struct model *m, const struct rule *rule, const struct config_feature *f,
		       struct pos at, const char *line, size_t size)
{
	const struct config *c = m->facts->config;

	for (size_t i = 0; i < c->nr_prose; i++) {
		struct pattern_span whole, arch;
		struct sentence s = { m, rule, f, c->prose[i].expects, NULL, ARCH_ALL, at };

		if (!c->prose[i].match.pattern || !s.expects ||
		    pattern_search(c->prose[i].match.pattern, line, size, 0, &whole) !=
			    PATTERN_MATCH)
			continue;
		arch = pattern_group(c->prose[i].match.pattern, "arch");
		if (arch.data)
			s.archs = facts_archs(arch.data, arch.size);
		s.at.column = (unsigned int)(whole.data - line) + 1;
		s.text = model_copy(m, whole.data, whole.size);
		if (!s.text)
			return;
		if (!strcmp(s.expects, "chosen"))
			report_chosen(&s);
		for (size_t n = 0; strcmp(s.expects, "chosen") && n < f->symbols.nr; n++)
			report_switch(&s, f->symbols.texts[n]);
	}
}

/* The first line behind the heading's own part. */
static unsigned int end_of(const struct statement *s, const struct heading *h)
{
	for (size_t i = 0; i < s->nr_headings; i++) {
		if (s->headings[i]->at.line > h->at.line)
			return s->headings[i]->at.line;
	}
	return h->at.line + 100;
}

void rule_default_differs(struct model *m, const struct rule *rule)
{
	const struct statement *s = tree_statement(m);

	for (size_t i = 0; s && i < m->facts->config->nr_features; i++) {
		const struct config_feature *f = &m->facts->config->features[i];
		unsigned int end = f->target ? end_of(s, f->target) : 0;
		struct pos at = f->target ? f->target->at : (struct pos){ 0 };
		const char *line;
		size_t size;

		while (++at.line < end && (line = model_source_line(m, s->path, at.line, &size)))
			check_line(m, rule, f, at, line, size);
	}
}

/* .config files that build what is promised */

static void check_config(struct model *m, const struct rule *rule, const struct claim *claim,
			 const char *path)
{
	const struct config_kconfig *c = &m->facts->config->kconfig;
	struct pos at = { path, 0, 1 };
	const char *line;
	size_t size;

	facts_keep(m->facts, path);
	while ((line = model_source_line(m, path, ++at.line, &size))) {
		for (size_t g = 0; g < c->nr_gates; g++) {
			const char *gate = c->gates[g].symbol;
			size_t n = gate ? strlen(gate) : 0;

			if (!gate || size < n + 9 || strncmp(line, "CONFIG_", 7) ||
			    strncmp(line + 7, gate, n) || strncmp(line + 7 + n, "=y", 2))
				continue;
			model_report(m, rule->severity, rule->id, claim->at,
				     "build it without the gate, or state what the gate says",
				     "'%s' is stated as '%s', and %s, which builds it, sets %s",
				     *claim->qualifier ? claim->qualifier : claim->heading->title,
				     claim->value, path, gate);
			model_relate(m, at, "the gate is opened here");
		}
	}
}

void rule_config_opens_gate(struct model *m, const struct rule *rule)
{
	const struct statement *s = tree_statement(m);

	for (size_t i = 0; s && i < m->facts->config->nr_features; i++) {
		const struct config_feature *f = &m->facts->config->features[i];

		for (size_t n = 0; n < s->nr_claims; n++) {
			const struct claim *c = s->claims[n];

			if (!tree_counts(f, c) || c->security != SECURITY_YES)
				continue;
			for (size_t j = 0; j < f->configs.nr; j++)
				check_config(m, rule, c, f->configs.texts[j]);
		}
	}
}

/* Families of symbols, each with a line of its own */

static bool has_line(const struct statement *s, const struct heading *h, const char *name)
{
	for (size_t i = 0; i < s->nr_claims; i++) {
		if (s->claims[i]->heading == h && strcasestr(s->claims[i]->qualifier, name))
			return true;
	}
	return false;
}

static void check_member(struct model *m, const struct rule *rule, const struct config_family *f,
			 const struct kconfig_node *n)
{
	const struct statement *s = tree_statement(m);
	struct pattern_span name;
	const char *text;

	if (pattern_search(f->prompts.pattern, n->prompt, strlen(n->prompt), 0, NULL) !=
	    PATTERN_MATCH)
		return;
	name = pattern_group(f->prompts.pattern, "name");
	text = name.data ? model_copy(m, name.data, name.size) : n->item->name;
	if (!text || has_line(s, f->target, text))
		return;
	model_report(m, rule->severity, rule->id, n->prompt_at,
		     "add a status line for it, or for all others",
		     "'%s' can be built, and '%s' has no status line for it", n->prompt,
		     f->target->title);
	model_relate(m, f->target->at, "the others have theirs here");
}

void rule_symbol_unstated(struct model *m, const struct rule *rule)
{
	const struct facts *facts = m->facts;

	for (size_t i = 0; tree_statement(m) && i < facts->config->nr_families; i++) {
		const struct config_family *f = &facts->config->families[i];
		struct strmap seen = { 0 };

		for (size_t a = 0;
		     f->target && f->prompts.pattern && a < facts->config->kconfig.nr_archs; a++) {
			const struct kconfig *k = facts->kconfigs[a];

			for (const struct kconfig_node *n = k ? k->first_node : NULL; n;
			     n = n->next_of_file) {
				if (n->kind != KCONFIG_NODE_SYMBOL || !n->prompt ||
				    strmap_get(&seen, n->prompt))
					continue;
				if (!strmap_put(&seen, n->prompt, &seen))
					m->out_of_memory = true;
				check_member(m, rule, f, n);
			}
		}
		strmap_reset(&seen);
	}
}
