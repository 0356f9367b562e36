-- SPDX-FileCopyrightText: 2026 The Candor authors
-- SPDX-License-Identifier: GPL-2.0-or-later
local supported = features { level = "Supported" }

allow { supported, because = "Supported" }
deny { everything, except = supported, because = "{level}" }
