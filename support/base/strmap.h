/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A map from strings to pointers. */
#ifndef CANDOR_BASE_STRMAP_H
#define CANDOR_BASE_STRMAP_H

#include <stddef.h>
#include <stdint.h>

struct strmap_slot {
	const char *key;
	void *value;
};

/** Keys are borrowed: they must outlive the map. Zero-initialise. */
struct strmap {
	struct strmap_slot *slots;
	size_t nr_slots; /* a power of two, or 0 */
	size_t nr_used;
	unsigned char secret[16]; /* key of the hash, drawn with the first slots */
};

/** The value of @key, or NULL. */
void *strmap_get(const struct strmap *map, const char *key);

/**
 * Put @value (not NULL) under @key unless the key is there. Returns the value
 * now under the key (the old one if it was there), or NULL when out of memory.
 */
void *strmap_put(struct strmap *map, const char *key, void *value);

/** Free the map's own memory; it is empty and usable again. */
void strmap_reset(struct strmap *map);

#endif
