-- SPDX-FileCopyrightText: 2026 The Candor authors
-- SPDX-License-Identifier: GPL-2.0-or-later
-- What SUPPORT.md states as Supported, with security support, for this target.

local secure = features { level = "Supported", security = "yes" }

allow { secure, because = "Supported, with security support" }
deny { everything, except = secure, because = "{level}, security support: {security}" }
