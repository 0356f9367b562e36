#!/bin/busybox sh
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# First program of a Linux guest that the dom0's xl makes: says that userspace is reached,
# then does what it is told line by line on its console.
export PATH=/bin:/sbin
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
# Nothing but what is said here is to be in the log.
stty -echo
say() {
	echo "linux: $*"
}
# The same known data on every CPU at once, each pinned to its own.
compute() {
	cpus=$(grep -c '^processor' /proc/cpuinfo)
	i=0
	workers=
	while [ $i -lt "$cpus" ]; do
		(
			sum=$(yes candor | head -c 1048576 | taskset "$((1 << i))" sha256sum)
			say "$1 cpu $i sha256 ${sum%% *}"
		) &
		workers="$workers $!"
		i=$((i + 1))
	done
	# shellcheck disable=SC2086 # each of them
	wait $workers
	say "$1 cpus $cpus"
}
clock() {
	say "$1 uptime $(cut -d ' ' -f 1 /proc/uptime) epoch $(date +%s)"
}
memory() {
	say "$1 memory $(awk '/MemTotal/ { print $2 }' /proc/meminfo)"
}
online() {
	say "$1 online $(cat /sys/devices/system/cpu/online)"
}
# shellcheck disable=SC2013 # words are wanted
for word in $(cat /proc/cmdline); do
	case $word in
	life.do=*) life=${word#life.do=} ;;
	esac
done
say "userspace on $(uname -r), $(cat /sys/hypervisor/guest_type 2>/dev/null)"
clock boot
[ "$life" = crash ] && echo c >/proc/sysrq-trigger
while read -r line; do
	eval "$line"
done
say "no console any more"
sleep 3600
