/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text for terminals, JSON and HTML; distances; the map; the arena; libraries loaded late. */
#include <errno.h>
#include <setjmp.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/lazy.h"
#include "base/strmap.h"
#include "base/text.h"

static void test_utf8_size(void **state)
{
	static const struct {
		const char *text;
		size_t size;
		unsigned int code;
	} cases[] = {
		{ "a", 1, 'a' },
		{ "\xc3\xa9", 2, 0xe9 },
		{ "\xe2\x82\xac", 3, 0x20ac },
		{ "\xf0\x9f\x98\x80", 4, 0x1f600 },
		{ "\x80", 0, 0 },
		{ "\xc0\x80", 0, 0 },
		{ "\xe0\x80\x80", 0, 0 },
		{ "\xed\xa0\x80", 0, 0 },
		{ "\xf4\x90\x80\x80", 0, 0 },
		{ "\xf8\x88\x80\x80", 0, 0 },
		{ "\xe2\x82", 0, 0 },
		{ "\xe2\x28\xa1", 0, 0 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		unsigned int code = 0;
		size_t size = text_utf8_size(cases[i].text, strlen(cases[i].text), &code);

		assert_int_equal(size, cases[i].size);
		assert_int_equal(code, cases[i].code);
	}
}

static void test_visible(void **state)
{
	static const char text[] = "a\tb\033[31m\xe2\x80\xae\xff\x7f\xc2\x85é";
	struct strbuf sb = STRBUF_INIT;

	text_add_visible(&sb, text, sizeof(text) - 1);
	assert_string_equal(strbuf_str(&sb), "a b\\x1b[31m\\u{202e}\\xff\\x7f\\u{85}é");
	strbuf_reset(&sb);
}

static void test_width(void **state)
{
	static const struct {
		const char *text;
		size_t width;
	} rows[] = {
		{ "", 0 },	    { "plain", 5 },	    { "\xc3\xa9", 1 },
		{ "e\xcc\x81", 1 }, { "\xe5\xae\xbd!", 3 }, { "\xf0\x9f\x98\x80", 2 },
		{ "\xff\xc3", 2 },  { "a\tb", 3 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(text_width(rows[i].text, strlen(rows[i].text)), rows[i].width);
}

static void test_json(void **state)
{
	struct strbuf sb = STRBUF_INIT;

	text_add_json(&sb, "q\"b\\n\n\t\001\xffé\xe2\x80\xa8");
	text_add_json(&sb, NULL);
	assert_string_equal(strbuf_str(&sb),
			    "\"q\\\"b\\\\n\\n\\t\\u0001\xef\xbf\xbdé\\u2028\"null");
	strbuf_reset(&sb);
}

static void test_html(void **state)
{
	struct strbuf sb = STRBUF_INIT;

	text_add_html(&sb, "<a href=\"x\">'&\033\n", 16);
	assert_string_equal(strbuf_str(&sb),
			    "&lt;a href=&quot;x&quot;&gt;&#39;&amp;\xef\xbf\xbd\n");
	strbuf_reset(&sb);
}

static void test_distance(void **state)
{
	char longer[100];

	assert_int_equal(text_distance("Supported", "Supported", 3), 0);
	assert_int_equal(text_distance("supported", "Supported", 3), 0);
	assert_int_equal(text_distance("Suported", "Supported", 3), 1);
	assert_int_equal(text_distance("Expermental", "Experimental", 3), 1);
	assert_int_equal(text_distance("alhpa", "alpha", 3), 1);
	assert_int_equal(text_distance("kitten", "sitting", 3), 3);
	assert_int_equal(text_distance("kitten", "sitting", 2), 3);
	assert_int_equal(text_distance("", "abc", 3), 3);
	assert_int_equal(text_distance("abcdefgh", "x", 2), 3);
	memset(longer, 'a', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	assert_int_equal(text_distance(longer, longer, 2), 3);
}

static void test_map(void **state)
{
	enum { NR = 5000 };
	static char keys[NR][16];
	struct strmap map = { 0 };

	assert_null(strmap_get(&map, "x"));
	for (int i = 0; i < NR; i++) {
		snprintf(keys[i], sizeof(keys[i]), "key%d", i);
		assert_ptr_equal(strmap_put(&map, keys[i], keys[i]), keys[i]);
	}
	for (int i = 0; i < NR; i++) {
		char key[16];

		snprintf(key, sizeof(key), "key%d", i);
		assert_ptr_equal(strmap_get(&map, key), keys[i]);
		assert_ptr_equal(strmap_put(&map, key, key), keys[i]);
	}
	assert_null(strmap_get(&map, "key5000"));
	assert_int_equal(map.nr_used, NR);
	strmap_reset(&map);
	assert_null(strmap_get(&map, "key1"));
}

static void test_arena(void **state)
{
	struct arena *a = arena_create();
	static const size_t sizes[] = { 1, 7, 64, 65536, 3, 1000000, 65535, 0, 16 };
	unsigned char *pieces[9];

	assert_non_null(a);
	for (int i = 0; i < 9; i++) {
		pieces[i] = arena_alloc(a, sizes[i]);
		assert_non_null(pieces[i]);
		assert_int_equal((uintptr_t)pieces[i] % alignof(max_align_t), 0);
		for (size_t j = 0; j < sizes[i]; j++)
			assert_int_equal(pieces[i][j], 0);
		memset(pieces[i], i + 1, sizes[i]);
	}
	for (int i = 0; i < 9; i++) {
		for (size_t j = 0; j < sizes[i]; j++)
			assert_int_equal(pieces[i][j], i + 1);
	}
	assert_null(arena_alloc(a, SIZE_MAX - 4));
	arena_destroy(a);
	arena_destroy(NULL);
}

/* Texts lie side by side; what comes behind them is aligned all the same. */
static void test_arena_bytes(void **state)
{
	struct arena *a = arena_create();

	assert_non_null(a);
	for (size_t i = 0; i < 40000; i++) {
		char *text = arena_bytes(a, i % 7), *more = arena_bytes(a, 3);
		unsigned char *piece = arena_alloc(a, 24);

		assert_true(text && more && piece);
		assert_int_equal((uintptr_t)piece % alignof(max_align_t), 0);
		memset(text, 'a', i % 7);
		assert_memory_equal(more, "\0\0", 3);
		memset(more, 'b', 3);
		for (size_t j = 0; j < 24; j++)
			assert_int_equal(piece[j], 0);
		assert_true(more != text || i % 7 == 0);
	}
	assert_null(arena_bytes(a, SIZE_MAX - 4));
	arena_destroy(a);
}

/* At each place of a text of each length around a word's. */
static void test_plain(void **state)
{
	char text[24];

	assert_true(text_is_plain("", 0));
	for (size_t size = 1; size < sizeof(text); size++) {
		for (size_t at = 0; at < size; at++) {
			memset(text, at % 2 ? ' ' : '~', sizeof(text));
			assert_true(text_is_plain(text, size));
			for (int c = 0; c < 256; c++) {
				text[at] = (char)c;
				assert_int_equal(text_is_plain(text, size), c >= 0x20 && c < 0x7f);
			}
		}
	}
}

static void test_lazy(void **state)
{
	static const char *const names[] = { "strlen", "strcmp" };
	static const char *const wrong[] = { "strlen", "no_such_function" };
	struct {
		size_t (*strlen)(const char *text);
		int (*strcmp)(const char *a, const char *b);
	} calls = { 0 };
	char why[256] = "";

	assert_int_equal(lazy_load("libc.so.6", names, 2, &calls, why, sizeof(why)), 0);
	assert_string_equal(why, "");
	assert_int_equal(calls.strlen("four"), 4);
	assert_true(calls.strcmp(names[1], names[0]) < 0);
	assert_int_equal(lazy_load("libc.so.6", wrong, 2, &calls, why, sizeof(why)), -ENOENT);
	assert_non_null(strstr(why, "no_such_function"));
	assert_int_equal(lazy_load("libnowhere.so.9", names, 2, &calls, why, sizeof(why)), -ENOENT);
	assert_non_null(strstr(why, "libnowhere.so.9"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_utf8_size),   cmocka_unit_test(test_visible),
		cmocka_unit_test(test_width),	    cmocka_unit_test(test_json),
		cmocka_unit_test(test_html),	    cmocka_unit_test(test_distance),
		cmocka_unit_test(test_map),	    cmocka_unit_test(test_arena),
		cmocka_unit_test(test_arena_bytes), cmocka_unit_test(test_plain),
		cmocka_unit_test(test_lazy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
