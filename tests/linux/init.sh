#!/bin/busybox sh
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# First program of the Linux test guest: says that userspace is reached, what
# the kernel found, how time goes, and powers off. Words of the kernel command
# line choose: linux.mode=time (marks over five seconds), reboot, crash or hold.
bb=/bin/busybox
$bb mount -t proc proc /proc
$bb mount -t sysfs sysfs /sys
echo "linux: userspace"
read -r uptime _ < /proc/uptime
echo "linux: uptime $uptime"
echo "linux: kernel $($bb uname -r)"
echo "linux: hypervisor $($bb cat /sys/hypervisor/type 2>/dev/null)"
echo "linux: guest_type $($bb cat /sys/hypervisor/guest_type 2>/dev/null)"
echo "linux: clocksource $($bb cat /sys/devices/system/clocksource/clocksource0/current_clocksource)"
echo "linux: cpus $($bb grep -c '^processor' /proc/cpuinfo)"
echo "linux: memory $($bb grep MemTotal /proc/meminfo)"
echo "linux: epoch $($bb date +%s)"

mode=none
for word in $($bb cat /proc/cmdline); do
	case $word in
	linux.mode=*) mode=${word#linux.mode=} ;;
	esac
done
case $mode in
time)
	i=0
	while [ $i -le 20 ]; do
		read -r uptime _ < /proc/uptime
		echo "linux: mark $i $uptime"
		$bb usleep 250000
		i=$((i + 1))
	done
	# shellcheck disable=SC2016 # $0 is awk's own
	$bb awk '/xen|timer/ { print "linux: interrupts " $0 }' /proc/interrupts
	;;
reboot)
	echo "linux: done"
	$bb reboot -f
	;;
crash)
	echo "linux: done"
	echo c > /proc/sysrq-trigger
	;;
hold)
	echo "linux: done"
	while :; do $bb sleep 3600; done
	;;
esac
echo "linux: done"
$bb poweroff -f
