/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers with units in the text of a status. */
#include "private.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#define NR(array) (sizeof(array) / sizeof((array)[0]))

static unsigned int unit_shift(const char *unit, size_t *ret_size)
{
	static const char *const units[] = { "KiB", "MiB", "GiB", "TiB", "PiB" };

	for (unsigned int i = 0; i < NR(units); i++) {
		if (!strncmp(unit, units[i], 3) && !isalnum((unsigned char)unit[3])) {
			*ret_size = 3;
			return (i + 1) * 10;
		}
	}
	*ret_size = 0;
	return 0;
}

bool limit_take(const char **p, struct quantity *ret_q)
{
	uint64_t value = 0;
	unsigned int shift;
	size_t unit_size;
	bool fits = true;
	const char *s = *p;

	for (; isdigit((unsigned char)*s); s++)
		fits = fits && !__builtin_mul_overflow(value, 10, &value) &&
		       !__builtin_add_overflow(value, (uint64_t)(*s - '0'), &value);
	if (*s == '.' && isdigit((unsigned char)s[1]))
		fits = false;
	shift = unit_shift(*s == ' ' ? s + 1 : s, &unit_size);
	if (unit_size)
		s += (*s == ' ') + unit_size;
	*p = s;
	if (!fits || isalpha((unsigned char)*s) || *s == '_' || (value << shift >> shift) != value)
		return false;
	*ret_q = (struct quantity){ .value = value << shift, .is_bytes = shift > 0 };
	return true;
}

int limit_find_all(struct model *m, struct claim *c)
{
	const char *p = c->value;

	while (*p) {
		struct quantity q, *limits;
		bool in_word = p > c->value &&
			       (isalnum((unsigned char)p[-1]) || (p[-1] && strchr("_-.", p[-1])));

		if (!isdigit((unsigned char)*p)) {
			p++;
			continue;
		}
		if (!limit_take(&p, &q) || in_word)
			continue;
		limits = model_grow(m, c->limits, c->nr_limits, sizeof(*limits));
		if (!limits)
			return -ENOMEM;
		c->limits = limits;
		c->limits[c->nr_limits++] = q;
	}
	return 0;
}
