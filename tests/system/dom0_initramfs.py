#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Write the initramfs of a dom0: Debian's busybox, its Xen toolstack, what that needs.

Programs and modules are the installed packages' own, unmodified, with the shared
libraries the dynamic linker names for them. Files of the caller's (guests, their
configuration, the script to run) come on top. The same inputs give the same bytes.
"""
import glob
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'linux'))
from initramfs import S_IFCHR, S_IFDIR, S_IFREG, record  # noqa: E402  pylint: disable=wrong-import-position

S_IFLNK = 0o120000
XEN = '/usr/lib/xen-4.17/bin'
PROGRAMS = ['xl', 'xenstored', 'xenconsoled', 'xen-init-dom0', 'libxl-save-helper', 'xenconsole',
            'xentrace', 'xenperf', 'xentop', 'xenctx', 'xen-hvmctx', 'xen-cpuid', 'test-resource',
            'test-cpu-policy', 'xenlockprof', 'lsevtchn']
SBIN = ['/usr/sbin/xenhypfs', '/usr/bin/xenalyze', '/usr/bin/xenstore-ls', '/usr/bin/xenstore-read',
        '/usr/bin/xenstore-write', '/usr/bin/script']
MODULES = ['xen-privcmd', 'xen-evtchn', 'xen-gntdev', 'xen-gntalloc', 'xenfs']
DIRECTORIES = ['bin', 'dev', 'etc', 'etc/xen', 'lib', 'lib64', 'mnt', 'proc', 'root', 'run', 'sbin',
               'sys', 'tmp', 'usr', 'usr/bin', 'usr/lib', 'usr/lib/xen-4.17',
               'usr/lib/xen-4.17/bin', 'usr/sbin', 'var', 'var/lib', 'var/lib/xen',
               'var/lib/xenstored', 'var/log', 'var/log/xen', 'var/log/xen/console', 'var/run']


class Missing(Exception):
    """Something the installed packages should have is not there."""


def libraries(program):
    """Paths of the shared libraries the dynamic linker loads for a program, as it names them."""
    out = subprocess.run(['ldd', program], check=False, capture_output=True, text=True).stdout
    for line in out.splitlines():
        found = re.search(r'(?:=> )?(/\S+) \(0x', line)
        if found:
            yield found[1]


def module_paths():
    """The kernel modules of the newest installed kernel, in load order."""
    folders = sorted(glob.glob('/lib/modules/*-amd64/kernel/drivers/xen'))
    if not folders:
        raise Missing('no kernel modules: apt-get install linux-image-amd64')
    for name in MODULES:
        found = glob.glob(os.path.join(folders[-1], '**', name + '.ko'), recursive=True)
        if not found:
            raise Missing(f'{folders[-1]}: no module {name}.ko')
        yield name, found[0]


def files_of_packages():
    """Target path -> source path of all programs and their libraries."""
    programs = [os.path.join(XEN, name) for name in PROGRAMS] + SBIN
    wanted = {}
    for program in programs:
        if not os.path.exists(program):
            raise Missing(f'{program} is missing: apt-get install xen-utils-4.17 xenstore-utils')
        wanted[program.lstrip('/')] = program
        for library in libraries(program):
            wanted[library.lstrip('/')] = library
    # xl aborts without it: pthread_cancel() loads it late.
    gcc = glob.glob('/lib/x86_64-linux-gnu/libgcc_s.so.1')
    if gcc:
        wanted[gcc[0].lstrip('/')] = gcc[0]
    wanted['bin/busybox'] = '/bin/busybox'
    for name, path in module_paths():
        wanted[f'lib/{name}.ko'] = path
    return wanted


def archive(extra):
    """The archive; `extra` maps target paths to bytes, executable if they start with #!."""
    entries = {name: (S_IFDIR | 0o755, b'', 0, 0) for name in DIRECTORIES}
    entries['dev/console'] = (S_IFCHR | 0o600, b'', 5, 1)
    entries['dev/null'] = (S_IFCHR | 0o666, b'', 1, 3)
    entries['bin/sh'] = (S_IFLNK | 0o777, b'busybox', 0, 0)
    contents = {}
    for name, source in files_of_packages().items():
        with open(source, 'rb') as data:
            contents[name] = data.read()
    contents.update(extra)
    for name, data in contents.items():
        for depth in range(1, name.count('/') + 1):
            parent = '/'.join(name.split('/')[:depth])
            entries.setdefault(parent, (S_IFDIR | 0o755, b'', 0, 0))
        mode = 0o755 if data[:2] == b'#!' or data[:4] == b'\x7fELF' else 0o644
        entries[name] = (S_IFREG | mode, data, 0, 0)
    out = bytearray()
    for number, (name, (mode, data, major, minor)) in enumerate(sorted(entries.items()), start=1):
        out += record(number, name, mode, data, major, minor)
    out += record(0, 'TRAILER!!!', 0)
    return bytes(out) + bytes(-len(out) % 512)
