/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One form for all complaints. */
#include "base/complain.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"

static void add_clean(struct strbuf *err, const char *s)
{
	text_add_visible(err, s, strlen(s));
}

void complain(struct strbuf *err, struct place at, const char *remedy, const char *fmt, ...)
{
	char text[2048];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	add_clean(err, at.file);
	if (at.line)
		strbuf_printf(err, ":%u", at.line);
	strbuf_puts(err, ": error: ");
	add_clean(err, text);
	strbuf_puts(err, "\n       = ");
	add_clean(err, remedy);
	strbuf_puts(err, "\n");
}

int complain_read(struct strbuf *err, const char *path, size_t max, const char *remedy,
		  char **ret_text, size_t *ret_size)
{
	int rc = file_read(path, max, ret_text, ret_size);

	if (!rc || rc == -ENOMEM)
		return rc;
	complain(err, (struct place){ path, 0 }, remedy, "cannot be read: %s", strerror(-rc));
	return -EINVAL;
}
