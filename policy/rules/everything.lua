-- SPDX-FileCopyrightText: 2026 The Candor authors
-- SPDX-License-Identifier: GPL-2.0-or-later
-- A laboratory tries whatever there is.

rule("whatever_is_built", function(f)
    return allow("built; " .. f.level)
end)
