-- SPDX-FileCopyrightText: 2026 The Candor authors
-- SPDX-License-Identifier: GPL-2.0-or-later
rule("supported", function(f)
    if f.level == "Supported" then
        return allow("Supported")
    end
    return deny(f.level)
end)
