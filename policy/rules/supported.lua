-- SPDX-FileCopyrightText: 2026 The Candor authors
-- SPDX-License-Identifier: GPL-2.0-or-later
-- What SUPPORT.md states as Supported, with security support, for this target.

local supported = features { level = "Supported" }
local secure = features { among = supported, security = "yes" }

allow { secure, because = "Supported, with security support" }
deny { supported, except = secure, because = "Supported, but security support: {security}" }
deny { everything, except = supported, because = "{level}, so not security-supported" }
