/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A page each of these guests has at the same address, which the privileged one looks into. */
#ifndef HOSTILE_MAILBOX_H
#define HOSTILE_MAILBOX_H

#include <stdint.h>

#define HOSTILE_CPUS 4

struct mailbox {
	/* Of a hostile guest */
	uint64_t acts[HOSTILE_CPUS]; /* done so far */
	uint64_t faults[HOSTILE_CPUS];
	uint64_t done; /* CPUs that have done all of theirs */

	/* Of a neighbour */
	uint64_t ready;
	uint64_t beats;		    /* blocks computed rightly */
	uint64_t wrong;		    /* things that were not as they should be */
	uint64_t events;	    /* from the other neighbour */
	uint64_t late_ns;	    /* the most a timer was late */
	uint64_t version;	    /* odd while the two below change */
	uint64_t tsc, ns;	    /* read at the same time */
	uint64_t port, remote_port; /* this one's, and the one to bind to, given by the parent */
	char what[128];		    /* the first wrong thing */
};

extern struct mailbox mailbox;

void neighbour_main(void);
void attacker_main(void);
void parent_main(void);

#endif
