#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Boot Debian's unmodified kernel as a PVH guest and judge what it says.

`boot` starts it on Candor (or, to judge the test, on Debian's Xen as the PVH
dom0) from the kernel image as packaged or the ELF inside it, directly or by an
ISO's GRUB, and holds what userspace prints, how time goes and how the domain
ends against what is right. `bad` gives Candor something it cannot start: one
error line must name cause and remedy, and the emulator end with the status
for it.
"""
# SUPPORT_TEST(pvh_bzimage, "linux/boot")
# SUPPORT_TEST(pvh_bzimage, "linux/bad-truncated")
# SUPPORT_TEST(pvh_guest, "linux/boot")
# SUPPORT_TEST(pvh_guest, "linux/vmlinux")
# SUPPORT_TEST(pvh_guest, "linux/bad-no-note")
# SUPPORT_TEST(host_boot_multiboot2, "linux/iso-multiboot2")
# SUPPORT_TEST(host_boot_multiboot1, "linux/iso-multiboot1")
# SUPPORT_TEST(host_boot_multiboot1, "linux/boot")
# SUPPORT_TEST(pv_clock, "linux/time")
# SUPPORT_TEST(pv_console, "linux/boot")
# SUPPORT_TEST(console_io, "linux/early")
# SUPPORT_TEST(evtchn_2l, "linux/evtchn-2l")
# SUPPORT_TEST(evtchn_fifo, "linux/boot")
# SUPPORT_TEST(vlapic_x2apic, "linux/boot")
# SUPPORT_TEST(vlapic, "linux/nox2apic")
# SUPPORT_TEST(x86_svm, "linux/bad-no-svm")
# SUPPORT_TEST(x86_svm, "linux/bad-no-npt")
# SUPPORT_TEST(debug_exit, "linux/reboot")
# SUPPORT_TEST(host_smp, "linux/smp-2")
# SUPPORT_TEST(guest_smp, "linux/smp-2")
# SUPPORT_TEST(guest_smp, "linux/hotplug")
import argparse
import glob
import itertools
import os
import re
import statistics
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'harness'))

import bzimage  # noqa: E402  pylint: disable=wrong-import-position
import emulator  # noqa: E402  pylint: disable=wrong-import-position
import initramfs  # noqa: E402  pylint: disable=wrong-import-position
import iso  # noqa: E402  pylint: disable=wrong-import-position

REFUSE = r'Kernel panic|^\(HV\) (panic|error)|Xen BUG|Panic on CPU|Unable to handle kernel'
RATE_TOLERANCE = 0.02
# sha256 of the first 4 MiB of "candor\n" over and over
SMP_SHA256 = 'c039c00b6cc1819d20cadb23e489b156da097c3b72051da1ef614734add1c4e3'
CLOCK_TOLERANCE = 30  # seconds from the first to the last CPU's reading, each in order
EPOCH_TOLERANCE = 5

# What cannot start: (what the error line must name, emulator's changes).
BAD = {
    'no-module': r'module',
    'no-note': r'(?i)note|PVH',
    'truncated': r'(?i)truncat|payload|xz|bzImage',
    'garbage': r'(?i)ELF|bzImage|kernel',
    'tiny-guest': r'(?i)memory|dom0_mem|MiB',
    'tiny-host': r'(?i)memory|MiB',
    'no-svm': r'(?i)svm',
    'no-npt': r'(?i)nested pag|NPT',
}


def newest_kernel():
    """The newest installed Debian kernel image."""
    found = sorted(glob.glob('/boot/vmlinuz-*-amd64'))
    if not found:
        raise emulator.EmulatorError('no /boot/vmlinuz-*-amd64: apt-get install linux-image-amd64')
    return found[-1]


def read(path):
    """A file's bytes."""
    with open(path, 'rb') as data:
        return data.read()


def write(folder, name, data):
    """Write bytes to a file in `folder`; its path."""
    path = os.path.join(folder, name)
    with open(path, 'wb') as out:
        out.write(data)
    return path


def make_initrd(folder):
    """The test guest's initramfs; its path."""
    return write(folder, 'initrd', initramfs.archive(read(os.path.join(HERE, 'init.sh'))))


def kernel_for(args, folder):
    """The kernel to boot: as packaged, or the ELF in it."""
    kernel = newest_kernel()
    if args.vmlinux:
        kernel = write(folder, 'vmlinux', bzimage.extract_vmlinux(read(kernel)))
    return kernel


def argv_for(args, folder):
    """The emulator's argument vector for a boot."""
    modules = [(kernel_for(args, folder),
                f'console=hvc0 panic=-1 {args.append} linux.mode={args.mode}'),
               (make_initrd(folder), '')]
    if args.on == 'xen':
        xen = emulator.xen_image(os.path.join(tempfile.gettempdir(), f'candor-xen-{os.getuid()}'))
        return emulator.xen_argv(xen, modules)
    if args.cpus > 1:
        args.options += f' dom0_max_vcpus={args.cpus}'
    if args.via == 'kernel':
        return emulator.candor_argv(args.image, modules, args.options, args.cpu,
                                    args.memory) + args.machine.split()
    path = os.path.join(folder, 'boot.iso')
    iso.make(path, args.image, modules, args.via, f'console=com1 exit=qemu {args.options}'.strip())
    return emulator.iso_argv(path, args.cpu, args.memory)


def slope(points):
    """Median of the slopes between all pairs: a late line or two do not matter."""
    return statistics.median((y2 - y1) / (x2 - x1)
                             for (x1, y1), (x2, y2) in itertools.combinations(points, 2)
                             if x2 - x1 > 1.0)


def judge_time(machine):
    """Guest seconds go by as the emulator's do, and timer interrupts made them."""
    marks = []
    for at, text in machine.lines:
        found = re.search(r'linux: mark \d+ ([0-9.]+)', text)
        if found:
            marks.append((at, float(found[1])))
    if len(marks) < 20 or marks[-1][1] - marks[0][1] < 5:
        raise machine.error(f'{len(marks)} marks do not span five guest seconds')
    rate = slope(marks)
    print(f'  time: {marks[-1][1] - marks[0][1]:.2f} guest seconds at {rate:.4f} of the host\'s rate')
    if abs(rate - 1) > RATE_TOLERANCE:
        raise machine.error(f'time goes at {rate:.4f} of the right rate')
    if not machine.count(r'linux: interrupts .*timer0'):
        raise machine.error('no interrupts of the PV timer are counted')


def judge_smp(machine, cpus):
    """Each CPU computed the right sum, all at once, and their clocks go in order."""
    machine_cpus = machine.count(rf'linux: cpus {cpus}$')
    if machine_cpus != 1:
        raise machine.error(f'the guest does not have {cpus} CPUs')
    for cpu in range(cpus):
        if machine.count(rf'linux: cpu {cpu} sha256 {SMP_SHA256}$') != 1:
            raise machine.error(f'CPU {cpu} did not compute the right sum')
    clocks = [float(found[1]) for _, text in machine.lines
              if (found := re.search(r'linux: clock \d+ ([0-9.]+)', text))]
    if len(clocks) != cpus or clocks != sorted(clocks) or \
       clocks[-1] - clocks[0] > CLOCK_TOLERANCE:
        raise machine.error(f'the clocks of the CPUs do not go in order: {clocks}')


def judge_hotplug(machine):
    """The CPU was back each time."""
    if machine.count(r'linux: hotplug \d 0-1$') != 5:
        raise machine.error('CPU 1 did not go away and come back five times')


def judge_epoch(machine, tolerance):
    """The guest's wallclock is the machine's."""
    found, at = machine.expect(r'linux: epoch (\d+)', REFUSE)
    off = int(found[1]) - (time.time() - (time.monotonic() - at))
    if abs(off) > tolerance:
        raise machine.error(f'the guest\'s wallclock is off by {off:.0f} s')


def judge_end(machine, args):
    """The domain ends as asked, the hypervisor says so and the emulator too."""
    if args.on == 'xen':
        machine.expect('reboot: Power down')
        machine.expect_status(0)  # the hardware domain switches the machine off itself
        return
    machine.expect(rf'^\(HV\) domain \d+ shut down: {args.end}\b', r'^\(HV\) panic')
    machine.expect_status(emulator.STATUS[args.end])


def boot(args):
    """Boot, judge, report the time to userspace."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix='candor-linux-') as folder:
        argv = argv_for(args, folder)
        with emulator.Machine(args.name, argv, args.timeout, args.log_dir) as machine:
            began = time.monotonic()
            if args.expect:
                machine.expect(args.expect, REFUSE)
            _, userspace = machine.expect('linux: userspace', REFUSE)
            machine.expect('linux: hypervisor xen', REFUSE)
            machine.expect('linux: guest_type PVH', REFUSE)
            # Before it has a timer Linux counts no time, and several CPUs boot slower.
            judge_epoch(machine, EPOCH_TOLERANCE * (1 if args.cpus == 1 else 12))
            machine.expect('linux: done', REFUSE)
            if args.mode == 'time':
                judge_time(machine)
            if args.mode == 'smp':
                judge_smp(machine, args.cpus)
            if args.mode == 'hotplug':
                judge_hotplug(machine)
            judge_end(machine, args)
    print(f'{args.name}: userspace after {userspace - began:.1f} s, ended by {args.end} '
          f'after {time.monotonic() - started:.1f} s')


def bad_argv(args, folder):
    """The emulator's argument vector for a case that cannot start."""
    kernel = newest_kernel()
    initrd = make_initrd(folder)
    options, cpu, memory = args.options, args.cpu, args.memory
    if args.case == 'no-note':
        elf = bzimage.without_pvh_note(bzimage.extract_vmlinux(read(kernel)))
        kernel = write(folder, 'vmlinux', elf)
    elif args.case == 'truncated':
        kernel = write(folder, 'vmlinuz', read(kernel)[:1 << 20])
    elif args.case == 'garbage':
        kernel = write(folder, 'vmlinuz', b'this is no kernel\n' * 1000)
    elif args.case == 'tiny-guest':
        options = (options + ' dom0_mem=24M').strip()
    elif args.case == 'tiny-host':
        memory = 64
    elif args.case == 'no-svm':
        cpu = 'max,-svm'
    elif args.case == 'no-npt':
        cpu = 'max,+svm,-npt'
    modules = [] if args.case == 'no-module' else [(kernel, 'console=hvc0'), (initrd, '')]
    return emulator.candor_argv(args.image, modules, options, cpu, memory)


def bad(args):
    """One error line with cause and remedy, then the defined end."""
    with tempfile.TemporaryDirectory(prefix='candor-linux-') as folder:
        with emulator.Machine(args.name, bad_argv(args, folder), args.timeout,
                              args.log_dir) as machine:
            line, _ = machine.expect(r'^\(HV\) error: (.+); (.+)', r'^\(HV\) panic')
            machine.expect_status(emulator.STATUS['boot-error'])
            if not re.search(BAD[args.case], line[1]):
                raise machine.error(f'{line[0]!r} does not name the cause (/{BAD[args.case]}/)')
            if machine.count(r'^\(HV\) (error|panic)') != 1:
                raise machine.error('more than one error line')
    print(f'{args.name}: {line[0]}')


def arguments():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--name', required=True)
    parser.add_argument('--image', help="Candor's image")
    parser.add_argument('--options', default='')
    parser.add_argument('--opt-in', action='append', default=[], metavar='ID',
                        help='feature to opt into, if it waits for that; or ID,ID')
    parser.add_argument('--cpu', default=emulator.CANDOR_CPU)
    parser.add_argument('--memory', type=int, default=512, help='MiB')
    parser.add_argument('--timeout', type=float, default=240)
    parser.add_argument('--log-dir', default=emulator.default_log_dir())
    commands = parser.add_subparsers(dest='command', required=True)
    one = commands.add_parser('boot')
    one.add_argument('--on', choices=['candor', 'xen'], default='candor')
    one.add_argument('--via', choices=['kernel', 'multiboot1', 'multiboot2'], default='kernel')
    one.add_argument('--vmlinux', action='store_true', help='the ELF, not the bzImage')
    one.add_argument('--append', default='', help='more words for the kernel')
    one.add_argument('--mode', default='none')
    one.add_argument('--expect', help='a line that must come before userspace')
    one.add_argument('--cpus', type=int, default=1, help="the guest's")
    one.add_argument('--machine', default='', help="more of the emulator's arguments")
    one.add_argument('--end', default='poweroff')
    one = commands.add_parser('bad')
    one.add_argument('case', choices=sorted(BAD))
    return parser.parse_args()


def main():
    """One boot, one verdict."""
    args = arguments()
    args.options = emulator.with_opt_ins(args.options, args.opt_in)
    try:
        (boot if args.command == 'boot' else bad)(args)
    except (bzimage.ImageError, iso.IsoError, OSError) as error:
        raise emulator.EmulatorError(f'{args.name}: {error}') from None


if __name__ == '__main__':
    sys.exit(emulator.run_main(main))
