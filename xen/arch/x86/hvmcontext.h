/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A domain's CPU state in the toolstack's form; arch_domain_save() and _load() are its main parts.
 */
#ifndef X86_HVMCONTEXT_H
#define X86_HVMCONTEXT_H

#include <stdint.h>

#include <hv/domain.h>
#include <hv/string.h>

#include <xen/xen.h>

#include <xen/hvm/save.h>

struct xen_domctl;
struct hvm_hw_cpu;
struct arch_vcpu;

/* xen/arch-x86/hvm/save.h gives this record a number, and no type for HVM_SAVE_CODE(). */
#define HVMCONTEXT_XSAVE CPU_XSAVE_CODE

/** Where a record is put next; @buf NULL: only count. */
struct hvmcontext_writer {
	char *buf;
	size_t at;
	uint64_t tsc; /* the host's, at one moment for all vCPUs */
};

/** Put down a record's descriptor; where its body of @size goes, NULL if only counting. */
static inline void *hvmcontext_record(struct hvmcontext_writer *w, uint16_t type, uint16_t instance,
				      size_t size)
{
	struct hvm_save_descriptor d = { type, instance, (uint32_t)size };
	char *body = w->buf ? w->buf + w->at + sizeof(d) : NULL;

	if (w->buf)
		memcpy(w->buf + w->at, &d, sizeof(d));
	w->at += sizeof(d) + size;
	return body;
}

/* hvmcontext-fpu.c */
void hvmcontext_save_xsave(struct hvmcontext_writer *w, const struct vcpu *v);
/** Has the legacy area a MXCSR this processor can load? */
bool hvmcontext_mxcsr_possible(const char *legacy_area);
/** Could the processor have saved that record's body for a guest of @d? */
bool hvmcontext_xsave_possible(const struct domain *d, const char *body, size_t length);
void hvmcontext_load_fpu(struct arch_vcpu *av, const struct hvm_hw_cpu *r);
void hvmcontext_load_xsave(struct arch_vcpu *av, const char *body, size_t length);

/** The record of @type and @instance in a chain: offset and length of its body. -ENOENT. */
int hvmcontext_find(const void *buf, size_t size, uint16_t type, uint16_t instance, size_t *ret_at,
		    size_t *ret_length) __must_check;
/** XEN_DOMCTL_getvcpucontext, XEN_DOMCTL_setvcpucontext. */
long hvmcontext_get_vcpu(struct vcpu *v, struct domain *d, struct xen_domctl *op, bool *copy);
long hvmcontext_set_vcpu(struct vcpu *v, struct domain *d, struct xen_domctl *op, bool *copy);

#endif
