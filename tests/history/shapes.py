#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""shapes.py CANDOR: repositories of every shape: bare, shallow, packed, a worktree, without
commits; wrong clocks; statements deleted, unreadable, too large, symbolic links; deep paths.
"""
import subprocess

import harness
from harness import CANDOR, ask, ask_json, brief, events
from repository import Repository, small, statement

ONE = {'One': {'Thing': ('', [('', 'Experimental')], '')}}
UP = {'One': {'Thing': ('', [('', 'Supported')], '')}}


def remarks(cwd, *words):
    """What candor says besides its answer."""
    return subprocess.run([CANDOR, *words], cwd=cwd, capture_output=True, check=True,
                          timeout=60).stderr.decode()


def test_clones(folder):
    """Bare, packed, a clone and a linked work tree answer like the repository."""
    repo, _ = small(folder / 'r')
    first = events(repo.folder, '--branch', 'main')
    repo.git('gc', '--quiet', '--aggressive')
    assert events(repo.folder, '--branch', 'main') == first, 'packed'
    repo.git_at(None, 'clone', '--quiet', '--bare', repo.folder, folder / 'bare')
    assert events(folder / 'bare', '--branch', 'main') == first, 'bare'
    repo.git('worktree', 'add', '--quiet', '--detach', folder / 'tree', 'main')
    assert [brief(e) for e in events(folder / 'tree')] == [brief(e) for e in first], 'work tree'
    repo.git_at(None, 'clone', '--quiet', repo.folder, folder / 'clone')
    assert len(events(folder / 'clone', '--branch', 'origin/stable-4.20')) == 13
    names = ask_json('history', '--all-branches', cwd=folder / 'clone')['branches']
    assert [b['name'] for b in names] == ['main', 'origin/main', 'origin/stable-4.20',
                                          'origin/topic'], names


def test_shallow(folder):
    """A shallow clone says that it does not know what was before."""
    repo, ids = small(folder / 'r')
    repo.git_at(None, 'clone', '--quiet', '--depth', '2', '--branch', 'stable-4.20',
                f'file://{repo.folder}', folder / 'shallow')
    value = ask_json('history', cwd=folder / 'shallow')
    assert value['branches'][0]['is_cut'] is True and value['branches'][0]['notes'] == []
    assert [(e['commit'], 'or_before' in e) for e in value['events']] == \
        [(ids['advisory'], True)] * 9 + [(ids['extended'], False)], value['events']
    assert 'or before: the history begins here' in ask('history', cwd=folder / 'shallow')
    said = ask('status', '--at', '2020-05-01', cwd=folder / 'shallow', status=2)
    assert 'does not know what was before' in said, said


def test_no_history(folder):
    """No repository, no commit, no such branch, no such file: said, with what to do."""
    (folder / 'plain').mkdir()
    assert 'is in no git repository' in ask('history', '--repo', folder / 'plain', status=2)
    repo = Repository(folder / 'r')
    assert 'no revision' in ask('history', cwd=repo.folder, status=2)
    repo.commit('2020-01-01', 'x', {'README': 'x'})
    for command in ('history', 'status'):
        said = ask(command, cwd=repo.folder, status=2)
        assert 'ever had a file' in said.replace('never', 'ever') and '--path' in said, said
    said = ask('history', '--branch', 'mian', cwd=repo.folder, status=2)
    assert "'mian'" in said and 'git log' in said, said


def test_clocks(folder):
    """Dates that go back or far ahead do not reorder what happened."""
    repo = Repository(folder / 'r')
    wanted = [('2020-01-01', '2020-01-01'), ('1999-01-01', '2020-01-01'),
              ('2020-03-01', '2020-03-01'), ('2090-01-01', '2020-03-01'),
              ('2020-05-01', '2020-05-01')]
    for number, (date, _) in enumerate(wanted):
        repo.commit(date, f'step {number}', {'SUPPORT.md': statement(
            {'One': {'Thing': ('', [('', f'Supported up to {number + 1}')], '')}})})
    found = [e for e in events(repo.folder, 'thing')]
    assert [e['date'] for e in found] == [date for _, date in wanted], found
    assert [e['date_is_doubtful'] for e in found] == [a != b for a, b in wanted]
    assert '2020-03-01?' in ask('history', 'thing', cwd=repo.folder)
    at = ask_json('status', 'thing', '--at', '2020-04-01', cwd=repo.folder)['statements'][0]
    assert at['cases'][0]['status'] == 'Supported up to 4' and at['date_is_doubtful'] is True
    assert 'cannot be true' in ask('status', '--at', '2020-04-01', cwd=repo.folder)


def test_before_the_epoch(folder):
    """Seconds at the ends of what a commit can hold."""
    repo = Repository(folder / 'r')
    repo.write('SUPPORT.md', statement(ONE))
    repo.git('add', '--all')
    tree = repo.git('write-tree').decode().strip()
    parent = None
    for seconds in ('0', '4102444800', '9999999999', '99999999999999'):
        text = f'tree {tree}\n' + (f'parent {parent}\n' if parent else '') + \
            f'author A <a@b> {seconds} +0000\ncommitter A <a@b> {seconds} +0000\n\nat {seconds}\n'
        parent = repo.git('hash-object', '-t', 'commit', '-w', '--stdin', '--literally',
                          input=text.encode()).decode().strip()
    repo.git('update-ref', 'refs/heads/main', parent)
    assert [e['date'] for e in events(repo.folder)] == ['1970-01-01'] * 5
    assert ask('status', '--at', '2020-01-01', cwd=repo.folder).startswith('HEAD (')


def test_deletion(folder):
    """A statement deleted is lost, and gained when it is back; between there is none."""
    repo = Repository(folder / 'r')
    repo.commit('2020-01-01', 'a', {'SUPPORT.md': statement(ONE), 'README': 'x'})
    repo.commit('2020-02-01', 'b', {'SUPPORT.md': None})
    repo.commit('2020-03-01', 'c', {'SUPPORT.md': statement(UP)})
    assert [brief(e) for e in events(repo.folder, 'thing')] == [
        ('2020-01-01', 'gained', 'thing'), ('2020-02-01', 'lost', 'thing'),
        ('2020-03-01', 'gained', 'thing')]
    said = ask('status', '--at', '2020-02-02', cwd=repo.folder, status=2)
    assert 'no statement since 2020-02-01' in said, said


def test_unreadable(folder):
    """A revision that is no statement is a remark, and what was stated before holds."""
    repo = Repository(folder / 'r')
    repo.commit('2020-01-01', 'a', {'SUPPORT.md': statement(ONE)})
    for number, text in enumerate(('no statement\n', b'\0\xff' * 99, '', 'x' * (5 << 20))):
        repo.commit(f'2020-02-0{number + 1}', f'bad {number}', {'SUPPORT.md': text})
    (repo.folder / 'SUPPORT.md').unlink()
    (repo.folder / 'SUPPORT.md').symlink_to('README')
    repo.commit('2020-02-08', 'link', {'README': statement(UP)})
    (repo.folder / 'SUPPORT.md').unlink()
    repo.commit('2020-03-01', 'c', {'SUPPORT.md': statement(UP)})
    value = ask_json('history', 'thing', cwd=repo.folder)
    assert [brief(e) for e in value['events']] == [('2020-01-01', 'gained', 'thing'),
                                                   ('2020-03-01', 'up', 'thing')], value
    assert len(value['branches'][0]['notes']) == 5, value['branches']
    said = remarks(repo.folder, 'history')
    assert said.count('candor history: warning: commit ') == 5, said
    state = ask_json('status', '--at', '2020-02-07', cwd=repo.folder)['statements'][0]
    assert state['cases'][0]['status'] == 'Experimental', state


def test_file_renames(folder):
    """The file is followed through new names, also with changes; a copy is not a rename."""
    repo = Repository(folder / 'r')
    repo.commit('2020-01-01', 'a', {'doc/a/SUPPORT.pandoc': statement(ONE)})
    repo.git('mv', 'doc/a/SUPPORT.pandoc', 'doc/STATEMENT.md')
    repo.commit('2020-02-01', 'move only', {})
    repo.git('rm', '--quiet', 'doc/STATEMENT.md')
    repo.commit('2020-03-01', 'move and change', {'SUPPORT.md': statement(UP),
                                                  'doc/other.md': 'Other\n' * 30})
    found = events(repo.folder, 'thing')
    assert [(e['date'], e['change']['kind'], e['file']) for e in found] == [
        ('2020-01-01', 'gained', 'doc/a/SUPPORT.pandoc'), ('2020-03-01', 'up', 'SUPPORT.md')]
    assert [brief(e) for e in events(repo.folder, 'thing', '--path', 'doc/STATEMENT.md')] == [
        ('2020-01-01', 'gained', 'thing'), ('2020-03-01', 'lost', 'thing')]
    repo.commit('2020-04-01', 'unlike', {'NEW.md': statement(UP)})
    assert len(events(repo.folder, 'thing', '--path', 'NEW.md')) == 1, 'no rename: both stay'


def test_merges(folder):
    """Nested topics, a merge that decides itself, and three parents."""
    repo = Repository(folder / 'r')
    repo.commit('2020-01-01', 'a', {'SUPPORT.md': statement(ONE)})
    repo.git('checkout', '--quiet', '-b', 'outer')
    repo.commit('2020-01-02', 'outer', {'README': '1'})
    repo.git('checkout', '--quiet', '-b', 'inner')
    change = repo.commit('2020-01-03', 'the change', {'SUPPORT.md': statement(UP)})
    repo.git('checkout', '--quiet', 'outer')
    repo.commit('2020-01-04', 'more', {'README': '2'})
    repo.merge('2020-01-05', 'inner merge', 'inner')
    repo.git('checkout', '--quiet', 'main')
    repo.commit('2020-01-06', 'other', {'OTHER': '1'})
    merge = repo.merge('2020-01-07', 'outer merge', 'outer')
    found = events(repo.folder, 'thing')[1]
    assert (found['date'], found['commit'], found['merge']) == ('2020-01-07', change, merge)
    assert 'merged by ' + merge[:12] in ask('history', 'thing', cwd=repo.folder)
    for name in ('x', 'y'):
        repo.git('checkout', '--quiet', '-b', name, 'main')
        repo.commit('2020-02-01', name, {name: '1'})
    repo.git('checkout', '--quiet', 'main')
    repo.git_at('2020-02-02T12:00:00+0000', 'merge', '--quiet', '--no-commit', 'x', 'y')
    evil = repo.commit('2020-02-02', 'octopus that decides', {'SUPPORT.md': statement(ONE)})
    last = events(repo.folder, 'thing')[-1]
    assert last['commit'] == evil and 'merge' not in last and last['change']['kind'] == 'down'


def test_damage(folder):
    """An object that is missing or garbled is a remark; the rest is told."""
    repo = Repository(folder / 'r')
    first = repo.commit('2020-01-01', 'a', {'SUPPORT.md': statement(ONE)})
    repo.commit('2020-02-01', 'b', {'SUPPORT.md': statement(UP)})
    blob = repo.head('HEAD:SUPPORT.md')
    path = repo.folder / '.git/objects' / blob[:2] / blob[2:]
    path.chmod(0o644)
    path.write_bytes(b'garbage')
    value = ask_json('history', cwd=repo.folder)
    assert {e['date'] for e in value['events']} == {'2020-01-01'}
    assert len(value['branches'][0]['notes']) == 1, value
    (repo.folder / '.git/objects' / first[:2] / first[2:]).unlink()
    value = ask_json('history', cwd=repo.folder, status=1)
    assert value['branches'][0]['is_cut'] is True and value['branches'][0]['notes'], value


if __name__ == '__main__':
    harness.main(globals())
