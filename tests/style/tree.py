# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the style checks share: the files of a tree, C without its comments, and findings."""
import os
import re
import subprocess
import sys

SKIP = 77
# What a checkout may hold beside the sources, for trees that git does not know.
NOT_SOURCE = re.compile(r'^(build[^/]*|out)(/|$)|(^|/)(__pycache__|\.git)(/|$)')
TOKEN = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def files_of(root):
    """Paths below root, sorted: what git tracks, or all of an unpacked tarball."""
    if os.path.exists(os.path.join(root, '.git')):
        listed = subprocess.run(['git', '-C', root, 'ls-files', '-z'], check=True,
                                capture_output=True, text=True).stdout
        names = [name for name in listed.split('\0') if name]
        return sorted(name for name in names if os.path.isfile(os.path.join(root, name)))
    found = []
    for folder, folders, names in os.walk(root):
        below = os.path.relpath(folder, root)
        prefix = '' if below == '.' else below + '/'
        folders[:] = [name for name in folders if not NOT_SOURCE.search(prefix + name)]
        found += [prefix + name for name in names]
    return sorted(found)


def is_sample(path):
    """Inputs of tests: they are meant to be wrong."""
    return path.startswith(('tests/golden/', 'tests/fuzz/corpus/', 'tests/style/cases/'))


def code_files(root, endings):
    """The files with one of the endings that are code of this project."""
    return [path for path in files_of(root) if path.endswith(endings) and not is_sample(path)]


def read(root, path):
    with open(os.path.join(root, path), encoding='utf-8', errors='surrogateescape') as file:
        return file.read()


def without_comments(text, strings=True):
    """C with comments (and, if strings is false, literals too) as blanks of the same shape."""
    def blank(match):
        if strings and match.group()[0] in '"\'':
            return match.group()
        return re.sub(r'[^\n]', ' ', match.group())
    return TOKEN.sub(blank, text)


class Findings:
    """Collects 'file:line: what' and ends the program."""

    def __init__(self):
        self.lines = []

    def add(self, path, line, what):
        self.lines.append((path, line, what))

    def finish(self, clean):
        for path, line, what in sorted(set(self.lines)):
            print(f'{path}:{line}: {what}')
        if self.lines:
            print(f'{len(set(self.lines))} findings')
            sys.exit(1)
        print(clean)
        sys.exit(0)


def skip(why):
    print(f'skipped: {why}')
    sys.exit(SKIP)
