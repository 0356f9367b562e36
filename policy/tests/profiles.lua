-- SPDX-FileCopyrightText: 2026 The Candor authors
-- SPDX-License-Identifier: GPL-2.0-or-later
-- What the profiles promise, whatever becomes of single features.

under "supported"
expect {
    features { level = { "Tech Preview", "Experimental", "not stated" } },
    is = "off",
    because = "none of it has security support",
}
expect { feature { "x86_svm", "pvh_guest", "vlapic" }, is = "on", because = "no guest without" }

suppose { feature "umip", level = "Supported", security = "no" }
expect { feature "umip", is = "off", decided_by = "supported.lua" }
suppose { feature "umip", level = "Supported", security = "yes" }
expect { feature "umip", is = "on", decided_by = "supported.lua" }

under "distro"
expect { feature { "evtchn_fifo", "umip" }, is = "opt-in", decided_by = "previews.lua" }
suppose { feature "umip", level = "Experimental" }
expect { feature "umip", is = "off", because = "it was chosen as a preview" }

under "lab"
local secure = features { level = "Supported", security = "yes" }
expect { features { built = true }, except = secure, is = "opt-in" }
expect { features { built = true, level = "Supported", security = "yes" }, is = "on" }
expect { features { built = false }, is = "off" }
suppose { feature "umip", level = "Supported", security = "yes" }
expect { feature "umip", is = "on", because = "nobody need ask for what is supported" }

under "minimal-pvh"
expect { feature { "pv_guest", "hvm_guest" }, is = "off" }
suppose { feature { "pv_guest", "hvm_guest", "dm_op" }, level = "Supported", built = true }
expect { feature { "pv_guest", "hvm_guest", "dm_op" }, is = "off", decided_by = "minimal.lua" }
expect { features { needed_by = feature "pvh_guest" }, is = "on", decided_by = "minimal.lua" }

under "certified"
expect { feature "pvh_guest", is = "on", decided_by = "certified.lua" }
suppose { feature { "hypfs", "evtchn_fifo" }, level = "Supported", built = true }
expect {
    feature { "hypfs", "evtchn_fifo" },
    is = "off",
    decided_by = "certified.lua",
    because = "a new feature is denied until its id is on the list",
}
