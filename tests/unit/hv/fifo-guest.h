/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest's half of the FIFO ABI of event channels, written after the ABI's text, for
 * the tests of the other half.
 */
#ifndef TESTS_FIFO_GUEST_H
#define TESTS_FIFO_GUEST_H

#include <stdint.h>

#include <xen/event_channel.h>

#include "hv-test.h"

#define BIT(name) (1u << EVTCHN_FIFO_##name)
#define WORDS_PER_PAGE 1024u
#define NR_PRIORITIES EVTCHN_FIFO_MAX_QUEUES

/* The guest's pages, away from the argument page at 0x10000. */
#define CONTROL_GFN 32u
#define CONTROL_OFFSET 0x100u
#define ARRAY_GFN 33u /* page i of the array, modulo the 16 there are */

/** event_channel_op with its argument, or with a port alone. */
long fifo_op(uint32_t cmd, void *arg, size_t size);
long fifo_port_op(uint32_t cmd, evtchn_port_t port);

/* One operation each. */
long fifo_init_control(uint64_t g, uint32_t offset, uint32_t vcpu);
long fifo_expand_array(uint64_t g);
long fifo_set_priority(evtchn_port_t port, uint32_t priority);
long fifo_bind_ipi(evtchn_port_t *ret_port);
long fifo_reset(void);

/** Empty control block, the first page of the array. */
void fifo_start(void);
struct evtchn_fifo_control_block *fifo_control(void);
event_word_t *fifo_word(evtchn_port_t port);
/** Upcalls since the last time. */
unsigned fifo_upcalls_taken(void);

/**
 * Take one event as a guest does: the first of the most urgent queue. Its port, or 0
 * if the queues are empty. It was pending and not masked if *ret_due.
 */
evtchn_port_t fifo_take(uint32_t *ready, bool *ret_due);
/** The next port that is due, with its event acknowledged; 0 if there is none. */
evtchn_port_t fifo_take_due(uint32_t *ready);
/** Unmask as a guest: by itself first, then by the hypervisor if there is something. */
void fifo_unmask(evtchn_port_t port);

#endif
