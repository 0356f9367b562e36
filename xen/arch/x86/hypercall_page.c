/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The hypercall page: the guest names a frame of its own by an MSR, and finds
 * stubs for every hypercall in it. Guests that issue VMMCALL themselves need none.
 */
#include <candor/support.h>
#include <hv/string.h>

#include "x86.h"

SUPPORT_PROVIDES(hypercall_page, "x86.pvh");

#define STUB_SIZE 32
#define STUB_NUMBER 1 /* where the immediate of the MOV goes */

static const uint8_t stub[] = {
	0xb8, 0,    0,	  0, 0, /* mov $number, %eax */
	0x0f, 0x01, 0xd9,	/* vmmcall */
	0xc3,			/* ret */
};

bool hypercall_page_write(struct arch_vcpu *av, uint64_t value)
{
	struct domain *d = av->vcpu->domain;
	enum p2m_type type;
	uint8_t *page;
	mfn_t m;

	/* The low 12 bits number the page, and there is one. */
	if (value & PAGE_MASK)
		return false;
	m = arch_p2m_lookup(d, gpa_to_gfn(gpa(value)), &type);
	if (!mfn_valid(m) || type != P2M_RAM)
		return false;
	page = arch_frame_map(m);
	memset(page, 0xcc, PAGE_SIZE); /* INT3 between the stubs */
	for (uint32_t n = 0; n < PAGE_SIZE / STUB_SIZE; n++) {
		memcpy(page + (size_t)n * STUB_SIZE, stub, sizeof(stub));
		memcpy(page + (size_t)n * STUB_SIZE + STUB_NUMBER, &n, sizeof(n));
	}
	return true;
}
