-- SPDX-FileCopyrightText: 2026 The Candor authors
-- SPDX-License-Identifier: GPL-2.0-or-later
rule("mine", function(f)
    if f.level == "Supported" then
        return allow "{level}"
    end
    return require { because = "{level}", opt_in = true }
end)
