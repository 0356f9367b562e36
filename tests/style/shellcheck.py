#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""shellcheck.py ROOT: shellcheck on every shell script, by its name or by its first line."""
import re
import shutil
import subprocess
import sys

import tree

FIRST_LINE = re.compile(r'#!\s*\S*/(?:env\s+)?(?:ba|da)?sh\b|#!\S*busybox sh\b')


def is_script(root, path):
    if tree.is_sample(path):
        return False
    return path.endswith(('.sh', '.bash', '.bash-completion')) or FIRST_LINE.match(tree.read(root, path)) is not None


def main():
    root = sys.argv[1]
    if not shutil.which('shellcheck'):
        tree.skip("no 'shellcheck' program; apt-get install shellcheck")
    scripts = [path for path in tree.files_of(root) if is_script(root, path)]
    ran = subprocess.run(['shellcheck', '-x', '-f', 'gcc', *scripts], cwd=root, check=False)
    print(f'{len(scripts)} scripts: {" ".join(scripts)}')
    sys.exit(1 if ran.returncode or not scripts else 0)


if __name__ == '__main__':
    main()
