/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Error numbers: the public ABI's own names (XEN_EFAULT), which never clash
 * with a host's <errno.h> where the same code runs on arch/fake.
 */
#ifndef HV_ERRNO_H
#define HV_ERRNO_H

#include <xen/errno.h>

/* Go on later. Inside the hypervisor only: the header has it for nobody else either. */
#ifndef XEN_ERESTART
#define XEN_ERESTART 85
#endif

#endif
