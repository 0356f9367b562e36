/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory that is freed all at once. */
#ifndef CANDOR_BASE_ARENA_H
#define CANDOR_BASE_ARENA_H

#include <stddef.h>

struct arena;

/** An empty arena, or NULL when out of memory. */
struct arena *arena_create(void);

/** Free the arena and all that came from it. NULL is accepted. */
void arena_destroy(struct arena *a);

/** Zeroed memory, aligned for any type, or NULL. Lives as long as the arena. */
void *arena_alloc(struct arena *a, size_t size);

/** Zeroed bytes for a text, aligned for nothing else. As arena_alloc(). */
char *arena_bytes(struct arena *a, size_t size);

#endif
