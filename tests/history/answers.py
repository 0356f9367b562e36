#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""answers.py CANDOR: the questions of `history`, `status` and `diff` on a small repository.

It has a rename of the file, one of a feature, a topic merged, a downgrade with an advisory on
a stable branch, and a window of support extended.
"""
import csv
import io

import harness
import repository
from harness import ask, ask_json, brief, events


def test_history(folder):
    """Every change, in order, with its commit, through the renames."""
    repo, ids = repository.small(folder / 'r')
    found = events(repo.folder, 'flask-xsm-module')
    assert [brief(e) for e in found] == [
        ('2020-01-10', 'gained', 'xsm-flask'), ('2020-03-01', 'up', 'flask-xsm-module'),
        ('2020-03-01', 'renamed', 'flask-xsm-module')], found
    assert [e['commit'] for e in found] == [ids['first'], ids['renamed'], ids['renamed']]
    assert found[0]['file'] == 'docs/SUPPORT.md' and found[1]['file'] == 'SUPPORT.md'
    assert found[2]['change']['inferred'] is True
    assert found[1]['reason'] == 'SUPPORT: FLASK is its own module'
    assert found[1]['trailers'] == [{'key': 'Reviewed-by', 'value': 'B. Ob <bob@example.org>'}]
    for name in ('xsm-flask', 'XSM & FLASK', 'FLASK XSM Module', 'flask xsm module'):
        assert events(repo.folder, name) == found, name


def test_registry(folder):
    """Aliases of a registry make the rename certain, and ids are the registry's."""
    repo, _ = repository.small(folder / 'r')
    (folder / 'features.yaml').write_text(
        'format: 1\nfeatures:\n  - {id: xsm_flask, title: FLASK XSM Module, section: Security, '
        'owner: core, state: built, aliases: [XSM & FLASK]}\n')
    found = events(repo.folder, 'xsm_flask', '--registry', folder / 'features.yaml')
    assert [brief(e)[1:] for e in found] == [('gained', 'xsm_flask'), ('up', 'xsm_flask'),
                                             ('renamed', 'xsm_flask')], found
    assert 'inferred' not in found[2]['change']


def test_merge(folder):
    """What a merge brought has the date of the merge and the commit that made it."""
    repo, ids = repository.small(folder / 'r')
    found = events(repo.folder, 'physical-memory')
    merged = [e for e in found if e.get('merge')]
    assert {(e['date'], e['commit'], e['merge']) for e in merged} == \
        {('2020-03-20', ids['limit'], ids['merge'])}, found
    assert sorted(e['change']['kind'] for e in merged) == ['down', 'limit', 'scope']
    limit = next(e['change'] for e in merged if e['change']['kind'] == 'limit')
    assert limit['direction'] == 'raised' and limit['was'] == 'up to 8 TiB', limit


def test_advisory(folder):
    """A downgrade names its advisories, and where it was picked from."""
    repo, ids = repository.small(folder / 'r')
    found = events(repo.folder, 'device-passthrough', '--branch', 'stable-4.20')
    down = found[1]
    assert brief(down) == ('2020-06-01', 'down', 'device-passthrough')
    assert down['advisories'] == ['CVE-2020-12345', 'XSA-999']
    assert down['commit'] == ids['advisory']
    assert down['picked_from'] == '0123456789abcdef0123456789abcdef01234567'
    text = ask('history', 'device-passthrough', '--branch', 'stable-4.20', cwd=repo.folder)
    assert '\n  advisory: CVE-2020-12345, XSA-999\n' in text, text
    value = ask_json('join', 'device-passthrough', '--repo', repo.folder, '--tree', repo.folder)
    assert value['advisories'] == [], 'main has no such commit'
    repo.git('checkout', '--quiet', 'stable-4.20')
    value = ask_json('join', 'Device passthrough', '--tree', repo.folder)
    assert [a['name'] for a in value['advisories']] == ['CVE-2020-12345', 'XSA-999'], value
    assert value['cases'][0]['raw'] == '    Status: Supported, not security supported'


def test_branches(folder):
    """What branches share is told once, with all their names."""
    repo, ids = repository.small(folder / 'r')
    found = events(repo.folder, '--all-branches')
    first = [e for e in found if e['commit'] == ids['first']]
    assert len(first) == 9 and all(e['branches'] == ['main', 'stable-4.20', 'topic']
                                   for e in first), first
    assert [e['branches'] for e in found if e['commit'] == ids['advisory']] == \
        [['stable-4.20']] * 2
    assert [e['date'] for e in found] == sorted(e['date'] for e in found)
    two = events(repo.folder, '--branch', 'stable-4.20', '--branch', 'main')
    assert {tuple(e['branches']) for e in two} == {('stable-4.20', 'main'), ('stable-4.20',),
                                                  ('main',)}


def test_status(folder):
    """What held on a day: its end, by the branch's own commits."""
    repo, ids = repository.small(folder / 'r')

    def passthrough(day, branch='stable-4.20'):
        value = ask_json('status', 'device-passthrough', '--at', day, '--branch', branch,
                         cwd=repo.folder)['statements'][0]
        return value['cases'][0]['security'], value['window'], value['commit']
    assert passthrough('2020-05-31') == ('yes', 'supported', ids['moved'])
    assert passthrough('2020-06-01T11:59:59Z') == ('yes', 'supported', ids['moved'])
    assert passthrough('2020-06-01') == ('no', 'supported', ids['advisory'])
    assert passthrough('2022-11-30') == ('no', 'security-only', ids['advisory'])
    assert passthrough('2023-06-01') == ('no', 'security-only', ids['extended'])
    assert passthrough('2023-06-01', 'main') == ('yes', 'ended', ids['merge'])
    assert passthrough('2020-01-14', 'main')[1] == 'unreleased'
    assert passthrough('2020-01-15', 'main')[1] == 'supported'
    assert 'no statement before 2020-01-10' in ask('status', '--at', '2020-01-09',
                                                   cwd=repo.folder, status=2)
    old = ask_json('status', 'flask-xsm-module', '--at', '2020-02-02', cwd=repo.folder)
    assert old['statements'][0]['cases'][0]['id'] == 'xsm-flask', 'the name it had then'
    arm = ask_json('status', '--arch', 'arm64', '--section', 'memory', cwd=repo.folder)
    assert [c['qualifier'] for c in arm['statements'][0]['cases']] == ['Arm64']


def test_diff(folder):
    """Revisions, tags, REV:PATH and files are compared alike."""
    repo, ids = repository.small(folder / 'r')
    repo.git('tag', '-a', '-m', 'out', 'RELEASE-1', 'main')
    plain = ask('diff', '--format', 'csv', ids['moved'], 'main', cwd=repo.folder, status=1)
    for word in ('RELEASE-1', 'main:SUPPORT.md', 'HEAD', 'SUPPORT.md'):
        if word in ('HEAD', 'main:SUPPORT.md'):
            repo.git('checkout', '--quiet', 'main')
        text = ask('diff', '--format', 'csv', ids['moved'], word, cwd=repo.folder, status=1)
        assert [row[2:9] for row in csv.reader(io.StringIO(text))] == \
            [row[2:9] for row in csv.reader(io.StringIO(plain))], word
    old = ask_json('diff', ids['first'] + ':docs/SUPPORT.md', ids['moved'], cwd=repo.folder,
                   status=1)['comparisons'][0]
    assert [c['kind'] for c in old['changes']] == ['status'], old
    assert ask('diff', 'main', 'main', cwd=repo.folder).startswith(
        'main -> main: no difference in meaning'), 'status 0'
    three = ask_json('diff', ids['moved'], 'main', 'stable-4.20', cwd=repo.folder, status=1)
    assert len(three['comparisons']) == 2
    assert 'at revision' in ask('diff', 'main:no/such', 'main', cwd=repo.folder, status=2)
    assert 'nor a revision' in ask('diff', 'mian', 'main', cwd=repo.folder, status=2)
    assert 'is a folder' in ask('diff', ids['first'] + ':docs', 'main', cwd=repo.folder, status=2)


def test_markdown(folder):
    """For release notes: headings by kind, names as text."""
    repo, ids = repository.small(folder / 'r')
    text = ask('diff', '--format', 'markdown', ids['moved'], 'main', cwd=repo.folder, status=1)
    assert text.startswith(f'## Support: changes from {ids["moved"]} to main\n'), text
    assert '\n### Less support than before\n\n* **Physical Memory** (Arm64): ' \
        'Supported -> Tech Preview\n' in text, text
    assert '* **FLASK XSM Module**: XSM &amp; FLASK -> FLASK XSM Module (as it seems)' in text
    wiki = ask('diff', '--format', 'wiki', ids['moved'], 'main', cwd=repo.folder)
    assert wiki.count('{| class="wikitable"') == wiki.count('\n|}\n') == 2, wiki
    assert "| '''Tech Preview'''\n" in wiki


def test_names(folder):
    """A misspelt feature is a mistake, with the name perhaps meant."""
    repo, _ = repository.small(folder / 'r')
    for command in ('history', 'status'):
        said = ask(command, 'phisical-memory', cwd=repo.folder, status=2)
        assert "did you mean 'physical-memory'?" in said, said
    assert "did you mean 'memory-sharing'?" in ask('query', '--id', 'memory-sharin',
                                                   cwd=repo.folder, status=2)
    assert "did you mean 'xsm-flask'?" in ask('join', 'xsm-flsk', '--statement', 'old.md',
                                              cwd=old_tree(repo), status=2)
    assert ask('query', 'no such words', cwd=repo.folder, status=1).endswith('nothing fits\n')


def old_tree(repo):
    """The repository with the statement of a tag in old.md."""
    repo.write('old.md', repo.git('show', 'stable-4.20:SUPPORT.md'))
    return repo.folder


def test_same_bytes(folder):
    """The same repository gives the same answer, in every format, from every folder in it."""
    repo, _ = repository.small(folder / 'r')
    (repo.folder / 'below').mkdir()
    for form in ('json', 'yaml', 'csv', 'markdown', 'table'):
        words = ('history', '--all-branches', '--format', form)
        first = ask(*words, cwd=repo.folder)
        assert first == ask(*words, cwd=repo.folder / 'below'), form
        assert first == ask(*words, '--repo', repo.folder / '.git'), form


if __name__ == '__main__':
    harness.main(globals())
