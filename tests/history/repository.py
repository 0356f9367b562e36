# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Builds git repositories with the histories that statements have: the same bytes each time."""
import os
import pathlib
import subprocess

HEAD = '''% Support statement

# Release Support

    Xen-Version: {version}
    Initial-Release: {initial}
    Supported-Until: {until}
    Security-Support-Until: {security}

# Feature Support

'''


def statement(sections, version='4.20', initial='2020-01-15', until='2021-07-15',
              security='2023-01-15'):
    """A SUPPORT.md: {section: {title: (description, [(qualifier, value)], caveats)}}."""
    text = HEAD.format(version=version, initial=initial, until=until, security=security)
    for section, features in sections.items():
        text += f'## {section}\n\n'
        for title, (description, cases, caveats) in features.items():
            text += f'### {title}\n\n'
            text += f'{description}\n\n' if description else ''
            text += ''.join(f'    Status{", " if case else ""}{case}: {value}\n'
                            for case, value in cases)
            text += f'\n{caveats}\n\n' if caveats else '\n'
    return text


class Repository:
    """A repository whose clock is set by hand."""

    def __init__(self, folder, *options):
        self.folder = pathlib.Path(folder)
        self.git_at(None, 'init', '--quiet', '--initial-branch=main', *options, self.folder)
        self.git('config', 'user.name', 'A. Uthor')
        self.git('config', 'user.email', 'author@example.org')
        self.git('config', 'commit.gpgsign', 'false')

    def git_at(self, when, *words, **options):
        """Run git with its clock at a time, ISO or seconds; its output as bytes."""
        environment = {name: value for name, value in os.environ.items()
                       if not name.startswith('GIT_')}
        environment.update(GIT_CONFIG_NOSYSTEM='1', GIT_CONFIG_GLOBAL='/dev/null', TZ='UTC',
                           LC_ALL='C.UTF-8')
        if when:
            environment.update(GIT_AUTHOR_DATE=when, GIT_COMMITTER_DATE=when)
        place = ['-C', str(self.folder)] if self.folder.is_dir() else []
        return subprocess.run(['git', *place, *map(str, words)], env=environment, check=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options).stdout

    def git(self, *words, **options):
        """Run git; its output as bytes."""
        return self.git_at(None, *words, **options)

    def write(self, name, text):
        """Write a file of the work tree."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())

    def commit(self, when, message, files=None, *options):
        """Write, add and commit; the full id. A text of None removes the file."""
        for name, text in (files or {}).items():
            if text is None:
                (self.folder / name).unlink()
            else:
                self.write(name, text)
        self.git('add', '--all')
        if 'T' not in when and not when.endswith('+0000'):
            when += 'T12:00:00+0000'
        message = message if isinstance(message, bytes) else message.encode()
        self.git_at(when, 'commit', '--quiet', '--allow-empty', '--cleanup=verbatim', '--file=-',
                    *options, input=message)
        return self.head()

    def merge(self, when, message, other):
        """Merge, with a commit of its own; the full id."""
        self.git_at(when + 'T12:00:00+0000', 'merge', '--quiet', '--no-ff', '-m', message, other)
        return self.head()

    def head(self, name='HEAD'):
        """The full id of a revision."""
        return self.git('rev-parse', name).decode().strip()


def small(folder):
    """The history that most tests ask about; {what: commit}. main, with stable-4.20 off it."""
    repo = Repository(folder)
    ids = {}
    first = {'Memory': {
        'Memory Sharing': ('Allow sharing of identical pages between guests.',
                           [('x86 HVM', 'Expermental')], ''),
        'Physical Memory': ('', [('x86', 'Supported up to 8 TiB'), ('ARM', 'Supported')], '')},
        'Security': {
            'XSM & FLASK': ('', [('', 'Experimental')], 'Compile time disabled by default.'),
            'Device passthrough': ('Give a device to a guest.', [('', 'Supported')], '')}}
    ids['first'] = repo.commit('2020-01-10', 'SUPPORT: first statement\n',
                               {'docs/SUPPORT.md': statement(first), 'README': 'x\n'})
    repo.git('mv', 'docs/SUPPORT.md', 'SUPPORT.md')
    first['Memory']['Memory Sharing'] = (first['Memory']['Memory Sharing'][0],
                                         [('x86 HVM', 'Experimental')], '')
    ids['moved'] = repo.commit('2020-02-01', 'SUPPORT: move to the top, fix spelling\n',
                               {'SUPPORT.md': statement(first)})
    repo.git('branch', 'stable-4.20')
    second = dict(first, Security=dict(first['Security']))
    second['Security'] = {
        'FLASK XSM Module': ('', [('', 'Tech Preview')], 'Compile time disabled by default.'),
        'Device passthrough': first['Security']['Device passthrough']}
    ids['renamed'] = repo.commit('2020-03-01', 'SUPPORT: FLASK is its own module\n\n'
                                 'Say what it is.\n\nReviewed-by: B. Ob <bob@example.org>\n',
                                 {'SUPPORT.md': statement(second)})
    repo.git('checkout', '--quiet', '-b', 'topic')
    third = dict(second, Memory=dict(second['Memory']))
    third['Memory']['Physical Memory'] = ('', [('x86', 'Supported up to 12 TiB'),
                                               ('Arm32', 'Supported'),
                                               ('Arm64', 'Tech Preview')], '')
    ids['limit'] = repo.commit('2020-03-10', 'SUPPORT: 12 TiB were tested\n',
                               {'SUPPORT.md': statement(third)})
    repo.git('checkout', '--quiet', 'main')
    repo.commit('2020-03-12', 'README: more\n', {'README': 'y\n'})
    ids['merge'] = repo.merge('2020-03-20', "Merge branch 'topic'", 'topic')
    repo.git('checkout', '--quiet', 'stable-4.20')
    down = dict(first, Security=dict(first['Security']))
    down['Security']['Device passthrough'] = (
        'Give a device to a guest.', [('', 'Supported, not security supported')],
        'See XSA-999.')
    ids['advisory'] = repo.commit(
        '2020-06-01', 'SUPPORT: passthrough is not security supported\n\n'
        'This is XSA-999 / CVE-2020-12345.\n\n'
        '(cherry picked from commit 0123456789abcdef0123456789abcdef01234567)\n',
        {'SUPPORT.md': statement(down)})
    ids['extended'] = repo.commit('2022-12-01', 'SUPPORT: support this for longer\n',
                                  {'SUPPORT.md': statement(down, security='2024-01-15')})
    repo.git('checkout', '--quiet', 'main')
    return repo, ids


LEVELS = ('Supported', 'Tech Preview', 'Experimental', 'Supported, not security supported',
          'Supported up to 8', 'Supported up to 16', 'Deprecated', 'Not supported')
CASES = ('', 'x86', 'ARM', 'Arm64', 'x86 HVM', 'dom0', 'Linux', 'Linux, some mode', 'QEMU')
WORDS = 'alpha beta gamma delta epsilon zeta eta theta iota kappa'.split()


def edit(sections, dice):
    """Change one thing of a statement, as people do."""
    names = [(s, f) for s in sections for f in sections[s]]
    section, name = dice.choice(names) if names else (next(iter(sections)), None)
    kind = dice.randrange(9)
    if kind == 0 or name is None:
        fresh = ' '.join(dice.sample(WORDS, 3))
        cases = dice.sample(CASES, dice.randint(1, 3))
        sections[section][fresh] = ('', [(c, dice.choice(LEVELS)) for c in cases], '')
        return
    about, cases, caveats = sections[section][name]
    if kind == 1 and len(names) > 2:
        del sections[section][name]
    elif kind == 2:
        words = name.split()
        words[dice.randrange(len(words))] = dice.choice(WORDS)
        changed = {(' '.join(words) if key == name else key): value
                   for key, value in sections[section].items()}
        sections[section] = changed
    elif kind == 8:
        other = dice.choice([key for key in sections if key != section])
        if name not in sections[other]:
            sections[other][name] = sections[section].pop(name)
    elif kind == 3:
        sections[section][name] = (about, cases, f'Caveat {dice.randrange(100)}.')
    elif kind == 4:
        sections[section][name] = (f'What it does, number {dice.randrange(9)}.', cases, caveats)
    else:
        cases = [(c, v) for c, v in cases if len(cases) == 1 or dice.random() < .8]
        cases = [(c, dice.choice(LEVELS) if dice.random() < .5 else v) for c, v in cases]
        more = [c for c in CASES if c not in dict(cases)]
        if dice.random() < .5:
            cases.append((dice.choice(more), dice.choice(LEVELS)))
        sections[section][name] = (about, cases or [('', 'Supported')], caveats)


def random_history(folder, seed, count):
    """A repository of so many commits, topics merged among them."""
    import copy
    import datetime
    import random
    dice = random.Random(seed)
    repo = Repository(folder)
    sections = {'One': {}, 'Two': {}}
    for _ in range(6):
        edit(sections, dice)
    day = datetime.date(2020, 1, 1)
    repo.commit(str(day), 'first', {'SUPPORT.md': statement(sections)})
    for number in range(count):
        day += datetime.timedelta(days=dice.randint(1, 9))
        if dice.random() < .2:
            repo.git('checkout', '--quiet', '-b', f'topic{number}')
            for _ in range(dice.randint(1, 3)):
                edit(sections, dice)
                repo.commit(str(day), f'topic {number}', {'SUPPORT.md': statement(sections)})
            repo.git('checkout', '--quiet', 'main')
            repo.commit(str(day), 'other', {'README': str(number)})
            day += datetime.timedelta(days=1)
            repo.merge(str(day), f'merge {number}', f'topic{number}')
            continue
        for _ in range(dice.randint(1, 3)):
            edit(sections, dice)
        files = {'SUPPORT.md': statement(copy.deepcopy(sections))}
        if dice.random() < .05:
            files['SUPPORT.md'] = None
        if dice.random() < .5:
            files['README'] = f'{number} again'
        if files['SUPPORT.md'] is None and not (repo.folder / 'SUPPORT.md').exists():
            continue
        repo.commit(str(day), f'change {number}', files)
    return repo
