# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash disable=SC2016 # what the guest is told it expands itself
# Linux with 2 vCPUs saved to a file and restored from it. A kernel that does not answer when xl
# asks it to suspend is not saved, and goes on. Run by the dom0's init, after linux.sh.
# Its TSC goes at 1 GHz, whatever the host's does, before and after.
# shellcheck disable=SC2034 # linux.sh has it
tsc_mode=always_emulate
linux two 2 /vmlinux
step create xl create /etc/xen/two.cfg
until_shown userspace 120 'linux: userspace' console two
tell two 'say rate $(dmesg | sed -n "s/.*tsc: Detected \([0-9.]*\) MHz.*/\1/p" | head -n 1)'
until_shown tsc-rate 30 'linux: rate 1000\.000$' console two
tell two 'mkdir /keep; echo remembered >/keep/word; sleep 100000 & keeper=$!'
keeps_time two before
id=$(xl domid two)
step save xl save two /two.save
shows save-ends-it '^gone$' state two
shows no-guest-left '^0$' running
step restore xl restore /two.save
rm /two.save # the dom0 has no room for two
shows restored-is-new "^$((id + 1))\$" xl domid two
tell two 'kill -0 $keeper && say $(cat /keep/word) after restore'
until_shown memory-is-kept 60 'linux: remembered after restore' console two
tell two compute restored
until_shown computes-on-both 90 'restored cpus 2$' console two
shows sums '^2$' sums two
tell two online restored
until_shown both-online 30 'restored online 0-1$' console two
keeps_time two after
shows one-boot '^1$' boots two
id=$(xl domid two)
step checkpoint xl save -c two /two.checkpoint
shows checkpoint-goes-on "^$id\$" xl domid two
tell two 'echo later >/keep/word'
tell two compute resumed
until_shown computes-after-checkpoint 90 'resumed cpus 2$' console two
keeps_time two resumed
step destroy xl destroy two
step restore-checkpoint xl restore /two.checkpoint
tell two 'say $(cat /keep/word) at the checkpoint'
until_shown checkpoint-is-older 60 'linux: remembered at the checkpoint' console two
tell two compute rolled
until_shown computes-rolled-back 90 'rolled cpus 2$' console two
step shutdown xl shutdown -w two
shows shut-down '^gone$' state two
rm /two.checkpoint
cat >/etc/xen/ticker.cfg <<EOF
name="ticker"
type="pvh"
kernel="/ticker"
memory=32
vcpus=2
tsc_mode="native"
EOF
ticks() {
	console ticker | sed -n 's/^tick \([0-9]*\).*/\1/p' | tail -n 1
}
both_count() {
	console ticker | awk '/^tick/ { before = now; now = $4 } END {
		print (now > before ? "right" : "stuck") }'
}
step create-ticker xl create /etc/xen/ticker.cfg
until_shown ticks 60 '^tick [0-9]*3 ' console ticker
last=$(ticks)
shows save-is-refused "didn't acknowledge" xl save ticker /ticker.save
until_shown ticks-go-on 60 "^tick $((last + 5)) " console ticker
shows ticks-did-not-start-again '^1$' eval 'console ticker | grep -c "^tick 1 "'
shows both-cpus-count '^right$' both_count
step destroy-ticker xl destroy ticker
shows all-gone '^0$' running
