/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interrupt messages between local APICs: the interrupt command register and
 * destination matching (APM volume 2, 16.5 and 16.6; SDM volume 3, 10.6).
 */
#include "vlapic-private.h"

void vlapic_self_ipi(struct vlapic *vl, uint8_t vector)
{
	if (vector < 16)
		vlapic_error(vl, ESR_SEND_ILLEGAL_VECTOR);
	else if (vlapic_sw_enabled(vl))
		vlapic_set_irq(vl, vector, VLAPIC_EDGE);
}

static bool to_self_alone(const struct vlapic *vl, const struct vlapic_ipi *ipi)
{
	if (ipi->shorthand == VLAPIC_TO_SELF)
		return true;
	return ipi->shorthand == VLAPIC_TO_DEST && !ipi->logical && ipi->dest == vl->apic_id;
}

void vlapic_icr_send(struct vlapic *vl, uint32_t icr_low, uint32_t dest)
{
	struct vlapic_ipi ipi = {
		.mode = (icr_low >> 8) & 7,
		.shorthand = (icr_low >> 18) & 3,
		.logical = icr_low & (1u << 11),
		.vector = icr_low,
		.dest = dest,
	};
	bool assert_level = icr_low & (1u << 14), level = icr_low & (1u << 15);

	switch ((icr_low >> 8) & 7) {
	case VLAPIC_FIXED:
	case VLAPIC_LOWEST:
		if (ipi.vector < 16) {
			vlapic_error(vl, ESR_SEND_ILLEGAL_VECTOR);
			return;
		}
		if (to_self_alone(vl, &ipi)) {
			vlapic_self_ipi(vl, ipi.vector);
			return;
		}
		break;
	case VLAPIC_INIT:
		/* INIT level de-assert only set arbitration ids, long ago. */
		if (level && !assert_level)
			return;
		break;
	case VLAPIC_SMI:
	case VLAPIC_NMI:
	case VLAPIC_SIPI:
		break;
	default: /* reserved: no message */
		return;
	}
	vlapic_send_ipi(vl, &ipi);
}

/* An 8-bit message destination against the xAPIC's LDR and DFR. */
static bool match_xapic_logical(const struct vlapic *target, uint32_t dest)
{
	uint32_t ldr = __atomic_load_n(&target->ldr, __ATOMIC_RELAXED) >> 24;

	if (dest > 0xff)
		return false;
	switch (__atomic_load_n(&target->dfr, __ATOMIC_RELAXED) >> 28) {
	case 0xf: /* flat */
		return ldr & dest;
	case 0: /* cluster in the upper half; 15 is all clusters */
		return (dest >> 4 == ldr >> 4 || dest >> 4 == 0xf) && (dest & ldr & 0xf);
	default:
		return false;
	}
}

static bool match_logical(const struct vlapic *target, uint32_t dest)
{
	uint32_t ldr;

	if (!vlapic_x2apic_mode(target))
		return match_xapic_logical(target, dest);
	ldr = vlapic_x2apic_ldr(target->apic_id);
	return dest >> 16 == ldr >> 16 && (dest & ldr & 0xffff);
}

bool vlapic_match_dest(const struct vlapic *target, const struct vlapic *from,
		       const struct vlapic_ipi *ipi)
{
	if (!vlapic_hw_enabled(target))
		return false;
	switch (ipi->shorthand) {
	case VLAPIC_TO_SELF:
		return target == from;
	case VLAPIC_TO_ALL:
		return true;
	case VLAPIC_TO_OTHERS:
		return target != from;
	case VLAPIC_TO_DEST:
		break;
	}
	if (ipi->dest == VLAPIC_BROADCAST)
		return true;
	if (ipi->logical)
		return match_logical(target, ipi->dest);
	return ipi->dest == target->apic_id;
}

bool vlapic_accept_ipi(struct vlapic *target, const struct vlapic_ipi *ipi)
{
	if (!vlapic_sw_enabled(target))
		return false;
	if (ipi->vector < 16)
		return vlapic_error(target, ESR_RECEIVED_ILLEGAL_VECTOR);
	return vlapic_set_irq(target, ipi->vector, VLAPIC_EDGE);
}
