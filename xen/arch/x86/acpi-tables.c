/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Readers of single ACPI tables. Layouts: ACPI specification 6.4, sections 5.2.9
 * (FADT), 5.2.12 (MADT), 5.2.16 (SRAT), 5.2.17 (SLIT), 7.4.2 (\_S5), 20.2 (byte code).
 */
#include "acpi-tables.h"

#include <hv/string.h>

struct subtable {
	uint8_t type, length;
} __attribute__((packed));

struct madt_lapic {
	struct subtable h;
	uint8_t uid, apic_id;
	uint32_t flags;
} __attribute__((packed));

struct madt_x2apic {
	struct subtable h;
	uint16_t reserved;
	uint32_t apic_id, flags, uid;
} __attribute__((packed));

struct srat_lapic {
	struct subtable h;
	uint8_t domain_low, apic_id;
	uint32_t flags;
	uint8_t sapic_eid, domain_high[3];
	uint32_t clock_domain;
} __attribute__((packed));

struct srat_memory {
	struct subtable h;
	uint32_t domain;
	uint16_t reserved0;
	uint64_t base, size;
	uint32_t reserved1, flags;
	uint64_t reserved2;
} __attribute__((packed));

struct srat_x2apic {
	struct subtable h;
	uint16_t reserved0;
	uint32_t domain, apic_id, flags, clock_domain, reserved1;
} __attribute__((packed));

/* What is read of the FADT, and where it is. */
enum {
	FADT_DSDT = 40,
	FADT_PM1A_CNT = 64,
	FADT_PM1B_CNT = 68,
	FADT_FLAGS = 112,
	FADT_RESET_REG = 116,
	FADT_RESET_VALUE = 128,
	FADT_X_DSDT = 140,
	FADT_SIZE_V1 = 116,
	FADT_SIZE_RESET = 129,
};
#define FADT_RESET_REG_SUP (1u << 10)

enum { MADT_LAPIC = 0, MADT_X2APIC = 9 };
enum { SRAT_LAPIC = 0, SRAT_MEMORY = 1, SRAT_X2APIC = 2 };
#define MADT_ENABLED (1u << 0)
#define SRAT_ENABLED (1u << 0)
#define MADT_FIRST 44 /* header, address, flags */
#define SRAT_FIRST 48 /* header, 12 reserved bytes */
#define SLIT_FIRST 44 /* header, count of 8 bytes */

_Static_assert(sizeof(struct acpi_header) == 36, "ACPI 6.4, table 5.28");
_Static_assert(sizeof(struct acpi_register) == 12, "ACPI 6.4, table 5.25");
_Static_assert(sizeof(struct madt_lapic) == 8, "ACPI 6.4, table 5.46");
_Static_assert(sizeof(struct madt_x2apic) == 16, "ACPI 6.4, table 5.55");
_Static_assert(sizeof(struct srat_lapic) == 16, "ACPI 6.4, table 5.65");
_Static_assert(sizeof(struct srat_memory) == 40, "ACPI 6.4, table 5.66");
_Static_assert(sizeof(struct srat_x2apic) == 24, "ACPI 6.4, table 5.67");

bool acpi_sum_ok(const void *data, size_t size)
{
	const uint8_t *p = data;
	uint8_t sum = 0;

	while (size--)
		sum = (uint8_t)(sum + *p++);
	return !sum;
}

static uint32_t read32(const void *table, size_t at)
{
	uint32_t v;

	memcpy(&v, (const char *)table + at, sizeof(v));
	return v;
}

static uint64_t read64(const void *table, size_t at)
{
	uint64_t v;

	memcpy(&v, (const char *)table + at, sizeof(v));
	return v;
}

/*
 * Call @fn for each entry that lies in the table as a whole; one without a length ends it.
 * False if the table has not even a beginning.
 */
static bool each_subtable(const void *table, size_t size, size_t first, struct acpi_info *info,
			  void (*fn)(const struct subtable *s, struct acpi_info *info))
{
	size_t at = first;

	if (size < first)
		return false;
	while (size - at >= sizeof(struct subtable)) {
		const struct subtable *s = (const void *)((const char *)table + at);

		if (s->length < sizeof(*s) || s->length > size - at)
			break;
		fn(s, info);
		at += s->length;
	}
	return true;
}

static unsigned find_cpu(const struct acpi_info *info, uint32_t apic_id)
{
	unsigned i = 0;

	while (i < info->nr_cpus && info->apic_id[i] != apic_id)
		i++;
	return i;
}

static void add_cpu(struct acpi_info *info, uint32_t apic_id, uint32_t flags)
{
	if (!(flags & MADT_ENABLED) || find_cpu(info, apic_id) < info->nr_cpus)
		return;
	if (info->nr_cpus == ACPI_MAX_CPUS) {
		info->nr_cpus_dropped++;
		return;
	}
	info->node[info->nr_cpus] = ACPI_NO_NODE;
	info->apic_id[info->nr_cpus++] = apic_id;
}

static void madt_entry(const struct subtable *s, struct acpi_info *info)
{
	struct madt_x2apic x;
	struct madt_lapic l;

	if (s->type == MADT_LAPIC && s->length >= sizeof(l)) {
		memcpy(&l, s, sizeof(l));
		if (l.apic_id != 0xff)
			add_cpu(info, l.apic_id, l.flags);
	} else if (s->type == MADT_X2APIC && s->length >= sizeof(x)) {
		memcpy(&x, s, sizeof(x));
		if (x.apic_id != 0xffffffff)
			add_cpu(info, x.apic_id, x.flags);
	}
}

bool acpi_read_madt(const void *table, size_t size, struct acpi_info *info)
{
	return each_subtable(table, size, MADT_FIRST, info, madt_entry);
}

/* The node of a proximity domain, made if need be; ACPI_NO_NODE when there are too many. */
static unsigned node_of(struct acpi_info *info, uint32_t domain)
{
	for (unsigned n = 0; n < info->nr_nodes; n++)
		if (info->domain[n] == domain)
			return n;
	if (info->nr_nodes == ACPI_MAX_NODES)
		return ACPI_NO_NODE;
	info->domain[info->nr_nodes] = domain;
	return info->nr_nodes++;
}

static void set_node(struct acpi_info *info, uint32_t apic_id, uint32_t domain)
{
	unsigned cpu = find_cpu(info, apic_id);

	if (cpu < info->nr_cpus)
		info->node[cpu] = node_of(info, domain);
}

static void srat_memory(const struct srat_memory *m, struct acpi_info *info)
{
	uint64_t end;
	unsigned node;

	if (!(m->flags & SRAT_ENABLED) || !m->size ||
	    __builtin_add_overflow(m->base, m->size, &end) || info->nr_ranges == ACPI_MAX_RANGES)
		return;
	node = node_of(info, m->domain);
	if (node != ACPI_NO_NODE)
		info->range[info->nr_ranges++] = (struct acpi_memory_range){ m->base, end, node };
}

static void srat_entry(const struct subtable *s, struct acpi_info *info)
{
	struct srat_x2apic x;
	struct srat_memory m;
	struct srat_lapic l;

	if (s->type == SRAT_LAPIC && s->length >= sizeof(l)) {
		memcpy(&l, s, sizeof(l));
		if (l.flags & SRAT_ENABLED)
			set_node(info, l.apic_id,
				 l.domain_low | (uint32_t)l.domain_high[0] << 8 |
					 (uint32_t)l.domain_high[1] << 16 |
					 (uint32_t)l.domain_high[2] << 24);
	} else if (s->type == SRAT_MEMORY && s->length >= sizeof(m)) {
		memcpy(&m, s, sizeof(m));
		srat_memory(&m, info);
	} else if (s->type == SRAT_X2APIC && s->length >= sizeof(x)) {
		memcpy(&x, s, sizeof(x));
		if (x.flags & SRAT_ENABLED)
			set_node(info, x.apic_id, x.domain);
	}
}

bool acpi_read_srat(const void *table, size_t size, struct acpi_info *info)
{
	return each_subtable(table, size, SRAT_FIRST, info, srat_entry);
}

bool acpi_read_slit(const void *table, size_t size, struct acpi_info *info)
{
	const uint8_t *entry = (const uint8_t *)table + SLIT_FIRST;
	uint64_t nr;

	if (size < SLIT_FIRST)
		return false;
	nr = read64(table, sizeof(struct acpi_header));
	if (!nr || nr > UINT32_MAX || nr * nr > size - SLIT_FIRST)
		return false;
	for (unsigned a = 0; a < info->nr_nodes; a++) {
		for (unsigned b = 0; b < info->nr_nodes; b++) {
			uint64_t row = info->domain[a], column = info->domain[b];

			if (row < nr && column < nr)
				info->distance[a][b] = entry[row * nr + column];
		}
	}
	return true;
}

bool acpi_read_fadt(const void *table, size_t size, struct acpi_info *info)
{
	uint32_t pm1a, pm1b;

	if (size < FADT_SIZE_V1)
		return false;
	pm1a = read32(table, FADT_PM1A_CNT);
	pm1b = read32(table, FADT_PM1B_CNT);
	info->pm1a_cnt = pm1a <= UINT16_MAX ? (uint16_t)pm1a : 0;
	info->pm1b_cnt = pm1b <= UINT16_MAX ? (uint16_t)pm1b : 0;
	info->dsdt = read32(table, FADT_DSDT);
	if (size >= FADT_X_DSDT + sizeof(uint64_t) && read64(table, FADT_X_DSDT))
		info->dsdt = read64(table, FADT_X_DSDT);
	if (size < FADT_SIZE_RESET || !(read32(table, FADT_FLAGS) & FADT_RESET_REG_SUP))
		return true;
	memcpy(&info->reset, (const char *)table + FADT_RESET_REG, sizeof(info->reset));
	info->reset_value = ((const uint8_t *)table)[FADT_RESET_VALUE];
	info->have_reset =
		info->reset.address && info->reset.bit_width == 8 && !info->reset.bit_offset &&
		(info->reset.space == ACPI_SPACE_MEMORY ||
		 (info->reset.space == ACPI_SPACE_IO && info->reset.address <= UINT16_MAX));
	return true;
}

enum { AML_ZERO = 0, AML_ONE = 1, AML_NAME = 8, AML_BYTE = 0xa, AML_PACKAGE = 0x12 };

/* A constant of the byte code at *at, which moves behind it. */
static bool aml_constant(const uint8_t *code, size_t size, size_t *at, uint8_t *ret_value)
{
	if (*at >= size)
		return false;
	switch (code[*at]) {
	case AML_ZERO:
	case AML_ONE:
		*ret_value = code[(*at)++];
		return true;
	case AML_BYTE:
		if (size - *at < 2)
			return false;
		*ret_value = code[*at + 1];
		*at += 2;
		return true;
	default:
		return false;
	}
}

/* Two constants in a package that starts at @at. */
static bool s5_package(const uint8_t *code, size_t size, size_t at, struct acpi_info *info)
{
	uint8_t a, b;

	if (size - at < 3 || code[at] != AML_PACKAGE)
		return false;
	/* PkgLength: the two upper bits of its first byte count those that follow. */
	at += 2u + (code[at + 1] >> 6);
	if (at >= size || code[at] < 2)
		return false;
	at++;
	if (!aml_constant(code, size, &at, &a) || !aml_constant(code, size, &at, &b))
		return false;
	info->s5_a = a & 7;
	info->s5_b = b & 7;
	info->have_s5 = true;
	return true;
}

bool acpi_read_s5(const void *dsdt, size_t size, struct acpi_info *info)
{
	static const char name[4] = "_S5_";
	const uint8_t *code = dsdt;

	for (size_t at = sizeof(struct acpi_header) + 2; at + sizeof(name) < size; at++) {
		if (memcmp(code + at, name, sizeof(name)))
			continue;
		if (code[at - 1] != AML_NAME && (code[at - 1] != '\\' || code[at - 2] != AML_NAME))
			continue;
		if (s5_package(code, size, at + sizeof(name), info))
			return true;
	}
	return false;
}
