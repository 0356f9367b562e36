-- SPDX-FileCopyrightText: 2026 The Candor authors
-- SPDX-License-Identifier: GPL-2.0-or-later
-- What has no code stays off, whatever the statement says. List this file last.

rule("built", function(f)
    if not f.built then
        return deny(f.state == "planned" and "not built" or f.state)
    end
end)
