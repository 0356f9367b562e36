/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A growing string. */
#include "base/strbuf.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool reserve(struct strbuf *sb, size_t more)
{
	size_t want = sb->capacity ? sb->capacity : 64;
	char *data;

	if (sb->failed)
		return false;
	if (more >= SIZE_MAX / 2 - sb->size)
		goto fail;
	while (want < sb->size + more + 1)
		want *= 2;
	if (want == sb->capacity)
		return true;
	data = realloc(sb->data, want);
	if (!data)
		goto fail;
	sb->data = data;
	sb->capacity = want;
	return true;
fail:
	sb->failed = true;
	return false;
}

void strbuf_add(struct strbuf *sb, const char *data, size_t size)
{
	if (!reserve(sb, size))
		return;
	if (size)
		memcpy(sb->data + sb->size, data, size);
	sb->size += size;
	sb->data[sb->size] = '\0';
}

void strbuf_puts(struct strbuf *sb, const char *s)
{
	strbuf_add(sb, s, strlen(s));
}

void strbuf_printf(struct strbuf *sb, const char *fmt, ...)
{
	/* Most is short, and formatted once. */
	char brief[160];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(brief, sizeof(brief), fmt, ap);
	va_end(ap);
	if (n < 0) {
		sb->failed = true;
		return;
	}
	if ((size_t)n < sizeof(brief)) {
		strbuf_add(sb, brief, (size_t)n);
		return;
	}
	if (!reserve(sb, (size_t)n))
		return;
	va_start(ap, fmt);
	vsnprintf(sb->data + sb->size, (size_t)n + 1, fmt, ap);
	va_end(ap);
	sb->size += (size_t)n;
}

void strbuf_reset(struct strbuf *sb)
{
	free(sb->data);
	*sb = (struct strbuf)STRBUF_INIT;
}

const char *strbuf_str(const struct strbuf *sb)
{
	if (sb->failed)
		return NULL;
	return sb->data ? sb->data : "";
}
