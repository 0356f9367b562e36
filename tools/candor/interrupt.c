/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Signals end the work at its next step. */
#include "interrupt.h"

#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <candor/candor.h>

#include "base/terminal.h"

static volatile sig_atomic_t caught;

static void note(int signal_number)
{
	caught = signal_number;
}

/* candor_step_fn: @context is the command's name where its steps are shown. */
static int step(void *context, const char *what, const char *file)
{
	if (context && what) {
		fprintf(stderr, "\r\033[K%s: %s%s%.60s", (const char *)context, what,
			file ? " " : "", file ? file : "");
		fflush(stderr);
	}
	return caught;
}

void interrupt_catch(struct candor *c, const char *command)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction action = { .sa_handler = note,
				    .sa_flags = SA_RESTART | (int)SA_RESETHAND };

	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaction(signals[i], &action, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	candor_watch(c, step,
		     command && terminal_obeys(stderr) ? (void *)(uintptr_t)command : NULL);
}

void interrupt_clear(const char *command)
{
	if (command && terminal_obeys(stderr))
		fputs("\r\033[K", stderr);
}

bool interrupt_say(void)
{
	if (!caught)
		return false;
	fprintf(stderr,
		"interrupted: error: signal %d (%s)\n       = run it again; nothing was "
		"published\n",
		(int)caught, strsignal((int)caught));
	return true;
}
