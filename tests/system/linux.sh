# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# Linux guests for the scripts of this folder: making them, talking to them, asking about them.
# sha256 of the first MiB of "candor\n" over and over
SUM=afb1727cf7b3ca913b0bd9986e3cc238d10d263893deccdcc20c18366366a07a
# linux NAME VCPUS KERNEL [LINE...]: its configuration, more lines of it as given; $tsc_mode.
tsc_mode=native
linux() {
	cat >"/etc/xen/$1.cfg" <<EOF
name="$1"
type="pvh"
kernel="$3"
ramdisk="/initrd"
memory=128
vcpus=$2
extra="console=hvc0 panic=-1 quiet"
tsc_mode="$tsc_mode"
EOF
	config=/etc/xen/$1.cfg
	shift 3
	for line in "$@"; do
		echo "$line" >>"$config"
	done
}
# What its console has shown, of all domains that had the name.
console() {
	tr -d '\r' <"/var/log/xen/console/guest-$1.log"
}
boots() {
	console "$1" | grep -c 'linux: userspace'
}
sums() {
	console "$1" | grep -c "sha256 $SUM\$"
}
# How many guests there are.
running() {
	xl list | tail -n +3 | wc -l
}
# The state letters of xl list, or "gone".
state() {
	xl list "$1" 2>/dev/null | awk 'NR == 2 { print $5 }' | grep . || echo gone
}
# tell NAME COMMAND...: a line on its console, as typed.
tell() {
	tty=$(xenstore-read "/local/domain/$(xl domid "$1")/console/tty")
	shift
	echo "$*" >"$tty"
}
# xl_console NAME COMMAND: the same by xl console, which wants a terminal, and what that shows.
xl_console() {
	{
		sleep 2
		echo "$2"
		sleep 5
		printf '\035'
		sleep 1
	} | timeout 60 script -q -c "xl console $1" /dev/null | tr -d '\r'
}
# The last clock line marked so, in dom0's seconds and the guest's.
clock_of() {
	tell "$1" clock "$2"
	until console "$1" | grep -q "linux: $2 uptime"; do usleep 100000; done
	console "$1" | awk -v mark="$2" '$2 == mark { print $4, $6 }' | tail -n 1
}
# keeps_time NAME MARK: six seconds here are as many there, and its date is as far from this one
# as it was the first time. (A kernel loses some time before it has a timer.)
keeps_time() {
	first=$(clock_of "$1" "$2-first")
	here=$(cut -d ' ' -f 1 /proc/uptime)
	sleep 6
	second=$(clock_of "$1" "$2-second")
	now="$(cut -d ' ' -f 1 /proc/uptime) $(date +%s)"
	echo "$first $here $second $now" | awk '{ print $7 - $5 }' >"/run/off-$2"
	[ -e "/run/off-$1" ] || cp "/run/off-$2" "/run/off-$1"
	echo "$first $here $second $now $(cat "/run/off-$1")" |
		awk '{ there = $4 - $1; here = $6 - $3; off = $7 - $5 - $8
			print (there - here < 2 && here - there < 2 && off < 4 && off > -4 ?
				"right" : "wrong"), "guest", there, "dom0", here, "date off by", off }' \
			>/run/time
	shows "time-of-$2" '^right' cat /run/time
}
