/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a .config and as a map of symbols: read, or refused with a reason;
 * what is read is judged and printed, and a fragment written from a map is a
 * configuration that agrees with what it was written from.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "engine/dotconfig.h"
#include "sample.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char map_text[] = "alpha = CONFIG_A\nbeta = CONFIG_B CONFIG_C\ngamma = CONFIG_A\n";

/* alpha is on by a sentence, all others are off. */
struct setting {
	struct host_input in;
	struct answers answers;
	struct decision *list;
	struct ruling ruling;
};

static void set_up(struct setting *s)
{
	static const char rule[] = "allow { feature 'alpha', because = 'x' }";
	struct strbuf err = STRBUF_INIT;
	struct host_failure failure;
	struct host_limits limits;

	s->in = *sample_input("profile { title = 'x', vendor = { 'one' } }", rule, NULL);
	limits = host_limits_for(s->in.facts->nr_features);
	if (host_run(&s->in, &limits, &s->answers, &failure) ||
	    decide(&s->in, &s->answers, &s->list, &err))
		abort();
	s->ruling = (struct ruling){ &s->in, &s->answers, s->list };
}

static void print(const struct dotconfig_report *r)
{
	struct strbuf out = STRBUF_INIT;

	dotconfig_report_text(r, &out);
	dotconfig_report_json(r, &out);
	if (!strbuf_str(&out))
		abort();
	strbuf_reset(&out);
}

/* The fragment of @map must agree with the decision it was written from. */
static void check_fragment(const struct setting *s, const struct dotconfig_map *map)
{
	struct dotconfig config;
	struct dotconfig_report r = { "f", "x", &config, map, &s->ruling };
	struct strbuf out = STRBUF_INIT, err = STRBUF_INIT;

	dotconfig_fragment(&r, &out);
	if (!map->nr || !strbuf_str(&out)) {
		strbuf_reset(&out);
		return;
	}
	if (dotconfig_parse("f", out.data, out.size, &config, &err) || dotconfig_departures(&r))
		abort();
	dotconfig_reset(&config);
	strbuf_reset(&out);
	strbuf_reset(&err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct setting s;
	const char *text = (const char *)data;
	struct strbuf err = STRBUF_INIT;
	struct dotconfig config;
	struct dotconfig_map map;

	if (!s.list)
		set_up(&s);
	if (dotconfig_map_parse("m", map_text, sizeof(map_text) - 1, s.in.facts, &map, &err))
		abort();
	if (!dotconfig_parse("c", text, size, &config, &err)) {
		print(&(struct dotconfig_report){ "c", "x", &config, &map, &s.ruling });
		dotconfig_reset(&config);
	} else if (!err.size) {
		abort();
	}
	dotconfig_map_reset(&map);
	if (!dotconfig_map_parse("m", text, size, s.in.facts, &map, &err)) {
		check_fragment(&s, &map);
		dotconfig_map_reset(&map);
	}
	strbuf_reset(&err);
	return 0;
}
