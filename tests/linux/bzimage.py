# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Take Debian's kernel image apart for tests: the ELF inside, and broken ones.

Follows the boot protocol's setup header: where the protected-mode part starts
and where in it the compressed kernel lies. Debian compresses with xz.
"""
import lzma
import struct


class ImageError(Exception):
    """This is not the image it should be."""


def extract_vmlinux(image):
    """The ELF inside a bzImage."""
    if len(image) < 0x260 or image[0x202:0x206] != b'HdrS':
        raise ImageError('no setup header: not a bzImage')
    setup_sectors = image[0x1f1] or 4
    offset, length = struct.unpack_from('<II', image, 0x248)
    start = (setup_sectors + 1) * 512 + offset
    payload = image[start:start + length]
    if payload[:6] != b'\xfd7zXZ\0':
        raise ImageError(f'payload starts with {payload[:6].hex()}, not with xz')
    try:
        elf = lzma.LZMADecompressor(lzma.FORMAT_XZ).decompress(payload)
    except lzma.LZMAError as error:
        raise ImageError(f'payload: {error}') from None
    if elf[:4] != b'\x7fELF':
        raise ImageError('the payload is no ELF')
    return elf


def notes(elf):
    """Offsets of (note header, name, type) of every PT_NOTE entry."""
    phoff, = struct.unpack_from('<Q', elf, 32)
    phentsize, phnum = struct.unpack_from('<HH', elf, 54)
    for number in range(phnum):
        kind, _, offset, _, _, size = struct.unpack_from('<IIQQQQ', elf, phoff + number * phentsize)
        end = offset + size
        while kind == 4 and offset + 12 <= end:
            name_size, desc_size, note_type = struct.unpack_from('<III', elf, offset)
            yield offset, elf[offset + 12:offset + 12 + name_size].rstrip(b'\0'), note_type
            offset += 12 + (name_size + 3 & ~3) + (desc_size + 3 & ~3)


def without_pvh_note(elf):
    """The same ELF, its PHYS32_ENTRY note turned into one nobody knows."""
    out = bytearray(elf)
    found = [offset for offset, name, note_type in notes(elf) if (name, note_type) == (b'Xen', 18)]
    if not found:
        raise ImageError('no PHYS32_ENTRY note to take away')
    for offset in found:
        struct.pack_into('<I', out, offset + 8, 0x7fff)
    return bytes(out)
