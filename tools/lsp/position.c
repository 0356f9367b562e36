/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Places in a text as the protocol counts them. */
#include "lsp/position.h"

#include <string.h>

#include "base/text.h"

/* Bytes of the character at the start of the text, and its units. */
static size_t step(const char *text, size_t size, enum position_encoding encoding,
		   size_t *ret_units)
{
	unsigned int code = 0;
	size_t n = text_utf8_size(text, size, &code);

	if (!n) {
		*ret_units = 1;
		return 1;
	}
	*ret_units = encoding == POSITION_UTF8 ? n : code >= 0x10000 ? 2 : 1;
	return n;
}

size_t position_units(const char *text, size_t size, enum position_encoding encoding)
{
	size_t total = 0, units;

	for (size_t i = 0; i < size; total += units)
		i += step(text + i, size - i, encoding, &units);
	return total;
}

size_t position_bytes(const char *text, size_t size, size_t units, enum position_encoding encoding)
{
	size_t i = 0, taken = 0;

	while (i < size && taken < units) {
		size_t more, n = step(text + i, size - i, encoding, &more);

		/* In the middle of a character is before it. */
		if (taken + more > units)
			break;
		i += n;
		taken += more;
	}
	return i;
}

/* Bytes of the first line, without its end. */
static size_t line_size(const char *text, size_t size)
{
	const char *lf = memchr(text, '\n', size);
	size_t n = lf ? (size_t)(lf - text) : size;
	const char *cr = memchr(text, '\r', n);

	return cr ? (size_t)(cr - text) : n;
}

/* Bytes of the line's end, 0 at the end of the text. */
static size_t end_size(const char *text, size_t size)
{
	if (!size)
		return 0;
	return text[0] == '\r' && size > 1 && text[1] == '\n' ? 2 : 1;
}

size_t position_offset(const char *text, size_t size, struct position at,
		       enum position_encoding encoding)
{
	size_t start = 0, n;

	for (size_t line = 0; line < at.line; line++) {
		size_t end = start + line_size(text + start, size - start);

		n = end_size(text + end, size - end);
		if (!n)
			return size;
		start = end + n;
	}
	n = line_size(text + start, size - start);
	return start + position_bytes(text + start, n, at.character, encoding);
}

struct position position_of(const char *text, size_t size, size_t offset,
			    enum position_encoding encoding)
{
	struct position at = { 0, 0 };
	size_t start = 0;

	offset = offset < size ? offset : size;
	for (;;) {
		size_t end = start + line_size(text + start, size - start);
		size_t n = end_size(text + end, size - end);

		if (!n || offset < end + n) {
			at.character = position_units(
				text + start, (offset < end ? offset : end) - start, encoding);
			return at;
		}
		start = end + n;
		at.line++;
	}
}
