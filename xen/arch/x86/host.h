/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The host as a whole: its end. */
#ifndef X86_HOST_H
#define X86_HOST_H

#include <hv/domain.h>

/** The only domain stopped: say so, then end the emulator, reset, or halt. */
void host_domain_stopped(struct domain *d) __noreturn;

#endif
