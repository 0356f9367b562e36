#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""bench-history.py CANDOR [COMMITS]: the history of a statement in a repository of many commits.

Time and peak memory of `candor history` and `candor status`, beside `git log -p` for the same
file, which only lists the patches. The statement changes in every 20th commit, and goes back to
an earlier content in every 100th: a content is read once. The cost must grow with the
commits, not faster: a tenth of them is measured too.
"""
import os
import pathlib
import subprocess
import sys
import tempfile
import time

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / 'history'))
from repository import Repository, statement  # noqa: E402

FEATURES = 120


def contents(number):
    """The statement of a version, some 20 kB of it."""
    return statement({f'Section {s}': {
        f'Feature {s} {f}': (f'What feature {f} of section {s} is good for, in a line.',
                             [('x86', 'Supported up to %d' % (number if f == number % 10 else 8)),
                              ('ARM', 'Tech Preview')], 'A caveat that is here.')
        for f in range(10)} for s in range(FEATURES // 10)}).encode()


def stream(commits):
    """A repository for `git fast-import`."""
    yield b'reset refs/heads/main\n'
    for number in range(commits):
        when = 1500000000 + number * 3600
        message = f'commit {number}\n\nThis is XSA-{number}.\n'.encode()
        yield b'commit refs/heads/main\ncommitter A <a@b> %d +0000\ndata %d\n%s' % (
            when, len(message), message)
        files = [('src/file%d.c' % (number % 50), b'int x%d;\n' % number)]
        if number % 20 == 0:
            files.append(('SUPPORT.md', contents(0 if number % 100 == 0 else number)))
        for name, data in files:
            yield b'M 644 inline %s\ndata %d\n%s\n' % (name.encode(), len(data), data)
    yield b'done\n'


def measure(argv, cwd):
    """Seconds of computing and peak memory in MiB of a program."""
    start = time.monotonic()
    process = subprocess.Popen(argv, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    size = len(process.stdout.read())
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = status
    assert status == 0 and size > 0, (argv, status, size)
    return usage.ru_utime + usage.ru_stime, time.monotonic() - start, usage.ru_maxrss / 1024


def main():
    """Measure both sizes."""
    candor = str(pathlib.Path(sys.argv[1]).resolve())
    commits = int(sys.argv[2]) if len(sys.argv) > 2 else 10000
    computing = {}
    for number in (commits // 10, commits):
        with tempfile.TemporaryDirectory(prefix='candor-') as folder:
            repo = Repository(pathlib.Path(folder) / 'r')
            repo.git('fast-import', '--quiet', '--done', input=b''.join(stream(number)))
            repo.git('repack', '-adq')
            for name, argv in (
                    ('history', [candor, 'history', '--branch', 'main', '--json']),
                    ('history feature', [candor, 'history', 'feature-3-4', '--branch', 'main']),
                    ('status at', [candor, 'status', '--branch', 'main', '--at', '2018-01-01']),
                    ('git log -p', ['git', 'log', '--first-parent', '-p', 'main', '--',
                                    'SUPPORT.md'])):
                runs = sorted(measure(argv, repo.folder) for _ in range(3))
                seconds, wall, memory = runs[0]
                computing[name, number] = seconds, memory
                print(f'{number:6} commits  {name:16} {seconds * 1000:7.0f} ms computing '
                      f'{wall * 1000:7.0f} ms in all {memory:6.1f} MiB')
    for name in ('history', 'status at'):
        small, large = computing[name, commits // 10][0], computing[name, commits][0]
        assert large < 15 * small + .05, f'{name}: {small} s became {large} s'
        assert computing[name, commits][1] < 64, computing
    peer = computing['git log -p', commits][0]
    print(f'history / git log -p: {computing["history", commits][0] / peer:.2f}')


if __name__ == '__main__':
    main()
