#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""git-log.py CANDOR: the history beside what `git log -p` shows.

Git knows nothing of statements, but which lines a commit added and removed. A commit whose
patch changes status lines must be told by `history`, with git's own date and subject; one whose
patch changes nothing at all must not.
"""
import collections
import os
import pathlib
import re

import harness
import repository
from harness import events

STATUS = re.compile(r'^[+-](?: {4}|\t)\s*(?:Status|Supported)\b')


def patches(repo, *paths):
    """{commit: (date, subject, lines removed and added)}, first parents only, by git."""
    text = repo.git('log', '--first-parent', '--diff-merges=first-parent', '-p', '--no-renames',
                    '--format=%x00%H%x01%cd%x01%s%x01', '--date=format-local:%Y-%m-%d', '--',
                    *paths).decode()
    found = {}
    for part in text.split('\0')[1:]:
        commit, date, subject, patch = part.split('\1', 3)
        lines = [line for line in patch.splitlines()
                 if line[:1] in '+-' and line[:3] not in ('+++', '---')]
        found[commit] = (date, subject, lines)
    return found


def status_lines(lines):
    """The status lines that a patch really changes: moved ones cancel out."""
    count = collections.Counter()
    for line in lines:
        if STATUS.match(line):
            count[' '.join(line[1:].split())] += 1 if line[0] == '+' else -1
    return +count + -count


def compare(repo, *paths):
    """Hold both against one another; how many commits were compared."""
    told = {}
    for event in events(repo.folder):
        told.setdefault(event.get('merge', event['commit']), []).append(event)
    real = patches(repo, *paths)
    for commit, (date, subject, lines) in real.items():
        if status_lines(lines):
            assert commit in told, f'not told: {commit} {subject} {lines}'
    for commit, found in told.items():
        assert commit in real and real[commit][2], f'made up: {commit} {found}'
        assert found[0]['date'] == real[commit][0], found
        if 'merge' not in found[0]:
            assert found[0]['reason'] == real[commit][1], found
        for event in found:
            judge_lines(event['change'], [line[1:].strip() for line in real[commit][2]])
    return len(real)


def judge_lines(change, lines):
    """The status after a change is in the patch, unless its heading alone changed."""
    if change['kind'] not in ('up', 'down', 'gained', 'status', 'limit') or \
            'after_stands' in change:
        return
    side = change['after']
    assert '### ' + side['title'] in lines or \
        any(line.endswith(side['status']) for line in lines), (change, lines)


def test_small(folder):
    """The small repository; git is told both names of the file."""
    repo, _ = repository.small(folder / 'r')
    assert compare(repo, 'SUPPORT.md', 'docs/SUPPORT.md') == 4


def test_random(folder):
    """Random histories."""
    for seed in range(20, 26):
        repo = repository.random_history(folder / str(seed), seed, 30)
        assert compare(repo, 'SUPPORT.md') > 20


def test_real(folder):
    """The Xen Project's statements, one after another, where CANDOR_TEST_DATA has them."""
    data = os.environ.get('CANDOR_TEST_DATA')
    if not data:
        print('     test_real: CANDOR_TEST_DATA is not set')
        return
    repo = repository.Repository(folder / 'r')
    files = sorted(pathlib.Path(data, 'xen-support-md').glob('*.md'))
    assert len(files) == 6
    for number, path in enumerate(files):
        repo.commit(f'20{17 + number}-12-01', f'release {path.stem}',
                    {'SUPPORT.md': path.read_bytes()})
    assert compare(repo, 'SUPPORT.md') == 6


if __name__ == '__main__':
    harness.main(globals())
