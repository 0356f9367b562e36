/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a running hypervisor says of its features: out of its own tree of facts. */
#include "host/state.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xentoollog.h>

#include "base/complain.h"
#include "host/lazy-xenhypfs.h"

static const char remedy[] =
	"run it as root in the privileged guest of a host with the feature hypfs, or give --state";

static int complain_of(struct strbuf *err, const char *path, int rc)
{
	complain(err, (struct place){ path, 0 }, remedy, "cannot be read from the hypervisor: %s",
		 strerror(-rc));
	return rc;
}

/* The library says each failure by itself too, through this: not at all. */
static void say_nothing(struct xentoollog_logger *logger, xentoollog_level level, int errnoval,
			const char *context, const char *format, va_list al)
{
}

static void show_nothing(struct xentoollog_logger *logger, const char *context,
			 const char *doing_what, int percent, unsigned long done,
			 unsigned long total)
{
}

static void destroy_nothing(struct xentoollog_logger *logger)
{
}

static struct xentoollog_logger silent = { say_nothing, show_nothing, destroy_nothing };

/* Take one entry; those that are no texts are not ours. */
static int take_entry(xenhypfs_handle *h, struct state *s, const char *path, struct strbuf *err)
{
	char *value = xenhypfs_read(h, path);
	char why[128] = "";
	int rc;

	if (!value)
		return complain_of(err, path, errno ? -errno : -EIO);
	rc = state_take(s, path, value, why);
	free(value);
	if (rc == -EINVAL)
		complain(err, (struct place){ path, 0 },
			 "this program and the hypervisor are of different releases", "%s", why);
	return rc;
}

static int take_directory(xenhypfs_handle *h, struct state *s, const char *path, struct strbuf *err)
{
	unsigned int nr = 0;
	struct xenhypfs_dirent *entries;
	int rc = 0;

	errno = 0;
	entries = xenhypfs_readdir(h, path, &nr);
	if (!entries)
		return complain_of(err, path, errno ? -errno : -EIO);
	for (unsigned int i = 0; i < nr && !rc; i++) {
		char name[256];

		if (entries[i].type == xenhypfs_type_dir)
			continue;
		if (snprintf(name, sizeof(name), "%s/%s", path, entries[i].name) >=
		    (int)sizeof(name))
			continue;
		errno = 0;
		rc = take_entry(h, s, name, err);
	}
	free(entries);
	return rc;
}

int state_ask(struct state *ret_state, struct strbuf *err)
{
	struct state s = { 0 };
	char why[128] = "";
	xenhypfs_handle *h;
	int rc;

	if (lazy_xenhypfs_missing()) {
		complain(err, (struct place){ "/support", 0 }, "install libxenhypfs",
			 "cannot be read from the hypervisor: %s", lazy_xenhypfs_missing());
		return -ENOPKG;
	}
	errno = 0;
	h = xenhypfs_open(&silent, 0);
	if (!h)
		return complain_of(err, "/support", errno ? -errno : -EIO);
	rc = take_directory(h, &s, "/support", err);
	if (!rc)
		rc = take_directory(h, &s, "/support/features", err);
	if (!rc && (rc = state_finish(&s, why)))
		complain(err, (struct place){ "/support/features", 0 },
			 "report this to who built the hypervisor", "%s", why);
	xenhypfs_close(h);
	if (rc)
		state_reset(&s);
	else
		*ret_state = s;
	return rc;
}
