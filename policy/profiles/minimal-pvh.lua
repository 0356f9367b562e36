-- SPDX-FileCopyrightText: 2026 The Candor authors
-- SPDX-License-Identifier: GPL-2.0-or-later
profile {
    title = "One kind of guest and nothing beside it: the smallest attack surface",
    purpose = "For hosts that run PVH guests with kernels they chose themselves, as ELF files. "
        .. "There is no PV and no HVM guest, no second way to do what one way does, and no "
        .. "code that only a console, a decompressor or a test would need. What is in it has "
        .. "security support.",
    vendor = { "supported" },
    distribution = { "minimal" },
}
