-- SPDX-FileCopyrightText: 2026 The Candor authors
-- SPDX-License-Identifier: GPL-2.0-or-later
rule("x", function(f)
    while true do
        pcall(function() while true do end end)
    end
end)
