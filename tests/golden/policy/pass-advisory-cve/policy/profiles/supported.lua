-- SPDX-FileCopyrightText: 2026 The Candor authors
-- SPDX-License-Identifier: GPL-2.0-or-later
profile {
    title = "A small policy",
    vendor = { "supported" },
}
