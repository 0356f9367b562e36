/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finds the host's ACPI tables by way of the root pointer (ACPI specification 6.4,
 * section 5.2.5) and has them read. A table whose length or checksum is wrong is said
 * and left alone.
 */
#include "acpi.h"

#include <hv/printk.h>
#include <hv/string.h>

#include "cpu.h"
#include "mm.h"

#define BIOS_START 0xe0000u
#define BIOS_END 0x100000u
#define EBDA_SEGMENT 0x40eu
#define EBDA_SIZE 1024u
#define RSDP_SIZE_V1 20
#define RSDP_SIZE_V2 36
#define MAX_TABLES 256
#define SLP_TYP_SHIFT 10
#define SLP_EN (1u << 13)

struct rsdp {
	char signature[8];
	uint8_t checksum;
	char oem_id[6];
	uint8_t revision;
	uint32_t rsdt;
	uint32_t length;
	uint64_t xsdt;
	uint8_t extended_checksum, reserved[3];
} __attribute__((packed));

struct acpi_info acpi_info;
static volatile uint8_t *reset_memory;

/* Copy a root pointer of at most @size bytes if that is one. */
static bool take_rsdp(const void *p, size_t size, struct rsdp *ret_rsdp)
{
	struct rsdp r = { .revision = 0 };

	if (size < RSDP_SIZE_V1 || memcmp(p, "RSD PTR ", 8) || !acpi_sum_ok(p, RSDP_SIZE_V1))
		return false;
	memcpy(&r, p, MIN(size, sizeof(r)));
	if (r.revision < 2 || size < RSDP_SIZE_V2 || !acpi_sum_ok(p, RSDP_SIZE_V2))
		r.xsdt = 0;
	*ret_rsdp = r;
	return true;
}

static bool scan(uint64_t start, uint64_t end, struct rsdp *ret_rsdp)
{
	const char *p = mm_map_firmware(maddr(start), end - start);

	for (uint64_t at = 0; p && at + RSDP_SIZE_V1 <= end - start; at += 16)
		if (take_rsdp(p + at, end - start - at, ret_rsdp))
			return true;
	return false;
}

/* Where a BIOS leaves it: the first KiB of its extended data area, or its ROM. */
static bool search_rsdp(struct rsdp *ret_rsdp)
{
	const char *bda = mm_map_firmware(maddr(0), PAGE_SIZE);
	uint16_t segment = 0;

	if (bda)
		memcpy(&segment, bda + EBDA_SEGMENT, sizeof(segment));
	if (segment >= 0x8000 && segment <= 0x9fc0 &&
	    scan((uint64_t)segment << 4, ((uint64_t)segment << 4) + EBDA_SIZE, ret_rsdp))
		return true;
	return scan(BIOS_START, BIOS_END, ret_rsdp);
}

/* The whole table at physical @at, NULL if it is not sound. */
static const struct acpi_header *map_table(uint64_t at)
{
	const struct acpi_header *h = mm_map_firmware(maddr(at), sizeof(*h));
	uint32_t size;

	if (!h)
		return NULL;
	size = h->length;
	if (size < sizeof(*h) || size > ACPI_MAX_TABLE) {
		printk(LOG_WARNING, "ACPI: table %.4s at %#lx has a length of %u: not read",
		       h->signature, at, size);
		return NULL;
	}
	h = mm_map_firmware(maddr(at), size);
	if (h && !acpi_sum_ok(h, size)) {
		printk(LOG_WARNING, "ACPI: table %.4s at %#lx has a wrong checksum: not read",
		       h->signature, at);
		return NULL;
	}
	return h;
}

/* Addresses of the tables, from the XSDT or else the RSDT. */
struct directory {
	unsigned nr;
	uint64_t at[MAX_TABLES];
};

static bool read_directory(uint64_t at, const char *signature, size_t entry_size,
			   struct directory *ret_dir)
{
	const struct acpi_header *h = at ? map_table(at) : NULL;
	const char *entry;

	if (!h || memcmp(h->signature, signature, sizeof(h->signature)))
		return false;
	entry = (const char *)(h + 1);
	ret_dir->nr = (unsigned)MIN((h->length - sizeof(*h)) / entry_size, (size_t)MAX_TABLES);
	for (unsigned i = 0; i < ret_dir->nr; i++) {
		ret_dir->at[i] = 0;
		memcpy(&ret_dir->at[i], entry + i * entry_size, entry_size);
	}
	return true;
}

static void read_dsdt(const void *table, size_t size)
{
	const struct acpi_header *h;

	if (!acpi_read_fadt(table, size, &acpi_info) || !acpi_info.dsdt)
		return;
	h = map_table(acpi_info.dsdt);
	if (h && !acpi_read_s5(h, h->length, &acpi_info))
		printk(LOG_INFO, "ACPI: no \\_S5: this machine cannot be switched off");
	if (acpi_info.have_reset && acpi_info.reset.space == ACPI_SPACE_MEMORY)
		reset_memory = mm_map_device(maddr(acpi_info.reset.address));
}

static void read_kind(const struct directory *dir, const char *signature,
		      bool (*fn)(const void *table, size_t size, struct acpi_info *info))
{
	for (unsigned i = 0; i < dir->nr; i++) {
		const struct acpi_header *h = mm_map_firmware(maddr(dir->at[i]), sizeof(*h));

		if (!h || memcmp(h->signature, signature, sizeof(h->signature)))
			continue;
		h = map_table(dir->at[i]);
		if (!h)
			continue;
		if (!fn)
			read_dsdt(h, h->length);
		else if (!fn(h, h->length, &acpi_info))
			printk(LOG_WARNING, "ACPI: table %.4s makes no sense: not used", signature);
		return;
	}
}

static bool find_tables(const void *rsdp, size_t rsdp_size, struct directory *ret_dir)
{
	struct rsdp r;

	return (take_rsdp(rsdp, rsdp_size, &r) || search_rsdp(&r)) &&
	       (read_directory(r.xsdt, "XSDT", sizeof(uint64_t), ret_dir) ||
		read_directory(r.rsdt, "RSDT", sizeof(uint32_t), ret_dir));
}

static void read_nodes(const struct directory *dir)
{
	read_kind(dir, "APIC", acpi_read_madt);
	read_kind(dir, "SRAT", acpi_read_srat);
	read_kind(dir, "SLIT", acpi_read_slit);
}

void acpi_init_nodes(const void *rsdp, size_t rsdp_size)
{
	struct directory dir = { 0 };

	if (find_tables(rsdp, rsdp_size, &dir))
		read_nodes(&dir);
}

void acpi_init(const void *rsdp, size_t rsdp_size)
{
	struct directory dir = { 0 };

	if (!find_tables(rsdp, rsdp_size, &dir)) {
		printk(LOG_WARNING, "ACPI: no sound tables: one CPU is used, and no soft off");
		return;
	}
	if (!acpi_info.nr_cpus)
		read_nodes(&dir);
	read_kind(&dir, "FACP", NULL);
}

void acpi_reset(void)
{
	if (!acpi_info.have_reset)
		return;
	if (reset_memory)
		*reset_memory = acpi_info.reset_value;
	else
		outb((uint16_t)acpi_info.reset.address, acpi_info.reset_value);
}

/* The other bits of the register stay as they are. */
static void sleep(uint16_t port, uint8_t type)
{
	if (port)
		outw(port, (uint16_t)((inw(port) & ~(7u << SLP_TYP_SHIFT)) |
				      (unsigned)type << SLP_TYP_SHIFT | SLP_EN));
}

void acpi_power_off(void)
{
	if (!acpi_info.have_s5)
		return;
	sleep(acpi_info.pm1a_cnt, acpi_info.s5_a);
	sleep(acpi_info.pm1b_cnt, acpi_info.s5_b);
}
