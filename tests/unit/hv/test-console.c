/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The console: whole lines, prefixes no guest can forge, and the PV console ring. */
#include "hv-test.h"

#include <stdlib.h>
#include <string.h>

#include <candor/support.h>

#include <xen/io/console.h>

#include <hv/bitops.h>
#include <hv/evtchn.h>
#include <hv/printk.h>
#include <hv/pvconsole.h>

SUPPORT_TEST(pv_console, "unit/hv-console");
SUPPORT_TEST(console_io, "unit/hv-console");

static void guest_says(unsigned domid, const char *text)
{
	console_guest_write(domid, text, strlen(text));
}

#define assert_console(text) assert_string_equal(fake_host.console, text)

/* The boot loader's words and options are read before the console is there. */
static void early_lines_wait_for_a_console(void **state)
{
	char text[1200];

	printk(LOG_WARNING, "no such option");
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	console_guest_write(1, text, sizeof(text) - 1);
	fake_host_create(16);
	assert_memory_equal(fake_host.console, "(HV) no such option\n(d1) xxx", 28);
	assert_int_equal(strlen(fake_host.console), 1024);
	console_guest_flush(1);
	fake_host_destroy();
}

static void lines_never_mix(void **state)
{
	guest_says(1, "one ");
	printk(LOG_INFO, "ours");
	guest_says(2, "two\nthree");
	printk(LOG_ERROR, "a\nb\n");
	guest_says(1, "more\n");
	assert_console("(HV) ours\n(d2) two\n(HV) a\n(HV) b\n(d1) one more\n");
	fake_console_clear();
	console_guest_flush(2);
	console_guest_flush(2);
	assert_console("(d2) three\n");
}

static void line_ends(void **state)
{
	guest_says(1, "dos\r\nunix\n\nlone\r(HV) forged\r");
	guest_says(1, "\nlast\r\r\n");
	assert_console("(d1) dos\n(d1) unix\n(d1) \n(d1) lone\n(d1) (HV) forged\n(d1) last\n");
	console_guest_flush(1);
}

static void hostile_bytes_are_shown(void **state)
{
	static const char bytes[] = "\t~\x1b[2J\x00\x7f\x80\xff\b\n";

	console_guest_write(1, bytes, sizeof(bytes) - 1);
	assert_console("(d1) \t~\\x1b[2J\\x00\\x7f\\x80\\xff\\x08\n");
}

/* Without a line end a line is bounded, and more domains than buffers lose nothing. */
static void unfinished_lines_are_bounded(void **state)
{
	size_t nr_lines = 0;

	/* Escapes are four bytes: the other lengths come by the letters before. */
	for (unsigned i = 0; i < 10000; i++)
		guest_says(1, i % 100 ? "\x01" : "x\x01");
	console_guest_flush(1);
	for (const char *p = fake_host.console; *p; nr_lines++) {
		const char *nl = strchr(p, '\n');

		assert_non_null(nl);
		assert_true(nl - p < 256);
		assert_int_equal(strncmp(p, "(d1) ", 5), 0);
		p = nl + 1;
	}
	assert_true(nr_lines >= 10000 * 4 / 256);
	fake_console_clear();
	for (unsigned d = 1; d < 8; d++)
		guest_says(d, "x");
	for (unsigned d = 1; d < 8; d++)
		console_guest_flush(d);
	assert_int_equal(fake_host.console_len, 7 * strlen("(d1) x\n"));
}

static void levels_and_length(void **state)
{
	static char text[2000];

	printk(LOG_DEBUG, "not shown");
	assert_console("");
	printk_set_level(LOG_DEBUG);
	printk(LOG_DEBUG, "shown");
	printk_set_level(LOG_ERROR);
	printk(LOG_WARNING, "not shown");
	printk_set_level(LOG_INFO);
	assert_console("(HV) shown\n");
	fake_console_clear();
	memset(text, 'x', sizeof(text) - 1);
	printk(LOG_INFO, "%s", text);
	assert_int_equal(fake_host.console_len, 5 + 511 + 1);
	assert_string_equal(fake_host.console + 5 + 508, "...\n");
}

static void guests_cannot_flood_the_log(void **state)
{
	fake_host.now = 5 * NSEC_PER_SEC;
	for (unsigned i = 0; i < 100; i++)
		printk_guest(LOG_INFO, "m");
	assert_int_equal(fake_host.console_len, 10 * strlen("(HV) m\n"));
	fake_console_clear();
	fake_host.now += NSEC_PER_SEC;
	printk_guest(LOG_INFO, "m");
	assert_console("(HV) 90 messages caused by guests not shown\n(HV) m\n");
}

static void panic_prints_and_stops(void **state)
{
	jmp_buf stop;

	fake_host.on_stop = &stop;
	if (!setjmp(stop))
		panic("out of %s", "luck");
	assert_int_equal(fake_host.stop_status, HOST_EXIT_PANIC);
	assert_console("(HV) panic: out of luck\n(HV) on CPU 0; all others have stopped\n");
}

static struct xencons_interface *ring_create(evtchn_port_t *ret_port)
{
	enum p2m_type type;
	mfn_t m = arch_p2m_lookup(test_domain, gfn(9), &type);

	assert_int_equal(pvconsole_create(test_domain, gfn(9), m), 0);
	assert_int_equal(test_domain->hvm_param[HVM_PARAM_CONSOLE_PFN], 9);
	*ret_port = (evtchn_port_t)test_domain->hvm_param[HVM_PARAM_CONSOLE_EVTCHN];
	return fake_guest(test_domain, 0x9000);
}

static void ring_put(struct xencons_interface *ring, const char *text)
{
	for (; *text; text++)
		ring->out[MASK_XENCONS_IDX(ring->out_prod++, ring->out)] = *text;
}

static long ring_kick(evtchn_port_t port)
{
	struct evtchn_send s = { .port = port };

	return hc_arg(__HYPERVISOR_event_channel_op, EVTCHNOP_send, &s, sizeof(s));
}

static bool told(evtchn_port_t port)
{
	return bit_test_and_clear(test_domain->shared_info->evtchn_pending, port);
}

static void ring_is_drained_on_send(void **state)
{
	evtchn_port_t port;
	struct xencons_interface *ring = ring_create(&port);

	assert_int_equal(ring_kick(port), 0);
	assert_false(told(port)); /* nothing taken, nothing to tell */
	ring_put(ring, "hello\n");
	assert_int_equal(ring_kick(port), 0);
	assert_console("(d1) hello\n");
	assert_int_equal(ring->out_cons, ring->out_prod);
	assert_true(told(port));
}

/* Indices run over 32 bits and over the ring's end; a full ring is drained whole. */
static void ring_indices_wrap(void **state)
{
	evtchn_port_t port;
	struct xencons_interface *ring = ring_create(&port);
	char text[2049];

	ring->out_cons = ring->out_prod = 0xfffffff0u;
	for (unsigned i = 0; i < 2048; i++)
		text[i] = i % 64 == 63 ? '\n' : (char)('a' + i % 26);
	text[2048] = '\0';
	ring_put(ring, text);
	pvconsole_drain(test_domain);
	assert_int_equal(ring->out_cons, ring->out_prod);
	assert_int_equal(fake_host.console_len, 2048 + 32 * 5);
	assert_int_equal(strncmp(fake_host.console + 5, text, 64), 0);
}

/* A guest that writes more than it may waits for room, and hears of it when time has passed. */
static void ring_flood_waits(void **state)
{
	evtchn_port_t port;
	struct xencons_interface *ring = ring_create(&port);
	unsigned shown = 0;

	while (ring->out_prod == ring->out_cons) {
		ring->out_prod += 1000;
		assert_int_equal(ring_kick(port), 0);
		shown += 1000 - (ring->out_prod - ring->out_cons);
		assert_true(shown <= 512 * 1024);
	}
	assert_int_equal(shown, 512 * 1024);
	told(port);
	fake_console_clear();
	assert_int_equal(ring_kick(port), 0);
	assert_false(told(port));
	assert_int_equal(fake_host.console_len, 0);
	fake_clock_set(fake_host.now + 9 * NSEC_PER_MSEC);
	assert_int_not_equal(ring->out_prod, ring->out_cons);
	fake_clock_set(fake_host.now + NSEC_PER_MSEC);
	assert_int_equal(ring->out_prod, ring->out_cons);
	assert_true(told(port));
	/* The end waits for nothing. */
	ring->out_prod += 2048;
	assert_int_equal(ring_kick(port), 0);
	assert_int_not_equal(ring->out_prod, ring->out_cons);
	pvconsole_destroy(test_domain);
	assert_int_equal(ring->out_prod, ring->out_cons);
}

/* All ways of a domain together, and no other's. */
static void the_limit_is_the_domains(void **state)
{
	struct domain *other;

	assert_int_equal(test_domain_create(2, 1, &other), 0);
	assert_int_equal(console_allow(test_domain, SIZE_MAX, CONSOLE_SOME), 512 * 1024);
	assert_int_equal(console_allow(test_domain, 1, CONSOLE_ALL), 0);
	assert_int_equal(console_allow(other, 7, CONSOLE_ALL), 7);
	fake_host.now += NSEC_PER_MSEC;
	assert_int_equal(console_allow(test_domain, 129, CONSOLE_ALL), 0);
	assert_int_equal(console_allow(test_domain, 129, CONSOLE_SOME), 128);
	/* A clock read a moment earlier, on another CPU. */
	fake_host.now -= NSEC_PER_SEC;
	assert_int_equal(console_allow(test_domain, 1, CONSOLE_SOME), 0);
	test_domain_destroy(other);
}

static void nonsense_indices_resync(void **state)
{
	static const uint32_t ahead[] = { 2049, 4096, 0x80000000u, ~0u };
	evtchn_port_t port;
	struct xencons_interface *ring = ring_create(&port);

	for (unsigned i = 0; i < ARRAY_SIZE(ahead); i++) {
		fake_host.now += 2 * NSEC_PER_SEC;
		fake_console_clear();
		ring->out_prod = ring->out_cons + ahead[i];
		assert_int_equal(ring_kick(port), 0);
		assert_int_equal(ring->out_cons, ring->out_prod);
		assert_non_null(strstr(fake_host.console, "make no sense"));
		assert_null(strstr(fake_host.console, "(d1) "));
	}
	fake_console_clear();
	ring_put(ring, "fine again\n");
	assert_int_equal(ring_kick(port), 0);
	assert_console("(d1) fine again\n");
}

static void ring_creation_survives_failed_allocations(void **state)
{
	uint64_t before = frames_nr_free();

	alloc_fail_at(1);
	assert_int_equal(pvconsole_create(test_domain, gfn(9), mfn(9)), -XEN_ENOMEM);
	alloc_fail_at(0);
	for (unsigned i = 0; i < HV_MAX_PINNED_GFNS(1); i++)
		assert_int_equal(domain_pin_gfn(test_domain, gfn(1)), 0);
	assert_int_equal(pvconsole_create(test_domain, gfn(9), mfn(9)), -XEN_ENOSPC);
	assert_null(test_domain->console);
	assert_int_equal(frames_nr_free(), before);
	assert_false(domain_gfn_pinned(test_domain, gfn(9)));
	/* No port left. */
	domain_unpin_gfn(test_domain, gfn(1));
	for (evtchn_port_t port = 1; port < EVTCHN_2L_NR_CHANNELS; port++)
		assert_int_equal(evtchn_bind_hypervisor(test_domain, NULL, &(evtchn_port_t){ 0 }),
				 0);
	assert_int_equal(pvconsole_create(test_domain, gfn(9), mfn(9)), -XEN_ENOSPC);
	assert_false(domain_gfn_pinned(test_domain, gfn(9)));
}

static void destroy_shows_the_rest(void **state)
{
	evtchn_port_t port;
	struct xencons_interface *ring = ring_create(&port);

	ring_put(ring, "no line end");
	test_domain_destroy(test_domain);
	assert_console("(d1) no line end\n");
	assert_int_equal(test_domain_create(TEST_DOMID, 1, &test_domain), 0);
}

static long console_io(uint32_t cmd, uint32_t count, uint64_t ptr)
{
	return hc(__HYPERVISOR_console_io, cmd, count, ptr);
}

static void console_io_writes(void **state)
{
	strcpy(fake_guest(test_domain, 0x3000), "early\n");
	assert_int_equal(console_io(CONSOLEIO_write, 6, 0x3000), 0);
	assert_console("(d1) early\n");
	assert_int_equal(console_io(CONSOLEIO_write, 0, BAD), 0);
	assert_int_equal(console_io(CONSOLEIO_write, 6, BAD), -XEN_EFAULT);
	assert_int_equal(console_io(CONSOLEIO_write, (uint32_t)-1, 0x3000), -XEN_EINVAL);
	assert_int_equal(console_io(CONSOLEIO_write, 16385, 0x3000), -XEN_EINVAL);
	assert_int_equal(console_io(CONSOLEIO_write, 16384, 0x3000), 0);
	assert_int_equal(console_io(CONSOLEIO_read, 6, 0x3000), -XEN_EPERM);
	assert_int_equal(console_io(2, 6, 0x3000), -XEN_ENOSYS);
}

/* A flood is refused, not waited for; time alone makes it good again. */
static void console_io_is_rate_limited(void **state)
{
	unsigned nr = 0;

	while (console_io(CONSOLEIO_write, 16384, 0x3000) == 0)
		assert_true(++nr < 1000);
	assert_int_equal(nr, 512 / 16);
	fake_host.now += 64 * NSEC_PER_MSEC; /* earns half of one write */
	assert_int_equal(console_io(CONSOLEIO_write, 16384, 0x3000), -XEN_EBUSY);
	fake_host.now += 64 * NSEC_PER_MSEC;
	assert_int_equal(console_io(CONSOLEIO_write, 16384, 0x3000), 0);
	assert_int_equal(console_io(CONSOLEIO_write, 16384, 0x3000), -XEN_EBUSY);
	fake_host.now += 3600 * NSEC_PER_SEC;
	for (nr = 0; console_io(CONSOLEIO_write, 16384, 0x3000) == 0; nr++)
		;
	assert_int_equal(nr, 512 / 16);
}

#define M(f) cmocka_unit_test_setup_teardown(f, machine_setup, machine_teardown)
#define D(f) cmocka_unit_test_setup_teardown(f, domain_setup, domain_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		/* First: the other tests' machines have a console. */
		cmocka_unit_test(early_lines_wait_for_a_console),
		M(lines_never_mix),
		M(line_ends),
		M(hostile_bytes_are_shown),
		M(unfinished_lines_are_bounded),
		M(levels_and_length),
		M(guests_cannot_flood_the_log),
		D(ring_is_drained_on_send),
		D(ring_indices_wrap),
		D(ring_flood_waits),
		D(the_limit_is_the_domains),
		D(nonsense_indices_resync),
		D(ring_creation_survives_failed_allocations),
		D(destroy_shows_the_rest),
		D(console_io_writes),
		D(console_io_is_rate_limited),
		M(panic_prints_and_stops),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
