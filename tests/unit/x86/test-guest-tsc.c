/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The counter a domain sees: at any rate a toolstack may name, after years, what the guest makes
 * of it is the host's time; it goes on from where it is told to, and never back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <candor/support.h>

#include <xen/xen.h>

#include <xen/domctl.h>

#include <hv/errno.h>

#include "cpu.h"
#include "guest_tsc.h"
#include "svm/svm.h"
#include "time.h"
#include "x86.h"

SUPPORT_TEST(pv_clock, "unit/guest-tsc");

#define NR_VCPUS 3
#define HOST_KHZ 2500000u
#define AT_BOOT 1000000u
#define NR_TRIES 20000

/* A host whose counter goes at 2.5 GHz. */
static uint64_t host_tsc;
static unsigned nr_chosen, nr_updates;

uint64_t time_host_tsc(void)
{
	return host_tsc;
}

uint64_t time_tsc_khz(void)
{
	return HOST_KHZ;
}

uint64_t time_tsc_at_boot(void)
{
	return AT_BOOT;
}

bool time_tsc_stable(void)
{
	return false;
}

void time_tsc_scale(uint32_t *ret_mul, int8_t *ret_shift)
{
	time_scale_of(HOST_KHZ * 1000ull, ret_mul, ret_shift);
}

stime_t time_of_tsc(uint64_t tsc)
{
	return (stime_t)((tsc - AT_BOOT) * (unsigned __int128)1000000 / HOST_KHZ);
}

stime_t arch_now(void)
{
	return time_of_tsc(host_tsc);
}

void svm_show_tsc(struct arch_vcpu *av)
{
}

void svm_choose_tsc_exits(struct arch_vcpu *av)
{
	nr_chosen++;
}

void vcpu_update_time(struct vcpu *v)
{
	nr_updates++;
}

static struct domain d;
static struct arch_domain ad;
static struct vcpu vcpus[NR_VCPUS], *list[NR_VCPUS];
static struct arch_vcpu av[NR_VCPUS];

static int setup(void **state)
{
	memset(&d, 0, sizeof(d));
	memset(&ad, 0, sizeof(ad));
	memset(av, 0, sizeof(av));
	d.arch = &ad;
	d.nr_vcpus = NR_VCPUS;
	d.vcpu = list;
	for (unsigned i = 0; i < NR_VCPUS; i++) {
		list[i] = &vcpus[i];
		vcpus[i].domain = &d;
		vcpus[i].arch = &av[i];
		av[i].vcpu = &vcpus[i];
		av[i].tsc_offset = (uint64_t)0 - AT_BOOT;
	}
	host_tsc = 3600ull * 1000 * HOST_KHZ;
	nr_chosen = nr_updates = 0;
	return 0;
}

static int set(uint32_t mode, uint32_t khz, uint64_t elapsed)
{
	const struct xen_domctl_tsc_info info = {
		.tsc_mode = mode, .gtsc_khz = khz, .incarnation = 5, .elapsed_nsec = elapsed
	};

	return guest_tsc_set(&d, &info);
}

/* What a guest makes of ticks: xen/xen.h, struct vcpu_time_info. */
static uint64_t guest_ns(uint64_t ticks)
{
	uint32_t mul;
	int8_t shift;

	guest_tsc_scale(&ad.tsc, &mul, &shift);
	ticks = shift < 0 ? ticks >> -shift : ticks << shift;
	return (uint64_t)((unsigned __int128)ticks * mul >> 32);
}

static uint64_t random64(void)
{
	return (uint64_t)rand() << 33 ^ (uint64_t)rand() << 11 ^ (uint64_t)rand();
}

static void modes(void **state)
{
	static const struct {
		uint32_t mode, khz, told;
		bool emulated;
	} cases[] = {
		{ TSC_DEFAULT, 0, HOST_KHZ, false },
		{ TSC_DEFAULT, HOST_KHZ, HOST_KHZ, false },
		{ TSC_DEFAULT, HOST_KHZ + 250, HOST_KHZ, false },
		{ TSC_DEFAULT, HOST_KHZ - 250, HOST_KHZ, false },
		{ TSC_DEFAULT, HOST_KHZ + 251, HOST_KHZ + 251, true },
		{ TSC_DEFAULT, HOST_KHZ - 251, HOST_KHZ - 251, true },
		{ TSC_DEFAULT, 1, 1, true },
		{ TSC_EMULATE, 0, 1000000, true },
		{ TSC_EMULATE, HOST_KHZ, HOST_KHZ, true },
		{ TSC_EMULATE, UINT32_MAX, UINT32_MAX, true },
		{ TSC_NATIVE, 0, HOST_KHZ, false },
		{ TSC_NATIVE, 77, HOST_KHZ, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct xen_domctl_tsc_info info;

		setup(NULL);
		assert_int_equal(set(cases[i].mode, cases[i].khz, 0), 0);
		assert_int_equal(ad.tsc.emulated, cases[i].emulated);
		assert_int_equal(nr_chosen, cases[i].emulated ? NR_VCPUS : 0);
		guest_tsc_get(&d, &info);
		assert_int_equal(info.tsc_mode, cases[i].mode);
		assert_int_equal(info.gtsc_khz, cases[i].told);
		assert_int_equal(info.incarnation, 5);
		assert_int_equal(info.elapsed_nsec, cases[i].emulated ? 0 : arch_now());
		assert_int_equal(set(3, 1, 1), -XEN_EINVAL);
		assert_int_equal(set(UINT32_MAX, 1, 1), -XEN_EINVAL);
		assert_int_equal(ad.tsc.mode, cases[i].mode);
	}
}

/* A native counter is left as it is; one that was emulated becomes the native one again. */
static void back_to_native(void **state)
{
	av[1].tsc_offset = 42;
	assert_int_equal(set(TSC_NATIVE, 0, 1000), 0);
	assert_int_equal(av[1].tsc_offset, 42);
	assert_int_equal(set(TSC_EMULATE, 0, 1000), 0);
	assert_int_equal(guest_tsc_read(&av[1]), 1000);
	assert_int_equal(set(TSC_DEFAULT, 0, 1000), 0);
	for (unsigned i = 0; i < NR_VCPUS; i++)
		assert_int_equal(guest_tsc_read(&av[i]), host_tsc - AT_BOOT);
}

/*
 * For rates of all sizes and times up to 100 years, or to where a counter of 64 bits is full: its
 * ticks are its time, to one tick.
 */
static void rates(void **state)
{
	const uint64_t century = 3155760000ull * NSEC_PER_SEC;

	srand(3);
	for (unsigned i = 0; i < NR_TRIES; i++) {
		uint32_t khz = (uint32_t)(random64() >> (32 + rand() % 32)) | 1u;
		uint64_t ns = random64() % century >> rand() % 48, tick = 1000000 / khz + 1;
		uint64_t base, off;

		if ((unsigned __int128)ns * khz / 1000000 > UINT64_MAX)
			continue;
		assert_int_equal(set(TSC_EMULATE, khz, 0), 0);
		host_tsc = AT_BOOT + (uint64_t)((unsigned __int128)ns * HOST_KHZ / 1000000);
		base = guest_tsc_base(&ad.tsc, host_tsc);
		ns = (uint64_t)arch_now();
		off = guest_ns(base) > ns ? guest_ns(base) - ns : ns - guest_ns(base);
		/* Its shift to the right drops as many bits as a tick of 1 GHz has. */
		assert_true(off <= tick + 4);
		off = (uint64_t)((unsigned __int128)ns * khz / 1000000);
		off = off > base ? off - base : base - off;
		assert_true(off <= (base >> 30) + 2);
	}
}

static void goes_on(void **state)
{
	struct xen_domctl_tsc_info info;
	const uint64_t hour = 3600ull * NSEC_PER_SEC;

	assert_int_equal(set(TSC_EMULATE, 2000000, hour), 0);
	assert_int_equal(guest_tsc_read(&av[2]), 2 * hour);
	host_tsc += HOST_KHZ; /* a millisecond */
	assert_int_equal(guest_tsc_read(&av[2]), 2 * hour + 2000000);
	guest_tsc_get(&d, &info);
	assert_in_range(info.elapsed_nsec, hour + 999999, hour + 1000001);
	guest_tsc_write(&av[2], 7);
	assert_int_equal(guest_tsc_read(&av[2]), 7);
	assert_int_equal(guest_tsc_read(&av[1]), 2 * hour + 2000000);
	assert_int_equal(nr_updates, NR_VCPUS + 1);
}

static void never_back(void **state)
{
	uint64_t first;

	assert_int_equal(set(TSC_EMULATE, 0, 0), 0);
	first = guest_tsc_read(&av[0]);
	host_tsc -= 1000; /* another CPU, a little behind */
	assert_int_equal(guest_tsc_read(&av[1]), first);
	host_tsc += 6000;
	assert_int_equal(guest_tsc_read(&av[1]), first + 2000);
	assert_int_equal(set(TSC_NATIVE, 0, 0), 0);
	first = guest_tsc_read(&av[0]);
	host_tsc -= 1000;
	assert_int_equal(guest_tsc_read(&av[0]), first - 1000); /* as the processor would */
}

static struct cpuid_regs leaf(uint32_t subleaf)
{
	struct cpuid_regs r = { 0 };

	guest_tsc_leaf(&av[0], subleaf, &r);
	return r;
}

static void cpuid_leaf(void **state)
{
	struct cpuid_regs r;
	uint64_t start;

	assert_int_equal(set(TSC_EMULATE, 4000000, 0), 0);
	r = leaf(0);
	assert_int_equal(r.eax, 1);
	assert_int_equal(r.ebx, TSC_EMULATE);
	assert_int_equal(r.ecx, 4000000);
	assert_int_equal(r.edx, 5);
	r = leaf(1);
	start = r.eax | (uint64_t)r.ebx << 32;
	assert_in_range(guest_ns(guest_tsc_read(&av[0]) - start), (uint64_t)arch_now() - 1,
			(uint64_t)arch_now() + 1);
	assert_int_equal(leaf(2).eax, HOST_KHZ);
	assert_int_equal(leaf(3).eax | leaf(3).ebx | leaf(3).ecx | leaf(3).edx, 0);
	ad.cpuid.ext[1].edx = 1u << 27;
	assert_int_equal(set(TSC_DEFAULT, 0, 0), 0);
	assert_int_equal(leaf(0).eax, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(modes, setup),
		cmocka_unit_test_setup(back_to_native, setup),
		cmocka_unit_test_setup(rates, setup),
		cmocka_unit_test_setup(goes_on, setup),
		cmocka_unit_test_setup(never_back, setup),
		cmocka_unit_test_setup(cpuid_leaf, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
