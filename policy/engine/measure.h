/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How large a built image is, in what an attacker meets: bytes, hypercalls, source lines. */
#ifndef CANDOR_POLICY_MEASURE_H
#define CANDOR_POLICY_MEASURE_H

#include <stdint.h>

#include "base/strbuf.h"

#define MEASURE_NAMES_MAX 128

struct measure {
	uint64_t loaded_size; /* bytes that are loaded from the file */
	uint64_t memory_size; /* bytes that they and the zeroed ones take */
	uint64_t code_size;   /* of sections with instructions */
	size_t nr_lines;      /* source lines that some instruction comes from */
	size_t nr_files;      /* source files with such lines */
	char **hypercalls;    /* names of those it answers, sorted */
	size_t nr_hypercalls;
};

/**
 * Measure an ELF image with symbols and debug information. Returns 0
 * (measure_reset() after use), -EINVAL with a complaint in @err, or -ENOMEM.
 */
int measure_image(const char *path, struct measure *ret_measure, struct strbuf *err);

void measure_reset(struct measure *m);

#endif
