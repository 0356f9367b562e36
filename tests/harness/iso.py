#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Make a bootable CD image with GRUB: a hypervisor, its modules, both protocols.

The menu has an entry for multiboot2 and one for multiboot1; the one asked for
starts without waiting. GRUB and the hypervisor talk on the first serial port.
The same inputs give the same bytes: file times and grub-mkrescue's clock are
fixed (faketime), and names inside the image do not depend on the inputs' paths.
"""
import argparse
import os
import shutil
import subprocess
import sys
import tempfile

EPOCH = 1700000000  # 2023-11-14 22:13:20 UTC
CLOCK = '2023-11-14 22:13:20'
GRUB_MODULES = 'multiboot multiboot2 normal serial iso9660 biosdisk gzio echo'
COMMANDS = {'multiboot2': ('multiboot2', 'module2'), 'multiboot1': ('multiboot', 'module')}


class IsoError(Exception):
    """The image could not be made."""


def quote(text):
    """One word or line for GRUB's script language."""
    return "'" + text.replace("'", "'\\''") + "'"


def arguments_of(text):
    """A command line as GRUB words, each quoted."""
    return ''.join(' ' + quote(word) for word in text.split())


def menu(protocol, options, modules):
    """grub.cfg for these modules [(path, arguments)]."""
    lines = ['serial --unit=0 --speed=115200', 'terminal_input serial', 'terminal_output serial',
             'set timeout=0', f'set default={protocol}']
    for name, (load, module) in COMMANDS.items():
        lines += [f'menuentry {name} --id {name} {{', f'  {load} /boot/image{arguments_of(options)}']
        lines += [f'  {module} /boot/module{number}{arguments_of(args)}'
                  for number, (_, args) in enumerate(modules)]
        lines += ['  boot', '}']
    return '\n'.join(lines) + '\n'


def fill(root, image, modules, protocol, options):
    """Lay the tree that becomes the image."""
    boot = os.path.join(root, 'boot')
    os.makedirs(os.path.join(boot, 'grub'))
    shutil.copyfile(image, os.path.join(boot, 'image'))
    for number, (path, _) in enumerate(modules):
        shutil.copyfile(path, os.path.join(boot, f'module{number}'))
    with open(os.path.join(boot, 'grub', 'grub.cfg'), 'w', encoding='utf-8') as out:
        out.write(menu(protocol, options, modules))
    for folder, _, names in os.walk(root, topdown=False):
        for path in [os.path.join(folder, name) for name in names] + [folder]:
            os.chmod(path, 0o755 if os.path.isdir(path) else 0o644)
            os.utime(path, (EPOCH, EPOCH))


def make(out, image, modules, protocol='multiboot2', options=''):
    """Write the image `out`; modules are [(path, arguments)]."""
    if protocol not in COMMANDS:
        raise IsoError(f'{protocol}: protocols are {" and ".join(COMMANDS)}')
    with tempfile.TemporaryDirectory(prefix='candor-iso-') as work:
        root = os.path.join(work, 'root')
        part = os.path.join(work, 'out.iso')
        fill(root, image, modules, protocol, options)
        argv = ['faketime', '-f', CLOCK, 'grub-mkrescue', '--compress=no', '--fonts=', '--themes=',
                '--locales=', f'--install-modules={GRUB_MODULES}', '-o', part, root]
        done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, errors='replace', check=False,
                              env={**os.environ, 'TZ': 'UTC', 'LC_ALL': 'C'})
        if done.returncode != 0 or not os.path.exists(part):
            raise IsoError(f'grub-mkrescue failed; it needs the packages grub-common, grub-pc-bin, '
                           f'xorriso and faketime:\n{done.stdout[-2000:]}')
        shutil.copyfile(part, out + '.part')
        os.replace(out + '.part', out)


def main():
    """iso.py OUT IMAGE [--module 'PATH ARGUMENTS'] ..."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('out')
    parser.add_argument('image')
    parser.add_argument('--module', action='append', default=[], help='PATH [ARGUMENTS]')
    parser.add_argument('--protocol', choices=sorted(COMMANDS), default='multiboot2')
    parser.add_argument('--options', default='', help="the hypervisor's options")
    args = parser.parse_args()
    modules = [(word.partition(' ')[0], word.partition(' ')[2]) for word in args.module]
    try:
        make(args.out, args.image, modules, args.protocol, args.options)
    except (IsoError, OSError) as error:
        print(f'iso.py: {error}', file=sys.stderr)
        return 2
    return 0


if __name__ == '__main__':
    sys.exit(main())
