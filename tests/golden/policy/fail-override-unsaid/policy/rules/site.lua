-- SPDX-FileCopyrightText: 2026 The Candor authors
-- SPDX-License-Identifier: GPL-2.0-or-later
deny {
    feature { "alpha", "beta" },
    because = "not on our machines",
}
