/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Frames of domains and the references to them; the end of a domain whose frames are in use. */
#include "hv-test.h"

#include <hv/errno.h>
#include <hv/frames.h>

static void references_count_and_end(void **state)
{
	enum p2m_type type;
	mfn_t m = arch_p2m_lookup(test_domain, gfn(3), &type);
	uint64_t before = frames_nr_free(), pages = test_domain->nr_pages;

	assert_int_equal(frame_owner(m), TEST_DOMID);
	assert_int_equal(frame_refs(m), 1);
	assert_false(frame_get(m, TEST_DOMID + 1));
	assert_true(frame_get(m, TEST_DOMID));
	assert_int_equal(arch_p2m_unmap(test_domain, gfn(3)), 0);
	frame_put(m); /* its place in the guest is gone */
	assert_int_equal(frames_nr_free(), before);
	assert_int_equal(test_domain->nr_pages, pages);
	frame_put(m);
	assert_int_equal(frames_nr_free(), before + 1);
	assert_int_equal(test_domain->nr_pages, pages - 1);
	assert_int_equal(frame_owner(m), DOMID_INVALID);
	assert_false(frame_get(m, TEST_DOMID));
	assert_false(frame_get(mfn(~0ull >> 12), TEST_DOMID));
}

static void references_do_not_overflow(void **state)
{
	enum p2m_type type;
	mfn_t m = arch_p2m_lookup(test_domain, gfn(0), &type);
	unsigned n = 0;

	while (frame_get(m, TEST_DOMID))
		n++;
	assert_int_equal(n, 65533);
	while (n--)
		frame_put(m);
	assert_int_equal(frame_refs(m), 1);
}

/* A block goes back whole if nobody else uses a page of it, and in pieces otherwise. */
static void blocks_are_put_whole_or_in_pieces(void **state)
{
	uint64_t before = frames_nr_free(), pages = test_domain->nr_pages;

	for (int used = -1; used < 16; used += 5) {
		mfn_t m = frames_alloc(4);

		frames_assign(m, 4, test_domain);
		assert_int_equal(test_domain->nr_pages, pages + 16);
		if (used >= 0)
			assert_true(frame_get(mfn_add(m, (uint64_t)used), TEST_DOMID));
		frames_put(m, 4);
		assert_int_equal(frames_nr_free(), before - (used >= 0));
		if (used >= 0)
			frame_put(mfn_add(m, (uint64_t)used));
		assert_int_equal(frames_nr_free(), before);
		assert_int_equal(test_domain->nr_pages, pages);
	}
}

/* A killed domain stays as long as others use a page of it, and then goes by itself. */
static void killed_domain_waits_for_its_pages(void **state)
{
	uint64_t before = frames_nr_free();
	enum p2m_type type;
	struct domain *d;
	mfn_t m;

	assert_int_equal(test_domain_create(7, 2, &d), 0);
	assert_int_equal(fake_ram_add(d, gfn(0), 8), 0);
	m = arch_p2m_lookup(d, gfn(5), &type);
	assert_true(frame_get(m, 7));
	assert_int_equal(vcpu_move_info(d->vcpu[1], gfn(2), 64), 0);
	test_domain_destroy(d);
	d = domain_find(7);
	assert_non_null(d);
	assert_int_equal(d->state, DOMAIN_DEAD);
	assert_int_equal(d->nr_pages, 1);
	/* Nothing points into pages that are gone. */
	assert_ptr_equal(d->vcpu[1]->info, &d->shared_info->vcpu_info[1]);
	assert_int_equal(domain_kill(d), -XEN_ESRCH);
	domain_put(d);
	frame_put(m);
	assert_null(domain_find(7));
	assert_int_equal(frames_nr_free(), before);
}

static void killing_gives_way(void **state)
{
	struct domain *d;

	assert_int_equal(test_domain_create(7, 2, &d), 0);
	d->vcpu[1]->running = true; /* as if another CPU had it */
	assert_int_equal(domain_kill(d), -XEN_ERESTART);
	assert_int_equal(d->state, DOMAIN_DYING);
	test_domain_destroy(d);
	assert_null(domain_find(7));
}

static void ids_are_found_in_order(void **state)
{
	static const domid_t ids[] = { 3, 510, 511, 1022, 30000 };
	struct domain *d[5], *found;
	unsigned n = 0;

	for (unsigned i = 0; i < 5; i++)
		assert_int_equal(test_domain_create(ids[i], 1, &d[i]), 0);
	for (domid_t id = 2; (found = domain_find_from(id)); id = (domid_t)(found->id + 1)) {
		assert_int_equal(found->id, ids[n++]);
		domain_put(found);
	}
	assert_int_equal(n, 5);
	for (unsigned i = 0; i < 5; i++)
		test_domain_destroy(d[i]);
	assert_null(domain_find_from(2));
	/* One that is chosen is not one that was free a moment ago. */
	assert_int_equal(test_domain_create(DOMID_INVALID, 1, &d[0]), 0);
	n = d[0]->id;
	test_domain_destroy(d[0]);
	assert_int_equal(test_domain_create(DOMID_INVALID, 1, &d[0]), 0);
	assert_true(d[0]->id > n);
	test_domain_destroy(d[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(references_count_and_end, domain_setup,
						domain_teardown),
		cmocka_unit_test_setup_teardown(references_do_not_overflow, domain_setup,
						domain_teardown),
		cmocka_unit_test_setup_teardown(blocks_are_put_whole_or_in_pieces, domain_setup,
						domain_teardown),
		cmocka_unit_test_setup_teardown(killed_domain_waits_for_its_pages, domain_setup,
						domain_teardown),
		cmocka_unit_test_setup_teardown(killing_gives_way, domain_setup, domain_teardown),
		cmocka_unit_test_setup_teardown(ids_are_found_in_order, domain_setup,
						domain_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
