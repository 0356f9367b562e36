/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CPU policies as the toolstack reads and writes them: arrays of leaves and MSRs
 * (xen/arch-x86/xen.h), and feature words (xen/arch-x86/cpufeatureset.h). What is written can
 * only take features away from what this host's policy has.
 */
#include "policy-abi.h"

#include <hv/string.h>

#define LEAVES_OF_TOOLSTACK 0x78
#define MSR_INTEL_PLATFORM_INFO 0xceu
#define MSR_ARCH_CAPABILITIES 0x10au
#define CMP_LEGACY (1u << 1) /* 0x80000001 ecx */
#define HTT (1u << 28)	     /* 1 edx */

/* One register of a leaf that holds feature bits, and its word of a feature set. */
struct word {
	uint32_t leaf, subleaf;
	uint8_t reg; /* 0 eax, 1 ebx, 2 ecx, 3 edx */
};

static const struct word words[] = {
	{ 0x1, 0, 3 },
	{ 0x1, 0, 2 },
	{ 0x80000001, 0, 3 },
	{ 0x80000001, 0, 2 },
	{ 0xd, 1, 0 },
	{ 0x7, 0, 1 },
	{ 0x7, 0, 2 },
	{ 0x80000007, 0, 3 },
	{ 0x80000008, 0, 1 },
	{ 0x7, 0, 3 },
	{ 0x7, 1, 0 },
	{ 0x80000021, 0, 0 },
	{ 0x7, 1, 1 },
	{ 0x7, 2, 3 },
	{ 0x7, 1, 2 },
	{ 0x7, 1, 3 },
	{ 0, 0, 0 } /* MSRs: none */,
	{ 0, 0, 0 },
	{ 0x80000021, 0, 2 },
};

unsigned policy_nr_words(void)
{
	return ARRAY_SIZE(words);
}

static struct cpuid_regs *find(struct cpuid_policy *p, uint32_t leaf, uint32_t subleaf)
{
	if (leaf == 0xd)
		return subleaf < CPUID_NR_XSTATE ? &p->xstate[subleaf] : NULL;
	if (leaf < CPUID_NR_BASIC)
		return leaf == 7 && subleaf ? NULL : &p->basic[leaf];
	if (leaf >= 0x80000000 && leaf - 0x80000000 < CPUID_NR_EXT)
		return &p->ext[leaf - 0x80000000];
	return NULL;
}

static uint32_t *reg_of(struct cpuid_regs *r, unsigned reg)
{
	switch (reg) {
	case 0:
		return &r->eax;
	case 1:
		return &r->ebx;
	case 2:
		return &r->ecx;
	default:
		return &r->edx;
	}
}

uint32_t policy_word(struct cpuid_policy *p, unsigned n)
{
	struct cpuid_regs *r = words[n].leaf ? find(p, words[n].leaf, words[n].subleaf) : NULL;

	return r ? *reg_of(r, words[n].reg) : 0;
}

/* The @n-th leaf of @p in ascending order; false: there are no more. */
static bool nth_leaf(struct cpuid_policy *p, unsigned n, xen_cpuid_leaf_t *ret_leaf)
{
	const unsigned nr_ext = (p->ext[0].eax & 0xffff) + 1;
	const unsigned nr_basic = CPUID_NR_BASIC - 1; /* 0xd comes as its subleaves */
	struct cpuid_regs *r;

	*ret_leaf = (xen_cpuid_leaf_t){ .subleaf = XEN_CPUID_NO_SUBLEAF };
	if (n < nr_basic) {
		ret_leaf->leaf = n;
		if (n == 4 || n == 7 || n == 0xb)
			ret_leaf->subleaf = 0;
		r = &p->basic[n];
	} else if (n < nr_basic + CPUID_NR_XSTATE) {
		ret_leaf->leaf = 0xd;
		ret_leaf->subleaf = n - nr_basic;
		r = &p->xstate[n - nr_basic];
	} else if (n < nr_basic + CPUID_NR_XSTATE + nr_ext) {
		n -= nr_basic + CPUID_NR_XSTATE;
		ret_leaf->leaf = 0x80000000 + n;
		r = &p->ext[n];
	} else {
		return false;
	}
	ret_leaf->a = r->eax;
	ret_leaf->b = r->ebx;
	ret_leaf->c = r->ecx;
	ret_leaf->d = r->edx;
	return true;
}

unsigned policy_max_leaves(void)
{
	/* Toolstacks make room by it for what they put in themselves, such as cache leaves. */
	return MAX(CPUID_NR_BASIC - 1 + CPUID_NR_XSTATE + CPUID_NR_EXT, LEAVES_OF_TOOLSTACK);
}

int policy_copy_out(struct vcpu *v, struct cpuid_policy *p, uint64_t array, uint32_t *nr_leaves)
{
	xen_cpuid_leaf_t leaf;
	unsigned n = 0;

	if (!array) {
		*nr_leaves = policy_max_leaves();
		return 0;
	}
	for (; nth_leaf(p, n, &leaf); n++) {
		if (n == *nr_leaves)
			return -XEN_ENOBUFS;
		if (arch_copy_to_guest(v, array + n * sizeof(leaf), &leaf, sizeof(leaf)))
			return -XEN_EFAULT;
	}
	*nr_leaves = n;
	return 0;
}

/* Registers of a leaf that say how the machine is arranged, not what it can do. */
static void take_arrangement(struct cpuid_regs *to, uint32_t leaf, const xen_cpuid_leaf_t *from)
{
	switch (leaf) {
	case 0x1:
		to->eax = from->a;
		to->ebx = from->b & 0x00ffff00; /* APIC id: the vCPU's own */
		to->edx |= from->d & HTT;
		break;
	case 0x80000001:
		to->eax = from->a;
		to->ecx |= from->c & CMP_LEGACY;
		break;
	case 0x80000008:
		to->ecx = from->c;
		break;
	case 0x4:
	case 0x80000002:
	case 0x80000003:
	case 0x80000004:
	case 0x80000005:
	case 0x80000006:
	case 0x8000001d:
	case 0x8000001e:
		*to = (struct cpuid_regs){ from->a, from->b, from->c, from->d };
		break;
	default:
		break;
	}
}

static void apply_leaf(struct cpuid_policy *p, const xen_cpuid_leaf_t *leaf)
{
	uint32_t subleaf = leaf->subleaf == XEN_CPUID_NO_SUBLEAF ? 0 : leaf->subleaf;
	struct cpuid_regs *r = find(p, leaf->leaf, subleaf);
	const uint32_t regs[] = { leaf->a, leaf->b, leaf->c, leaf->d };

	if (!r)
		return;
	for (unsigned n = 0; n < ARRAY_SIZE(words); n++)
		if (words[n].leaf == leaf->leaf && words[n].subleaf == subleaf)
			*reg_of(r, words[n].reg) &= regs[words[n].reg];
	take_arrangement(r, leaf->leaf, leaf);
	/* XCR0 may lose components. */
	if (leaf->leaf == 0xd && !subleaf)
		p->xcr0_mask &= leaf->a | (uint64_t)leaf->d << 32;
}

int policy_apply(struct vcpu *v, struct cpuid_policy *p, uint64_t array, uint32_t nr)
{
	xen_cpuid_leaf_t leaf;

	if (nr > 4 * policy_max_leaves())
		return -XEN_E2BIG;
	for (uint32_t i = 0; i < nr; i++) {
		if (arch_copy_from_guest(v, &leaf, array + i * sizeof(leaf), sizeof(leaf)))
			return -XEN_EFAULT;
		apply_leaf(p, &leaf);
	}
	cpuid_policy_recalculate(p);
	return 0;
}

/*
 * The MSRs toolstacks of this ABI carry in a policy, with the only value each has here: they tell
 * of nothing, and a guest that reads one finds it absent.
 */
static const xen_msr_entry_t msrs[] = {
	{ .idx = MSR_INTEL_PLATFORM_INFO },
	{ .idx = MSR_ARCH_CAPABILITIES },
};

int policy_copy_msrs_out(struct vcpu *v, uint64_t array, uint32_t *nr)
{
	if (array && *nr < ARRAY_SIZE(msrs))
		return -XEN_ENOBUFS;
	if (array && arch_copy_to_guest(v, array, msrs, sizeof(msrs)))
		return -XEN_EFAULT;
	*nr = ARRAY_SIZE(msrs);
	return 0;
}

static bool msr_is_ours(const xen_msr_entry_t *m)
{
	for (unsigned i = 0; i < ARRAY_SIZE(msrs); i++)
		if (msrs[i].idx == m->idx)
			return m->val == msrs[i].val && !m->flags;
	return false;
}

int policy_check_msrs(struct vcpu *v, uint64_t array, uint32_t nr, uint32_t *ret_refused)
{
	xen_msr_entry_t m;

	if (nr > ARRAY_SIZE(msrs))
		return -XEN_E2BIG;
	for (uint32_t i = 0; i < nr; i++) {
		if (arch_copy_from_guest(v, &m, array + i * sizeof(m), sizeof(m)))
			return -XEN_EFAULT;
		if (!msr_is_ours(&m)) {
			*ret_refused = m.idx;
			return -XEN_EINVAL;
		}
	}
	return 0;
}
