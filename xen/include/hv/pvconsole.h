/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The PV console ring of a guest, drained to the host console (xen/io/console.h). */
#ifndef HV_PVCONSOLE_H
#define HV_PVCONSOLE_H

#include <hv/domain.h>

/**
 * Give @d a console ring in the page @ring_mfn, which it sees at @ring_gfn:
 * opens the event channel and sets HVM_PARAM_CONSOLE_PFN and _EVTCHN.
 */
int pvconsole_create(struct domain *d, gfn_t ring_gfn, mfn_t ring_mfn) __must_check;
void pvconsole_destroy(struct domain *d);
/** Show what the guest has put into the ring; bounded by the ring's size. */
void pvconsole_drain(struct domain *d);

#endif
