-- SPDX-FileCopyrightText: 2026 The Candor authors
-- SPDX-License-Identifier: GPL-2.0-or-later
profile {
    title = "Only what has security support",
    purpose = "For those who must be able to say that every hole in what they run is fixed and "
        .. "announced. Nothing is in it that SUPPORT.md does not state as Supported, with "
        .. "security support, for this target.",
    vendor = { "supported" },
}
