/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The allocator hook: all that a handle allocates comes from it and goes back to it.
 * Blocks carry a mark, so one of malloc()'s that is given back to the hook, or the
 * other way round, is seen. Then the n-th allocation fails, for every n: each call
 * says -ENOMEM or works, the handle stays usable, and nothing is left behind.
 */
#include <errno.h>
#include <setjmp.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <git2.h>

#include <candor/candor.h>

#define MARK UINT64_C(0xca4d04ca4d04ca4d)

struct block {
	uint64_t mark;
	struct heap *heap;
	alignas(max_align_t) char data[];
};

struct heap {
	size_t nr_blocks; /* alive */
	size_t nr_calls;
	size_t fail_at; /* 0: never */
	bool has_failed;
};

static bool fails(struct heap *h)
{
	h->has_failed = h->has_failed || ++h->nr_calls == h->fail_at;
	return h->nr_calls == h->fail_at;
}

static struct block *block_of(const struct heap *h, void *data)
{
	struct block *b = (struct block *)((char *)data - offsetof(struct block, data));

	assert_true(b->mark == MARK && b->heap == h);
	return b;
}

static void *allocate(void *context, size_t size)
{
	struct heap *h = context;
	struct block *b = fails(h) ? NULL : malloc(sizeof(*b) + size);

	if (!b)
		return NULL;
	*b = (struct block){ .mark = MARK, .heap = h };
	/* Nobody may count on zeroes. */
	memset(b->data, 0xa5, size);
	h->nr_blocks++;
	return b->data;
}

static void *reallocate(void *context, void *old, size_t size)
{
	struct heap *h = context;
	struct block *b = block_of(h, old);

	b = fails(h) ? NULL : realloc(b, sizeof(*b) + size);
	return b ? b->data : NULL;
}

static void release(void *context, void *data)
{
	struct heap *h = context;
	struct block *b = block_of(h, data);

	b->mark = 0;
	h->nr_blocks--;
	free(b);
}

static int swallow(void *context, const char *data, size_t size)
{
	(void)data;
	*(size_t *)context += size;
	return 0;
}

/* Count a call: it works, or memory ran out and it says so. */
static int tried(int rc, const struct candor_error *e)
{
	if (!rc || rc == CANDOR_NO)
		return 0;
	assert_int_equal(rc, -ENOMEM);
	assert_int_equal(e->code, -ENOMEM);
	assert_string_equal(e->message, "out of memory");
	return 1;
}

static const char text[] = "SUPPORT_PROVIDES(alpha, \"x86\");\n";

/* What some renderings must be told. */
static const struct candor_option *options_of(const char *what)
{
	static const struct candor_option rule[] = { { .name = "rule", .value = "bad-id" }, { 0 } };
	static const struct candor_option feature[] = { { .name = "feature", .value = "beta" },
							{ 0 } };
	static const struct candor_option two[] = { { .name = "statement", .value = "SUPPORT.md" },
						    { .name = "statement", .value = "HEAD~1" },
						    { 0 } };

	static const struct candor_option alpha[] = { { .name = "feature", .value = "alpha" },
						      { 0 } };
	static const struct candor_option sides[] = { { .name = "side", .value = "supported" },
						      { .name = "side", .value = "record.json" },
						      { 0 } };
	static const struct candor_option config[] = { { .name = "kconfig", .value = "xen.config" },
						       { 0 } };
	static const struct candor_option record[] = {
		{ .name = "decision", .value = "record.json" }, { 0 }
	};
	static const struct candor_option change[] = {
		{ .name = "feature", .value = "alpha=off" },
		{ .name = "add-rule",
		  .value = "deny { feature \"beta\", because = \"x\", override = true }" },
		{ 0 }
	};
	static const struct candor_option log[] = { { .name = "testlog", .value = "testlog.json" },
						    { 0 } };
	static const struct candor_option one[] = { { .name = "statement", .value = "SUPPORT.md" },
						    { 0 } };
	static const struct {
		const char *what;
		const struct candor_option *options;
	} rows[] = {
		{ "policy-explain", alpha },  { "policy-diff", sides },
		{ "policy-check", config },   { "policy-replay", record },
		{ "policy-what-if", change }, { "evidence", log },
		{ "statement", one },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!strcmp(what, rows[i].what))
			return rows[i].options;
	}
	if (!strcmp(what, "rule"))
		return rule;
	if (!strcmp(what, "diff"))
		return two;
	return !strcmp(what, "join") || !strcmp(what, "status") ? feature : NULL;
}

static const char json[] = "{\"a\": [1, \"b\", {\"c\": null}]}", yaml[] = "a: [1, \"b\"]\n";

enum step {
	STEP_SET,
	STEP_TEXT,
	STEP_FIND,
	STEP_LOAD,
	STEP_CHECK,
	STEP_LOCK,
	STEP_TO_YAML,
	STEP_TO_JSON,
	STEP_RENDER, /* and one more for each rendering there is */
};

/* One call; false past the last. */
static bool take(struct candor *c, unsigned int step, int *ret_rc, struct candor_error *e)
{
	struct candor_rendering r;
	size_t size = 0;

	switch (step) {
	case STEP_SET:
		*ret_rc = candor_set(c, "object", "none.o", e);
		break;
	case STEP_TEXT:
		*ret_rc = candor_set_text(c, "src/other.c", text, sizeof(text) - 1, e);
		break;
	case STEP_FIND:
		*ret_rc = candor_find(c, e);
		break;
	case STEP_LOAD:
		*ret_rc = candor_load(c, e);
		break;
	case STEP_CHECK:
		*ret_rc = candor_check(c, e);
		break;
	case STEP_LOCK:
		*ret_rc = candor_read_lock(c, "site.lock", e);
		break;
	case STEP_TO_YAML:
		*ret_rc = candor_convert(c, "x", json, sizeof(json) - 1, "json", "yaml", swallow,
					 &size, e);
		break;
	case STEP_TO_JSON:
		*ret_rc = candor_convert(c, "x", yaml, sizeof(yaml) - 1, "yaml", "json", swallow,
					 &size, e);
		break;
	default:
		if (!candor_rendering_at(step - STEP_RENDER, &r))
			return false;
		/* An image and keys are for tests/golden/inspect.py and tests/release. */
		*ret_rc = 0;
		if (strcmp(r.what, "inspection") != 0 && strcmp(r.what, "verification") != 0)
			*ret_rc = candor_render(c, r.what, r.format, options_of(r.what), swallow,
						&size, e);
	}
	return true;
}

/* Before a step that is not the same the second time. */
static void prepare(struct candor *c, unsigned int step)
{
	if (step == STEP_SET)
		assert_int_equal(candor_set(c, "object", NULL, NULL), 0);
	if (step == STEP_TEXT)
		assert_int_equal(candor_set_text(c, "src/other.c", NULL, 0, NULL), 0);
	if (step == STEP_FIND) {
		assert_int_equal(candor_set(c, "object", NULL, NULL), 0);
		assert_int_equal(candor_set(c, "lock", NULL, NULL), 0);
		assert_int_equal(candor_set(c, "registry", NULL, NULL), 0);
	}
	if (step == STEP_CHECK)
		assert_int_equal(candor_load(c, NULL), 0);
}

/* Each call in its turn, without a failure. */
static void use(struct candor *c)
{
	struct candor_error e = { 0 };
	int rc;

	for (unsigned int step = 0; take(c, step, &rc, &e); step++) {
		if (rc && rc != CANDOR_NO)
			fail_msg("step %u returns %d: %s", step, rc, e.message);
		prepare(c, step == STEP_SET ? STEP_FIND : STEP_RENDER);
	}
}

static struct candor_allocator hook(struct heap *h)
{
	return (struct candor_allocator){ allocate, reallocate, release, h };
}

static void test_all_comes_from_the_hook(void **state)
{
	struct heap h = { 0 };
	struct candor_allocator a = hook(&h);
	struct candor *c;

	(void)state;
	assert_int_equal(candor_create(&a, &c), 0);
	/* It is copied. */
	memset(&a, 0xff, sizeof(a));
	use(c);
	use(c);
	assert_true(h.nr_calls > 100);
	print_message("%zu calls of the hook\n", h.nr_calls);
	candor_destroy(c);
	assert_int_equal(h.nr_blocks, 0);
}

/* A callback that uses another handle, of another allocator. */
static int nest(void *context, const char *data, size_t size)
{
	struct heap h = { 0 };
	struct candor_allocator a = hook(&h);
	struct candor *c;

	(void)data;
	(void)size;
	(void)context;
	assert_int_equal(candor_create(&a, &c), 0);
	use(c);
	candor_destroy(c);
	assert_int_equal(h.nr_blocks, 0);
	return 0;
}

static void test_callbacks_may_call(void **state)
{
	struct heap h = { 0 };
	struct candor_allocator a = hook(&h);
	struct candor *c;

	(void)state;
	assert_int_equal(candor_create(&a, &c), 0);
	assert_int_equal(candor_find(c, NULL), 0);
	assert_int_equal(candor_load(c, NULL), 0);
	assert_int_equal(candor_render(c, "diagnostics", "json", NULL, nest, NULL, NULL), 0);
	candor_destroy(c);
	assert_int_equal(h.nr_blocks, 0);
}

/* Each try of a policy's rendering is a process of its own: of these every seventh. */
static size_t stride_of(unsigned int step)
{
	struct candor_rendering r;

	return step >= STEP_RENDER && candor_rendering_at(step - STEP_RENDER, &r) &&
			       !strncmp(r.what, "policy-", 7)
		       ? 7
		       : 1;
}

/* Let allocations of one call fail; how many did. */
static size_t fail_each(struct candor *c, struct heap *h, unsigned int step, size_t *nr_silent)
{
	struct candor_error e = { 0 };
	size_t n = 0, at = 1, stride = stride_of(step);
	int rc = 0;

	do {
		prepare(c, step);
		*h = (struct heap){ .nr_blocks = h->nr_blocks, .fail_at = at };
		n++;
		at += stride;
		take(c, step, &rc, &e);
		h->fail_at = 0;
		if (h->has_failed && !tried(rc, &e))
			++*nr_silent;
	} while (h->has_failed);
	/* Asked again, it works. */
	prepare(c, step);
	take(c, step, &rc, &e);
	assert_true(rc == 0 || rc == CANDOR_NO);
	return n - 1;
}

static void test_every_allocation_may_fail(void **state)
{
	struct heap h = { .fail_at = 1 };
	struct candor_allocator a = hook(&h);
	struct candor_error e;
	size_t nr = 0, nr_silent = 0;
	unsigned int step;
	struct candor *c;
	int rc;

	(void)state;
	assert_int_equal(candor_create(&a, &c), -ENOMEM);
	h.fail_at = 0;
	assert_int_equal(candor_create(&a, &c), 0);
	use(c);
	for (step = 0; take(c, step, &rc, &e); step++)
		nr += fail_each(c, &h, step, &nr_silent);
	candor_destroy(c);
	assert_int_equal(h.nr_blocks, 0);
	/* Some do without: a remark, a text that is only nicer to have. */
	assert_true(nr > 1000 && nr_silent * 20 < nr);
	print_message("%u calls, %zu allocations failed, %zu of them did without\n", step, nr,
		      nr_silent);
}

/* Run @script by the shell, with @argument as its $1; 0 if it is content. */
static int run_script(const char *script, const char *argument)
{
	char *const argv[] = { "sh", "-c", (char *)script, "sh", (char *)argument, NULL };
	int status;
	pid_t pid;

	if (posix_spawn(&pid, "/bin/sh", NULL, NULL, argv, environ) ||
	    waitpid(pid, &status, 0) != pid)
		return -1;
	return status;
}

/* A copy of the tree with a history, to be in. */
static int enter_copy(const char *tree)
{
	static char folder[] = "/tmp/candor-capi-XXXXXX";

	if (!mkdtemp(folder) || chdir(folder))
		return -1;
	return run_script("cp -r \"$1\"/. . && cp -r \"$1\"/../../policy/pass-check/policy "
			  "\"$1\"/../../policy/pass-check/xen.config . && "
			  "grep -h -e alpha -e beta \"$1\"/../../policy/pass-check/support/*.map "
			  "> support/xen-kconfig.map && "
			  "printf '{\"name\": \"a:unit / unit/a\", \"result\": \"OK\"}\n' "
			  "> testlog.json && git init -q && git add . && "
			  "export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org "
			  "GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.org && "
			  "git commit -qm one && "
			  "sed -i 's/Tech Preview/Supported/' SUPPORT.md && git commit -qam two",
			  tree);
}

static int write_it(void *context, const char *data, size_t size)
{
	return fwrite(data, 1, size, context) == size ? 0 : -EIO;
}

/* A decision to compare with and to decide again; and its lock, to be asked. */
static int write_decision(const char *what, const char *format, const char *path)
{
	FILE *out = fopen(path, "w");
	struct candor *c;
	int rc;

	if (!out || candor_create(NULL, &c))
		return -1;
	rc = candor_render(c, what, format, NULL, write_it, out, NULL);
	candor_destroy(c);
	return fclose(out) ? -1 : rc;
}

static int remove_copy(void **state)
{
	char folder[4096];

	(void)state;
	if (!getcwd(folder, sizeof(folder)) || chdir("/"))
		return -1;
	return run_script("rm -rf \"$1\"", folder);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_comes_from_the_hook),
		cmocka_unit_test(test_callbacks_may_call),
		cmocka_unit_test(test_every_allocation_may_fail),
	};

	if (argc != 2 || enter_copy(argv[1]))
		return 2;
	if (write_decision("policy-record", "json", "record.json") ||
	    write_decision("policy-lock", "lock", "site.lock"))
		return 3;
	/* Kept up, or it reads the machine's certificates each time. */
	git_libgit2_init();
	return cmocka_run_group_tests(tests, NULL, remove_copy);
}
