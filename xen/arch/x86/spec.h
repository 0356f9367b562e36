/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Speculation: what is done so that the CPU, running ahead, gives away nothing of one guest or of
 * the hypervisor to another guest. What is done on this host follows from its CPUID and from the
 * option spec-ctrl= (spec-decide.c); spec.c arranges it.
 */
#ifndef X86_SPEC_H
#define X86_SPEC_H

#include <hv/types.h>

#include "cpuid_policy.h"

struct arch_vcpu;
struct pcpu;

/* CPUID 0x80000008 EBX (AMD APM volume 3, E.4.7; 24594 rev 3.35) */
#define SPEC_E8B_IBPB (1u << 12)
#define SPEC_E8B_IBRS (1u << 14)
#define SPEC_E8B_STIBP (1u << 15)
#define SPEC_E8B_IBRS_ALWAYS (1u << 16)
#define SPEC_E8B_STIBP_ALWAYS (1u << 17)
#define SPEC_E8B_IBRS_PREFERRED (1u << 18)
#define SPEC_E8B_IBRS_SAME_MODE (1u << 19)
#define SPEC_E8B_SSBD (1u << 24)
#define SPEC_E8B_SSB_NO (1u << 26)
#define SPEC_E8B_PSFD (1u << 28)
#define SPEC_E8B_BTC_NO (1u << 29)
#define SPEC_E8B_IBPB_RET (1u << 30)
/* CPUID 0x80000021 EAX, ECX */
#define SPEC_E21A_LFENCE_SERIALIZES (1u << 2)
#define SPEC_E21A_VERW_CLEAR (1u << 5)
#define SPEC_E21A_AUTO_IBRS (1u << 8)
#define SPEC_E21A_ERAPS (1u << 24)
#define SPEC_E21C_TSA_SQ_NO (1u << 1)
#define SPEC_E21C_TSA_L1_NO (1u << 2)

#define MSR_SPEC_CTRL 0x48
#define SPEC_CTRL_IBRS (1u << 0)
#define SPEC_CTRL_STIBP (1u << 1)
#define SPEC_CTRL_SSBD (1u << 2)
#define SPEC_CTRL_PSFD (1u << 7)
#define MSR_PRED_CMD 0x49
#define PRED_CMD_IBPB 1u
#define EFER_AUTO_IBRS (1ull << 21)

/* How our own indirect branches go. */
enum spec_thunk { SPEC_THUNK_NONE, SPEC_THUNK_RETPOLINE, SPEC_THUNK_LFENCE, SPEC_THUNK_JMP };

/* What the CPU says of itself, and what this build has. */
struct spec_cpu {
	uint32_t e8b, e21a, e21c;
	bool pred_cmd; /* the register takes an IBPB, whatever CPUID says */
	bool have_thunk, have_ibpb, have_rsb, have_ctrl, have_buffers;
};

/* The option; -1: as the CPU needs it. */
struct spec_options {
	int thunk; /* enum spec_thunk */
	int ibpb, rsb, msr_sc, verw, ssbd, stibp, psfd;
};

struct spec_mode {
	enum spec_thunk thunk;
	bool auto_ibrs; /* set EFER's bit: the hypervisor's branches are its own */
	bool ibpb;	/* before a vCPU runs where another one did */
	bool rsb;	/* fill the return predictor after each exit */
	bool ctrl;	/* guests have SPEC_CTRL, switched at entry and exit */
	bool verw;	/* clear the buffers before each entry */
	uint32_t host_ctrl;
	uint32_t guest_bits; /* of SPEC_CTRL, that the CPU has */
};

/** Parse the value of spec-ctrl=, words with commas between; false: it has a wrong one. */
bool spec_parse(const char *value, struct spec_options *ret_options);
/** What is to be done on such a CPU. */
struct spec_mode spec_decide(const struct spec_cpu *cpu, const struct spec_options *options);
/** Bits of SPEC_CTRL that a CPU or guest with this leaf has. */
uint32_t spec_ctrl_bits(uint32_t e8b);
/** What of the two leaves a guest is shown. */
#define SPEC_GUEST_E8B                                                               \
	(SPEC_E8B_IBPB | SPEC_E8B_IBRS | SPEC_E8B_STIBP | SPEC_E8B_IBRS_ALWAYS |     \
	 SPEC_E8B_STIBP_ALWAYS | SPEC_E8B_IBRS_PREFERRED | SPEC_E8B_IBRS_SAME_MODE | \
	 SPEC_E8B_SSBD | SPEC_E8B_SSB_NO | SPEC_E8B_PSFD | SPEC_E8B_BTC_NO | SPEC_E8B_IBPB_RET)
#define SPEC_GUEST_E21A (SPEC_E21A_LFENCE_SERIALIZES | SPEC_E21A_VERW_CLEAR)
#define SPEC_GUEST_E21C (SPEC_E21C_TSA_SQ_NO | SPEC_E21C_TSA_L1_NO)
/** The bytes of the thunk of register @reg (the encoding's number); false: as assembled. */
#define SPEC_THUNK_SIZE 32
bool spec_thunk_body(enum spec_thunk how, unsigned reg, uint8_t *ret_body);

/* spec.c */

/** As decided; constant once the host has booted. */
extern struct spec_mode spec_mode;
extern struct spec_options spec_options;
/** Decide, and write it into the code: before mm_init(), which makes code read-only. */
void spec_init(void);
/** This CPU's registers. */
void spec_init_cpu(void);
/** IBPB: what was predicted for whoever ran here is forgotten. */
void spec_barrier(void);

/* spec-guest.c, if the policy has spec_ctrl */
void spec_guest_allow(struct cpuid_policy *p);
bool spec_guest_read(struct arch_vcpu *av, uint32_t msr, uint64_t *ret_value);
bool spec_guest_write(struct arch_vcpu *av, uint32_t msr, uint64_t value);

#endif
