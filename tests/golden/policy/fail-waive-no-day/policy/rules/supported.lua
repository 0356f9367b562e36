-- SPDX-FileCopyrightText: 2026 The Candor authors
-- SPDX-License-Identifier: GPL-2.0-or-later
waive { feature "delta", need = "alpha", expires = "2027-02-29", because = "tried by hand" }
