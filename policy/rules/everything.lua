-- SPDX-FileCopyrightText: 2026 The Candor authors
-- SPDX-License-Identifier: GPL-2.0-or-later
-- A laboratory tries whatever there is; what has no security support, when it is asked for.

local secure = features { level = "Supported", security = "yes" }

allow { secure, because = "built; {level}", name = "whatever_is_secure" }
allow {
    everything,
    except = secure,
    opt_in = true,
    because = "built; {level}, security support: {security}",
    name = "whatever_is_built",
}
