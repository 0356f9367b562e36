/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One screen of labelled text, 80 by 24: rows are wrapped, long ones cut, and
 * when there are too many lines the least important rows are left out and counted.
 */
#ifndef CANDOR_POLICY_SCREEN_H
#define CANDOR_POLICY_SCREEN_H

#include "base/strbuf.h"

#define SCREEN_WIDTH 80u
#define SCREEN_HEIGHT 24u /* the prompt that follows takes one of them */
#define SCREEN_ROWS_MAX 64u

struct screen_row {
	const char *label;
	struct strbuf text;
	unsigned int importance; /* 0: never left out */
};

/** Zero-initialise. */
struct screen {
	struct screen_row rows[SCREEN_ROWS_MAX];
	size_t nr_rows;
	size_t nr_lost; /* rows that did not even fit in the table */
};

/** A new row to be filled, its text empty. The label is borrowed. */
struct strbuf *screen_row(struct screen *s, const char *label, unsigned int importance);

/** Add the screen to @out; @more says where the rest is, as in "--json has all". */
void screen_print(const struct screen *s, const char *title, const char *more, struct strbuf *out);

void screen_reset(struct screen *s);

#endif
