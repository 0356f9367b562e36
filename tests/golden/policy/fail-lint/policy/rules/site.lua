-- SPDX-FileCopyrightText: 2026 The Candor authors
-- SPDX-License-Identifier: GPL-2.0-or-later
deny { features { level = "Supported" }, because = "shadows", override = true }
allow { everything, except = feature { "ghost" }, because = "again", override = true }
