/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The states of a fleet's hosts, one from each part of the input, reported in every form. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "host/fleet.h"

#define PARTS_MAX 4

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void report(const struct fleet *fleet)
{
	struct strbuf out = STRBUF_INIT;

	fleet_text(fleet, &out, 80, EMIT_COLOUR);
	fleet_csv(fleet, &out);
	fleet_markdown(fleet, &out);
	fleet_html(fleet, &out);
	fleet_document(fleet, &out, DOC_JSON);
	fleet_document(fleet, &out, DOC_YAML);
	if (!strbuf_str(&out))
		abort();
	strbuf_reset(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct fleet_host hosts[PARTS_MAX];
	struct fleet fleet = { .today = "2026-06-01", .max_age = 7 };
	struct strbuf err = STRBUF_INIT;
	size_t at = 0;

	for (size_t nr = 0; nr < PARTS_MAX && at < size; nr++) {
		const uint8_t *end = memchr(data + at, '\f', size - at);
		size_t part = end ? (size_t)(end - data) - at : size - at;

		if (!fleet_host_parse("a", (const char *)data + at, part, &fleet,
				      &hosts[fleet.nr_hosts], &err))
			fleet.nr_hosts++;
		at += part + 1;
	}
	fleet.hosts = hosts;
	if (fleet_judge(&fleet))
		abort();
	report(&fleet);
	for (size_t i = 0; i < fleet.nr_hosts; i++)
		fleet_host_reset(&hosts[i]);
	strbuf_reset(&err);
	return 0;
}
