/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Kconfig, as other trees are configured with: reads a .config and the map from
 * our features to their symbols (support/xen-kconfig.map), and says feature by
 * feature how far one departs from a decision.
 */
#ifndef CANDOR_POLICY_DOTCONFIG_H
#define CANDOR_POLICY_DOTCONFIG_H

#include "engine/decide.h"

#define DOTCONFIG_MAP_PATH "support/xen-kconfig.map"
#define DOTCONFIG_FILE_MAX (4u << 20)

/** "CONFIG_X=value", or "# CONFIG_X is not set" with the value "n". */
struct dotconfig_symbol {
	char *name;  /* "CONFIG_X" */
	char *value; /* as written, quotes included */
	unsigned int line;
};

/** A configuration, sorted by name. */
struct dotconfig {
	struct dotconfig_symbol *symbols;
	size_t nr;
};

/**
 * Read a .config; @path is for messages. Returns 0 with @ret_config filled
 * (dotconfig_reset() it), -EINVAL with a complaint for each wrong line (up to 20) in
 * @err, or -ENOMEM.
 */
int dotconfig_parse(const char *path, const char *text, size_t size, struct dotconfig *ret_config,
		    struct strbuf *err);
void dotconfig_reset(struct dotconfig *c);

/** The value of a symbol, borrowed; NULL where the configuration does not name it. */
const char *dotconfig_value(const struct dotconfig *c, const char *name);

/** One symbol of one feature. */
struct dotconfig_row {
	char *symbol;
	size_t feature; /* index in the facts */
};

/** The map, sorted by symbol, then by feature. */
struct dotconfig_map {
	struct dotconfig_row *rows;
	size_t nr;
};

/**
 * Read "feature = CONFIG_A CONFIG_B" lines. A feature that the facts have not, or
 * a repeated one, is an error. Returns as dotconfig_parse().
 */
int dotconfig_map_parse(const char *path, const char *text, size_t size, const struct facts *facts,
			struct dotconfig_map *ret_map, struct strbuf *err);
void dotconfig_map_reset(struct dotconfig_map *m);

/** Is a feature that is on behind the symbol? */
bool dotconfig_map_wants(const struct dotconfig_map *m, const struct decision *list,
			 const char *symbol);

enum dotconfig_verdict {
	DOTCONFIG_AGREES,
	DOTCONFIG_MISSING, /* on, but a symbol of it is not set */
	DOTCONFIG_EXTRA,   /* off, but a symbol of it is set */
	DOTCONFIG_SHARED,  /* off, and set for another feature that is on */
	DOTCONFIG_NO_SYMBOL,
};

/** "agrees", "missing", "extra", "shared", "no symbol". */
const char *dotconfig_verdict_name(enum dotconfig_verdict verdict);

/** How a configuration stands to what was decided of a feature. */
enum dotconfig_verdict dotconfig_judge(const struct dotconfig *c, const struct dotconfig_map *m,
				       const struct decision *list, size_t feature);

/** What a report is about. */
struct dotconfig_report {
	const char *path; /* of the configuration */
	const char *profile;
	const struct dotconfig *config;
	const struct dotconfig_map *map;
	const struct ruling *ruling;
};

/** Features that are missing or extra. */
size_t dotconfig_departures(const struct dotconfig_report *r);

void dotconfig_report_text(const struct dotconfig_report *r, struct strbuf *out);
void dotconfig_report_json(const struct dotconfig_report *r, struct strbuf *out);

/** Add the decision as a fragment for merge_config: every symbol of the map, y or not set. */
void dotconfig_fragment(const struct dotconfig_report *r, struct strbuf *out);

#endif
