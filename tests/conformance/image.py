# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""image.py IMAGE: the hypervisor's image, as binutils, elfutils, GRUB and file(1) judge it."""
import struct
import sys

from common import accepts, main, refuses, run

MULTIBOOT2 = struct.pack('<I', 0xe85250d6)
MULTIBOOT1 = struct.pack('<I', 0x1badb002)


def spoilt(folder, data, at, new):
    """A copy of the image with bytes exchanged."""
    path = folder / 'spoilt.elf'
    path.write_bytes(data[:at] + new + data[at + len(new):])
    return path


def test_readelf(folder, image):
    """All of it decodes, without a warning."""
    def complaints(path):
        done = run('readelf', '--all', '--wide', path)
        return done.stderr + (b'' if done.returncode == 0 else b'failed')
    assert not complaints(image), complaints(image)
    with open(image, 'rb') as file:
        data = file.read()
    assert complaints(spoilt(folder, data, 0x28, struct.pack('<Q', len(data))))


def test_elflint(folder, image):
    """elfutils' judgement of the structure."""
    accepts('eu-elflint', '--quiet', '--gnu-ld', image)
    with open(image, 'rb') as file:
        data = file.read()
    refuses('eu-elflint', '--quiet', '--gnu-ld', spoilt(folder, data, 0x34, b'\1\0'))


def test_grub(folder, image):
    """Both boot protocols, and neither once its magic number is gone."""
    with open(image, 'rb') as file:
        data = file.read()
    for option, magic in ('--is-x86-multiboot2', MULTIBOOT2), ('--is-x86-multiboot', MULTIBOOT1):
        accepts('grub-file', option, image)
        found = data.find(magic, 0, 32768)
        bad = data
        while found >= 0:
            bad = bad[:found] + bytes(4) + bad[found + 4:]
            found = bad.find(magic, 0, 32768)
        assert bad != data
        refuses('grub-file', option, spoilt(folder, bad, 0, bad[:4]))


def test_file(folder, image):
    """What file(1) tells a user."""
    def told(path):
        return accepts('file', '--brief', path).decode()
    for words in 'ELF 64-bit LSB executable, x86-64', 'statically linked':
        assert words in told(image), told(image)
    with open(image, 'rb') as file:
        data = file.read()
    assert 'x86-64' not in told(spoilt(folder, data, 0x12, b'\0\0'))


if __name__ == '__main__':
    main(sys.modules[__name__], sys.argv[1])
