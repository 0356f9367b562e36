/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ACPI tables of a PVH guest: enough to say which processors and local APICs
 * there are and that the PC's old devices are absent. Without an MADT Linux
 * starts no clock event device at all. Layouts: ACPI specification 5.0,
 * sections 5.2.5 to 5.2.12; AML: chapter 20 (19 in 5.0).
 */
#include "private.h"

#include <hv/string.h>

#include "dombuild.h"

struct acpi_rsdp {
	char signature[8];
	uint8_t checksum; /* of the first 20 bytes */
	char oem_id[6];
	uint8_t revision;
	uint32_t rsdt;
	uint32_t length;
	uint64_t xsdt;
	uint8_t extended_checksum; /* of all */
	uint8_t reserved[3];
} __attribute__((packed));

struct acpi_header {
	char signature[4];
	uint32_t length;
	uint8_t revision, checksum;
	char oem_id[6], oem_table_id[8];
	uint32_t oem_revision;
	char creator_id[4];
	uint32_t creator_revision;
} __attribute__((packed));

struct acpi_xsdt {
	struct acpi_header header;
	uint64_t table[2];
} __attribute__((packed));

struct acpi_gas {
	uint8_t space, bit_width, bit_offset, access_size;
	uint64_t address;
} __attribute__((packed));

struct acpi_fadt {
	struct acpi_header header;
	uint32_t firmware_ctrl, dsdt;
	uint8_t reserved0, preferred_pm_profile;
	uint16_t sci_int;
	uint32_t smi_cmd;
	uint8_t acpi_enable, acpi_disable, s4bios_req, pstate_cnt;
	uint32_t pm1a_evt_blk, pm1b_evt_blk, pm1a_cnt_blk, pm1b_cnt_blk, pm2_cnt_blk, pm_tmr_blk;
	uint32_t gpe0_blk, gpe1_blk;
	uint8_t pm1_evt_len, pm1_cnt_len, pm2_cnt_len, pm_tmr_len, gpe0_blk_len, gpe1_blk_len;
	uint8_t gpe1_base, cst_cnt;
	uint16_t p_lvl2_lat, p_lvl3_lat, flush_size, flush_stride;
	uint8_t duty_offset, duty_width, day_alrm, mon_alrm, century;
	uint16_t iapc_boot_arch;
	uint8_t reserved1;
	uint32_t flags;
	struct acpi_gas reset_reg;
	uint8_t reset_value;
	uint8_t reserved2[3];
	uint64_t x_firmware_ctrl, x_dsdt;
	struct acpi_gas x_pm1a_evt_blk, x_pm1b_evt_blk, x_pm1a_cnt_blk, x_pm1b_cnt_blk;
	struct acpi_gas x_pm2_cnt_blk, x_pm_tmr_blk, x_gpe0_blk, x_gpe1_blk;
	struct acpi_gas sleep_control_reg, sleep_status_reg;
} __attribute__((packed));

struct acpi_facs {
	char signature[4];
	uint32_t length, hardware_signature, firmware_waking_vector, global_lock, flags;
	uint64_t x_firmware_waking_vector;
	uint8_t version, reserved[31];
} __attribute__((packed));

struct acpi_madt_lapic {
	uint8_t type, length, processor_uid, apic_id;
	uint32_t flags;
} __attribute__((packed));

struct acpi_madt {
	struct acpi_header header;
	uint32_t lapic_address, flags;
	struct acpi_madt_lapic lapic[DOMBUILD_MAX_VCPUS];
} __attribute__((packed));

/* ACPI 5.0: tables 5-27, 5-28, 5-34, 5-35, 5-45, 5-47, section 5.2.3.1. */
_Static_assert(sizeof(struct acpi_rsdp) == 36, "RSDP revision 2");
_Static_assert(sizeof(struct acpi_header) == 36, "DESCRIPTION_HEADER");
_Static_assert(sizeof(struct acpi_gas) == 12, "generic address structure");
_Static_assert(sizeof(struct acpi_fadt) == 268, "FADT revision 5");
_Static_assert(offsetof(struct acpi_fadt, flags) == 112, "FADT flags");
_Static_assert(offsetof(struct acpi_fadt, x_dsdt) == 140, "FADT X_DSDT");
_Static_assert(sizeof(struct acpi_facs) == 64, "FACS");
_Static_assert(sizeof(struct acpi_madt_lapic) == 8, "processor local APIC structure");

/* One processor object in AML and what encloses all of them. */
struct aml_processor {
	uint8_t op[2], pkg_length;
	char name[4];
	uint8_t id;
	uint32_t pblk_address;
	uint8_t pblk_length;
} __attribute__((packed));

struct acpi_dsdt {
	struct acpi_header header;
	uint8_t scope_op, pkg_length[2];
	char scope_name[5];
	struct aml_processor processor[DOMBUILD_MAX_VCPUS];
} __attribute__((packed));

_Static_assert(sizeof(struct aml_processor) == 13, "DefProcessor with an empty TermList");

/* Places in the one page; the FACS has to be 64-byte aligned (5.2.10). */
enum {
	AT_RSDP = 0,
	AT_XSDT = 64,
	AT_FACS = 128,
	AT_FADT = 192,
	AT_MADT = 464,
	AT_DSDT = 1536,
};

_Static_assert(AT_XSDT + sizeof(struct acpi_xsdt) <= AT_FACS, "XSDT overlaps");
_Static_assert(AT_FADT + sizeof(struct acpi_fadt) <= AT_MADT, "FADT overlaps");
_Static_assert(AT_MADT + sizeof(struct acpi_madt) <= AT_DSDT, "MADT overlaps");
_Static_assert(AT_DSDT + sizeof(struct acpi_dsdt) <= ACPI_SIZE, "DSDT overlaps");

enum { SPACE_IO = 1 };
enum {
	FADT_WBINVD = 1 << 0,
	FADT_PROC_C1 = 1 << 2,
	FADT_PWR_BUTTON = 1 << 4,
	FADT_SLP_BUTTON = 1 << 5,
	FADT_FIX_RTC = 1 << 6,
	FADT_TMR_VAL_EXT = 1 << 8,
	FADT_RESET_REG_SUP = 1 << 10,
	FADT_USE_PLATFORM_CLOCK = 1 << 15
};
enum { BOOT_NO_VGA = 1 << 2, BOOT_NO_CMOS_RTC = 1 << 5 };
enum { LAPIC_ENABLED = 1 << 0 };

static uint8_t checksum(const void *data, size_t size)
{
	const uint8_t *p = data;
	uint8_t sum = 0;

	while (size--)
		sum += *p++;
	return (uint8_t)-sum;
}

/* Complete a table whose body stands. */
static void finish(struct acpi_header *h, const char *signature, uint8_t revision, size_t size)
{
	memcpy(h->signature, signature, sizeof(h->signature));
	h->length = (uint32_t)size;
	h->revision = revision;
	memcpy(h->oem_id, "CANDOR", sizeof(h->oem_id));
	memcpy(h->oem_table_id, "PVHGUEST", sizeof(h->oem_table_id));
	h->oem_revision = 1;
	memcpy(h->creator_id, "CNDR", sizeof(h->creator_id));
	h->creator_revision = 1;
	h->checksum = 0;
	h->checksum = checksum(h, size);
}

static void build_rsdp(struct acpi_rsdp *rsdp, uint32_t gpa)
{
	*rsdp = (struct acpi_rsdp){
		.signature = { 'R', 'S', 'D', ' ', 'P', 'T', 'R', ' ' },
		.oem_id = { 'C', 'A', 'N', 'D', 'O', 'R' },
		.revision = 2,
		.length = sizeof(*rsdp),
		.xsdt = gpa + AT_XSDT,
	};
	rsdp->checksum = checksum(rsdp, 20);
	rsdp->extended_checksum = checksum(rsdp, sizeof(*rsdp));
}

static void build_xsdt(struct acpi_xsdt *xsdt, uint32_t gpa)
{
	xsdt->table[0] = gpa + AT_FADT;
	xsdt->table[1] = gpa + AT_MADT;
	finish(&xsdt->header, "XSDT", 1, sizeof(*xsdt));
}

static void build_facs(struct acpi_facs *facs)
{
	*facs = (struct acpi_facs){
		.signature = { 'F', 'A', 'C', 'S' },
		.length = sizeof(*facs),
		.version = 2,
	};
}

/*
 * The fixed hardware registers are those Xen's PVH guests are told of. Nothing
 * answers there; an OS reads all ones and goes on without power management.
 */
static void build_fadt(struct acpi_fadt *fadt, uint32_t gpa)
{
	*fadt = (struct acpi_fadt){
		.firmware_ctrl = gpa + AT_FACS,
		.dsdt = gpa + AT_DSDT,
		.sci_int = 9,
		.pm1a_evt_blk = 0xb000,
		.pm1a_cnt_blk = 0xb004,
		.gpe0_blk = 0xafe0,
		.pm1_evt_len = 4,
		.pm1_cnt_len = 2,
		.gpe0_blk_len = 4,
		.p_lvl2_lat = 0xfff, /* no C2 */
		.p_lvl3_lat = 0xfff, /* no C3 */
		.iapc_boot_arch = BOOT_NO_VGA | BOOT_NO_CMOS_RTC,
		.flags = FADT_WBINVD | FADT_PROC_C1 | FADT_PWR_BUTTON | FADT_SLP_BUTTON |
			 FADT_FIX_RTC | FADT_TMR_VAL_EXT | FADT_RESET_REG_SUP |
			 FADT_USE_PLATFORM_CLOCK,
		.reset_reg = { SPACE_IO, 8, 0, 1, 0xcf9 },
		.reset_value = 6,
		.x_dsdt = gpa + AT_DSDT,
		.x_pm1a_evt_blk = { SPACE_IO, 32, 0, 2, 0xb000 },
		.x_pm1a_cnt_blk = { SPACE_IO, 16, 0, 2, 0xb004 },
		.x_gpe0_blk = { SPACE_IO, 32, 0, 1, 0xafe0 },
	};
	finish(&fadt->header, "FACP", 5, sizeof(*fadt));
}

/* UID = vCPU id: Linux names a vCPU to the hypervisor by it. APIC id = twice that. */
static void build_madt(struct acpi_madt *madt, uint32_t nr_vcpus)
{
	madt->lapic_address = 0xfee00000;
	for (uint32_t i = 0; i < nr_vcpus; i++)
		madt->lapic[i] = (struct acpi_madt_lapic){
			.length = sizeof(madt->lapic[i]),
			.processor_uid = (uint8_t)i,
			.apic_id = (uint8_t)(2 * i),
			.flags = LAPIC_ENABLED,
		};
	finish(&madt->header, "APIC", 3, offsetof(struct acpi_madt, lapic[nr_vcpus]));
}

/* Scope (\_SB) { Processor (Pnnn, nnn, 0, 0) {} ... } */
static void build_dsdt(struct acpi_dsdt *dsdt, uint32_t nr_vcpus)
{
	size_t size = offsetof(struct acpi_dsdt, processor[nr_vcpus]);
	size_t scope_size = size - offsetof(struct acpi_dsdt, pkg_length);

	dsdt->scope_op = 0x10;
	/* Two-byte PkgLength (20.2.4): low four bits, then the next eight. */
	dsdt->pkg_length[0] = (uint8_t)(0x40 | (scope_size & 15));
	dsdt->pkg_length[1] = (uint8_t)(scope_size >> 4);
	memcpy(dsdt->scope_name, "\\_SB_", sizeof(dsdt->scope_name));
	for (uint32_t i = 0; i < nr_vcpus; i++)
		dsdt->processor[i] = (struct aml_processor){
			.op = { 0x5b, 0x83 },
			.pkg_length = sizeof(struct aml_processor) - 2,
			.name = { 'P', (char)('0' + i / 100), (char)('0' + i / 10 % 10),
				  (char)('0' + i % 10) },
			.id = (uint8_t)i,
		};
	finish(&dsdt->header, "DSDT", 2, size);
}

void acpi_build(void *buf, uint32_t gpa, uint32_t nr_vcpus)
{
	uint8_t *page = buf;

	build_rsdp((struct acpi_rsdp *)(page + AT_RSDP), gpa);
	build_xsdt((struct acpi_xsdt *)(page + AT_XSDT), gpa);
	build_facs((struct acpi_facs *)(page + AT_FACS));
	build_fadt((struct acpi_fadt *)(page + AT_FADT), gpa);
	build_madt((struct acpi_madt *)(page + AT_MADT), nr_vcpus);
	build_dsdt((struct acpi_dsdt *)(page + AT_DSDT), nr_vcpus);
}
