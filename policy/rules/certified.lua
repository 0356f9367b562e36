-- SPDX-FileCopyrightText: 2026 The Candor authors
-- SPDX-License-Identifier: GPL-2.0-or-later
-- The frozen list. Adding an id is a decision of its own, with its own review.

local certified = feature {
    "ballooning",
    "console_io",
    "evtchn_2l",
    "guest_smp",
    "host_boot_multiboot2",
    "host_smp",
    "limit_domains",
    "limit_host_memory",
    "limit_pcpus",
    "limit_pvh_memory",
    "limit_pvh_vcpus",
    "pv_clock",
    "pv_console",
    "pvh_bzimage",
    "pvh_guest",
    "sched_credit2",
    "sched_credit2_soft_affinity",
    "spec_buffers",
    "spec_ctrl",
    "spec_ibpb",
    "spec_index_mask",
    "spec_rsb",
    "spec_thunk",
    "vlapic",
    "vlapic_x2apic",
    "x86_svm",
}

require { certified, because = "on the frozen list" }

deny {
    features { level = "Supported", security = "yes", except = certified },
    because = "not on the frozen list",
    override = true,
}
