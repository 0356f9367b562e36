/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Another program run with its output read into memory; no shell is involved. */
#include "tarball/program.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* Set when git runs us from a hook: they would name another tree. */
static const char *const dropped[] = {
	"GIT_DIR=",
	"GIT_WORK_TREE=",
	"GIT_INDEX_FILE=",
	"GIT_OBJECT_DIRECTORY=",
	"GIT_COMMON_DIR=",
	"GIT_NAMESPACE=",
	"GIT_PREFIX=",
	"GIT_ALTERNATE_OBJECT_DIRECTORIES=",
	"LC_ALL=",
	"LANGUAGE=",
	"GIT_CONFIG_PARAMETERS=",
	NULL,
};

static const char *const added[] = {
	"LC_ALL=C", "GIT_NO_REPLACE_OBJECTS=1", "GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0",
	NULL,
};

static bool is_dropped(const char *variable)
{
	for (size_t i = 0; dropped[i]; i++) {
		if (!strncmp(variable, dropped[i], strlen(dropped[i])))
			return true;
	}
	return false;
}

/* Borrows the strings; the caller frees the array alone. */
static char **make_environment(void)
{
	size_t nr = 0, n = 0;
	char **env;

	while (environ[nr])
		nr++;
	env = calloc(nr + sizeof(added) / sizeof(added[0]), sizeof(*env));
	if (!env)
		return NULL;
	for (size_t i = 0; i < nr; i++) {
		if (!is_dropped(environ[i]))
			env[n++] = environ[i];
	}
	for (size_t i = 0; added[i]; i++)
		env[n++] = (char *)(uintptr_t)added[i];
	return env;
}

static int spawn(struct program *c, const char *const argv[], int in, int out)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	char **env = make_environment();
	sigset_t pipe_signal;
	int r = ENOMEM;

	if (!env)
		return -ENOMEM;
	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attributes);
	sigemptyset(&pipe_signal);
	sigaddset(&pipe_signal, SIGPIPE);
	posix_spawnattr_setsigdefault(&attributes, &pipe_signal);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
	if (!posix_spawn_file_actions_adddup2(&actions, in, 0) &&
	    !posix_spawn_file_actions_adddup2(&actions, out, 1) &&
	    !posix_spawn_file_actions_adddup2(&actions, c->err, 2))
		r = posix_spawnp(&c->pid, argv[0], &actions, &attributes,
				 (char *const *)(uintptr_t)argv, env);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	free(env);
	return -r;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

int program_start(struct program *c, const char *const argv[], struct trouble *trouble)
{
	int in[2] = { -1, -1 }, out[2] = { -1, -1 };
	int rc = 0;

	*c = (struct program){ .name = argv[0], .pid = -1, .in = -1, .out = -1, .err = -1 };
	c->err = memfd_create("child-stderr", MFD_CLOEXEC);
	if (c->err < 0 || pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC))
		rc = -errno;
	if (!rc)
		rc = spawn(c, argv, in[0], out[1]);
	close_fd(&in[0]);
	close_fd(&out[1]);
	c->in = in[1];
	c->out = out[0];
	if (!rc)
		return 0;
	close_fd(&c->in);
	close_fd(&c->out);
	close_fd(&c->err);
	return trouble_set(trouble, rc, argv[0], "install it, and see that PATH names its folder",
			   "cannot run the program: %s", strerror(-rc));
}

static void first_complaint(int fd, struct strbuf *ret_text)
{
	char line[301];
	ssize_t n = pread(fd, line, sizeof(line) - 1, 0);

	if (n <= 0) {
		strbuf_puts(ret_text, "it gave no reason");
		return;
	}
	line[n] = '\0';
	trouble_escape(ret_text, line, strcspn(line, "\n"));
}

int program_finish(struct program *c, const char *place, struct trouble *trouble)
{
	struct strbuf why = STRBUF_INIT;
	int status = 0, rc = 0;

	close_fd(&c->in);
	close_fd(&c->out);
	while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR)
		;
	if (!WIFEXITED(status) || WEXITSTATUS(status)) {
		first_complaint(c->err, &why);
		rc = trouble_set(trouble, -ECHILD, place, "put right what it complains of",
				 "%s failed: %s", c->name, strbuf_str(&why));
		strbuf_reset(&why);
	}
	close_fd(&c->err);
	return rc;
}

static int read_all(int fd, size_t max, struct strbuf *ret_data)
{
	char block[65536];

	for (;;) {
		ssize_t n = read(fd, block, sizeof(block));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return ret_data->failed ? -ENOMEM : 0;
		if ((size_t)n > max - ret_data->size)
			return -EFBIG;
		strbuf_add(ret_data, block, (size_t)n);
	}
}

int program_run(const char *const argv[], const char *place, size_t max, struct trouble *trouble,
		char **ret_data, size_t *ret_size)
{
	struct strbuf data = STRBUF_INIT;
	struct program c;
	int rc = program_start(&c, argv, trouble), rc2;

	if (rc)
		return rc;
	close_fd(&c.in);
	rc = read_all(c.out, max, &data);
	if (rc)
		trouble_set(trouble, rc, place, "see whether this is the tree you meant",
			    "cannot read what %s says: %s", argv[0], strerror(-rc));
	rc2 = program_finish(&c, place, trouble);
	if (!rc)
		rc = rc2;
	strbuf_add(&data, "", 0); /* the NUL also of an empty output */
	if (!rc && data.failed)
		rc = trouble_set(trouble, -ENOMEM, place, "free memory", "out of memory");
	if (rc) {
		strbuf_reset(&data);
		return rc;
	}
	*ret_data = data.data;
	*ret_size = data.size;
	return 0;
}
