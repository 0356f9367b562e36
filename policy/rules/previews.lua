-- SPDX-FileCopyrightText: 2026 The Candor authors
-- SPDX-License-Identifier: GPL-2.0-or-later
-- Tech Previews that a general distribution ships, each with its reason.

local shipped = {
    evtchn_fifo = "what Linux asks for first; it can go back to the 2-level ABI by an option",
    umip = "only hides descriptor tables from user mode",
}

rule("shipped_preview", function(f)
    local why = shipped[f.id]
    if why and f.level == "Tech Preview" then
        return allow("Tech Preview, shipped on purpose: " .. why)
    end
end)
