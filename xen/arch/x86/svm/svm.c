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
#include "spec.h"
#include "time.h"

#define CPUID_SVM (1u << 2) /* 0x80000001 ecx */
#define CPUID_NPT (1u << 0) /* 0x8000000a edx */
#define CPUID_FLUSH_BY_ASID (1u << 6)
#define IOPM_ORDER 2 /* 12 KiB, contiguous */

static uint64_t iopm_pa;
bool svm_flush_by_asid;

static uint64_t zeroed_page(unsigned order)
{
	mfn_t m = frames_alloc(order);

	if (!mfn_valid(m))
		return 0;
	memset(arch_frame_map(m), 0, PAGE_SIZE << order);
	return mfn_to_maddr(m).a;
}

const char *svm_init(void)
{
	uint64_t vm_cr;

	if (!(cpuid(0x80000001, 0).ecx & CPUID_SVM))
		return "this CPU has no AMD SVM; use an AMD CPU, or QEMU with -cpu max,+svm";
	/* Emulators that have SVM may lack the register that disables it. */
	if (rdmsr_safe(MSR_VM_CR, &vm_cr) && (vm_cr & VM_CR_SVMDIS))
		return "firmware has disabled AMD SVM; enable it in the firmware's setup";
	if (!(cpuid(0x8000000a, 0).edx & CPUID_NPT))
		return "this CPU has no nested paging; use one with NPT, or QEMU with -cpu "
		       "max,+npt";
	iopm_pa = zeroed_page(IOPM_ORDER);
	if (!iopm_pa || msr_init())
		return "out of memory for SVM; give the machine more memory";
	memset(arch_frame_map(mfn(iopm_pa >> PAGE_SHIFT)), 0xff, PAGE_SIZE << IOPM_ORDER);
	svm_flush_by_asid = cpuid(0x8000000a, 0).edx & CPUID_FLUSH_BY_ASID;
	svm_exit_init();
	return NULL;
}

const char *svm_enable(void)
{
	struct pcpu *cpu = this_cpu();
	uint64_t hsave = zeroed_page(0);

	cpu->host_vmcb_pa = zeroed_page(0);
	if (!hsave || !cpu->host_vmcb_pa)
		return "out of memory for SVM; give the machine more memory";
	cpu->nr_asids = cpuid(0x8000000a, 0).ebx;
	cpu->asid_generation = 1;
	cpu->asid_next = 1;
	wrmsr(MSR_EFER, rdmsr(MSR_EFER) | EFER_SVME | EFER_SCE);
	/* The guest's XCR0 is loaded directly, which needs OSXSAVE here. */
	if (cpuid(1, 0).ecx & (1u << 26)) {
		write_cr4(read_cr4() | CR4_OSXSAVE);
		__asm__ volatile("xsetbv" : : "c"(0), "a"(1), "d"(0));
	}
	spec_init_cpu();
	wrmsr(MSR_VM_HSAVE_PA, hsave);
	__asm__ volatile("clgi" : : : "memory");
	__asm__ volatile("sti" : : : "memory"); /* counts while the guest runs (V_INTR_MASKING) */
	__asm__ volatile("vmsave %0" : : "a"(cpu->host_vmcb_pa) : "memory");
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

void svm_choose_tsc_exits(struct arch_vcpu *av)
{
	struct vmcb *c = av->vmcb;

	c->intercept1 &= ~INTERCEPT1(EXIT_RDTSC);
	c->intercept2 &= ~INTERCEPT2(EXIT_RDTSCP);
	if (av->vcpu->domain->arch->tsc.emulated) {
		c->intercept1 |= INTERCEPT1(EXIT_RDTSC);
		c->intercept2 |= INTERCEPT2(EXIT_RDTSCP);
	}
}

static void init_vmcb(struct arch_vcpu *av)
{
	struct vmcb *c = av->vmcb;

	set_intercepts(c);
	svm_choose_tsc_exits(av);
	c->iopm_pa = iopm_pa;
	c->msrpm_pa = msr_bitmap_pa();
	c->int_ctl = INT_CTL_MASKING;
	c->np_enable = 1;
	c->nested_cr3 = mfn_to_maddr(arch_frame_of(av->vcpu->domain->arch->npt)).a;
	c->g_pat = av->mtrr.pat;
}

int arch_vcpu_create(struct vcpu *v)
{
	struct arch_vcpu *av = heap_alloc(sizeof(*av));

	if (!av)
		return -XEN_ENOMEM;
	av->vcpu = v;
	if (svm_fpu_create(av))
		goto free_av;
	av->vmcb_pa = zeroed_page(0);
	if (!av->vmcb_pa)
		goto free_fpu;
	v->arch = av;
	av->vmcb = arch_frame_map(mfn(av->vmcb_pa >> PAGE_SHIFT));
	av->tsc_offset = -guest_tsc_base(&v->domain->arch->tsc, time_tsc_at_boot());
	av->spec_ctrl = spec_mode.host_ctrl;
	mtrr_init(&av->mtrr);
	p2m_drop_hints(av);
	vlapic_init(&av->vlapic, v, 2 * v->id, &cpu_this()->timers);
	init_vmcb(av);
	svm_reset_registers(av);
	return 0;
free_fpu:
	heap_free(av->fpu);
free_av:
	heap_free(av);
	return -XEN_ENOMEM;
}

void arch_vcpu_destroy(struct vcpu *v)
{
	struct arch_vcpu *av = v->arch;

	if (!av)
		return;
	vlapic_destroy(&av->vlapic);
	pcpu_forget(av);
	frames_free(mfn(av->vmcb_pa >> PAGE_SHIFT), 0);
	heap_free(av->fpu);
	heap_free(av);
	v->arch = NULL;
}
