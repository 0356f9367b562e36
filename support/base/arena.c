/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory that is freed all at once: a list of chunks, cut from the front. */
#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>

#define CHUNK_SIZE ((size_t)64 << 10)
/* Larger pieces have chunks of their own, so that no chunk is left half empty. */
#define PIECE_MAX (CHUNK_SIZE / 16)

struct chunk {
	struct chunk *next;
	size_t used;
	size_t size;
	alignas(max_align_t) char data[];
};

struct arena {
	struct chunk *chunks; /* the first one is cut from */
};

struct arena *arena_create(void)
{
	return calloc(1, sizeof(struct arena));
}

void arena_destroy(struct arena *a)
{
	if (!a)
		return;
	for (struct chunk *c = a->chunks, *next; c; c = next) {
		next = c->next;
		free(c);
	}
	free(a);
}

static struct chunk *add_chunk(struct arena *a, size_t size)
{
	struct chunk *c = calloc(1, sizeof(*c) + size);

	if (!c)
		return NULL;
	c->size = size;
	if (size != CHUNK_SIZE && a->chunks) {
		/* The current chunk stays in use. */
		c->next = a->chunks->next;
		a->chunks->next = c;
	} else {
		c->next = a->chunks;
		a->chunks = c;
	}
	return c;
}

/* @align is a power of two. */
static void *take(struct arena *a, size_t size, size_t align)
{
	struct chunk *c = a->chunks;
	void *data;

	if (size > SIZE_MAX / 2)
		return NULL;
	if (c)
		c->used = (c->used + align - 1) & ~(align - 1);
	if (!c || c->used > c->size || c->size - c->used < size) {
		c = add_chunk(a, size > PIECE_MAX ? size : CHUNK_SIZE);
		if (!c)
			return NULL;
	}
	data = c->data + c->used;
	c->used += size;
	return data;
}

void *arena_alloc(struct arena *a, size_t size)
{
	return take(a, size, alignof(max_align_t));
}

char *arena_bytes(struct arena *a, size_t size)
{
	return take(a, size, 1);
}
