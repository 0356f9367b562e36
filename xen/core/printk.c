/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hypervisor's messages: levels, rate limit of what guests cause, panic. */
#include <hv/printk.h>

#include <hv/cpu.h>

#include <arch/arch.h>

#include "console.h"

#define MESSAGE_SIZE 512
#define GUEST_MESSAGES_PER_SEC 10

static enum loglevel shown_level = LOG_INFO;

/* Lines guests caused in the current second; atomic, an exact count is not needed. */
static stime_t window_start;
static unsigned window_count, window_dropped;

void printk_set_level(enum loglevel level)
{
	shown_level = level;
}

enum loglevel printk_level(void)
{
	return shown_level;
}

static void print(const char *fmt, va_list ap)
{
	static const char cut[] = "...";
	char text[MESSAGE_SIZE];
	int len = hv_vsnprintf(text, sizeof(text), fmt, ap);

	if (len >= MESSAGE_SIZE) {
		len = MESSAGE_SIZE - 1;
		for (unsigned i = 0; i < 3; i++)
			text[MESSAGE_SIZE - 4 + i] = cut[i];
	}
	if (len > 0)
		console_write_lines(text, (size_t)len);
}

void printk(enum loglevel level, const char *fmt, ...)
{
	va_list ap;

	if (level > shown_level)
		return;
	va_start(ap, fmt);
	print(fmt, ap);
	va_end(ap);
}

/* Whether a line may pass now; *ret_dropped: how many did not since the last that did. */
static bool guest_line_allowed(unsigned *ret_dropped)
{
	stime_t now = arch_now();

	*ret_dropped = 0;
	if (now - window_start >= NSEC_PER_SEC) {
		window_start = now;
		window_count = 0;
	}
	if (window_count >= GUEST_MESSAGES_PER_SEC) {
		window_dropped++;
		return false;
	}
	window_count++;
	*ret_dropped = window_dropped;
	window_dropped = 0;
	return true;
}

void printk_guest(enum loglevel level, const char *fmt, ...)
{
	unsigned dropped;
	va_list ap;

	if (level > shown_level || !guest_line_allowed(&dropped))
		return;
	if (dropped)
		printk(LOG_WARNING, "%u messages caused by guests not shown", dropped);
	va_start(ap, fmt);
	print(fmt, ap);
	va_end(ap);
}

void panic(const char *fmt, ...)
{
	char why[MESSAGE_SIZE / 2];
	va_list ap;
	bool all;

	all = arch_stop_others();
	console_break_lock();
	va_start(ap, fmt);
	hv_vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	printk(LOG_ERROR, "panic: %s", why);
	printk(LOG_ERROR, "on CPU %u; %s", cpu_this()->id,
	       all ? "all others have stopped" : "some others do not stop");
	arch_host_stop(HOST_EXIT_PANIC);
}
