/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Domains and vCPUs: creation under failing allocators, runstate, clock, sleeping. */
#include "hv-test.h"

#include <stdlib.h>
#include <string.h>

#include <candor/support.h>

#include <xen/sched.h>

#include <hv/evtchn.h>
#include <hv/printk.h>

SUPPORT_TEST(pv_clock, "unit/hv-domain");
SUPPORT_TEST(limit_domains, "unit/hv-domain");
SUPPORT_TEST(limit_pvh_vcpus, "unit/hv-domain");

#define MSEC NSEC_PER_MSEC

/* Whichever allocation fails, creation says so and leaves nothing behind. */
static void creation_survives_each_failed_allocation(void **state)
{
	uint64_t before = frames_nr_free();
	unsigned n = 0;

	for (;;) {
		struct domain *d = NULL;
		int rc;

		alloc_fail_at(++n);
		rc = test_domain_create(5, 1, &d);
		if (!alloc_failed()) {
			assert_int_equal(rc, 0);
			test_domain_destroy(d);
			break;
		}
		assert_int_equal(rc, -XEN_ENOMEM);
		assert_null(d);
		assert_int_equal(frames_nr_free(), before);
		alloc_fail_at(0);
		/* The place in the registry is free again. */
		assert_int_equal(test_domain_create(5, 1, &d), 0);
		test_domain_destroy(d);
	}
	assert_true(n > 8);
	test_domain_destroy(NULL);
}

static void creation_checks_its_arguments(void **state)
{
	static struct domain *d[HV_MAX_DOMAINS + 1];

	machine_restart(48 * HV_MAX_DOMAINS);
	assert_int_equal(test_domain_create(1, 0, &d[0]), -XEN_EINVAL);
	assert_int_equal(test_domain_create(1, DOMAIN_MOST_VCPUS + 1, &d[0]), -XEN_EINVAL);
	assert_int_equal(test_domain_create(1, DOMAIN_MOST_VCPUS, &d[0]), 0);
	test_domain_destroy(d[0]);
	assert_int_equal(test_domain_create(DOMID_FIRST_RESERVED, 1, &d[0]), -XEN_EINVAL);
	for (unsigned i = 0; i < DOMAIN_MOST_DOMAINS; i++)
		assert_int_equal(test_domain_create((domid_t)i, 1, &d[i]), 0);
	assert_int_equal(test_domain_create(0, 1, &d[DOMAIN_MOST_DOMAINS]), -XEN_EEXIST);
	assert_int_equal(test_domain_create(DOMAIN_MOST_DOMAINS, 1, &d[DOMAIN_MOST_DOMAINS]),
			 -XEN_ENOSPC);
	for (unsigned i = 0; i < DOMAIN_MOST_DOMAINS; i++)
		test_domain_destroy(d[i]);
}

/* Memory as the controller says, within the policy's limit and what comes beside RAM. */
static void memory_is_limited(void **state)
{
	const uint64_t limit = (uint64_t)SUPPORT_CAP(limit_pvh_memory) >> PAGE_SHIFT;
	struct domain *d;

	assert_int_equal(test_domain_create(1, 1, &d), 0);
	domain_set_max_pages(d, 77);
	assert_int_equal(d->max_pages, 77);
	domain_set_max_pages(d, UINT64_MAX);
	assert_in_range(d->max_pages, limit, limit + 1024);
	test_domain_destroy(d);
}

static uint64_t sum(const struct vcpu_runstate_info *r)
{
	return r->time[0] + r->time[1] + r->time[2] + r->time[3];
}

/* Each state gets exactly the time spent in it: the four always add up to the clock. */
static void runstate_accounts_all_time(void **state)
{
	struct vcpu_runstate_info r;

	fake_host.now = 10;
	vcpu_block(test_vcpu);
	fake_host.now = 110;
	vcpu_wake(test_vcpu);
	fake_host.now = 1110;
	vcpu_set_runstate(test_vcpu, RUNSTATE_running, fake_host.now);
	fake_host.now = 11110;
	vcpu_get_runstate(test_vcpu, fake_host.now, &r);
	assert_int_equal(r.state, RUNSTATE_running);
	assert_int_equal(r.state_entry_time, 1110);
	assert_int_equal(r.time[RUNSTATE_running], 10 + 10000);
	assert_int_equal(r.time[RUNSTATE_blocked], 100);
	assert_int_equal(r.time[RUNSTATE_runnable], 1000);
	assert_int_equal(r.time[RUNSTATE_offline], 0);
	assert_int_equal(sum(&r), fake_host.now);
	vcpu_down(test_vcpu);
	fake_host.now += 5;
	vcpu_get_runstate(test_vcpu, fake_host.now, &r);
	assert_int_equal(r.time[RUNSTATE_offline], 5);
	assert_int_equal(sum(&r), fake_host.now);
}

static void runstate_copy_is_written_when_scheduled(void **state)
{
	struct vcpu_runstate_info seen;

	test_vcpu->runstate_gva = 0x5ff0; /* across two pages */
	for (unsigned flag = 0; flag < 2; flag++) {
		test_domain->runstate_update_flag = flag;
		fake_host.now += 100;
		vcpu_block(test_vcpu);
		fake_host.now += 1000;
		vcpu_wake(test_vcpu);
		vcpu_set_runstate(test_vcpu, RUNSTATE_running, fake_host.now);
		assert_int_equal(arch_copy_from_guest(test_vcpu, &seen, 0x5ff0, sizeof(seen)), 0);
		assert_int_equal(seen.state, RUNSTATE_running);
		assert_int_equal(seen.state_entry_time, fake_host.now);
		assert_int_equal(sum(&seen), fake_host.now);
	}
	/* A page that is not there just now: the state goes on, later changes write it. */
	test_vcpu->runstate_gva = BAD;
	vcpu_block(test_vcpu);
	vcpu_wake(test_vcpu);
	vcpu_set_runstate(test_vcpu, RUNSTATE_running, fake_host.now);
}

/* The flagged protocol ends with the flag clear, and begins with it set: see what a
 * write that stops half way leaves. */
static void runstate_update_flag_is_seen_first(void **state)
{
	uint64_t at = 0x6000 - 16; /* state and state_entry_time end a page */
	uint64_t seen;

	test_domain->runstate_update_flag = true;
	test_domain->arch->read_only[6] = true;
	test_vcpu->runstate_gva = at;
	assert_int_equal(vcpu_write_runstate(test_vcpu, test_vcpu), -XEN_EFAULT);
	assert_int_equal(arch_copy_from_guest(test_vcpu, &seen, at + 8, 8), 0);
	assert_true(seen & XEN_RUNSTATE_UPDATE);
	test_domain->arch->read_only[6] = false;
	assert_int_equal(vcpu_write_runstate(test_vcpu, test_vcpu), 0);
	assert_int_equal(arch_copy_from_guest(test_vcpu, &seen, at + 8, 8), 0);
	assert_false(seen & XEN_RUNSTATE_UPDATE);
}

static void clock_copies_have_even_versions(void **state)
{
	struct vcpu_time_info *main_copy = &test_vcpu->info->time;
	struct vcpu_time_info *second = fake_guest(test_domain, 0x7000);
	uint32_t version = main_copy->version;

	assert_int_equal(version % 2, 0);
	assert_true(version != 0);
	test_vcpu->time_gva = 0x7000;
	fake_host.now = 12345;
	vcpu_update_time(test_vcpu);
	assert_int_equal(main_copy->version, version + 2);
	assert_int_equal(main_copy->system_time, 12345);
	assert_int_equal(main_copy->tsc_timestamp, 12345);
	assert_int_equal(main_copy->tsc_to_system_mul, 0x80000000u);
	assert_memory_equal(main_copy, second, sizeof(*second));
	test_vcpu->time_gva = BAD;
	vcpu_update_time(test_vcpu);
	assert_int_equal(main_copy->version, version + 4);
}

static void wallclock_is_seconds_and_nanoseconds(void **state)
{
	const struct shared_info *si = test_domain->shared_info;

	fake_host.wallclock_ns = (4ull << 32) * NSEC_PER_SEC + 7 * NSEC_PER_SEC + 9;
	domain_update_wallclock(test_domain);
	assert_int_equal(si->wc_version % 2, 0);
	assert_int_equal(si->wc_sec, 7);
	assert_int_equal(si->wc_sec_hi, 4);
	assert_int_equal(si->wc_nsec, 9);
}

static void blocking_needs_nothing_pending(void **state)
{
	test_vcpu->info->evtchn_upcall_pending = 1;
	vcpu_block(test_vcpu);
	assert_true(vcpu_runnable(test_vcpu));
	test_vcpu->info->evtchn_upcall_pending = 0;
	vcpu_block(test_vcpu);
	assert_false(vcpu_runnable(test_vcpu));
	assert_int_equal(test_vcpu->runstate.state, RUNSTATE_blocked);
	vcpu_wake(test_vcpu);
	assert_true(vcpu_runnable(test_vcpu));
	assert_int_equal(test_vcpu->runstate.state, RUNSTATE_runnable);
}

static void the_first_shutdown_reason_stays(void **state)
{
	domain_shutdown(test_domain, SHUTDOWN_reboot);
	domain_shutdown(test_domain, SHUTDOWN_crash);
	assert_int_equal(test_domain->shutdown_code, SHUTDOWN_reboot);
	assert_false(vcpu_runnable(test_vcpu));
	assert_string_equal(domain_shutdown_name(SHUTDOWN_reboot), "reboot");
	assert_string_equal(domain_shutdown_name(SHUTDOWN_soft_reset), "soft_reset");
	assert_string_equal(domain_shutdown_name(6), "unknown");
	assert_string_equal(domain_shutdown_name(DOMAIN_RUNNING), "unknown");
}

static void the_last_vcpu_down_powers_off(void **state)
{
	vcpu_set_periodic(test_vcpu, MSEC);
	vcpu_set_singleshot(test_vcpu, MSEC);
	vcpu_down(test_vcpu);
	assert_int_equal(test_domain->shutdown_code, SHUTDOWN_poweroff);
	assert_int_equal(timers_next(&cpu_this()->timers), STIME_MAX);
}

static void a_crash_tells_why(void **state)
{
	fake_console_clear();
	test_domain->latched_code = SHUTDOWN_suspend;
	console_guest_write(TEST_DOMID, "half a li", 9);
	domain_crash(test_vcpu, "no page at %#x", 0x1000);
	assert_int_equal(test_domain->shutdown_code, SHUTDOWN_crash);
	assert_string_equal(fake_host.console, "(d1) half a li\n"
					       "(HV) d1v0 crashed: no page at 0x1000\n"
					       "(HV) registers of d1v0\n");
}

static void pins_are_counted_and_bounded(void **state)
{
	assert_false(domain_gfn_pinned(test_domain, gfn(3)));
	for (unsigned i = 0; i < HV_MAX_PINNED_GFNS(1); i++)
		assert_int_equal(domain_pin_gfn(test_domain, gfn(3)), 0);
	assert_int_equal(domain_pin_gfn(test_domain, gfn(4)), -XEN_ENOSPC);
	for (unsigned i = 0; i < HV_MAX_PINNED_GFNS(1); i++) {
		assert_true(domain_gfn_pinned(test_domain, gfn(3)));
		domain_unpin_gfn(test_domain, gfn(4)); /* no such pin: nothing */
		domain_unpin_gfn(test_domain, gfn(3));
	}
	assert_false(domain_gfn_pinned(test_domain, gfn(3)));
}

/* Pins in any order against a count a frame. */
static void pins_walk_at_random(void **state)
{
	unsigned pins[40] = { 0 }, nr = 0;

	srand(11);
	for (unsigned round = 0; round < 20000; round++) {
		unsigned g = (unsigned)rand() % ARRAY_SIZE(pins);

		if (rand() % 2) {
			int want = nr < HV_MAX_PINNED_GFNS(1) ? 0 : -XEN_ENOSPC;

			assert_int_equal(domain_pin_gfn(test_domain, gfn(g)), want);
			pins[g] += !want;
			nr += !want;
		} else {
			domain_unpin_gfn(test_domain, gfn(g));
			nr -= pins[g] > 0;
			pins[g] -= pins[g] > 0;
		}
		g = (unsigned)rand() % ARRAY_SIZE(pins);
		assert_int_equal(domain_gfn_pinned(test_domain, gfn(g)), pins[g] > 0);
		assert_int_equal(test_domain->nr_pinned, nr);
	}
}

/* Ticks stay on their grid however late they are looked at. */
static void periodic_ticks_do_not_drift(void **state)
{
	fake_host.now = 3;
	vcpu_set_periodic(test_vcpu, 10 * MSEC);
	assert_int_equal(timers_next(&cpu_this()->timers), 3 + 10 * MSEC);
	fake_clock_set(3 + 14 * MSEC);
	assert_int_equal(timers_next(&cpu_this()->timers), 3 + 20 * MSEC);
	fake_clock_set(3 + 20 * MSEC);
	assert_int_equal(timers_next(&cpu_this()->timers), 3 + 30 * MSEC);
	fake_clock_set(3 + 75 * MSEC);
	assert_int_equal(timers_next(&cpu_this()->timers), 3 + 80 * MSEC);
	vcpu_set_periodic(test_vcpu, 0);
	assert_int_equal(timers_next(&cpu_this()->timers), STIME_MAX);
}

#define M(f) cmocka_unit_test_setup_teardown(f, machine_setup, machine_teardown)
#define D(f) cmocka_unit_test_setup_teardown(f, domain_setup, domain_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		M(creation_survives_each_failed_allocation),
		M(creation_checks_its_arguments),
		M(memory_is_limited),
		D(runstate_accounts_all_time),
		D(runstate_copy_is_written_when_scheduled),
		D(runstate_update_flag_is_seen_first),
		D(clock_copies_have_even_versions),
		D(wallclock_is_seconds_and_nanoseconds),
		D(blocking_needs_nothing_pending),
		D(the_first_shutdown_reason_stays),
		D(the_last_vcpu_down_powers_off),
		D(a_crash_tells_why),
		D(pins_are_counted_and_bounded),
		D(pins_walk_at_random),
		D(periodic_ticks_do_not_drift),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
