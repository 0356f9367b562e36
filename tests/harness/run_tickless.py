#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""See that a CPU with nothing to do is left alone, by the emulator's monitor.

The guest sleeps for 1000 s, so one CPU waits for that moment and the other for nothing. The
second one's APIC timer must be off, and the first one's must count down without being set anew,
but when its 32 bits are over, every few seconds; neither may leave its HLT meanwhile.
"""
# SUPPORT_TEST(host_smp, "guest/tickless")
import argparse
import json
import os
import re
import socket
import sys
import tempfile
import time

import emulator

TIMER = re.compile(r'initial_count = (\d+) current_count = (\d+)')
SECONDS = 1


class Monitor:
    """QEMU's machine protocol (QMP)."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(30)
        self.socket.connect(path)
        self.lines = self.socket.makefile()
        self.lines.readline()  # its greeting
        self.ask('qmp_capabilities')

    def ask(self, command, **arguments):
        """What a command returns."""
        text = json.dumps({'execute': command, 'arguments': arguments})
        self.socket.sendall(text.encode() + b'\n')
        while True:
            line = self.lines.readline()
            if not line:
                raise emulator.EmulatorError('the emulator closed its monitor')
            answer = json.loads(line)
            if 'error' in answer:
                raise emulator.EmulatorError(f'monitor: {command}: {answer["error"]["desc"]}')
            if 'return' in answer:
                return answer['return']

    def timer(self, cpu):
        """What a CPU's APIC timer was set to, and what is left of it."""
        text = self.ask('human-monitor-command', **{'command-line': f'info lapic {cpu}'})
        found = TIMER.search(text)
        if not found:
            raise emulator.EmulatorError(f'monitor: no timer in {text!r}')
        return int(found[1]), int(found[2])

    def rip(self, cpu):
        """Where a CPU is."""
        text = self.ask('human-monitor-command', **{'command-line': 'info registers',
                                                    'cpu-index': cpu})
        return re.search(r'RIP=(\S+).*HLT=(\d)', text).groups()


def look(monitor):
    """Timer and place of both CPUs."""
    return [(monitor.timer(cpu), monitor.rip(cpu)) for cpu in range(2)]


def was_set(before, after):
    """Has a timer been set anew between two looks?"""
    return any(old[0][0] != new[0][0] or (old[0][0] and new[0][1] >= old[0][1])
               for old, new in zip(before, after))


def watch(machine, monitor):
    """Looks at both CPUs; what is wrong raises."""
    before = look(monitor)
    time.sleep(SECONDS)
    after = look(monitor)
    if was_set(before, after):  # the counter was over just then
        before = after
        time.sleep(SECONDS)
        after = look(monitor)
    if was_set(before, after):
        raise machine.error(f'a timer was set anew: {before}, then {after}')
    timers = sorted(timer[0] for timer, _ in after)
    if timers[0] != 0 or timers[1] == 0:
        raise machine.error(f'the timers are set to {timers}: one should be off, one on')
    if any(rip[1] != '1' for _, rip in before + after):
        raise machine.error(f'a CPU does not sleep: {before}, then {after}')


def main():
    """One machine in which nothing is to be done."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--name', required=True)
    parser.add_argument('--image', required=True)
    parser.add_argument('--kernel', required=True)
    parser.add_argument('--timeout', type=float, default=60)
    parser.add_argument('--log-dir', default=emulator.default_log_dir())
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix='candor-tickless-') as folder:
        path = os.path.join(folder, 'qmp')
        argv = emulator.candor_argv(args.image, [(args.kernel, 'how=stay')], 'dom0_mem=64M')
        argv += ['-smp', '2', '-qmp', f'unix:{path},server=on,wait=off']
        with emulator.Machine(args.name, argv, args.timeout, args.log_dir) as machine:
            machine.expect('guest: stays')
            time.sleep(1)  # it is on its way to its sleep
            watch(machine, Monitor(path))
    print(f'{args.name}: nobody was woken in {SECONDS} s')


if __name__ == '__main__':
    sys.exit(emulator.run_main(main))
