#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""hostile.py CANDOR: who commits decides what messages, names and statements hold.

None of it may reach a terminal, a spreadsheet or a page as anything but text, and nothing
may take long.
"""
import csv
import io
import json
import time

import harness
from harness import ask, events
from repository import Repository, statement

EVIL = '\x1b]0;owned\x07\x1b[2J\x1b[31m\u202e\u2066\x9b31m <script>alert(1)</script> | `x` ' \
       '=cmd|/C calc!A0 &lt; \\ " \' \u2028 {{x}} [[y]] \'\'\'z\'\'\' %s%n @all XSA-7'
FORMATS = ('table', 'json', 'yaml', 'csv', 'markdown')


def evil_repository(folder):
    """Hostile text wherever a repository has text."""
    repo = Repository(folder)
    repo.git('config', 'user.name', EVIL.replace('<', '(').replace('>', ')'))
    name = 'Thing ' + EVIL
    for value in ('Experimental', '=1+1', EVIL, 'Supported'):
        repo.commit('2020-01-01', f'{EVIL}\n\nbody {EVIL}\n\nKey: {EVIL}\nX-Y: =1+1\n',
                    {'SUPPORT.md': statement({EVIL: {name: (EVIL, [(EVIL, value), ('', value)],
                                                            EVIL)}}, version=EVIL)})
    return repo


def test_terminal(folder):
    """No format lets a control or direction character through; ask() refuses those too."""
    repo = evil_repository(folder / 'r')
    for form in FORMATS:
        for words in (('history',), ('status', '--at', '2021-01-01'),
                      ('query', '--statement', 'main')):
            text = ask(*words, '--format', form, cwd=repo.folder)
            for bad in '\x1b\x07\x9b\u202e\u2066\u2028\x85':
                assert bad not in text, (words, form, bad)
    for form in FORMATS + ('wiki',):
        text = ask('diff', '--format', form, 'main~1', 'main', cwd=repo.folder,
                   status=0 if form == 'wiki' else 1)
        assert not set('\x1b\x07\x9b\u202e\u2066\u2028') & set(text), form
    for form in ('text', 'json', 'yaml'):
        text = ask('join', events(repo.folder)[0]['change']['id'], '--format', form,
                   cwd=repo.folder)
        assert not set('\x1b\x07\x9b\u202e\u2066\u2028') & set(text), form


def test_pages(folder):
    """Markdown and wiki pages have no element, and no mark, that the texts bring."""
    repo = evil_repository(folder / 'r')
    for words, status in ((('history', '--format', 'markdown'), 0),
                          (('diff', '--format', 'markdown', 'main~3', 'main'), 1),
                          (('diff', '--format', 'wiki', 'main~3', 'main'), 0)):
        text = ask(*words, cwd=repo.folder, status=status)
        assert '<script' not in text, text
        assert 'wiki' in words or '`x`' not in text.replace('\\`', ''), text
        if 'wiki' in words:
            assert '[[y' not in text and '{{x' not in text and "'''z" not in text, text
        else:
            assert all(line.count(' | ') == 9 for line in text.splitlines()
                       if line.startswith('| ') and '---' not in line), text


def test_spreadsheet(folder):
    """CSV parses, has no formula, and the same number of cells in each row."""
    repo = evil_repository(folder / 'r')
    for words, status in ((('history', '--format', 'csv'), 0),
                          (('query', '--statement', 'main', '--format', 'csv'), 0),
                          (('diff', '--format', 'csv', 'main~3', 'main'), 1)):
        rows = list(csv.reader(io.StringIO(ask(*words, cwd=repo.folder, status=status))))
        assert len({len(row) for row in rows}) == 1 and len(rows) > 1, rows
        assert not any(cell[:1] in tuple('=+-@') and cell for row in rows for cell in row), rows


def test_yaml(folder):
    """YAML is the same document as JSON, to a parser that is not ours."""
    try:
        import yaml
    except ImportError:
        print('     test_yaml: no module yaml')
        return
    repo = evil_repository(folder / 'r')
    for words, status in ((('history',), 0), (('query', '--statement', 'main'), 0),
                          (('status',), 0), (('diff', 'main~3', 'main'), 1),
                          (('join', events(repo.folder)[0]['change']['id']), 0)):
        text = ask(*words, '--format', 'yaml', cwd=repo.folder, status=status)
        assert yaml.safe_load(text) == json.loads(ask(*words, '--json', cwd=repo.folder,
                                                      status=status)), words
    repo.commit('2020-02-01', 'odd \ufeff \ufffe \U0001f600 \x7f \t tab\n',
                {'SUPPORT.md': statement({'One': {'\ufeff \uffff \x85 - : #': ('', [('', 'X')],
                                                                             '')}})})
    text = ask('history', '--format', 'yaml', cwd=repo.folder)
    assert yaml.safe_load(text) == json.loads(ask('history', '--json', cwd=repo.folder))


def test_messages(folder):
    """Empty, huge, binary and foreign messages; a subject is one line, advisories are found."""
    repo = Repository(folder)
    messages = ['\n', '\n\n\n', 'a\n' * 100000, b'\xff\xfe\xc0\x80\n', 'X' * (1 << 20),
                'one\ntwo lines\n\nbody XSA-1, xsa-20 CVE-2020-0001 CVE-2020-1 XSA- CVE-20-11111 '
                'myXSA-3 XSA-1\nCVE-2019-99999\n',
                '\x1bKey: v\n\nNo-Key\nKey : x\n:y\nA-B: c\n' + 'K: v\n' * 500]
    for number, message in enumerate(messages):
        repo.commit(f'2020-01-{number + 1:02}', message or '\n', {'SUPPORT.md': statement(
            {'One': {'Thing': ('', [('', f'Supported up to {number + 1}')], '')}})},
            '--allow-empty-message')
    repo.git('config', 'i18n.commitEncoding', 'ISO-8859-1')
    repo.commit('2020-02-01', 'd\xe9j\xe0 vu\n'.encode('latin-1'), {'SUPPORT.md': statement(
        {'One': {'Thing': ('', [('', 'Supported')], '')}})})
    found = [e for e in events(repo.folder, 'thing')]
    assert len(found) == len(messages) + 1, len(found)
    assert found[0]['reason'] == found[1]['reason'] == ''
    assert len(found[2]['reason']) <= 512 and len(found[4]['reason']) <= 512
    assert found[3]['reason'] == '\xff\xfe\xc0\x80', 'git takes it for Latin-1'
    assert found[5]['reason'] == 'one two lines'
    assert found[5]['advisories'] == ['CVE-2020-0001', 'CVE-2019-99999', 'XSA-1', 'XSA-20'], \
        found[5]
    assert found[6]['trailers'][0] == {'key': 'A-B', 'value': 'c'}, found[6]['trailers'][:2]
    assert len(found[6]['trailers']) == 64
    assert found[7]['reason'] == 'd\xe9j\xe0 vu', found[7]


def test_names(folder):
    """Branches and paths with odd names are only names."""
    repo = Repository(folder / 'r')
    repo.commit('2020-01-01', 'x', {'a b/$(x)\u202e/S"\'.md': statement(
        {'One': {'Thing': ('', [('', 'Supported')], '')}})})
    repo.git('branch', 'b;rm\u202e"x')
    found = events(repo.folder, '--all-branches', '--path', 'a b/$(x)\u202e/S"\'.md')
    assert found[0]['branches'] == ['b;rm\u202e"x', 'main'], found
    for path in ('/etc/passwd', '../x', 'a b/../a b', '.git/config', '', '/', 'a b//', 'x' * 9999,
                 'x/' * 5000):
        ask('history', '--path', path, cwd=repo.folder, status=2)
    for name in ('--upload-pack=x', '-x', 'HEAD@{-99999999999}', ':/x', '^', '..', 'main..main',
                 'main:', '@', ':0:x', 'x' * 9999, 'HEAD~99999999999', 'HEAD^{/(((((}'):
        ask('status', '--path', 'x', f'--branch={name}', cwd=repo.folder, status=2)


def test_time(folder):
    """Statements that change wholly each time, and deep trees, stay quick."""
    repo = Repository(folder / 'r')
    for number in range(20):
        repo.commit(f'2020-01-{number + 1:02}', 'all new', {'SUPPORT.md': statement(
            {'One': {f'Feature {number} {i}': (f'Long description {i} of feature {number}.',
                                               [('', 'Supported')], '') for i in range(1000)}})})
    start = time.monotonic()
    text = ask('history', '--format', 'csv', cwd=repo.folder)
    assert text.count('\n') > 20000
    assert time.monotonic() - start < 20, time.monotonic() - start


if __name__ == '__main__':
    harness.main(globals())
