/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Kconfig files in a folder on disk. Nothing above the folder is opened, whatever
 * the files name; variables and commands are those that the caller states.
 */
#ifndef CANDOR_SUPPORT_EXTRACT_KCONFIG_FOLDER_H
#define CANDOR_SUPPORT_EXTRACT_KCONFIG_FOLDER_H

#include "config/config.h"
#include "extract/kconfig/kconfig.h"

/** What a command of the tree is taken to print; the first that matches counts. */
struct kconfig_fact {
	struct pattern *match; /* NULL: every command */
	const char *value;
};

struct kconfig_folder {
	const char *root;   /* the folder, absolute or not */
	const char *prefix; /* its path below the tree, with "/" behind it, or "" */
	const struct config_variable *variables;
	size_t nr_variables;
	const struct config_variable *more_variables; /* looked up first */
	size_t nr_more_variables;
	const struct kconfig_fact *facts;
	size_t nr_facts;
	char *real_root; /* its real path, once it was looked up; its own */
};

/** The io over such a folder, which it borrows. */
struct kconfig_io kconfig_folder_io(struct kconfig_folder *folder);

/** Free what the folder looked up. */
void kconfig_folder_close(struct kconfig_folder *folder);

#endif
