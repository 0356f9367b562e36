#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Write a busybox initramfs: a newc cpio, the same bytes for the same inputs.

Holds Debian's static busybox, the script given as /init, and the device nodes
and mount points a script needs before it can mount anything.
"""
import argparse
import os
import sys

BUSYBOX = '/bin/busybox'
DIRECTORIES = ['bin', 'dev', 'proc', 'sys']
DEVICES = [('dev/console', 5, 1), ('dev/null', 1, 3)]
S_IFDIR, S_IFCHR, S_IFREG = 0o040000, 0o020000, 0o100000


def record(number, name, mode, data=b'', major=0, minor=0):
    """One newc entry; times and owners are zero."""
    encoded = name.encode() + b'\0'
    fields = [number, mode, 0, 0, 1, 0, len(data), 0, 0, major, minor, len(encoded), 0]
    head = b'070701' + b''.join(b'%08X' % field for field in fields) + encoded
    return head + bytes(-len(head) % 4) + data + bytes(-len(data) % 4)


def archive(init, programs=None):
    """The whole archive with `init` as its first program, and others by their paths."""
    with open(BUSYBOX, 'rb') as program:
        busybox = program.read()
    entries = [(name, S_IFDIR | 0o755, b'', 0, 0) for name in DIRECTORIES]
    entries += [(name, S_IFCHR | 0o600, b'', major, minor) for name, major, minor in DEVICES]
    entries += [('bin/busybox', S_IFREG | 0o755, busybox, 0, 0),
                ('init', S_IFREG | 0o755, init, 0, 0)]
    folders = sorted({os.path.dirname(name) for name in programs or {}} - set(DIRECTORIES))
    entries += [(name, S_IFDIR | 0o755, b'', 0, 0) for name in folders]
    entries += [(name, S_IFREG | 0o755, data, 0, 0) for name, data in (programs or {}).items()]
    out = b''.join(record(number, *entry)
                   for number, entry in enumerate(sorted(entries), start=1))
    out += record(0, 'TRAILER!!!', 0)
    return out + bytes(-len(out) % 512)


def main():
    """initramfs.py INIT OUT"""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('init')
    parser.add_argument('out')
    args = parser.parse_args()
    try:
        with open(args.init, 'rb') as script:
            data = archive(script.read())
        part = args.out + '.part'
        with open(part, 'wb') as out:
            out.write(data)
        os.replace(part, args.out)
    except OSError as error:
        print(f'{error.filename}: {error.strerror}; the packages of apt-packages.txt '
              'must be installed', file=sys.stderr)
        return 2
    return 0


if __name__ == '__main__':
    sys.exit(main())
