-- SPDX-FileCopyrightText: 2026 The Candor authors
-- SPDX-License-Identifier: GPL-2.0-or-later
limit { feature "alpha", to = 4, because = "tested up to that" }
