/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why something could not be done, in words for its user. */
#include "trouble.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void trouble_escape(struct strbuf *sb, const char *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		unsigned char c = (unsigned char)bytes[i];

		if (c == '\\')
			strbuf_puts(sb, "\\\\");
		else if (c == '\n')
			strbuf_puts(sb, "\\n");
		else if (c >= 0x20 && c < 0x7f)
			strbuf_add(sb, bytes + i, 1);
		else
			strbuf_printf(sb, "\\x%02x", c);
	}
}

int trouble_set(struct trouble *t, int rc, const char *place, const char *remedy, const char *fmt,
		...)
{
	struct strbuf sb = STRBUF_INIT;
	char cause[1024];
	va_list ap;

	if (t->text[0])
		return rc;
	va_start(ap, fmt);
	vsnprintf(cause, sizeof(cause), fmt, ap);
	va_end(ap);
	trouble_escape(&sb, place, strnlen(place, 512));
	snprintf(t->text, sizeof(t->text), "%s: %s\n  remedy: %s",
		 strbuf_str(&sb) ? strbuf_str(&sb) : "?", cause, remedy);
	strbuf_reset(&sb);
	return rc;
}
