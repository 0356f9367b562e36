/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Libraries that few commands need are loaded when they are first called: loading
 * libgit2 alone, with what it brings, takes longer than reading six statements.
 * lazy.py writes the header and the file for one library; this is what they share.
 */
#ifndef CANDOR_SUPPORT_BASE_LAZY_H
#define CANDOR_SUPPORT_BASE_LAZY_H

#include <stddef.h>

/**
 * Load @soname and find @nr functions by @names, which end as pointers at @ret_calls, in
 * that order. 0, or -ENOENT with the reason in @ret_why. What is loaded stays so.
 */
int lazy_load(const char *soname, const char *const *names, size_t nr, void *ret_calls,
	      char *ret_why, size_t why_size);

#endif
