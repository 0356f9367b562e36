# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# A Linux guest starts again by itself, when xl asks it to, and after a crash: each time xl's
# daemon makes a new domain of it. Run by the dom0's init, after linux.sh.
linux two 2 /vmlinux 'on_crash="restart"'
step create xl create /etc/xen/two.cfg
until_shown userspace 180 'linux: userspace' console two
id=$(xl domid two)
tell two reboot -f
until_shown reboot-by-itself 180 '^2$' boots two
shows reboot-other-domid "^$((id + 1))\$" xl domid two
step reboot-by-xl xl reboot two
until_shown rebooted-by-xl 180 '^3$' boots two
shows reboot-by-xl-other-domid "^$((id + 2))\$" xl domid two
tell two 'echo c >/proc/sysrq-trigger'
until_shown restarted-after-panic 180 '^4$' boots two
tell two compute again
until_shown cpus-after-reboots 90 'again cpus 2$' console two
step destroy xl destroy two
shows all-gone '^0$' running
