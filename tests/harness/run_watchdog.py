#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Hang one CPU of the hypervisor, by the emulator's debugger, and see it found.

The second CPU's instruction pointer is set to a place where it does nothing for
ever. The watchdog must stop the host by a panic that names that CPU; without the
boot option nothing may happen.
"""
# SUPPORT_TEST(watchdog, "guest/host-watchdog")
import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time

import emulator

HALT = 'host_halt_cpu'
RIP = 0x10  # gdb's number of the register
HYPERVISOR = 0xffffffff80000000  # its lowest address; the guest is below


class Debugger:
    """What is needed of gdb's remote protocol; the machine stands while it is connected."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(30)
        self.socket.connect(path)
        self.waiting = b''

    def _answer(self):
        """The next packet's text."""
        while True:
            start, end = self.waiting.find(b'$'), self.waiting.find(b'#')
            if 0 <= start < end and len(self.waiting) >= end + 3:
                text = self.waiting[start + 1:end].decode()
                self.waiting = self.waiting[end + 3:]
                self.socket.sendall(b'+')
                return text
            part = self.socket.recv(4096)
            if not part:
                raise emulator.EmulatorError('the emulator closed the debugger\'s connection')
            self.waiting += part

    def ask(self, text):
        """Send a packet; its answer. That the machine stands may be told before."""
        packet = text.encode()
        self.socket.sendall(b'$%s#%02x' % (packet, sum(packet) & 0xff))
        answer = self._answer()
        while answer.startswith('T'):
            answer = self._answer()
        return answer

    def must(self, text):
        """Send a packet whose answer is OK."""
        answer = self.ask(text)
        if answer != 'OK':
            raise emulator.EmulatorError(f'debugger: {text} gives {answer!r}')


def address_of(image, name):
    """A function's address in an image."""
    table = subprocess.run(['nm', image], check=True, capture_output=True, text=True).stdout
    for line in table.splitlines():
        words = line.split()
        if words[-1] == name:
            return int(words[0], 16)
    raise emulator.EmulatorError(f'{image} has no {name}')


def hang(path, image):
    """Send CPU 1 where nothing is done, if it is the hypervisor's; is it?"""
    debugger = Debugger(path)
    debugger.ask('qXfer:features:read:target.xml:0,ffb')  # or it takes no register alone
    debugger.must('Hg2')
    at = int.from_bytes(bytes.fromhex(debugger.ask(f'p{RIP:x}')), 'little')
    if at >= HYPERVISOR:
        rip = address_of(image, HALT).to_bytes(8, 'little').hex()
        debugger.must(f'P{RIP:x}={rip}')
    debugger.must('D')
    debugger.socket.close()
    return at >= HYPERVISOR


def main():
    """One machine, one hung CPU."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--name', required=True)
    parser.add_argument('--image', required=True)
    parser.add_argument('--kernel', required=True)
    parser.add_argument('--without', action='store_true', help='the boot option is not given')
    parser.add_argument('--timeout', type=float, default=100)
    parser.add_argument('--log-dir', default=emulator.default_log_dir())
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix='candor-watchdog-') as folder:
        path = os.path.join(folder, 'gdb')
        options = 'dom0_mem=64M opt-in=watchdog' + ('' if args.without else ' watchdog')
        argv = emulator.candor_argv(args.image, [(args.kernel, 'how=stay')], options)
        argv += ['-smp', '2', '-gdb', f'unix:{path},server=on,wait=off']
        with emulator.Machine(args.name, argv, args.timeout, args.log_dir) as machine:
            machine.expect('guest: stays')
            for _ in range(10):  # the guest may be on its way to its sleep
                if hang(path, args.image):
                    break
                time.sleep(0.3)
            else:
                raise machine.error('CPU 1 never was the hypervisor\'s')
            if args.without:
                time.sleep(15)
                if machine.count(r'panic'):
                    raise machine.error('it stopped without being asked to watch')
            else:
                machine.expect(r'^\(HV\) panic: watchdog: CPU 1 ')
                machine.expect(r'^\(HV\) on CPU 0')
                machine.expect_status(emulator.STATUS['panic'])
    print(f'{args.name}: the hung CPU was ' + ('left alone' if args.without else 'found'))


if __name__ == '__main__':
    sys.exit(emulator.run_main(main))
