/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Kconfig, as other trees are configured with: reads a .config and the map from
 * our features to their symbols (support/xen-kconfig.map), and says feature by
 * feature how far one departs from a decision.
 */
#ifndef CANDOR_POLICY_KCONFIG_H
#define CANDOR_POLICY_KCONFIG_H

#include "engine/decide.h"

#define KCONFIG_MAP_PATH "support/xen-kconfig.map"
#define KCONFIG_FILE_MAX (4u << 20)

/** "CONFIG_X=value", or "# CONFIG_X is not set" with the value "n". */
struct kconfig_symbol {
	char *name;  /* "CONFIG_X" */
	char *value; /* as written, quotes included */
	unsigned int line;
};

/** A configuration, sorted by name. */
struct kconfig {
	struct kconfig_symbol *symbols;
	size_t nr;
};

/**
 * Read a .config; @path is for messages. Returns 0 with @ret_config filled
 * (kconfig_reset() it), -EINVAL with a complaint for each wrong line (up to 20) in
 * @err, or -ENOMEM.
 */
int kconfig_parse(const char *path, const char *text, size_t size, struct kconfig *ret_config,
		  struct strbuf *err);
void kconfig_reset(struct kconfig *c);

/** The value of a symbol, borrowed; NULL where the configuration does not name it. */
const char *kconfig_value(const struct kconfig *c, const char *name);

/** One symbol of one feature. */
struct kconfig_row {
	char *symbol;
	size_t feature; /* index in the facts */
};

/** The map, sorted by symbol, then by feature. */
struct kconfig_map {
	struct kconfig_row *rows;
	size_t nr;
};

/**
 * Read "feature = CONFIG_A CONFIG_B" lines. A feature that the facts have not, or
 * a repeated one, is an error. Returns as kconfig_parse().
 */
int kconfig_map_parse(const char *path, const char *text, size_t size, const struct facts *facts,
		      struct kconfig_map *ret_map, struct strbuf *err);
void kconfig_map_reset(struct kconfig_map *m);

/** Is a feature that is on behind the symbol? */
bool kconfig_map_wants(const struct kconfig_map *m, const struct decision *list,
		       const char *symbol);

enum kconfig_verdict {
	KCONFIG_AGREES,
	KCONFIG_MISSING, /* on, but a symbol of it is not set */
	KCONFIG_EXTRA,	 /* off, but a symbol of it is set */
	KCONFIG_SHARED,	 /* off, and set for another feature that is on */
	KCONFIG_NO_SYMBOL,
};

/** "agrees", "missing", "extra", "shared", "no symbol". */
const char *kconfig_verdict_name(enum kconfig_verdict verdict);

/** How a configuration stands to what was decided of a feature. */
enum kconfig_verdict kconfig_judge(const struct kconfig *c, const struct kconfig_map *m,
				   const struct decision *list, size_t feature);

/** What a report is about. */
struct kconfig_report {
	const char *path; /* of the configuration */
	const char *profile;
	const struct kconfig *config;
	const struct kconfig_map *map;
	const struct ruling *ruling;
};

/** Features that are missing or extra. */
size_t kconfig_departures(const struct kconfig_report *r);

void kconfig_report_text(const struct kconfig_report *r, struct strbuf *out);
void kconfig_report_json(const struct kconfig_report *r, struct strbuf *out);

/** Add the decision as a fragment for merge_config: every symbol of the map, y or not set. */
void kconfig_fragment(const struct kconfig_report *r, struct strbuf *out);

#endif
