#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The distribution's own kernel: every loaded byte against another reader's.

Usage: test-real-kernel.py IMAGE_DUMP. Loads each /boot/vmlinuz-* with the
domain builder's loader; unpacks it with python's lzma, reads the segments with
struct and the note with readelf, and compares. Skipped (77) without a kernel.
"""
# SUPPORT_TEST(pvh_bzimage, "unit/dombuild-real-kernel")

import glob
import lzma
import os
import re
import struct
import subprocess
import sys
import tempfile


def unpack(image):
    offset, length = struct.unpack_from("<II", image, 0x248)
    start = (image[0x1f1] + 1) * 512 + offset
    return lzma.LZMADecompressor().decompress(image[start:start + length])


def expected(elf, ram_size):
    """Guest RAM, lowest and highest address, from the program headers."""
    ram = bytearray(ram_size)
    phoff, = struct.unpack_from("<Q", elf, 32)
    phnum, = struct.unpack_from("<H", elf, 56)
    spans = []
    for i in range(phnum):
        kind, _, offset, _, paddr, filesz, memsz, _ = struct.unpack_from(
            "<IIQQQQQQ", elf, phoff + 56 * i)
        if kind == 1 and memsz:
            ram[paddr:paddr + filesz] = elf[offset:offset + filesz]
            spans.append((paddr, paddr + memsz))
    return ram, min(s[0] for s in spans), max(s[1] for s in spans)


def entry_of(elf):
    """The entry readelf shows as unknown note type 0x12 of owner Xen."""
    with tempfile.NamedTemporaryFile() as f:
        f.write(elf)
        f.flush()
        text = subprocess.run(["readelf", "-n", "-W", f.name], text=True, timeout=120,
                              capture_output=True, check=True).stdout
    line = re.search(r"^\s*Xen\s.*0x0*12\)\s*description data: ([0-9a-f ]+?)\s*$", text, re.M)
    return int.from_bytes(bytes.fromhex(line[1]), "little")


def check(program, path):
    with open(path, "rb") as f:
        elf = unpack(f.read())
    run = subprocess.run([program, path], capture_output=True, timeout=300, check=False)
    if run.returncode:
        sys.exit(f"{path}: {run.stderr.decode()}")
    got_entry, got_start, got_end = (int(n, 16) for n in run.stderr.split())
    ram, start, end = expected(elf, len(run.stdout))
    if (got_entry, got_start, got_end) != (entry_of(elf), start, end):
        sys.exit(f"{path}: loader says {run.stderr!r}, readelf {entry_of(elf):#x}, "
                 f"program headers {start:#x} {end:#x}")
    if run.stdout != ram:
        at = next(i for i, (a, b) in enumerate(zip(run.stdout, ram)) if a != b)
        sys.exit(f"{path}: memory differs at {at:#x}")
    print(f"{path}: entry {got_entry:#x}, {start:#x}-{end:#x}, {len(elf)} bytes of ELF")


def main():
    kernels = [k for k in sorted(glob.glob("/boot/vmlinuz-*")) if os.access(k, os.R_OK)]
    if not kernels:
        print("skipped: no readable /boot/vmlinuz-*")
        sys.exit(77)
    for kernel in kernels:
        check(sys.argv[1], kernel)


main()
