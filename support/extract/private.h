/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the extractors share. */
#ifndef CANDOR_SUPPORT_EXTRACT_PRIVATE_H
#define CANDOR_SUPPORT_EXTRACT_PRIVATE_H

#include <stddef.h>

/** A piece of text, not NUL-terminated; borrowed. */
struct span {
	const char *data;
	size_t size;
};

#endif
