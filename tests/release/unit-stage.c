/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* unit/stage: a folder under its name whole or not at all. */
#include "publish/stage.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static char top[] = "unit-stage-XXXXXX";
static char out[64];

static int make_top(void **state)
{
	strcpy(top, "unit-stage-XXXXXX");
	if (!mkdtemp(top))
		return -1;
	snprintf(out, sizeof(out), "%s/out", top);
	return 0;
}

static size_t nr_entries(const char *path)
{
	DIR *dir = opendir(path);
	size_t nr = 0;

	assert_non_null(dir);
	while (readdir(dir))
		nr++;
	closedir(dir);
	return nr - 2; /* "." and ".." */
}

static int remove_top(void **state)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/a", out);
	unlink(path);
	snprintf(path, sizeof(path), "%s/SHA256SUMS", out);
	unlink(path);
	rmdir(out);
	return rmdir(top);
}

static struct stage *start(void)
{
	struct trouble trouble = { 0 };
	struct stage *s = NULL;

	assert_int_equal(stage_create(out, &trouble, &s), 0);
	return s;
}

static void appears_at_once(void **state)
{
	struct trouble trouble = { 0 };
	struct stage *s = start();
	struct stat st;

	assert_int_equal(stage_write(s, "a", "x", 1, &trouble), 0);
	assert_int_not_equal(access(out, F_OK), 0);
	assert_int_equal(stage_publish(s, STAGE_KEEP, &trouble), 0);
	stage_destroy(s);
	assert_int_equal(nr_entries(out), 1);
	assert_int_equal(nr_entries(top), 1);
	assert_int_equal(stat(out, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0755);
}

static void given_up_leaves_nothing(void **state)
{
	struct trouble trouble = { 0 };
	struct stage *s = start();

	assert_int_equal(stage_write(s, "a", "x", 1, &trouble), 0);
	assert_int_equal(nr_entries(top), 1);
	stage_destroy(s);
	assert_int_equal(nr_entries(top), 0);
}

static void two_at_once_do_not_mix(void **state)
{
	struct trouble trouble = { 0 };
	struct stage *first = start(), *second = start();

	assert_string_not_equal(stage_path(first), stage_path(second));
	assert_int_equal(stage_write(first, "a", "1", 1, &trouble), 0);
	assert_int_equal(stage_publish(first, STAGE_KEEP, &trouble), 0);
	assert_int_equal(stage_write(second, "a", "2", 1, &trouble), 0);
	assert_int_equal(stage_publish(second, STAGE_KEEP, &trouble), -EEXIST);
	assert_string_equal(trouble.text, "");
	stage_destroy(first);
	stage_destroy(second);
	assert_int_equal(nr_entries(top), 1);
}

static void name_twice_is_refused(void **state)
{
	struct trouble trouble = { 0 };
	struct stage *s = start();

	assert_int_equal(stage_write(s, "a", "1", 1, &trouble), 0);
	assert_int_equal(stage_write(s, "a", "2", 1, &trouble), -EEXIST);
	stage_destroy(s);
}

static void replaced_in_one_step(void **state)
{
	struct trouble trouble = { 0 };

	for (int i = 0; i < 2; i++) {
		struct stage *s = start();

		assert_int_equal(stage_write(s, "SHA256SUMS", "x", 1, &trouble), 0);
		assert_int_equal(stage_publish(s, STAGE_REPLACE, &trouble), 0);
		stage_destroy(s);
	}
	assert_int_equal(nr_entries(out), 1);
	assert_int_equal(nr_entries(top), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(appears_at_once, make_top, remove_top),
		cmocka_unit_test_setup_teardown(given_up_leaves_nothing, make_top, remove_top),
		cmocka_unit_test_setup_teardown(two_at_once_do_not_mix, make_top, remove_top),
		cmocka_unit_test_setup_teardown(name_twice_is_refused, make_top, remove_top),
		cmocka_unit_test_setup_teardown(replaced_in_one_step, make_top, remove_top),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
