#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""spdx.py ROOT: `reuse lint` over the sources, copied away from whatever else lies around.

reuse looks at all files that git does not ignore; outside a repository that includes build
folders. In a copy of the source files alone its answer is the same everywhere.
"""
import os
import shutil
import subprocess
import sys
import tempfile

import tree


def main():
    root = sys.argv[1]
    if not shutil.which('reuse'):
        tree.skip("no 'reuse' program; apt-get install reuse")
    with tempfile.TemporaryDirectory() as copy:
        for path in tree.files_of(root):
            to = os.path.join(copy, path)
            os.makedirs(os.path.dirname(to), exist_ok=True)
            shutil.copyfile(os.path.join(root, path), to)
        env = dict(os.environ, LC_ALL='C.UTF-8')
        ran = subprocess.run(['reuse', '--root', copy, 'lint'], env=env, check=False, text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    print(ran.stdout.replace(copy + '/', ''))
    sys.exit(1 if ran.returncode else 0)


if __name__ == '__main__':
    main()
