/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Places in a text as the protocol counts them: lines, and code units of a line. */
#ifndef CANDOR_LSP_POSITION_H
#define CANDOR_LSP_POSITION_H

#include <stddef.h>

/** What a character counts: bytes, or units of UTF-16. */
enum position_encoding {
	POSITION_UTF16, /* unless the client offers better */
	POSITION_UTF8,
};

/** From 0. A line ends with LF, CR, or CR LF. */
struct position {
	size_t line;
	size_t character;
};

/** Code units of @size bytes; a byte that is no UTF-8 counts as one character. */
size_t position_units(const char *text, size_t size, enum position_encoding encoding);

/** Bytes at the start of a line's @size bytes that make @units; all when it is shorter. */
size_t position_bytes(const char *text, size_t size, size_t units, enum position_encoding encoding);

/** The byte a position means: at most the end of its line, or of the text. */
size_t position_offset(const char *text, size_t size, struct position at,
		       enum position_encoding encoding);

/** The position of a byte of the text, or of its end. */
struct position position_of(const char *text, size_t size, size_t offset,
			    enum position_encoding encoding);

#endif
