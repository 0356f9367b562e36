/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Armoured OpenPGP signatures in exactly one spelling.
 *
 * OpenPGP lets many byte strings stand for one signature: other line lengths,
 * comment headers, any text behind the base64, unhashed subpackets, lengths
 * with leading zeros. gpgv takes them all. Here only one is written and only
 * that one is read, so that no byte of a signature file can be changed without
 * being noticed.
 */
#ifndef CANDOR_SIGN_ARMOR_H
#define CANDOR_SIGN_ARMOR_H

#include "base/strbuf.h"

#include <stddef.h>

/** No sane detached signature is longer (RSA 16384 takes about 2200). */
#define ARMOR_MAX 8192

/** Append @size bytes (at most ARMOR_MAX) as an armoured signature. */
void armor_encode(const unsigned char *data, size_t size, struct strbuf *ret_text);

/**
 * Decode an armoured signature in whatever spelling gpg.conf asks gpg for.
 * Gives 0 or -EINVAL.
 */
int armor_read(const char *text, size_t size, unsigned char ret_data[ARMOR_MAX], size_t *ret_size);

/**
 * Decode @text of @size bytes, which must be what armor_encode() writes.
 * Gives 0 and the bytes in @ret_data, or -EINVAL with *@ret_why a reason
 * (static text).
 */
int armor_decode(const char *text, size_t size, unsigned char ret_data[ARMOR_MAX], size_t *ret_size,
		 const char **ret_why);

/**
 * Whether @data is one version 4 signature packet without slack: shortest
 * length form, nothing behind it, integers without leading zeros, and nothing
 * outside the hashed part but the issuer's key id, which agrees with the
 * fingerprint in the hashed part. Returns 0 or -EINVAL with *@ret_why.
 */
int armor_check_packet(const unsigned char *data, size_t size, const char **ret_why);

#endif
