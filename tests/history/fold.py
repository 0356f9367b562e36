#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""fold.py CANDOR: what holds on a date is what the events before it add up to.

On random histories the events, one step after another, are applied to nothing; after each
step that must be what `status` tells of its day, case by case. So no change is lost in
the history, and none is made up.
"""
import collections
import itertools

import harness
import repository
from harness import ask_json, events


def cases_of(statement):
    """The cases of a status' answer, with how often each is stated."""
    return collections.Counter((c['id'], c['qualifier'], c['status']) for c in statement['cases'])


def key(side, names):
    """A side of a change, under the id the feature has afterwards."""
    return names.get(side['id'], side['id']), side['qualifier'], side['status']


def apply(state, step):
    """The state after the events of a step."""
    changes = [e['change'] for e in step]
    names = {c['former_id']: c['id'] for c in changes if c['kind'] == 'renamed'}
    state = collections.Counter({(names.get(i, i), q, s): n for (i, q, s), n in state.items()})
    gone = {(c['before']['line'], key(c['before'], names)) for c in changes
            if 'before' in c and 'before_stands' not in c}
    come = {(c['after']['line'], key(c['after'], {})) for c in changes
            if 'after' in c and 'after_stands' not in c}
    # One case may have become several; what another change keeps is not gone.
    state.subtract(k for _, k in gone)
    state.update(k for _, k in come)
    assert all(n >= 0 for n in state.values()), (gone, come, state)
    return +state


def check(repo, found):
    """Fold the events; compare with the status on each day. How many steps there were."""
    state, nr = collections.Counter(), 0
    for (day, _), step in itertools.groupby(found, lambda e: (e['date'],
                                                              e.get('merge', e['commit']))):
        state = apply(state, list(step))
        nr += 1
        if not state:
            assert 'no statement since' in harness.ask('status', '--at', day, cwd=repo.folder,
                                                       status=2), day
            continue
        value = ask_json('status', '--at', day, cwd=repo.folder)['statements'][0]
        assert cases_of(value) == state, (day, cases_of(value) - state, state - cases_of(value))
    return nr


def test_small(folder):
    """The small repository, both branches."""
    repo, _ = repository.small(folder / 'r')
    assert check(repo, events(repo.folder)) == 4
    repo.git('checkout', '--quiet', 'stable-4.20')
    assert check(repo, events(repo.folder)) == 4


def test_random(folder):
    """Random histories, with merges, deletions and renames."""
    kinds = collections.Counter()
    for seed in range(8):
        repo = repository.random_history(folder / str(seed), seed, 30)
        found = events(repo.folder)
        kinds.update(e['change']['kind'] for e in found)
        assert check(repo, found) > 15, seed
    assert len(kinds) >= 10, kinds


if __name__ == '__main__':
    harness.main(globals())
