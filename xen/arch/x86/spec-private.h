/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the files of speculation control. */
#ifndef X86_SPEC_PRIVATE_H
#define X86_SPEC_PRIVATE_H

#include "spec.h"

/* spec-thunk.c, if the policy has spec_thunk */
void spec_thunk_write(enum spec_thunk how);

#endif
