-- SPDX-FileCopyrightText: 2026 The Candor authors
-- SPDX-License-Identifier: GPL-2.0-or-later
-- A PVH guest, what it cannot run without, one way to boot and one to be heard.
-- The numbers that bound what is there ("limit_...") come with it.

local point = feature { "pvh_guest", "host_boot_multiboot2", "pv_console" }
local below = features { needed_by = point }
local bounds = features(function(f)
    return starts_with(f.id, "limit_")
end)

-- What keeps one guest's data from another's is no feature to save on.
local defences = features(function(f)
    return starts_with(f.id, "spec_")
end)

require { point, below, because = "a PVH guest, and what it cannot run without" }

deny {
    features { level = "Supported", security = "yes" },
    except = { point, below, bounds, defences },
    because = "a PVH guest runs without it",
    override = true,
}
