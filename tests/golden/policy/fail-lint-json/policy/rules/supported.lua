-- SPDX-FileCopyrightText: 2026 The Candor authors
-- SPDX-License-Identifier: GPL-2.0-or-later
local supported = features { level = "Supported" }

allow { supported, because = "Supported" }
deny { everything, except = supported, because = "{level}" }
allow { feature "aplha", because = "misspelt" }
allow { features { level = "Deprecated" }, because = "dead" }
deny { feature "gamma", because = "needless", override = true }
rule("never", function(f) end)
waive { feature "gamma", conflict = "delta", expires = "2026-01-31", because = "expired" }
waive { feature "alpha", need = "beta", expires = "2027-01-31", because = "idle" }
