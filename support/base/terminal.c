/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What may be written to a stream beyond plain text. */
#include "base/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool terminal_obeys(FILE *stream)
{
	const char *kind = getenv("TERM");

	return isatty(fileno(stream)) && kind && *kind && strcmp(kind, "dumb");
}

bool terminal_colours(FILE *stream)
{
	const char *no_colour = getenv("NO_COLOR");

	return terminal_obeys(stream) && !(no_colour && *no_colour);
}
