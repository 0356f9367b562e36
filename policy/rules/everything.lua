-- SPDX-FileCopyrightText: 2026 The Candor authors
-- SPDX-License-Identifier: GPL-2.0-or-later
-- A laboratory tries whatever there is.

allow { everything, because = "built; {level}", name = "whatever_is_built" }
