-- SPDX-FileCopyrightText: 2026 The Candor authors
-- SPDX-License-Identifier: GPL-2.0-or-later
profile {
    title = "What a general distribution ships: security-supported, and chosen previews",
    rules = { "supported", "previews", "built" },
}
