/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A domain's CPU state in the toolstack's form; arch_domain_save() and _load() are its main parts.
 */
#ifndef X86_HVMCONTEXT_H
#define X86_HVMCONTEXT_H

#include <hv/domain.h>

struct xen_domctl;

/** The record of @type and @instance in a chain: offset and length of its body. -ENOENT. */
int hvmcontext_find(const void *buf, size_t size, uint16_t type, uint16_t instance, size_t *ret_at,
		    size_t *ret_length) __must_check;
/** XEN_DOMCTL_getvcpucontext, XEN_DOMCTL_setvcpucontext. */
long hvmcontext_get_vcpu(struct vcpu *v, struct domain *d, struct xen_domctl *op, bool *copy);
long hvmcontext_set_vcpu(struct vcpu *v, struct domain *d, struct xen_domctl *op, bool *copy);

#endif
