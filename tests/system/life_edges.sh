# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# Guests that end badly and toolstacks that are interrupted: crashes are reported as such and
# on_crash does what it says, one killed in the middle of being made or saved leaves nothing
# behind, nor does one that there is not enough memory for. Run by the dom0's init, after linux.sh.
ticker() {
	cat >"/etc/xen/$1.cfg" <<EOF
name="$1"
type="pvh"
kernel="/ticker"
memory=$2
vcpus=2
extra="$3"
tsc_mode="native"
EOF
}
free_memory() {
	xl info | awk '/free_memory/ { print $3 }'
}
# free_as BEFORE: "same" if as many MiB are free, but for what a page more or less rounds to.
free_as() {
	echo "$1 $(free_memory)" | awk '{ print $1 - $2 < 2 && $2 - $1 < 2 ? "same" : $0 }'
}
ticker crash 16 end=crash
echo 'on_crash="preserve"' >>/etc/xen/crash.cfg
ticker triple 16 end=triple
echo 'on_crash="destroy"' >>/etc/xen/triple.cfg
ticker again 16 end=crash
echo 'on_crash="restart"' >>/etc/xen/again.cfg
free=$(free_memory)
step create-crash xl create /etc/xen/crash.cfg
until_shown crash-is-reported 30 '^---sc-' state crash
step destroy-crashed xl destroy crash
step create-triple xl create /etc/xen/triple.cfg
until_shown triple-fault-destroyed 30 '^gone$' state triple
step create-again xl create /etc/xen/again.cfg
id=$(xl domid again)
until_shown crash-restarts 30 "^$((id + 1))\$" xl domid again
until_shown restarted-ticks 30 '^2$' eval 'console again | grep -c "^tick 1 "'
# It comes back by itself if it is destroyed when it has just crashed.
until_shown again-is-gone 60 '^gone$' eval 'xl destroy again 2>/dev/null; sleep 2; state again'
# Ended while it is being made, saved.
ticker big 256 cpus=1
for pause in 100000 200000 400000 800000; do
	xl create /etc/xen/big.cfg >/run/big 2>&1 &
	maker=$!
	usleep $pause
	xl destroy big >/dev/null 2>&1
	wait $maker
	xl destroy big >/dev/null 2>&1
done
shows destroyed-while-made '^gone$' state big
xl create -p /etc/xen/big.cfg >/run/big 2>&1 &
maker=$!
usleep 400000
kill -9 $maker
wait $maker
for id in $(xl list | awk 'NR > 2 { print $2 }'); do
	xl destroy "$id" >/dev/null 2>&1
done
shows killed-maker '^0$' running
step create-big xl create /etc/xen/big.cfg
until_shown big-ticks 30 '^tick 3 ' console big
xl save big /big.save >/run/big 2>&1 &
saver=$!
usleep 400000
step destroy-while-saved xl destroy big
wait $saver
rm -f /big.save
shows gone-while-saved '^gone$' state big
until_shown memory-is-back 20 '^same$' free_as "$free"
ticker huge 100000 cpus=1
shows no-memory 'ERROR|error|fail' xl create /etc/xen/huge.cfg
shows no-memory-none-left '^0$' running
shows no-memory-is-back '^same$' free_as "$free"
# One after the other, many times.
ticker quick 16 cpus=1
before=$(free_memory)
made=0
while [ $made -lt 25 ]; do
	xl create -q -p /etc/xen/quick.cfg >/run/quick 2>&1 || break
	xl destroy quick >>/run/quick 2>&1 || break
	made=$((made + 1))
done
shows made-and-ended '^25$' echo $made
shows loop-leaves-nothing '^same$' free_as "$before"
