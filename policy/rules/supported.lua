-- SPDX-FileCopyrightText: 2026 The Candor authors
-- SPDX-License-Identifier: GPL-2.0-or-later
-- What SUPPORT.md states as Supported, with security support, for this target.

rule("security_supported", function(f)
    if f.level == "Supported" and f.security == "yes" then
        return allow("Supported, with security support")
    end
    if f.level == "Supported" then
        return deny("Supported, but security support: " .. f.security)
    end
    return deny(f.level .. ", so not security-supported")
end)
