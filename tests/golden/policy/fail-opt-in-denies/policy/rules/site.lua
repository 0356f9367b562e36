-- SPDX-FileCopyrightText: 2026 The Candor authors
-- SPDX-License-Identifier: GPL-2.0-or-later
deny { feature "gamma", opt_in = true, override = true, because = "off" }
