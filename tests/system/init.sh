#!/bin/busybox sh
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# First program of the dom0: Debian's daemons, then /test.sh, then power off. Each
# step says "dom0: ..." on the console; a failed one says "dom0: FAILED" and the step.
export PATH=/usr/lib/xen-4.17/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LD_LIBRARY_PATH=/usr/lib/xen-4.17/lib/x86_64-linux-gnu:/lib/x86_64-linux-gnu:/usr/lib/x86_64-linux-gnu
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
mount -t tmpfs run /run
mount -t tmpfs tmp /tmp
mkdir -p /run/xen /run/lock /dev/pts /dev/shm /var/run/xen /var/run/xenstored /var/lock
mount -t devpts devpts /dev/pts
echo "dom0: userspace"
for module in xen-privcmd xen-evtchn xen-gntdev xen-gntalloc xenfs; do
	insmod /lib/$module.ko || echo "dom0: FAILED insmod $module"
done
mount -t xenfs xenfs /proc/xen || echo "dom0: FAILED xenfs"
echo "dom0: capabilities $(cat /proc/xen/capabilities)"
xenstored --pid-file /run/xen/xenstored.pid || echo "dom0: FAILED xenstored"
tries=0
until xenstore-write /tool/test 1 2>/dev/null; do
	tries=$((tries + 1))
	[ $tries -lt 50 ] || { echo "dom0: FAILED xenstore does not answer"; break; }
	usleep 100000
done
echo "dom0: xenstored"
xen-init-dom0 || echo "dom0: FAILED xen-init-dom0"
xenconsoled --log=all --pid-file=/run/xen/xenconsoled.pid || echo "dom0: FAILED xenconsoled"
echo "dom0: daemons"
touch /etc/xen/xl.conf
# step NAME COMMAND...: run it and say how it went.
step() {
	name=$1
	shift
	if "$@" >/run/out 2>&1; then
		echo "dom0: ok $name, at $(cut -d ' ' -f 1 /proc/uptime)"
	else
		echo "dom0: FAILED $name: $(head -n 3 /run/out | tr '\n' ' ')"
	fi
}
# shows NAME PATTERN COMMAND...: its output must match.
shows() {
	name=$1 pattern=$2
	shift 2
	"$@" >/run/out 2>&1
	if grep -Eq -e "$pattern" /run/out; then
		echo "dom0: ok $name"
	else
		echo "dom0: FAILED $name: no '$pattern' in: $(tail -n 5 /run/out | tr '\n' ' ')"
	fi
}
# until_shown NAME SECONDS PATTERN COMMAND...: so often until its output matches.
until_shown() {
	name=$1 left=$(($2 * 4)) pattern=$3
	shift 3
	while [ $left -gt 0 ]; do
		if "$@" 2>&1 | grep -Eq -e "$pattern"; then
			echo "dom0: ok $name, at $(cut -d ' ' -f 1 /proc/uptime)"
			return
		fi
		usleep 250000
		left=$((left - 1))
	done
	echo "dom0: FAILED $name: '$pattern' not seen"
}
# shellcheck disable=SC1091 # the test's own, put there by run_dom0.py
. /test.sh
echo "dom0: done"
poweroff -f
