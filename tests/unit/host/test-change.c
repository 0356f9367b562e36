/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Changes of a host's records that are killed, or that fail, at each single step: every
 * call that writes is wrapped, and the n-th one ends the process, or finds no room. After
 * that whole files stand, old or new, and the same change made again ends well.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <setjmp.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "host/boot.h"
#include "host/change.h"

#define KILLED 99
#define STEPS_MAX 64

/* ---- the n-th call ---- */

enum mishap { MISHAP_NONE, MISHAP_KILL, MISHAP_FAIL };

static enum mishap mishap;
static int steps_left;

/* Is this the call? It does not come back where the process is to be killed. */
static int is_hit(void)
{
	if (mishap == MISHAP_NONE || --steps_left)
		return 0;
	if (mishap == MISHAP_KILL)
		_exit(KILLED);
	return 1;
}

ssize_t __real_write(int fd, const void *data, size_t size);
ssize_t __wrap_write(int fd, const void *data, size_t size);
int __real_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to);
int __real_unlink(const char *path);
int __wrap_unlink(const char *path);
int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __real_mkostemp64(char *path, int flags);
int __wrap_mkostemp64(char *path, int flags);
int __real_mkdir(const char *path, mode_t mode);
int __wrap_mkdir(const char *path, mode_t mode);

ssize_t __wrap_write(int fd, const void *data, size_t size)
{
	/* Half of it is written, as by a disk that fills up or a machine that loses power. */
	if (mishap != MISHAP_NONE && steps_left == 1 && __real_write(fd, data, size / 2) < 0)
		_exit(1);
	if (is_hit()) {
		errno = ENOSPC;
		return -1;
	}
	return __real_write(fd, data, size);
}

int __wrap_rename(const char *from, const char *to)
{
	errno = EROFS;
	return is_hit() ? -1 : __real_rename(from, to);
}

int __wrap_unlink(const char *path)
{
	errno = EROFS;
	return is_hit() ? -1 : __real_unlink(path);
}

int __wrap_fsync(int fd)
{
	errno = EIO;
	return is_hit() ? -1 : __real_fsync(fd);
}

int __wrap_mkostemp64(char *path, int flags)
{
	errno = ENOSPC;
	return is_hit() ? -1 : __real_mkostemp64(path, flags);
}

int __wrap_mkdir(const char *path, mode_t mode)
{
	errno = ENOSPC;
	return is_hit() ? -1 : __real_mkdir(path, mode);
}

/* ---- a root ---- */

static char root[] = "candor-change-XXXXXX";

static struct optin sample(const char *id, const char *why)
{
	struct optin r = { .boot_entry = true };

	snprintf(r.id, sizeof(r.id), "%s", id);
	snprintf(r.by, sizeof(r.by), "alice");
	snprintf(r.why, sizeof(r.why), "%s", why);
	snprintf(r.when, sizeof(r.when), "2026-06-01T00:00:00Z");
	snprintf(r.until, sizeof(r.until), "2026-12-31");
	return r;
}

/* Make the change; 0 or -errno. */
static int make(enum log_action action, const struct optin *r, enum change_stage *ret_stage)
{
	struct strbuf err = STRBUF_INIT;
	struct change c;
	int rc = change_begin(root, r->id, &c, &err);

	*ret_stage = CHANGE_NOTHING;
	if (!rc) {
		rc = action == LOG_ENABLE ? change_enable(&c, r, ret_stage, &err)
					  : change_disable(&c, r, ret_stage, &err);
		change_end(&c);
	}
	/* What fails says so. */
	if (rc && !strstr(err.data ? err.data : "", ": error: "))
		rc = -ENOTRECOVERABLE;
	strbuf_reset(&err);
	return rc;
}

static void start_anew(void)
{
	char command[128];
	struct optin first = sample("first", "stands already");
	enum change_stage stage;

	snprintf(command, sizeof(command), "rm -rf %s && mkdir %s", root, root);
	assert_int_equal(system(command), 0);
	assert_int_equal(make(LOG_ENABLE, &first, &stage), 0);
}

static size_t read_whole(const char *path, char *to, size_t most)
{
	char full[256], *text;
	size_t size;

	snprintf(full, sizeof(full), "%s%s", root, path);
	if (file_read(full, most - 1, &text, &size))
		return 0;
	memcpy(to, text, size);
	to[size] = '\0';
	free(text);
	return size;
}

/* Every file is whole: it is read without a word. */
static void check_whole(const char *ids)
{
	struct strbuf err = STRBUF_INIT;
	struct optins optins;
	struct log log;
	struct boot boot;

	assert_int_equal(optins_read(root, &optins, &err), 0);
	assert_int_equal(optins.nr_bad, 0);
	assert_int_equal(log_read(root, &log, &err), 0);
	assert_int_equal(boot_read(root, &boot, &err), 0);
	assert_false(boot.is_foreign);
	assert_int_equal(err.size, 0);
	assert_non_null(optins_find(&optins, "first"));
	assert_non_null(boot_find(&boot, "first"));
	if (ids) {
		assert_int_equal(optins_find(&optins, ids) != NULL, boot_find(&boot, ids) != NULL);
		assert_int_equal(log_find(&log, ids)->action == LOG_ENABLE,
				 optins_find(&optins, ids) != NULL);
	}
	optins_reset(&optins);
	log_reset(&log);
	boot_reset(&boot);
}

/* Nothing lies aside. */
static void check_swept(void)
{
	char command[128];

	snprintf(command, sizeof(command), "! find %s -name '.candor-*' | grep -q .", root);
	assert_int_equal(system(command), 0);
}

/* Make the change in a process to which @kind happens at step @n; its exit status. */
static int suffer(enum mishap kind, int n, enum log_action action, const struct optin *r)
{
	int status = 0;
	pid_t pid = fork();

	if (!pid) {
		enum change_stage stage;
		int rc;

		mishap = kind;
		steps_left = n;
		rc = make(action, r, &stage);
		_exit(rc == -ENOTRECOVERABLE ? 3 : !rc ? 0 : stage == CHANGE_NOTHING ? 1 : 2);
	}
	assert_true(pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* ---- killed ---- */

static void kill_everywhere(enum mishap kind, enum log_action action)
{
	struct optin r = sample("second", "to be tried");
	enum change_stage stage;
	int status = KILLED, n = 0;

	while (status == KILLED) {
		assert_true(++n < STEPS_MAX);
		start_anew();
		if (action == LOG_DISABLE)
			assert_int_equal(make(LOG_ENABLE, &r, &stage), 0);
		status = suffer(kind, n, action, &r);
		check_whole(NULL);
		assert_int_equal(make(action, &r, &stage), 0);
		check_whole("second");
		check_swept();
	}
	assert_true(n > 6);
	assert_int_equal(status, 0);
}

static void test_killed_enable(void **state)
{
	kill_everywhere(MISHAP_KILL, LOG_ENABLE);
}

static void test_killed_disable(void **state)
{
	kill_everywhere(MISHAP_KILL, LOG_DISABLE);
}

/* What a power cut has left of a line counts for nothing, and goes. */
static void test_torn_log(void **state)
{
	struct optin r = sample("second", "to be tried");
	char path[64], before[4096], after[4096];
	enum change_stage stage;
	size_t size;
	FILE *f;

	start_anew();
	size = read_whole(OPTIN_LOG, before, sizeof(before));
	snprintf(path, sizeof(path), "%s%s", root, OPTIN_LOG);
	f = fopen(path, "a");
	assert_non_null(f);
	fputs("{\"format\": 1, \"when\": \"20", f);
	fclose(f);
	check_whole(NULL);
	assert_int_equal(make(LOG_ENABLE, &r, &stage), 0);
	check_whole("second");
	assert_true(read_whole(OPTIN_LOG, after, sizeof(after)) > size);
	assert_memory_equal(before, after, size);
	assert_null(strstr(after, "\"20{"));
}

/* ---- no room ---- */

static void fail_everywhere(enum log_action action)
{
	static const char *const files[] = { OPTIN_LOG, BOOT_FOLDER "/" BOOT_FILE,
					     OPTIN_FOLDER "/second.yaml" };
	struct optin r = sample("second", "to be tried");
	char before[3][4096], after[3][4096];
	enum change_stage stage;
	int status = 1, n = 0, nr_nothing = 0;

	while (status) {
		assert_true(++n < STEPS_MAX);
		start_anew();
		if (action == LOG_DISABLE)
			assert_int_equal(make(LOG_ENABLE, &r, &stage), 0);
		for (size_t i = 0; i < 3; i++)
			before[i][read_whole(files[i], before[i], sizeof(before[i]))] = '\0';
		status = suffer(MISHAP_FAIL, n, action, &r);
		assert_true(status <= 2);
		check_whole(NULL);
		for (size_t i = 0; i < 3; i++)
			after[i][read_whole(files[i], after[i], sizeof(after[i]))] = '\0';
		for (size_t i = 0; i < 3 && status == 1; i++)
			assert_string_equal(before[i], after[i]);
		nr_nothing += status == 1;
		check_swept();
	}
	/* All but what comes behind the record's own move leaves everything as it was. */
	assert_true(nr_nothing >= 5);
	assert_true(n - 1 - nr_nothing <= 4);
}

static void test_full_enable(void **state)
{
	fail_everywhere(LOG_ENABLE);
}

static void test_full_disable(void **state)
{
	fail_everywhere(LOG_DISABLE);
}

static int set_up(void **state)
{
	return mkdtemp(root) ? 0 : -1;
}

static int tear_down(void **state)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf %s", root);
	return system(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_killed_enable), cmocka_unit_test(test_killed_disable),
		cmocka_unit_test(test_torn_log),      cmocka_unit_test(test_full_enable),
		cmocka_unit_test(test_full_disable),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
