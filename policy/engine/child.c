/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The evaluating child, its confinement, and the parent that listens to it. */
#include "engine/child.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <seccomp.h>

#include "engine/wire.h"

static int limit_resource(__rlimit_resource_t what, rlim_t soft, rlim_t hard)
{
	const struct rlimit limit = { .rlim_cur = soft, .rlim_max = hard };

	return setrlimit(what, &limit) ? -errno : 0;
}

/*
 * The sanitizer reserves terabytes of address space (the Lua allocator counts
 * anyway) and asks for the signal stack at each longjmp().
 */
#if defined(__SANITIZE_ADDRESS__)
#define UNDER_ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define UNDER_ADDRESS_SANITIZER 1
#endif
#endif
#ifndef UNDER_ADDRESS_SANITIZER
#define UNDER_ADDRESS_SANITIZER 0
#endif

static unsigned int cpu_seconds(size_t nr_features)
{
	return 1 + (unsigned int)(nr_features / 20000);
}

static int limit_resources(size_t nr_features)
{
	unsigned int seconds = cpu_seconds(nr_features);
	rlim_t memory = (256u << 20) + (rlim_t)nr_features * 8192;
	int rc = limit_resource(RLIMIT_CPU, seconds, seconds + 1);

	if (!rc)
		rc = limit_resource(RLIMIT_CORE, 0, 0);
	if (!rc)
		rc = limit_resource(RLIMIT_FSIZE, 0, 0);
	if (!rc)
		rc = limit_resource(RLIMIT_NPROC, 0, 0);
	if (!rc && !UNDER_ADDRESS_SANITIZER)
		rc = limit_resource(RLIMIT_AS, memory, memory);
	return rc;
}

static int filter_syscalls(int keep_fd)
{
	static const int allowed[] = {
		SCMP_SYS(brk),	   SCMP_SYS(munmap),	   SCMP_SYS(mremap),
		SCMP_SYS(madvise), SCMP_SYS(futex),	   SCMP_SYS(exit_group),
		SCMP_SYS(exit),	   SCMP_SYS(rt_sigreturn), SCMP_SYS(restart_syscall),
	};
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int rc = 0;

	if (!ctx)
		return -ENOMEM;
	for (size_t i = 0; !rc && i < sizeof(allowed) / sizeof(allowed[0]); i++)
		rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, allowed[i], 0);
	if (!rc && UNDER_ADDRESS_SANITIZER)
		rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(sigaltstack), 0);
	/* Memory of its own only: anonymous, never executable. */
	if (!rc)
		rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2,
				      SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0),
				      SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, MAP_ANONYMOUS));
	if (!rc)
		rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(write), 1,
				      SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)keep_fd));
	if (!rc)
		rc = seccomp_load(ctx);
	seccomp_release(ctx);
	return rc;
}

int child_confine(int keep_fd, size_t nr_features)
{
	int rc;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -errno;
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0))
		return -errno;
	if (keep_fd > 0 && close_range(0, (unsigned int)keep_fd - 1, 0))
		return -errno;
	if (close_range((unsigned int)keep_fd + 1, ~0u, 0))
		return -errno;
	rc = limit_resources(nr_features);
	return rc ? rc : filter_syscalls(keep_fd);
}

static void write_whole(int fd, const char *data, size_t size)
{
	while (size) {
		ssize_t n = write(fd, data, size);

		if (n <= 0)
			return;
		data += n;
		size -= (size_t)n;
	}
}

__attribute__((noreturn)) static void child_main(int fd, const struct host_input *in)
{
	struct strbuf out = STRBUF_INIT;
	const struct host_limits limits = host_limits_for(in->facts->nr_features);
	struct answers answers;
	struct host_failure failure = { 0 };
	int rc;

	setlocale(LC_ALL, "C"); /* Lua compares texts with strcoll() */
	rc = child_confine(fd, in->facts->nr_features);
	if (rc) {
		failure.source = HOST_AT_NOTHING;
		snprintf(failure.message, sizeof(failure.message),
			 "cannot confine the evaluation: %s", strerror(-rc));
		snprintf(failure.remedy, sizeof(failure.remedy),
			 "allow this user seccomp filters and resource limits");
	} else {
		rc = host_run(in, &limits, &answers, &failure);
	}
	if (!rc)
		wire_put_answers(&answers, &out);
	else if (failure.message[0])
		wire_put_failure(&failure, &out);
	if (!out.failed)
		write_whole(fd, out.data, out.size);
	_exit(0);
}

static long remaining_ms(const struct timespec *end)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (end->tv_sec - now.tv_sec) * 1000 + (end->tv_nsec - now.tv_nsec) / 1000000;
}

/* Everything the child writes, until it closes the pipe. 0, -ETIMEDOUT, -EFBIG or -errno. */
static int listen_to(int fd, struct strbuf *out)
{
	struct timespec end;
	char block[65536];

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += CHILD_WALL_SECONDS;
	for (;;) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		long left = remaining_ms(&end);
		ssize_t n;

		if (left <= 0 || !poll(&p, 1, (int)left))
			return -ETIMEDOUT;
		n = read(fd, block, sizeof(block));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			return out->failed ? -ENOMEM : 0;
		if (out->size + (size_t)n > WIRE_SIZE_MAX)
			return -EFBIG;
		strbuf_add(out, block, (size_t)n);
	}
}

static int fail(struct host_failure *f, const char *message, const char *remedy)
{
	memset(f, 0, sizeof(*f));
	f->source = HOST_AT_PROFILE;
	snprintf(f->message, sizeof(f->message), "%s", message);
	snprintf(f->remedy, sizeof(f->remedy), "%s", remedy);
	return -EINVAL;
}

/* Why the child ended without an answer. */
static int explain_death(int rc, int status, const struct host_input *in, struct host_failure *f)
{
	static const char remedy[] = "simplify the rules; see `candor policy --help`";
	char text[HOST_MESSAGE_MAX + 1];

	if (rc == -ETIMEDOUT)
		return fail(f, "the evaluation took too long and was stopped", remedy);
	if (rc == -EFBIG)
		return fail(f, "the evaluation answered too much and was stopped", remedy);
	if (WIFSIGNALED(status) && (WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGKILL)) {
		snprintf(text, sizeof(text),
			 "the evaluation used more than %u s of processor time and was stopped",
			 cpu_seconds(in->facts->nr_features));
		return fail(f, text, remedy);
	}
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
		return fail(f, "the evaluation made a forbidden system call and was stopped",
			    "a policy that gets this far is an attack: report it");
	snprintf(text, sizeof(text), "the evaluation died (%s %d)",
		 WIFSIGNALED(status) ? "signal" : "status",
		 WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	return fail(f, text, "report this as a fault of candor, with the policy");
}

static int understand(struct strbuf *text, int status, const struct host_input *in,
		      struct answers *ret_answers, struct host_failure *ret_failure)
{
	if (!text->size)
		return explain_death(0, status, in, ret_failure);
	switch (wire_get(text->data, in, ret_answers, ret_failure)) {
	case WIRE_ANSWERS:
		return 0;
	case WIRE_FAILURE:
		return -EINVAL;
	case WIRE_BROKEN:
		break;
	}
	return explain_death(0, status, in, ret_failure);
}

int child_run(const struct host_input *in, struct answers *ret_answers,
	      struct host_failure *ret_failure)
{
	struct strbuf text = STRBUF_INIT;
	int pipe_fd[2], status = 0, rc;
	pid_t pid;

	memset(ret_answers, 0, sizeof(*ret_answers));
	if (pipe2(pipe_fd, O_CLOEXEC))
		return -errno;
	fflush(NULL); /* what is buffered belongs to the parent alone */
	pid = fork();
	if (pid < 0) {
		rc = -errno;
		close(pipe_fd[0]);
		close(pipe_fd[1]);
		return rc;
	}
	if (!pid)
		child_main(pipe_fd[1], in);
	close(pipe_fd[1]);
	rc = listen_to(pipe_fd[0], &text);
	close(pipe_fd[0]);
	if (rc)
		kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (rc == -ETIMEDOUT || rc == -EFBIG)
		rc = explain_death(rc, status, in, ret_failure);
	else if (!rc)
		rc = understand(&text, status, in, ret_answers, ret_failure);
	strbuf_reset(&text);
	return rc;
}
