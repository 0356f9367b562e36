/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Traps of a test guest. A test runs what may fault through trap_run() and
 * looks at what came; a trap nobody waits for ends the test as failed.
 */
#ifndef GUEST_TRAP_H
#define GUEST_TRAP_H

#include <stdbool.h>
#include <stdint.h>

struct trap_frame {
	uint64_t r15, r14, r13, r12, r11, r10, r9, r8, rbp, rdi, rsi, rdx, rcx, rbx, rax;
	uint64_t vector, error;
	uint64_t rip, cs, rflags, rsp, ss;
};

/* What the last trap_run() met; @vector is -1 if nothing trapped. */
struct trap {
	int vector;
	uint64_t error;
	uint64_t cr2;
	struct trap_frame frame;
};

typedef void (*trap_handler_fn)(struct trap_frame *frame);

/** Load the IDT and the task state segment. */
void trap_init(void);

/** The IDT alone, on a further CPU, which never leaves ring 0. */
void trap_init_secondary(void);

/** Call fn(arg); returns its trap, valid until the next call. */
const struct trap *trap_run(void (*fn)(void *arg), void *arg);

/** Run code at @rip in ring 3 with two arguments; it ends by a trap. */
const struct trap *trap_run_user(uint64_t rip, uint64_t rsp, uint64_t arg1, uint64_t arg2);

/** Handle interrupt @vector (32 to 255, or 2, the NMI) by @fn; NULL takes it away. */
void trap_set_handler(unsigned int vector, trap_handler_fn fn);

/** Point the IDT at nothing: the next trap is a triple fault. */
void trap_break(void);

/* One guarded instruction each; the value only where nothing trapped. */
const struct trap *trap_read_msr(uint32_t msr, uint64_t *ret_value);
const struct trap *trap_write_msr(uint32_t msr, uint64_t value);
const struct trap *trap_write_cr4(uint64_t value);
const struct trap *trap_read_u32(uint64_t addr, uint32_t *ret_value);
const struct trap *trap_write_u32(uint64_t addr, uint32_t value);

#endif
