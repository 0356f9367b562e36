#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""real.py CANDOR: the questions on the Xen Project's statements, without a registry.

The files are where CANDOR_TEST_DATA says; without it the test is skipped. What is expected
was read in the files by people.
"""
import itertools
import os
import pathlib
import sys

import harness
from harness import ask, ask_json, events
from repository import Repository

DATA = os.environ.get('CANDOR_TEST_DATA')
FILES = sorted(pathlib.Path(DATA, 'xen-support-md').glob('*.md')) if DATA else []


def compare(old, new):
    """{(kind, id, case)} of two versions, and the changes."""
    names = [next(p for p in FILES if p.stem == version) for version in (old, new)]
    changes = ask_json('diff', *names, status=1)['comparisons'][0]['changes']
    return {(c['kind'], c['id'], c.get('after', c.get('before', {})).get('qualifier'))
            for c in changes}, changes


def test_releases(_):
    """What a release manager of 4.20 has to tell, all of it."""
    found, _ = compare('4.18', '4.20')
    assert found == {
        ('down', 'x86-64', 'Xeon Phi'), ('down', 'arm-v8', 'Xen in AArch32 mode'),
        ('down', 'arm-v8', 'Xen in Armv8-R'), ('scope', 'arm-v8', 'Xen in AArch64 mode'),
        ('up', 'x86pvh', 'dom0'), ('up', 'argo-inter-domain-message-delivery-by-hypercall', ''),
        ('gained', 'physical-cpus', 'x86'), ('gained', 'physical-cpus', 'ARM'),
        ('gained', 'armpartial-emulation', ''), ('gained', 'cache-coloring', 'Arm64'),
        ('gained', 'pv-9pfs-backend', 'xen-9pfsd'),
        ('gained', 'arm-scmi-over-smc-calls-forwarding-to-el3-firmware', ''),
        ('caveat', 'x86pvh', None), ('release', '', None)}, found


def test_renames(_):
    """Two headings were renamed, and nothing else is taken for a rename."""
    pairs = {(c['was'], c['is']) for a, b in itertools.combinations([p.stem for p in FILES], 2)
             for c in compare(a, b)[1] if c['kind'] == 'renamed'}
    assert pairs == {('Physical CPU Hotplug', 'ACPI CPU Hotplug'),
                     ('XSM & FLASK', 'FLASK XSM Module')}, pairs


def test_splits(_):
    """A status that was split by architecture is compared case by case."""
    found, changes = compare('4.10', '4.12')
    assert ('scope', 'x86pv', 'x86_64') in found and ('down', 'iommu', 'ARM SMMUv1') in found
    assert ('lost', 'x86pv', None) not in found
    assert not [c for c in changes if c['kind'] == 'lost' and c['id'] == 'x86pv'
                and 'scope' not in c], changes


def test_limits(_):
    """Limits are numbers with units: what is and what was, and which way."""
    _, changes = compare('4.18', '4.20')
    assert [c for c in changes if c['kind'] == 'limit'] == []
    value = ask_json('query', '--statement', FILES[-1], '--id', 'physical-memory', '--arch', 'x86')
    case = value['statements'][0]['cases'][0]
    assert case['security_supported'] == {'up_to': 12 << 40, 'unit': 'bytes'}, case
    assert case['supported'] == {'unbounded': True}, case


def test_same(_):
    """A statement differs in nothing from itself."""
    for path in FILES:
        assert 'no difference in meaning' in ask('diff', path, path)


def test_whole(_):
    """Every case of either side that the other has not, or has otherwise, is in a change."""
    for a, b in itertools.permutations(FILES, 2):
        sides = [ask_json('query', '--statement', p)['statements'][0]['cases'] for p in (a, b)]
        changes = ask_json('diff', a, b, status=1)['comparisons'][0]['changes']
        renamed = {c['former_id']: c['id'] for c in changes if c['kind'] == 'renamed'}
        keys = [{(renamed.get(c['id'], c['id']), c['qualifier'], c['status']) for c in side}
                for side in sides]
        told = [{(renamed.get(c[name]['id'], c[name]['id']), c[name]['qualifier'],
                  c[name]['status']) for c in changes if name in c} for name in
                ('before', 'after')]
        assert keys[0] - keys[1] <= told[0], (a, b, keys[0] - keys[1] - told[0])
        assert keys[1] - keys[0] <= told[1], (a, b, keys[1] - keys[0] - told[1])


def test_query(_):
    """Each property finds what it should, and combinations are its intersection."""
    newest = FILES[-1]

    def ids(*words):
        value = ask_json('query', '--statement', newest, *words)
        return {c['case'] for c in value['statements'][0]['cases']}
    assert 'x86pvh--dom0' in ids('--role', 'dom0') and 'x86pvh--dom0' not in ids('--role', 'domu')
    assert ids('--arch', 'arm64', '--level', 'experimental') == \
        ids('--arch', 'arm64') & ids('--level', 'experimental')
    assert ids('--guest', 'pvh', '--guest', 'hvm') == ids('--guest', 'pvh') | ids('--guest', 'hvm')
    assert ids('--level', 'tech-preview+') >= ids('--level', 'supported') | \
        ids('--level', 'Tech Preview')
    assert ids('live', 'patching') <= ids('patching')
    assert ids('--implementation', 'linux') and ids('--title', 'blkfront') <= ids('blkfront')
    assert ids('--security', 'no') & ids('--security', 'yes') == set()


def test_history(folder):
    """Each release a commit: a feature through its rename, the statement at each date."""
    repo = Repository(folder / 'r')
    for number, path in enumerate(FILES):
        repo.commit(f'{2017 + number}-12-01', f'release {path.stem}',
                    {'SUPPORT.md': path.read_bytes()})
    found = events(repo.folder, 'acpi-cpu-hotplug')
    assert [(e['date'][:4], e['change']['kind'], e['change']['id']) for e in found] == [
        ('2017', 'gained', 'physical-cpu-hotplug'), ('2021', 'down', 'acpi-cpu-hotplug'),
        ('2021', 'renamed', 'acpi-cpu-hotplug')], found
    for number, path in enumerate(FILES):
        state = ask_json('status', '--at', f'{2018 + number}-01-01', cwd=repo.folder)
        alone = ask_json('query', '--statement', path)
        assert state['statements'][0]['cases'] == alone['statements'][0]['cases'], path
        assert state['statements'][0]['version'] == path.stem


if __name__ == '__main__':
    if not FILES:
        print('skipped: CANDOR_TEST_DATA is not set')
        sys.exit(77)
    harness.main(globals())
