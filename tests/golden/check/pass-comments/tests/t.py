# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
# SUPPORT_TEST(beta, "guest/beta")
print("SUPPORT_TEST(gamma, 0)")
