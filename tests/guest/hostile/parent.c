/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The privileged guest: starts neighbours and hostile guests, and judges. */
#include <stddef.h>
#include <stdint.h>

#include <xen/event_channel.h>
#include <xen/sched.h>

#include "boot.h"
#include "console.h"
#include "cpu.h"
#include "domain.h"
#include "evtchn.h"
#include "hypercall.h"
#include "mailbox.h"
#include "pvclock.h"
#include "report.h"
#include "string.h"

#define PAGES 2048u
#define NR_NEIGHBOURS 2
#define STALL_NS 1500000000ul
#define MSEC 1000000ul
#define TIME_TOLERANCE 1000000l

struct other {
	unsigned int id;
	volatile struct mailbox *box;
	uint64_t beats, events; /* as last looked at */
	uint64_t seen;		/* when it was found to go on */
	uint64_t longest;	/* that it was not */
};

static struct other neighbours[NR_NEIGHBOURS];
static const void *elf;
static size_t elf_size;
static uint64_t total, nr_lives;
static int64_t worst_off;
static uint64_t patience;

static uint64_t number(const char *name, uint64_t otherwise)
{
	char text[24];
	uint64_t value = 0;

	if (!boot_option(name, text, sizeof(text)))
		return otherwise;
	for (const char *p = text; *p >= '0' && *p <= '9'; p++)
		value = value * 10 + (uint64_t)(*p - '0');
	return value;
}

static char *append(char *at, const char *text)
{
	memcpy(at, text, strlen(text));
	return at + strlen(text);
}

static char *append_number(char *at, uint64_t value)
{
	char digits[24];
	unsigned int n = 0;

	do {
		digits[n++] = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	while (n)
		*at++ = digits[--n];
	return at;
}

static bool start(struct other *o, const char *cmdline, unsigned int nr_vcpus)
{
	const struct domain_spec spec = { elf, elf_size, cmdline, nr_vcpus, PAGES };
	long rc = domain_build(&spec, &o->id);

	if (rc)
		console_printf("domain_build: %ld\n", rc);
	o->box = rc ? NULL : domain_see(o->id, boot_gfn(&mailbox));
	return o->box;
}

static void pause_ms(uint64_t ms)
{
	uint64_t end = pvclock_read() + ms * MSEC;

	while (pvclock_read() < end)
		(void)hypercall_2(__HYPERVISOR_sched_op, SCHEDOP_yield, NULL);
}

static bool wait_ready(const struct other *o)
{
	uint64_t end = pvclock_read() + 20000 * MSEC;

	while (!o->box->ready && pvclock_read() < end)
		pause_ms(1);
	return o->box->ready;
}

/* The port of domain @owner that waits for domain @remote. */
static uint64_t port_for(unsigned int owner, unsigned int remote)
{
	struct evtchn_alloc_unbound a = { .dom = (domid_t)owner, .remote_dom = (domid_t)remote };

	return hypercall_2(__HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound, &a) ? 0 : a.port;
}

static bool start_neighbours(void)
{
	static char cmdline[64];
	struct other *a = &neighbours[0], *b = &neighbours[1];
	char *at;

	if (!start(a, "role=neighbour", 1))
		return false;
	at = append(cmdline, "role=neighbour other=");
	*append_number(at, a->id) = '\0';
	if (!start(b, cmdline, 1))
		return false;
	a->box->port = b->box->remote_port = port_for(a->id, b->id);
	if (!a->box->port || domain_unpause(a->id) || domain_unpause(b->id) || !wait_ready(a) ||
	    !wait_ready(b))
		return false;
	return true;
}

/* How far the neighbour's clock is off ours, both read at their own TSC. */
static void compare_clock(const struct other *o)
{
	uint64_t version, tsc, ns, my_tsc, my_ns;
	int64_t off;

	do {
		version = o->box->version;
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
		tsc = o->box->tsc;
		ns = o->box->ns;
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
	} while ((version & 1) || version != o->box->version);
	do {
		my_tsc = cpu_rdtsc();
		my_ns = pvclock_read();
	} while (cpu_rdtsc() - my_tsc > 3000);
	if (my_tsc < tsc || !version)
		return; /* it has been read again meanwhile */
	off = (int64_t)(my_ns - pvclock_scale(my_tsc - tsc)) - (int64_t)ns;
	off = off < 0 ? -off : off;
	if (off > worst_off)
		worst_off = off;
}

static void look_at_neighbours(void)
{
	uint64_t now = pvclock_read();

	for (unsigned int i = 0; i < NR_NEIGHBOURS; i++) {
		struct other *o = &neighbours[i];

		if (o->box->beats != o->beats && o->box->events != o->events) {
			o->beats = o->box->beats;
			o->events = o->box->events;
			o->seen = now;
		} else if (now - o->seen > o->longest) {
			o->longest = now - o->seen;
		}
		compare_clock(o);
	}
}

static uint64_t acts_of(const struct other *o)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < HOSTILE_CPUS; i++)
		sum += o->box->acts[i];
	return sum;
}

/* Until it is done, has ended itself, or goes on no more. */
static const char *watch(const struct other *o)
{
	uint64_t last = 0, since = pvclock_read();
	long code;

	for (;;) {
		uint64_t acts = acts_of(o);

		pause_ms(2);
		look_at_neighbours();
		if (acts != last) {
			last = acts;
			since = pvclock_read();
		}
		if (o->box->done == HOSTILE_CPUS)
			return "done";
		code = domain_ended(o->id);
		if (code >= 0)
			return code == SHUTDOWN_crash	   ? "crashed"
			       : code == SHUTDOWN_reboot   ? "rebooted"
			       : code == SHUTDOWN_poweroff ? "powered off"
							   : "ended otherwise";
		if (code < -1)
			return "gone";
		if (pvclock_read() - since > patience)
			return "stalled";
	}
}

static bool one_life(uint64_t seed, uint64_t acts)
{
	static char cmdline[96];
	struct other o = { 0 };
	const char *how;
	char *at = append(cmdline, "role=attacker seed=");

	at = append_number(at, seed);
	at = append(at, " kinds=");
	at = append_number(at, number("kinds", 0));
	at = append(at, " acts=");
	*append_number(at, acts) = '\0';
	if (!start(&o, cmdline, HOSTILE_CPUS) || domain_unpause(o.id))
		return false;
	how = watch(&o);
	total += acts_of(&o);
	nr_lives++;
	console_printf("hostile: d%u seed=%lu %s after %lu acts, %lu in all\n", o.id, seed, how,
		       acts_of(&o), total);
	domain_unsee((void *)(uint64_t)o.box);
	return !domain_destroy(o.id);
}

static void judge(const struct other *o, unsigned int n)
{
	report_ok(!o->box->wrong, "neighbour %u: nothing was wrong (%s)", n,
		  o->box->wrong ? (const char *)(uint64_t)o->box->what : "-");
	report_ok(domain_ended(o->id) == -1, "neighbour %u runs", n);
	console_printf("neighbour %u: %lu sums, %lu events, timer at most %lu us late, "
		       "no progress for at most %lu us\n",
		       n, (unsigned long)o->box->beats, (unsigned long)o->box->events,
		       (unsigned long)o->box->late_ns / 1000, (unsigned long)o->longest / 1000);
	report_ok(o->longest < 10000 * MSEC, "neighbour %u went on all the time", n);
	report_ok(o->box->beats > 100 && o->box->events > 100, "neighbour %u computed", n);
}

void parent_main(void)
{
	struct vcpu_info *info;
	uint64_t acts = number("acts", 100000), each = number("each", 50000);
	uint64_t seed = number("seed", 1), free;

	patience = number("patience_ms", STALL_NS / MSEC) * MSEC;
	elf = domain_module(&elf_size);
	report_ok(elf && hypercall_is_dom0(), "this is the privileged guest, with a kernel");
	if (!elf || !evtchn_map_shared_info())
		return;
	info = evtchn_register_vcpu_info();
	if (!info)
		return;
	pvclock_init(&info->time);
	report_ok(start_neighbours(), "two neighbours run");
	free = domain_host_free();
	for (unsigned int i = 0; i < NR_NEIGHBOURS; i++)
		neighbours[i].seen = pvclock_read();
	while (total < acts && nr_lives < 1000)
		if (!one_life(seed++, each))
			break;
	report_ok(total >= acts, "%lu acts in %lu lives", (unsigned long)total,
		  (unsigned long)nr_lives);
	for (unsigned int i = 0; i < NR_NEIGHBOURS; i++)
		judge(&neighbours[i], i);
	report_ok(worst_off < TIME_TOLERANCE, "their clocks are at most %ld ns off ours",
		  worst_off);
	report_equal(domain_host_free(), free, "free memory, as before the hostile guests,");
}
