/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz target for the instruction decoder. Input: one byte that chooses the
 * mode, then code. Properties: lengths of 1 to 15; nothing read beyond the bytes
 * given; a shorter view of an instruction asks for more, a longer one changes
 * nothing; one instruction answers to one name, and to the groups it is in.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "insn.h"

#define CHECK(cond)                                                                \
	do {                                                                       \
		if (!(cond)) {                                                     \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #cond); \
			abort();                                                   \
		}                                                                  \
	} while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first @nr bytes in memory of their own, so that a sanitizer sees a read beyond. */
static uint8_t *exact(const uint8_t *bytes, size_t nr)
{
	uint8_t *copy = malloc(nr ? nr : 1);

	CHECK(copy);
	if (nr)
		memcpy(copy, bytes, nr);
	return copy;
}

static void check_mmio(const uint8_t *bytes, size_t nr, unsigned bits)
{
	struct insn_mmio i = { 0 }, again = { 0 };
	int rc = insn_decode_mmio(bytes, nr, bits, &i);

	CHECK(rc == 0 || rc == -XEN_EFAULT || rc == -XEN_EOPNOTSUPP);
	CHECK(rc != -XEN_EFAULT || nr < INSN_MAX_LENGTH);
	if (rc)
		return;
	CHECK(i.length >= 1 && i.length <= MIN(nr, (size_t)INSN_MAX_LENGTH));
	CHECK(i.size && i.size <= 8 && !(i.size & (i.size - 1)) && i.reg_size >= i.size);
	CHECK(i.reg < 16 && !(i.high_byte && i.reg > 3));
	for (size_t cut = 0; cut <= i.length; cut++) {
		uint8_t *copy = exact(bytes, cut);

		rc = insn_decode_mmio(copy, cut, bits, &again);
		CHECK(rc == (cut < i.length ? -XEN_EFAULT : 0));
		free(copy);
	}
	CHECK(again.length == i.length && again.op == i.op && again.reg == i.reg &&
	      again.imm == i.imm && again.to_memory == i.to_memory);
}

static bool in_group(enum insn_op op, enum insn_op group)
{
	switch (group) {
	case INSN_RDTSC_ANY:
		return op == INSN_RDTSC || op == INSN_RDTSCP;
	case INSN_CR_WRITE:
		return op == INSN_MOV_TO_CR || op == INSN_LMSW || op == INSN_CLTS;
	case INSN_CR_READ:
		return op == INSN_MOV_FROM_CR || op == INSN_SMSW;
	default:
		return op == INSN_MOV_TO_DR || op == INSN_MOV_FROM_DR;
	}
}

static void check_match(const uint8_t *bytes, size_t nr, unsigned bits)
{
	struct insn i = { 0 }, found = { 0 }, slow;
	unsigned nr_found = 0;

	for (enum insn_op op = 0; op < INSN_RDTSC_ANY; op++) {
		int rc = insn_match(bytes, nr, bits, op, &i);

		CHECK(rc == 0 || rc == -XEN_EFAULT || rc == -XEN_EINVAL);
		CHECK(rc == insn_match_any(bytes, nr, bits, op, &slow));
		if (rc)
			continue;
		CHECK(i.op == op && slow.op == op && i.length == slow.length);
		CHECK(i.length >= 1 && i.length <= MIN(nr, (size_t)INSN_MAX_LENGTH));
		found = i;
		nr_found++;
	}
	CHECK(nr_found <= 1);
	if (!nr_found)
		return;
	for (enum insn_op group = INSN_RDTSC_ANY; group <= INSN_DR_ANY; group++)
		CHECK((insn_match(bytes, nr, bits, group, &i) == 0) == in_group(found.op, group));
	for (size_t cut = 0; cut < found.length; cut++) {
		uint8_t *copy = exact(bytes, cut);

		CHECK(insn_match(copy, cut, bits, found.op, &i) == -XEN_EFAULT);
		free(copy);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const unsigned modes[] = { 16, 32, 64, 64 };
	unsigned bits;
	uint8_t *code;

	if (!size)
		return 0;
	bits = modes[data[0] & 3];
	code = exact(data + 1, --size);
	check_match(code, size, bits);
	check_mmio(code, size, bits);
	free(code);
	return 0;
}
