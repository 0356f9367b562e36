/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CPU state saved and loaded: what is saved comes back the same, what no processor could have
 * saved is refused and changes nothing, and no bytes at all do any harm.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <candor/support.h>

#include <xen/xen.h>

#include <xen/hvm/save.h>

#include <hv/frames.h>

#include "hvmcontext.h"
#include "machine.h"
#include "pcpu.h"
#include "svm/svm.h"
#include "time.h"
#include "x86.h"

SUPPORT_TEST(save_restore, "unit/hvmcontext");

#define NR_VCPUS 3
#define XSAVE_SIZE 832
#define MXCSR_MASK 0xffffu
#define NR_FLIPS 20000

static uint64_t host_tsc;

uint64_t time_host_tsc(void)
{
	return host_tsc += 1000; /* time goes on while a domain is saved */
}

uint64_t time_tsc_khz(void)
{
	return 1000000;
}

uint64_t time_tsc_at_boot(void)
{
	return 0;
}

bool time_tsc_stable(void)
{
	return true;
}

void time_tsc_scale(uint32_t *ret_mul, int8_t *ret_shift)
{
	time_scale_of(1000000000, ret_mul, ret_shift);
}

stime_t time_of_tsc(uint64_t tsc)
{
	return (stime_t)tsc;
}

void svm_show_tsc(struct arch_vcpu *av)
{
}

void svm_choose_tsc_exits(struct arch_vcpu *av)
{
}

void pcpu_forget(struct arch_vcpu *av)
{
	av->loaded_on = NULL;
}

uint32_t svm_fpu_mxcsr_mask(void)
{
	return MXCSR_MASK;
}

uint64_t svm_event(const struct arch_vcpu *av)
{
	return av->vmcb->eventinj;
}

void svm_set_event(struct arch_vcpu *av, uint64_t event)
{
	av->vmcb->eventinj = event;
}

void vcpu_recheck(struct vcpu *v)
{
}

void vcpu_update_time(struct vcpu *v)
{
}

void *heap_alloc(size_t size)
{
	return calloc(1, size);
}

void heap_free(void *p)
{
	free(p);
}

int arch_copy_to_guest(struct vcpu *v, uint64_t to, const void *from, size_t size)
{
	return -XEN_EFAULT;
}

int arch_copy_from_guest(struct vcpu *v, void *to, uint64_t from, size_t size)
{
	return -XEN_EFAULT;
}

struct guest {
	struct domain d;
	struct arch_domain ad;
	struct vcpu v[NR_VCPUS], *list[NR_VCPUS];
	struct arch_vcpu av[NR_VCPUS];
	struct vmcb vmcb[NR_VCPUS];
	char fpu[NR_VCPUS][XSAVE_SIZE] __attribute__((aligned(64)));
	struct timer_queue timers;
};

static void guest_init(struct guest *g)
{
	memset(g, 0, sizeof(*g));
	g->d.arch = &g->ad;
	g->d.nr_vcpus = NR_VCPUS;
	g->d.vcpu = g->list;
	g->ad.cpuid.xcr0_mask = 7;
	g->ad.cpuid.xstate[0].ecx = XSAVE_SIZE;
	g->ad.cpuid.cr4_mask = 0x7ff;
	g->ad.cpuid.efer_mask = 0xd01;
	for (unsigned i = 0; i < NR_VCPUS; i++) {
		g->list[i] = &g->v[i];
		g->v[i].id = i;
		g->v[i].domain = &g->d;
		g->v[i].arch = &g->av[i];
		g->av[i].vcpu = &g->v[i];
		g->av[i].vmcb = &g->vmcb[i];
		g->av[i].fpu = g->fpu[i];
		g->av[i].xcr0 = 1;
		vlapic_init(&g->av[i].vlapic, &g->v[i], 2 * i, &g->timers);
	}
}

/* Two of three vCPUs run, each with values of its own in all it has. */
static void guest_run(struct guest *g)
{
	for (unsigned i = 0; i < NR_VCPUS - 1; i++) {
		struct arch_vcpu *av = &g->av[i];

		g->v[i].up = true;
		for (unsigned n = 0; n < GPR_NR; n++)
			gpr_write(av, n, 0x1000 * (i + 1) + n);
		memset(&g->vmcb[i].es, 0x11 * (int)(i + 1), 10 * sizeof(g->vmcb[i].es));
		for (unsigned n = 0; n < 10; n++) /* attributes are of 12 bits */
			(&g->vmcb[i].es)[n].attr &= 0xfff;
		g->vmcb[i].cpl = (g->vmcb[i].ss.attr >> 5) & 3;
		g->vmcb[i].gdtr.limit = g->vmcb[i].idtr.limit = 0xfff;
		g->vmcb[i].rip = 0xffffffff81000000 + i;
		g->vmcb[i].rflags = 0x246;
		g->vmcb[i].cr0 = 0x80050033;
		g->vmcb[i].cr3 = 0x1000000 + i * 0x1000;
		g->vmcb[i].cr4 = 0x6f0;
		g->vmcb[i].efer = 0x1d01;
		g->vmcb[i].lstar = 0xffffffff81200000;
		g->vmcb[i].dr6 = 0xffff0ff0;
		g->vmcb[i].dr7 = 0x400;
		g->vmcb[i].eventinj = i ? 0x80000b0eull | 2ull << 32 : 0;
		av->dr[3] = 0x123400 + i;
		av->tsc_aux = i;
		av->tsc_offset = 5000000; /* all in step */
		av->xcr0 = 7;
		for (unsigned n = 0; n < XSAVE_SIZE; n++)
			g->fpu[i][n] = (char)(n * 7 + i);
		memset(g->fpu[i] + 24, 0, 4); /* MXCSR */
		memset(g->fpu[i] + 512, 0, 64);
		g->fpu[i][512] = 7;
		for (unsigned n = 0; n < 2 * MTRR_NR_VARIABLE; n++)
			av->mtrr.base_mask[n] = n + i;
		av->mtrr.pat = 0x0007040600070406;
		assert_int_equal(vlapic_mmio_write(&av->vlapic, 0xf0, 4, 0x1ff), 0);
		assert_int_equal(vlapic_mmio_write(&av->vlapic, 0x320, 4, 0x10030 + i), 0);
		vlapic_set_irq(&av->vlapic, 0x41, VLAPIC_EDGE);
		vlapic_ack(&av->vlapic, 0x41);
		vlapic_set_irq(&av->vlapic, 0xf3, VLAPIC_EDGE);
	}
}

static char *save(struct guest *g, size_t *ret_size)
{
	size_t again;
	char *buf;

	assert_int_equal(arch_domain_save(&g->d, NULL, ret_size), 0);
	buf = malloc(*ret_size); /* so that ASan sees a byte too many */
	assert_non_null(buf);
	assert_int_equal(arch_domain_save(&g->d, buf, &again), 0);
	assert_int_equal(again, *ret_size);
	return buf;
}

static char *body_of(char *buf, size_t size, uint16_t type, uint16_t instance, size_t *ret_length)
{
	size_t at;

	assert_int_equal(hvmcontext_find(buf, size, type, instance, &at, ret_length), 0);
	return buf + at;
}

/* TSCs are those of a later moment; all else is the same, byte by byte. */
static void what_is_saved_comes_back(void **state)
{
	static struct guest a, b;
	size_t size, other, length;
	struct hvm_hw_cpu *from, *to;
	char *first, *second;

	guest_init(&a);
	guest_run(&a);
	guest_init(&b);
	first = save(&a, &size);
	assert_int_equal(arch_domain_load(&b.d, first, size), 0);
	assert_true(b.v[0].up && b.v[1].up && !b.v[2].up);
	assert_int_equal(b.av[0].xcr0, 7);
	assert_int_equal(vlapic_pending_vector(&b.av[1].vlapic), 0xf3);
	second = save(&b, &other);
	assert_int_equal(size, other);
	for (uint16_t i = 0; i < NR_VCPUS - 1; i++) {
		from = (void *)body_of(first, size, HVM_SAVE_CODE(CPU), i, &length);
		to = (void *)body_of(second, size, HVM_SAVE_CODE(CPU), i, &length);
		assert_true(to->tsc > from->tsc && to->tsc - from->tsc < 10000);
		to->tsc = from->tsc;
	}
	assert_memory_equal(first, second, size);
	free(first);
	free(second);
}

/* One moment for all, also for the one that starts later. */
static void tscs_stay_in_step(void **state)
{
	static struct guest a, b;
	size_t size;
	char *buf;

	guest_init(&a);
	guest_run(&a);
	a.av[1].tsc_offset += 77; /* as the guest itself has set it */
	guest_init(&b);
	host_tsc += 123456789;
	buf = save(&a, &size);
	assert_int_equal(arch_domain_load(&b.d, buf, size), 0);
	assert_int_equal(b.av[1].tsc_offset, b.av[0].tsc_offset + 77);
	assert_int_equal(b.av[2].tsc_offset, b.av[0].tsc_offset);
	assert_int_equal(b.av[0].host_vmcb_pa, 0); /* to be shown to the CPU that runs it */
	free(buf);
}

enum field {
	CPU_CR0,
	CPU_CR4,
	CPU_EFER,
	CPU_DR7,
	CPU_TSC_AUX,
	CPU_MXCSR,
	X_XCR0,
	X_XCR0_AVX,
	X_STATE,
	X_COMPACT,
	X_RESERVED,
	X_MXCSR,
	NR_FIELDS
};

static void spoil(char *cpu, char *xsave, enum field f)
{
	struct hvm_hw_cpu *r = (void *)cpu;
	struct hvm_hw_cpu_xsave *x = (void *)xsave;

	switch (f) {
	case CPU_CR0:
		r->cr0 = 1ull << 31;
		break;
	case CPU_CR4:
		r->cr4 |= 1ull << 20;
		break;
	case CPU_EFER:
		r->msr_efer |= 1 << 12;
		break;
	case CPU_DR7:
		r->dr7 |= 1ull << 32;
		break;
	case CPU_TSC_AUX:
		r->msr_tsc_aux = 1ull << 32;
		break;
	case CPU_MXCSR:
		r->fpu_regs[26] = 1;
		break;
	case X_XCR0:
		x->xcr0 = 6;
		break;
	case X_XCR0_AVX:
		x->xcr0 = 5;
		break;
	case X_STATE:
		x->save_area.xsave_hdr.xstate_bv = 15;
		break;
	case X_COMPACT:
		x->save_area.xsave_hdr.xcomp_bv = 1ull << 63;
		break;
	case X_RESERVED:
		x->save_area.xsave_hdr.reserved[5] = 1;
		break;
	case X_MXCSR:
		x->save_area.fpu_sse.x[26] = 1;
		break;
	case NR_FIELDS:
		break;
	}
}

static void the_impossible_is_refused(void **state)
{
	static struct guest a, b, before;
	size_t size, length;
	char *buf;

	guest_init(&a);
	guest_run(&a);
	guest_init(&b);
	before = b;
	for (enum field f = 0; f <= NR_FIELDS; f++) {
		buf = save(&a, &size);
		spoil(body_of(buf, size, HVM_SAVE_CODE(CPU), 1, &length),
		      body_of(buf, size, HVMCONTEXT_XSAVE, 1, &length), f);
		if (f == NR_FIELDS) {
			assert_int_equal(arch_domain_load(&b.d, buf, size), 0);
		} else {
			assert_int_equal(arch_domain_load(&b.d, buf, size), -XEN_EINVAL);
			assert_memory_equal(&b, &before, sizeof(b));
		}
		free(buf);
	}
}

/* A guest of fewer vector registers has less room for them. */
static void a_larger_area_is_refused(void **state)
{
	static struct guest a, b;
	size_t size;
	char *buf;

	guest_init(&a);
	guest_run(&a);
	guest_init(&b);
	b.ad.cpuid.xstate[0].ecx = XSAVE_SIZE - 1;
	buf = save(&a, &size);
	assert_int_equal(arch_domain_load(&b.d, buf, size), -XEN_EINVAL);
	b.ad.cpuid.xcr0_mask = 0; /* none at all */
	assert_int_equal(arch_domain_load(&b.d, buf, size), -XEN_EINVAL);
	free(buf);
}

/* Whatever the file was cut or changed to: an error, or a guest that is no worse than any. */
static void any_bytes_do_no_harm(void **state)
{
	static struct guest a, b;
	size_t size;
	char *buf;

	guest_init(&a);
	guest_run(&a);
	buf = save(&a, &size);
	for (size_t cut = 0; cut < size; cut += 1 + cut % 61) {
		char *part = malloc(cut ? cut : 1);

		guest_init(&b);
		memcpy(part, buf, cut);
		assert_int_equal(arch_domain_load(&b.d, part, cut), -XEN_EINVAL);
		free(part);
	}
	srand(1);
	for (unsigned i = 0; i < NR_FLIPS; i++) {
		size_t at = (size_t)rand() % (i % 2 ? size : 64);
		char was = buf[at];

		guest_init(&b);
		buf[at] = (char)(was ^ 1 << rand() % 8);
		if (!arch_domain_load(&b.d, buf, size))
			for (unsigned v = 0; v < NR_VCPUS; v++)
				assert_true(b.av[v].vlapic.nr_isr <= sizeof(b.av[v].vlapic.isr));
		machine_reset();
		buf[at] = was;
	}
	free(buf);
}

static int setup(void **state)
{
	machine_reset();
	host_tsc = 1ull << 40;
	return 0;
}

#define T(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(what_is_saved_comes_back), T(tscs_stay_in_step),    T(the_impossible_is_refused),
		T(a_larger_area_is_refused), T(any_bytes_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
