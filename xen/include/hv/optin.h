/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Features that are in the build, but off until the host's administrator asks for them with the
 * boot option opt-in=ID or opt-in=ID@YYYY-MM-DD: what SUPPORT_ACTIVE() goes by. A build whose
 * policy makes nothing opt-in has none of this but the letters of what is plainly on.
 */
#ifndef HV_OPTIN_H
#define HV_OPTIN_H

#include <hv/types.h>

/** Bytes of a feature's state as text, and of the taint letters: with the NUL. */
#define OPTIN_STATE_SIZE 32
#define OPTIN_TAINT_SIZE 27

/**
 * Take every opt-in= of @cmdline, whose last word may be cut if @cut, on a host whose clock says
 * @now, in seconds since 1970. Once, before anything asks SUPPORT_ACTIVE(); says nothing yet.
 */
void optin_take(const char *cmdline, uint64_t now, bool cut);

/** Tell the console what was asked for, what of it was refused and why, and the taint. */
void optin_report(void);

/** "opt-in", "opted-in", "opted-in until YYYY-MM-DD", "expired YYYY-MM-DD". */
void optin_state(unsigned index, char ret_state[OPTIN_STATE_SIZE]);

/** The letters of what is active, sorted, each once; @ret_ids, if any, gets whose they are. */
void optin_taint(char ret_letters[OPTIN_TAINT_SIZE], char *ret_ids, size_t size);

/** Opt into everything: for tests on the host. */
void optin_take_all(void);

/** The letters that this host shows, in every build; in hc_version.c, beside what tells them. */
void support_taint(char ret_letters[OPTIN_TAINT_SIZE]);

#endif
