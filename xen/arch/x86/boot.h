/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the boot loader told us, in one form whichever protocol it spoke. */
#ifndef X86_BOOT_H
#define X86_BOOT_H

#include <hv/types.h>

#define BOOT_MAX_RANGES 64
#define BOOT_MAX_MODULES 4
#define BOOT_CMDLINE_SIZE 1024

struct boot_range {
	uint64_t start, end; /* bytes, [start, end) */
};

struct boot_module {
	uint64_t start, end; /* physical, [start, end) */
	char cmdline[BOOT_CMDLINE_SIZE];
};

struct boot_info {
	const char *protocol; /* "multiboot1", "multiboot2" */
	char cmdline[BOOT_CMDLINE_SIZE];
	char loader[64];
	uint8_t rsdp[36];   /* ACPI's root pointer as the loader gave it */
	uint32_t rsdp_size; /* 0: it gave none */
	unsigned nr_ram, nr_modules;
	struct boot_range ram[BOOT_MAX_RANGES];
	struct boot_module module[BOOT_MAX_MODULES];
};

/* When free memory is zeroed; what a domain gets always is. */
enum scrub { SCRUB_WHEN_IDLE, SCRUB_AT_BOOT, SCRUB_ON_DEMAND };

/** Options of the hypervisor's own command line; see docs/man/candor-hypervisor.7. */
struct boot_options {
	bool exit_qemu;	   /* exit=qemu: end the emulator with a status */
	uint64_t dom0_mem; /* bytes; 0 = most of what is free */
	bool dom0;	   /* dom0=pvh: the first guest is domain 0, privileged */
	unsigned dom0_vcpus;
	unsigned max_cpus; /* to start, the first included */
	bool watchdog;
	bool tsc_unstable; /* tsc=unstable: tell guests so */
	unsigned baud;	   /* com1= */
	unsigned loglvl;
	enum scrub scrub;
};
extern struct boot_options boot_options; /* constant once boot is over */

/*
 * Fill @ret from the loader's structures, which must be within the first 4 GiB.
 * -XEN_EINVAL for what cannot be understood; *@ret_error says what and why.
 */
int multiboot1_parse(uint32_t info, struct boot_info *ret, const char **ret_error) __must_check;
int multiboot2_parse(uint32_t info, struct boot_info *ret, const char **ret_error) __must_check;

#define MULTIBOOT1_MAGIC 0x2badb002
#define MULTIBOOT2_MAGIC 0x36d76289

/* bootinfo.c: shared by both parsers; what does not fit is counted and said. */
void bootinfo_add_ram(struct boot_info *bi, uint64_t start, uint64_t size);
void bootinfo_add_module(struct boot_info *bi, uint64_t start, uint64_t end, const char *cmdline,
			 bool skip_word);
/** Copy at most @size - 1 characters of a string of at most @max, without its first word
 *  if @skip_word. */
void bootinfo_copy_text(char *dst, size_t size, const char *src, size_t max, bool skip_word);

/* dom0.c, if the policy has pvh_dom0: what the option dom0= takes; false: it does not. */
bool dom0_option(const char *value);

/** Parse @cmdline into boot_options; unknown words are warned of. */
void cmdline_parse(const char *cmdline);

/** Print "(HV) error: ..." and stop with the status for a boot error. */
void boot_error(const char *fmt, ...) __printf(1, 2) __noreturn;

#endif
