# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""release/interrupt: a killed release leaves the whole folder or none, and the next run tidies."""
import os
import signal
import subprocess
import sys
import time

from harness import CLEAN, TROUBLE, expect, main

DELAYS = [0.002, 0.01, 0.02, 0.04, 0.06, 0.09, 0.13, 0.18, 0.25, 0.4]


def kill_after(bench, delay, number):
    with subprocess.Popen([bench.candor, 'release', '--out', bench.out, '--source', bench.tree],
                          env=bench.environment, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as process:
        time.sleep(delay)
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
    return subprocess.CompletedProcess([], process.returncode, out, err)


def partial(bench):
    return [p for p in bench.top.iterdir() if 'partial' in p.name]


def whole_or_none(bench):
    """Whether the release is there; if it is, it is whole."""
    if not bench.out.exists():
        return False
    expect(bench.verify(), CLEAN)
    for path in bench.out.iterdir():
        path.unlink()
    bench.out.rmdir()
    return True


def end_politely(bench, number):
    for delay in DELAYS:
        done = kill_after(bench, delay, number)
        assert not partial(bench), (delay, partial(bench))
        there = whole_or_none(bench)
        # Before the handler is installed the signal has its usual effect.
        assert done.returncode in ((CLEAN,) if there else (TROUBLE, -number)), (delay, done)


def test_sigterm(bench):
    end_politely(bench, signal.SIGTERM)


def test_sigint(bench):
    end_politely(bench, signal.SIGINT)


def test_interrupted_in_the_middle(bench):
    """Stopped while gpg works: the signal is heeded at the next step."""
    wrapper = bench.top / 'bin'
    wrapper.mkdir()
    git = wrapper / 'git'
    git.write_text('#!/bin/sh\ncase "$*" in *cat-file*) kill -TERM $PPID;; esac\n'
                   'exec /usr/bin/git "$@"\n')
    git.chmod(0o755)
    done = bench.release(env={'PATH': f'{wrapper}:{os.environ["PATH"]}'})
    expect(done, TROUBLE, 'interrupted', 'Terminated')
    assert not partial(bench) and not bench.out.exists()


def test_sigkill(bench):
    for delay in DELAYS:
        kill_after(bench, delay, signal.SIGKILL)
        whole_or_none(bench)


def test_leftovers_are_swept(bench):
    old, fresh = bench.top / '.out.partial-aaaaaa', bench.top / '.out.partial-bbbbbb'
    other = bench.top / '.other.partial-aaaaaa'
    for folder in old, fresh, other:
        folder.mkdir()
        (folder / 'SHA256SUMS').write_text('')
    for folder in old, other:
        os.utime(folder, (1, 1))
    expect(bench.release(), CLEAN)
    assert sorted(partial(bench)) == sorted([fresh, other])


if __name__ == '__main__':
    main(sys.modules[__name__])
