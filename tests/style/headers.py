#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""headers.py ROOT [BUILD]: every header has a guard of its own and compiles alone.

Alone means as the only line of a file, with gcc and with clang (those that are there), and with
the flags and the search path of the header's room. BUILD is where generated headers are.
"""
import concurrent.futures
import os
import platform
import re
import shutil
import subprocess
import sys

import tree
from rooms import room_of

WARNINGS = ['-std=gnu11', '-Wall', '-Wextra', '-Werror', '-Wshadow', '-Wmissing-prototypes',
            '-Wstrict-prototypes', '-Wno-unused-parameter', '-Wno-missing-field-initializers']
FREESTANDING = ['-ffreestanding', '-mgeneral-regs-only', '-fno-pic', '-mno-red-zone',
                '-D__XEN_INTERFACE_VERSION__=__XEN_LATEST_INTERFACE_VERSION__', '-D__XEN_TOOLS__']
HOST = ['-D_GNU_SOURCE', '-D_FILE_OFFSET_BITS=64',
        '-D__XEN_INTERFACE_VERSION__=__XEN_LATEST_INTERFACE_VERSION__', '-D__XEN_TOOLS__']
PACKAGES = ['lua5.4', 'libarchive', 'gpgme', 'jansson', 'yaml-0.1', 'libcmark', 'libelf',
            'libseccomp', 'libsodium', 'capstone', 'cmocka']
# Lines for a macro that whoever includes them has defined.
LISTS = ('/support-list.h', '/support-optin.h')
ONLY_X86 = ('xen/arch/x86/', 'tests/guest/')
GUARD = re.compile(r'\s*#ifndef ([A-Z][A-Z0-9_]*_H)\n#define \1\n.*\n#endif\s*\Z', re.S)


def is_freestanding(path):
    return path.startswith(('xen/', 'tests/guest/')) and not path.startswith('xen/arch/fake/')


def check_guard(root, path, guards, found):
    match = GUARD.match(tree.without_comments(tree.read(root, path)))
    if not match:
        found.add(path, 1, 'is not held by a guard: #ifndef NAME_H, #define NAME_H, #endif')
        return
    guards.setdefault(match.group(1), []).append(path)


def check_names(guards, found):
    """Two headers with one guard cannot be used together; stand-ins of one name must not be."""
    for name, paths in guards.items():
        for path in paths[1:]:
            if os.path.basename(path) != os.path.basename(paths[0]):
                found.add(path, 1, f'has the guard {name}, which {paths[0]} has')


def compile_alone(job):
    """What the compiler says of the header, or None."""
    root, build, compiler, path, packages = job
    search = []
    for folder in room_of(path)[3]:
        search += ['-I', os.path.join(root, folder), '-I', os.path.join(build, folder)]
    kind = FREESTANDING if is_freestanding(path) else HOST + packages
    ran = subprocess.run(['env', 'LC_ALL=C', compiler, '-x', 'c', '-fsyntax-only', *WARNINGS, *kind, *search, '-'],
                         input=f'#include "{root}/{path}"\n', check=False, text=True,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if ran.returncode == 0:
        return None
    said = ran.stdout.replace(root + '/', '').rstrip().replace('\n', '\n  ')
    return path, f'does not compile alone with {compiler}:\n  {said}'


def main():
    root, build = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[-1])
    compilers = [name for name in ('gcc', 'clang') if shutil.which(name)]
    if not compilers:
        tree.skip('neither gcc nor clang')
    found = tree.Findings()
    guards = {}
    paths = [path for path in tree.code_files(root, ('.h',)) if not path.endswith(LISTS)]
    for path in paths:
        check_guard(root, path, guards, found)
    check_names(guards, found)
    if platform.machine() != 'x86_64':
        FREESTANDING[:] = [FREESTANDING[0], FREESTANDING[-1]]
        paths = [path for path in paths if not path.startswith(ONLY_X86)]
    packages = subprocess.run(['pkg-config', '--cflags', *PACKAGES], check=True, text=True,
                              stdout=subprocess.PIPE).stdout.split()
    jobs = [(root, build, compiler, path, packages) for path in paths for compiler in compilers]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for wrong in pool.map(compile_alone, jobs):
            if wrong:
                found.add(wrong[0], 1, wrong[1])
    found.finish(f'{len(paths)} headers with {" and ".join(compilers)}: clean')


if __name__ == '__main__':
    main()
