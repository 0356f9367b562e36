/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The architecture contract on an ordinary host. */
#include "fake.h"

#include <stdlib.h>
#include <string.h>

#include <candor/support.h>
#include <hv/errno.h>
#include <hv/sched.h>
#include <hv/frames.h>
#include <hv/optin.h>
#include <hv/printk.h>

struct fake_host fake_host;

static char *arena;
static uint64_t arena_frames;
static void *frame_table;
static struct cpu cpus[HV_MAX_CPUS];
static _Thread_local unsigned current_cpu;
/* Of each CPU: odd while it copies from or to a guest. Atomic. */
static uint32_t copying[HV_MAX_CPUS];

#define TYPE_BITS 8

static enum p2m_type entry_type(uint64_t e)
{
	return (enum p2m_type)(e & ((1u << TYPE_BITS) - 1));
}

static uint64_t entry_of(const struct domain *d, uint64_t g)
{
	return g < FAKE_NR_GFNS ? __atomic_load_n(&d->arch->entry[g], __ATOMIC_ACQUIRE) : P2M_NONE;
}

static void set_entry(struct domain *d, uint64_t g, mfn_t m, enum p2m_type type)
{
	__atomic_store_n(&d->arch->entry[g], m.n << TYPE_BITS | type, __ATOMIC_RELEASE);
}

static void console_keep(const char *data, size_t size)
{
	struct fake_host *h = &fake_host;
	size_t room = sizeof(h->console) - 1 - h->console_len;

	size = MIN(size, room);
	memcpy(h->console + h->console_len, data, size);
	h->console_len += size;
	h->console[h->console_len] = '\0';
}

static bool console_typed(char *ret_c)
{
	struct fake_host *h = &fake_host;

	if (!h->typed || !*h->typed)
		return false;
	*ret_c = *h->typed++;
	return true;
}

static const struct console_ops console = { .name = "fake",
					    .write = console_keep,
					    .read = console_typed };

void fake_host_create(uint64_t nr_frames)
{
	static bool registered;

	memset(&fake_host, 0, sizeof(fake_host));
	if (SUPPORT_NR_OPT_IN)
		optin_take_all();
	memset(cpus, 0, sizeof(cpus));
	memset(&cpus_online, 0, sizeof(cpus_online));
	fake_cpus_create(1);
	arena_frames = nr_frames;
	arena = aligned_alloc(PAGE_SIZE, nr_frames * PAGE_SIZE);
	frame_table = malloc(frames_table_size(nr_frames));
	if (!arena || !frame_table)
		abort();
	/* Contents of fresh frames are undefined; make that show. */
	memset(arena, 0xa5, nr_frames * PAGE_SIZE);
	frames_init(frame_table, nr_frames);
	frames_give(mfn(0), nr_frames);
	if (!registered)
		console_register(&console);
	registered = true;
}

void fake_host_destroy(void)
{
	free(arena);
	free(frame_table);
	arena = NULL;
	frame_table = NULL;
}

void fake_console_clear(void)
{
	fake_host.console_len = 0;
	fake_host.console[0] = '\0';
}

void fake_clock_set(stime_t now)
{
	fake_host.now = now;
	cpumask_for_each(id, &cpus_online) timers_run(&cpus[id].timers, now);
}

int fake_ram_add(struct domain *d, gfn_t start, uint64_t nr)
{
	for (uint64_t i = 0; i < nr; i++) {
		mfn_t m = frames_alloc(0);

		if (!mfn_valid(m))
			return -XEN_ENOMEM;
		memset(arch_frame_map(m), 0, PAGE_SIZE);
		frames_assign(m, 0, d);
		if (arch_p2m_map(d, gfn_add(start, i), m, 0, P2M_RAM)) {
			frame_put(m);
			return -XEN_ENOMEM;
		}
	}
	return 0;
}

void *fake_guest(const struct domain *d, uint64_t gpa)
{
	uint64_t e = entry_of(d, gpa >> PAGE_SHIFT);

	if (entry_type(e) == P2M_NONE)
		abort();
	return (char *)arch_frame_map(mfn(e >> TYPE_BITS)) + (gpa & PAGE_MASK);
}

void *arch_frame_map(mfn_t m)
{
	if (m.n >= arena_frames)
		abort();
	return arena + m.n * PAGE_SIZE;
}

mfn_t arch_frame_of(const void *ptr)
{
	return mfn((uint64_t)((const char *)ptr - arena) / PAGE_SIZE);
}

int arch_domain_create(struct domain *d)
{
	d->arch = heap_alloc(sizeof(*d->arch));
	if (!d->arch)
		return -XEN_ENOMEM;
	spin_init(&d->arch->p2m_lock, LOCK_P2M, 0);
	return 0;
}

int arch_domain_relinquish(struct domain *d)
{
	for (uint64_t g = 0; g < d->arch->end; g++) {
		uint64_t e = entry_of(d, g);

		set_entry(d, g, mfn(0), P2M_NONE);
		if (entry_type(e) == P2M_RAM || entry_type(e) == P2M_FOREIGN)
			frame_put(mfn(e >> TYPE_BITS));
	}
	return 0;
}

void arch_domain_destroy(struct domain *d)
{
	heap_free(d->arch);
	d->arch = NULL;
}

int arch_vcpu_create(struct vcpu *v)
{
	v->arch = heap_alloc(sizeof(*v->arch));
	return v->arch ? 0 : -XEN_ENOMEM;
}

void arch_vcpu_destroy(struct vcpu *v)
{
	heap_free(v->arch);
	v->arch = NULL;
}

/* Any state will do. */
int arch_vcpu_initialise(struct vcpu *v, const struct vcpu_hvm_context *ctx)
{
	return 0;
}

void arch_vcpu_dump(const struct vcpu *v)
{
	printk(LOG_ERROR, "registers of d%uv%u", v->domain->id, v->id);
}

static int map_locked(struct domain *d, gfn_t g, mfn_t m, uint64_t nr, enum p2m_type type)
{
	struct arch_domain *a = d->arch;

	for (uint64_t i = 0; i < nr; i++)
		if (entry_type(entry_of(d, g.n + i)) != P2M_NONE)
			return -XEN_EEXIST;
	__atomic_store_n(&a->end, MAX(a->end, g.n + nr), __ATOMIC_RELAXED);
	for (uint64_t i = 0; i < nr; i++) {
		__atomic_store_n(&a->read_only[g.n + i], type == P2M_GRANT_RO, __ATOMIC_RELAXED);
		set_entry(d, g.n + i, mfn_add(m, i), type);
	}
	return 0;
}

int arch_p2m_map(struct domain *d, gfn_t g, mfn_t m, unsigned order, enum p2m_type type)
{
	uint64_t nr = 1ull << order;
	int rc;

	if (fake_host.fail_p2m_map && --fake_host.fail_p2m_map == 0)
		return -XEN_ENOMEM;
	if (g.n >= FAKE_NR_GFNS || nr > FAKE_NR_GFNS - g.n || ((g.n | m.n) & (nr - 1)))
		return -XEN_EINVAL;
	spin_lock(&d->arch->p2m_lock);
	rc = map_locked(d, g, m, nr, type);
	spin_unlock(&d->arch->p2m_lock);
	return rc;
}

int arch_p2m_unmap(struct domain *d, gfn_t g)
{
	int rc = -XEN_ENOENT;

	if (g.n >= FAKE_NR_GFNS)
		return rc;
	spin_lock(&d->arch->p2m_lock);
	if (entry_type(entry_of(d, g.n)) != P2M_NONE) {
		set_entry(d, g.n, mfn(0), P2M_NONE);
		__atomic_store_n(&d->arch->read_only[g.n], false, __ATOMIC_RELAXED);
		rc = 0;
	}
	spin_unlock(&d->arch->p2m_lock);
	return rc;
}

mfn_t arch_p2m_lookup(struct domain *d, gfn_t g, enum p2m_type *ret_type)
{
	uint64_t e = entry_of(d, g.n);

	*ret_type = entry_type(e);
	return *ret_type == P2M_NONE ? MFN_NONE : mfn(e >> TYPE_BITS);
}

gfn_t arch_p2m_max(const struct domain *d)
{
	uint64_t g = __atomic_load_n(&d->arch->end, __ATOMIC_RELAXED);

	while (g && entry_type(entry_of(d, g - 1)) == P2M_NONE)
		g--;
	return gfn(g ? g - 1 : 0);
}

/* There are no TLBs, but copies that go on by what they looked up before. */
void arch_domain_flush_tlb(struct domain *d)
{
	__atomic_fetch_add(&d->arch->nr_flushes, 1, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	cpumask_for_each(id, &cpus_online)
	{
		uint32_t was = __atomic_load_n(&copying[id], __ATOMIC_ACQUIRE);

		while (id != current_cpu && (was & 1) &&
		       __atomic_load_n(&copying[id], __ATOMIC_ACQUIRE) == was)
			__builtin_ia32_pause();
	}
}

unsigned arch_memory_map(struct domain *d, const struct arch_e820_entry **ret_map)
{
	*ret_map = fake_host.e820;
	return fake_host.nr_e820;
}

/* The piece of [gva, gva + size) in its first page; NULL if that cannot be reached. */
static char *piece(struct vcpu *v, uint64_t gva, size_t size, bool write, size_t *ret_size)
{
	const struct arch_domain *a = v->domain->arch;
	uint64_t g = gva >> PAGE_SHIFT, e = entry_of(v->domain, g);

	*ret_size = MIN(size, PAGE_SIZE - (gva & PAGE_MASK));
	if (entry_type(e) == P2M_NONE ||
	    (write && __atomic_load_n(&a->read_only[g], __ATOMIC_RELAXED)))
		return NULL;
	return (char *)arch_frame_map(mfn(e >> TYPE_BITS)) + (gva & PAGE_MASK);
}

/* What a guest has its own CPUs write at the same time is its own affair: byte by byte. */
static void copy_bytes(char *to, const char *from, size_t size)
{
	for (size_t i = 0; i < size; i++)
		__atomic_store_n(&to[i], __atomic_load_n(&from[i], __ATOMIC_RELAXED),
				 __ATOMIC_RELAXED);
}

enum direction { FROM_GUEST, TO_GUEST };

static int copy_pieces(struct vcpu *v, char *host, uint64_t gva, size_t size, enum direction dir)
{
	for (size_t n; size; size -= n, gva += n, host += n) {
		char *at = piece(v, gva, size, dir == TO_GUEST, &n);

		if (!at)
			return -XEN_EFAULT;
		copy_bytes(dir == TO_GUEST ? at : host, dir == TO_GUEST ? host : at, n);
	}
	return 0;
}

static int copy(struct vcpu *v, char *host, uint64_t gva, size_t size, enum direction dir)
{
	int rc;

	__atomic_fetch_add(&copying[current_cpu], 1, __ATOMIC_SEQ_CST);
	rc = copy_pieces(v, host, gva, size, dir);
	__atomic_fetch_add(&copying[current_cpu], 1, __ATOMIC_RELEASE);
	return rc;
}

int arch_copy_from_guest(struct vcpu *v, void *dst, uint64_t gva, size_t size)
{
	return copy(v, dst, gva, size, FROM_GUEST);
}

int arch_copy_to_guest(struct vcpu *v, uint64_t gva, const void *src, size_t size)
{
	return copy(v, (char *)(uintptr_t)src, gva, size, TO_GUEST);
}

stime_t arch_now(void)
{
	return __atomic_load_n(&fake_host.now, __ATOMIC_RELAXED);
}

/* 1 GHz, as arch_physinfo() says. */
uint64_t arch_cycles(void)
{
	return (uint64_t)arch_now();
}

uint64_t arch_wallclock_ns(void)
{
	return fake_host.wallclock_ns;
}

/* A guest TSC of 1 GHz that starts with the host. */
void arch_vcpu_time_info(const struct vcpu *v, struct vcpu_time_info *ret_info)
{
	ret_info->tsc_timestamp = (uint64_t)arch_now();
	ret_info->system_time = ret_info->tsc_timestamp;
	ret_info->tsc_to_system_mul = 0x80000000u;
	ret_info->tsc_shift = 1;
	ret_info->flags = 0;
}

void arch_vcpu_upcall(struct vcpu *v)
{
	__atomic_fetch_add(&v->arch->nr_upcalls, 1, __ATOMIC_RELAXED);
	vcpu_wake(v);
}

bool arch_vcpu_interrupt_pending(const struct vcpu *v)
{
	return !v->arch->interrupts_off &&
	       __atomic_load_n(&vcpu_info_of(v)->evtchn_upcall_pending, __ATOMIC_SEQ_CST);
}

int arch_set_upcall_vector(struct vcpu *v, uint8_t vector)
{
	__atomic_store_n(&v->arch->upcall_vector, vector, __ATOMIC_RELAXED);
	return 0;
}

/* Knows vectors, type 2 of xen/hvm/params.h. */
int arch_set_callback_via(struct domain *d, uint64_t via)
{
	if (via && via >> 56 != 2)
		return -XEN_EINVAL;
	d->arch->callback_via = via;
	return 0;
}

void arch_vcpu_send_nmi(struct vcpu *v)
{
	__atomic_fetch_add(&v->arch->nr_nmis, 1, __ATOMIC_RELAXED);
}

const char *arch_capabilities(void)
{
	return "hvm-3.0-fake";
}

unsigned arch_nr_nodes(void)
{
	return MAX(fake_host.nr_nodes, 1u);
}

unsigned arch_node_distance(unsigned from, unsigned to)
{
	if (from >= arch_nr_nodes() || to >= arch_nr_nodes())
		return 0;
	return from == to ? 10 : 20 + from + to;
}

unsigned arch_node_of_frame(mfn_t m, mfn_t *ret_end)
{
	*ret_end = mfn(UINT64_MAX);
	return 0;
}

long arch_domctl(struct vcpu *v, struct domain *d, struct xen_domctl *op, bool *copy)
{
	return -XEN_ENOSYS;
}

long arch_sysctl(struct vcpu *v, struct xen_sysctl *op, bool *copy)
{
	return -XEN_ENOSYS;
}

void arch_physinfo(struct xen_sysctl_physinfo *p)
{
	p->cpu_khz = 1000000;
	p->max_mfn = arena_frames - 1;
}

/* Has one kind of domain, which its first bit stands for. */
int arch_check_domain_config(const struct xen_arch_domainconfig *c)
{
	return c->emulation_flags == 1 ? 0 : -XEN_EINVAL;
}

void arch_domain_config(const struct domain *d, struct xen_arch_domainconfig *ret_c)
{
	*ret_c = (struct xen_arch_domainconfig){ .emulation_flags = 1 };
}

uint8_t arch_gpaddr_bits(const struct domain *d)
{
	return 24; /* FAKE_NR_GFNS pages */
}

void arch_clear_frames(void *frames, size_t size)
{
	memset(frames, 0, size);
}

void arch_copy_bytes(void *dst, const void *src, size_t size)
{
	copy_bytes(dst, src, size);
}

bool arch_speculation(unsigned n, const char **ret_name, const char **ret_value)
{
	*ret_name = "index-masking";
	*ret_value = "on";
	return n == 0;
}

const char *arch_host_cmdline(void)
{
	return "fake";
}

bool arch_stop_others(void)
{
	return true;
}

void arch_host_stop(unsigned status)
{
	fake_host.stop_status = status;
	if (!fake_host.on_stop)
		abort();
	longjmp(*fake_host.on_stop, 1);
}

struct cpu *cpu_this(void)
{
	return &cpus[current_cpu];
}

void arch_cpu_kick(struct cpu *cpu)
{
	__atomic_fetch_add(&fake_host.nr_kicks, 1, __ATOMIC_RELAXED);
	if (fake_host.on_kick)
		fake_host.on_kick(cpu);
}

bool arch_cpu_interrupted(void)
{
	if (fake_host.preempt_every && ++fake_host.nr_questions % fake_host.preempt_every == 0)
		return true;
	return fake_host.preempt && --fake_host.preempt == 0;
}

void fake_cpus_create(unsigned nr)
{
	for (unsigned id = 0; id < nr; id++) {
		if (!cpus[id].online)
			cpu_init(&cpus[id]);
		cpus[id].id = id;
		cpus[id].core = id;
		cpus[id].online = true;
		cpu_table[id] = &cpus[id];
		cpumask_set(&cpus_online, id);
	}
	current_cpu = 0;
}

void fake_cpu_switch(unsigned id)
{
	if (id >= HV_MAX_CPUS || !cpus[id].online)
		abort();
	current_cpu = id;
}
