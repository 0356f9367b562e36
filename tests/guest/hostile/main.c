/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves that a guest that does its worst on 4 vCPUs at once hurts nobody else: the privileged
 * guest (role=parent, the default) starts two neighbours, which compute, keep time and send each
 * other events, and hostile guests one after the other, each from a seed it prints, until they
 * have done acts=N in all. This is one kernel for all of them; it comes as the boot module, too.
 */
#include "boot.h"
#include "mailbox.h"

const char guest_name[] = "hostile";

struct mailbox mailbox __attribute__((aligned(4096)));

void guest_main(void)
{
	if (boot_option_is("role", "attacker"))
		attacker_main();
	else if (boot_option_is("role", "neighbour"))
		neighbour_main();
	else
		parent_main();
}
