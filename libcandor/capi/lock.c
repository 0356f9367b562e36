/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A policy lock, line by line: what a build was decided to have, and why. */
#include "capi/private.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/complain.h"
#include "base/file.h"
#include "capi/memory.h"
#include "engine/lockfile.h"

/* One numbering inside and outside. */
static_assert((int)CANDOR_OFF == (int)DECIDED_OFF && (int)CANDOR_ON == (int)DECIDED_ON &&
		      (int)CANDOR_OPT_IN == (int)DECIDED_OPT_IN && NR_DECIDED == 3,
	      "decisions");

static int read_text(struct candor *c, const char *path, struct lockfile **ret_lock,
		     struct strbuf *said)
{
	const struct capi_text *given = handle_text(c, path);
	size_t size;
	char *text;
	int rc;

	if (given)
		return lockfile_parse(path, given->text, given->size, ret_lock, said);
	rc = file_read(path, LOCKFILE_SIZE_MAX, &text, &size);
	if (rc) {
		complain(said, (struct place){ path, 0 },
			 "name the lock that the build was made of", "cannot be read: %s",
			 strerror(-rc));
		return rc;
	}
	rc = lockfile_parse(path, text, size, ret_lock, said);
	free(text);
	return rc;
}

static int read_lock(struct candor *c, const char *path, struct candor_error *e)
{
	struct strbuf said = STRBUF_INIT;
	struct lockfile *lock = NULL;
	int rc = read_text(c, path, &lock, &said);

	capi_forget_remarks(c);
	if (rc) {
		rc = handle_complain(c, rc, &said, e);
	} else {
		lockfile_destroy(c->lock);
		c->lock = lock;
	}
	strbuf_reset(&said);
	return rc;
}

int candor_read_lock(struct candor *c, const char *path, struct candor_error *ret_error)
{
	const struct candor_allocator *before = handle_enter(c);
	int rc = read_lock(c, path, ret_error);

	memory_leave(before);
	return rc;
}

bool candor_show_lock(const struct candor *c, struct candor_lock *ret_lock)
{
	const struct lockfile *lock = c->lock;

	if (!lock)
		return false;
	*ret_lock = (struct candor_lock){
		.path = lock->path,
		.profile = lock->profile,
		.target = lock->target,
		.decision = lock->decision,
		.nr_verdicts = lock->nr_features,
	};
	return true;
}

static int compare_name(const void *name, const void *entry)
{
	return strcmp(name, ((const struct lock_entry *)entry)->name);
}

/* What another line of the lock says of the feature; "" when there is none. */
static const char *value_of(const struct lock_entry *list, size_t nr, const char *id)
{
	const struct lock_entry *e = nr ? bsearch(id, list, nr, sizeof(*list), compare_name) : NULL;

	return e ? e->value : "";
}

static void show_verdict(const struct lockfile *lock, const struct lock_entry *e,
			 struct candor_verdict *ret_verdict)
{
	*ret_verdict = (struct candor_verdict){
		.feature = e->name,
		.decided = (enum candor_decided)host_decided_find(e->value),
		.value = e->value,
		.reason = e->comment,
		.limit = value_of(lock->limits, lock->nr_limits, e->name),
		.needs = value_of(lock->needs, lock->nr_needs, e->name),
		.implies = value_of(lock->implies, lock->nr_implies, e->name),
		.taint = value_of(lock->taints, lock->nr_taints, e->name)[0],
		.accepts = value_of(lock->accepts, lock->nr_accepts, e->name)[0],
		.at = { lock->path, e->line, 0 },
	};
}

bool candor_verdict_at(const struct candor *c, size_t i, struct candor_verdict *ret_verdict)
{
	if (!c->lock || i >= c->lock->nr_features)
		return false;
	show_verdict(c->lock, &c->lock->features[i], ret_verdict);
	return true;
}

bool candor_verdict_named(const struct candor *c, const char *id,
			  struct candor_verdict *ret_verdict)
{
	const struct lock_entry *e = c->lock ? lockfile_feature(c->lock, id) : NULL;

	if (!e)
		return false;
	show_verdict(c->lock, e, ret_verdict);
	return true;
}
