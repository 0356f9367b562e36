/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An exact decoder of the few instructions an exit may have to step over.
 *
 * insn_match() serves exits whose code already names the instruction: it finds
 * the length (hosts without NRIP save give none) and the operands of the
 * control register forms. insn_decode_mmio() serves faults on emulated memory:
 * the fault supplies the guest-physical address, so only length, direction,
 * register and immediate matter. Both take the bytes at the instruction pointer
 * and never read more of them than the processor itself would (15).
 */
#ifndef X86_INSN_H
#define X86_INSN_H

#include <hv/errno.h>
#include <hv/types.h>

#define INSN_MAX_LENGTH 15

/** Which instruction the exit named. */
enum insn_op {
	INSN_CPUID,
	INSN_RDMSR,
	INSN_WRMSR,
	INSN_RDTSC,
	INSN_RDTSCP,
	INSN_RDPMC,
	INSN_VMMCALL,
	INSN_VMCALL,
	INSN_HLT,
	INSN_INVD,
	INSN_WBINVD,
	INSN_MONITOR,
	INSN_MWAIT,
	INSN_XSETBV,
	INSN_CLTS,
	INSN_PAUSE,
	INSN_INVLPG,
	INSN_LMSW,
	INSN_SMSW,
	INSN_MOV_TO_CR,
	INSN_MOV_FROM_CR,
	INSN_MOV_TO_DR,
	INSN_MOV_FROM_DR,
	/* Groups one exit code stands for; struct insn says which it was. */
	INSN_RDTSC_ANY, /* RDTSC or RDTSCP */
	INSN_CR_WRITE,	/* MOV to CR, LMSW or CLTS */
	INSN_CR_READ,	/* MOV from CR or SMSW */
	INSN_DR_ANY,	/* MOV to or from DR */
};

/** Memory operand as written; INSN_NO_REG where there is no such register. */
#define INSN_NO_REG 0xff
struct insn_ea {
	int64_t disp;	   /* sign-extended */
	uint8_t base;	   /* register number, or INSN_NO_REG */
	uint8_t index;	   /* likewise */
	uint8_t scale;	   /* shift: 0 to 3 */
	uint8_t segment;   /* 0 ES, 1 CS, 2 SS, 3 DS, 4 FS, 5 GS */
	uint8_t addr_bits; /* width the sum wraps at: 16, 32 or 64 */
	bool rip_relative; /* add the address of the next instruction */
};

struct insn {
	enum insn_op op; /* never one of the groups */
	uint8_t length;	 /* 1 to 15 */
	/*
	 * The rest is set for MOV CR/DR, LMSW, SMSW and INVLPG only, and undefined
	 * for the others.
	 */
	uint8_t cr;	   /* control or debug register number, 0 to 15 */
	uint8_t gpr;	   /* general register, 0 to 15; unused with a memory operand */
	uint8_t size;	   /* operand bytes: MOV CR/DR 4 or 8; SMSW to a register 2, 4, 8; else 2 */
	bool memory;	   /* the operand is ea (always so for INVLPG) */
	struct insn_ea ea; /* valid if memory */
};

/** insn_match() for every form, prefixes included. Same contract. */
int insn_match_any(const uint8_t *bytes, size_t nr, unsigned bits, enum insn_op what,
		   struct insn *ret_insn) __must_check;

/** The two- and three-byte instructions without operands: opcode bytes and their number. */
struct insn_plain {
	uint8_t byte[3];
	uint8_t length; /* 0: not a plain one */
};

static inline struct insn_plain insn_plain(enum insn_op op)
{
	static const struct insn_plain plain[] = {
		[INSN_CPUID] = { { 0x0f, 0xa2 }, 2 },
		[INSN_RDMSR] = { { 0x0f, 0x32 }, 2 },
		[INSN_WRMSR] = { { 0x0f, 0x30 }, 2 },
		[INSN_RDTSC] = { { 0x0f, 0x31 }, 2 },
		[INSN_RDTSCP] = { { 0x0f, 0x01, 0xf9 }, 3 },
		[INSN_RDPMC] = { { 0x0f, 0x33 }, 2 },
		[INSN_VMMCALL] = { { 0x0f, 0x01, 0xd9 }, 3 },
		[INSN_VMCALL] = { { 0x0f, 0x01, 0xc1 }, 3 },
		[INSN_HLT] = { { 0xf4 }, 1 },
		[INSN_INVD] = { { 0x0f, 0x08 }, 2 },
		[INSN_WBINVD] = { { 0x0f, 0x09 }, 2 },
		[INSN_MONITOR] = { { 0x0f, 0x01, 0xc8 }, 3 },
		[INSN_MWAIT] = { { 0x0f, 0x01, 0xc9 }, 3 },
		[INSN_XSETBV] = { { 0x0f, 0x01, 0xd1 }, 3 },
		[INSN_CLTS] = { { 0x0f, 0x06 }, 2 },
	};

	return (size_t)op < ARRAY_SIZE(plain) ? plain[op] : (struct insn_plain){ { 0 }, 0 };
}

/**
 * Is the instruction at @bytes (@nr of them are known) @what? @bits is the code
 * segment's default size: 16, 32 or 64. Prefixes are skipped as the processor
 * does. With a constant @what the usual, prefix-less form costs a few
 * instructions and no call.
 *
 * 0: *@ret_insn is filled. -XEN_EFAULT: the instruction goes on after @nr
 * bytes, fetch more. -XEN_EINVAL: it is another instruction, so the guest
 * changed its code since the exit; nothing is to be skipped.
 */
static inline __must_check int insn_match(const uint8_t *bytes, size_t nr, unsigned bits,
					  enum insn_op what, struct insn *ret_insn)
{
	const struct insn_plain p = insn_plain(what);

	if (likely(p.length && nr >= p.length && bytes[0] == p.byte[0] &&
		   (p.length < 2 || bytes[1] == p.byte[1]) &&
		   (p.length < 3 || bytes[2] == p.byte[2]))) {
		ret_insn->op = what;
		ret_insn->length = p.length;
		return 0;
	}
	return insn_match_any(bytes, nr, bits, what, ret_insn);
}

enum insn_mmio_op {
	INSN_MMIO_MOV, /* also MOVZX, MOVSX, MOVSXD */
	INSN_MMIO_ADD,
	INSN_MMIO_OR,
	INSN_MMIO_AND,
	INSN_MMIO_SUB,
	INSN_MMIO_XOR,
	INSN_MMIO_CMP,	/* as SUB without a result */
	INSN_MMIO_TEST, /* as AND without a result */
	INSN_MMIO_XCHG,
	INSN_MMIO_STOS,
	INSN_MMIO_MOVS,
};

/** What an instruction with one explicit (or string) memory operand does to it. */
struct insn_mmio {
	enum insn_mmio_op op;
	uint8_t length;
	uint8_t size;	   /* bytes of memory: 1, 2, 4, 8 */
	uint8_t reg_size;  /* bytes of the register; more than size for MOVZX and the like */
	uint8_t reg;	   /* register operand, 0 to 15; meaningless with has_imm, STOS: 0 */
	bool high_byte;	   /* reg is AH, CH, DH, BH for reg 0 to 3 */
	bool to_memory;	   /* memory is the destination; false: the register is */
	bool sign_extend;  /* MOVSX, MOVSXD */
	bool has_imm;	   /* the source is imm, not reg */
	bool lock;	   /* LOCK prefix, or XCHG which implies it */
	bool rep;	   /* STOS, MOVS: repeats rCX times, of addr_bits width */
	uint8_t addr_bits; /* address size: width of rCX, rSI, rDI */
	uint8_t segment;   /* MOVS source: 0 ES, 1 CS, 2 SS, 3 DS, 4 FS, 5 GS */
	uint64_t imm;	   /* sign-extended to 64 bits */
};

/**
 * Decode the instruction at @bytes that touched emulated memory. MOVS has
 * to_memory unset: which side faulted is for the caller to find out.
 *
 * 0; -XEN_EFAULT: fetch more than @nr bytes; -XEN_EOPNOTSUPP: no instruction of
 * those above, or one the processor would have refused.
 */
int insn_decode_mmio(const uint8_t *bytes, size_t nr, unsigned bits,
		     struct insn_mmio *ret_insn) __must_check;

/** A register's @old value after the loaded @data went into it as @insn says. */
uint64_t insn_mmio_load(const struct insn_mmio *insn, uint64_t old, uint64_t data);

/** The source operand of a store or arithmetic: immediate, or from register value @reg. */
uint64_t insn_mmio_source(const struct insn_mmio *insn, uint64_t reg);

/**
 * @dst op @src at @insn's size, for ADD to TEST. The result and the status flags
 * (CF PF AF ZF SF OF of *@rflags) are those of the processor; logical operations
 * clear AF.
 */
uint64_t insn_mmio_alu(const struct insn_mmio *insn, uint64_t dst, uint64_t src, uint64_t *rflags);

#endif
