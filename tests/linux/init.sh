#!/bin/busybox sh
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# First program of the Linux test guest: says that userspace is reached, what
# the kernel found, how time goes, and powers off. Words of the kernel command
# line choose: linux.mode=time (marks over five seconds), smp (work and clock on each CPU),
# hotplug (one CPU away and back), reboot, crash or hold.
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
smp)
	# The same known data on every CPU at once, each pinned to its own; then the clock,
	# as each CPU reads it.
	cpus=$($bb grep -c '^processor' /proc/cpuinfo)
	i=0
	while [ $i -lt "$cpus" ]; do
		(
			sum=$($bb yes candor | $bb head -c 4194304 | $bb taskset "$((1 << i))" $bb sha256sum)
			echo "linux: cpu $i sha256 ${sum%% *}"
		) &
		i=$((i + 1))
	done
	wait
	i=0
	while [ $i -lt "$cpus" ]; do
		echo "linux: clock $i $($bb taskset "$((1 << i))" $bb cut -d ' ' -f 1 /proc/uptime)"
		i=$((i + 1))
	done
	# shellcheck disable=SC2016 # $0 is awk's own
	$bb awk '/xen|timer|RES|CAL/ { print "linux: interrupts " $0 }' /proc/interrupts
	;;
hotplug)
	i=0
	while [ $i -lt 5 ]; do
		echo 0 > /sys/devices/system/cpu/cpu1/online
		echo 1 > /sys/devices/system/cpu/cpu1/online
		echo "linux: hotplug $i $($bb cat /sys/devices/system/cpu/online)"
		i=$((i + 1))
	done
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
