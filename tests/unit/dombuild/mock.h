/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The part of the architecture contract the domain builder uses, on a host:
 * a small machine whose memory starts out dirty, whose allocator fails when
 * told to, and which knows what is still allocated.
 */
#ifndef TESTS_DOMBUILD_MOCK_H
#define TESTS_DOMBUILD_MOCK_H

#include <hv/domain.h>
#include <hv/types.h>

/**
 * A machine of @nr_frames. Only the first @nr_backed have memory of their own,
 * all others share one superpage of it (for guests larger than a test can pay).
 */
void mock_start(uint64_t nr_backed, uint64_t nr_frames);
/** Frees all guest memory of @d as domain_destroy() would; checks that nothing else is left. */
void mock_stop(struct domain *d);

/** The @nth allocation from now on fails (1 = the next one); 0: none. */
void mock_fail(unsigned nth);
/** The call of arch_p2m_map() that maps @gfn_nr fails with @rc; rc 0: none. */
void mock_fail_map(uint64_t gfn_nr, int rc);
/** Superpages are not to be had. */
void mock_no_superpages(void);

/** Allocations asked for since mock_start(). */
unsigned mock_nr_allocations(void);
/** Mappings of @order made since mock_start(). */
unsigned mock_nr_mappings(unsigned order);

/** Guest memory at [gpa, gpa + size), copied out; the test fails where there is none. */
void mock_read(struct domain *d, uint64_t gpa, void *ret_data, size_t size);

#endif
