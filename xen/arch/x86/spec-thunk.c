/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Thunks of indirect branches: writes the chosen form over the assembled one. */
#include <candor/support.h>
#include <hv/string.h>

#include "spec-private.h"
#include "spec.h"

SUPPORT_PROVIDES(spec_thunk, "x86");

#define NR_GPR 16
#define GPR_OF_STACK 4

extern char spec_thunks[NR_GPR][SPEC_THUNK_SIZE];

void spec_thunk_write(enum spec_thunk how)
{
	uint8_t body[SPEC_THUNK_SIZE];

	for (unsigned reg = 0; reg < NR_GPR; reg++)
		if (reg != GPR_OF_STACK && spec_thunk_body(how, reg, body))
			memcpy(spec_thunks[reg], body, sizeof(body));
}
