# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""kconfig.py KCONFIG_DUMP FOLDER: our Kconfig reader beside kconfiglib, symbol by symbol.

Types, values, visibilities, prompts, defaults, ranges, selects, implies and every
dependency must be printed alike: of the small trees in tests/conformance/kconfig, and of
all architectures and .config files of Debian's Xen 4.17, fetched into FOLDER. More trees
are read if CANDOR_KCONFIG_TREES names them: words FOLDER,FILE,NAME=VALUE,...
"""
import difflib
import os
import pathlib
import subprocess
import sys

import common
import xen_source

HERE = pathlib.Path(__file__).resolve().parent
# What stands in for the commands that the trees would run.
FACTS = ['-s', 'gcc-version|gcc_version', '120200', '-s', 'clang', 'n', '-s', 'echo "y"', 'y',
         '-s', '^echo (fact|y)$', 'y']


def dump(*words):
    """What a program prints of a tree; it must not fail."""
    return common.accepts(*words).decode(errors='surrogateescape').splitlines()


def compare(ours, words):
    """How many lines both print; they must be the same."""
    left = dump(ours, *words)
    right = dump(sys.executable, '-B', HERE / 'kconfig_peer.py', *words)
    different = list(difflib.unified_diff(right, left, 'kconfiglib', 'ours', lineterm='', n=1))
    assert not different, '\n'.join([str(words)] + different[:40])
    return len(left)


def small_trees():
    """Each Kconfig of tests/conformance/kconfig, without and with its .config files."""
    for tree in sorted((HERE / 'kconfig').iterdir()):
        for config in [None, *sorted(tree.glob('*.config'))]:
            yield (['-c', config] if config else []) + FACTS + [tree, 'Kconfig', 'ARCH=alpha',
                                                                'WORD=two words', 'EMPTY=']


def xen_trees(folder):
    """Every architecture of Xen, as it is by default and with each of its defconfigs."""
    xen = xen_source.get(folder) / 'xen'
    for srcarch, arch in ('x86', 'x86_64'), ('arm', 'arm32'), ('arm', 'arm64'), ('riscv', 'riscv64'):
        for config in [None, *sorted((xen / 'arch' / srcarch / 'configs').iterdir())]:
            yield (['-c', config] if config else []) + FACTS + [
                xen, 'Kconfig', f'SRCARCH={srcarch}', f'ARCH={arch}', 'XEN_HAS_BUILD_ID=y']


def other_trees():
    """Those that the environment names."""
    for words in os.environ.get('CANDOR_KCONFIG_TREES', '').split():
        yield FACTS + words.split(',')


def main():
    """Small ones first: they need no network."""
    common.need('kconfiglib')
    ours, folder = sys.argv[1:]
    for name, trees in (('small', small_trees()), ('others', other_trees()),
                        ('xen', xen_trees(folder))):
        runs = lines = 0
        for words in trees:
            lines += compare(ours, words)
            runs += 1
        print(f'{name}: {runs} configurations, {lines} lines alike')
        assert runs or name == 'others'


if __name__ == '__main__':
    main()
