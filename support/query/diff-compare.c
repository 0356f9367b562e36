/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What changed between two claims of the same case. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "diff-private.h"

const char *diff_kind_name(enum change_kind kind)
{
	static const char *const names[NR_CHANGE_KINDS] = {
		[CHANGE_LOST] = "lost",
		[CHANGE_DOWN] = "down",
		[CHANGE_LIMIT] = "limit",
		[CHANGE_STATUS] = "status",
		[CHANGE_SCOPE] = "scope",
		[CHANGE_UP] = "up",
		[CHANGE_GAINED] = "gained",
		[CHANGE_RENAMED] = "renamed",
		[CHANGE_MOVED] = "moved",
		[CHANGE_CAVEAT] = "caveat",
		[CHANGE_DESCRIPTION] = "description",
		[CHANGE_RELEASE] = "release",
	};

	return names[kind];
}

const char *diff_direction_name(enum direction direction)
{
	switch (direction) {
	case DIRECTION_RAISED:
		return "raised";
	case DIRECTION_LOWERED:
		return "lowered";
	case DIRECTION_NONE:
		return NULL;
	}
	return NULL;
}

/* A number of bytes in the largest unit that leaves it whole. */
static void add_quantity(struct strbuf *sb, const struct quantity *q)
{
	static const char *const units[] = { "bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	uint64_t value = q->value;
	size_t unit = 0;

	while (q->is_bytes && value && !(value & 1023) && unit < 6) {
		value >>= 10;
		unit++;
	}
	strbuf_printf(sb, "%" PRIu64, value);
	if (q->is_bytes)
		strbuf_printf(sb, " %s", units[unit]);
}

const char *diff_bound_text(struct book *book, const struct bound *b)
{
	struct strbuf sb = STRBUF_INIT;
	const char *text = NULL;

	switch (b->kind) {
	case BOUND_UNSTATED:
		return "not stated";
	case BOUND_NONE:
		return "unbounded";
	case BOUND_UP_TO:
		strbuf_puts(&sb, "up to ");
		break;
	case BOUND_BELOW:
		strbuf_puts(&sb, "below ");
		break;
	}
	add_quantity(&sb, &b->quantity);
	if (strbuf_str(&sb))
		text = book_intern(book, strbuf_str(&sb));
	strbuf_reset(&sb);
	return text;
}

static bool is_same_bound(const struct bound *a, const struct bound *b)
{
	if (a->kind != b->kind)
		return false;
	return a->kind == BOUND_UNSTATED || a->kind == BOUND_NONE ||
	       (a->quantity.value == b->quantity.value &&
		a->quantity.is_bytes == b->quantity.is_bytes);
}

/* Where a promise ends, the last that is within. */
static uint64_t bound_end(const struct bound *b)
{
	if (b->kind == BOUND_NONE)
		return UINT64_MAX;
	return b->kind == BOUND_BELOW && b->quantity.value ? b->quantity.value - 1
							   : b->quantity.value;
}

static enum direction bound_direction(const struct bound *a, const struct bound *b)
{
	bool one_open = a->kind == BOUND_NONE || b->kind == BOUND_NONE;

	if (a->kind == BOUND_UNSTATED || b->kind == BOUND_UNSTATED ||
	    (!one_open && a->quantity.is_bytes != b->quantity.is_bytes) ||
	    bound_end(a) == bound_end(b))
		return DIRECTION_NONE;
	return bound_end(a) < bound_end(b) ? DIRECTION_RAISED : DIRECTION_LOWERED;
}

static int compare_bounds(struct diff_maker *d, struct change c)
{
	const struct claim *a = &c.before.fact->claim, *b = &c.after.fact->claim;
	const struct {
		const char *what;
		const struct bound *a, *b;
	} rows[] = {
		{ "supported", &a->supported, &b->supported },
		{ "security supported", &a->security_supported, &b->security_supported },
	};
	int rc = 0;

	for (size_t i = 0; i < 2 && !rc; i++) {
		if (is_same_bound(rows[i].a, rows[i].b))
			continue;
		/* Both promises end at the same place: that is said once. */
		if (i && is_same_bound(rows[0].a, rows[1].a) && is_same_bound(rows[0].b, rows[1].b))
			continue;
		c.kind = CHANGE_LIMIT;
		c.what = rows[i].what;
		c.was = diff_bound_text(d->book, rows[i].a);
		c.is = diff_bound_text(d->book, rows[i].b);
		c.direction = bound_direction(rows[i].a, rows[i].b);
		rc = c.was && c.is ? diff_add(d, &c) : -ENOMEM;
	}
	return rc;
}

/* The level has an order only among levels, security support only where it is known. */
static enum change_kind level_change(const struct claim *a, const struct claim *b)
{
	bool a_has = a->level > LEVEL_LIST, b_has = b->level > LEVEL_LIST;

	if (!a_has || !b_has)
		return CHANGE_STATUS;
	if (a->level != b->level)
		return a->level < b->level ? CHANGE_UP : CHANGE_DOWN;
	if (a->security != b->security && a->security && b->security)
		return a->security < b->security ? CHANGE_UP : CHANGE_DOWN;
	return CHANGE_STATUS;
}

int diff_compare(struct diff_maker *d, struct fact_at before, struct fact_at after,
		 const char *scope, enum diff_standing standing)
{
	const struct claim *a = &before.fact->claim, *b = &after.fact->claim;
	struct change c = {
		.kind = level_change(a, b),
		.id = after.fact->id,
		.before = before,
		.after = after,
		.scope = scope,
		.before_stands = standing == DIFF_BEFORE_STANDS,
		.after_stands = standing == DIFF_AFTER_STANDS,
	};
	size_t nr = d->diff->nr_changes;
	int rc = 0;

	if (before.fact == after.fact)
		return 0;
	if (c.kind != CHANGE_STATUS)
		rc = diff_add(d, &c);
	if (!rc)
		rc = compare_bounds(d, c);
	/* What moved or got another limit is reworded anyway. */
	if (rc || d->diff->nr_changes != nr)
		return rc;
	if (a->value != b->value || a->key != b->key) {
		c.kind = CHANGE_STATUS;
		return diff_add(d, &c);
	}
	if (a->qualifier != b->qualifier) {
		c.kind = CHANGE_SCOPE;
		return diff_add(d, &c);
	}
	return 0;
}
