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
	return SUPPORT_ENABLED(alpha) && SUPPORT_ENABLED(beta);
}

/* SUPPORT_PROVIDES(gamma, "x86") is planned. */
// SUPPORT_PROVIDES(gamma, "x86"); \
   SUPPORT_PROVIDES(gamma, "x86");
static const char text[] = "SUPPORT_PROVIDES(gamma, \"x86\")" "SUPPORT_TEST(gamma, 1)";
static const char quote = '"'; /* " */
#if 0
SUPPORT_PROVIDES(gamma, "x86");
# if 1
SUPPORT_PROVIDES(gamma, "x86");
# endif
#else
SUPPORT_TEST(alpha, "unit/"
	     "more");
#endif
#define SUPPORT_PROVIDES_TWICE(id) SUPPORT_PROVIDES(id, "x86")
/\
* SUPPORT_PROVIDES(gamma, "x86"); *\
/
SUPPORT_\
TEST(beta, "unit/spliced");
