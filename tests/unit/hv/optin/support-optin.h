/* SPDX-FileCopyrightText: 2026 The Candor authors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A tower needs a wall and brings a bell, a wall needs a bridge; a gate costs nothing. */
OPT_IN(bell, 'P', 0, 0)
OPT_IN(bridge, 'P', 0, 0)
OPT_IN(gate, 0, 0, 0)
OPT_IN(tower, 'E', 0 | UINT64_C(1) << SUPPORT_INDEX_wall, 0 | UINT64_C(1) << SUPPORT_INDEX_bell)
OPT_IN(wall, 'E', 0 | UINT64_C(1) << SUPPORT_INDEX_bridge, 0)
