# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# What a dom0 sees of opt-ins: umip until 2099, a watchdog that is too late, hypfs brought along
# by the dom0, and no parameters, since nobody asked for them. Run by the dom0's init.
shows policy '^lab$' xenhypfs cat /support/policy
shows decision '^sha256:[0-9a-f]{64}$' xenhypfs cat /support/decision
shows taint '^EP$' xenhypfs cat /support/taint
shows opted-in '^opted-in$' xenhypfs cat /support/features/pvh_dom0
shows brought '^opted-in$' xenhypfs cat /support/features/hypfs
shows dated '^opted-in until 2099-12-31$' xenhypfs cat /support/features/umip
shows expired '^expired 2027-02-28$' xenhypfs cat /support/features/watchdog
shows waiting '^opt-in$' xenhypfs cat /support/features/sched_rtds
shows on '^on$' xenhypfs cat /support/features/pvh_guest
shows off '^off$' xenhypfs cat /support/features/hvm_guest
shows lock '^feature.umip=opt-in$' xenhypfs cat /buildinfo/config
shows changeset-hypfs '^lab sha256:[0-9a-f]{12} taint:EP$' xenhypfs cat /buildinfo/version/changeset
shows changeset '^xen_changeset +: lab sha256:[0-9a-f]{12} taint:EP$' xl info
shows console-taint 'Taint: EP \(.*control_interface.*umip' xl dmesg
shows console-refused 'opt-in: watchdog refused: it ended on 2027-02-28' xl dmesg
shows no-params 'No such|not found|ENOENT|could not' xenhypfs ls /params
shows no-set 'could not|cannot|No such|failed|[Ee]rror' xl set-parameters gnttab_max_frames=48
shows no-null 'error on creating cpupool' xl cpupool-create 'name="x"' 'sched="null"'
