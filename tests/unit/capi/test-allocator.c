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
#include <stdarg.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

	if (!strcmp(what, "rule"))
		return rule;
	if (!strcmp(what, "diff"))
		return two;
	return !strcmp(what, "join") || !strcmp(what, "status") ? feature : NULL;
}

static int render_all(struct candor *c)
{
	struct candor_rendering r;
	struct candor_error e;
	size_t size = 0;
	int nr = 0;

	for (size_t i = 0; candor_rendering_at(i, &r); i++)
		nr += tried(
			candor_render(c, r.what, r.format, options_of(r.what), swallow, &size, &e),
			&e);
	return nr;
}

/* Nearly every call there is; how many ran out of memory. */
static int use(struct candor *c)
{
	static const char json[] = "{\"a\": [1, \"b\", {\"c\": null}]}", yaml[] = "a: [1, \"b\"]\n";
	struct candor_error e;
	size_t size = 0;
	int nr = 0, failed;

	nr += tried(candor_set(c, "tree", ".", &e), &e);
	nr += tried(candor_set(c, "evidence", NULL, &e), &e);
	nr += tried(candor_set_text(c, "src/other.c", text, sizeof(text) - 1, &e), &e);
	nr += tried(candor_find(c, &e), &e);
	failed = tried(candor_load(c, &e), &e);
	nr += failed;
	if (!failed) {
		nr += tried(candor_check(c, &e), &e);
		nr += render_all(c);
	}
	nr += tried(
		candor_convert(c, "x", json, sizeof(json) - 1, "json", "yaml", swallow, &size, &e),
		&e);
	nr += tried(
		candor_convert(c, "x", yaml, sizeof(yaml) - 1, "yaml", "json", swallow, &size, &e),
		&e);
	return nr;
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
	assert_int_equal(use(c), 0);
	assert_int_equal(use(c), 0);
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
	assert_int_equal(use(c), 0);
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

static void test_every_allocation_may_fail(void **state)
{
	size_t n = 0, nr_reported = 0;
	bool has_failed;

	(void)state;
	do {
		struct heap h = { .fail_at = ++n };
		struct candor_allocator a = hook(&h);
		struct candor *c;
		int nr = 1;

		if (!candor_create(&a, &c)) {
			nr = use(c);
			/* Only this one failed: what is asked again works. */
			h.fail_at = 0;
			if (nr && h.has_failed)
				assert_int_equal(use(c), 0);
			candor_destroy(c);
		}
		has_failed = h.has_failed;
		nr_reported += has_failed && nr;
		assert_int_equal(h.nr_blocks, 0);
	} while (has_failed);
	/* Some do without: a text that is only nicer to have. */
	assert_true(nr_reported * 10 > n * 9);
	print_message("%zu allocations, %zu failures reported\n", n - 1, nr_reported);
}

/* A copy of the tree with a history, to be in. */
static int enter_copy(const char *tree)
{
	static char folder[] = "/tmp/candor-capi-XXXXXX";
	char command[4096];

	if (!mkdtemp(folder) || chdir(folder))
		return -1;
	snprintf(command, sizeof(command),
		 "cp -r '%s'/. . && git init -q && git add . && export GIT_AUTHOR_NAME=a "
		 "GIT_AUTHOR_EMAIL=a@example.org GIT_COMMITTER_NAME=a "
		 "GIT_COMMITTER_EMAIL=a@example.org && git commit -qm one && sed -i "
		 "'s/Tech Preview/Supported/' SUPPORT.md && git commit -qam two",
		 tree);
	return system(command);
}

static int remove_copy(void **state)
{
	char folder[4096], command[5000];

	(void)state;
	if (!getcwd(folder, sizeof(folder)) || chdir("/"))
		return -1;
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	return system(command);
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
	/* Kept up, or it reads the machine's certificates each time. */
	git_libgit2_init();
	return cmocka_run_group_tests(tests, NULL, remove_copy);
}
