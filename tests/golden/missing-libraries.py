#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""What commands say where a library that they load themselves cannot be had.

In the place of each library the loader finds a file that is none. The commands that need it
end with status 2, say why and what to do; the others do not notice.

usage: missing-libraries.py CANDOR TREE
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

COMMANDS = [
    # library, words, what the answer holds
    ('git2', ['history', '--repo', '.'], 'install libgit2'),
    ('git2', ['check', '--baseline', 'HEAD'], 'install libgit2'),
    ('gpgme', ['release', '--out', 'OUT', '--allow-dirty'], 'install libgpgme'),
]


def notes(program):
    """The sonames that a program's notes name, by library."""
    done = subprocess.run(['ldd', program], check=True, capture_output=True, text=True)
    files = [program] + re.findall(r'=> (\S*libcandor\S*)', done.stdout)
    text = b''.join(pathlib.Path(path).read_bytes() for path in files)
    return {name.decode(): soname.decode() for name, soname in
            re.findall(rb'\[\{"feature":"(\w+)","priority":"\w+","soname":\["([^"]+)"\]\}\]', text)}


def attempt(candor, words, tree, libraries):
    """The status and the output of a command with these folders before the loader's own."""
    environment = dict(os.environ, LC_ALL='C', GNUPGHOME=str(libraries), ASAN_OPTIONS='detect_leaks=0')
    environment['LD_LIBRARY_PATH'] = ':'.join(
        [str(libraries)] + [path for path in [environment.get('LD_LIBRARY_PATH')] if path])
    done = subprocess.run([candor, *words], cwd=tree, env=environment, check=False, timeout=100,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode, done.stdout.decode()


def main():
    """Try all, count what is wrong."""
    candor, tree = os.path.realpath(sys.argv[1]), pathlib.Path(sys.argv[2]).resolve()
    sonames, wrong = notes(candor), 0
    assert {'git2', 'archive', 'gpgme', 'xenhypfs'} <= set(sonames), sonames
    for name, words, expected in COMMANDS:
        if words[0] == 'release' and not (tree / '.git').exists():
            continue
        with tempfile.TemporaryDirectory() as work:
            work = pathlib.Path(work)
            (work / sonames[name]).write_text('no library\n', encoding='ascii')
            words = [str(work / 'out') if word == 'OUT' else word for word in words]
            status, output = attempt(candor, words, tree, work)
            other, page = attempt(candor, ['matrix', '--json', '-', 'SUPPORT.md'], tree, work)
        if status not in (1, 2) or expected not in output:
            print(f'{words}: status {status}\n{output}')
            wrong += 1
        if other or '"format": 1' not in page:
            print(f'matrix without {name}: status {other}\n{page[:300]}')
            wrong += 1
    print(f'{len(COMMANDS)} commands, {wrong} wrong')
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main())
