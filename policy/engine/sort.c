/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Heap sort: no allocation, no system call, n log n for any input. */
#include "engine/sort.h"

#include <string.h>

struct heap {
	char *base;
	size_t size;
	int (*compare)(const void *, const void *);
};

static char *at(const struct heap *h, size_t i)
{
	return h->base + i * h->size;
}

static void swap(const struct heap *h, size_t a, size_t b)
{
	char copy[64];

	memcpy(copy, at(h, a), h->size);
	memcpy(at(h, a), at(h, b), h->size);
	memcpy(at(h, b), copy, h->size);
}

static void sink(const struct heap *h, size_t i, size_t nr)
{
	for (;;) {
		size_t child = 2 * i + 1;

		if (child >= nr)
			return;
		if (child + 1 < nr && h->compare(at(h, child), at(h, child + 1)) < 0)
			child++;
		if (h->compare(at(h, i), at(h, child)) >= 0)
			return;
		swap(h, i, child);
		i = child;
	}
}

void sort_heap(void *base, size_t nr, size_t size, int (*compare)(const void *, const void *))
{
	const struct heap h = { base, size, compare };

	for (size_t i = nr / 2; i-- > 0;)
		sink(&h, i, nr);
	for (size_t end = nr; end-- > 1;) {
		swap(&h, 0, end);
		sink(&h, 0, end);
	}
}
