# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# Debian's unmodified kernel in three guests at once, with 1, 2 and 8 vCPUs: each reaches its
# userspace, computes, keeps time, answers on its console, and ends by itself and when xl asks it
# to. Run by the dom0's init, after linux.sh.
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
step shutdown-eight xl shutdown -w eight
shows all-gone '^0$' running
