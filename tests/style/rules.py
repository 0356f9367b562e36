#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""rules.py ROOT: the rules of the house that are plain text: one function each, in one table."""
import re
import sys

import tree

MOST_LINES = 900
CODE = ('.c', '.h', '.S', '.py', '.sh', '.lua', '.build', '/dev', '/run')
# The words are in pieces, or this file would break its own rules.
LATER = re.compile(r'\b(?:TO' r'DO|FIX' r'ME|XX' r'X)\b')
OWN_MACHINE = re.compile(r'(?<![\w.$})/-])/(?:work|tmp|home|root|Users)/[\w.]')
TEMPORARY = re.compile(r'mktemp|mkdtemp|X{6}')
CONDITIONAL = re.compile(r'^[ \t]*#[ \t]*(?:if|ifdef|ifndef|elif)\b')
ON_THE_STACK = re.compile(r'\b(?:__builtin_)?alloca(?:_with_align)?\s*\(')
FLOATING = re.compile(r'\b(?:float|double)\b')
CONFLICT = re.compile(r'^(?:<{7}|>{7}) ')


def lines_with(pattern, what, unless=None):
    """A rule: no line matches pattern."""
    def rule(text, found):
        for number, line in enumerate(text.split('\n'), 1):
            if pattern.search(line) and not (unless and unless.search(line)):
                found(number, what)
    return rule


def code_with(pattern, what):
    """The same for C without its comments and literals."""
    rule = lines_with(pattern, what)
    return lambda text, found: rule(tree.without_comments(text, strings=False), found)


def length(text, found):
    lines = text.count('\n')
    if lines > MOST_LINES:
        found(lines, f'{lines} lines; a file ends at {MOST_LINES}')


def last_line(text, found):
    if text and not text.endswith('\n'):
        found(text.count('\n') + 1, 'the last line has no end')
    elif text.endswith('\n\n'):
        found(text.count('\n'), 'the last line is empty')


def written_by_us(path):
    return not tree.is_sample(path) and not path.startswith('LICENSES/')


def is_code(path):
    return written_by_us(path) and ('/' + path).endswith(CODE)


def is_hypervisor(path):
    return path.startswith('xen/') and path.endswith(('.c', '.h'))


def is_hypervisor_c(path):
    return path.startswith('xen/') and path.endswith('.c')


def is_text(path):
    return path != 'tests/style/rules.py'


# Which files, and what must hold in them.
RULES = [
    (is_hypervisor_c, code_with(CONDITIONAL, 'a conditional in the hypervisor: the build picks '
                                'files, SUPPORT_ENABLED() picks paths')),
    (is_hypervisor, code_with(ON_THE_STACK, 'alloca in the hypervisor')),
    (is_hypervisor, code_with(FLOATING, 'floating point in the hypervisor')),
    (is_code, length),
    (written_by_us, last_line),
    (written_by_us, lines_with(LATER, 'left for later: do it, or open an issue')),
    (lambda path: written_by_us(path) and not path.startswith('support/check/examples/'),
     lines_with(re.compile(r'[ \t]$'), 'trailing blank')),
    (written_by_us, lines_with(re.compile(r'\r'), 'carriage return')),
    (written_by_us, lines_with(CONFLICT, 'left over from a merge')),
    (is_text, lines_with(OWN_MACHINE, 'names a folder of one machine', unless=TEMPORARY)),
]


def main():
    root = sys.argv[1]
    found = tree.Findings()
    paths = tree.files_of(root)
    for path in paths:
        text = tree.read(root, path)
        if '\0' in text:
            continue
        for applies, rule in RULES:
            if applies(path):
                rule(text, lambda line, what, path=path: found.add(path, line, what))
    found.finish(f'{len(paths)} files, {len(RULES)} rules: clean')


if __name__ == '__main__':
    main()
