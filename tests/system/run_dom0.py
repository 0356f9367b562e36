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
# SUPPORT_TEST(control_interface, "system/linux-guests")
# SUPPORT_TEST(pvh_guest, "system/linux-guests")
# SUPPORT_TEST(pv_console, "system/linux-guests")
# SUPPORT_TEST(guest_smp, "system/linux-guests")
# SUPPORT_TEST(control_interface, "system/linux-reboot")
# SUPPORT_TEST(control_interface, "system/life-edges")
# SUPPORT_TEST(control_interface, "system/manage")
# SUPPORT_TEST(ballooning, "system/manage")
# SUPPORT_TEST(cpupools, "system/manage")
# SUPPORT_TEST(sched_rtds, "system/manage")
# SUPPORT_TEST(save_restore, "system/save-restore")
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

import bzimage  # noqa: E402  pylint: disable=wrong-import-position
import dom0_initramfs  # noqa: E402  pylint: disable=wrong-import-position
import emulator  # noqa: E402  pylint: disable=wrong-import-position
import initramfs  # noqa: E402  pylint: disable=wrong-import-position
import run_linux  # noqa: E402  pylint: disable=wrong-import-position

REFUSE = r'Kernel panic|^\(HV\) (panic|error)|Xen BUG|Panic on CPU'
# CTRL-A three times: to the hypervisor, and back.
TYPED = {'hello': 'hello\n', 'keys': '\x01\x01\x01q\x01\x01\x01', 'again': 'again\n'}
ARGUMENTS = 'console=hvc0 panic=-1 quiet'


def read(name):
    """Bytes of a file beside this one."""
    with open(os.path.join(HERE, name), 'rb') as data:
        return data.read()


def linux_guest():
    """What a Linux guest is made from, in the dom0's root: Debian's kernel as packaged and
    unpacked, an initramfs that knows how to power off and reboot when xl asks the kernel to."""
    kernel = run_linux.read(run_linux.newest_kernel())
    return {'vmlinuz': kernel, 'vmlinux': bzimage.extract_vmlinux(kernel),
            'initrd': initramfs.archive(read('guest_init.sh'), {
                'sbin/poweroff': b'#!/bin/busybox sh\nexec /bin/busybox poweroff -f\n',
                'sbin/reboot': b'#!/bin/busybox sh\nexec /bin/busybox reboot -f\n'})}


def argv_for(args, folder):
    """The emulator's argument vector."""
    with open(args.guest, 'rb') as kernel:
        extra = {'init': read('init.sh'), 'test.sh': read(args.script), 'guest': kernel.read()}
    if args.linux:
        extra['test.sh'] = read('linux.sh') + extra['test.sh']
        extra.update(linux_guest())
    if args.ticker:
        extra['ticker'] = run_linux.read(args.ticker)
    for path in args.program:
        extra[os.path.basename(path)] = read(path)
    initrd = run_linux.write(folder, 'dom0.cpio', dom0_initramfs.archive(extra))
    kernel = run_linux.newest_kernel()
    if args.linux:  # there as an ELF already, which takes the hypervisor less time to load
        kernel = run_linux.write(folder, 'vmlinux', extra['vmlinux'])
    modules = [(kernel, ARGUMENTS), (initrd, '')]
    if args.on == 'xen':
        xen = emulator.xen_image(os.path.join(tempfile.gettempdir(), f'candor-xen-{os.getuid()}'))
        argv = emulator.xen_argv(xen, modules)
    else:
        options = (f'dom0=pvh dom0_mem=768M dom0_max_vcpus={args.dom0_cpus or args.cpus} '
                   f'{args.options}')
        argv = emulator.candor_argv(args.image, modules, options.strip(), memory=args.memory)
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
    parser.add_argument('--dom0-cpus', type=int, help='as many as the machine has, if not given')
    parser.add_argument('--options', default='', help='more of the hypervisor\'s boot options')
    parser.add_argument('--linux', action='store_true', help='Debian\'s kernel for guests, too')
    parser.add_argument('--ticker', help='kernel of the guest that ticks')
    parser.add_argument('--memory', type=int, default=1280, help='MiB of the machine')
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
