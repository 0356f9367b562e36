# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# Guests made, paused, listed, looked at and ended by xl. Run by the dom0's init.
guest() {
	cat >"/etc/xen/$1.cfg" <<EOF
name="$1"
type="pvh"
kernel="/guest"
memory=$2
vcpus=$3
extra="$4"
tsc_mode="native"
on_poweroff="preserve"
on_crash="preserve"
EOF
}
guest one 32 1 ""
guest two 48 2 ""
guest three 32 1 ""
step create-paused xl create -p /etc/xen/one.cfg
shows listed-paused '^one +[0-9]+ +32 +1 +--p---' xl list
step mem-max xl mem-max one 40
step unpause xl unpause one
until_shown console 60 'ring 0399' cat /var/log/xen/console/guest-one.log
until_shown poweroff 20 '^one .*s-' xl list
step create-two xl create /etc/xen/two.cfg
step create-three xl create /etc/xen/three.cfg
shows three-at-once '^three ' xl list
shows vcpus-of-two '^two +[0-9]+ +1 ' xl vcpu-list
shows hvm-context 'CPU:' xen-hvmctx "$(xl domid three)"
step pause xl pause three
step unpause-three xl unpause three
until_shown console-three 60 'ring 0399' cat /var/log/xen/console/guest-three.log
step destroy-one xl destroy one
step destroy-two xl destroy two
step destroy-three xl destroy three
shows all-gone '^Domain-0' xl list
free=$(xl info | awk '/free_memory/ { print $3 }')
step create-again xl create -p /etc/xen/two.cfg
step destroy-again xl destroy two
shows memory-is-back "free_memory *: $free" xl info
