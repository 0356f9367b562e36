/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why something could not be done, in words for its user: place, cause, remedy. */
#ifndef CANDOR_RELEASE_TROUBLE_H
#define CANDOR_RELEASE_TROUBLE_H

#include "base/strbuf.h"

struct trouble {
	char text[2048]; /* "PLACE: error: CAUSE\n       = REMEDY"; "" when all is well */
	/*
	 * Told what is done next, and to which file, if to one; between two of these asked
	 * with NULL whether to go on. What is not 0 ends the work. NULL: nobody is told.
	 */
	int (*watch)(void *context, const char *what, const char *file);
	void *context;
};

/** Tell the watcher; @what may be NULL. -EINTR with trouble noted to stop, else 0. */
int trouble_watch(struct trouble *t, const char *what, const char *file);

/**
 * Note trouble at @place (a path or PATH:LINE, escaped here) and return @rc.
 * The cause is printf-like and must hold no raw file name: pass those through
 * trouble_escape() first. The first trouble noted stands.
 */
int trouble_set(struct trouble *t, int rc, const char *place, const char *remedy, const char *fmt,
		...) __attribute__((format(printf, 5, 6)));

/**
 * Note trouble that another library has put into words: the first complaint of
 * @text, "PLACE: error: CAUSE" and "       = REMEDY", and how many follow.
 * @place stands in if @text is empty. Returns @rc.
 */
int trouble_quote(struct trouble *t, int rc, const char *place, const struct strbuf *text);

/** Append @size bytes so that a terminal shows them: printable ASCII as is, the rest as \xNN. */
void trouble_escape(struct strbuf *sb, const char *bytes, size_t size);

#endif
