/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Armoured OpenPGP signatures in exactly one spelling (RFC 4880, section 6). */
#include "sign/armor.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static const char head[] = "-----BEGIN PGP SIGNATURE-----\n\n";
#define BEGIN_SIZE (sizeof(head) - 3) /* without line ends and NUL */
static const char tail[] = "-----END PGP SIGNATURE-----\n";
static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* RFC 4880, section 6.1. */
static uint32_t crc24(const unsigned char *data, size_t size)
{
	uint32_t crc = 0xb704ce;

	for (size_t i = 0; i < size; i++) {
		crc ^= (uint32_t)data[i] << 16;
		for (int bit = 0; bit < 8; bit++) {
			crc <<= 1;
			if (crc & 0x1000000)
				crc ^= 0x1864cfb;
		}
	}
	return crc & 0xffffff;
}

/* Up to three bytes as four digits. */
static void put_group(const unsigned char *data, size_t size, struct strbuf *sb)
{
	uint32_t v = (uint32_t)data[0] << 16;
	char out[4];

	if (size > 1)
		v |= (uint32_t)data[1] << 8;
	if (size > 2)
		v |= data[2];
	out[0] = digits[v >> 18];
	out[1] = digits[v >> 12 & 63];
	out[2] = size > 1 ? digits[v >> 6 & 63] : '=';
	out[3] = size > 2 ? digits[v & 63] : '=';
	strbuf_add(sb, out, 4);
}

void armor_encode(const unsigned char *data, size_t size, struct strbuf *ret_text)
{
	uint32_t crc = crc24(data, size);
	const unsigned char check[3] = { (unsigned char)(crc >> 16), (unsigned char)(crc >> 8),
					 (unsigned char)crc };

	strbuf_puts(ret_text, head);
	for (size_t i = 0; i < size; i += 3) {
		put_group(data + i, size - i < 3 ? size - i : 3, ret_text);
		if (i % 48 == 45 || i + 3 >= size)
			strbuf_puts(ret_text, "\n");
	}
	strbuf_puts(ret_text, "=");
	put_group(check, 3, ret_text);
	strbuf_puts(ret_text, "\n");
	strbuf_puts(ret_text, tail);
}

static int digit_value(char c)
{
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

/*
 * Lenient on purpose: takes digits up to the first '=', skips line ends.
 * armor_decode() compares with the one right spelling afterwards.
 */
static int decode_body(const char *text, size_t size, unsigned char *data, size_t *ret_size)
{
	uint32_t bits = 0;
	int nr_bits = 0;
	size_t n = 0;

	for (size_t i = 0; i < size && text[i] != '='; i++) {
		int v = digit_value(text[i]);

		if (text[i] == '\n')
			continue;
		if (v < 0)
			return -EINVAL;
		bits = bits << 6 | (uint32_t)v;
		nr_bits += 6;
		if (nr_bits < 8)
			continue;
		if (n == ARMOR_MAX)
			return -EINVAL;
		nr_bits -= 8;
		data[n++] = (unsigned char)(bits >> nr_bits);
	}
	*ret_size = n;
	return 0;
}

int armor_read(const char *text, size_t size, unsigned char ret_data[ARMOR_MAX], size_t *ret_size)
{
	/* Headers, like a comment, end at the first empty line. */
	const char *body = memmem(text, size, "\n\n", 2);
	size_t n;

	if (size < BEGIN_SIZE || memcmp(text, head, BEGIN_SIZE) || !body ||
	    decode_body(body, size - (size_t)(body - text), ret_data, &n) || !n)
		return -EINVAL;
	*ret_size = n;
	return 0;
}

int armor_decode(const char *text, size_t size, unsigned char ret_data[ARMOR_MAX], size_t *ret_size,
		 const char **ret_why)
{
	struct strbuf again = STRBUF_INIT;
	int rc = -EINVAL;
	size_t n;

	*ret_why = "it is no armoured OpenPGP signature";
	if (size < sizeof(head) - 1 || memcmp(text, head, sizeof(head) - 1))
		return -EINVAL;
	if (decode_body(text + sizeof(head) - 1, size - (sizeof(head) - 1), ret_data, &n) || !n)
		return -EINVAL;
	armor_encode(ret_data, n, &again);
	if (again.failed) {
		*ret_why = "out of memory";
		rc = -ENOMEM;
	} else if (again.size != size || memcmp(again.data, text, size)) {
		*ret_why = "its armour is not spelled as candor writes it";
	} else {
		*ret_size = n;
		rc = 0;
	}
	strbuf_reset(&again);
	return rc;
}

/* What is left of a packet; every take is bounded by it. */
struct cursor {
	const unsigned char *at;
	size_t left;
};

static bool take(struct cursor *c, size_t size, const unsigned char **ret_at)
{
	if (size > c->left)
		return false;
	*ret_at = c->at;
	c->at += size;
	c->left -= size;
	return true;
}

/* Packet header, old format (RFC 4880, section 4.2.1), tag 2, shortest length. */
static bool take_header(struct cursor *c)
{
	const unsigned char *p;

	if (!take(c, 1, &p))
		return false;
	if (p[0] == 0x88)
		return take(c, 1, &p) && p[0] == c->left;
	if (p[0] == 0x89)
		return take(c, 2, &p) && (size_t)(p[0] << 8 | p[1]) == c->left && c->left > 255;
	return false;
}

/* A two-byte count and that many bytes. */
static bool take_area(struct cursor *c, struct cursor *ret_area)
{
	const unsigned char *p;
	size_t size;

	if (!take(c, 2, &p))
		return false;
	size = (size_t)(p[0] << 8 | p[1]);
	if (!take(c, size, &p))
		return false;
	*ret_area = (struct cursor){ p, size };
	return true;
}

/* The v4 issuer fingerprint (subpacket 33) in the hashed area, or NULL. */
static const unsigned char *find_fingerprint(struct cursor area)
{
	const unsigned char *p, *body;
	size_t size;

	while (take(&area, 1, &p)) {
		size = p[0];
		if (size == 255) {
			return NULL; /* four-byte lengths: nothing of ours is so long */
		} else if (size >= 192) {
			if (!take(&area, 1, &p))
				return NULL;
			size = (size - 192) * 256 + p[0] + 192;
		}
		if (!size || !take(&area, size, &body))
			return NULL;
		if ((body[0] & 0x7f) == 33 && size == 22 && body[1] == 4)
			return body + 2;
	}
	return NULL;
}

/* Section 3.2: a bit count that fits the first byte exactly. */
static bool take_integer(struct cursor *c)
{
	const unsigned char *p;
	size_t bits, first;

	if (!take(c, 2, &p))
		return false;
	bits = (size_t)(p[0] << 8 | p[1]);
	if (!bits || !take(c, (bits + 7) / 8, &p))
		return false;
	first = (bits - 1) % 8; /* the highest bit that must be set in p[0] */
	return p[0] >> first == 1;
}

/* Nothing outside the hashed part but a key id that the hashed part bears out. */
static bool unhashed_is_empty(struct cursor unhashed, struct cursor hashed)
{
	const unsigned char *fingerprint = find_fingerprint(hashed);

	if (!unhashed.left)
		return true;
	return fingerprint && unhashed.left == 10 && unhashed.at[0] == 9 && unhashed.at[1] == 16 &&
	       !memcmp(unhashed.at + 2, fingerprint + 12, 8);
}

int armor_check_packet(const unsigned char *data, size_t size, const char **ret_why)
{
	struct cursor c = { data, size }, hashed, unhashed;
	const unsigned char *p;

	*ret_why = "its packet is damaged, or more than one";
	if (!take_header(&c) || !take(&c, 4, &p))
		return -EINVAL;
	if (p[0] != 4) {
		*ret_why = "it is no version 4 signature";
		return -EINVAL;
	}
	if (!take_area(&c, &hashed) || !take_area(&c, &unhashed) || !take(&c, 2, &p))
		return -EINVAL;
	do {
		if (!take_integer(&c))
			return -EINVAL;
	} while (c.left);
	if (!unhashed_is_empty(unhashed, hashed)) {
		*ret_why = "it holds parts that are not signed";
		return -EINVAL;
	}
	return 0;
}
