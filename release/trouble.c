/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why something could not be done, in words for its user. */
#include "trouble.h"

#include <errno.h>
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
	snprintf(t->text, sizeof(t->text), "%s: error: %s\n       = %s",
		 strbuf_str(&sb) ? strbuf_str(&sb) : "?", cause, remedy);
	strbuf_reset(&sb);
	return rc;
}

int trouble_watch(struct trouble *t, const char *what, const char *file)
{
	if (!t->watch || !t->watch(t->context, what, file))
		return 0;
	return trouble_set(t, -EINTR, "interrupted", "run it again; nothing was published",
			   "told to stop");
}

/* The end of the first line and of the indented ones behind it. */
static size_t first_complaint(const char *text)
{
	size_t end = strcspn(text, "\n");

	while (text[end] && text[end + 1] == ' ')
		end += 1 + strcspn(text + end + 1, "\n");
	return end;
}

int trouble_quote(struct trouble *t, int rc, const char *place, const struct strbuf *text)
{
	const char *from = strbuf_str(text);
	size_t size, more = 0;

	if (!from || !*from)
		return trouble_set(t, rc, place, "free memory", "%s", strerror(-rc));
	if (t->text[0])
		return rc;
	size = first_complaint(from);
	for (const char *at = from + size; *at; at += first_complaint(at)) {
		at += *at == '\n';
		more += *at != '\0';
	}
	snprintf(t->text, sizeof(t->text), "%.*s", (int)(size < 1900 ? size : 1900), from);
	size = strlen(t->text);
	if (more)
		snprintf(t->text + size, sizeof(t->text) - size, "\n  and %zu more", more);
	return rc;
}
