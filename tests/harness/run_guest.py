#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Run one test guest and judge it: its own verdict, then how the domain ended.

Three judges: `candor` (an image of ours), `xen` (Debian's packaged Xen with
the guest as its PVH dom0, which tells whether the test itself is right) and
`bare` (QEMU's PVH loader, for tests that need no hypervisor).
"""
# SUPPORT_TEST(limit_pcpus, "guest/limit-pcpus")
# SUPPORT_TEST(limit_host_memory, "guest/limit-host-memory")
import argparse
import os
import sys
import tempfile

import emulator

REFUSE = r'^\(HV\) panic|Xen BUG|Panic on CPU'


def arguments():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('test', help="the kernel's name, for messages")
    parser.add_argument('--on', choices=['candor', 'xen', 'bare'], default='candor')
    parser.add_argument('--name', required=True, help='test name, tier/name')
    parser.add_argument('--image', help="Candor's image")
    parser.add_argument('--kernel', required=True)
    parser.add_argument('--initrd', action='append', default=[])
    parser.add_argument('--cmdline', default='', help="the guest's command line")
    parser.add_argument('--options', default='dom0_mem=128M', help="the hypervisor's boot options")
    parser.add_argument('--opt-in', action='append', default=[], metavar='ID',
                        help='feature to opt into, if it waits for that; or ID,ID')
    parser.add_argument('--cpu', default=emulator.CANDOR_CPU)
    parser.add_argument('--memory', type=int, default=512, help='MiB')
    parser.add_argument('--machine', default='', help='more of the emulator\'s arguments')
    parser.add_argument('--expect', action='append', default=[],
                        help='patterns that must come, in order; default: guest: PASS')
    parser.add_argument('--count', action='append', default=[], metavar='PATTERN=N',
                        help='how many console lines must match')
    parser.add_argument('--max-output', type=int, default=0, help='console bytes at most')
    parser.add_argument('--end', default='poweroff', help='how the domain ends')
    parser.add_argument('--timeout', type=float, default=60)
    parser.add_argument('--log-dir', default=emulator.default_log_dir())
    return parser.parse_args()


def command(args):
    """The emulator's argument vector."""
    modules = [(args.kernel, args.cmdline)] + [(path, '') for path in args.initrd]
    if args.on == 'candor':
        if not args.image:
            raise emulator.EmulatorError('--on candor needs --image')
        options = emulator.with_opt_ins(args.options, args.opt_in)
        argv = emulator.candor_argv(args.image, modules, options, args.cpu, args.memory)
        return argv + args.machine.split()
    if args.on == 'xen':
        cache = os.path.join(tempfile.gettempdir(), f'candor-xen-{os.getuid()}')
        modules[0] = (args.kernel, (args.cmdline + ' peer=xen').strip())
        return emulator.xen_argv(emulator.xen_image(cache), modules, args.options)
    return emulator.bare_argv(args.kernel, args.cmdline)


def judge(machine, args):
    """Wait for the patterns, then for the end the test names."""
    for pattern in args.expect:
        machine.expect(pattern, refuse=REFUSE)
    if not args.expect:
        verdict, _ = machine.expect(r'guest: (PASS|FAIL)', refuse=REFUSE)
        if verdict[1] == 'FAIL':
            raise machine.error('the guest says FAIL:\n' + '\n'.join(
                text for _, text in machine.lines if text.startswith('not ok ')))
    if args.on == 'candor':
        if args.end in ('panic', 'boot-error'):
            machine.expect(r'^\(HV\) (panic|error): ')
        else:
            machine.expect(rf'^\(HV\) domain \d+ shut down: {args.end}\b')
        machine.expect_status(emulator.STATUS[args.end])
    elif args.on == 'xen':
        machine.expect({'poweroff': r'Hardware Dom0 halted', 'crash': r'Hardware Dom0 crashed',
                        'reboot': r'Hardware Dom0 shutdown: reboot'}
                       .get(args.end, r'Hardware Dom0 shutdown'))


def judge_output(machine, args):
    """What the console must hold by the end."""
    for rule in args.count:
        pattern, _, number = rule.rpartition('=')
        got = machine.count(pattern)
        if got != int(number):
            raise machine.error(f'{got} lines match /{pattern}/, expected {number}')
    total = sum(len(text) for _, text in machine.lines)
    if args.max_output and total > args.max_output:
        raise machine.error(f'printed {total} bytes, at most {args.max_output} are right')


def main():
    """One guest, one verdict."""
    args = arguments()
    with emulator.Machine(args.name, command(args), args.timeout, args.log_dir) as machine:
        judge(machine, args)
        judge_output(machine, args)
        print(f'{args.name}: {machine.count(r"^ok ")} checks passed, '
              f'{machine.count(r"^skip ")} skipped; ended by {args.end}')


if __name__ == '__main__':
    sys.exit(emulator.run_main(main))
