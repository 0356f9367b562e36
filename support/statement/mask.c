/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What cmark is shown of a statement. Only the block structure is wanted of it,
 * by line; it parses inlines all the same, and some inline text costs it time
 * that grows with the square of the size. So the characters that start inline
 * markup are masked where they cannot mean a block, and containers beyond any
 * use are cut short. Sizes and line ends stay, so line numbers are the file's.
 */
#include "private.h"

#include <ctype.h>
#include <string.h>

/* Bytes of a line in which containers (quotes, list items) may be opened. */
#define PREFIX_MAX 200

enum byte_kind {
	BYTE_PLAIN,
	BYTE_ALWAYS, /* never part of a block's start that we read */
	BYTE_INLINE, /* may start a block in a line's prefix */
	BYTE_BLANK,  /* reads as a blank */
};

static const unsigned char byte_kinds[256] = {
	['['] = BYTE_ALWAYS, [']'] = BYTE_ALWAYS, ['\\'] = BYTE_ALWAYS, ['&'] = BYTE_ALWAYS,
	['`'] = BYTE_INLINE, ['*'] = BYTE_INLINE, ['_'] = BYTE_INLINE,	['!'] = BYTE_INLINE,
	['<'] = BYTE_INLINE, ['\0'] = BYTE_BLANK, ['\r'] = BYTE_BLANK,
};

static size_t prefix_size(const char *line, size_t size)
{
	size_t n = 0;

	while (n < size && n < PREFIX_MAX && strchr(" \t*+-_=`~#0123456789.)><!", line[n]) &&
	       line[n])
		n++;
	/* "<?", "<!" and "<a" may start a block; a second one only inlines. */
	for (size_t i = 0, nr = 0; i < n; i++) {
		if (line[i] == '<' && nr++)
			return i;
	}
	return n;
}

static void mask_line(char *line, size_t size)
{
	size_t n = prefix_size(line, size);
	bool is_long = n == PREFIX_MAX;

	for (size_t i = 0; i < size; i++) {
		enum byte_kind kind = byte_kinds[(unsigned char)line[i]];
		bool is_closing = line[i] == '<' && i + 1 < size && line[i + 1] == '/';

		if (kind == BYTE_PLAIN && !is_long)
			continue;
		if (kind == BYTE_BLANK && (!line[i] || i + 1 < size))
			line[i] = ' ';
		else if (kind == BYTE_ALWAYS || (i >= n && is_long))
			line[i] = 'x';
		else if (i >= n && kind == BYTE_INLINE && !is_closing)
			line[i] = 'x';
	}
}

char *mask_inlines(struct model *m, const char *text, size_t size)
{
	char *masked = model_copy(m, text, size);
	size_t start = 0;

	if (!masked)
		return NULL;
	if (size >= 3 && !memcmp(masked, "\xef\xbb\xbf", 3))
		start = 3; /* cmark skips it, too */
	while (start < size) {
		const char *newline = memchr(masked + start, '\n', size - start);
		size_t end = newline ? (size_t)(newline - masked) : size;

		mask_line(masked + start, end - start);
		start = end + 1;
	}
	return masked;
}
