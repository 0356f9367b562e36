/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What may be written to a stream beyond plain text. */
#ifndef CANDOR_BASE_TERMINAL_H
#define CANDOR_BASE_TERMINAL_H

#include <stdbool.h>
#include <stdio.h>

/** How text for people is written. */
enum emit_colour {
	EMIT_PLAIN,
	EMIT_COLOUR, /* terminal escape sequences */
};

/** Is it a terminal that obeys escape sequences? Not where TERM is unset, empty or "dumb". */
bool terminal_obeys(FILE *stream);

/** Does it obey, and is NO_COLOR unset or empty (https://no-color.org)? */
bool terminal_colours(FILE *stream);

#endif
