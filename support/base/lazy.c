/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loads a library at run time and finds functions of it by name. */
#include "base/lazy.h"

#include <assert.h>
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static_assert(sizeof(void *) == sizeof(void (*)(void)), "POSIX: dlsym() gives functions");

static int say_why(const char *soname, char *ret_why, size_t why_size)
{
	const char *why = dlerror();

	snprintf(ret_why, why_size, "%s", why ? why : soname);
	return -ENOENT;
}

int lazy_load(const char *soname, const char *const *names, size_t nr, void *ret_calls,
	      char *ret_why, size_t why_size)
{
	void *library = dlopen(soname, RTLD_NOW | RTLD_LOCAL);
	char *at = ret_calls;

	for (size_t i = 0; library && i < nr; i++) {
		void *call = dlsym(library, names[i]);

		if (!call)
			return say_why(soname, ret_why, why_size);
		memcpy(at + i * sizeof(call), &call, sizeof(call));
	}
	return library ? 0 : say_why(soname, ret_why, why_size);
}
