-- SPDX-FileCopyrightText: 2026 The Candor authors
-- SPDX-License-Identifier: GPL-2.0-or-later
rule("x", function(f)
    local t = {}
    for i = 1, 1e9 do
        t[i] = i
    end
end)
