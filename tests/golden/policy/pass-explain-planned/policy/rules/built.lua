-- SPDX-FileCopyrightText: 2026 The Candor authors
-- SPDX-License-Identifier: GPL-2.0-or-later
rule("built", function(f)
    if not f.built then
        return deny("not built")
    end
end)
