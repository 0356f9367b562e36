# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash disable=SC2016 # what the guest is told it expands itself
# A running Linux guest is changed: its memory, its vCPUs, its scheduler's parameters, the pool
# of CPUs it runs in. Run by the dom0's init, after linux.sh; the scheduler is credit2.
linux four 4 /vmlinux
sed -i 's/^memory=.*/memory=160/' /etc/xen/four.cfg
step create xl create /etc/xen/four.cfg
until_shown userspace 180 'linux: userspace' console four
# Its balloon lets go of pages and takes them back.
pages_of() {
	xl list "$1" | awk 'NR == 2 { print $3 }'
}
step mem-set-less xl mem-set four 128
until_shown ballooned 60 '^12[789]$' pages_of four
tell four memory less
until_shown less-memory 30 'less memory [0-9]+' console four
step mem-set-more xl mem-set four 152
until_shown ballooned-back 60 '^15[123]$' pages_of four
step mem-max xl mem-max four 200
# vCPUs go and come.
step vcpu-set-two xl vcpu-set four 2
tell four 'until grep -q "^0-1\$" /sys/devices/system/cpu/online; do usleep 100000; done'
tell four online fewer
until_shown two-online 60 'fewer online 0-1$' console four
shows two-in-the-list '^2$' eval 'xl vcpu-list four | grep -c -- "[-rb]-- "'
step vcpu-set-four xl vcpu-set four 4
tell four 'for c in 2 3; do echo 1 >/sys/devices/system/cpu/cpu$c/online; done; online all'
until_shown four-online 60 'all online 0-3$' console four
tell four compute work
until_shown computes 90 'work cpus 4$' console four
# Parameters of the scheduler it is under.
step weight xl sched-credit2 -d four -w 512 -c 300
shows weight-told '^four +[0-9]+ +512 +300' xl sched-credit2
step no-cap xl sched-credit2 -d four -c 0
# A pool of its own, of another scheduler.
step pool-less xl cpupool-cpu-remove Pool-0 3
step pool-less-again xl cpupool-cpu-remove Pool-0 2
cat >/etc/xen/real.cfg <<EOF
name="real"
sched="rtds"
cpus=["2", "3"]
EOF
step pool-create xl cpupool-create /etc/xen/real.cfg
shows pool-listed '^real +2 +rtds' xl cpupool-list
step pool-migrate xl cpupool-migrate four real
shows pool-has-it '^real +2 +rtds +y +1' xl cpupool-list
step rtds xl sched-rtds -d four -v all -p 10000 -b 4000 -e 1
shows rtds-told '^four +[0-9]+ +0 +10000 +4000' xl sched-rtds -d four -v all
tell four compute real
until_shown computes-in-the-pool 120 'real cpus 4$' console four
step pool-migrate-back xl cpupool-migrate four Pool-0
step pool-destroy xl cpupool-destroy real
step pool-cpu-back xl cpupool-cpu-add Pool-0 2
step pool-cpu-back-too xl cpupool-cpu-add Pool-0 3
shows pool-whole '^Pool-0 +4 ' xl cpupool-list
# What is told of it.
shows list-long '"name": "four"' xl list -l four
tell four 'echo 9 >/proc/sys/kernel/printk'
sleep 1
step sysrq xl sysrq four h
until_shown sysrq-seen 30 'sysrq: HELP' console four
shows top 'four +--' xentop -b -i 1
step dump-core xl dump-core four /four.core
shows core-is-elf 'ELF' head -c 4 /four.core
rm -f /four.core
tell four compute after
until_shown computes-after 90 'after cpus 4$' console four
step shutdown xl shutdown -w four
shows all-gone '^0$' running
