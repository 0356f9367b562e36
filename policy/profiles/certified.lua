-- SPDX-FileCopyrightText: 2026 The Candor authors
-- SPDX-License-Identifier: GPL-2.0-or-later
profile {
    title = "A frozen list of features by their exact ids",
    purpose = "For those who have a build examined, and must ship what was examined. A feature "
        .. "that is new, or that gains support later, stays out until its id is added to the "
        .. "list; one that is on the list and loses its support stops the decision.",
    vendor = { "supported" },
    distribution = { "certified" },
}
