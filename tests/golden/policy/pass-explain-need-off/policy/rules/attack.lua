-- SPDX-FileCopyrightText: 2026 The Candor authors
-- SPDX-License-Identifier: GPL-2.0-or-later
rule("no_alpha", function(f)
    if f.id ~= "alpha" then
        return allow("all but alpha")
    end
    return deny("no alpha here")
end)
rule("no_delta", function(f)
    if f.id == "delta" then
        return deny { because = "conflicts", override = true }
    end
end)
