/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Checking detached OpenPGP signatures against a given set of public keys,
 * in a GnuPG home of its own: the user's keys, trust and settings play no part.
 */
#ifndef CANDOR_SIGN_KEYRING_H
#define CANDOR_SIGN_KEYRING_H

#include "trouble.h"

#include <stdbool.h>
#include <stddef.h>

struct keyring;

struct keyring_result {
	bool good;
	char fingerprint[65]; /* of the primary key that signed, when good */
	char why[160];	      /* why not, when not */
};

/**
 * Import public keys (binary or armoured) read from @place. Returns 0 or
 * -errno (-ENOKEY: there is none in them).
 */
int keyring_open(const char *place, const void *keys, size_t size, struct trouble *trouble,
		 struct keyring **ret_keyring);

/** Free and remove the temporary home; accepts NULL. */
void keyring_close(struct keyring *k);

/**
 * Check armoured signature @sig over @data. Good means: the one spelling of
 * armor.h, a key of the keyring that is neither expired nor revoked, a digest
 * of the SHA-2 family of at least 256 bits. Returns 0 with @ret filled, or
 * -errno if gpg could not be asked.
 */
int keyring_check(struct keyring *k, const void *data, size_t size, const char *sig,
		  size_t sig_size, struct trouble *trouble, struct keyring_result *ret);

#endif
