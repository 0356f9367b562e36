# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# What a host is observed by: trace buffers, counters, xl top, NUMA, what is typed on its
# console, and its CPUs in pools by node. Run by the dom0's init; the machine has two NUMA nodes.
guest() {
	cat >"/etc/xen/$1.cfg" <<END
name="$1"
type="pvh"
kernel="/guest"
memory=32
vcpus=1
extra="how=$1"
on_poweroff="preserve"
on_crash="preserve"
END
}
guest busy
guest idle
# cpu NAME LEAST MOST: xl top's second look at it.
cpu() {
	xentop -b -i 2 -d 4 | awk -v name="$1" -v least="$2" -v most="$3" '
		$1 == name && ++n == 2 {
			print name, $4
			if ($4 >= least && $4 <= most)
				print "plausible"
		}'
}
# typed WORD: what comes on the console next is it.
typed() {
	echo "dom0: type $1" >/dev/console
	echo "read: $(timeout 60 head -n 1 </dev/console)"
}
shows typed-hello 'read: hello$' typed hello
echo "dom0: type keys"
until_shown typed-keys 60 "'q' pressed -> domains and their vCPUs" xl dmesg
until_shown typed-switched-back 60 'console input goes to domain 0 .*$' xl dmesg
shows typed-again 'read: again$' typed again
shows numa-nodes 'nr_nodes +: 2$' xl info -n
shows numa-first '^ +0: +[56][0-9][0-9] +[0-9]+ +10,21$' xl info -n
shows numa-second '^ +1: +[56][0-9][0-9] +[0-9]+ +21,10$' xl info -n
step busy-guest xl create /etc/xen/busy.cfg
step idle-guest xl create /etc/xen/idle.cfg
shows top-busy plausible cpu busy 50 100.9
shows top-idle plausible cpu idle 0 5
xl destroy busy
step trace xentrace -D -e all -T 1 /run/short
shows trace-short 'trace: [0-9]{2,} records' /trace-check /run/short
xentrace -D -e all /run/trace.bin &
tracer=$!
sleep 1
step create-traced xl create /etc/xen/busy.cfg
step destroy-traced xl destroy busy
kill -INT $tracer
wait $tracer
shows trace-well-formed 'trace: [0-9]{3,} records, [0-9]+ lost, 2 cpus; .*sched [1-9].*dom0op [1-9].*hvm [1-9]' /trace-check /run/trace.bin
xenalyze --svm-mode --summary /run/trace.bin >/run/summary 2>/run/complaints
shows xenalyze-domain 'Domain 0' cat /run/summary
shows xenalyze-runstates 'running: ' cat /run/summary
shows xenalyze-exits 'VMEXIT_VMMCALL' cat /run/summary
shows xenperf '^hypercalls +T= +[1-9]' xenperf
shows xenperf-exits '^vmexits +T= +[1-9][0-9]{3}' xenperf
step xenperf-reset xenperf -r
shows xenperf-anew '^domains created +T= +0' xenperf
shows lockprof 'not implemented' xenlockprof
xl debug-keys p
shows counters-printed 'hypercalls\[35\]: [1-9]' xl dmesg
# Pools by name, and one of the CPUs of each node.
step cpupool-rename xl cpupool-rename Pool-0 First
shows cpupool-renamed '^First +2 ' xl cpupool-list
step cpupool-rename-back xl cpupool-rename First Pool-0
step cpupool-numa-split xl cpupool-numa-split
shows cpupool-of-node-0 '^Pool-node0 +1 ' xl cpupool-list
shows cpupool-of-node-1 '^Pool-node1 +1 ' xl cpupool-list
shows cpupool-dom0-runs 'Domain-0 +0 +0 +0 ' xl vcpu-list
