/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of the timeline share. */
#ifndef CANDOR_SUPPORT_QUERY_TIMELINE_PRIVATE_H
#define CANDOR_SUPPORT_QUERY_TIMELINE_PRIVATE_H

#include "query/timeline.h"

/*
 * The statement in a blob, read once. Returns 0, -ENOMEM, or -EINVAL with *@trouble's
 * message when it is none.
 */
int timeline_snapshot(struct timeline *t, const char *blob, const char *path,
		      struct history_trouble *trouble, const struct snapshot **ret_snapshot);

/* Find the commit, of those that a merge brought, that made the event's change. */
int timeline_trace(struct timeline *t, const struct history_step *merge, struct event *e);

#endif
