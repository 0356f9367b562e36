# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# What xl and its like ask about a host and change on it. Run by the dom0's init.
shows info 'xen_version *: 4\.17' xl info
shows info-numa 'node:' xl info -n
shows list 'Domain-0 +0 ' xl list
shows list-long '"domid": 0' xl list -l
shows vcpu-list 'Domain-0 +0 +0 ' xl vcpu-list
shows dmesg 'Candor|Xen version' xl dmesg
step debug-keys xl debug-keys h
shows debug-keys-printed "key 'q'|'q'|dump domain" xl dmesg
shows sched-credit2 'Domain-0 +0 +256' xl sched-credit2
step sched-credit2-weight xl sched-credit2 -d 0 -w 300
shows sched-credit2-new 'Domain-0 +0 +300' xl sched-credit2
shows cpupool-list 'Pool-0' xl cpupool-list
shows claims 'Domain-0' xl claims
step vcpu-pin xl vcpu-pin 0 0 0
shows vcpu-pinned 'Domain-0 +0 +0 +0 .* 0 /' xl vcpu-list
step vcpu-unpin xl vcpu-pin 0 0 all
shows hypfs-tree 'params/' xenhypfs tree
shows hypfs-params 'gnttab_max_frames' xenhypfs ls /params
step set-parameters xl set-parameters gnttab_max_frames=48
shows set-parameters-read '48' xenhypfs cat /params/gnttab_max_frames
