/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A tree on disk and the same one as a list of files: whichever the scanner is
 * given, it reads the same files and finds the same.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "emit/emit.h"
#include "extract/ahead.h"
#include "extract/extract.h"

#define LINE(id) "SUPPORT_PROVIDES(" id ", \"x86\");\n"
#define DEEP_FOLDERS 64

struct file {
	char name[256];
	const char *text;
	bool is_read;
};

static struct file files[] = {
	{ "SUPPORT.md", "% The root is no other tree\n", false },
	{ "a.c", LINE("a") "SUPPORT_LIMIT(l, \"things\", THINGS * 2);\n", true },
	{ "a.md", LINE("left_out"), false },
	{ "b.c/c", LINE("left_out"), false },
	{ ".git/a.c", LINE("left_out"), false },
	{ "build-x/a.c", LINE("left_out"), false },
	{ "rebuild/a.c", LINE("b"), true },
	{ "src/out/a.c", LINE("left_out"), false },
	{ "src/things.h", "#define THINGS (MORE + 1)\n", true },
	{ "src/z.h", "#define MORE 20\n", true },
	{ "other/SUPPORT.md", "", false },
	{ "other/a.c", LINE("left_out"), false },
	{ "other/sub/a.c", LINE("left_out"), false },
	{ "others/a.c", LINE("c"), true },
	{ "deep/other/support/features.yaml", "", false },
	{ "deep/other/a.c", LINE("left_out"), false },
	{ "deep/a.py", "# SUPPORT_TEST(a, \"unit/a\")\n", true },
	{ "wrong.c", "SUPPORT_PROVIDES(;\n", true },
	{ "", LINE("left_out"), false }, /* name made below: too many folders */
};

#define NR_FILES (sizeof(files) / sizeof(files[0]))

static size_t nr_reads;

static const char *name_file(const struct tree_files *list, size_t i)
{
	return list->context == files ? files[i].name : NULL;
}

static int read_file(const struct tree_files *list, size_t i, char **ret_data, size_t *ret_size)
{
	assert_true(files[i].is_read);
	nr_reads++;
	*ret_data = strdup(files[i].text);
	*ret_size = strlen(files[i].text);
	return *ret_data ? 0 : -ENOMEM;
}

static int fail_to_read(const struct tree_files *list, size_t i, char **ret_data, size_t *ret_size)
{
	return -EPIPE;
}

static void write_file(const char *root, const struct file *f)
{
	char *path;
	FILE *out;

	assert_true(asprintf(&path, "%s/%s", root, f->name) > 0);
	for (char *slash = path + strlen(root) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		assert_true(!mkdir(path, 0755) || errno == EEXIST);
		*slash = '/';
	}
	out = fopen(path, "w");
	assert_non_null(out);
	assert_true(fputs(f->text, out) >= 0 && !fclose(out));
	free(path);
}

static int drop(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	return remove(path);
}

/* All that was found, as text. */
static char *dump(struct model *m)
{
	struct strbuf sb = STRBUF_INIT;

	assert_int_equal(model_link(m), 0);
	for (size_t i = 0; i < m->nr_annotations; i++) {
		const struct annotation *a = m->annotations[i];

		strbuf_printf(&sb, "%s:%u:%u %d %s %s %d %llu\n", a->at.file, a->at.line,
			      a->at.column, (int)a->kind, a->id, a->detail, (int)a->has_limit,
			      (unsigned long long)a->limit.value);
	}
	emit_diagnostics(m, &sb, EMIT_PLAIN);
	assert_non_null(strbuf_str(&sb));
	model_destroy(m);
	return sb.data;
}

static void test_same(void **state)
{
	const struct tree_files list = {
		.nr = NR_FILES, .name = name_file, .read = read_file, .context = files
	};
	char root[] = "/tmp/candor-tree-XXXXXX", *on_disk, *listed;
	struct model *m = model_create(), *n = model_create();

	assert_non_null(m);
	assert_non_null(n);
	assert_non_null(mkdtemp(root));
	for (size_t i = 0; i < NR_FILES; i++)
		write_file(root, &files[i]);
	assert_int_equal(tree_scan(m, root), 0);
	assert_int_equal(nftw(root, drop, 16, FTW_DEPTH | FTW_PHYS), 0);
	assert_int_equal(tree_scan_files(n, &list), 0);
	assert_true(m->has_tree && n->has_tree && nr_reads > 0);
	on_disk = dump(m);
	listed = dump(n);
	assert_string_equal(on_disk, listed);
	assert_null(strstr(listed, "left_out"));
	assert_non_null(strstr(listed, " l things=THINGS * 2 1 42\n"));
	assert_non_null(strstr(listed, "rebuild/a.c:1:1 0 b x86"));
	assert_non_null(strstr(listed, "deep/a.py:1:3 3 a unit/a"));
	assert_non_null(strstr(listed, "wrong.c:1:"));
	assert_non_null(strstr(listed, "Too many levels"));
	free(on_disk);
	free(listed);
}

static void test_failures(void **state)
{
	struct tree_files list = {
		.nr = NR_FILES, .name = name_file, .read = fail_to_read, .context = files
	};
	struct model *m = model_create();

	assert_int_equal(tree_scan_files(m, &list), -EPIPE);
	assert_false(m->has_tree);
	/* Nothing but what is no plain file. */
	list.context = NULL;
	assert_int_equal(tree_scan_files(m, &list), 0);
	assert_int_equal(m->nr_annotations, 0);
	model_destroy(m);
}

/* What is found does not depend on how many processors look for it. */
static void test_one_processor(void **state)
{
	char root[] = "/tmp/candor-tree-XXXXXX", *many, *one;
	struct model *m = model_create(), *n = model_create();
	cpu_set_t before, alone;

	assert_true(m && n && mkdtemp(root));
	for (size_t i = 0; i < NR_FILES; i++)
		write_file(root, &files[i]);
	for (int i = 0; i < 200; i++) {
		/* Some are too large to be read ahead. */
		static char text[300000] = "#if 0\n#endif\n" LINE("large");
		struct file f = { .text = i % 50 ? LINE("many") : text };

		memset(text + strlen(text), '\n', sizeof(text) - 1 - strlen(text));
		snprintf(f.name, sizeof(f.name), "many/%d.c", i);
		write_file(root, &f);
	}
	assert_int_equal(tree_scan(m, root), 0);
	assert_int_equal(sched_getaffinity(0, sizeof(before), &before), 0);
	alone = before;
	for (int i = 0; CPU_COUNT(&alone) > 1; i++)
		CPU_CLR(i, &alone);
	assert_int_equal(sched_setaffinity(0, sizeof(alone), &alone), 0);
	assert_int_equal(tree_scan(n, root), 0);
	assert_int_equal(sched_setaffinity(0, sizeof(before), &before), 0);
	assert_int_equal(nftw(root, drop, 16, FTW_DEPTH | FTW_PHYS), 0);
	assert_int_equal(m->nr_annotations, n->nr_annotations);
	assert_true(m->nr_annotations > 200);
	many = dump(m);
	one = dump(n);
	assert_string_equal(many, one);
	free(many);
	free(one);
}

struct chosen {
	char word;
};

static bool is_chosen(const void *context, const struct ahead_file *f)
{
	const struct chosen *c = context;

	return f->size && f->text[0] == c->word;
}

static struct ahead_file make_file(const char *text, int number)
{
	struct ahead_file f = { .fd = memfd_create("file", 0), .tag = number };

	assert_true(f.fd >= 0 && asprintf(&f.path, "%d", number) > 0);
	assert_int_equal(write(f.fd, text, strlen(text)), strlen(text));
	return f;
}

/* Files come back in the order they were given, each once, with its own text. */
static void test_ahead(void **state)
{
	struct chosen chosen = { .word = 'y' };
	struct ahead *a;
	struct ahead_file f;
	char text[32];
	int given = 0, taken = 0;

	assert_int_equal(ahead_create(is_chosen, &chosen, &a), 0);
	if (!a)
		skip(); /* one processor */
	assert_false(ahead_take(a, &f));
	while (taken < 1000) {
		while (!ahead_is_full(a) && given < 1000) {
			snprintf(text, sizeof(text), "%c %d", given % 3 ? 'n' : 'y', given);
			f = make_file(text, given++);
			ahead_give(a, &f);
		}
		assert_true(ahead_take(a, &f));
		snprintf(text, sizeof(text), "%c %d", taken % 3 ? 'n' : 'y', taken);
		assert_true(f.tag == taken && f.is_read && atoi(f.path) == taken);
		assert_int_equal(f.is_of_use, taken % 3 == 0);
		assert_true(f.size == strlen(text) && !strcmp(f.text, text));
		close(f.fd);
		free(f.path);
		taken++;
	}
	/* A folder is not read, and what is not taken back is closed. */
	f = (struct ahead_file){ .fd = open("/", O_RDONLY), .path = strdup("/") };
	ahead_give(a, &f);
	assert_true(ahead_take(a, &f) && !f.is_read && !f.is_of_use);
	close(f.fd);
	free(f.path);
	f = make_file("left", 0);
	ahead_give(a, &f);
	ahead_destroy(a);
	assert_int_equal(fcntl(f.fd, F_GETFD), -1);
	ahead_destroy(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_same),
					    cmocka_unit_test(test_failures),
					    cmocka_unit_test(test_one_processor),
					    cmocka_unit_test(test_ahead) };
	char *name = files[NR_FILES - 1].name;

	for (size_t i = 0; i < DEEP_FOLDERS; i++)
		name += sprintf(name, "d/");
	strcpy(name, "a.c");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
