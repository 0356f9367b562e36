/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <candor/support.h>

#define THINGS_MAX (16ULL << 30)

SUPPORT_PROVIDES(alpha, "common");
SUPPORT_PROVIDES(beta, "x86.pvh");
SUPPORT_LIMIT(limit_things, "things", THINGS_MAX);
SUPPORT_TEST(alpha, "unit/things");
SUPPORT_TEST(beta, "unit/things");
SUPPORT_TEST(limit_things, "unit/things");

int main(void)
{
	return SUPPORT_ENABLED(alpha) && SUPPORT_ACTIVE(beta);
}
