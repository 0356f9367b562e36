/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hypervisor's own boot options: words, `name` or `name=value`. */
#include "boot.h"

#include <candor/support.h>
#include <hv/cpumask.h>
#include <hv/domain.h>
#include <hv/errno.h>
#include <hv/optin.h>
#include <hv/printk.h>
#include <hv/sched.h>
#include <hv/string.h>

#include "spec.h"
#include "time.h"

struct boot_options boot_options = {
	.baud = 115200,
	.loglvl = LOG_INFO,
	.dom0_vcpus = 1,
	.max_cpus = UINT32_MAX,
};

/* "512M", "1G", "4096K", "1048576": bytes; false if it is not such a number. */
static bool parse_size(const char *s, uint64_t *ret_size)
{
	uint64_t n = 0;
	unsigned shift = 0;

	if (*s < '0' || *s > '9')
		return false;
	for (; *s >= '0' && *s <= '9'; s++) {
		if (__builtin_mul_overflow(n, 10, &n) || __builtin_add_overflow(n, *s - '0', &n))
			return false;
	}
	switch (*s) {
	case 'K':
	case 'k':
		shift = 10;
		break;
	case 'M':
	case 'm':
		shift = 20;
		break;
	case 'G':
	case 'g':
		shift = 30;
		break;
	default:
		break;
	}
	if (shift)
		s++;
	if (*s || n > UINT64_MAX >> shift)
		return false;
	*ret_size = n << shift;
	return true;
}

static bool set_console(const char *value)
{
	return !strcmp(value, "com1");
}

static bool set_com1(const char *value)
{
	uint64_t baud;

	if (!parse_size(value, &baud) || baud < 300 || baud > 115200 || 115200 % baud)
		return false;
	boot_options.baud = (unsigned)baud;
	return true;
}

static bool set_loglvl(const char *value)
{
	static const char *const names[] = { "error", "warning", "info", "debug" };

	for (unsigned i = 0; i < ARRAY_SIZE(names); i++) {
		if (!strcmp(value, names[i])) {
			boot_options.loglvl = i;
			return true;
		}
	}
	return false;
}

static bool set_exit(const char *value)
{
	if (!SUPPORT_ENABLED(debug_exit) || strcmp(value, "qemu"))
		return false;
	boot_options.exit_qemu = true;
	return true;
}

static bool set_dom0_mem(const char *value)
{
	return parse_size(value, &boot_options.dom0_mem);
}

/* Say what is missing; true, since there is no more to say. */
static bool wants_opt_in(const char *option, const char *id)
{
	printk(LOG_WARNING, "option %s ignored: %s waits for an opt-in; add opt-in=%s", option, id,
	       id);
	return true;
}

static bool set_dom0(const char *value)
{
	if (SUPPORT_ENABLED(pvh_dom0) && !SUPPORT_ACTIVE(pvh_dom0))
		return wants_opt_in("dom0", "pvh_dom0");
	return SUPPORT_ENABLED(pvh_dom0) && dom0_option(value);
}

/* A plain number from @min to @max. */
static bool parse_number(const char *value, unsigned min, unsigned max, unsigned *ret_number)
{
	uint64_t n;

	if (!parse_size(value, &n) || n < min || n > max)
		return false;
	*ret_number = (unsigned)n;
	return true;
}

static bool set_dom0_max_vcpus(const char *value)
{
	return parse_number(value, 1, DOMAIN_MOST_VCPUS, &boot_options.dom0_vcpus);
}

static bool set_maxcpus(const char *value)
{
	return parse_number(value, 1, HV_MAX_CPUS, &boot_options.max_cpus);
}

static bool set_nosmp(const char *value)
{
	if (value)
		return false;
	boot_options.max_cpus = 1;
	return true;
}

static bool set_tsc(const char *value)
{
	boot_options.tsc_unstable = !strcmp(value, "unstable");
	return boot_options.tsc_unstable;
}

static bool set_watchdog(const char *value)
{
	if (!SUPPORT_ENABLED(watchdog) || value)
		return false;
	if (!SUPPORT_ACTIVE(watchdog))
		return wants_opt_in("watchdog", "watchdog");
	boot_options.watchdog = true;
	return true;
}

/* Where something waits for it, optin_take() has read it before all else. */
static bool set_opt_in(const char *value)
{
	if (!SUPPORT_NR_OPT_IN)
		printk(LOG_WARNING,
		       "opt-in=%s ignored: nothing in policy " CANDOR_PROFILE " waits for it; "
		       "boot an image that has the feature",
		       value);
	return true;
}

static bool set_scrub(const char *value)
{
	static const char *const names[] = {
		[SCRUB_WHEN_IDLE] = "idle", [SCRUB_AT_BOOT] = "boot", [SCRUB_ON_DEMAND] = "demand"
	};

	for (unsigned i = 0; i < ARRAY_SIZE(names); i++) {
		if (!strcmp(value, names[i])) {
			boot_options.scrub = (enum scrub)i;
			return true;
		}
	}
	return false;
}

static bool set_spec_ctrl(const char *value)
{
	return spec_parse(value, &spec_options);
}

static const struct {
	const char *name;
	const char *values;
	bool (*set)(const char *value);
	bool no_value; /* the word alone */
} options[] = {
	{ "com1", "a divisor of 115200", set_com1 },
	{ "console", "com1", set_console },
	{ "dom0", "pvh, if the policy has pvh_dom0", set_dom0 },
	{ "dom0_max_vcpus", "1 to 128, or to what the policy limits vCPUs to", set_dom0_max_vcpus },
	{ "dom0_mem", "SIZE[K|M|G]", set_dom0_mem },
	{ "exit", "qemu, if the policy has debug_exit", set_exit },
	{ "loglvl", "error, warning, info or debug", set_loglvl },
	{ "maxcpus", "1 to 1024", set_maxcpus },
	{ "nosmp", "no value", set_nosmp, true },
	{ "opt-in", "ID or ID@YYYY-MM-DD, with commas", set_opt_in },
	{ "scrub", "idle, boot or demand", set_scrub },
	{ "spec-ctrl",
	  "a boolean, bti-thunk=retpoline|lfence|jmp, [no-]ibpb, rsb, msr-sc, verw, ssbd, stibp, "
	  "psfd",
	  set_spec_ctrl },
	{ "tsc", "unstable", set_tsc },
	{ "watchdog", "no value, if the policy has watchdog", set_watchdog, true },
};

static void parse_word(char *word)
{
	char *value = strchr(word, '=');
	int rc;

	if (value)
		*value++ = '\0';
	for (unsigned i = 0; i < ARRAY_SIZE(options); i++) {
		if (strcmp(word, options[i].name))
			continue;
		if ((!value && !options[i].no_value) || !options[i].set(value))
			printk(LOG_WARNING, "option %s=%s ignored: it takes %s", word,
			       value ? value : "", options[i].values);
		return;
	}
	rc = sched_option(word, value ? value : "");
	if (rc == -XEN_EINVAL)
		printk(LOG_WARNING, "option %s=%s ignored: no such value", word,
		       value ? value : "");
	else if (rc)
		printk(LOG_WARNING, "unknown option '%s' ignored", word);
}

void cmdline_parse(const char *cmdline)
{
	char word[128];

	if (SUPPORT_NR_OPT_IN)
		optin_take(cmdline, time_read_clock(), strlen(cmdline) == BOOT_CMDLINE_SIZE - 1);

	while (*cmdline) {
		size_t n = 0;

		while (*cmdline == ' ')
			cmdline++;
		while (*cmdline && *cmdline != ' ') {
			if (n < sizeof(word) - 1)
				word[n++] = *cmdline;
			cmdline++;
		}
		word[n] = '\0';
		if (n)
			parse_word(word);
	}
}
