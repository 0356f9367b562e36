/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The first guest as domain 0, privileged, if the boot options ask for it. */
#include <candor/support.h>
#include <hv/string.h>

#include "boot.h"

SUPPORT_PROVIDES(pvh_dom0, "x86.pvh");

bool dom0_option(const char *value)
{
	if (strcmp(value, "pvh"))
		return false;
	boot_options.dom0 = true;
	return true;
}
