/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keys an administrator sends (xl debug-keys) to have the host's state printed to its console. */
#ifndef HV_DEBUGKEYS_H
#define HV_DEBUGKEYS_H

#include <hv/types.h>

/** Do what @key asks for; a key without a meaning prints that. 'h' lists them. */
void debugkeys_handle(char key);

#endif
