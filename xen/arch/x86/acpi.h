/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The host's ACPI tables: found at boot, read once. */
#ifndef X86_ACPI_H
#define X86_ACPI_H

#include "acpi-tables.h"

/** What the tables say; constant after acpi_init(). All empty without any. */
extern struct acpi_info acpi_info;

/**
 * Find and read the tables. @rsdp: a copy of the root pointer that the boot loader gave,
 * @rsdp_size bytes of it; 0: search where a PC's firmware leaves it.
 */
void acpi_init(const void *rsdp, size_t rsdp_size);
/**
 * The part of it that says which memory is of which NUMA node, before memory is handed out: as
 * far as tables can be reached then. acpi_init() reads what this could not.
 */
void acpi_init_nodes(const void *rsdp, size_t rsdp_size);

/** Reset the machine by the register the FADT names. Returns if there is none, or it fails. */
void acpi_reset(void);
/** Switch the machine off (soft off, S5). Returns if the tables do not say how, or it fails. */
void acpi_power_off(void);

#endif
