/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A growing string. The first failed allocation is remembered and later calls
 * do nothing, so a writer checks once, at the end.
 */
#ifndef CANDOR_BASE_STRBUF_H
#define CANDOR_BASE_STRBUF_H

#include <stdbool.h>
#include <stddef.h>

struct strbuf {
	char *data; /* NUL-terminated once anything was added; else NULL */
	size_t size;
	size_t capacity;
	bool failed;
};

#define STRBUF_INIT \
	{           \
		0   \
	}

void strbuf_add(struct strbuf *sb, const char *data, size_t size);
void strbuf_puts(struct strbuf *sb, const char *s);
void strbuf_printf(struct strbuf *sb, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/** Free the memory; the buffer is empty and usable again. */
void strbuf_reset(struct strbuf *sb);

/** The text, "" for an empty buffer, NULL if any allocation failed; borrowed. */
const char *strbuf_str(const struct strbuf *sb);

#endif
