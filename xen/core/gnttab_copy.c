/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * GNTTABOP_copy: bytes from one page to another, each the caller's own or one it has a
 * grant of. Consecutive copies from or to the same page look it up once.
 */
#include "gnttab.h"

#include <hv/cpu.h>
#include <hv/errno.h>
#include <hv/string.h>

#include <arch/arch.h>

#include "p2m.h"

/* One end of a copy, kept from one operation to the next. */
struct copy_end {
	bool held;
	bool is_grant;
	enum grant_access access;
	struct gnttab_copy_ptr at; /* as named, for comparison */
	struct gnttab_peer peer, next_peer;
	struct grant_use use[2]; /* the second one of a transitive grant */
	unsigned nr_uses;
	struct grant_page page;
};

static void end_put(struct copy_end *e)
{
	if (!e->held)
		return;
	while (e->nr_uses)
		grant_end(&e->use[--e->nr_uses]);
	if (!e->is_grant)
		frame_put(e->page.m);
	e->held = false;
}

static bool end_is(const struct copy_end *e, const struct gnttab_copy_ptr *at, bool is_grant)
{
	if (!e->held || e->is_grant != is_grant || e->at.domid != at->domid)
		return false;
	return is_grant ? e->at.u.ref == at->u.ref : e->at.u.gmfn == at->u.gmfn;
}

static int16_t get_own(struct copy_end *e, struct vcpu *v, const struct gnttab_copy_ptr *at)
{
	/* What is not granted must be the caller's own. */
	if (at->domid != DOMID_SELF && at->domid != v->domain->id)
		return GNTST_permission_denied;
	e->page = (struct grant_page){ 0 };
	if (p2m_get_ram(v->domain, gfn(at->u.gmfn), &e->page.m))
		return GNTST_bad_page;
	return GNTST_okay;
}

/* The grant that a transitive one refers to, used as if by its granter; not one more. */
static int16_t get_next(struct copy_end *e, struct vcpu *v)
{
	struct domain *middle = e->use[0].granter;
	struct domain *last = gnttab_peer_get(&e->next_peer, v, e->page.next);
	int16_t status;

	if (!last || e->page.next == DOMID_SELF)
		return GNTST_bad_domain;
	e->use[1] = (struct grant_use){ last, e->page.next_ref, e->access };
	status = grant_begin(&e->use[1], middle->id, GRANT_COPY, &e->page);
	if (status)
		return status;
	e->nr_uses++;
	return mfn_valid(e->page.m) ? GNTST_okay : GNTST_general_error;
}

static int16_t get_grant(struct copy_end *e, struct vcpu *v, const struct gnttab_copy_ptr *at)
{
	struct domain *granter = gnttab_peer_get(&e->peer, v, at->domid);
	int16_t status;

	if (!granter)
		return GNTST_bad_domain;
	e->use[0] = (struct grant_use){ granter, at->u.ref, e->access };
	status = grant_begin(&e->use[0], v->domain->id, GRANT_COPY, &e->page);
	if (status)
		return status;
	e->nr_uses = 1;
	if (!mfn_valid(e->page.m))
		status = get_next(e, v);
	while (status && e->nr_uses)
		grant_end(&e->use[--e->nr_uses]);
	return status;
}

static int16_t end_get(struct copy_end *e, struct vcpu *v, const struct gnttab_copy_ptr *at,
		       bool is_grant)
{
	int16_t status;

	if (end_is(e, at, is_grant))
		return GNTST_okay;
	end_put(e);
	status = is_grant ? get_grant(e, v, at) : get_own(e, v, at);
	if (status)
		return status;
	e->held = true;
	e->is_grant = is_grant;
	e->at = *at;
	return GNTST_okay;
}

/* [offset, offset + len) is within the page, and the part of it that is granted. */
static int16_t check_range(const struct grant_page *p, unsigned offset, unsigned len)
{
	if (p->size && (offset < p->offset || offset + len > (unsigned)p->offset + p->size))
		return GNTST_general_error;
	return GNTST_okay;
}

static int16_t copy_one(struct vcpu *v, const struct gnttab_copy *op, struct copy_end *from,
			struct copy_end *to)
{
	int16_t status;

	if (op->len > PAGE_SIZE || op->source.offset > PAGE_SIZE - op->len ||
	    op->dest.offset > PAGE_SIZE - op->len)
		return GNTST_bad_copy_arg;
	status = end_get(from, v, &op->source, op->flags & GNTCOPY_source_gref);
	if (!status)
		status = end_get(to, v, &op->dest, op->flags & GNTCOPY_dest_gref);
	if (!status)
		status = check_range(&from->page, op->source.offset, op->len);
	if (!status)
		status = check_range(&to->page, op->dest.offset, op->len);
	/* Both may be the same page, and then overlap. */
	if (!status)
		memmove((char *)arch_frame_map(to->page.m) + op->dest.offset,
			(char *)arch_frame_map(from->page.m) + op->source.offset, op->len);
	return status;
}

void gnttab_copy(struct vcpu *v, struct gnttab_copy *op, unsigned nr)
{
	struct copy_end from = { .access = GRANT_READ }, to = { .access = GRANT_WRITE };

	for (unsigned i = 0; i < nr; i++) {
		perfc(grant_copies);
		op[i].status = copy_one(v, &op[i], &from, &to);
	}
	end_put(&from);
	end_put(&to);
	gnttab_peer_put(&from.peer);
	gnttab_peer_put(&from.next_peer);
	gnttab_peer_put(&to.peer);
	gnttab_peer_put(&to.next_peer);
}
