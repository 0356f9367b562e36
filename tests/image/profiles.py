#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The profiles that no other test builds give images, and these are what the profile says.

Each image fits its lock, is smaller than the one at hand in bytes, code and lines, and
what its policy denies is gone from its symbols and from its text.

usage: profiles.py CANDOR IMAGE SOURCE PROFILE...
"""
import pathlib
import re
import subprocess
import sys
import tempfile

# What only a denied feature leaves in an image: a symbol, and a word among its strings.
TRACES = {
    'console_io': ('hc_console_io', None),
    'evtchn_fifo': ('evtchn_fifo_init_control', None),
    'host_boot_multiboot1': ('multiboot1_parse', None),
    'pvh_bzimage': ('bzimage_parse', b'bzImage has no payload'),
}


def run(*argv, **options):
    """A program's output; anything but success ends the test."""
    done = subprocess.run([str(word) for word in argv], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False, **options)
    if done.returncode:
        sys.exit(f'{argv}: status {done.returncode}\n{done.stdout.decode()}')
    return done.stdout


def build(source, profile, folder):
    """The image of a profile."""
    out = folder / profile
    run('meson', 'setup', out, source, f'-Dpolicy={profile}', '-Dhost_tests=false',
        '-Demulated_tests=false')
    run('ninja', '-C', out, '-j2', 'xen/arch/x86/candor.elf')
    return out / 'xen/arch/x86/candor.elf'


def judge(candor, image, widest, source, profile):
    """One image against its lock and the widest one."""
    lock = source / f'policy/profiles/{profile}.lock'
    run(candor, 'inspect', image, '--lock', lock, '--tree', source)
    page = run(candor, 'policy', 'page', profile, '--image', image, '--against', widest,
               '--tree', source).decode()
    rows = re.findall(r'^\| ((?:bytes|source)[a-z ]*) \| (\d+) \| (\d+) \| ', page, re.M)
    assert len(rows) == 5, page
    for what, here, there in rows:
        # Sections are aligned to pages: a few bytes less may not show in these.
        least = int(what in ('bytes loaded', 'bytes in memory'))
        assert 0 < int(here) < int(there) + least, f'{profile}: {what}: {here} and {there}'
    symbols = set(re.findall(r' (\w+)$', run('nm', image).decode(), re.M))
    text = run('strings', '-a', image)
    for feature, (symbol, word) in TRACES.items():
        denied = f'feature.{feature} = off ' in lock.read_text()
        assert (symbol not in symbols) == denied, f'{profile}: {symbol}'
        assert not (denied and word and word in text), f'{profile}: {word} is in the image'


def main():
    """Build and judge each."""
    candor, widest, source = (pathlib.Path(word).resolve() for word in sys.argv[1:4])
    with tempfile.TemporaryDirectory() as folder:
        for profile in sys.argv[4:]:
            image = build(source, profile, pathlib.Path(folder))
            judge(candor, image, widest, source, profile)
            print(f'{profile}: as its lock says')


if __name__ == '__main__':
    main()
