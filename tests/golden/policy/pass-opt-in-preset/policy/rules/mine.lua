-- SPDX-FileCopyrightText: 2026 The Candor authors
-- SPDX-License-Identifier: GPL-2.0-or-later
local secure = features { level = "Supported", security = "yes" }
local brought = feature "epsilon"

allow { secure, because = "{level}" }
allow { everything, except = { secure, brought }, opt_in = true, because = "{level}, on request" }
