#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""format.py ROOT: every C file is as clang-format leaves it (./dev fmt does that)."""
import shutil
import subprocess
import sys

import tree


def main():
    root = sys.argv[1]
    program = shutil.which('clang-format')
    if not program:
        tree.skip("no 'clang-format' program; apt-get install clang-format")
    found = tree.Findings()
    paths = tree.code_files(root, ('.c', '.h'))
    for start in range(0, len(paths), 50):
        part = paths[start:start + 50]
        ran = subprocess.run([program, '--dry-run', '-Werror', *part], cwd=root, check=False,
                             stderr=subprocess.PIPE, text=True)
        for line in ran.stderr.splitlines():
            fields = line.split(':', 2)
            if len(fields) == 3 and fields[1].isdigit() and fields[0] in part:
                found.add(fields[0], int(fields[1]), 'is not as clang-format leaves it')
        if ran.returncode and not found.lines:
            sys.exit(f'clang-format ends with {ran.returncode}:\n{ran.stderr}')
    found.finish(f'{len(paths)} files: clean')


if __name__ == '__main__':
    main()
