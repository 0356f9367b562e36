#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""host/fleet: reports on hosts that differ, that lie, and on ten thousand of them.

usage: fleet.py CANDOR
"""
import copy
import json
import pathlib
import subprocess
import sys
import tempfile

CANDOR = str(pathlib.Path(sys.argv[1]).resolve())
ENVIRONMENT = {'SOURCE_DATE_EPOCH': '1780272000', 'PATH': '/usr/bin:/bin'}  # 2026-06-01
DECISION = 'sha256:' + '1' * 64
RECORD = {'by': 'alice', 'why': 'x', 'when': '2026-05-01T00:00:00Z', 'until': None, 'boot_entry': True}
MANY = 10000
SECONDS = 120  # of CPU: a report of all of them, on a slow machine; measured: 18


def feature(name, state='on', lock='on', record=None, until=None, taint=None):
    """A feature as a host tells it."""
    return {'id': name, 'state': state, 'until': until, 'level': None, 'security': None,
            'taint': taint, 'lock': lock, 'boot': None, 'record': record}


def state(name, *features, **members):
    """A host's state."""
    return {'format': 1, 'host': name, 'date': '2026-06-01', 'running': True, 'policy': 'lab',
            'decision': DECISION, 'taint': '', 'lock': None,
            'features': sorted(features, key=lambda f: f['id']), 'findings': [], **members}


def report(folder, *states, words=(), status=None):
    """What is reported of hosts; their files are named by number."""
    paths = []
    for number, value in enumerate(states):
        paths.append(folder / f'{number}.json')
        paths[-1].write_text(value if isinstance(value, str) else json.dumps(value))
    done = subprocess.run([CANDOR, 'fleet', 'report', *paths, '--json', *words], env=ENVIRONMENT,
                          capture_output=True, check=False, timeout=60)
    assert status is None or done.returncode == status, done
    return json.loads(done.stdout)


def kinds(value):
    """{host: findings} of a report."""
    return {host['host']: {(f['kind'], f['feature']) for f in host['findings']}
            for host in value['hosts']}


def test_within(folder):
    """Hosts that are as they should be."""
    value = report(folder, state('b', feature('umip', 'opted-in', 'opt-in', RECORD)), state('a'),
                   status=0)
    assert kinds(value) == {'a': set(), 'b': set()} and value['nr_outside'] == 0
    assert value['features'] == [{'id': 'umip', 'active': 1, 'expired': 0, 'on_record': 1}]


def test_outside(folder):
    """Every way to be outside, each found, and no more."""
    past = dict(RECORD, until='2026-05-31')
    hosts = {
        'beyond': (state('beyond', feature('pv', 'on', 'off')), {('beyond-lock', 'pv')}),
        'expired': (state('expired', feature('umip', 'opted-in', 'opt-in', past)),
                    {('expired', 'umip')}),
        'refused': (state('refused', feature('umip', 'expired', 'opt-in', None, '2026-05-01')),
                    {('expired', 'umip')}),
        'nobody': (state('nobody', feature('umip', 'opted-in')), {('undocumented', 'umip')}),
        'other': (state('other', decision='sha256:' + '2' * 64), {('other-decision', None)}),
        'old': (state('old', date='2026-05-20'), {('stale', None)}),
        'young': (state('young', date='2026-06-02'), {('stale', None)}),
        'mute': (state('mute', running=False), {('no-state', None)}),
        'own': (state('own', findings=[{'kind': 'unlogged', 'grade': 'outside', 'feature': 'a',
                                        'message': 'm', 'remedy': 'r'},
                                       {'kind': 'expires-soon', 'grade': 'soon', 'feature': 'b',
                                        'message': 'm', 'remedy': 'r'}]), {('unlogged', 'a')}),
        'fine': (state('fine'), set()),
    }
    value = report(folder, *(host for host, _ in hosts.values()), status=1)
    assert kinds(value) == {name: found for name, (_, found) in hosts.items()}, kinds(value)


def test_policy(folder):
    """All against one lock: what it has off, what it does not know, other decisions."""
    lock = pathlib.Path(__file__).parents[2] / 'policy/profiles/supported.lock'
    decision = [line.split()[2] for line in lock.read_text().splitlines()
                if line.startswith('lock.decision')][0]
    good = state('good', feature('pv_clock'), policy='supported', decision=decision)
    bad = state('bad', feature('debug_x'), feature('pvh_dom0'), policy='lab')
    value = report(folder, good, bad, words=['--policy', lock], status=1)
    assert kinds(value) == {'good': set(), 'bad': {
        ('beyond-policy', 'debug_x'), ('beyond-policy', 'pvh_dom0'), ('other-decision', None)}}
    assert value['policy'] == {'profile': 'supported', 'decision': decision}


def test_duplicates(folder):
    """The newest of a host counts; two of one day that differ are told, in any order."""
    old, new = state('a', feature('x', 'opted-in'), date='2026-05-30'), state('a')
    value = report(folder, old, new, new, status=0)
    assert value['nr_hosts'] == 1 and value['nr_older'] == 2, value
    other = state('a', taint='P')
    first = report(folder, new, other, status=1)
    assert kinds(first) == {'a': {('duplicate', None)}}, first
    second = report(folder, other, new, status=1)
    first['hosts'][0].update(file='', findings=[])
    second['hosts'][0].update(file='', findings=[])
    assert first == second


def test_hostile(folder):
    """What is no state of a host is named with its place; the others are reported."""
    good = state('good', feature('umip', 'opt-in', 'opt-in', RECORD))
    bad = []
    for path in (('host',), ('date',), ('running',), ('policy',), ('features',), ('findings',),
                 ('features', 0, 'id'), ('features', 0, 'state'), ('features', 0, 'until'),
                 ('features', 0, 'taint'), ('features', 0, 'record', 'by'),
                 ('features', 0, 'record', 'until'), ('features', 0)):
        for wrong in (1, [], {}, 'x' * 5000, '../\x1b[2J', None, 'delete'):
            value = copy.deepcopy(good)
            at = value
            for step in path[:-1]:
                at = at[step]
            if wrong == 'delete':
                del at[path[-1]]
            else:
                at[path[-1]] = wrong
            bad.append(value)
    bad += ['', '{', '[]', 'null', '\0', '{"format": 2}', '[' * 100000, '{"format": 1, "format": 1}',
            json.dumps(state('a', *(feature(f'f{i}') for i in range(5000))))]
    bad.append(state('twice', feature('umip'), feature('umip')))
    refused = 0
    for value in bad:
        result = report(folder, value, good)
        assert [host['host'] for host in result['hosts']][-1:] in (['good'], ['x' * 253]), value
        refused += len(result['faults'])
        for fault in result['faults']:
            assert fault['complaint'].startswith(fault['file'] + ':'), fault
            assert ': error: ' in fault['complaint'] and '\n       = ' in fault['complaint']
            assert '\x1b' not in fault['complaint']
    assert refused > len(bad) * 3 // 4, (refused, len(bad))
    done = subprocess.run([CANDOR, 'fleet', 'report', folder / 'none.json', folder / '1.json'],
                          env=ENVIRONMENT, capture_output=True, check=False)
    assert done.returncode == 2 and b'good' in done.stdout and b'none.json' in done.stderr


def test_shown(folder):
    """Names and texts are text in every format."""
    import csv
    import html.parser
    import io
    value = state('<b>|"=1+1\x1b[2J\u202e', taint='<i>')
    (folder / 'a.json').write_text(json.dumps(value))
    for format_name in ('table', 'csv', 'markdown', 'html', 'yaml', 'json'):
        text = subprocess.run([CANDOR, 'fleet', 'report', folder, '--format', format_name],
                              env=ENVIRONMENT, capture_output=True, check=False).stdout.decode()
        assert '\x1b' not in text or format_name == 'csv', (format_name, text)
        if format_name == 'csv':
            assert len({len(row) for row in csv.reader(io.StringIO(text))}) == 1
        if format_name == 'html':
            tags = []
            parser = html.parser.HTMLParser()
            parser.handle_starttag = lambda tag, _, tags=tags: tags.append(tag)
            parser.feed(text)
            assert 'td' in tags and not {'b', 'i'} & set(tags)


def test_many(folder):
    """Ten thousand hosts, by name on one command line and as a folder: the same."""
    features = [feature(f'feature_{i:02d}', 'on') for i in range(70)]
    for number in range(MANY):
        more = [feature('umip', 'opted-in', 'opt-in', None if number % 1000 == 0 else RECORD)]
        (folder / f'{number:05d}.json').write_text(
            json.dumps(state(f'host{number:05d}', *features, *more)))
    import resource
    results = []
    for words in (sorted(folder.glob('*.json'), reverse=True), [folder]):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run([CANDOR, 'fleet', 'report', '--format', 'csv', *words],
                              env=ENVIRONMENT, capture_output=True, check=False, timeout=600)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        assert done.returncode == 1, done.stderr[:500]
        assert done.stdout.count(b'undocumented umip') == MANY // 1000
        results.append(done.stdout)
        print(f'     {MANY} hosts: {used:.1f} s of CPU, {after.ru_maxrss // 1024} MiB')
        assert used < SECONDS, used
    assert results[0] == results[1] and results[0].count(b'\n') == MANY + 1


def main():
    """Each with a folder of its own."""
    failed = 0
    for name, test in sorted(globals().items()):
        if not name.startswith('test_'):
            continue
        with tempfile.TemporaryDirectory(prefix='candor-') as folder:
            try:
                test(pathlib.Path(folder))
                print(f'ok   {name}')
            except AssertionError as error:
                failed += 1
                print(f'FAIL {name}', error)
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
