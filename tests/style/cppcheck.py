#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""cppcheck.py ROOT BUILD: cppcheck on every C file; cppcheck.supp says what it leaves out, why.

BUILD has the generated headers, and keeps what cppcheck learnt of a file that did not change.
"""
import os
import shutil
import subprocess
import sys

import tree

SEARCH = ['xen/include', 'xen/arch/x86', 'xen/arch/x86/dombuild', 'xen/arch/fake', 'xen', 'support',
          'policy', 'release', 'tools/candor', 'support/include']
GENERATED = ['support/include', 'xen/arch/x86']
OPTIONS = ['--quiet', '--std=c11', '--platform=unix64', '--enable=warning,style,performance,portability',
           '--inline-suppr', '--error-exitcode=1', '--template={file}:{line}: {severity}: {message} [{id}]',
           '-D_GNU_SOURCE', '-D__x86_64__', '-D__GNUC__=12', '-DLZMA_API(type)=type']


def main():
    root, build = os.path.realpath(sys.argv[1]), os.path.realpath(sys.argv[2])
    if not shutil.which('cppcheck'):
        tree.skip("no 'cppcheck' program; apt-get install cppcheck")
    memory = os.path.join(build, 'style-cppcheck')
    os.makedirs(memory, exist_ok=True)
    paths = tree.code_files(root, ('.c',))
    command = ['cppcheck', *OPTIONS, f'-j{os.cpu_count()}', '--cppcheck-build-dir=' + memory,
               '--suppressions-list=tests/style/cppcheck.supp']
    for folder in SEARCH:
        command += ['-I', folder]
    for folder in GENERATED:
        command += ['-I', os.path.join(build, folder)]
    ran = subprocess.run(command + paths, cwd=root, check=False)
    print(f'{len(paths)} files, cppcheck ends with {ran.returncode}')
    sys.exit(1 if ran.returncode else 0)


if __name__ == '__main__':
    main()
