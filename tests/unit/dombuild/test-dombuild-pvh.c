/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whole domains: memory map, what the guest finds in memory, and every way to fail. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <xen/arch-x86/hvm/start_info.h>

#include <candor/support.h>
#include <hv/errno.h>

#include "dombuild.h"
#include "images.h"
#include "mock.h"

SUPPORT_TEST(pvh_guest, "unit/dombuild-pvh");
SUPPORT_TEST(limit_pvh_memory, "unit/dombuild-pvh");

#define MIB (1ull << 20)
#define GIB (1ull << 30)
#define SUPERPAGE_SIZE (2 * MIB)

static uint8_t kernel[IMAGE_SIZE];
static uint8_t initrd[10000];

static struct dombuild_config make_config(uint64_t mem_size)
{
	image_make(kernel, true);
	for (size_t i = 0; i < sizeof(initrd); i++)
		initrd[i] = (uint8_t)(i * 11 + 1);
	return (struct dombuild_config){
		kernel, sizeof(kernel), initrd, sizeof(initrd), "console=hvc0 quiet", mem_size, 1
	};
}

static bool all_zero(struct domain *d, uint64_t addr, uint64_t size)
{
	static uint8_t block[PAGE_SIZE];

	for (uint64_t at = 0; at < size; at += PAGE_SIZE) {
		mock_read(d, addr + at, block, PAGE_SIZE);
		for (size_t i = 0; i < PAGE_SIZE; i++)
			if (block[i])
				return false;
	}
	return true;
}

static void check_map_entry(const struct dombuild_result *r, unsigned i, uint64_t addr,
			    uint64_t size, uint32_t type)
{
	assert_int_equal(r->map[i].addr, addr);
	assert_int_equal(r->map[i].size, size);
	assert_int_equal(r->map[i].type, type);
}

/* The start info and all it points to, against the configuration and the result. */
static void check_start_info(struct domain *d, const struct dombuild_config *config,
			     const struct dombuild_result *r)
{
	struct hvm_start_info info;
	struct hvm_modlist_entry module;
	struct hvm_memmap_table_entry map;
	char text[DOMBUILD_MAX_CMDLINE + 1], rsdp[8];
	static uint8_t copy[sizeof(initrd)];

	mock_read(d, r->start_info, &info, sizeof(info));
	assert_int_equal(info.magic, 0x336ec578);
	assert_int_equal(info.version, 1);
	assert_int_equal(info.flags, 0);
	assert_int_equal(info.reserved, 0);
	mock_read(d, info.cmdline_paddr, text, strlen(config->cmdline) + 1);
	assert_string_equal(text, config->cmdline);
	mock_read(d, info.rsdp_paddr, rsdp, sizeof(rsdp));
	assert_memory_equal(rsdp, "RSD PTR ", 8);
	assert_int_equal(info.memmap_entries, r->nr_map);
	for (unsigned i = 0; i < r->nr_map; i++) {
		mock_read(d, info.memmap_paddr + i * sizeof(map), &map, sizeof(map));
		check_map_entry(r, i, map.addr, map.size, map.type);
		assert_int_equal(map.reserved, 0);
	}
	assert_int_equal(info.nr_modules, config->initrd_size ? 1 : 0);
	if (!config->initrd_size)
		return;
	mock_read(d, info.modlist_paddr, &module, sizeof(module));
	assert_int_equal(module.size, config->initrd_size);
	assert_int_equal(module.paddr % PAGE_SIZE, 0);
	assert_true(module.paddr + module.size <= r->map[0].size);
	mock_read(d, module.paddr, copy, sizeof(copy));
	assert_memory_equal(copy, initrd, sizeof(initrd));
}

static void check_kernel(struct domain *d)
{
	static uint8_t got[IMAGE_TEXT_MEMSZ];

	mock_read(d, IMAGE_TEXT_PADDR, got, sizeof(got));
	for (size_t i = 0; i < sizeof(got); i++)
		assert_int_equal(got[i],
				 i < IMAGE_TEXT_FILESZ ? image_byte(IMAGE_TEXT_OFFSET + i) : 0);
}

static void test_builds_a_guest(void **state)
{
	struct dombuild_config config = make_config(16 * MIB + 5 * PAGE_SIZE + 17);
	struct dombuild_result r = { 0 };
	struct domain d = { .id = 1, .nr_vcpus = 1 };
	const char *error = "";

	mock_start(32 * MIB >> PAGE_SHIFT, 32 * MIB >> PAGE_SHIFT);
	assert_int_equal(dombuild_pvh(&d, &config, &r, &error), 0);
	assert_int_equal(r.entry, IMAGE_ENTRY);
	assert_int_equal(r.nr_map, 3);
	check_map_entry(&r, 0, 0, 16 * MIB + 5 * PAGE_SIZE, XEN_HVM_MEMMAP_TYPE_RAM);
	check_map_entry(&r, 1, 0xfc000000, PAGE_SIZE, XEN_HVM_MEMMAP_TYPE_ACPI);
	check_map_entry(&r, 2, 0xfeff8000, 8 * PAGE_SIZE, XEN_HVM_MEMMAP_TYPE_RESERVED);
	check_start_info(&d, &config, &r);
	check_kernel(&d);
	assert_int_equal(r.console_gfn.n, 0xfefff);
	assert_true(all_zero(&d, r.console_gfn.n << PAGE_SHIFT, PAGE_SIZE));
	/* 8 superpages, the rest in single pages: 5 of RAM, ACPI, console. */
	assert_int_equal(mock_nr_mappings(9), 8);
	assert_int_equal(mock_nr_mappings(0), 7);
	assert_int_equal(d.nr_pages, 8 * 512 + 7);
	assert_int_equal(d.max_pages, d.nr_pages);
	mock_stop(&d);
}

/* The machine's memory is dirty: none of that may show. */
static void test_scrubs_memory(void **state)
{
	struct dombuild_config config = make_config(8 * MIB);
	struct dombuild_result r;
	struct domain d = { .id = 1, .nr_vcpus = 1 };
	const char *error = "";

	mock_start(12 * MIB >> PAGE_SHIFT, 12 * MIB >> PAGE_SHIFT);
	assert_int_equal(dombuild_pvh(&d, &config, &r, &error), 0);
	assert_true(all_zero(&d, 0, IMAGE_START));
	assert_true(all_zero(&d, ALIGN_UP(IMAGE_END, PAGE_SIZE),
			     r.start_info - ALIGN_UP(IMAGE_END, PAGE_SIZE)));
	assert_true(r.start_info > IMAGE_END);
	mock_stop(&d);
}

static void test_does_without_superpages(void **state)
{
	struct dombuild_config config = make_config(6 * MIB);
	struct dombuild_result r;
	struct domain d = { .id = 1, .nr_vcpus = 1 };
	const char *error = "";

	mock_start(12 * MIB >> PAGE_SHIFT, 12 * MIB >> PAGE_SHIFT);
	mock_no_superpages();
	assert_int_equal(dombuild_pvh(&d, &config, &r, &error), 0);
	assert_int_equal(mock_nr_mappings(9), 0);
	assert_int_equal(mock_nr_mappings(0), (6 * MIB >> PAGE_SHIFT) + 2);
	check_start_info(&d, &config, &r);
	check_kernel(&d);
	mock_stop(&d);
}

static void test_continues_above_4g(void **state)
{
	struct dombuild_config config = make_config(4 * GIB + 6 * MIB);
	struct dombuild_result r;
	struct domain d = { .id = 1, .nr_vcpus = 1 };
	const char *error = "";

	/* All is shared but the first MiBs: what lies in shared memory is not read back. */
	mock_start(16 * MIB >> PAGE_SHIFT, (4 * GIB + 64 * MIB) >> PAGE_SHIFT);
	config.initrd_size = 0;
	assert_int_equal(dombuild_pvh(&d, &config, &r, &error), 0);
	assert_int_equal(r.nr_map, 4);
	check_map_entry(&r, 0, 0, 0xf0000000, XEN_HVM_MEMMAP_TYPE_RAM);
	check_map_entry(&r, 3, 4 * GIB, 256 * MIB + 6 * MIB, XEN_HVM_MEMMAP_TYPE_RAM);
	assert_true(r.start_info < 0xf0000000);
	assert_int_equal(mock_nr_mappings(9), (4 * GIB + 6 * MIB) / SUPERPAGE_SIZE);
	check_kernel(&d);
	mock_stop(&d);
}

/* A kernel at the top of the RAM: the rest goes below it. */
static void test_goes_below_a_high_kernel(void **state)
{
	struct dombuild_config config = make_config(8 * MIB);
	struct dombuild_result r;
	struct domain d = { .id = 1, .nr_vcpus = 1 };
	const char *error = "";

	mock_start(12 * MIB >> PAGE_SHIFT, 12 * MIB >> PAGE_SHIFT);
	image_put(kernel, image_phdr(true, 1) + 24, 8, 8 * MIB - IMAGE_TEXT_MEMSZ);
	image_put(kernel, image_phdr(true, 0) + 24, 8, 7 * MIB);
	image_put(kernel, IMAGE_ENTRY_NOTE + 16, 4, 7 * MIB);
	assert_int_equal(dombuild_pvh(&d, &config, &r, &error), 0);
	assert_true(r.start_info < 7 * MIB);
	check_start_info(&d, &config, &r);
	mock_stop(&d);
}

static void test_builds_without_extras(void **state)
{
	struct dombuild_config config = make_config(4 * MIB);
	struct dombuild_result r;
	struct hvm_start_info info;
	struct domain d = { .id = 1, .nr_vcpus = 1 };
	const char *error = "";
	char nul = 1;

	mock_start(8 * MIB >> PAGE_SHIFT, 8 * MIB >> PAGE_SHIFT);
	config.initrd = NULL;
	config.initrd_size = 0;
	config.cmdline = NULL;
	assert_int_equal(dombuild_pvh(&d, &config, &r, &error), 0);
	mock_read(&d, r.start_info, &info, sizeof(info));
	assert_int_equal(info.nr_modules, 0);
	assert_int_equal(info.modlist_paddr, 0);
	mock_read(&d, info.cmdline_paddr, &nul, 1);
	assert_int_equal(nul, 0);
	mock_stop(&d);
}

static void expect_failure(const struct dombuild_config *config, int want, const char *text)
{
	struct domain d = { .id = 1, .nr_vcpus = 1 };
	struct dombuild_result r = { .entry = 77 };
	const char *error = "";
	int rc;

	mock_start(16 * MIB >> PAGE_SHIFT, 16 * MIB >> PAGE_SHIFT);
	rc = dombuild_pvh(&d, config, &r, &error);
	if (rc != want || !strstr(error, text))
		fail_msg("wanted \"%s\", got %d \"%s\"", text, rc, error);
	assert_int_equal(r.entry, 77);
	mock_stop(&d);
}

static void test_refuses_bad_configurations(void **state)
{
	const struct dombuild_config good = make_config(8 * MIB);
	struct dombuild_config c;
	static char cmdline[DOMBUILD_MAX_CMDLINE + 2];

	memset(cmdline, 'a', sizeof(cmdline) - 1);
	c = good, c.kernel = NULL;
	expect_failure(&c, -XEN_EINVAL, "no kernel");
	c = good, c.kernel_size = 0;
	expect_failure(&c, -XEN_EINVAL, "no kernel");
	c = good, c.initrd = NULL;
	expect_failure(&c, -XEN_EINVAL, "initrd");
	c = good, c.nr_vcpus = 0;
	expect_failure(&c, -XEN_EINVAL, "1 to 128");
	c = good, c.nr_vcpus = 129;
	expect_failure(&c, -XEN_EINVAL, "1 to 128");
	c = good, c.mem_size = 4095;
	expect_failure(&c, -XEN_EINVAL, "32 GiB");
	c = good, c.mem_size = 32 * GIB + 1;
	expect_failure(&c, -XEN_EINVAL, "32 GiB");
	c = good, c.mem_size = UINT64_MAX;
	expect_failure(&c, -XEN_EINVAL, "32 GiB");
	c = good, c.cmdline = cmdline;
	expect_failure(&c, -XEN_E2BIG, "4095");
	c = good, c.kernel_size = 100;
	expect_failure(&c, -XEN_ENOEXEC, "first 4096 bytes");
}

static void test_accepts_the_longest_cmdline(void **state)
{
	struct dombuild_config config = make_config(8 * MIB);
	static char cmdline[DOMBUILD_MAX_CMDLINE + 1];
	struct dombuild_result r;
	struct domain d = { .id = 1, .nr_vcpus = 1 };
	const char *error = "";

	memset(cmdline, 'a', sizeof(cmdline) - 1);
	config.cmdline = cmdline;
	mock_start(12 * MIB >> PAGE_SHIFT, 12 * MIB >> PAGE_SHIFT);
	assert_int_equal(dombuild_pvh(&d, &config, &r, &error), 0);
	check_start_info(&d, &config, &r);
	mock_stop(&d);
}

static void test_says_when_memory_is_short(void **state)
{
	struct dombuild_config c = make_config(32 * MIB);

	expect_failure(&c, -XEN_ENOMEM, "the host has too little free memory");
	c = make_config(PAGE_SIZE);
	expect_failure(&c, -XEN_ENOMEM, "kernel does not fit");
	c = make_config(2 * MIB + IMAGE_DATA_MEMSZ + PAGE_SIZE);
	c.initrd = NULL, c.initrd_size = 0;
	image_put(kernel, image_phdr(true, 1) + 24, 8, 0x1000);
	image_put(kernel, image_phdr(true, 1) + 40, 8, 2 * MIB - 0x1000);
	image_put(kernel, IMAGE_ENTRY_NOTE + 16, 4, 0x1000);
	expect_failure(&c, -XEN_ENOMEM, "too little memory for kernel and initrd");
	c = make_config(8 * MIB);
	c.initrd_size = SIZE_MAX; /* refused before a byte of it is read */
	expect_failure(&c, -XEN_ENOMEM, "too little memory for kernel and initrd");
}

static void test_leaks_nothing_whatever_fails(void **state)
{
	struct dombuild_config config = make_config(4 * MIB + 2 * PAGE_SIZE);
	unsigned nr_failures = 0;

	for (unsigned n = 1; n < 100; n++) {
		struct domain d = { .id = 1, .nr_vcpus = 1 };
		struct dombuild_result r = { .entry = 77 };
		const char *error = NULL;
		int rc;

		mock_start(8 * MIB >> PAGE_SHIFT, 8 * MIB >> PAGE_SHIFT);
		mock_fail(n);
		rc = dombuild_pvh(&d, &config, &r, &error);
		if (rc) {
			assert_int_equal(rc, -XEN_ENOMEM);
			assert_non_null(strstr(error, "too little free memory"));
			assert_int_equal(r.entry, 77);
			nr_failures++;
		}
		mock_stop(&d);
	}
	/* Two pages of RAM, ACPI, console, loader, ACPI buffer, start info; superpages fall back.
	 */
	assert_int_equal(nr_failures, 7);
}

static void test_passes_on_mapping_errors(void **state)
{
	static const uint64_t gfns[] = { 0, 0x400, 0xfc000, 0xfefff };
	struct dombuild_config config = make_config(4 * MIB + PAGE_SIZE);

	for (size_t i = 0; i < ARRAY_SIZE(gfns); i++) {
		struct domain d = { .id = 1, .nr_vcpus = 1 };
		struct dombuild_result r;
		const char *error = "";

		mock_start(8 * MIB >> PAGE_SHIFT, 8 * MIB >> PAGE_SHIFT);
		mock_fail_map(gfns[i], -XEN_EEXIST);
		assert_int_equal(dombuild_pvh(&d, &config, &r, &error), -XEN_EEXIST);
		assert_non_null(strstr(error, "cannot be mapped"));
		mock_stop(&d);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_builds_a_guest),
		cmocka_unit_test(test_scrubs_memory),
		cmocka_unit_test(test_does_without_superpages),
		cmocka_unit_test(test_continues_above_4g),
		cmocka_unit_test(test_goes_below_a_high_kernel),
		cmocka_unit_test(test_builds_without_extras),
		cmocka_unit_test(test_refuses_bad_configurations),
		cmocka_unit_test(test_accepts_the_longest_cmdline),
		cmocka_unit_test(test_says_when_memory_is_short),
		cmocka_unit_test(test_leaks_nothing_whatever_fails),
		cmocka_unit_test(test_passes_on_mapping_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
