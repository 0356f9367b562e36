-- SPDX-FileCopyrightText: 2026 The Candor authors
-- SPDX-License-Identifier: GPL-2.0-or-later
deny { feature "alpha", because = "not on our machines", override = true, name = "no_alpha" }
