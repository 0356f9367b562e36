# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""terminal.py CANDOR: colour and progress go to terminals, and to nothing else.

Each stream is tried as a pipe and as a terminal, which Python's pty plays.
"""
import os
import pathlib
import pty
import subprocess
import sys

from common import GOLDEN, ROOT, main

sys.path.append(str(ROOT / 'tests/release'))
import harness  # noqa: E402

ESCAPE = b'\x1b'
COLOUR = {'TERM': 'xterm'}
PLAIN = [{'TERM': 'dumb'}, {'TERM': ''}, {}, {'TERM': 'xterm', 'NO_COLOR': '1'}]


def read_all(leader):
    """All that was written to a terminal; its end looks like an error."""
    said = b''
    while True:
        try:
            part = os.read(leader, 65536)
        except OSError:
            return said
        if not part:
            return said
        said += part


def on_terminal(argv, environment, streams, **options):
    """Status, what the terminal got, and what the other stream's pipe got."""
    leader, follower = pty.openpty()
    pipes = {name: follower if name in streams else subprocess.PIPE
             for name in ('stdout', 'stderr')}
    base = {k: v for k, v in os.environ.items() if k not in ('TERM', 'NO_COLOR')}
    with subprocess.Popen([str(word) for word in argv], env={**base, **environment}, **pipes,
                          **options) as process:
        os.close(follower)
        shown = read_all(leader)  # first: what goes to the pipes fits into them
        piped = b''.join(process.communicate(timeout=120)[i] or b'' for i in (0, 1))
    os.close(leader)
    return process.returncode, shown.replace(b'\r\n', b'\n'), piped


def expected(case):
    """What a golden case prints."""
    text = (case / 'expected.txt').read_bytes()
    return text[:text.rindex(b'exit status')]


def test_colour(_, candor):
    """Findings are coloured on a terminal that obeys, and only there."""
    case = GOLDEN / 'check/fail-bad-date'
    plain = expected(case)
    status, shown, _piped = on_terminal([candor, 'check'], COLOUR, ['stdout'], cwd=case)
    assert status == 1 and b'\x1b[1;31merror:\x1b[0m' in shown, shown
    for code in b'\x1b[0m', b'\x1b[1m', b'\x1b[32m', b'\x1b[1;31m', b'\x1b[1;35m':
        shown = shown.replace(code, b'')
    assert shown == plain, shown
    status, shown, _piped = on_terminal([candor, 'check'], {**COLOUR, 'NO_COLOR': ''}, ['stdout'],
                                        cwd=case)
    assert ESCAPE in shown, 'an empty NO_COLOR counts'
    for environment in PLAIN:
        status, shown, _piped = on_terminal([candor, 'check'], environment, ['stdout'], cwd=case)
        assert (status, shown) == (1, plain), (environment, shown)
    for streams in [], ['stderr']:
        status, shown, piped = on_terminal([candor, 'check'], COLOUR, streams, cwd=case)
        assert (status, shown, piped) == (1, b'', plain), (streams, shown, piped)


def test_json(_, candor):
    """What programs read is the same bytes, on a terminal too."""
    case = GOLDEN / 'check/fail-bad-date'
    for argv, cwd in (([candor, 'check', '--json'], case),
                      ([candor, 'policy', 'list', '--json'], ROOT),
                      ([candor, 'policy', 'explain', 'umip', '--json'], ROOT),
                      ([candor, 'matrix', '--json', '-', 'SUPPORT.md'], ROOT)):
        _, shown, _ = on_terminal(argv, COLOUR, ['stdout', 'stderr'], cwd=cwd)
        _, _, piped = on_terminal(argv, COLOUR, [], cwd=cwd)
        assert shown == piped and ESCAPE not in shown and shown, argv


def test_others(_, candor):
    """No other command writes escape sequences."""
    for argv in (['policy', 'list'], ['policy', 'explain', 'umip'], ['policy', 'nothing'],
                 ['inspect', 'nothing'], ['--help'], ['check', '--rules'], ['matrix', '--what']):
        _, shown, _ = on_terminal([candor, *argv], COLOUR, ['stdout', 'stderr'], cwd=ROOT)
        assert shown and ESCAPE not in shown, (argv, shown)


def test_progress(_, candor):
    """A release tells what it is at, on a terminal alone, and leaves nothing of that behind."""
    bench = harness.Bench(candor)
    try:
        def release(streams, environment, *args):
            argv = [candor, 'release', '--source', bench.tree, '--out', bench.out, *args]
            return on_terminal(argv, {**bench.environment, **environment}, streams)
        status, shown, quiet = release([], COLOUR)
        assert status == 0 and not shown and ESCAPE not in quiet, (status, quiet)
        assert quiet.startswith(b'released: '), quiet
        for environment in {'TERM': 'dumb'}, {}:
            status, shown, piped = release(['stderr'], environment)
            assert (status, shown) == (0, b''), (environment, shown)
            assert piped == quiet.replace(b'released:', b'already there:'), piped
        status, shown, piped = release(['stderr'], COLOUR)
        assert status == 0 and piped.startswith(b'already there: '), piped
        for what in b'reading', b'packing candor-', b'signing SHA256SUMS', b'verifying':
            assert b'\r\x1b[Kcandor release: ' + what in shown, shown
        assert shown.endswith(b'\r\x1b[K') and b'\n' not in shown, shown
        # An error starts on a line of its own, with no rest of progress on it.
        status, shown, piped = release(['stderr'], COLOUR, '--version', '9.9')
        assert status == 2 and not piped, (status, piped)
        assert shown.split(ESCAPE + b'[K')[-1].startswith(os.fsencode(bench.out)), shown
    finally:
        bench.close()


if __name__ == '__main__':
    main(sys.modules[__name__], str(pathlib.Path(sys.argv[1]).resolve()))
