# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the conformance tests share: running judges written by others, and samples to judge.

A judge that accepts everything proves nothing: each test also shows it spoilt artefacts.
"""
import pathlib
import subprocess
import sys
import tempfile
import traceback

ROOT = pathlib.Path(__file__).resolve().parents[2]
GOLDEN = ROOT / 'tests/golden'
SKIP = 77


def run(*argv, **options):
    """A finished program: status, and what it said as bytes."""
    return subprocess.run([str(word) for word in argv], capture_output=True, check=False,
                          timeout=500, **options)


def accepts(*argv, **options):
    """The program must return 0 and not complain; what it printed."""
    done = run(*argv, **options)
    assert done.returncode == 0, f'{argv}: status {done.returncode}: {done.stdout + done.stderr}'
    return done.stdout


def refuses(*argv, **options):
    """The program must say no, rather than be killed or missing."""
    done = run(*argv, **options)
    assert done.returncode > 0, f'{argv}: accepts what is spoilt: {done.stdout + done.stderr}'


def need(*modules):
    """Skip the test where the judges, Debian's Python modules, are not installed."""
    for name in modules:
        try:
            __import__(name)
        except ImportError:
            print(f'skipped: {sys.executable} has no module {name}; see apt-packages.txt')
            sys.exit(SKIP)


def flip(data, at):
    """The bytes with one of them changed."""
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]


def statements():
    """Sets of statements to make matrices of: the project's own, and the golden cases."""
    sets = [[ROOT / 'SUPPORT.md']]
    for case in sorted((GOLDEN / 'matrix').glob('pass-*')):
        sets.append(sorted(case.glob('*.md'), reverse=True))
    return sets


def main(module, *args):
    """Run every test_* of the module, each with a folder of its own."""
    names = [name for name in vars(module) if name.startswith('test_')]
    failed = 0
    for name in names:
        with tempfile.TemporaryDirectory(prefix='candor-') as folder:
            try:
                getattr(module, name)(pathlib.Path(folder), *args)
                print(f'ok   {name}')
            except Exception:  # every other test still runs
                failed += 1
                print(f'FAIL {name}')
                traceback.print_exc(file=sys.stdout)
    sys.exit(1 if failed or not names else 0)
