# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Bochs as a second emulator: its AMD model gives the next instruction's address.

Debian's build is the debugger and has only displays that need a screen or a
port, so it runs with the remote frame buffer inside a network namespace of its
own. Boot through the BIOS needs GRUB's multiboot1 there: multiboot2 fails in
GRUB on this BIOS.
"""
import os

CONFIG = '''cpu: model=ryzen, count=1, ips=200000000, reset_on_triple_fault=0, ignore_bad_msrs={ignore}
clock: sync=none, time0=1700000000
memory: guest={memory}, host={memory}
romimage: file=/usr/share/bochs/BIOS-bochs-latest
vgaromimage: file=/usr/share/vgabios/vgabios.bin
boot: cdrom
ata0: enabled=1, ioaddr1=0x1f0, ioaddr2=0x3f0, irq=14
ata0-master: type=cdrom, path="{iso}", status=inserted
com1: enabled=1, mode=file, dev={serial}
sound: waveoutdrv=dummy, waveindrv=dummy, midioutdrv=dummy
display_library: rfb, options="timeout=0"
panic: action=fatal
error: action=ignore
info: action=ignore
debug: action=ignore
magic_break: enabled={magic}
log: {folder}/bochs.log
'''


def prepare(folder, iso, memory=1024, ignore_bad_msrs=False, stops=()):
    """Write Bochs' files to `folder`; (argument vector, path of the console).

    Debian's Xen reads registers this model has not, and needs them ignored. At each of `stops`,
    physical addresses, and then once where the guest executes XCHG BX, BX, the debugger prints
    "ptime: " and the time in instructions.
    """
    serial = os.path.join(folder, 'serial')
    with open(os.path.join(folder, 'bochsrc'), 'w', encoding='utf-8') as out:
        out.write(CONFIG.format(memory=memory, iso=iso, serial=serial, folder=folder,
                                ignore=int(ignore_bad_msrs), magic=int(bool(stops))))
    with open(os.path.join(folder, 'commands'), 'w', encoding='utf-8') as out:
        for number, address in enumerate(stops, 1):
            out.write(f'pb {address:#x}\nc\nptime\nd {number}\n')
        out.write('c\nptime\nc\n' if stops else 'c\n')
    with open(serial, 'wb'):
        pass
    return (['unshare', '-n', 'bochs', '-q', '-f', os.path.join(folder, 'bochsrc'),
             '-rc', os.path.join(folder, 'commands')], serial)
