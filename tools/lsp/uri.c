/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of files as the protocol writes them: RFC 8089, percent-encoded. */
#include "lsp/uri.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/strbuf.h"

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* What lies behind "file:" and the name of this machine, or NULL. */
static const char *skip_authority(const char *uri)
{
	if (strncasecmp(uri, "file:", 5))
		return NULL;
	uri += 5;
	if (strncmp(uri, "//", 2))
		return *uri == '/' ? uri : NULL;
	uri += 2;
	if (!strncasecmp(uri, "localhost/", 10))
		uri += 9;
	return *uri == '/' ? uri : NULL;
}

char *uri_to_path(const char *uri)
{
	const char *from = skip_authority(uri);
	char *path = from ? malloc(strlen(from) + 1) : NULL, *to = path;

	if (!path)
		return NULL;
	for (; *from && *from != '?' && *from != '#'; from++) {
		if (*from != '%') {
			*to++ = *from;
			continue;
		}
		/* The second digit is looked at only behind a first one. */
		if (hex(from[1]) < 0 || hex(from[2]) < 0 ||
		    (hex(from[1]) == 0 && hex(from[2]) == 0)) {
			free(path);
			return NULL;
		}
		*to++ = (char)(hex(from[1]) << 4 | hex(from[2]));
		from += 2;
	}
	*to = '\0';
	return path;
}

char *uri_from_path(const char *path)
{
	struct strbuf sb = STRBUF_INIT;

	strbuf_puts(&sb, "file://");
	for (; *path; path++) {
		unsigned char c = (unsigned char)*path;

		if (isascii(c) && (isalnum(c) || strchr("/-._~", c)))
			strbuf_add(&sb, path, 1);
		else
			strbuf_printf(&sb, "%%%02X", c);
	}
	if (sb.failed) {
		strbuf_reset(&sb);
		return NULL;
	}
	return sb.data;
}
