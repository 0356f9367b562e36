/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text that may be hostile: what it is compared with, and how it is written
 * where a terminal, a JSON reader or a browser will take it. Bytes that are not
 * UTF-8 are shown as U+FFFD.
 */
#ifndef CANDOR_BASE_TEXT_H
#define CANDOR_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"

/**
 * Bytes (1 to 4) of the well-formed UTF-8 character at the start of @text, its
 * code point in *@ret_code; 0 when it is none. @size must not be 0.
 */
size_t text_utf8_size(const char *text, size_t size, unsigned int *ret_code);

/** Is it all printable ASCII? */
bool text_is_plain(const char *text, size_t size);

/** Is it a control character, or one that hides or reorders text? */
bool text_is_dangerous(unsigned int code);

/**
 * Add @size bytes for a terminal: control and direction-changing characters
 * become \xNN or \u{N}. A tab becomes a blank.
 */
void text_add_visible(struct strbuf *sb, const char *text, size_t size);

/**
 * Columns that a terminal shows for UTF-8 text: none for a combining mark, two
 * for a wide character, one for anything that is not a character.
 */
size_t text_width(const char *text, size_t size);

/** Add the text as a JSON string, with its quotes. NULL adds null. */
void text_add_json(struct strbuf *sb, const char *text);

/** Add the text so that HTML shows it, in an element or a quoted attribute. */
void text_add_html(struct strbuf *sb, const char *text, size_t size);

/**
 * Edits (insert, delete, change or swap one byte, case aside) that turn @a into
 * @b, or @limit + 1 when there are more than @limit or a text is over 64 bytes.
 */
unsigned int text_distance(const char *a, const char *b, unsigned int limit);

/**
 * The first @needle (not empty) in @size bytes, or NULL: memmem() that looks for the
 * needle's rarest byte first, as sources go, so that most bytes are only passed over.
 */
const char *text_find(const char *text, size_t size, const char *needle, size_t needle_size);

/** How many edits still make a misspelling of a word of this many bytes. */
unsigned int text_tolerance(size_t size);

#endif
