-- SPDX-FileCopyrightText: 2026 The Candor authors
-- SPDX-License-Identifier: GPL-2.0-or-later
rule("all", function(f)
    if f.id == "gamma" then
        return require("the point of this product")
    end
    return allow("everything else")
end)
