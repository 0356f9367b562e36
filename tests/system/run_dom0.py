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
# SUPPORT_TEST(hypfs, "system/toolstack")
# SUPPORT_TEST(runtime_parameters, "system/toolstack")
import argparse
import os
import re
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
ARGUMENTS = 'console=hvc0 panic=-1 quiet'


def read(name):
    """Bytes of a file beside this one."""
    with open(os.path.join(HERE, name), 'rb') as data:
        return data.read()


def argv_for(args, folder):
    """The emulator's argument vector."""
    with open(args.guest, 'rb') as kernel:
        extra = {'init': read('init.sh'), 'test.sh': read(args.script), 'guest': kernel.read()}
    initrd = run_linux.write(folder, 'dom0.cpio', dom0_initramfs.archive(extra))
    modules = [(run_linux.newest_kernel(), ARGUMENTS), (initrd, '')]
    if args.on == 'xen':
        xen = emulator.xen_image(os.path.join(tempfile.gettempdir(), f'candor-xen-{os.getuid()}'))
        argv = emulator.xen_argv(xen, modules)
    else:
        options = f'dom0=pvh dom0_mem=768M dom0_max_vcpus={args.cpus} {args.options}'.strip()
        options = emulator.with_opt_ins(options, args.opt_in)
        argv = emulator.candor_argv(args.image, modules, options, memory=1280)
    argv[argv.index('-smp') + 1] = str(args.cpus)
    return argv + args.machine.split()


def judge(machine):
    """Every step is ok; at least one is."""
    machine.expect('dom0: done', REFUSE)
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
    parser.add_argument('--image', help='the hypervisor')
    parser.add_argument('--on', choices=['candor', 'xen'], default='candor')
    parser.add_argument('--cpus', type=int, default=1)
    parser.add_argument('--options', default='', help='more of the hypervisor\'s boot options')
    parser.add_argument('--opt-in', action='append', default=[], metavar='ID',
                        help='feature to opt into, if it waits for that; or ID,ID')
    parser.add_argument('--machine', default='', help='more of the emulator\'s arguments')
    parser.add_argument('--timeout', type=float, default=300)
    parser.add_argument('--log-dir')
    args = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix='candor-dom0-') as folder:
        try:
            vector = argv_for(args, folder)
        except dom0_initramfs.Missing as error:
            raise emulator.EmulatorError(str(error)) from error
        with emulator.Machine(args.name, vector, args.timeout, args.log_dir) as machine:
            judge(machine)
    return 0


if __name__ == '__main__':
    sys.exit(emulator.run_main(lambda: main(sys.argv[1:])))
