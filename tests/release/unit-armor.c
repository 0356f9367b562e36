/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unit/armor: one spelling of a signature. The sample was made by gpg 2.2 with
 * an Ed25519 key; its armour must come out as gpg writes it.
 */
#include "sign/armor.h"

#include <errno.h>
#include <string.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const char sample[] = "-----BEGIN PGP SIGNATURE-----\n"
			     "\n"
			     "iHUEABYIAB0WIQR/tXSHMAn4R2gDoQ4qoC4cJ3FpvgUCawKjAgAKCRAqoC4cJ3Fp\n"
			     "vmfZAQD6/0YIVMDkCNiTPywMn5tTw9xXVnZ2HHJTfr+PMcO7xAEAwYT2nRNtQKSn\n"
			     "fk7m/U2/Wl4pa+IeCjQgr0EftJAMfwg=\n"
			     "=GzmB\n"
			     "-----END PGP SIGNATURE-----\n";

#define UNHASHED_AT 37 /* count, then the issuer subpacket */
#define LEFT16_AT 49   /* start of the digest: gpg checks it */
#define FIRST_MPI_AT 51
#define SECOND_MPI_AT 85

static size_t decode_sample(unsigned char data[ARMOR_MAX])
{
	const char *why;
	size_t size;

	assert_int_equal(armor_decode(sample, sizeof(sample) - 1, data, &size, &why), 0);
	return size;
}

static void sample_is_accepted(void **state)
{
	unsigned char data[ARMOR_MAX];
	struct strbuf again = STRBUF_INIT;
	const char *why;
	size_t size = decode_sample(data);

	assert_int_equal(size, 119);
	assert_int_equal(armor_check_packet(data, size, &why), 0);
	armor_encode(data, size, &again);
	assert_string_equal(strbuf_str(&again), sample);
	strbuf_reset(&again);
}

static void every_length_returns(void **state)
{
	unsigned char data[ARMOR_MAX], back[ARMOR_MAX];
	const char *why;

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (unsigned char)(i * 37 + 11);
	for (size_t size = 1; size <= ARMOR_MAX; size = size < 200 ? size + 1 : size * 2 - 7) {
		struct strbuf text = STRBUF_INIT;
		size_t back_size = 0;

		armor_encode(data, size, &text);
		assert_int_equal(armor_decode(text.data, text.size, back, &back_size, &why), 0);
		assert_int_equal(back_size, size);
		assert_memory_equal(back, data, size);
		strbuf_reset(&text);
	}
}

/* What gpgv overlooks: the last digit's spare bits, CRC, tail, line ends. */
static void every_changed_byte_is_refused(void **state)
{
	unsigned char data[ARMOR_MAX];
	char text[sizeof(sample)];
	const char *why;
	size_t size;

	for (size_t at = 0; at < sizeof(sample) - 1; at++) {
		for (int value = 0; value < 256; value++) {
			memcpy(text, sample, sizeof(sample));
			if ((unsigned char)text[at] == value)
				continue;
			text[at] = (char)value;
			assert_int_equal(armor_decode(text, sizeof(sample) - 1, data, &size, &why),
					 -EINVAL);
		}
	}
	for (size_t shorter = 0; shorter < sizeof(sample) - 1; shorter++)
		assert_int_equal(armor_decode(sample, shorter, data, &size, &why), -EINVAL);
}

static void too_long_is_refused(void **state)
{
	unsigned char data[ARMOR_MAX + 3] = { 0 };
	unsigned char back[ARMOR_MAX];
	struct strbuf text = STRBUF_INIT;
	const char *why;
	size_t size;

	armor_encode(data, sizeof(data), &text);
	assert_int_equal(armor_decode(text.data, text.size, back, &size, &why), -EINVAL);
	strbuf_reset(&text);
}

/*
 * What no signature covers and gpg does not mind must be refused here: packet
 * header and unhashed area. The rest is gpg's to judge; here it must only not
 * be read beyond its end.
 */
static void unsigned_parts_are_fixed(void **state)
{
	unsigned char good[ARMOR_MAX], data[ARMOR_MAX];
	size_t size = decode_sample(good);
	const char *why;

	for (size_t at = 0; at < size; at++) {
		for (int bit = 0; bit < 8; bit++) {
			int rc;

			memcpy(data, good, size);
			data[at] ^= (unsigned char)(1 << bit);
			rc = armor_check_packet(data, size, &why);
			if (at < 3 || (at >= UNHASHED_AT && at < LEFT16_AT))
				assert_int_equal(rc, -EINVAL);
			if ((at >= FIRST_MPI_AT && at < FIRST_MPI_AT + 2) ||
			    (at >= SECOND_MPI_AT && at < SECOND_MPI_AT + 2))
				assert_int_equal(rc, -EINVAL);
		}
	}
	for (size_t shorter = 0; shorter < size; shorter++)
		assert_int_equal(armor_check_packet(good, shorter, &why), -EINVAL);
}

/* 249 to 255 bits take as many bytes as 256 do, but the first byte says 256. */
static void wrong_bit_count_is_refused(void **state)
{
	unsigned char data[ARMOR_MAX];
	size_t size = decode_sample(data);
	const char *why;

	assert_int_equal(data[FIRST_MPI_AT] << 8 | data[FIRST_MPI_AT + 1], 256);
	for (unsigned char bits = 249; bits; bits++) {
		data[FIRST_MPI_AT] = 0;
		data[FIRST_MPI_AT + 1] = bits;
		assert_int_equal(armor_check_packet(data, size, &why), -EINVAL);
	}
}

static void second_packet_is_refused(void **state)
{
	unsigned char data[ARMOR_MAX];
	size_t size = decode_sample(data);
	const char *why;

	memcpy(data + size, data, size);
	assert_int_equal(armor_check_packet(data, 2 * size, &why), -EINVAL);
}

/* One byte more in the unhashed area, all lengths adjusted. */
static void extra_unhashed_part_is_refused(void **state)
{
	unsigned char data[ARMOR_MAX];
	size_t size = decode_sample(data);
	const char *why;

	memmove(data + LEFT16_AT + 3, data + LEFT16_AT, size - LEFT16_AT);
	memcpy(data + LEFT16_AT, "\x02\x65x", 3); /* private subpacket 101 */
	data[1] = (unsigned char)(data[1] + 3);
	data[UNHASHED_AT + 1] = 13;
	assert_int_equal(armor_check_packet(data, size + 3, &why), -EINVAL);
	assert_string_equal(why, "it holds parts that are not signed");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sample_is_accepted),
		cmocka_unit_test(every_length_returns),
		cmocka_unit_test(every_changed_byte_is_refused),
		cmocka_unit_test(too_long_is_refused),
		cmocka_unit_test(unsigned_parts_are_fixed),
		cmocka_unit_test(wrong_bit_count_is_refused),
		cmocka_unit_test(second_packet_is_refused),
		cmocka_unit_test(extra_unhashed_part_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
