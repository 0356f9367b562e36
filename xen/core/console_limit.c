/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a domain may show on the host's console: so much at once, and so much in a second, by
 * whatever way it comes, so that it can neither drown the console nor keep a CPU with it.
 */
#include <hv/domain.h>
#include <hv/printk.h>

#include <arch/arch.h>

#define BURST ((uint64_t)512 * 1024)
#define PER_MS 128u
_Static_assert(PER_MS * 1000 == CONSOLE_BYTES_PER_SECOND, "hv/printk.h");

/* What was used up comes back with time. */
static void earn(struct domain *d, stime_t now)
{
	uint64_t ms = (uint64_t)MAX(now - d->console_time, 0) / NSEC_PER_MSEC;

	if (!ms)
		return;
	d->console_used -= MIN(d->console_used, ms > BURST ? BURST : ms * PER_MS);
	d->console_time = now;
}

size_t console_allow(struct domain *d, size_t nr, enum console_all all)
{
	uint64_t room;

	spin_lock(&d->console_limit);
	earn(d, arch_now());
	room = BURST - d->console_used;
	if (nr > room)
		nr = all == CONSOLE_ALL ? 0 : room;
	d->console_used += nr;
	spin_unlock(&d->console_limit);
	return nr;
}
