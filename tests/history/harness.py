# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tests of the history share: asking, and running every test of a file."""
import json
import pathlib
import subprocess
import sys
import tempfile
import traceback

CANDOR = str(pathlib.Path(sys.argv[1]).resolve()) if len(sys.argv) > 1 else 'candor'


def ask(*words, cwd=None, status=0):
    """What candor prints, as text; it must return this status and, if 0 or 1, not complain."""
    done = subprocess.run([CANDOR, *map(str, words)], cwd=cwd, stdin=subprocess.DEVNULL,
                          capture_output=True, check=False, timeout=120)
    said = done.stdout + done.stderr
    assert done.returncode == status, f'{words}: status {done.returncode}:\n{said.decode()}'
    assert not any(byte < 32 and byte != 10 or byte == 127 for byte in said), f'{words}: {said}'
    return (done.stdout if status < 2 else done.stderr).decode()


def ask_json(*words, cwd=None, status=0):
    """What candor answers, read."""
    return json.loads(ask(*words, '--json', cwd=cwd, status=status))


def events(cwd, *words):
    """The events of a history."""
    return ask_json('history', *words, cwd=cwd)['events']


def brief(event):
    """An event as a short tuple."""
    change = event['change']
    return event['date'], change['kind'], change['id']


def main(tests):
    """Run every test_* of a module's names, each with a folder of its own."""
    names = [name for name in tests if name.startswith('test_')]
    failed = 0
    for name in names:
        with tempfile.TemporaryDirectory(prefix='candor-') as folder:
            try:
                tests[name](pathlib.Path(folder))
                print(f'ok   {name}')
            except Exception:  # every other test still runs
                failed += 1
                print(f'FAIL {name}')
                traceback.print_exc(file=sys.stdout)
    sys.exit(1 if failed or not names else 0)
