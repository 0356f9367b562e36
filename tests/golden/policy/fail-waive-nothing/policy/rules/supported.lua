-- SPDX-FileCopyrightText: 2026 The Candor authors
-- SPDX-License-Identifier: GPL-2.0-or-later
waive { feature "delta", expires = "2027-06-30", because = "tried by hand" }
