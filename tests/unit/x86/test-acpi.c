/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The readers of the host's ACPI tables: what sound tables say, and that no table, however
 * cut or wrong, is read beyond its end (each lies at the end of its own allocation).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <candor/support.h>

#include "acpi-tables.h"

SUPPORT_TEST(host_smp, "unit/acpi");

static struct acpi_info info;

struct table {
	uint8_t byte[1024];
	size_t size;
};

static void add(struct table *t, const void *data, size_t size)
{
	memcpy(t->byte + t->size, data, size);
	t->size += size;
}

#define ADD(t, ...)                                       \
	do {                                              \
		const uint8_t bytes_[] = { __VA_ARGS__ }; \
		add(t, bytes_, sizeof(bytes_));           \
	} while (0)

static struct table table_start(size_t header)
{
	return (struct table){ .size = header };
}

typedef bool read_fn(const void *table, size_t size, struct acpi_info *info);

/* Read a copy that ends where its memory does. */
static bool read_exact(read_fn *fn, const struct table *t, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);
	bool ok;

	memcpy(copy, t->byte, size);
	ok = fn(copy, size, &info);
	free(copy);
	return ok;
}

static struct table madt(void)
{
	struct table t = table_start(44);

	ADD(&t, 0, 8, 0, 0, 1, 0, 0, 0);			     /* CPU 0 */
	ADD(&t, 0, 8, 1, 2, 0, 0, 0, 0);			     /* disabled */
	ADD(&t, 1, 12, 9, 0, 0, 0, 0xc0, 0xfe, 0, 0, 0, 0);	     /* an I/O APIC */
	ADD(&t, 0, 8, 2, 4, 1, 0, 0, 0);			     /* CPU 1 */
	ADD(&t, 0, 8, 2, 4, 1, 0, 0, 0);			     /* the same again */
	ADD(&t, 0, 8, 3, 255, 1, 0, 0, 0);			     /* nobody */
	ADD(&t, 9, 16, 0, 0, 0x2c, 1, 0, 0, 1, 0, 0, 0, 7, 0, 0, 0); /* APIC id 300 */
	return t;
}

static void test_madt(void **state)
{
	struct table t = madt();

	memset(&info, 0, sizeof(info));
	assert_true(read_exact(acpi_read_madt, &t, t.size));
	assert_int_equal(info.nr_cpus, 3);
	assert_int_equal(info.apic_id[0], 0);
	assert_int_equal(info.apic_id[1], 4);
	assert_int_equal(info.apic_id[2], 300);
	assert_int_equal(info.node[1], ACPI_NO_NODE);
}

static void test_madt_full(void **state)
{
	uint8_t *big = calloc(1, 44 + 300 * 16);

	memset(&info, 0, sizeof(info));
	for (unsigned i = 0; i < 300; i++) {
		uint8_t *e = big + 44 + i * 16;

		e[0] = 9;
		e[1] = 16;
		e[4] = (uint8_t)i;
		e[5] = (uint8_t)(i >> 8);
		e[8] = 1;
	}
	assert_true(acpi_read_madt(big, 44 + 300 * 16, &info));
	assert_int_equal(info.nr_cpus, ACPI_MAX_CPUS);
	assert_int_equal(info.nr_cpus_dropped, 300 - ACPI_MAX_CPUS);
	free(big);
}

static struct table srat(void)
{
	struct table t = table_start(48);

	ADD(&t, 0, 16, 5, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);  /* APIC id 0: domain 5 */
	ADD(&t, 0, 16, 9, 4, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);  /* 4: domain 9 */
	ADD(&t, 0, 16, 3, 77, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0); /* no such CPU */
	ADD(&t, 1, 40, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0, 0, 0,
	    0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0); /* 1 MiB of domain 5 */
	ADD(&t, 1, 40, 9, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0x10, 0, 0,
	    0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0); /* overflows: left out */
	ADD(&t, 2, 24, 0, 0, 9, 0, 0, 0, 0x2c, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
	return t;
}

static void test_numa(void **state)
{
	struct table m = madt(), s = srat(), l = table_start(36);

	memset(&info, 0, sizeof(info));
	assert_true(read_exact(acpi_read_madt, &m, m.size));
	assert_true(read_exact(acpi_read_srat, &s, s.size));
	assert_int_equal(info.nr_nodes, 2);
	assert_int_equal(info.node[0], 0);
	assert_int_equal(info.node[1], 1);
	assert_int_equal(info.node[2], 1);
	assert_int_equal(info.nr_ranges, 1);
	assert_int_equal(info.range[0].end, 1 << 20);
	ADD(&l, 10, 0, 0, 0, 0, 0, 0, 0);
	for (unsigned a = 0; a < 10; a++)
		for (unsigned b = 0; b < 10; b++)
			ADD(&l, (uint8_t)(a == b ? 10 : 10 + a + b));
	assert_true(read_exact(acpi_read_slit, &l, l.size));
	assert_int_equal(info.distance[0][0], 10);
	assert_int_equal(info.distance[0][1], 24);
	l.byte[36] = 11; /* more than there are */
	assert_false(read_exact(acpi_read_slit, &l, l.size));
	memset(l.byte + 36, 0xff, 8);
	assert_false(read_exact(acpi_read_slit, &l, l.size));
}

static void put32(struct table *t, size_t at, uint32_t v)
{
	memcpy(t->byte + at, &v, sizeof(v));
}

static void test_fadt(void **state)
{
	struct table t = table_start(244);

	memset(&info, 0, sizeof(info));
	put32(&t, 40, 0x1234000);
	put32(&t, 64, 0x604);
	put32(&t, 112, 1u << 10);
	t.byte[116] = ACPI_SPACE_IO;
	t.byte[117] = 8;
	put32(&t, 120, 0xcf9);
	t.byte[128] = 0xf;
	assert_true(read_exact(acpi_read_fadt, &t, t.size));
	assert_int_equal(info.dsdt, 0x1234000);
	assert_int_equal(info.pm1a_cnt, 0x604);
	assert_int_equal(info.pm1b_cnt, 0);
	assert_true(info.have_reset);
	assert_int_equal(info.reset.address, 0xcf9);
	assert_int_equal(info.reset_value, 0xf);
	put32(&t, 120, 0x10000); /* no port */
	assert_true(read_exact(acpi_read_fadt, &t, t.size));
	assert_false(info.have_reset);
	info.have_reset = false;
	assert_true(read_exact(acpi_read_fadt, &t, 116));
	assert_false(info.have_reset);
	assert_false(read_exact(acpi_read_fadt, &t, 115));
}

static void test_s5(void **state)
{
	struct table t = table_start(36);

	memset(&info, 0, sizeof(info));
	ADD(&t, 0xff, '_', 'S', '5', '_', 0x12); /* a mention, no definition */
	assert_false(read_exact(acpi_read_s5, &t, t.size));
	ADD(&t, 8, '\\', '_', 'S', '5', '_', 0x12, 6, 4, 0x0a, 5, 1, 0, 0);
	assert_true(read_exact(acpi_read_s5, &t, t.size));
	assert_true(info.have_s5);
	assert_int_equal(info.s5_a, 5);
	assert_int_equal(info.s5_b, 1);
}

static void test_sum(void **state)
{
	const uint8_t good[] = { 200, 56 }, bad[] = { 200, 57 };

	assert_true(acpi_sum_ok(good, sizeof(good)));
	assert_false(acpi_sum_ok(bad, sizeof(bad)));
}

/* Every length up to the whole, and every byte changed to what is worst for lengths. */
static void test_damaged(void **state)
{
	const struct table tables[] = { madt(), srat() };
	read_fn *const fn[] = { acpi_read_madt, acpi_read_srat, acpi_read_slit, acpi_read_fadt,
				acpi_read_s5 };

	for (unsigned f = 0; f < sizeof(fn) / sizeof(fn[0]); f++) {
		for (unsigned i = 0; i < 2; i++) {
			for (size_t size = 0; size <= tables[i].size; size++) {
				memset(&info, 0, sizeof(info));
				read_exact(fn[f], &tables[i], size);
			}
			for (size_t at = 0; at < tables[i].size; at++) {
				struct table t = tables[i];

				memset(&info, 0, sizeof(info));
				t.byte[at] = (uint8_t)(at & 1 ? 0 : 0xff);
				read_exact(fn[f], &t, t.size);
				assert_true(info.nr_cpus <= ACPI_MAX_CPUS);
			}
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_madt),	cmocka_unit_test(test_madt_full),
		cmocka_unit_test(test_numa),	cmocka_unit_test(test_fadt),
		cmocka_unit_test(test_s5),	cmocka_unit_test(test_sum),
		cmocka_unit_test(test_damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
