/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What of a configuration departs from a decision, and a decision as a fragment. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "engine/json.h"
#include "engine/dotconfig.h"

static enum dotconfig_verdict judge(const struct dotconfig_report *r, size_t feature)
{
	return dotconfig_judge(r->config, r->map, r->ruling->list, feature);
}

static size_t count(const struct dotconfig_report *r, enum dotconfig_verdict verdict)
{
	size_t nr = 0;

	for (size_t i = 0; i < r->ruling->in->facts->nr_features; i++)
		nr += judge(r, i) == verdict;
	return nr;
}

size_t dotconfig_departures(const struct dotconfig_report *r)
{
	return count(r, DOTCONFIG_MISSING) + count(r, DOTCONFIG_EXTRA);
}

static bool is_mapped(const struct dotconfig_report *r, const char *symbol)
{
	for (size_t i = 0; i < r->map->nr; i++) {
		if (!strcmp(r->map->rows[i].symbol, symbol))
			return true;
	}
	return false;
}

/* Set to y, and no feature decides it. */
static bool is_undecided(const struct dotconfig_report *r, const struct dotconfig_symbol *s)
{
	return !strcmp(s->value, "y") && !is_mapped(r, s->name);
}

static void add_symbols(const struct dotconfig_report *r, size_t feature, struct strbuf *out)
{
	for (size_t i = 0; i < r->map->nr; i++) {
		const struct dotconfig_row *row = &r->map->rows[i];
		const char *value = dotconfig_value(r->config, row->symbol);

		if (row->feature == feature)
			strbuf_printf(out, " %s=%.40s", row->symbol, value ? value : "(absent)");
	}
}

static void add_reason(const struct dotconfig_report *r, size_t feature, struct strbuf *out)
{
	struct strbuf reason = STRBUF_INIT;

	decision_reason(r->ruling, feature, &reason);
	if (strbuf_str(&reason))
		text_add_visible(out, reason.data, reason.size);
	strbuf_reset(&reason);
}

static void add_line(const struct dotconfig_report *r, size_t feature,
		     enum dotconfig_verdict verdict, struct strbuf *out)
{
	strbuf_printf(out, "%-8s %-24s %-6s ", dotconfig_verdict_name(verdict),
		      r->ruling->in->facts->features[feature].id,
		      host_decided_name(decision_of(&r->ruling->list[feature])));
	add_symbols(r, feature, out);
	strbuf_puts(out, "\n         ");
	add_reason(r, feature, out);
	strbuf_puts(out, "\n");
}

void dotconfig_report_text(const struct dotconfig_report *r, struct strbuf *out)
{
	static const enum dotconfig_verdict order[] = { DOTCONFIG_EXTRA, DOTCONFIG_MISSING,
							DOTCONFIG_SHARED, DOTCONFIG_AGREES };
	size_t nr_undecided = 0;

	for (size_t k = 0; k < sizeof(order) / sizeof(order[0]); k++) {
		for (size_t i = 0; i < r->ruling->in->facts->nr_features; i++) {
			if (judge(r, i) == order[k])
				add_line(r, i, order[k], out);
		}
	}
	for (size_t i = 0; i < r->config->nr; i++)
		nr_undecided += is_undecided(r, &r->config->symbols[i]);
	text_add_visible(out, r->path, strlen(r->path));
	strbuf_printf(out,
		      " departs from profile %s in %zu of %zu features:"
		      " %zu set that are off, %zu not set that are on\n",
		      r->profile, dotconfig_departures(r),
		      r->ruling->in->facts->nr_features - count(r, DOTCONFIG_NO_SYMBOL),
		      count(r, DOTCONFIG_EXTRA), count(r, DOTCONFIG_MISSING));
	strbuf_printf(
		out,
		"features without a symbol: %zu; symbols set to y that no feature decides: %zu\n",
		count(r, DOTCONFIG_NO_SYMBOL), nr_undecided);
}

static json_t *json_symbols(const struct dotconfig_report *r, size_t feature)
{
	json_t *list = json_array();

	for (size_t i = 0; i < r->map->nr; i++) {
		const struct dotconfig_row *row = &r->map->rows[i];
		const char *value = dotconfig_value(r->config, row->symbol);
		json_t *symbol = json_object();

		if (row->feature != feature) {
			json_decref(symbol);
			continue;
		}
		json_object_set_new(symbol, "name", json_text(row->symbol));
		json_object_set_new(symbol, "value", value ? json_text(value) : json_null());
		json_array_append_new(list, symbol);
	}
	return list;
}

static json_t *json_feature(const struct dotconfig_report *r, size_t feature)
{
	struct strbuf reason = STRBUF_INIT;
	json_t *o = json_object();

	decision_reason(r->ruling, feature, &reason);
	json_object_set_new(o, "id", json_text(r->ruling->in->facts->features[feature].id));
	json_object_set_new(o, "decided",
			    json_text(host_decided_name(decision_of(&r->ruling->list[feature]))));
	json_object_set_new(o, "on", json_boolean(r->ruling->list[feature].on));
	json_object_set_new(o, "reason", json_text(strbuf_str(&reason)));
	json_object_set_new(o, "symbols", json_symbols(r, feature));
	json_object_set_new(o, "verdict", json_text(dotconfig_verdict_name(judge(r, feature))));
	strbuf_reset(&reason);
	return o;
}

void dotconfig_report_json(const struct dotconfig_report *r, struct strbuf *out)
{
	json_t *root = json_object(), *features = json_array(), *undecided = json_array();

	for (size_t i = 0; i < r->ruling->in->facts->nr_features; i++) {
		if (judge(r, i) != DOTCONFIG_NO_SYMBOL)
			json_array_append_new(features, json_feature(r, i));
	}
	for (size_t i = 0; i < r->config->nr; i++) {
		if (is_undecided(r, &r->config->symbols[i]))
			json_array_append_new(undecided, json_text(r->config->symbols[i].name));
	}
	json_object_set_new(root, "departures", json_integer((json_int_t)dotconfig_departures(r)));
	json_object_set_new(root, "features", features);
	json_object_set_new(root, "file", json_text(r->path));
	json_object_set_new(root, "format", json_integer(1));
	json_object_set_new(root, "profile", json_text(r->profile));
	json_object_set_new(root, "undecided", undecided);
	json_print(root, JSON_PAGE, out);
}

/* ---- the fragment ---- */

static void add_features_of(const struct dotconfig_report *r, const char *symbol,
			    struct strbuf *out)
{
	for (size_t i = 0; i < r->map->nr; i++) {
		const struct dotconfig_row *row = &r->map->rows[i];

		if (strcmp(row->symbol, symbol) != 0)
			continue;
		strbuf_printf(out, "# %s %s: ", r->ruling->in->facts->features[row->feature].id,
			      host_decided_name(decision_of(&r->ruling->list[row->feature])));
		add_reason(r, row->feature, out);
		strbuf_puts(out, "\n");
	}
}

void dotconfig_fragment(const struct dotconfig_report *r, struct strbuf *out)
{
	const char *last = "";

	strbuf_printf(out, "# Kconfig fragment of Candor's profile %s.\n", r->profile);
	for (size_t i = 0; i < r->map->nr; i++) {
		const char *symbol = r->map->rows[i].symbol;

		if (!strcmp(symbol, last))
			continue;
		last = symbol;
		strbuf_puts(out, "\n");
		add_features_of(r, symbol, out);
		strbuf_printf(out,
			      dotconfig_map_wants(r->map, r->ruling->list, symbol)
				      ? "%s=y\n"
				      : "# %s is not set\n",
			      symbol);
	}
}
