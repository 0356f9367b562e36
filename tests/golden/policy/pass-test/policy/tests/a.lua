-- SPDX-FileCopyrightText: 2026 The Candor authors
-- SPDX-License-Identifier: GPL-2.0-or-later
under "supported"
expect { feature "alpha", is = "on", decided_by = "supported.lua" }
suppose { feature "gamma", level = "Supported" }
expect { feature "gamma", is = "on", because = "it would be" }
