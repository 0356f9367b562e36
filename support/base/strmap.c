/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A map from strings to pointers: open addressing, at most half full. Keys come
 * from files that may be hostile, so the hash is keyed: SipHash of libsodium with
 * a key drawn for each map; nothing depends on the order of slots.
 */
#include "base/strmap.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <sodium/crypto_shorthash.h>

static_assert(crypto_shorthash_KEYBYTES == sizeof(((struct strmap *)0)->secret),
	      "the key of libsodium's SipHash");

static struct strmap_slot *find(const struct strmap *map, const char *key)
{
	uint64_t hash;
	size_t i;

	crypto_shorthash((unsigned char *)&hash, (const unsigned char *)key, strlen(key),
			 map->secret);
	i = (size_t)hash & (map->nr_slots - 1);
	while (map->slots[i].key && strcmp(map->slots[i].key, key))
		i = (i + 1) & (map->nr_slots - 1);
	return &map->slots[i];
}

static bool grow(struct strmap *map)
{
	struct strmap larger = { .nr_slots = map->nr_slots ? map->nr_slots * 2 : 64 };

	if (map->nr_slots)
		memcpy(larger.secret, map->secret, sizeof(larger.secret));
	else
		crypto_shorthash_keygen(larger.secret);
	larger.slots = calloc(larger.nr_slots, sizeof(*larger.slots));
	if (!larger.slots)
		return false;
	for (size_t i = 0; i < map->nr_slots; i++) {
		if (map->slots[i].key)
			*find(&larger, map->slots[i].key) = map->slots[i];
	}
	larger.nr_used = map->nr_used;
	free(map->slots);
	*map = larger;
	return true;
}

void *strmap_get(const struct strmap *map, const char *key)
{
	return map->nr_used ? find(map, key)->value : NULL;
}

void *strmap_put(struct strmap *map, const char *key, void *value)
{
	struct strmap_slot *slot;

	if (map->nr_used * 2 >= map->nr_slots && !grow(map))
		return NULL;
	slot = find(map, key);
	if (slot->key)
		return slot->value;
	*slot = (struct strmap_slot){ .key = key, .value = value };
	map->nr_used++;
	return value;
}

void strmap_reset(struct strmap *map)
{
	free(map->slots);
	*map = (struct strmap){ 0 };
}
