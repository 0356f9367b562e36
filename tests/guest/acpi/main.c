/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves the ACPI tables a kernel cannot do without: RSDP from start_info,
 * XSDT, FADT with DSDT and FACS, and a MADT whose local APIC entry carries the
 * vCPU's id; each with a sound length and checksum, in memory that the map
 * does not give out as RAM to use.
 */
#include <stdbool.h>
#include <stdint.h>

#include <candor/support.h>

#include "boot.h"
#include "report.h"
#include "string.h"

SUPPORT_TEST(pvh_guest, "guest/acpi");

struct __attribute__((packed)) rsdp {
	char signature[8];
	uint8_t checksum;
	char oem_id[6];
	uint8_t revision;
	uint32_t rsdt;
	uint32_t length;
	uint64_t xsdt;
	uint8_t extended_checksum;
	uint8_t reserved[3];
};

struct __attribute__((packed)) table {
	char signature[4];
	uint32_t length;
	uint8_t revision, checksum;
	char oem_id[6], oem_table_id[8];
	uint32_t oem_revision, creator_id, creator_revision;
};

const char guest_name[] = "acpi";

static bool is_sound(const void *data, uint32_t size)
{
	const uint8_t *bytes = data;
	uint8_t sum = 0;

	for (uint32_t i = 0; i < size; i++)
		sum = (uint8_t)(sum + bytes[i]);
	return sum == 0;
}

static uint64_t field(const struct table *t, unsigned int offset, unsigned int size)
{
	uint64_t value = 0;

	memcpy(&value, (const char *)t + offset, size);
	return value;
}

/* True if plain RAM of the map covers the first byte. */
static bool is_usable_ram(uint64_t addr)
{
	for (unsigned int i = 0; i < boot_nr_memmap(); i++) {
		const struct hvm_memmap_table_entry *e = boot_memmap(i);

		if (e->type == XEN_HVM_MEMMAP_TYPE_RAM && addr >= e->addr &&
		    addr - e->addr < e->size)
			return true;
	}
	return false;
}

static const struct table *find_table(const struct table *xsdt, const char *signature)
{
	for (uint32_t at = 36; at + 8 <= xsdt->length; at += 8) {
		const struct table *t = (const struct table *)field(xsdt, at, 8);

		if (t && memcmp(t->signature, signature, 4) == 0)
			return t;
	}
	return NULL;
}

static void check_table(const struct table *t, const char *name, uint32_t least)
{
	report_ok(t, "there is a %s", name);
	if (!t)
		return;
	report_ok(t->length >= least && t->length < 0x100000 && is_sound(t, t->length),
		  "%s of %u bytes has a sound checksum", name, t->length);
	report_ok(!is_usable_ram((uint64_t)t), "%s lies outside usable RAM", name);
}

static void test_madt(const struct table *madt)
{
	unsigned int nr_apics = 0, nr_known = 0;

	check_table(madt, "MADT", 44);
	if (!madt)
		return;
	report_equal(field(madt, 36, 4), 0xfee00000, "local APIC address");
	for (uint32_t at = 44; at + 2 <= madt->length;) {
		const uint8_t *entry = (const uint8_t *)madt + at;

		if (entry[1] < 2 || entry[1] > madt->length - at) {
			report_ok(false, "MADT entry at %u has a sound length", at);
			return;
		}
		if (entry[0] == 0) { /* processor local APIC */
			nr_known += entry[2] == nr_apics && entry[3] == 2 * nr_apics &&
				    (field(madt, at + 4, 4) & 1);
			nr_apics++;
		}
		if (entry[0] == 9) /* x2APIC, what Xen gives the hardware domain */
			nr_known++, nr_apics++;
		at += entry[1];
	}
	report_ok(nr_apics == 1 && nr_known == 1,
		  "MADT has one enabled processor: UID 0, APIC id 0 (%u)", nr_apics);
}

static void test_fadt(const struct table *fadt)
{
	const struct table *dsdt, *facs;

	check_table(fadt, "FADT", 244);
	if (!fadt)
		return;
	report_ok(fadt->revision >= 3, "FADT has revision %u", fadt->revision);
	dsdt = (const struct table *)field(fadt, 140, 8);
	if (!dsdt)
		dsdt = (const struct table *)field(fadt, 40, 4);
	check_table(dsdt, "DSDT", 36);
	report_ok(dsdt && memcmp(dsdt->signature, "DSDT", 4) == 0, "the DSDT has its signature");
	facs = (const struct table *)field(fadt, 132, 8);
	if (!facs)
		facs = (const struct table *)field(fadt, 36, 4);
	report_ok(facs && memcmp(facs->signature, "FACS", 4) == 0 && facs->length >= 64,
		  "there is a FACS");
}

void guest_main(void)
{
	const struct rsdp *rsdp = (const struct rsdp *)boot_start_info()->rsdp_paddr;
	const struct table *xsdt;

	report_ok(rsdp, "start_info has an RSDP");
	if (!rsdp)
		return;
	report_ok(memcmp(rsdp->signature, "RSD PTR ", 8) == 0 && is_sound(rsdp, 20),
		  "the RSDP has its signature and checksum");
	report_ok(rsdp->revision >= 2 && rsdp->length >= 36 && is_sound(rsdp, rsdp->length),
		  "it is of revision %u with a sound extended checksum", rsdp->revision);
	xsdt = (const struct table *)rsdp->xsdt;
	check_table(xsdt, "XSDT", 36);
	if (!xsdt)
		return;
	test_fadt(find_table(xsdt, "FACP"));
	test_madt(find_table(xsdt, "APIC"));
}
