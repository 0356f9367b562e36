/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is typed on the console: to the privileged domain, or keys for the hypervisor. */
#include "hv-test.h"

#include <string.h>

#include <candor/support.h>

#include <hv/bitops.h>
#include <hv/console_input.h>
#include <hv/evtchn.h>

SUPPORT_TEST(console_input, "unit/hv-console-input");

#define BUFFER 0x3000

static evtchn_port_t port;

static int input_setup(void **state)
{
	struct evtchn_bind_virq b = { .virq = VIRQ_CONSOLE };

	if (domain_setup(state))
		return -1;
	test_domain->privileged = true;
	if (hc_arg(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_virq, &b, sizeof(b)))
		return -1;
	port = b.port;
	console_input_init(CONSOLE_INPUT_DOMAIN);
	fake_console_clear();
	return 0;
}

/* The next poll of the clock finds what is typed. */
static void type(const char *text)
{
	fake_host.typed = text;
	fake_clock_set(fake_host.now + NSEC_PER_SEC);
}

static bool told(void)
{
	return bit_test_and_clear(test_domain->shared_info->evtchn_pending, port);
}

static long read_input(uint32_t size)
{
	return hc(__HYPERVISOR_console_io, CONSOLEIO_read, size, BUFFER);
}

static void expect_input(const char *text)
{
	assert_int_equal(read_input(4096), strlen(text));
	assert_memory_equal(fake_guest(test_domain, BUFFER), text, strlen(text));
}

static void domain_reads(void **state)
{
	type("hello");
	assert_true(told());
	assert_int_equal(read_input(2), 2);
	assert_memory_equal(fake_guest(test_domain, BUFFER), "he", 2);
	expect_input("llo");
	expect_input("");
	type("");
	assert_false(told());
	/* An interrupt does not wait for the clock. */
	fake_host.typed = "x";
	console_input_look();
	assert_true(told());
	expect_input("x");
}

static void others_do_not_read(void **state)
{
	type("secret");
	test_domain->privileged = false;
	assert_int_equal(read_input(10), -XEN_EPERM);
	test_domain->privileged = true;
	assert_int_equal(hc(__HYPERVISOR_console_io, CONSOLEIO_read, 10, BAD), -XEN_EFAULT);
	assert_int_equal(read_input(0), 0);
}

static void switch_to_keys(void **state)
{
	type("\1\1\1h");
	assert_false(told());
	expect_input("");
	assert_non_null(strstr(fake_host.console, "goes to the hypervisor"));
	assert_non_null(strstr(fake_host.console, "key 'q': domains and their vCPUs"));
	fake_console_clear();
	type("q");
	assert_non_null(strstr(fake_host.console, "(HV) d1: 1 vcpus"));
	type("\1\1\1a");
	assert_non_null(strstr(fake_host.console, "goes to domain 0"));
	assert_true(told());
	expect_input("a");
}

/* What was no switch after all comes through, in its place. */
static void control_a_passes(void **state)
{
	type("\1a\1\1b");
	expect_input("\1a\1\1b");
	type("\1\1");
	expect_input("");
	type("c");
	expect_input("\1\1c");
}

static void a_flood_is_bounded(void **state)
{
	static char flood[5000];
	size_t n = 0;
	long got;

	memset(flood, 'x', sizeof(flood) - 1);
	type(flood);
	/* A part at each look, and the ring keeps the first of it. */
	assert_in_range(fake_host.typed - flood, 1, 256);
	for (unsigned i = 0; i < 30; i++)
		fake_clock_set(fake_host.now + NSEC_PER_SEC);
	assert_int_equal(*fake_host.typed, '\0');
	while ((got = read_input(100)) > 0)
		n += (size_t)got;
	assert_int_equal(n, 1024);
	type("y");
	expect_input("y");
}

static void without_domain(void **state)
{
	console_input_init(CONSOLE_INPUT_HYPERVISOR);
	type("h");
	assert_non_null(strstr(fake_host.console, "this list"));
	expect_input("");
}

#define T(f) cmocka_unit_test_setup_teardown(f, input_setup, domain_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(domain_reads),     T(others_do_not_read), T(switch_to_keys),
		T(control_a_passes), T(a_flood_is_bounded), T(without_domain),
	};

	return cmocka_run_group_tests_name("hv-console-input", tests, NULL, NULL);
}
