/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the hypervisor reads from the host's ACPI tables: processors, NUMA nodes,
 * and how to reset and switch off. Pure functions over a table's bytes, which are
 * the firmware's and therefore believed in nothing.
 */
#ifndef X86_ACPI_TABLES_H
#define X86_ACPI_TABLES_H

#include <hv/types.h>

#define ACPI_MAX_CPUS 256
#define ACPI_MAX_NODES 64
#define ACPI_MAX_RANGES 128
#define ACPI_NO_NODE ~0u
/* Nothing the hypervisor reads is near as large; bounds what is mapped for it. */
#define ACPI_MAX_TABLE (4u << 20)

struct acpi_header {
	char signature[4];
	uint32_t length;
	uint8_t revision, checksum;
	char oem_id[6], oem_table_id[8];
	uint32_t oem_revision;
	char creator_id[4];
	uint32_t creator_revision;
} __attribute__((packed));

struct acpi_register {
	uint8_t space; /* 0 memory, 1 I/O port */
	uint8_t bit_width, bit_offset, access_size;
	uint64_t address;
} __attribute__((packed));

#define ACPI_SPACE_MEMORY 0
#define ACPI_SPACE_IO 1

struct acpi_memory_range {
	uint64_t start, end; /* bytes */
	unsigned node;
};

/* What all tables together say. */
struct acpi_info {
	uint32_t apic_id[ACPI_MAX_CPUS]; /* of the processors that can be used */
	unsigned node[ACPI_MAX_CPUS];	 /* of each of those; ACPI_NO_NODE */
	unsigned nr_cpus, nr_cpus_dropped;

	uint32_t domain[ACPI_MAX_NODES]; /* proximity domain of each node */
	unsigned nr_nodes;
	struct acpi_memory_range range[ACPI_MAX_RANGES];
	unsigned nr_ranges;
	uint8_t distance[ACPI_MAX_NODES][ACPI_MAX_NODES]; /* 10 is a node to itself; 0 unknown */

	bool have_reset, have_s5;
	struct acpi_register reset;
	uint8_t reset_value;
	uint16_t pm1a_cnt, pm1b_cnt; /* ports; 0: none */
	uint8_t s5_a, s5_b;	     /* SLP_TYP for them */
	uint64_t dsdt;		     /* physical */
};

/** Do @size bytes sum up to 0, as those of each table must? */
bool acpi_sum_ok(const void *data, size_t size);

/*
 * Add what a table of @size bytes says, its checksum tested before. False if it cannot be one;
 * entries of it that make no sense are left out. The SRAT comes after the MADT, whose
 * processors it is about, the SLIT after the SRAT.
 */
bool acpi_read_madt(const void *table, size_t size, struct acpi_info *info);
bool acpi_read_srat(const void *table, size_t size, struct acpi_info *info);
bool acpi_read_slit(const void *table, size_t size, struct acpi_info *info);
bool acpi_read_fadt(const void *table, size_t size, struct acpi_info *info);
/** The \_S5 package in the byte code of a DSDT. */
bool acpi_read_s5(const void *dsdt, size_t size, struct acpi_info *info);

#endif
