/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Making detached OpenPGP signatures with the user's gpg: agents and cards work. */
#ifndef CANDOR_SIGN_SIGN_H
#define CANDOR_SIGN_SIGN_H

#include "trouble.h"

#include <stddef.h>

struct signer;

/**
 * Find the secret key @key names (fingerprint, key id or address); NULL takes
 * the only one there is. Returns 0 or -errno.
 */
int sign_open(const char *key, struct trouble *trouble, struct signer **ret_signer);

/** Free; accepts NULL. */
void sign_close(struct signer *s);

/** The key's fingerprint, upper-case hex; borrowed. */
const char *sign_fingerprint(const struct signer *s);

/** Append the armoured signature over @size bytes. Returns 0 or -errno. */
int sign_detached(struct signer *s, const void *data, size_t size, struct trouble *trouble,
		  struct strbuf *ret_text);

/** Append the public key, binary and minimal, as gpgv wants it. Returns 0 or -errno. */
int sign_export(struct signer *s, struct trouble *trouble, struct strbuf *ret_key);

#endif
