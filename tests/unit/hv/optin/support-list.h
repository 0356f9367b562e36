/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The features of that policy. */
FEATURE(bell, opt - in, 0)
FEATURE(bridge, opt - in, 1)
FEATURE(gate, opt - in, 2)
FEATURE(moat, off, -1)
FEATURE(road, on, -1)
FEATURE(tower, opt - in, 3)
FEATURE(wall, opt - in, 4)
