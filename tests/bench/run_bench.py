#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Compare Candor with Debian's Xen in one emulator: the same guest on both.

Counts instructions of single operations (the emulator's clock goes by
instructions, the loop's own cost is taken off), of going from one vCPU or domain to
another, of making domains, those of the boot to the first guest (in QEMU from the hypervisor's
first line, in Bochs from its first instruction) and to Linux userspace, the loaded image's size and
the memory the hypervisor keeps. Prints a table with ratios, Candor / Xen, the worst first, that is
the furthest above what it aims at or the least below, and what the defences against speculation
cost; --json writes the figures. Exit status 1 if a run fails, never for a ratio.
"""
import argparse
import json
import os
import re
import struct
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, '..', 'harness'), os.path.join(HERE, '..', 'linux')]

import bochs  # noqa: E402  pylint: disable=wrong-import-position
import emulator  # noqa: E402  pylint: disable=wrong-import-position
import iso  # noqa: E402  pylint: disable=wrong-import-position
import qmp  # noqa: E402  pylint: disable=wrong-import-position
import run_linux  # noqa: E402  pylint: disable=wrong-import-position

QEMU_CPU = 'EPYC,-rdtscp,-monitor'
# What a ratio is to be at most: an operation's in each emulator, and what has another aim.
AIMS = {'qemu': 0.15, 'bochs': 0.5}
OTHER_AIMS = {'domain_create_8M': 0.333, 'domain_destroy_8M': 0.333, 'frames_per_guest_8M': 0.5,
              'frames_per_further_vcpu': 0.5, 'memory kept': 0.5}
DOMAINS_OPTIONS = 'dom0_max_vcpus=2'
CANDOR_DOMAINS = f'opt-in=control_interface,pvh_dom0 dom0=pvh dom0_mem=256M {DOMAINS_OPTIONS}'
XEN_OPTIONS = 'console=com1 com1=115200 noreboot dom0=pvh dom0-iommu=none dom0_mem=256M,max:256M'


def xen_image(folder):
    """Debian's Xen, unpacked into `folder`; its path."""
    return emulator.xen_image(folder)


def parse(lines):
    """Figures of the bench guest: operation -> ticks, the empty loop taken off."""
    figures = {}
    for text in lines:
        found = re.search(r'bench: (\w+) ([0-9.]+)', text)
        if found:
            figures[found[1]] = float(found[2])
    if 'evtchn_alloc_close' not in figures:
        raise emulator.EmulatorError('the bench guest did not print all its figures')
    empty = figures.pop('empty')
    return {name: value if name == 'kept_kib' else round(value - empty, 1)
            for name, value in figures.items()}


def parse_domains(text):
    """Figures of the guest of operations between domains: what -> ticks or frames."""
    figures = dict(re.findall(r'bench: (\w+) ([0-9.]+)', text))
    if 'over' not in figures:
        raise emulator.EmulatorError('the guest did not print all its figures')
    del figures['over']
    return {name: float(value) for name, value in figures.items()}


def operations_qemu(args, peer, folder, options=''):
    """Operations on QEMU's SVM, which does not give the next instruction."""
    modules = [(args.kernel, '')]
    if peer == 'xen':
        argv = emulator.xen_argv(xen_image(folder), modules, icount=True)
    else:
        argv = emulator.candor_argv(args.image, modules, options, cpu=QEMU_CPU, memory=2048,
                                    icount=True)
    with emulator.Machine(f'bench/qemu-{peer}', argv, args.timeout, args.log_dir) as machine:
        machine.expect('guest: PASS', 'guest: FAIL|Panic|^.HV. panic')
        return parse(text for _, text in machine.lines)


def between(args, peer, folder, options=''):
    """Operations between vCPUs and domains, on QEMU's SVM with one CPU; and the boot to them."""
    modules = [(args.domains, ''), (args.domains, '')]
    if peer == 'xen':
        argv = emulator.xen_argv(xen_image(folder), modules, DOMAINS_OPTIONS, icount=True)
    else:
        argv = emulator.candor_argv(args.image, modules, f'{CANDOR_DOMAINS} {options}',
                                    cpu=QEMU_CPU, memory=2048, icount=True)
    socket = os.path.join(folder, f'{peer}-domains.qmp')
    argv += ['-qmp', f'unix:{socket},server=on,wait=off']
    with emulator.Machine(f'bench/domains-{peer}', argv, args.timeout, args.log_dir) as machine:
        with qmp.Clock(socket) as clock:
            machine.expect(r'^\(XEN\)|^\(HV\)')
            start = clock.read()
            machine.expect('guest: bench-domains', 'Panic|^.HV. panic')
            booted = clock.read() - start
        machine.expect('guest: PASS', 'guest: FAIL|Panic|^.HV. panic')
        figures = parse_domains('\n'.join(text for _, text in machine.lines))
    return {**figures, 'boot_to_first_guest': round(booted * 1e9)}


def spec_cost(args, folder):
    """Instructions with each defence against speculation that costs any here, and without all."""
    table = {}
    for title, options in (('without', 'spec-ctrl=no'), ('retpolines', 'spec-ctrl=no,bti-thunk=retpoline'),
                           ('rsb', 'spec-ctrl=no,rsb'), ('ibpb', 'spec-ctrl=no,ibpb'),
                           ('default', '')):
        plain = operations_qemu(args, 'candor', folder, options)
        table[title] = {'exit (cpuid)': plain['cpuid'], 'hypercall': plain['xen_version'],
                        'switch': between(args, 'candor', folder, options)['yield_there_and_back']}
    return table


def run_bochs(args, peer, folder, kind, modules, options):
    """Run a guest to its verdict on Bochs' AMD model; the console, and what the debugger said."""
    image = xen_image(folder) if peer == 'xen' else args.image
    path = os.path.join(folder, f'{peer}-{kind}.iso')
    iso.make(path, image, modules, 'multiboot1', options[peer])
    work = os.path.join(folder, f'bochs-{peer}-{kind}')
    os.makedirs(work)
    argv, serial = bochs.prepare(work, path, ignore_bad_msrs=peer == 'xen',
                                 stops=[entry_point(image)])
    log = os.path.join(args.log_dir, f'bench-bochs-{peer}-{kind}.log')
    deadline = time.monotonic() + args.timeout
    with open(log, 'wb') as out:
        process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=out,
                                   stderr=subprocess.STDOUT, start_new_session=True)
    try:
        while True:
            with open(serial, encoding='utf-8', errors='replace') as console:
                text = console.read()
            if 'guest: PASS' in text:
                with open(log, encoding='utf-8', errors='replace') as said:
                    return text, said.read()
            if re.search('guest: FAIL|[Pp]anic', text) or process.poll() is not None or \
               time.monotonic() > deadline:
                tail = '\n'.join('    ' + line for line in text.splitlines()[-15:])
                raise emulator.EmulatorError(f'bench/bochs-{peer}-{kind}: no verdict after '
                                             f'{args.timeout:.0f} s; last lines:\n{tail}\n'
                                             f'  log: {log}')
            time.sleep(0.5)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, 9)
        process.wait()


def operations_bochs(args, peer, folder):
    """Operations on Bochs' AMD model, which gives the next instruction."""
    text, _ = run_bochs(args, peer, folder, 'guest', [(args.kernel, '')],
                        {'xen': XEN_OPTIONS, 'candor': 'console=com1'})
    return parse(text.splitlines())


def between_bochs(args, peer, folder):
    """Operations between vCPUs and domains there; and the boot, from entry point to guest."""
    text, said = run_bochs(args, peer, folder, 'domains', [(args.domains, ''), (args.domains, '')],
                           {'xen': f'{XEN_OPTIONS} {DOMAINS_OPTIONS}',
                            'candor': f'console=com1 {CANDOR_DOMAINS}'})
    figures = parse_domains(text)
    times = [int(ticks) for ticks in re.findall(r'ptime: ([0-9]+)', said)]
    if len(times) < 2:
        raise emulator.EmulatorError(f'bench/bochs-{peer}: {len(times)} stops, 2 expected')
    return {**figures, 'boot_to_first_guest': times[1] - times[0]}


def boot_seconds(args, peer, folder):
    """Emulated seconds, 10^9 instructions each, from first line to Linux userspace."""
    kernel, initrd = run_linux.newest_kernel(), run_linux.make_initrd(folder)
    modules = [(kernel, 'console=hvc0 panic=-1'), (initrd, '')]
    if peer == 'xen':
        argv = emulator.xen_argv(xen_image(folder), modules, icount=True)
    else:
        argv = emulator.candor_argv(args.image, modules, 'dom0_mem=512M', QEMU_CPU, 2048,
                                    icount=True)
    socket = os.path.join(folder, f'{peer}.qmp')
    argv += ['-qmp', f'unix:{socket},server=on,wait=off']
    with emulator.Machine(f'bench/boot-{peer}', argv, args.timeout, args.log_dir) as machine:
        with qmp.Clock(socket) as clock:
            machine.expect(r'^\(XEN\)|^\(HV\)')
            start = clock.read()
            machine.expect('linux: userspace', run_linux.REFUSE)
            return clock.read() - start


def entry_point(path):
    """Where an ELF is entered."""
    with open(path, 'rb') as data:
        header = data.read(64)
    return struct.unpack_from('<Q' if header[4] == 2 else '<I', header, 24)[0]


def loaded_size(path):
    """(bytes in the file, bytes in memory) of an ELF's loaded segments."""
    with open(path, 'rb') as data:
        elf = data.read()
    wide = elf[4] == 2
    phoff, = struct.unpack_from('<Q' if wide else '<I', elf, 32 if wide else 28)
    size, number = struct.unpack_from('<HH', elf, 54 if wide else 42)
    in_file = in_memory = 0
    for at in range(phoff, phoff + size * number, size):
        if struct.unpack_from('<I', elf, at)[0] == 1:
            filesz, memsz = struct.unpack_from('<QQ' if wide else '<II', elf,
                                               at + (32 if wide else 16))
            in_file += filesz
            in_memory += memsz
    return in_file, in_memory


def candor_kept(log_dir):
    """KiB Candor says it keeps, from the log of its run."""
    path = os.path.join(log_dir, 'bench-qemu-candor.log')
    with open(path, encoding='utf-8', errors='replace') as log:
        found = re.search(r'\(HV\) memory: .*hypervisor (\d+) KiB', log.read())
    return float(found[1]) if found else None


def collect(args, folder):
    """All figures: name -> {'xen': number, 'candor': number, 'unit': text}."""
    figures = {}

    def add(name, unit, peer, value):
        figures.setdefault(name, {'unit': unit})[peer] = value

    in_bochs = args.emulator == 'bochs'
    measure = operations_bochs if in_bochs else operations_qemu
    for peer in ('xen', 'candor'):
        for name, value in measure(args, peer, folder).items():
            if name != 'kept_kib':
                add(name, 'instructions', peer, value)
            elif not in_bochs:
                add('memory kept', 'KiB', peer, value)
        for name, value in (between_bochs if in_bochs else between)(
                args, peer, folder).items() if args.domains else ():
            add(name, 'frames' if name.startswith('frames_') else 'instructions', peer, value)
    if not in_bochs:
        add('memory kept', 'KiB', 'candor', candor_kept(args.log_dir))
        for peer in ('xen', 'candor'):
            if args.boot:
                add('boot to userspace', '10^9 instructions', peer,
                    round(boot_seconds(args, peer, folder), 2))
            in_file, in_memory = loaded_size(xen_image(folder) if peer == 'xen' else args.image)
            add('image, loaded from file', 'bytes', peer, in_file)
            add('image, in memory', 'bytes', peer, in_memory)
    for name, row in figures.items():
        if row.get('xen') and row.get('candor') is not None:
            row['ratio'] = round(row['candor'] / row['xen'], 3)
        if name in OTHER_AIMS or row['unit'] == 'instructions':
            row['aim'] = OTHER_AIMS.get(name, AIMS[args.emulator])
    return figures


def badness(row):
    """How far a figure is from its aim, or from being equal if it has none."""
    return row['ratio'] / row.get('aim', 1) if 'ratio' in row else 99


def show(figures, title):
    """The table."""
    print(f'{title:26} {"Xen 4.17":>12} {"Candor":>12} {"ratio":>7} {"aim":>6}  unit')
    for name, row in sorted(figures.items(), key=lambda item: -badness(item[1])):
        cells = [format(row[peer], ',.10g') if row.get(peer) is not None else '-'
                 for peer in ('xen', 'candor')]
        ratio = f'{row["ratio"]:.3f}' if 'ratio' in row else '-'
        aim = f'{row["aim"]:.3f}' if 'aim' in row else '-'
        missed = '  missed' if 'aim' in row and 'ratio' in row and row['ratio'] > row['aim'] else ''
        print(f'{name:26} {cells[0]:>12} {cells[1]:>12} {ratio:>7} {aim:>6}  {row["unit"]}{missed}')


def main():
    """Measure both, print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--image', required=True, help="Candor's image")
    parser.add_argument('--kernel', required=True, help='the bench guest')
    parser.add_argument('--domains', help='the guest of operations between domains')
    parser.add_argument('--emulator', choices=['qemu', 'bochs'], default='qemu')
    parser.add_argument('--no-boot', dest='boot', action='store_false',
                        help='leave out the boots to userspace')
    parser.add_argument('--json', metavar='FILE', help='write the figures there too')
    parser.add_argument('--timeout', type=float, default=600, help='seconds for one machine')
    parser.add_argument('--log-dir', default=emulator.default_log_dir())
    args = parser.parse_args()
    os.makedirs(args.log_dir, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(prefix='candor-bench-') as folder:
            figures = collect(args, folder)
            cost = spec_cost(args, folder) if args.domains and args.emulator == 'qemu' else {}
    except (iso.IsoError, OSError) as error:
        raise emulator.EmulatorError(str(error)) from None
    show(figures, f'{args.emulator}, instructions')
    if cost:
        print(f'\n{"speculation control":26} ' + ' '.join(f'{name:>14}' for name in cost['default']))
        for title, row in cost.items():
            print(f'{title:26} ' + ' '.join(f'{value:14,.10g}' for value in row.values()))
    if args.json:
        with open(args.json, 'w', encoding='utf-8') as out:
            json.dump({'emulator': args.emulator, 'figures': figures, 'speculation': cost}, out, indent=1,
                      sort_keys=True)
            out.write('\n')


if __name__ == '__main__':
    sys.exit(emulator.run_main(main))
