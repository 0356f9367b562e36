/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A domain's CPU state as the toolstack saves and loads it: a chain of records
 * (xen/arch-x86/hvm/save.h), and the older vcpu_guest_context of which only the general
 * registers have a meaning here. The domain is quiet. Everything is checked before anything is
 * changed; what is loaded can at worst crash the guest.
 */
#include <candor/support.h>
#include <hv/errno.h>
#include <hv/frames.h>
#include <hv/string.h>

#include <xen/hvm/save.h>

#include <hv/sched.h>

#include "hvmcontext.h"
#include "pcpu.h"
#include "svm/svm.h"
#include "time.h"
#include "x86.h"

_Static_assert(sizeof(struct hvm_hw_cpu) == 1032, "xen/arch-x86/hvm/save.h");
_Static_assert(sizeof(struct hvm_hw_mtrr) == 240, "xen/arch-x86/hvm/save.h");
_Static_assert(sizeof(struct hvm_save_descriptor) == 8, "xen/hvm/save.h");

#define MTRR_CAP 0x508 /* 8 variable ranges, fixed ranges, write-combining */
#define SEG_ATTR_MASK 0xfffu
#define PENDING_MASK 0x80000fffu

static void save_header(struct hvmcontext_writer *w, const struct domain *d)
{
	struct hvm_save_header h = { .magic = HVM_FILE_MAGIC,
				     .version = HVM_FILE_VERSION,
				     .changeset = ~0ull,
				     .cpuid = cpuid(1, 0).eax,
				     .gtsc_khz = guest_tsc_khz(&d->arch->tsc) };
	void *body = hvmcontext_record(w, HVM_SAVE_CODE(HEADER), 0, sizeof(h));

	if (body)
		memcpy(body, &h, sizeof(h));
}

/* The general registers have one order in the record, and the processor's in ours. */
static const struct {
	uint16_t offset;
	uint8_t gpr;
} gprs[] = {
	{ offsetof(struct hvm_hw_cpu, rax), GPR_RAX },
	{ offsetof(struct hvm_hw_cpu, rbx), GPR_RBX },
	{ offsetof(struct hvm_hw_cpu, rcx), GPR_RCX },
	{ offsetof(struct hvm_hw_cpu, rdx), GPR_RDX },
	{ offsetof(struct hvm_hw_cpu, rbp), GPR_RBP },
	{ offsetof(struct hvm_hw_cpu, rsi), GPR_RSI },
	{ offsetof(struct hvm_hw_cpu, rdi), GPR_RDI },
	{ offsetof(struct hvm_hw_cpu, rsp), GPR_RSP },
	{ offsetof(struct hvm_hw_cpu, r8), 8 },
	{ offsetof(struct hvm_hw_cpu, r9), 9 },
	{ offsetof(struct hvm_hw_cpu, r10), 10 },
	{ offsetof(struct hvm_hw_cpu, r11), 11 },
	{ offsetof(struct hvm_hw_cpu, r12), 12 },
	{ offsetof(struct hvm_hw_cpu, r13), 13 },
	{ offsetof(struct hvm_hw_cpu, r14), 14 },
	{ offsetof(struct hvm_hw_cpu, r15), 15 },
};

/* Fields of 8 bytes that are the same in the control block. */
#define SAME(field, vmcb_field)                                                       \
	{                                                                             \
		offsetof(struct hvm_hw_cpu, field), offsetof(struct vmcb, vmcb_field) \
	}
static const struct {
	uint16_t offset, vmcb;
} same[] = {
	SAME(rip, rip),
	SAME(rflags, rflags),
	SAME(cr0, cr0),
	SAME(cr2, cr2),
	SAME(cr3, cr3),
	SAME(cr4, cr4),
	SAME(dr6, dr6),
	SAME(dr7, dr7),
	SAME(sysenter_cs, sysenter_cs),
	SAME(sysenter_esp, sysenter_esp),
	SAME(sysenter_eip, sysenter_eip),
	SAME(shadow_gs, kernel_gs_base),
	SAME(msr_lstar, lstar),
	SAME(msr_star, star),
	SAME(msr_cstar, cstar),
	SAME(msr_syscall_mask, sfmask),
};

/* Segments: selector, limit, base and attributes, each in an array of its own kind. */
#define SEGMENT(name, vmcb_name)                                     \
	{                                                            \
		offsetof(struct hvm_hw_cpu, name##_sel),             \
			offsetof(struct hvm_hw_cpu, name##_limit),   \
			offsetof(struct hvm_hw_cpu, name##_base),    \
			offsetof(struct hvm_hw_cpu, name##_arbytes), \
			offsetof(struct vmcb, vmcb_name)             \
	}
static const struct {
	uint16_t sel, limit, base, attr, vmcb;
} segments[] = {
	SEGMENT(cs, cs), SEGMENT(ds, ds), SEGMENT(es, es), SEGMENT(fs, fs),
	SEGMENT(gs, gs), SEGMENT(ss, ss), SEGMENT(tr, tr), SEGMENT(ldtr, ldtr),
};

static uint64_t *word64(void *base, size_t offset)
{
	return (uint64_t *)((char *)base + offset);
}

static uint32_t *word32(void *base, size_t offset)
{
	return (uint32_t *)((char *)base + offset);
}

static void save_segments(struct hvm_hw_cpu *r, struct vmcb *c)
{
	for (unsigned i = 0; i < ARRAY_SIZE(segments); i++) {
		const struct vmcb_segment *s = (void *)((char *)c + segments[i].vmcb);

		*word32(r, segments[i].sel) = s->selector;
		*word32(r, segments[i].limit) = s->limit;
		*word64(r, segments[i].base) = s->base;
		*word32(r, segments[i].attr) = s->attr;
	}
	r->gdtr_limit = c->gdtr.limit;
	r->gdtr_base = c->gdtr.base;
	r->idtr_limit = c->idtr.limit;
	r->idtr_base = c->idtr.base;
}

static void fill_cpu(struct arch_vcpu *av, uint64_t host_tsc, struct hvm_hw_cpu *r)
{
	struct vmcb *c = av->vmcb;

	memset(r, 0, sizeof(*r));
	for (unsigned i = 0; i < ARRAY_SIZE(gprs); i++)
		*word64(r, gprs[i].offset) = gpr_read(av, gprs[i].gpr);
	for (unsigned i = 0; i < ARRAY_SIZE(same); i++)
		*word64(r, same[i].offset) = *word64(c, same[i].vmcb);
	save_segments(r, c);
	r->dr0 = av->dr[0];
	r->dr1 = av->dr[1];
	r->dr2 = av->dr[2];
	r->dr3 = av->dr[3];
	r->msr_efer = guest_efer(av);
	r->msr_tsc_aux = av->tsc_aux;
	r->tsc = guest_tsc_base(&av->vcpu->domain->arch->tsc, host_tsc) + av->tsc_offset;
	memcpy(r->fpu_regs, av->fpu, sizeof(r->fpu_regs));
	r->flags = XEN_X86_FPU_INITIALISED;
	if (svm_event(av) & EVENT_VALID) {
		r->pending_event = (uint32_t)svm_event(av) & PENDING_MASK;
		r->error_code = (uint32_t)(svm_event(av) >> 32);
	}
}

static void save_mtrr(const struct mtrr_state *m, struct hvm_hw_mtrr *r)
{
	r->msr_pat_cr = m->pat;
	memcpy(r->msr_mtrr_var, m->base_mask, sizeof(r->msr_mtrr_var));
	memcpy(r->msr_mtrr_fixed, m->fixed, sizeof(r->msr_mtrr_fixed));
	r->msr_mtrr_cap = MTRR_CAP;
	r->msr_mtrr_def_type = m->def_type;
}

static void save_vcpu(struct hvmcontext_writer *w, struct vcpu *v)
{
	uint16_t id = (uint16_t)v->id;
	void *body;

	if (v->up) {
		body = hvmcontext_record(w, HVM_SAVE_CODE(CPU), id, sizeof(struct hvm_hw_cpu));
		if (body)
			fill_cpu(v->arch, w->tsc, body);
		hvmcontext_save_xsave(w, v);
	}
	body = hvmcontext_record(w, HVM_SAVE_CODE(LAPIC), id, sizeof(struct hvm_hw_lapic));
	if (body)
		vlapic_save(&v->arch->vlapic, body);
	body = hvmcontext_record(w, HVM_SAVE_CODE(LAPIC_REGS), id,
				 sizeof(struct hvm_hw_lapic_regs));
	if (body)
		vlapic_save_regs(&v->arch->vlapic, body);
	body = hvmcontext_record(w, HVM_SAVE_CODE(MTRR), id, sizeof(struct hvm_hw_mtrr));
	if (body)
		save_mtrr(&v->arch->mtrr, body);
}

int arch_domain_save(struct domain *d, void *buf, size_t *size)
{
	struct hvmcontext_writer w = { .buf = buf, .tsc = time_host_tsc() };

	save_header(&w, d);
	for (uint32_t i = 0; i < d->nr_vcpus; i++)
		save_vcpu(&w, d->vcpu[i]);
	hvmcontext_record(&w, HVM_SAVE_CODE(END), 0, 0);
	*size = w.at;
	return 0;
}

/* The record at *@at, which moves behind it; false: nonsense, or the end marker. */
static bool next_record(const char *buf, size_t size, size_t *at, struct hvm_save_descriptor *ret_d,
			size_t *ret_body)
{
	if (size - *at < sizeof(*ret_d))
		return false;
	memcpy(ret_d, buf + *at, sizeof(*ret_d));
	*ret_body = *at + sizeof(*ret_d);
	if (ret_d->length > size - *ret_body)
		return false;
	*at = *ret_body + ret_d->length;
	return true;
}

int hvmcontext_find(const void *buf, size_t size, uint16_t type, uint16_t instance, size_t *ret_at,
		    size_t *ret_length)
{
	struct hvm_save_descriptor d;
	size_t at = 0;

	while (next_record(buf, size, &at, &d, ret_at)) {
		if (d.typecode == type && d.instance == instance) {
			*ret_length = d.length;
			return 0;
		}
	}
	return -XEN_ENOENT;
}

static bool cpu_is_possible(const struct arch_vcpu *av, const struct hvm_hw_cpu *r)
{
	const struct cpuid_policy *p = &av->vcpu->domain->arch->cpuid;

	/* Bits no guest of this policy could have set. */
	if (r->cr0 >> 32 || (r->cr4 & ~p->cr4_mask) || (r->msr_efer & ~p->efer_mask))
		return false;
	if ((r->cr0 & CR0_PG) && !(r->cr0 & CR0_PE))
		return false;
	if ((r->flags & XEN_X86_FPU_INITIALISED) &&
	    !hvmcontext_mxcsr_possible((const char *)r->fpu_regs))
		return false;
	/* What the hypervisor's own instructions load must not fault there. */
	return !(r->dr6 >> 32) && !(r->dr7 >> 32) && !(r->msr_tsc_aux >> 32);
}

static void load_segments(const struct hvm_hw_cpu *r, struct vmcb *c)
{
	struct hvm_hw_cpu copy = *r;

	for (unsigned i = 0; i < ARRAY_SIZE(segments); i++) {
		struct vmcb_segment *s = (void *)((char *)c + segments[i].vmcb);

		s->selector = (uint16_t)*word32(&copy, segments[i].sel);
		s->limit = *word32(&copy, segments[i].limit);
		s->base = *word64(&copy, segments[i].base);
		s->attr = (uint16_t)(*word32(&copy, segments[i].attr) & SEG_ATTR_MASK);
	}
	c->gdtr.limit = r->gdtr_limit;
	c->gdtr.base = r->gdtr_base;
	c->idtr.limit = r->idtr_limit;
	c->idtr.base = r->idtr_base;
	c->cpl = (c->ss.attr >> 5) & 3;
}

static void set_tsc_offset(struct arch_vcpu *av, uint64_t offset)
{
	av->tsc_offset = offset;
	/* So that it counts as new to the CPU that runs it next, which shows it the offset. */
	av->host_vmcb_pa = 0;
}

static void load_cpu(struct arch_vcpu *av, uint64_t host_tsc, const struct hvm_hw_cpu *r)
{
	struct vmcb *c = av->vmcb;
	struct hvm_hw_cpu copy = *r;

	for (unsigned i = 0; i < ARRAY_SIZE(gprs); i++)
		gpr_write(av, gprs[i].gpr, *word64(&copy, gprs[i].offset));
	for (unsigned i = 0; i < ARRAY_SIZE(same); i++)
		*word64(c, same[i].vmcb) = *word64(&copy, same[i].offset);
	load_segments(r, c);
	c->rflags |= RFLAGS_FIXED;
	c->cr0 |= CR0_ET;
	guest_set_efer(av, r->msr_efer);
	av->dr[0] = r->dr0;
	av->dr[1] = r->dr1;
	av->dr[2] = r->dr2;
	av->dr[3] = r->dr3;
	av->tsc_aux = r->msr_tsc_aux;
	if (r->tsc)
		set_tsc_offset(av, r->tsc - guest_tsc_base(&av->vcpu->domain->arch->tsc, host_tsc));
	hvmcontext_load_fpu(av, r);
	svm_set_event(av, r->pending_valid ? (r->pending_event & PENDING_MASK) |
						     (uint64_t)r->error_code << 32
					   : 0);
	/* Nothing of what was there before is to be used again. */
	pcpu_forget(av);
	__atomic_store_n(&av->tlb_flush, true, __ATOMIC_SEQ_CST);
	__atomic_store_n(&av->hints_stale, true, __ATOMIC_SEQ_CST);
	__atomic_store_n(&av->attention, true, __ATOMIC_SEQ_CST);
}

static void load_mtrr(struct arch_vcpu *av, const struct hvm_hw_mtrr *r)
{
	struct mtrr_state *m = &av->mtrr;

	m->pat = r->msr_pat_cr;
	memcpy(m->base_mask, r->msr_mtrr_var, sizeof(m->base_mask));
	memcpy(m->fixed, r->msr_mtrr_fixed, sizeof(m->fixed));
	m->def_type = r->msr_mtrr_def_type;
	av->vmcb->g_pat = m->pat;
}

/* The size each record of ours has; others are not ours to load and are passed over. */
static size_t size_of(uint16_t type)
{
	switch (type) {
	case HVM_SAVE_CODE(HEADER):
		return sizeof(struct hvm_save_header);
	case HVM_SAVE_CODE(CPU):
		return sizeof(struct hvm_hw_cpu);
	case HVM_SAVE_CODE(LAPIC):
		return sizeof(struct hvm_hw_lapic);
	case HVM_SAVE_CODE(LAPIC_REGS):
		return sizeof(struct hvm_hw_lapic_regs);
	case HVM_SAVE_CODE(MTRR):
		return sizeof(struct hvm_hw_mtrr);
	case HVMCONTEXT_XSAVE:
		return 0; /* any; hvmcontext_xsave_possible() looks at it */
	default:
		return SIZE_MAX;
	}
}

static int check_lapic(uint16_t type, const char *body)
{
	struct hvm_hw_lapic l;

	if (type != HVM_SAVE_CODE(LAPIC))
		return 0;
	memcpy(&l, body, sizeof(l));
	return vlapic_check_saved(&l);
}

static int check_record(struct domain *d, const struct hvm_save_descriptor *desc, const char *body)
{
	size_t size = size_of(desc->typecode);
	struct hvm_hw_cpu cpu;

	if (size == SIZE_MAX || desc->typecode == HVM_SAVE_CODE(HEADER))
		return size == SIZE_MAX || desc->length == size ? 0 : -XEN_EINVAL;
	if (desc->instance >= d->nr_vcpus)
		return -XEN_EINVAL;
	if (desc->typecode == HVMCONTEXT_XSAVE)
		return hvmcontext_xsave_possible(d, body, desc->length) ? 0 : -XEN_EINVAL;
	if (desc->length != size)
		return -XEN_EINVAL;
	if (desc->typecode == HVM_SAVE_CODE(CPU)) {
		memcpy(&cpu, body, sizeof(cpu));
		if (!cpu_is_possible(domain_vcpu(d, desc->instance)->arch, &cpu))
			return -XEN_EINVAL;
	}
	if (desc->typecode == HVM_SAVE_CODE(LAPIC_REGS) || desc->typecode == HVM_SAVE_CODE(LAPIC))
		return check_lapic(desc->typecode, body);
	return 0;
}

static void load_record(struct domain *d, uint64_t host_tsc, const struct hvm_save_descriptor *desc,
			const char *body)
{
	union {
		struct hvm_hw_cpu cpu;
		struct hvm_hw_mtrr mtrr;
		struct hvm_hw_lapic lapic;
		struct hvm_hw_lapic_regs regs;
	} u;
	struct vcpu *v;

	if (size_of(desc->typecode) == SIZE_MAX || desc->typecode == HVM_SAVE_CODE(HEADER))
		return;
	v = domain_vcpu(d, desc->instance);
	if (desc->typecode == HVMCONTEXT_XSAVE) {
		hvmcontext_load_xsave(v->arch, body, desc->length);
		return;
	}
	memcpy(&u, body, desc->length);
	if (desc->typecode == HVM_SAVE_CODE(CPU)) {
		load_cpu(v->arch, host_tsc, &u.cpu);
		v->initialised = true;
		v->up = true;
	} else if (desc->typecode == HVM_SAVE_CODE(MTRR)) {
		load_mtrr(v->arch, &u.mtrr);
	} else if (desc->typecode == HVM_SAVE_CODE(LAPIC)) {
		vlapic_load(&v->arch->vlapic, &u.lapic);
	} else {
		vlapic_load_regs(&v->arch->vlapic, &u.regs);
	}
}

/* Does the chain begin with a header of ours and end with an end, all of it possible? */
static int check_chain(struct domain *d, const char *buf, size_t size)
{
	struct hvm_save_descriptor desc = { 0 };
	struct hvm_save_header h;
	size_t at = 0, body;
	bool first = true;

	while (next_record(buf, size, &at, &desc, &body)) {
		int rc;

		if (first) {
			if (desc.typecode != HVM_SAVE_CODE(HEADER) || desc.length != sizeof(h))
				return -XEN_EINVAL;
			memcpy(&h, buf + body, sizeof(h));
			if (h.magic != HVM_FILE_MAGIC || h.version != HVM_FILE_VERSION)
				return -XEN_EINVAL;
			first = false;
		}
		if (desc.typecode == HVM_SAVE_CODE(END))
			return 0;
		rc = check_record(d, &desc, buf + body);
		if (rc)
			return rc;
	}
	return -XEN_EINVAL;
}

/* One that was down has no record: its TSC is to be in step with the others' when it comes up. */
static void align_tscs(struct domain *d)
{
	const struct vcpu *first = NULL;

	for (uint32_t i = 0; i < d->nr_vcpus && !first; i++)
		if (d->vcpu[i]->up)
			first = d->vcpu[i];
	for (uint32_t i = 0; i < d->nr_vcpus && first; i++)
		if (!d->vcpu[i]->up)
			set_tsc_offset(d->vcpu[i]->arch, first->arch->tsc_offset);
}

int arch_domain_load(struct domain *d, const void *buf, size_t size)
{
	uint64_t host_tsc = time_host_tsc();
	struct hvm_save_descriptor desc;
	size_t at = 0, body;
	int rc = check_chain(d, buf, size);

	if (rc)
		return rc;
	for (uint32_t i = 0; i < d->nr_vcpus; i++)
		d->vcpu[i]->up = false;
	while (next_record(buf, size, &at, &desc, &body) && desc.typecode != HVM_SAVE_CODE(END))
		load_record(d, host_tsc, &desc, (const char *)buf + body);
	align_tscs(d);
	for (uint32_t i = 0; i < d->nr_vcpus; i++) {
		vcpu_update_time(d->vcpu[i]);
		vcpu_recheck(d->vcpu[i]);
	}
	return 0;
}

/* vcpu_guest_context: what a toolstack that resumes a guest in place reads and writes is RAX. */
static long user_regs(struct vcpu *v, struct domain *d, struct xen_domctl *op,
		      vcpu_guest_context_t **ret_c, struct vcpu **ret_t)
{
	if (op->u.vcpucontext.vcpu >= d->nr_vcpus)
		return -XEN_EINVAL;
	*ret_t = domain_vcpu(d, op->u.vcpucontext.vcpu);
	*ret_c = heap_alloc(sizeof(**ret_c));
	return *ret_c ? 0 : -XEN_ENOMEM;
}

#define USER(field, n)                                     \
	{                                                  \
		offsetof(struct cpu_user_regs, field), (n) \
	}
static const struct {
	uint16_t offset;
	uint8_t gpr;
} user_gprs[] = {
	USER(rax, GPR_RAX), USER(rbx, GPR_RBX), USER(rcx, GPR_RCX), USER(rdx, GPR_RDX),
	USER(rbp, GPR_RBP), USER(rsi, GPR_RSI), USER(rdi, GPR_RDI), USER(rsp, GPR_RSP),
	USER(r8, 8),	    USER(r9, 9),	USER(r10, 10),	    USER(r11, 11),
	USER(r12, 12),	    USER(r13, 13),	USER(r14, 14),	    USER(r15, 15),
};

long hvmcontext_get_vcpu(struct vcpu *v, struct domain *d, struct xen_domctl *op, bool *copy)
{
	uint64_t at = (uint64_t)(uintptr_t)op->u.vcpucontext.ctxt.p;
	vcpu_guest_context_t *c;
	struct vmcb *vmcb;
	struct vcpu *t;
	long rc = user_regs(v, d, op, &c, &t);

	if (rc)
		return rc;
	vmcb = t->arch->vmcb;
	for (unsigned i = 0; i < ARRAY_SIZE(user_gprs); i++)
		*word64(&c->user_regs, user_gprs[i].offset) = gpr_read(t->arch, user_gprs[i].gpr);
	c->user_regs.rip = vmcb->rip;
	c->user_regs.rflags = vmcb->rflags;
	c->user_regs.cs = vmcb->cs.selector;
	c->user_regs.ss = vmcb->ss.selector;
	c->user_regs.ds = vmcb->ds.selector;
	c->user_regs.es = vmcb->es.selector;
	c->user_regs.fs = vmcb->fs.selector;
	c->user_regs.gs = vmcb->gs.selector;
	c->ctrlreg[0] = vmcb->cr0;
	c->ctrlreg[2] = vmcb->cr2;
	c->ctrlreg[3] = vmcb->cr3;
	c->ctrlreg[4] = vmcb->cr4;
	c->flags = VGCF_online;
	if (arch_copy_to_guest(v, at, c, sizeof(*c)))
		rc = -XEN_EFAULT;
	heap_free(c);
	return rc;
}

long hvmcontext_set_vcpu(struct vcpu *v, struct domain *d, struct xen_domctl *op, bool *copy)
{
	uint64_t at = (uint64_t)(uintptr_t)op->u.vcpucontext.ctxt.p;
	vcpu_guest_context_t *c;
	struct vcpu *t;
	long rc = user_regs(v, d, op, &c, &t);

	if (rc)
		return rc;
	if (arch_copy_from_guest(v, c, at, sizeof(*c)))
		rc = -XEN_EFAULT;
	if (!rc) {
		for (unsigned i = 0; i < ARRAY_SIZE(user_gprs); i++)
			gpr_write(t->arch, user_gprs[i].gpr,
				  *word64(&c->user_regs, user_gprs[i].offset));
		t->arch->vmcb->rip = c->user_regs.rip;
		t->arch->vmcb->rflags = c->user_regs.rflags | RFLAGS_FIXED;
	}
	heap_free(c);
	return rc;
}
