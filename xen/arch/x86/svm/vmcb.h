/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The virtual machine control block: AMD APM volume 2, appendix B. */
#ifndef SVM_VMCB_H
#define SVM_VMCB_H

#include <hv/types.h>

struct vmcb_segment {
	uint16_t selector;
	uint16_t attr; /* bits 55:52 and 47:40 of the descriptor, packed into 12 */
	uint32_t limit;
	uint64_t base;
};

#define SEG_ATTR_L (1u << 9)
#define SEG_ATTR_DB (1u << 10)

struct vmcb {
	/* Control area */
	uint16_t intercept_cr_read, intercept_cr_write; /* 0x000 */
	uint16_t intercept_dr_read, intercept_dr_write;
	uint32_t intercept_exceptions; /* 0x008 */
	uint32_t intercept1;	       /* 0x00c: exits 0x60 to 0x7f */
	uint32_t intercept2;	       /* 0x010: exits 0x80 to 0x9f */
	uint8_t reserved_014[0x03c - 0x014];
	uint16_t pause_threshold, pause_count;
	uint64_t iopm_pa;    /* 0x040 */
	uint64_t msrpm_pa;   /* 0x048 */
	uint64_t tsc_offset; /* 0x050 */
	uint32_t asid;	     /* 0x058 */
	uint8_t tlb_control; /* 0x05c */
	uint8_t reserved_05d[3];
	uint32_t int_ctl;     /* 0x060 */
	uint32_t int_vector;  /* 0x064 */
	uint64_t int_shadow;  /* 0x068 */
	uint64_t exitcode;    /* 0x070 */
	uint64_t exitinfo1;   /* 0x078 */
	uint64_t exitinfo2;   /* 0x080 */
	uint64_t exitintinfo; /* 0x088 */
	uint64_t np_enable;   /* 0x090 */
	uint8_t reserved_098[0x0a8 - 0x098];
	uint64_t eventinj;    /* 0x0a8 */
	uint64_t nested_cr3;  /* 0x0b0 */
	uint64_t lbr_control; /* 0x0b8 */
	uint32_t clean;	      /* 0x0c0 */
	uint32_t reserved_0c4;
	uint64_t nrip;	       /* 0x0c8 */
	uint8_t nr_insn_bytes; /* 0x0d0 */
	uint8_t insn_bytes[15];
	uint8_t reserved_0e0[0x400 - 0x0e0];

	/* State save area */
	struct vmcb_segment es, cs, ss, ds, fs, gs, gdtr, ldtr, idtr, tr; /* 0x400 */
	uint8_t reserved_4a0[0x4cb - 0x4a0];
	uint8_t cpl; /* 0x4cb */
	uint32_t reserved_4cc;
	uint64_t efer; /* 0x4d0 */
	uint8_t reserved_4d8[0x548 - 0x4d8];
	uint64_t cr4, cr3, cr0, dr7, dr6, rflags, rip; /* 0x548 */
	uint8_t reserved_580[0x5d8 - 0x580];
	uint64_t rsp; /* 0x5d8 */
	uint8_t reserved_5e0[0x5f8 - 0x5e0];
	uint64_t rax;					     /* 0x5f8 */
	uint64_t star, lstar, cstar, sfmask, kernel_gs_base; /* 0x600 */
	uint64_t sysenter_cs, sysenter_esp, sysenter_eip;    /* 0x628 */
	uint64_t cr2;					     /* 0x640 */
	uint8_t reserved_648[0x668 - 0x648];
	uint64_t g_pat; /* 0x668 */
	uint64_t dbgctl;
	uint8_t reserved_678[0x1000 - 0x678];
};

_Static_assert(sizeof(struct vmcb) == 4096, "APM volume 2, 15.5.1: a VMCB is a page");
_Static_assert(offsetof(struct vmcb, iopm_pa) == 0x40, "APM table B-1");
_Static_assert(offsetof(struct vmcb, exitcode) == 0x70, "APM table B-1");
_Static_assert(offsetof(struct vmcb, eventinj) == 0xa8, "APM table B-1");
_Static_assert(offsetof(struct vmcb, nrip) == 0xc8, "APM table B-1");
_Static_assert(offsetof(struct vmcb, es) == 0x400, "APM table B-2");
_Static_assert(offsetof(struct vmcb, cpl) == 0x4cb, "APM table B-2");
_Static_assert(offsetof(struct vmcb, efer) == 0x4d0, "APM table B-2");
_Static_assert(offsetof(struct vmcb, cr4) == 0x548, "APM table B-2");
_Static_assert(offsetof(struct vmcb, rsp) == 0x5d8, "APM table B-2");
_Static_assert(offsetof(struct vmcb, rax) == 0x5f8, "APM table B-2");
_Static_assert(offsetof(struct vmcb, cr2) == 0x640, "APM table B-2");
_Static_assert(offsetof(struct vmcb, g_pat) == 0x668, "APM table B-2");

/* Exit codes, appendix C */
enum svm_exit {
	EXIT_CR_READ = 0x000, /* + register */
	EXIT_CR_WRITE = 0x010,
	EXIT_DR_READ = 0x020,
	EXIT_DR_WRITE = 0x030,
	EXIT_EXCEPTION = 0x040, /* + vector */
	EXIT_INTR = 0x060,
	EXIT_NMI = 0x061,
	EXIT_SMI = 0x062,
	EXIT_INIT = 0x063,
	EXIT_VINTR = 0x064,
	EXIT_RDTSC = 0x06e,
	EXIT_RDPMC = 0x06f,
	EXIT_CPUID = 0x072,
	EXIT_IRET = 0x074,
	EXIT_INVD = 0x076,
	EXIT_HLT = 0x078,
	EXIT_INVLPGA = 0x07a,
	EXIT_IOIO = 0x07b,
	EXIT_MSR = 0x07c,
	EXIT_SHUTDOWN = 0x07f,
	EXIT_VMRUN = 0x080,
	EXIT_VMMCALL = 0x081,
	EXIT_VMLOAD = 0x082,
	EXIT_VMSAVE = 0x083,
	EXIT_STGI = 0x084,
	EXIT_CLGI = 0x085,
	EXIT_SKINIT = 0x086,
	EXIT_RDTSCP = 0x087,
	EXIT_WBINVD = 0x089,
	EXIT_MONITOR = 0x08a,
	EXIT_MWAIT = 0x08b,
	EXIT_MWAIT_COND = 0x08c,
	EXIT_XSETBV = 0x08d,
	EXIT_RDPRU = 0x08e,
	EXIT_NPF = 0x400,
	EXIT_NR = 0x401,
};
#define EXIT_INVALID (~0ull) /* nothing was entered */
#define INTERCEPT1(exit) (1u << ((exit)-0x60))
#define INTERCEPT2(exit) (1u << ((exit)-0x80))

/* int_ctl */
#define INT_CTL_TPR 0xffu
#define INT_CTL_IRQ (1u << 8)
#define INT_CTL_PRIO(p) ((uint32_t)(p) << 16)
#define INT_CTL_IGNORE_TPR (1u << 20)
#define INT_CTL_MASKING (1u << 24)
#define INT_SHADOW 1ull

/* eventinj and exitintinfo, 15.20 */
#define EVENT_VECTOR 0xffull
#define EVENT_TYPE(t) ((uint64_t)(t) << 8)
#define EVENT_TYPE_MASK EVENT_TYPE(7)
#define EVENT_INTR EVENT_TYPE(0)
#define EVENT_NMI EVENT_TYPE(2)
#define EVENT_EXCEPTION EVENT_TYPE(3)
#define EVENT_SOFT EVENT_TYPE(4)
#define EVENT_ERROR_VALID (1ull << 11)
#define EVENT_VALID (1ull << 31)

/* tlb_control, 15.16 */
#define TLB_FLUSH_NONE 0
#define TLB_FLUSH_ALL 1
#define TLB_FLUSH_ASID 3

/* exitinfo1 of EXIT_IOIO, 15.10.2 */
#define IOIO_IN (1u << 0)
#define IOIO_STRING (1u << 2)
#define IOIO_REP (1u << 3)
#define IOIO_SIZE(info) (((info) >> 4) & 7u) /* 1, 2, 4 bytes */
#define IOIO_PORT(info) ((uint16_t)((info) >> 16))

/* exitinfo1 of EXIT_NPF, 15.25.6: a page fault's error code */
#define NPF_PRESENT (1ull << 0)
#define NPF_WRITE (1ull << 1)
#define NPF_FETCH (1ull << 4)
#define NPF_TABLE (1ull << 33) /* while walking the guest's page tables */

#endif
