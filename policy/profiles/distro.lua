-- SPDX-FileCopyrightText: 2026 The Candor authors
-- SPDX-License-Identifier: GPL-2.0-or-later
profile {
    title = "What a general distribution ships: security-supported, and chosen previews",
    purpose = "For distributions whose users run what they like. As supported, and the Tech "
        .. "Previews that guests ask for as soon as they see them, each with its reason: in the "
        .. "image, and off until a host's administrator opts in.",
    vendor = { "supported" },
    distribution = { "previews" },
}
