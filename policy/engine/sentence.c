/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reasons, dates and sizes. */
#include "engine/sentence.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	size_t offset;
} fields[] = {
	{ "id", offsetof(struct fact_feature, id) },
	{ "title", offsetof(struct fact_feature, title) },
	{ "section", offsetof(struct fact_feature, section) },
	{ "state", offsetof(struct fact_feature, state) },
	{ "level", offsetof(struct fact_feature, level) },
	{ "security", offsetof(struct fact_feature, security) },
};

#define NR_FIELDS (sizeof(fields) / sizeof(fields[0]))

/* Bytes of the lower-case word behind a brace that another closes; 0 for none. */
static size_t field_size(const char *brace)
{
	size_t n = strspn(brace + 1, "abcdefghijklmnopqrstuvwxyz_");

	return n && brace[n + 1] == '}' ? n : 0;
}

static size_t find_field(const char *name, size_t size)
{
	size_t i = 0;

	while (i < NR_FIELDS &&
	       (strlen(fields[i].name) != size || memcmp(fields[i].name, name, size) != 0))
		i++;
	return i;
}

const char *sentence_bad_field(const char *reason)
{
	for (const char *s = strchr(reason, '{'); s; s = strchr(s + 1, '{')) {
		size_t n = field_size(s);

		if (n && find_field(s + 1, n) == NR_FIELDS)
			return s + 1;
	}
	return NULL;
}

void sentence_fill(const char *reason, const struct fact_feature *f, struct strbuf *out)
{
	for (;;) {
		size_t n = strcspn(reason, "{"), field;

		strbuf_add(out, reason, n);
		reason += n;
		if (!*reason)
			return;
		n = field_size(reason);
		field = n ? find_field(reason + 1, n) : NR_FIELDS;
		if (field < NR_FIELDS) {
			const char *const *text =
				(const void *)((const char *)f + fields[field].offset);

			strbuf_puts(out, *text);
			reason += n + 2;
		} else {
			strbuf_add(out, reason++, 1);
		}
	}
}

bool sentence_parse_size(const char *text, uint64_t *ret_value)
{
	static const char *const units[] = { "", " KiB", " MiB", " GiB", " TiB" };
	unsigned long long value;
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	value = strtoull(text, &end, 10);
	if (errno)
		return false;
	for (unsigned int i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(end, units[i]))
			continue;
		if (value > UINT64_MAX >> (10 * i))
			return false;
		*ret_value = (uint64_t)value << (10 * i);
		return true;
	}
	return false;
}

bool sentence_date_valid(const char *text)
{
	static const char pattern[] = "0000-00-00";
	static const unsigned char days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	unsigned int year, month, day;

	if (strlen(text) != sizeof(pattern) - 1)
		return false;
	for (size_t i = 0; i < sizeof(pattern) - 1; i++) {
		bool digit = text[i] >= '0' && text[i] <= '9';

		if (pattern[i] == '-' ? text[i] != '-' : !digit)
			return false;
	}
	year = (unsigned int)strtoul(text, NULL, 10);
	month = (unsigned int)strtoul(text + 5, NULL, 10);
	day = (unsigned int)strtoul(text + 8, NULL, 10);
	if (month < 1 || month > 12 || day < 1 || day > days[month - 1])
		return false;
	if (month == 2 && day == 29)
		return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	return true;
}
