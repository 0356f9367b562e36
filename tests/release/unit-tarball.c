/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* unit/tarball: the archive writer alone. */
#include "tarball/tarball.h"

#include "base/file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <archive.h>
#include <archive_entry.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const char commit[] = "0123456789abcdef0123456789abcdef01234567";
static char path[64];

static int choose_path(void **state)
{
	snprintf(path, sizeof(path), "unit-tarball-%d.tar.xz", (int)getpid());
	unlink(path);
	return 0;
}

static int remove_path(void **state)
{
	unlink(path);
	return 0;
}

static struct tarball *start(struct trouble *trouble)
{
	struct tarball *t = NULL;

	*trouble = (struct trouble){ 0 };
	assert_int_equal(tarball_create(path, 1700000000, commit, trouble, &t), 0);
	return t;
}

static void holds_what_was_added(void **state)
{
	static const char *const expected[] = { "p", "p/a", "p/d", "p/d/e", "p/d/e/f", "p/d.x" };
	struct trouble trouble;
	struct tarball *t = start(&trouble);
	struct archive *in = archive_read_new();
	struct archive_entry *entry;
	char sha256[65], data[8] = { 0 };
	size_t nr = 0;

	assert_int_equal(tarball_add_file(t, "p/a", "xyz", 3, TARBALL_EXECUTABLE, &trouble), 0);
	assert_int_equal(tarball_add_link(t, "p/d.x", "target", &trouble), 0);
	assert_int_equal(tarball_add_file(t, "p/d/e/f", "", 0, TARBALL_PLAIN, &trouble), 0);
	assert_int_equal(tarball_finish(t, &trouble, sha256), 0);
	archive_read_support_filter_xz(in);
	archive_read_support_format_tar(in);
	assert_int_equal(archive_read_open_filename(in, path, 4096), ARCHIVE_OK);
	while (archive_read_next_header(in, &entry) == ARCHIVE_OK) {
		const char *name = archive_entry_pathname(entry);
		bool known = false;

		for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++)
			known = known || !strncmp(name, expected[i], strlen(expected[i]));
		assert_true(known);
		assert_int_equal(archive_entry_mtime(entry), 1700000000);
		assert_int_equal(archive_entry_uid(entry), 0);
		if (!strcmp(name, "p/a")) {
			assert_int_equal(archive_entry_perm(entry), 0755);
			assert_int_equal(archive_read_data(in, data, sizeof(data)), 3);
			assert_string_equal(data, "xyz");
		}
		if (!strcmp(name, "p/d.x"))
			assert_string_equal(archive_entry_symlink(entry), "target");
		nr++;
	}
	assert_int_equal(nr, 6);
	archive_read_free(in);
}

static void bad_names_are_refused(void **state)
{
	static const char *const bad[] = { "",	 "/a",	  "a/",	  "a//b", ".",
					   "..", "a/./b", "a/..", "../a" };
	struct trouble trouble;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct tarball *t = start(&trouble);

		assert_int_equal(tarball_add_file(t, bad[i], "", 0, TARBALL_PLAIN, &trouble),
				 -EINVAL);
		assert_non_null(strstr(trouble.text, "\n       = "));
		tarball_destroy(t);
		assert_int_not_equal(access(path, F_OK), 0);
	}
}

static void order_is_demanded(void **state)
{
	static const char *const second[] = { "p/b", "p/a", "o/z", "p" };
	struct trouble trouble;

	for (size_t i = 0; i < sizeof(second) / sizeof(second[0]); i++) {
		struct tarball *t = start(&trouble);

		assert_int_equal(tarball_add_file(t, "p/b", "", 0, TARBALL_PLAIN, &trouble), 0);
		assert_int_equal(tarball_add_link(t, second[i], "x", &trouble), -EINVAL);
		tarball_destroy(t);
	}
}

static void existing_file_stays(void **state)
{
	struct trouble trouble = { 0 };
	struct tarball *t = NULL;

	assert_int_equal(file_write_atomic(path, "mine", 4), 0);
	assert_int_equal(tarball_create(path, 0, commit, &trouble, &t), -EEXIST);
	assert_null(t);
	assert_int_equal(access(path, F_OK), 0);
}

static void hash_is_of_the_content(void **state)
{
	char a[65], b[65], c[65];
	struct trouble trouble;
	struct tarball *t = start(&trouble);

	assert_int_equal(tarball_add_file(t, "a", "1", 1, TARBALL_PLAIN, &trouble), 0);
	assert_int_equal(tarball_finish(t, &trouble, a), 0);
	unlink(path);
	t = start(&trouble);
	assert_int_equal(tarball_add_file(t, "a", "1", 1, TARBALL_PLAIN, &trouble), 0);
	assert_int_equal(tarball_finish(t, &trouble, b), 0);
	unlink(path);
	t = start(&trouble);
	assert_int_equal(tarball_add_file(t, "a", "1", 1, TARBALL_EXECUTABLE, &trouble), 0);
	assert_int_equal(tarball_finish(t, &trouble, c), 0);
	assert_string_equal(a, b);
	assert_string_not_equal(a, c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(holds_what_was_added, choose_path, remove_path),
		cmocka_unit_test_setup_teardown(bad_names_are_refused, choose_path, remove_path),
		cmocka_unit_test_setup_teardown(order_is_demanded, choose_path, remove_path),
		cmocka_unit_test_setup_teardown(existing_file_stays, choose_path, remove_path),
		cmocka_unit_test_setup_teardown(hash_is_of_the_content, choose_path, remove_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
