/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Objects, archives and executables: records found, damage reported. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <elf.h>

#include "extract/extract.h"

static const char names[] = "\0.shstrtab\0.candor.support\0.candor.lock";

#define NAME_STRTAB 1
#define NAME_SUPPORT 11
#define NAME_LOCK 27

struct image {
	char data[8192];
	size_t size;
};

static size_t put(struct image *o, const void *data, size_t size)
{
	size_t at = o->size;

	assert_true(at + size <= sizeof(o->data));
	memcpy(o->data + at, data, size);
	o->size += size;
	return at;
}

static void make_elf64(struct image *o, const char *records, const char *lock)
{
	Elf64_Ehdr header = { .e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB,
					   EV_CURRENT },
			      .e_type = ET_REL,
			      .e_machine = EM_X86_64,
			      .e_version = EV_CURRENT,
			      .e_ehsize = sizeof(header),
			      .e_shentsize = sizeof(Elf64_Shdr),
			      .e_shnum = 4,
			      .e_shstrndx = 1 };
	Elf64_Shdr sections[4] = {
		{ 0 },
		{ .sh_name = NAME_STRTAB, .sh_type = SHT_STRTAB, .sh_size = sizeof(names) },
		{ .sh_name = NAME_SUPPORT, .sh_type = SHT_PROGBITS, .sh_size = strlen(records) },
		{ .sh_name = NAME_LOCK, .sh_type = SHT_PROGBITS, .sh_size = strlen(lock) },
	};

	o->size = sizeof(header);
	sections[1].sh_offset = put(o, names, sizeof(names));
	sections[2].sh_offset = put(o, records, strlen(records));
	sections[3].sh_offset = put(o, lock, strlen(lock));
	o->size = (o->size + 7) & ~(size_t)7;
	header.e_shoff = put(o, sections, sizeof(sections));
	memcpy(o->data, &header, sizeof(header));
}

static void make_elf32(struct image *o, const char *records)
{
	Elf32_Ehdr header = { .e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS32, ELFDATA2LSB,
					   EV_CURRENT },
			      .e_type = ET_EXEC,
			      .e_machine = EM_386,
			      .e_version = EV_CURRENT,
			      .e_ehsize = sizeof(header),
			      .e_shentsize = sizeof(Elf32_Shdr),
			      .e_shnum = 3,
			      .e_shstrndx = 1 };
	Elf32_Shdr sections[3] = {
		{ 0 },
		{ .sh_name = NAME_STRTAB, .sh_type = SHT_STRTAB, .sh_size = sizeof(names) },
		{ .sh_name = NAME_SUPPORT,
		  .sh_type = SHT_PROGBITS,
		  .sh_size = (Elf32_Word)strlen(records) },
	};

	o->size = sizeof(header);
	sections[1].sh_offset = (Elf32_Off)put(o, names, sizeof(names));
	sections[2].sh_offset = (Elf32_Off)put(o, records, strlen(records));
	o->size = (o->size + 7) & ~(size_t)7;
	header.e_shoff = (Elf32_Off)put(o, sections, sizeof(sections));
	memcpy(o->data, &header, sizeof(header));
}

static struct model *parse(const char *data, size_t size)
{
	struct model *m = model_create();

	assert_non_null(m);
	assert_int_equal(elf_parse(m, "x.o", data, size), 0);
	assert_int_equal(model_link(m), 0);
	return m;
}

static const char records[] = "provides\talpha\tx86.pvh\tsrc/a.c:7\n"
			      "test\tbeta\tunit/x\tsrc/b.c:9\n";
static const char lock[] = "lock\tlock.format\t1\nlock\tlock.profile\tlab\n"
			   "lock\tfeature.beta\toff\nlock\tfeature.alpha\ton\n";

static void check_records(const struct model *m, const char *object)
{
	assert_int_equal(m->nr_diagnostics, 0);
	assert_int_equal(m->nr_annotations, 2);
	assert_int_equal(m->annotations[0]->kind, ANNOTATION_PROVIDES);
	assert_string_equal(m->annotations[0]->id, "alpha");
	assert_string_equal(m->annotations[0]->detail, "x86.pvh");
	assert_string_equal(m->annotations[0]->at.file, "src/a.c");
	assert_int_equal(m->annotations[0]->at.line, 7);
	assert_string_equal(m->annotations[0]->object, object);
	assert_int_equal(m->annotations[1]->kind, ANNOTATION_TEST);
}

static void test_elf64(void **state)
{
	struct image o = { .size = 0 };
	struct model *m;

	make_elf64(&o, records, lock);
	m = parse(o.data, o.size);
	check_records(m, "x.o");
	assert_int_equal(m->nr_locks, 1);
	assert_string_equal(m->locks[0]->profile, "lab");
	assert_int_equal(m->locks[0]->nr_gates, 2);
	assert_string_equal(m->locks[0]->gates[0].id, "alpha");
	assert_true(m->locks[0]->gates[0].on);
	assert_false(m->locks[0]->gates[1].on);
	model_destroy(m);
}

static void test_elf32(void **state)
{
	struct image o = { .size = 0 };
	struct model *m;

	make_elf32(&o, records);
	m = parse(o.data, o.size);
	check_records(m, "x.o");
	model_destroy(m);
}

static void put_member(struct image *a, const char *name, const void *data, size_t size)
{
	char header[61];

	snprintf(header, sizeof(header), "%-16s%-12d%-6d%-6d%-8d%-10zu`\n", name, 0, 0, 0, 644,
		 size);
	put(a, header, 60);
	put(a, data, size);
	if (size & 1)
		put(a, "\n", 1);
}

static void test_archive(void **state)
{
	static const char long_names[] = "a-very-long-member-name.o/\n";
	struct image o = { .size = 0 }, a = { .size = 0 };
	struct model *m;

	make_elf64(&o, records, lock);
	put(&a, "!<arch>\n", 8);
	put_member(&a, "/", "\0\0\0\0", 4);
	put_member(&a, "//", long_names, sizeof(long_names) - 1);
	put_member(&a, "notes.txt/", "abc", 3);
	put_member(&a, "/0", o.data, o.size);
	m = parse(a.data, a.size);
	check_records(m, "x.o(a-very-long-member-name.o)");
	model_destroy(m);
	m = parse(a.data, a.size - 8);
	assert_int_equal(m->nr_errors, 1);
	model_destroy(m);
}

static void test_thin(void **state)
{
	char folder[] = "/tmp/candor-test-XXXXXX", path[64];
	struct image o = { .size = 0 }, a = { .size = 0 };
	struct model *m = model_create();
	FILE *f;

	assert_non_null(mkdtemp(folder));
	make_elf64(&o, records, lock);
	put(&a, "!<thin>\n", 8);
	put_member(&a, "//", "one.o/\n\n", 8);
	put_member(&a, "/0", "", 0);
	snprintf(path, sizeof(path), "%s/one.o", folder);
	f = fopen(path, "w");
	assert_int_equal(fwrite(o.data, 1, o.size, f), o.size);
	fclose(f);
	snprintf(path, sizeof(path), "%s/t.a", folder);
	f = fopen(path, "w");
	assert_int_equal(fwrite(a.data, 1, a.size, f), a.size);
	fclose(f);
	assert_int_equal(elf_read(m, path), 0);
	assert_int_equal(model_link(m), 0);
	remove(path);
	snprintf(path, sizeof(path), "%s/one.o", folder);
	check_records(m, path);
	remove(path);
	remove(folder);
	model_destroy(m);
}

/* Cut anywhere, or with any byte changed: an answer, whichever, and no crash. */
static void test_damage(void **state)
{
	struct image o = { .size = 0 };
	unsigned int seed = 1;

	make_elf64(&o, records, lock);
	for (size_t size = 0; size < o.size; size++) {
		char *cut = malloc(size + 1);
		struct model *m;

		assert_non_null(cut);
		memcpy(cut, o.data, size);
		m = parse(cut, size);
		if (size < 64)
			assert_int_equal(m->nr_errors, 1);
		model_destroy(m);
		free(cut);
	}
	for (int i = 0; i < 20000; i++) {
		struct image bad = o;
		struct model *m;

		for (int j = 0; j < 3; j++) {
			seed = seed * 1103515245 + 12345;
			bad.data[(seed >> 8) % bad.size] = (char)(seed >> 20);
		}
		m = parse(bad.data, bad.size);
		model_destroy(m);
	}
}

static void test_bad_records(void **state)
{
	static const char *const cases[] = {
		"provides\talpha\tx86\n",
		"provides\talpha\tx86\ta.c:1\tmore\n",
		"offers\talpha\tx86\ta.c:1\n",
		"provides\t\tx86\ta.c:1\n",
		"provides\talpha\tx86\ta.c\n",
		"provides\talpha\tx86\t:1\n",
		"provides\talpha\tx86\ta.c:1x\n",
		"provides\talpha\tx86\ta.c:-1\n",
		"provides\talpha\tx86\ta.c:99999999999999999999\n",
		"provides\talpha\tx86\ta.c:1",
		"\n",
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct model *m = model_create();

		assert_int_equal(records_parse(m, "x.o", cases[i], strlen(cases[i])), 0);
		if (m->nr_annotations || m->nr_errors != 1)
			fail_msg("taken: %s", cases[i]);
		model_destroy(m);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_elf64),	cmocka_unit_test(test_elf32),
		cmocka_unit_test(test_archive), cmocka_unit_test(test_thin),
		cmocka_unit_test(test_damage),	cmocka_unit_test(test_bad_records),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
