#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""How long six statements take to become one HTML matrix, beside the Xen Project's pipeline.

The files are those of CANDOR_TEST_DATA/xen-support-md, or six times our own. The peer is
pandoc, which turns each into JSON, and the Perl program of Debian's xen source package (fetched
into FOLDER), which makes a table of those. It stops at the first text that it does not expect;
the files that it takes alone are measured with it. Both are run in turn, in this run. The
start of our process is told apart.

usage: bench-matrix.py CANDOR SUPPORT.md FOLDER
"""
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / 'tests/conformance'))
import xen_source  # noqa: E402

ROUNDS, PEER_ROUNDS, LIMIT_MS = 40, 3, 15


def run(commands):
    """Wall and processor time of commands that run one after the other, in ms."""
    cpu, start = 0.0, time.perf_counter()
    for command, output in commands:
        with open(output or os.devnull, 'wb') as out, \
                subprocess.Popen([str(word) for word in command], stdout=out,
                                 stderr=subprocess.DEVNULL) as process:
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            return None
        cpu += used.ru_utime + used.ru_stime
    return (time.perf_counter() - start) * 1e3, cpu * 1e3


def measure(name, rounds, commands):
    """Least and median wall time, and least processor time, printed."""
    runs = [run(commands) for _ in range(rounds)]
    if None in runs:
        print(f'{name}: fails')
        return None
    walls, cpus = zip(*runs)
    print(f'{name}: least {min(walls):.1f} ms, median {statistics.median(walls):.1f} ms, '
          f'of the processor {min(cpus):.1f} ms')
    return min(walls), min(cpus)


def pandoc_commands(files, work):
    """Each file as JSON."""
    return [(['pandoc', '-t', 'json', path], work / f'{i}.json') for i, path in enumerate(files)]


def perl_command(perl, work, numbers):
    """A table of JSON files."""
    words = ['perl', perl]
    for i in numbers:
        words += [work / f'{i}.json', f'https://example.org/{i}']
    return (words, work / 'table.html')


def peer(files, perl, work):
    """The pipeline's commands for the files that it takes, or the conversion alone."""
    commands = pandoc_commands(files, work)
    if not run(commands):
        print('pandoc fails')
        return [], 0
    taken = [i for i in range(len(files)) if perl and run([perl_command(perl, work, [i])])]
    if not taken:
        print('the Perl program is not there, or takes none of them: pandoc alone')
        return commands, len(files)
    return [commands[i] for i in taken] + [perl_command(perl, work, taken)], len(taken)


def find_perl(folder):
    """The Perl program, if it and its modules are to be had."""
    try:
        perl = xen_source.get(folder) / 'docs/parse-support-md'
    except SystemExit:
        return None
    modules = ['-MJSON', '-MTie::IxHash', '-MCGI']
    return perl if run([(['perl', *modules, '-e', '1'], None)]) else None


def main():
    """Measure, and print."""
    candor, own, folder = sys.argv[1:4]
    data = pathlib.Path(os.environ.get('CANDOR_TEST_DATA', '/nonexistent')) / 'xen-support-md'
    files = [str(path) for path in sorted(data.glob('*.md'), reverse=True)] or [own] * 6
    size = sum(os.path.getsize(path) for path in files)
    print(f'{len(files)} statements, {size} bytes, {ROUNDS} rounds, '
          f'load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores')
    measure('candor --help, the process alone', ROUNDS, [([candor, '--help'], None)])
    ours = measure('candor matrix --html', ROUNDS, [([candor, 'matrix', '--html', '-', *files], None)])
    measure('candor matrix --xen-table', ROUNDS,
            [([candor, 'matrix', '--xen-table', '-', *files], None)])
    if shutil.which('pandoc'):
        with tempfile.TemporaryDirectory() as work:
            commands, taken = peer(files, find_perl(folder), pathlib.Path(work))
            theirs = measure(f'pandoc and Perl, {taken} of the files', PEER_ROUNDS, commands) \
                if commands else None
        if theirs:
            print(f'ratio: {theirs[0] / ours[0]:.0f}')
    else:
        print('pandoc is not installed: nothing to compare with')
    # The wall time on a machine that is busy with other work is not ours.
    is_busy = os.getloadavg()[0] > os.cpu_count()
    ok = ours[0] < LIMIT_MS or (is_busy and ours[1] < LIMIT_MS)
    print('ok  ' if ok else 'OVER', f'the matrix in under {LIMIT_MS} ms',
          '(of the processor: the machine is busy)' if is_busy else '')
    return 0 if ok else 1


if __name__ == '__main__':
    sys.exit(main())
