/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* AMD secure virtual machine: this CPU's part of it, and a vCPU's control block. */
#include "svm.h"

#include <candor/support.h>
#include <hv/errno.h>
#include <hv/frames.h>
#include <hv/printk.h>
#include <hv/string.h>

#include "pcpu.h"
#include "time.h"

#define CPUID_SVM (1u << 2) /* 0x80000001 ecx */
#define CPUID_NPT (1u << 0) /* 0x8000000a edx */
#define SEG_CODE32 0xc9b
#define SEG_DATA32 0xc93
#define SEG_TSS32 0x8b
#define SEG_LDT 0x82
#define IOPM_ORDER 2 /* 12 KiB, contiguous */
#define DR6_RESET 0xffff0ff0ull
#define DR7_RESET 0x400ull

static uint64_t iopm_pa;

static uint64_t zeroed_page(unsigned order)
{
	mfn_t m = frames_alloc(order);

	if (!mfn_valid(m))
		return 0;
	memset(arch_frame_map(m), 0, PAGE_SIZE << order);
	return mfn_to_maddr(m).a;
}

static const char *allocate(void)
{
	uint64_t hsave = zeroed_page(0);

	this_cpu()->host_vmcb_pa = zeroed_page(0);
	iopm_pa = zeroed_page(IOPM_ORDER);
	if (!hsave || !this_cpu()->host_vmcb_pa || !iopm_pa || msr_init())
		return "out of memory for SVM; give the machine more memory";
	memset(arch_frame_map(mfn(iopm_pa >> PAGE_SHIFT)), 0xff, PAGE_SIZE << IOPM_ORDER);
	wrmsr(MSR_VM_HSAVE_PA, hsave);
	return NULL;
}

const char *svm_enable(void)
{
	const char *error;
	uint64_t vm_cr;

	if (!(cpuid(0x80000001, 0).ecx & CPUID_SVM))
		return "this CPU has no AMD SVM; use an AMD CPU, or QEMU with -cpu max,+svm";
	/* Emulators that have SVM may lack the register that disables it. */
	if (rdmsr_safe(MSR_VM_CR, &vm_cr) && (vm_cr & VM_CR_SVMDIS))
		return "firmware has disabled AMD SVM; enable it in the firmware's setup";
	if (!(cpuid(0x8000000a, 0).edx & CPUID_NPT))
		return "this CPU has no nested paging; use one with NPT, or QEMU with -cpu "
		       "max,+npt";
	wrmsr(MSR_EFER, rdmsr(MSR_EFER) | EFER_SVME | EFER_SCE);
	/* The guest's XCR0 is loaded directly, which needs OSXSAVE here. */
	if (cpuid(1, 0).ecx & (1u << 26))
		write_cr4(read_cr4() | CR4_OSXSAVE);
	error = allocate();
	if (error)
		return error;
	svm_exit_init();
	__asm__ volatile("clgi" : : : "memory");
	__asm__ volatile("sti" : : : "memory"); /* counts while the guest runs (V_INTR_MASKING) */
	__asm__ volatile("vmsave %0" : : "a"(this_cpu()->host_vmcb_pa) : "memory");
	return NULL;
}

static void set_intercepts(struct vmcb *c)
{
	c->intercept_cr_write = 1u << 0 | 1u << 4;
	c->intercept_exceptions = 1u << VEC_DB | 1u << VEC_AC | 1u << VEC_MC;
	c->intercept1 = INTERCEPT1(EXIT_INTR) | INTERCEPT1(EXIT_NMI) | INTERCEPT1(EXIT_SMI) |
			INTERCEPT1(EXIT_INIT) | INTERCEPT1(EXIT_RDPMC) | INTERCEPT1(EXIT_CPUID) |
			INTERCEPT1(EXIT_INVD) | INTERCEPT1(EXIT_HLT) | INTERCEPT1(EXIT_INVLPGA) |
			INTERCEPT1(EXIT_IOIO) | INTERCEPT1(EXIT_MSR) | INTERCEPT1(EXIT_SHUTDOWN);
	c->intercept2 = INTERCEPT2(EXIT_VMRUN) | INTERCEPT2(EXIT_VMMCALL) |
			INTERCEPT2(EXIT_VMLOAD) | INTERCEPT2(EXIT_VMSAVE) | INTERCEPT2(EXIT_STGI) |
			INTERCEPT2(EXIT_CLGI) | INTERCEPT2(EXIT_SKINIT) | INTERCEPT2(EXIT_WBINVD) |
			INTERCEPT2(EXIT_MONITOR) | INTERCEPT2(EXIT_MWAIT) |
			INTERCEPT2(EXIT_MWAIT_COND) | INTERCEPT2(EXIT_XSETBV) |
			INTERCEPT2(EXIT_RDPRU);
}

int arch_vcpu_create(struct vcpu *v)
{
	struct arch_vcpu *av = heap_alloc(sizeof(*av));
	struct vmcb *c;

	if (!av)
		return -XEN_ENOMEM;
	av->vmcb_pa = zeroed_page(0);
	if (!av->vmcb_pa) {
		heap_free(av);
		return -XEN_ENOMEM;
	}
	v->arch = av;
	av->vcpu = v;
	av->host_vmcb_pa = this_cpu()->host_vmcb_pa;
	av->vmcb = c = arch_frame_map(mfn(av->vmcb_pa >> PAGE_SHIFT));
	mtrr_init(&av->mtrr);
	p2m_drop_hints(av);
	vlapic_init(&av->vlapic, v, 2 * v->id, &cpu_this()->timers);
	set_intercepts(c);
	c->iopm_pa = iopm_pa;
	c->msrpm_pa = msr_bitmap_pa();
	c->tsc_offset = -time_tsc_at_boot();
	c->asid = 1 + v->id;
	c->int_ctl = INT_CTL_MASKING;
	c->np_enable = 1;
	c->nested_cr3 = mfn_to_maddr(arch_frame_of(v->domain->arch->npt)).a;
	c->g_pat = av->mtrr.pat;
	c->efer = EFER_SVME;
	c->cr0 = CR0_ET;
	c->dr6 = DR6_RESET;
	c->dr7 = DR7_RESET;
	c->rflags = RFLAGS_FIXED;
	return 0;
}

void arch_vcpu_destroy(struct vcpu *v)
{
	struct arch_vcpu *av = v->arch;

	if (!av)
		return;
	vlapic_destroy(&av->vlapic);
	frames_free(mfn(av->vmcb_pa >> PAGE_SHIFT), 0);
	heap_free(av);
	v->arch = NULL;
}

/*
 * The guest runs on this CPU's own FPU registers, which unpacking its kernel has
 * used: give it those of a reset (AMD APM volume 1, 11.4.3: the FXSAVE image).
 */
static void reset_fpu(void)
{
	static const struct {
		uint16_t fcw, fsw;
		uint8_t reserved[20];
		uint32_t mxcsr;
		uint8_t registers[512 - 28];
	} image __attribute__((aligned(16))) = { .fcw = 0x37f, .mxcsr = 0x1f80 };

	_Static_assert(sizeof(image) == 512, "APM volume 1, figure 11-13");
	__asm__ volatile("fxrstor64 %0" : : "m"(image));
	if (read_cr4() & CR4_OSXSAVE)
		__asm__ volatile("xsetbv" : : "c"(0), "a"(1), "d"(0));
}

void svm_set_pvh_entry(struct arch_vcpu *av, uint32_t entry, uint32_t start_info)
{
	const struct vmcb_segment code = { 8, SEG_CODE32, UINT32_MAX, 0 };
	const struct vmcb_segment data = { 16, SEG_DATA32, UINT32_MAX, 0 };
	struct vmcb *c = av->vmcb;

	c->cs = code;
	c->ds = c->es = c->ss = data;
	c->fs = c->gs = data;
	c->tr = (struct vmcb_segment){ 0, SEG_TSS32, 0x67, 0 };
	c->ldtr = (struct vmcb_segment){ 0, SEG_LDT, 0, 0 };
	c->gdtr.limit = c->idtr.limit = 0;
	c->cr0 = CR0_PE | CR0_ET;
	c->rip = entry;
	av->regs[GPR_RBX] = start_info;
	reset_fpu();
	av->attention = true;
	av->tlb_flush = true; /* whatever the ASID held before */
}
