/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Instruction decoder: prefixes, opcode, ModRM, SIB, displacement, immediate
 * (AMD64 APM volume 3, chapter 1). A cursor refuses to pass either the bytes
 * known or the 15 an instruction may have, so no step checks for itself.
 */
#include "insn.h"

struct cursor {
	const uint8_t *bytes;
	size_t nr;
	size_t pos;
	bool past; /* a byte beyond the known ones was asked for */
};

struct prefixes {
	bool opsize, addrsize, lock, rep, repne;
	uint8_t rex;	 /* 0: none */
	uint8_t segment; /* 0 to 5; INSN_NO_REG: none */
};

struct modrm {
	uint8_t mod, reg, rm; /* reg and rm with REX applied */
	uint8_t raw_reg;      /* without: opcode extension */
	struct insn_ea ea;    /* if mod is not 3 */
};

enum { SEG_ES, SEG_CS, SEG_SS, SEG_DS, SEG_FS, SEG_GS };
enum { REG_BX = 3, REG_SP, REG_BP, REG_SI, REG_DI };
enum { REX_B = 1, REX_X = 2, REX_R = 4, REX_W = 8 };

static uint8_t next_byte(struct cursor *c)
{
	if (c->pos >= c->nr) {
		c->past = true;
		return 0;
	}
	return c->bytes[c->pos++];
}

/* Little-endian, sign-extended; @size is 0, 1, 2, 4 or 8. */
static int64_t next_value(struct cursor *c, unsigned size)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < size; i++)
		value |= (uint64_t)next_byte(c) << (8 * i);
	if (size == 1)
		return (int8_t)value;
	if (size == 2)
		return (int16_t)value;
	if (size == 4)
		return (int32_t)value;
	return (int64_t)value;
}

static struct cursor cursor_start(const uint8_t *bytes, size_t nr)
{
	return (struct cursor){ .bytes = bytes, .nr = MIN(nr, (size_t)INSN_MAX_LENGTH) };
}

/*
 * Why decoding stopped: more bytes would help only below the length limit;
 * beyond it the processor raises #GP and there is no such instruction.
 */
static int cursor_error(const struct cursor *c, int too_long)
{
	return c->nr < INSN_MAX_LENGTH ? -XEN_EFAULT : too_long;
}

/* One legacy prefix; false if @byte is none. */
static bool take_legacy(struct prefixes *p, uint8_t byte)
{
	switch (byte) {
	case 0x26:
	case 0x2e:
	case 0x36:
	case 0x3e:
		p->segment = (byte >> 3) & 3;
		return true;
	case 0x64:
	case 0x65:
		p->segment = SEG_FS + (byte & 1);
		return true;
	case 0x66:
		p->opsize = true;
		return true;
	case 0x67:
		p->addrsize = true;
		return true;
	case 0xf0:
		p->lock = true;
		return true;
	case 0xf2:
	case 0xf3:
		/* The last of the two decides. */
		p->rep = byte == 0xf3;
		p->repne = byte == 0xf2;
		return true;
	default:
		return false;
	}
}

/* Skip prefixes and return the first opcode byte. A REX counts only right before it. */
static uint8_t take_prefixes(struct cursor *c, unsigned bits, struct prefixes *p)
{
	*p = (struct prefixes){ .segment = INSN_NO_REG };
	for (;;) {
		uint8_t byte = next_byte(c);

		if (c->past)
			return 0;
		if (bits == 64 && (byte & 0xf0) == 0x40) {
			p->rex = byte;
			continue;
		}
		if (!take_legacy(p, byte))
			break;
		p->rex = 0;
	}
	/* 64-bit mode ignores the segment overrides of ES, CS, SS and DS. */
	if (bits == 64 && p->segment < SEG_FS)
		p->segment = INSN_NO_REG;
	return c->bytes[c->pos - 1];
}

static unsigned operand_size(unsigned bits, const struct prefixes *p)
{
	if (p->rex & REX_W)
		return 8;
	return (bits == 16) != p->opsize ? 2 : 4;
}

static unsigned address_bits(unsigned bits, const struct prefixes *p)
{
	if (bits == 64)
		return p->addrsize ? 32 : 64;
	return (bits == 16) != p->addrsize ? 16 : 32;
}

static void take_ea16(struct cursor *c, struct modrm *m)
{
	static const struct {
		uint8_t base, index;
	} form[8] = {
		{ REG_BX, REG_SI },	 { REG_BX, REG_DI },	  { REG_BP, REG_SI },
		{ REG_BP, REG_DI },	 { REG_SI, INSN_NO_REG }, { REG_DI, INSN_NO_REG },
		{ REG_BP, INSN_NO_REG }, { REG_BX, INSN_NO_REG },
	};
	struct insn_ea *ea = &m->ea;

	ea->base = form[m->rm].base;
	ea->index = form[m->rm].index;
	if (m->mod == 0 && m->rm == 6) {
		ea->base = INSN_NO_REG;
		ea->disp = next_value(c, 2);
	} else {
		ea->disp = next_value(c, m->mod);
	}
}

static void take_ea(struct cursor *c, unsigned bits, const struct prefixes *p, struct modrm *m)
{
	struct insn_ea *ea = &m->ea;
	bool no_base = m->mod == 0 && (m->rm & 7) == 5;

	ea->base = m->rm;
	ea->index = INSN_NO_REG;
	if ((m->rm & 7) == 4) {
		uint8_t sib = next_byte(c);
		uint8_t index = ((sib >> 3) & 7) | (p->rex & REX_X ? 8 : 0);

		ea->base = (sib & 7) | (p->rex & REX_B ? 8 : 0);
		ea->scale = sib >> 6;
		if (index != 4)
			ea->index = index;
		no_base = m->mod == 0 && (sib & 7) == 5;
	} else if (no_base) {
		ea->rip_relative = bits == 64;
	}
	if (no_base)
		ea->base = INSN_NO_REG;
	ea->disp = next_value(c, no_base || m->mod == 2 ? 4 : m->mod);
}

static void take_modrm(struct cursor *c, unsigned bits, const struct prefixes *p, struct modrm *m)
{
	uint8_t byte = next_byte(c);

	*m = (struct modrm){ .mod = byte >> 6, .raw_reg = (byte >> 3) & 7, .rm = byte & 7 };
	m->reg = m->raw_reg | (p->rex & REX_R ? 8 : 0);
	m->ea.addr_bits = address_bits(bits, p);
	if (m->mod != 3 && m->ea.addr_bits == 16) {
		take_ea16(c, m);
	} else {
		m->rm |= p->rex & REX_B ? 8 : 0;
		if (m->mod != 3)
			take_ea(c, bits, p, m);
	}

	/* rSP and rBP as base go to the stack segment (APM volume 1, 2.1.5). */
	if (p->segment != INSN_NO_REG)
		m->ea.segment = p->segment;
	else
		m->ea.segment = m->ea.base == REG_SP || m->ea.base == REG_BP ? SEG_SS : SEG_DS;
}

/* MOV to or from a control (0x20, 0x22) or debug (0x21, 0x23) register. */
static bool decode_mov_special(struct cursor *c, unsigned bits, const struct prefixes *p,
			       uint8_t opcode, struct insn *i)
{
	static const enum insn_op op[] = { INSN_MOV_FROM_CR, INSN_MOV_FROM_DR, INSN_MOV_TO_CR,
					   INSN_MOV_TO_DR };
	uint8_t modrm = next_byte(c);

	/* The mod field is ignored: always registers (APM volume 3, MOV CRn). */
	i->op = op[opcode & 3];
	i->cr = ((modrm >> 3) & 7) | (p->rex & REX_R ? 8 : 0);
	i->gpr = (modrm & 7) | (p->rex & REX_B ? 8 : 0);
	i->size = bits == 64 ? 8 : 4;
	i->memory = false;
	if (!p->lock)
		return true;
	/* LOCK MOV CR0 is how code outside 64-bit mode names CR8 (APM volume 3, MOV CRn). */
	if (opcode & 1 || i->cr != 0)
		return false;
	i->cr = 8;
	return true;
}

/* 0F 01: the system group; register forms are instructions of their own. */
static bool decode_group7(struct cursor *c, unsigned bits, const struct prefixes *p, struct insn *i)
{
	static const struct {
		uint8_t modrm;
		enum insn_op op;
	} fixed[] = {
		{ 0xc1, INSN_VMCALL }, { 0xc8, INSN_MONITOR }, { 0xc9, INSN_MWAIT },
		{ 0xd1, INSN_XSETBV }, { 0xd9, INSN_VMMCALL }, { 0xf9, INSN_RDTSCP },
	};
	struct modrm m;
	uint8_t byte = c->pos < c->nr ? c->bytes[c->pos] : 0;

	take_modrm(c, bits, p, &m);
	for (size_t n = 0; n < ARRAY_SIZE(fixed); n++) {
		if (byte == fixed[n].modrm) {
			i->op = fixed[n].op;
			return true;
		}
	}
	i->memory = m.mod != 3;
	i->gpr = m.rm;
	i->ea = m.ea;
	i->size = 2;
	switch (m.raw_reg) {
	case 4:
		i->op = INSN_SMSW;
		if (!i->memory)
			i->size = operand_size(bits, p);
		return true;
	case 6:
		i->op = INSN_LMSW;
		return true;
	case 7:
		i->op = INSN_INVLPG;
		return i->memory;
	default:
		return false;
	}
}

/* The opcode after 0F. */
static bool decode_0f(struct cursor *c, unsigned bits, const struct prefixes *p, struct insn *i)
{
	uint8_t opcode = next_byte(c);
	bool mov_special = (opcode & 0xfc) == 0x20;

	if (mov_special)
		return decode_mov_special(c, bits, p, opcode, i);
	if (p->lock)
		return false;
	switch (opcode) {
	case 0x01:
		return decode_group7(c, bits, p, i);
	case 0x06:
		i->op = INSN_CLTS;
		return true;
	case 0x08:
		i->op = INSN_INVD;
		return true;
	case 0x09:
		i->op = INSN_WBINVD;
		return true;
	case 0x30:
		i->op = INSN_WRMSR;
		return true;
	case 0x31:
		i->op = INSN_RDTSC;
		return true;
	case 0x32:
		i->op = INSN_RDMSR;
		return true;
	case 0x33:
		i->op = INSN_RDPMC;
		return true;
	case 0xa2:
		i->op = INSN_CPUID;
		return true;
	default:
		return false;
	}
}

static bool decode_system(struct cursor *c, unsigned bits, struct insn *i)
{
	struct prefixes p;
	uint8_t opcode = take_prefixes(c, bits, &p);

	switch (opcode) {
	case 0x0f:
		return decode_0f(c, bits, &p, i);
	case 0x90:
		/* With REX.B it is an exchange with r8. */
		i->op = INSN_PAUSE;
		return p.rep && !p.lock && !(p.rex & REX_B);
	case 0xf4:
		i->op = INSN_HLT;
		return !p.lock;
	default:
		return false;
	}
}

static bool op_is(enum insn_op op, enum insn_op what)
{
	switch (what) {
	case INSN_RDTSC_ANY:
		return op == INSN_RDTSC || op == INSN_RDTSCP;
	case INSN_CR_WRITE:
		return op == INSN_MOV_TO_CR || op == INSN_LMSW || op == INSN_CLTS;
	case INSN_CR_READ:
		return op == INSN_MOV_FROM_CR || op == INSN_SMSW;
	case INSN_DR_ANY:
		return op == INSN_MOV_TO_DR || op == INSN_MOV_FROM_DR;
	default:
		return op == what;
	}
}

int insn_match_any(const uint8_t *bytes, size_t nr, unsigned bits, enum insn_op what,
		   struct insn *ret_insn)
{
	struct cursor c = cursor_start(bytes, nr);
	struct insn i = { .length = 0 };
	bool ok = decode_system(&c, bits, &i);

	if (c.past)
		return cursor_error(&c, -XEN_EINVAL);
	if (!ok || !op_is(i.op, what))
		return -XEN_EINVAL;
	i.length = c.pos;
	*ret_insn = i;
	return 0;
}

/* How an opcode's operands are laid out. */
enum form {
	FORM_NONE,
	FORM_RM_REG, /* memory is the destination */
	FORM_REG_RM,
	FORM_RM_IMM,   /* immediate of operand size, at most 4 */
	FORM_GROUP1,   /* 80, 81, 83: the operation is in ModRM */
	FORM_GROUP1_8, /* 83 */
	FORM_GROUP3,   /* F6, F7: only /0 and /1, TEST */
	FORM_MOFFS,    /* A0 to A3 */
	FORM_STRING,
};

struct mmio_opcode {
	uint8_t form; /* enum form */
	uint8_t op;   /* enum insn_mmio_op */
	bool byte;    /* operands of one byte; else of operand size */
	bool to_memory;
};

#define ALU(first, o)                                    \
	[(first)] = { FORM_RM_REG, o, true, true },      \
	[(first) + 1] = { FORM_RM_REG, o, false, true }, \
	[(first) + 2] = { FORM_REG_RM, o, true, false }, \
	[(first) + 3] = { FORM_REG_RM, o, false, false }

static const struct mmio_opcode one_byte[256] = {
	ALU(0x00, INSN_MMIO_ADD),
	ALU(0x08, INSN_MMIO_OR),
	ALU(0x20, INSN_MMIO_AND),
	ALU(0x28, INSN_MMIO_SUB),
	ALU(0x30, INSN_MMIO_XOR),
	ALU(0x38, INSN_MMIO_CMP),
	[0x80] = { FORM_GROUP1, INSN_MMIO_ADD, true, true },
	[0x81] = { FORM_GROUP1, INSN_MMIO_ADD, false, true },
	[0x82] = { FORM_GROUP1, INSN_MMIO_ADD, true, true },
	[0x83] = { FORM_GROUP1_8, INSN_MMIO_ADD, false, true },
	[0x84] = { FORM_RM_REG, INSN_MMIO_TEST, true, true },
	[0x85] = { FORM_RM_REG, INSN_MMIO_TEST, false, true },
	[0x86] = { FORM_RM_REG, INSN_MMIO_XCHG, true, true },
	[0x87] = { FORM_RM_REG, INSN_MMIO_XCHG, false, true },
	ALU(0x88, INSN_MMIO_MOV),
	[0xa0] = { FORM_MOFFS, INSN_MMIO_MOV, true, false },
	[0xa1] = { FORM_MOFFS, INSN_MMIO_MOV, false, false },
	[0xa2] = { FORM_MOFFS, INSN_MMIO_MOV, true, true },
	[0xa3] = { FORM_MOFFS, INSN_MMIO_MOV, false, true },
	[0xa4] = { FORM_STRING, INSN_MMIO_MOVS, true, false },
	[0xa5] = { FORM_STRING, INSN_MMIO_MOVS, false, false },
	[0xaa] = { FORM_STRING, INSN_MMIO_STOS, true, true },
	[0xab] = { FORM_STRING, INSN_MMIO_STOS, false, true },
	[0xc6] = { FORM_RM_IMM, INSN_MMIO_MOV, true, true },
	[0xc7] = { FORM_RM_IMM, INSN_MMIO_MOV, false, true },
	[0xf6] = { FORM_GROUP3, INSN_MMIO_TEST, true, true },
	[0xf7] = { FORM_GROUP3, INSN_MMIO_TEST, false, true },
};

static void set_register(struct insn_mmio *i, const struct prefixes *p, uint8_t reg)
{
	/* Without REX, byte registers 4 to 7 are AH, CH, DH, BH. */
	i->high_byte = i->reg_size == 1 && !p->rex && reg >= 4;
	i->reg = i->high_byte ? reg - 4 : reg;
}

/* MOVZX, MOVSX (0F B6, B7, BE, BF) and MOVSXD (63): memory narrower than the register. */
static bool decode_extend(struct cursor *c, unsigned bits, const struct prefixes *p,
			  unsigned memory_size, bool sign, struct insn_mmio *i)
{
	struct modrm m;

	take_modrm(c, bits, p, &m);
	i->op = INSN_MMIO_MOV;
	i->reg_size = operand_size(bits, p);
	i->size = memory_size;
	i->sign_extend = sign;
	i->reg = m.reg;
	return m.mod != 3 && !p->lock;
}

/* The operation an 80, 81 or 83 names in ModRM; false for ADC and SBB. */
static bool group1_op(uint8_t raw_reg, enum insn_mmio_op *ret_op)
{
	static const struct {
		bool ok;
		enum insn_mmio_op op;
	} group[8] = {
		[0] = { true, INSN_MMIO_ADD }, [1] = { true, INSN_MMIO_OR },
		[4] = { true, INSN_MMIO_AND }, [5] = { true, INSN_MMIO_SUB },
		[6] = { true, INSN_MMIO_XOR }, [7] = { true, INSN_MMIO_CMP },
	};

	*ret_op = group[raw_reg].op;
	return group[raw_reg].ok;
}

/* LOCK is legal only where memory is read and written (APM volume 3, 1.2.5). */
static bool lock_ok(const struct insn_mmio *i)
{
	return i->to_memory && i->op != INSN_MMIO_MOV && i->op != INSN_MMIO_CMP &&
	       i->op != INSN_MMIO_TEST && i->op != INSN_MMIO_STOS;
}

static bool decode_modrm_form(struct cursor *c, unsigned bits, const struct prefixes *p,
			      enum form form, struct insn_mmio *i)
{
	struct modrm m;
	unsigned imm_size = MIN(i->size, 4);

	take_modrm(c, bits, p, &m);
	if (m.mod == 3)
		return false;
	switch (form) {
	case FORM_RM_REG:
	case FORM_REG_RM:
		set_register(i, p, m.reg);
		return true;
	case FORM_GROUP1_8:
		imm_size = 1;
		/* fallthrough */
	case FORM_GROUP1:
		if (!group1_op(m.raw_reg, &i->op))
			return false;
		break;
	case FORM_GROUP3:
		if (m.raw_reg > 1)
			return false;
		break;
	default: /* FORM_RM_IMM */
		if (m.raw_reg != 0)
			return false;
		break;
	}
	i->has_imm = true;
	i->imm = next_value(c, imm_size);
	return true;
}

static bool decode_one_byte(struct cursor *c, unsigned bits, const struct prefixes *p,
			    uint8_t opcode, struct insn_mmio *i)
{
	const struct mmio_opcode *o = &one_byte[opcode];
	bool ok = true;

	/* 82 is 80 once more, but not in 64-bit mode. */
	if (opcode == 0x82 && bits == 64)
		return false;
	i->op = o->op;
	i->size = i->reg_size = o->byte ? 1 : operand_size(bits, p);
	i->to_memory = o->to_memory;
	switch ((enum form)o->form) {
	case FORM_NONE:
		return false;
	case FORM_MOFFS:
		next_value(c, i->addr_bits / 8);
		break;
	case FORM_STRING:
		/* Either repeat prefix repeats these (APM volume 3, 1.2.6). */
		i->rep = p->rep || p->repne;
		break;
	default:
		ok = decode_modrm_form(c, bits, p, o->form, i);
		break;
	}
	if (p->lock && !lock_ok(i))
		return false;
	i->lock = p->lock || i->op == INSN_MMIO_XCHG;
	return ok;
}

static bool decode_mmio(struct cursor *c, unsigned bits, struct insn_mmio *i)
{
	struct prefixes p;
	uint8_t opcode = take_prefixes(c, bits, &p);

	i->addr_bits = address_bits(bits, &p);
	i->segment = p.segment != INSN_NO_REG ? p.segment : SEG_DS;
	if (opcode == 0x63)
		return bits == 64 &&
		       decode_extend(c, bits, &p, MIN(operand_size(bits, &p), 4), true, i);
	if (opcode != 0x0f)
		return decode_one_byte(c, bits, &p, opcode, i);

	opcode = next_byte(c);
	if ((opcode & 0xf6) != 0xb6)
		return false;
	return decode_extend(c, bits, &p, opcode & 1 ? 2 : 1, opcode & 8, i);
}

int insn_decode_mmio(const uint8_t *bytes, size_t nr, unsigned bits, struct insn_mmio *ret_insn)
{
	struct cursor c = cursor_start(bytes, nr);
	struct insn_mmio i = { .length = 0 };
	bool ok = decode_mmio(&c, bits, &i);

	if (c.past)
		return cursor_error(&c, -XEN_EOPNOTSUPP);
	if (!ok)
		return -XEN_EOPNOTSUPP;
	i.length = c.pos;
	*ret_insn = i;
	return 0;
}
