/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Answers and failures as lines of text, between the evaluating child and us. */
#ifndef CANDOR_POLICY_WIRE_H
#define CANDOR_POLICY_WIRE_H

#include "engine/host.h"

#define WIRE_SIZE_MAX (128u << 20)

void wire_put_answers(const struct answers *a, struct strbuf *out);
void wire_put_failure(const struct host_failure *f, struct strbuf *out);

/** What wire_get() found. */
enum wire_result {
	WIRE_ANSWERS, /* @ret_answers is filled */
	WIRE_FAILURE, /* @ret_failure is filled */
	WIRE_BROKEN,  /* neither: incomplete or not ours */
};

/**
 * Read what a child wrote, @text being NUL-terminated and altered. Every index
 * is checked against @in.
 */
enum wire_result wire_get(char *text, const struct host_input *in, struct answers *ret_answers,
			  struct host_failure *ret_failure);

#endif
