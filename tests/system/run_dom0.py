#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian's kernel as dom0, with Debian's own toolstack in it, run through a script.

The script's steps print "dom0: ok NAME" or "dom0: FAILED NAME ..."; every one of them
must be ok. `--on xen` runs the same on Debian's Xen, to judge the script.
"""
# SUPPORT_TEST(pvh_dom0, "system/toolstack")
# SUPPORT_TEST(control_interface, "system/toolstack")
# SUPPORT_TEST(control_interface, "system/guests")
# SUPPORT_TEST(console_input, "system/observe")
# SUPPORT_TEST(hypfs, "system/toolstack")
# SUPPORT_TEST(performance_counters, "system/observe")
# SUPPORT_TEST(runtime_parameters, "system/toolstack")
# SUPPORT_TEST(tracing, "system/observe")
import argparse
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'harness'))
sys.path.insert(0, os.path.join(HERE, '..', 'linux'))
sys.path.insert(0, HERE)

import dom0_initramfs  # noqa: E402  pylint: disable=wrong-import-position
import emulator  # noqa: E402  pylint: disable=wrong-import-position
import run_linux  # noqa: E402  pylint: disable=wrong-import-position

REFUSE = r'Kernel panic|^\(HV\) (panic|error)|Xen BUG|Panic on CPU'
# CTRL-A three times: to the hypervisor, and back.
TYPED = {'hello': 'hello\n', 'keys': '\x01\x01\x01q\x01\x01\x01', 'again': 'again\n'}
ARGUMENTS = 'console=hvc0 panic=-1 quiet'


def read(name):
    """Bytes of a file beside this one."""
    with open(os.path.join(HERE, name), 'rb') as data:
        return data.read()


def argv_for(args, folder):
    """The emulator's argument vector."""
    with open(args.guest, 'rb') as kernel:
        extra = {'init': read('init.sh'), 'test.sh': read(args.script), 'guest': kernel.read()}
    for path in args.program:
        extra[os.path.basename(path)] = read(path)
    initrd = run_linux.write(folder, 'dom0.cpio', dom0_initramfs.archive(extra))
    modules = [(run_linux.newest_kernel(), ARGUMENTS), (initrd, '')]
    if args.on == 'xen':
        xen = emulator.xen_image(os.path.join(tempfile.gettempdir(), f'candor-xen-{os.getuid()}'))
        argv = emulator.xen_argv(xen, modules)
    else:
        options = f'dom0=pvh dom0_mem=768M dom0_max_vcpus={args.cpus} {args.options}'
        argv = emulator.candor_argv(args.image, modules, options.strip(), memory=1280)
    argv[argv.index('-smp') + 1] = str(args.cpus)
    return argv + args.machine.split()


def judge(machine):
    """Every step is ok; at least one is. What a script asks for is typed meanwhile."""
    while True:
        found, _ = machine.expect(r'dom0: (?:done|type (\w+))', REFUSE)
        if not found[1]:
            break
        machine.type(TYPED[found[1]])
    failed = [text for _, text in machine.lines if 'dom0: FAILED' in text]
    passed = [text for _, text in machine.lines if re.search('dom0: ok ', text)]
    for text in failed:
        print('  ' + text)
    if failed or not passed:
        raise machine.error(f'{len(failed)} steps failed, {len(passed)} passed')
    print(f'  {len(passed)} steps passed')


def main(argv):
    """run_dom0.py NAME --script SCRIPT.sh --guest ELF --image ELF"""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('name')
    parser.add_argument('--script', required=True)
    parser.add_argument('--guest', required=True, help='kernel the script gives its guests')
    parser.add_argument('--program', action='append', default=[],
                        help='one more, to be found in the root')
    parser.add_argument('--image', help='the hypervisor')
    parser.add_argument('--on', choices=['candor', 'xen'], default='candor')
    parser.add_argument('--cpus', type=int, default=1)
    parser.add_argument('--options', default='', help='more of the hypervisor\'s boot options')
    parser.add_argument('--machine', default='', help='more of the emulator\'s options')
    parser.add_argument('--timeout', type=float, default=300)
    parser.add_argument('--log-dir')
    args = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix='candor-dom0-') as folder:
        try:
            vector = argv_for(args, folder)
        except dom0_initramfs.Missing as error:
            raise emulator.EmulatorError(str(error)) from error
        with emulator.Machine(args.name, vector, args.timeout, args.log_dir,
                              subprocess.PIPE) as machine:
            judge(machine)
    return 0


if __name__ == '__main__':
    sys.exit(emulator.run_main(lambda: main(sys.argv[1:])))
