/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* YAML and JSON documents: what is read can be written, and is then read as the same. */
#include <string.h>

#include "fuzz.h"

#include "document/yaml.h"

/* Fractions of 17 digits come back; their last digit is not what is tested here. */
static void must_return(const json_t *value)
{
	struct document_error wrong;
	struct strbuf sb = STRBUF_INIT;
	json_t *again;

	if (yaml_emit(value, &sb) || !strbuf_str(&sb))
		abort();
	if (yaml_read(sb.data, sb.size, &again, &wrong))
		abort();
	if (!json_equal(value, again))
		abort();
	json_decref(again);
	strbuf_reset(&sb);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct document_error wrong = { 0 };
	json_t *value;

	if (!yaml_read((const char *)data, size, &value, &wrong)) {
		must_return(value);
		json_decref(value);
	} else if (!wrong.message[0] || !wrong.remedy[0]) {
		abort();
	}
	if (!json_read((const char *)data, size, &value, &wrong)) {
		must_return(value);
		json_decref(value);
	}
	return 0;
}
