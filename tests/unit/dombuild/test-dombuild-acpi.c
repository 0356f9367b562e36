/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ACPI tables, read back as an OS reads them: by address and offset, not by
 * the structures that wrote them. With arguments NR_VCPUS FOLDER it writes the
 * tables there instead, for iasl.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dombuild.h"
#include "private.h"

#define GPA 0xfc000000u

static _Alignas(64) uint8_t page[ACPI_SIZE];

static uint64_t get(const uint8_t *p, size_t offset, unsigned width)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < width; i++)
		value |= (uint64_t)p[offset + i] << 8 * i;
	return value;
}

static uint8_t sum(const uint8_t *p, size_t size)
{
	uint8_t total = 0;

	while (size--)
		total = (uint8_t)(total + *p++);
	return total;
}

/* The table an OS finds at @addr, checked as it would be. */
static const uint8_t *table_at(uint64_t addr, const char *signature)
{
	const uint8_t *t = page + (addr - GPA);

	assert_in_range(addr, GPA, GPA + ACPI_SIZE - 36);
	assert_memory_equal(t, signature, 4);
	assert_in_range(get(t, 4, 4), 36, ACPI_SIZE - (addr - GPA));
	assert_int_equal(sum(t, get(t, 4, 4)), 0);
	return t;
}

static void build(uint32_t nr_vcpus)
{
	memset(page, 0, sizeof(page));
	acpi_build(page, GPA, nr_vcpus);
}

static const uint8_t *find_fadt(void)
{
	return table_at(get(table_at(get(page, 24, 8), "XSDT"), 36, 8), "FACP");
}

static const uint8_t *find_madt(void)
{
	return table_at(get(table_at(get(page, 24, 8), "XSDT"), 44, 8), "APIC");
}

static void test_rsdp(void **state)
{
	build(1);
	assert_memory_equal(page, "RSD PTR ", 8);
	assert_int_equal(page[15], 2);
	assert_int_equal(get(page, 20, 4), 36);
	assert_int_equal(sum(page, 20), 0);
	assert_int_equal(sum(page, 36), 0);
	assert_int_equal(get(table_at(get(page, 24, 8), "XSDT"), 4, 4), 52);
}

static void test_fadt(void **state)
{
	const uint8_t *fadt, *facs;

	build(2);
	fadt = find_fadt();
	assert_int_equal(get(fadt, 4, 4), 268);
	assert_int_equal(fadt[8], 5);
	assert_int_equal(get(fadt, 46, 2), 9);
	assert_int_equal(get(fadt, 56, 4), 0xb000);
	assert_int_equal(get(fadt, 64, 4), 0xb004);
	assert_int_equal(get(fadt, 76, 4), 0);
	assert_int_equal(get(fadt, 80, 4), 0xafe0);
	assert_int_equal(fadt[88], 4);
	assert_int_equal(fadt[89], 2);
	assert_int_equal(fadt[92], 4);
	assert_int_equal(get(fadt, 109, 2), 0x24);
	assert_int_equal(get(fadt, 112, 4), 0x8575);
	assert_int_equal(fadt[116], 1);
	assert_int_equal(get(fadt, 120, 8), 0xcf9);
	assert_int_equal(get(fadt, 148 + 4, 8), 0xb000);
	assert_int_equal(get(fadt, 172 + 4, 8), 0xb004);
	assert_int_equal(get(fadt, 220 + 4, 8), 0xafe0);
	assert_int_equal(get(fadt, 40, 4), get(fadt, 140, 8));
	assert_int_equal(get(fadt, 36, 4) % 64, 0);
	facs = page + (get(fadt, 36, 4) - GPA);
	assert_memory_equal(facs, "FACS", 4);
	assert_int_equal(get(facs, 4, 4), 64);
}

static void test_madt(void **state)
{
	static const uint32_t counts[] = { 1, 2, 7, DOMBUILD_MAX_VCPUS };

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		const uint8_t *madt;

		build(counts[i]);
		madt = find_madt();
		assert_int_equal(get(madt, 36, 4), 0xfee00000);
		assert_int_equal(get(madt, 4, 4), 44 + counts[i] * 8);
		for (uint32_t n = 0; n < counts[i]; n++) {
			const uint8_t *lapic = madt + 44 + n * 8;

			assert_int_equal(lapic[0], 0);
			assert_int_equal(lapic[1], 8);
			assert_int_equal(lapic[2], n);
			assert_int_equal(lapic[3], 2 * n);
			assert_int_equal(get(lapic, 4, 4), 1);
		}
	}
}

/* The AML's lengths have to add up to the table's. */
static void test_dsdt(void **state)
{
	static const uint32_t counts[] = { 1, 4, 5, DOMBUILD_MAX_VCPUS };

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		const uint8_t *dsdt;
		size_t scope_size;

		build(counts[i]);
		dsdt = table_at(get(find_fadt(), 140, 8), "DSDT");
		assert_int_equal(dsdt[36], 0x10);
		assert_int_equal(dsdt[37] >> 6, 1);
		scope_size = (dsdt[37] & 15) | (size_t)dsdt[38] << 4;
		assert_int_equal(37 + scope_size, get(dsdt, 4, 4));
		assert_int_equal(get(dsdt, 4, 4), 44 + counts[i] * 13);
		assert_int_equal(dsdt[44 + (counts[i] - 1) * 13 + 7], counts[i] - 1);
	}
}

/* Nothing behind the last table: it would be memory no table owns. */
static void test_fills_no_more_than_a_page(void **state)
{
	const uint8_t *dsdt;

	build(DOMBUILD_MAX_VCPUS);
	dsdt = table_at(get(find_fadt(), 140, 8), "DSDT");
	for (const uint8_t *p = dsdt + get(dsdt, 4, 4); p < page + ACPI_SIZE; p++)
		assert_int_equal(*p, 0);
}

static int dump_table(const char *folder, const char *name, const uint8_t *table)
{
	char path[4096];
	FILE *f;
	size_t size = get(table, 4, 4);
	int rc;

	snprintf(path, sizeof(path), "%s/%s.dat", folder, name);
	f = fopen(path, "wb");
	if (!f)
		return 1;
	rc = fwrite(table, 1, size, f) != size;
	return fclose(f) || rc;
}

static int dump(uint32_t nr_vcpus, const char *folder)
{
	build(nr_vcpus);
	return dump_table(folder, "xsdt", page + (get(page, 24, 8) - GPA)) ||
	       dump_table(folder, "facp", find_fadt()) || dump_table(folder, "apic", find_madt()) ||
	       dump_table(folder, "facs", page + (get(find_fadt(), 36, 4) - GPA)) ||
	       dump_table(folder, "dsdt", page + (get(find_fadt(), 140, 8) - GPA));
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rsdp),
		cmocka_unit_test(test_fadt),
		cmocka_unit_test(test_madt),
		cmocka_unit_test(test_dsdt),
		cmocka_unit_test(test_fills_no_more_than_a_page),
	};

	if (argc == 3)
		return dump((uint32_t)strtoul(argv[1], NULL, 10), argv[2]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
