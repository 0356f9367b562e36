/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lib/string.c and lib/vsnprintf.c against the host's C library. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <candor/support.h>
#include <hv/nospec.h>
#include <hv/printk.h>

SUPPORT_TEST(spec_index_mask, "unit/hv-lib");

/* lib/string.c, built with its functions renamed. */
void *lib_memcpy(void *restrict dst, const void *restrict src, size_t n);
void *lib_memmove(void *dst, const void *src, size_t n);
void *lib_memset(void *dst, int c, size_t n);
int lib_memcmp(const void *a, const void *b, size_t n);
void *lib_memchr(const void *s, int c, size_t n);
size_t lib_strlen(const char *s);
size_t lib_strnlen(const char *s, size_t max);
int lib_strcmp(const char *a, const char *b);
int lib_strncmp(const char *a, const char *b, size_t n);
char *lib_strchr(const char *s, int c);

#define SIZE 96

static void fill(unsigned char *p)
{
	for (unsigned i = 0; i < SIZE; i++)
		p[i] = (unsigned char)rand();
}

static int sign(int x)
{
	return (x > 0) - (x < 0);
}

static void memory_functions_match(void **state)
{
	unsigned char src[SIZE], want[SIZE], got[SIZE];

	srand(1);
	for (unsigned round = 0; round < 20000; round++) {
		size_t from = (size_t)rand() % 32, to = (size_t)rand() % 32;
		size_t n = (size_t)rand() % 60;

		fill(src);
		fill(want);
		memcpy(got, want, SIZE);
		memcpy(want + to, src + from, n);
		assert_ptr_equal(lib_memcpy(got + to, src + from, n), got + to);
		assert_memory_equal(got, want, SIZE);
		memmove(want + to, want + from, n);
		assert_ptr_equal(lib_memmove(got + to, got + from, n), got + to);
		assert_memory_equal(got, want, SIZE);
		memset(want + to, src[0], n);
		assert_ptr_equal(lib_memset(got + to, src[0], n), got + to);
		assert_memory_equal(got, want, SIZE);
		assert_int_equal(sign(lib_memcmp(src + from, got + from, n)),
				 sign(memcmp(src + from, got + from, n)));
		assert_int_equal(lib_memcmp(src + from, src + from, n), 0);
		assert_ptr_equal(lib_memchr(src + from, src[50] | 0x100, n),
				 memchr(src + from, src[50], n));
	}
}

static void string_functions_match(void **state)
{
	static const char *const texts[] = { "", "a", "b", "ab", "abc", "abd", "\xff", "abc=def" };

	for (unsigned i = 0; i < ARRAY_SIZE(texts); i++) {
		const char *a = texts[i];

		assert_int_equal(lib_strlen(a), strlen(a));
		for (unsigned n = 0; n < 8; n++)
			assert_int_equal(lib_strnlen(a, n), strnlen(a, n));
		for (int c = 0; c < 256; c++)
			assert_ptr_equal(lib_strchr(a, c), strchr(a, c));
		for (unsigned j = 0; j < ARRAY_SIZE(texts); j++) {
			const char *b = texts[j];

			assert_int_equal(sign(lib_strcmp(a, b)), sign(strcmp(a, b)));
			for (unsigned n = 0; n < 8; n++)
				assert_int_equal(sign(lib_strncmp(a, b, n)),
						 sign(strncmp(a, b, n)));
		}
	}
}

#define CHECK(...)                                                                  \
	do {                                                                        \
		char want[128], got[128];                                           \
		int len_ = snprintf(want, sizeof(want), __VA_ARGS__);               \
                                                                                    \
		assert_int_equal(hv_snprintf(got, sizeof(got), __VA_ARGS__), len_); \
		assert_string_equal(got, want);                                     \
		memset(want, 'x', sizeof(want));                                    \
		memset(got, 'x', sizeof(got));                                      \
		snprintf(want, 5, __VA_ARGS__);                                     \
		assert_int_equal(hv_snprintf(got, 5, __VA_ARGS__), len_);           \
		assert_memory_equal(got, want, sizeof(got));                        \
	} while (0)

static void format_numbers(void **state)
{
	static const long values[] = { 0,     1,	 -1,	    42,	       255,
				       65536, INT32_MAX, INT32_MIN, INT64_MAX, INT64_MIN };

	for (unsigned i = 0; i < ARRAY_SIZE(values); i++) {
		long n = values[i];

		CHECK("%ld|%5ld|%-5ld|%05ld|%+ld|% ld", n, n, n, n, n, n);
		CHECK("%d|%i|%u|%x|%X", (int)n, (int)n, (int)n, (int)n, (int)n);
		CHECK("%hhd|%hd|%hhu|%hu|%hhx", (int)n, (int)n, (int)n, (int)n, (int)n);
		CHECK("%lu|%lx|%llx|%zx|%zu", n, n, (long long)n, n, n);
		CHECK("%#lx|%#010lx|%016lx|%-20lx|%20lX", n, n, n, n, n);
		CHECK("%.3ld|%8.3ld|%-8.3ld|%08.3ld|%.0ld", n, n, n, n, n);
		CHECK("%*ld|%*ld|%.*ld", 7, n, -7, n, 4, n);
	}
}

static void format_text(void **state)
{
	CHECK("%s|%10s|%-10s|%.2s|%10.2s|%.*s", "abc", "abc", "abc", "abc", "abc", 1, "abc");
	CHECK("%c|%3c|%-3c|%%", 'a', 'b', 'c');
	CHECK("%p", (void *)0x1234);
	CHECK("plain");
	CHECK("%s", "");
	CHECK("%.*s", -1, "abc");
}

static void format_edges(void **state)
{
	char buf[8] = "unused";
	const char *volatile none = NULL;

	assert_int_equal(hv_snprintf(NULL, 0, "%d", 12345), 5);
	assert_int_equal(hv_snprintf(buf, 1, "%d", 12345), 5);
	assert_string_equal(buf, "");
	hv_snprintf(buf, sizeof(buf), "%s", none);
	assert_string_equal(buf, "(null)");
	/* What it does not know it shows. */
	hv_snprintf(buf, sizeof(buf), "%k");
	assert_string_equal(buf, "%k");
	hv_snprintf(buf, sizeof(buf), "a%");
	assert_string_equal(buf, "a");
}

/* What an index is made of, in order and out of it. */
static void index_masks(void **state)
{
	static const uint64_t sizes[] = { 1, 2, 3, 63, 64, 4096, 131072, 1ull << 32, INT64_MAX };

	for (unsigned i = 0; i < ARRAY_SIZE(sizes); i++) {
		uint64_t nr = sizes[i];

		assert_int_equal(nospec_index(0, nr), 0);
		assert_true(nospec_index(nr - 1, nr) == nr - 1);
		assert_true(nospec_index(nr / 2, nr) == nr / 2);
		assert_int_equal(nospec_index(nr, nr), 0);
		assert_int_equal(nospec_index(nr + 1, nr), 0);
		assert_int_equal(nospec_index(INT64_MAX, nr), 0);
		assert_int_equal(nospec_index(1ull << 63, nr), 0);
		assert_int_equal(nospec_index(UINT64_MAX, nr), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_functions_match), cmocka_unit_test(string_functions_match),
		cmocka_unit_test(format_numbers),	  cmocka_unit_test(format_text),
		cmocka_unit_test(format_edges),		  cmocka_unit_test(index_masks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
