/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A change of what a host asks for: log, record and boot entry. One change at a time; all
 * that may fail for want of room is written aside first, so that a change that fails leaves
 * everything as it was, and one that is killed leaves whole files that `candor host status`
 * can tell the state of.
 */
#ifndef CANDOR_HOST_CHANGE_H
#define CANDOR_HOST_CHANGE_H

#include "host/optin.h"

/** A host's records, held for one change. */
struct change {
	const char *root; /* "" for the system itself; borrowed */
	int lock_fd;
	struct optins records;
	struct log log;
};

/** Where a change stands when it has failed. */
enum change_stage {
	CHANGE_NOTHING,	 /* all is as it was */
	CHANGE_RECORDED, /* log and record are changed, the boot entry is not */
};

/**
 * Wait until no other change is under way, and read records and log. Records that cannot
 * be read stop it, for the boot entry would lose what they ask for; but not that of @id
 * (NULL: none), which is to be replaced. Returns 0 (change_end() it), or -errno with a
 * complaint in @err.
 */
int change_begin(const char *root, const char *id, struct change *ret_change, struct strbuf *err);

/** Put @r on record. As change_begin(), with the stage it came to in *@ret_stage. */
int change_enable(struct change *c, const struct optin *r, enum change_stage *ret_stage,
		  struct strbuf *err);

/** Take the record of @r->id away; the rest of @r says who and why. */
int change_disable(struct change *c, const struct optin *r, enum change_stage *ret_stage,
		   struct strbuf *err);

/** Write the boot entry anew from the records. */
int change_apply(struct change *c, struct strbuf *err);

/** Run the program that puts a changed boot entry to use, without arguments. */
int change_update(const char *program, struct strbuf *err);

void change_end(struct change *c);

#endif
