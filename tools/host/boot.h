/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The boot entry: a drop-in for GRUB that asks the hypervisor for what is on record. It
 * holds ids and days only; nothing an administrator wrote in words reaches a shell.
 */
#ifndef CANDOR_HOST_BOOT_H
#define CANDOR_HOST_BOOT_H

#include <stdbool.h>

#include "host/optin.h"

#define BOOT_FOLDER "/etc/default/grub.d"
#define BOOT_FILE "candor.cfg"
#define BOOT_WORD_MAX 1000 /* bytes of an option; the hypervisor reads 1,023 */

/** What a boot entry asks for. */
struct boot_item {
	char id[STATE_ID_MAX + 1];
	char until[DATE_SIZE];
};

/** Sorted by id. Zero-initialise; boot_reset() frees it. */
struct boot {
	struct boot_item *items;
	size_t nr;
	bool is_foreign; /* there is a drop-in, and it is not as boot_write() writes it */
};

/** Add the options of the records with a boot entry: "opt-in=a,b@2027-01-01", perhaps several. */
void boot_options(const struct optins *records, struct strbuf *out);

/** Add the drop-in of the records; nothing when none is to be asked for. */
void boot_write(const struct optins *records, struct strbuf *out);

/** Read a drop-in. 0 or -ENOMEM; one that is not ours is ->is_foreign. */
int boot_parse(const char *text, size_t size, struct boot *ret_boot);

/** Read that of @root; one that is not there is empty. 0, or -errno with a complaint in @err. */
int boot_read(const char *root, struct boot *ret_boot, struct strbuf *err);

const struct boot_item *boot_find(const struct boot *boot, const char *id);

void boot_reset(struct boot *boot);

#endif
