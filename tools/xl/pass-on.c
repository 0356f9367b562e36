/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finding the distribution's xl. Debian keeps one for each version of Xen in
 * /usr/lib/xen-VERSION/bin, and a wrapper in /usr/sbin that asks the running hypervisor for
 * its version; elsewhere xl is a program in a folder for such. Never is it ourselves.
 */
#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "xl/xl.h"

/* Behind the version that runs: all there are, and the usual places. */
static const char *const patterns[] = { "/usr/lib/xen-*/bin/xl", "/usr/lib/xen/bin/xl",
					"/usr/sbin/xl", "/usr/bin/xl" };

/* May the program be run, and is it another than this one? */
static bool is_other_program(const char *path)
{
	struct stat self, other;

	return !stat(path, &other) && S_ISREG(other.st_mode) && !access(path, X_OK) &&
	       !stat("/proc/self/exe", &self) &&
	       (self.st_dev != other.st_dev || self.st_ino != other.st_ino);
}

/* A number of /sys/hypervisor/version; -1 where there is none. */
static int version_part(const char *name)
{
	char path[64];
	int value = -1;
	FILE *f;

	snprintf(path, sizeof(path), "/sys/hypervisor/version/%s", name);
	f = fopen(path, "r");
	if (!f)
		return -1;
	if (fscanf(f, "%d", &value) != 1)
		value = -1;
	fclose(f);
	return value;
}

static bool find_running(char ret_path[PATH_MAX])
{
	int major = version_part("major"), minor = version_part("minor");

	snprintf(ret_path, PATH_MAX, "/usr/lib/xen-%d.%d/bin/xl", major, minor);
	return major >= 0 && minor >= 0 && is_other_program(ret_path);
}

/* The last that fits, which is the newest as versions have been so far. */
static bool find_pattern(const char *pattern, char ret_path[PATH_MAX])
{
	bool found = false;
	glob_t names;

	if (glob(pattern, 0, NULL, &names))
		return false;
	for (size_t i = names.gl_pathc; i > 0 && !found; i--) {
		found = strlen(names.gl_pathv[i - 1]) < PATH_MAX &&
			is_other_program(names.gl_pathv[i - 1]);
		if (found)
			strcpy(ret_path, names.gl_pathv[i - 1]);
	}
	globfree(&names);
	return found;
}

enum xl_status xl_pass_on(char **argv)
{
	char path[PATH_MAX];
	bool found = find_running(path);

	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]) && !found; i++)
		found = find_pattern(patterns[i], path);
	if (!found) {
		fputs("xl: error: the distribution's xl is not there, neither in "
		      "/usr/lib/xen-*/bin nor in /usr/sbin\n"
		      "       = install xen-utils; only `xl support` is Candor's own\n",
		      stderr);
		return XL_FAILED;
	}
	execv(path, argv);
	fprintf(stderr, "xl: error: %s: %s\n       = see that it can be run\n", path,
		strerror(errno));
	return XL_FAILED;
}
