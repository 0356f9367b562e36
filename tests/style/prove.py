#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""prove.py CHECK CASES: run a style check on small trees and compare what it says.

A case is one file of CASES: '--- PATH' starts a file of the tree, '--- expected' starts what the
check has to print. A case named pass-* must end with status 0, one named fail-* with 1. In the
text, '\\s' at the end of a line stands for a space and '\\\\' for nothing, so that a case can
hold what the checks refuse in it. Lines that a check indents are what another program said:
they are not compared.
"""
import os
import re
import subprocess
import sys
import tempfile


def parse(path):
    """The files of a case, by name."""
    files, name = {}, None
    with open(path, encoding='utf-8') as lines:
        for line in lines:
            start = re.match(r'--- (\S+)$', line)
            if start:
                name = start.group(1)
                files[name] = ''
            elif name:
                files[name] += line.replace('\\s\n', ' \n').replace('\\\\', '')
    return files


def run_case(check, path):
    """What is wrong with the check's answer, or None."""
    files = parse(path)
    expected = files.pop('expected')
    with tempfile.TemporaryDirectory() as root:
        for name, text in files.items():
            full = os.path.join(root, name)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, 'w', encoding='utf-8') as file:
                file.write(text)
        ran = subprocess.run([sys.executable, '-B', check, root], text=True, timeout=60,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    status = 0 if os.path.basename(path).startswith('pass-') else 1
    if ran.returncode != status:
        return f'ends with {ran.returncode}, not {status}:\n{ran.stdout}'
    own = ''.join(line for line in ran.stdout.splitlines(True) if not line.startswith('  '))
    if own != expected:
        return f'expected:\n{expected}printed:\n{ran.stdout}'
    return None


def main():
    check, cases = sys.argv[1:]
    names = sorted(os.listdir(cases))
    failed = 0
    for name in names:
        wrong = run_case(check, os.path.join(cases, name))
        print(f'{"FAIL" if wrong else "ok"}: {name}' + (f': {wrong}' if wrong else ''))
        failed += wrong is not None
    print(f'{len(names)} cases, {failed} failed')
    sys.exit(1 if failed or not names else 0)


if __name__ == '__main__':
    main()
