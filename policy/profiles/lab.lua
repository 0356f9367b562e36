-- SPDX-FileCopyrightText: 2026 The Candor authors
-- SPDX-License-Identifier: GPL-2.0-or-later
profile {
    title = "Everything that is built, for trying out",
    purpose = "For developers and for those who report on previews and experiments. Not for "
        .. "guests whose owner is not yours: much of it has no security support. That part "
        .. "waits for an opt-in at boot: what is tried is named.",
    vendor = { "everything" },
}
