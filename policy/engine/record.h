/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A decision with everything it was made from: facts, profile, rule files, and
 * the lock that came out. Whoever has the file can decide again, offline and
 * without the tree, and must get the same bytes.
 */
#ifndef CANDOR_POLICY_RECORD_H
#define CANDOR_POLICY_RECORD_H

#include "engine/policy.h"

#define RECORD_SIZE_MAX ((size_t)256 << 20)

/** Add the record of a resolution to @out, as JSON (docs/schema/policy-record). 0 or -ENOMEM. */
int record_write(const struct resolution *r, struct strbuf *out);

struct record {
	char *profile;
	char *lock; /* the text of the lock as it was */
	size_t lock_size;
	struct facts *facts;
	struct policy *policy; /* of the recorded rules, without a tree */
};

/**
 * Read a record; @name is for messages. Returns 0 with *@ret_record
 * (record_free() it), -EINVAL with complaints in @err, or -ENOMEM.
 */
int record_parse(const char *name, const char *text, size_t size, struct record **ret_record,
		 struct strbuf *err);

/** NULL is accepted. */
void record_free(struct record *record);

/** Decide again and add the text of the lock to @out. As policy_resolve(). */
int record_decide(const struct record *record, struct strbuf *out, struct strbuf *err);

#endif
