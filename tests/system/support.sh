# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# Our own xl beside Debian's, and `candor host`, both asking the running hypervisor. Run by
# the dom0's init.
mkdir -p /known/support
cp /SUPPORT.md /known
cp /features.yaml /known/support
shows support-policy '^policy *: lab$' /xl support
shows support-state '^pvh_dom0 +(on|opted-in) ' /xl support --tree /known
shows support-level '^evtchn_2l +on .* Supported +yes +-' /xl support --tree /known
shows support-taint '^gnttab_v2 +(on|opt-in|opted-in) .* Tech Preview +no +P' /xl support --tree /known
shows support-all '^altp2m +off ' /xl support -a
shows support-unknown 'knows no such feature' /xl support no_such_feature
# All that does not change from one moment to the next is the same, line by line.
/xl info | grep -v '^free_memory' >/run/ours
xl info | grep -v '^free_memory' >/run/debian
step info-is-unchanged cmp /run/ours /run/debian
shows info-is-there 'xen_version *: 4\.17' cat /run/ours
shows list-is-passed-on 'Domain-0 +0 ' /xl list
shows wrong-is-passed-on 'not implemented' /xl no-such-command
shows help-has-both '^ support ' /xl help
/candor host status --tree /known --json >/run/status.json
shows host-asks-the-hypervisor '"policy": "lab"' cat /run/status.json
shows host-knows-states '"state": "off"' cat /run/status.json
shows host-refuses-what-is-off 'altp2m is off: left out by the profile lab' \
	/candor host enable altp2m --why x --by test
shows host-suggests "did you mean 'umip'" /candor host enable umpi --why x --by test
shows host-metrics 'candor_state_known 1' /candor host prometheus --out -
shows fleet '1 hosts' /candor fleet report /run/status.json
