-- SPDX-FileCopyrightText: 2026 The Candor authors
-- SPDX-License-Identifier: GPL-2.0-or-later
rule("x", function(f)
    return require("everything")
end)
rule("y", function(f)
    if f.id == "alpha" then
        return deny("but not this")
    end
end)
