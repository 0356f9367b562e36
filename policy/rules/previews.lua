-- SPDX-FileCopyrightText: 2026 The Candor authors
-- SPDX-License-Identifier: GPL-2.0-or-later
-- Tech Previews that a general distribution ships, each with its reason, for hosts whose
-- administrator opts in. One whose status changes is no longer chosen here.

allow {
    features { id = "evtchn_fifo", level = "Tech Preview" },
    opt_in = true,
    because = "{level}, shipped on purpose: Linux asks for it first; it can go back to 2-level",
    override = true,
}

allow {
    features { id = "umip", level = "Tech Preview" },
    opt_in = true,
    because = "{level}, shipped on purpose: only hides descriptor tables from user mode",
    override = true,
}
