/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whole files in and out; what is no regular file stays what it is. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"

static char folder[] = "/tmp/candor-file-XXXXXX";

static int enter_folder(void **state)
{
	return !mkdtemp(folder) || chdir(folder);
}

static int leave_folder(void **state)
{
	static const char *const names[] = { "a", "link", "pipe", "to-pipe", "loop" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		unlink(names[i]);
	/* Fails if a temporary file was left behind. */
	return rmdir(folder);
}

static void assert_holds(const char *path, const char *text)
{
	size_t size;
	char *data;

	assert_int_equal(file_read(path, 100, &data, &size), 0);
	assert_string_equal(data, text);
	free(data);
}

static void test_replace(void **state)
{
	struct stat st;

	assert_int_equal(file_write_atomic("a", "one", 3), 0);
	assert_holds("a", "one");
	assert_int_equal(symlink("a", "link"), 0);
	assert_int_equal(file_write_atomic("link", "two", 3), 0);
	assert_holds("a", "two");
	assert_int_equal(lstat("link", &st), 0);
	assert_true(S_ISLNK(st.st_mode));
}

static void test_special(void **state)
{
	char got[8] = "";
	struct stat st;
	int fd;

	assert_int_equal(mkfifo("pipe", 0600), 0);
	assert_int_equal(symlink("pipe", "to-pipe"), 0);
	fd = open("pipe", O_RDONLY | O_NONBLOCK);
	assert_true(fd >= 0);
	assert_int_equal(file_write_atomic("pipe", "one", 3), 0);
	assert_int_equal(file_write_atomic("to-pipe", "two", 3), 0);
	assert_int_equal(read(fd, got, sizeof(got)), 6);
	assert_memory_equal(got, "onetwo", 6);
	close(fd);
	assert_int_equal(lstat("pipe", &st), 0);
	assert_true(S_ISFIFO(st.st_mode));
	/* A pipe nobody reads is no file to be read either. */
	assert_int_equal(file_read("pipe", 100, &(char *){ NULL }, &(size_t){ 0 }), -EINVAL);
}

static void test_refused(void **state)
{
	assert_int_equal(symlink("loop", "loop"), 0);
	assert_int_equal(file_write_atomic("loop", "x", 1), -ELOOP);
	assert_int_equal(file_write_atomic(".", "x", 1), -EISDIR);
	assert_int_equal(file_write_atomic("none/x", "x", 1), -ENOENT);
	assert_int_equal(file_write_atomic("a/x", "x", 1), -ENOTDIR);
	assert_int_equal(file_read("a", 2, &(char *){ NULL }, &(size_t){ 0 }), -EFBIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_replace),
		cmocka_unit_test(test_special),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests_name("file", tests, enter_folder, leave_folder);
}
