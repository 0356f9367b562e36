/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The files of a host: the first byte says which one it is. What was read is written, and
 * read back the same; and a status of it is written in every form.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/boot.h"
#include "host/optin.h"
#include "host/status.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_record(struct status_input *in, const char *text, size_t size, struct strbuf *err)
{
	struct strbuf out = STRBUF_INIT;
	struct optin r, back;

	if (optin_parse("a", text, size, &r, err))
		return;
	optin_write(&r, &out);
	if (!strbuf_str(&out) || optin_parse("b", out.data, out.size, &back, err) ||
	    memcmp(&r, &back, sizeof(r)) != 0)
		abort();
	strbuf_reset(&out);
	in->records.items = malloc(sizeof(r));
	if (!in->records.items)
		abort();
	in->records.items[0] = r;
	in->records.nr = 1;
}

/* What a record asks for is what the entry written of it is read as. */
static void check_boot(const struct optins *records)
{
	struct strbuf out = STRBUF_INIT;
	struct boot boot = { 0 };

	boot_write(records, &out);
	if (out.size && (boot_parse(out.data, out.size, &boot) || boot.is_foreign ||
			 strcmp(boot.items[0].until, records->items[0].until) != 0))
		abort();
	boot_reset(&boot);
	strbuf_reset(&out);
}

static void show(const struct status_input *in)
{
	struct strbuf out = STRBUF_INIT;
	struct status s;

	if (status_make(in, &s))
		abort();
	status_text(&s, &out, 60, EMIT_COLOUR);
	status_list_text(&s, &out, 0, EMIT_PLAIN);
	status_document(&s, &out, DOC_YAML);
	status_list_document(&s, &out, DOC_JSON);
	status_prometheus(&s, &out);
	if (!strbuf_str(&out))
		abort();
	strbuf_reset(&out);
	status_reset(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct status_input in = { .host = "h", .today = "2026-06-01" };
	struct strbuf err = STRBUF_INIT;
	const char *text = (const char *)data + 1;

	if (!size)
		return 0;
	switch (data[0] % 4) {
	case 0:
		read_record(&in, text, size - 1, &err);
		break;
	case 1:
		(void)log_parse("a", text, size - 1, &in.log, &err);
		break;
	case 2:
		(void)state_parse("a", text, size - 1, &in.state, &err);
		break;
	default:
		(void)boot_parse(text, size - 1, &in.boot);
		break;
	}
	check_boot(&in.records);
	show(&in);
	status_input_reset(&in);
	strbuf_reset(&err);
	return 0;
}
