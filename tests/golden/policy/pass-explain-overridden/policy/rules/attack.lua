-- SPDX-FileCopyrightText: 2026 The Candor authors
-- SPDX-License-Identifier: GPL-2.0-or-later
rule("first", function(f)
    return allow("everything")
end)
rule("second", function(f)
    if f.level == "Experimental" then
        return deny { because = "but not experiments", override = true }
    end
end)
