# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# Debian's unmodified kernel in three guests at once, with 1, 2 and 8 vCPUs: each reaches its
# userspace, computes, keeps time, answers on its console, and ends or starts again by itself
# and when xl asks it to. Run by the dom0's init, after linux.sh.
linux one 1 /vmlinuz
linux two 2 /vmlinux
linux eight 8 /vmlinux
for name in one two eight; do
	step "create-$name" xl create "/etc/xen/$name.cfg"
done
for name in one two eight; do
	until_shown "userspace-$name" 120 'linux: userspace on .*PVH' console "$name"
done
shows three-at-once '^3$' running
for name in one two eight; do
	tell "$name" compute work
done
until_shown cpus-one 60 'work cpus 1$' console one
until_shown cpus-two 60 'work cpus 2$' console two
until_shown cpus-eight 90 'work cpus 8$' console eight
shows sums-one '^1$' sums one
shows sums-two '^2$' sums two
shows sums-eight '^8$' sums eight
for name in one two eight; do
	keeps_time "$name" "$name"
done
shows xl-console 'linux: through the console' xl_console two 'say through the console'
tell one poweroff -f
until_shown poweroff-by-itself 60 '^gone$' state one
step shutdown-by-xl xl shutdown -w two
shows shutdown-two-gone '^gone$' state two
id=$(xl domid eight)
tell eight reboot -f
until_shown reboot-by-itself 120 '^2$' boots eight
shows reboot-other-domid "^$((id + 1))\$" xl domid eight
step reboot-by-xl xl reboot eight
until_shown rebooted-by-xl 120 '^3$' boots eight
tell eight compute again
until_shown cpus-after-reboots 90 'again cpus 8$' console eight
step destroy-eight xl destroy eight
shows all-gone '^0$' running
