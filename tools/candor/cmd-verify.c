/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `candor verify`: whether a folder is the release its signers made. */
#include "command.h"

#include "ask.h"
#include "interrupt.h"

static const char epilogue[] =
	"Every file must be listed in SHA256SUMS, match it and be signed by a key of the\n"
	"keyring, and so must the list; no other file may be there.\n\n"
	"Exit status: 0 accepted, 1 refused, 2 trouble (nothing can be said).\n";

static const struct ask_row rows[] = {
	{ "keyring", "FILE",
	  "public keys that count (default: /usr/share/keyrings/candor-release.gpg)", ASK_TEXT },
	{ "fingerprint", "HEX", "only this key of them counts", ASK_TEXT },
	{ 0 },
};

static enum exit_status prepare(const struct ask *ask, struct candor *c, size_t nr_operands)
{
	(void)ask;
	(void)nr_operands;
	interrupt_catch(c, NULL);
	return EXIT_CLEAN;
}

enum exit_status cmd_verify(int argc, char **argv)
{
	static const struct ask ask = {
		.command = "candor verify",
		.what = "verification",
		.operands = "DIR",
		.operand = "folder",
		.least = 1,
		.most = 1,
		.epilogue = epilogue,
		.formats = OUTPUT_TEXT | OUTPUT_JSON | OUTPUT_YAML,
		.rows = rows,
		.prepare = prepare,
	};

	return ask_run(&ask, argc, argv);
}
