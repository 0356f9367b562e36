#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Trees of others that no one should check: each ends in time, in memory, and with a word.

Links in circles and out of the tree, files too large, pipes, Kconfig that sources itself
by many names, expressions that match in too many ways, commands that must not run.

usage: hostile-tree.py CANDOR
"""
import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

SECONDS, MEMORY = 20, 512 << 20
STATEMENT = '# Release Support\n\n# Feature Support\n\n## Alpha\n\n    Status: Supported\n'
KCONFIG = 'format: 1\nkconfig:\n  architectures:\n  - name: x86\n    claims: x86\n'
PATTERN = ('format: 1\npatterns:\n- id: o\n  kind: option\n  match: "{}"\n  files: "**"\n'
           'documents: {{options: "**", features: "**", changelogs: "**"}}\n')


def links(tree):
    """Symbolic links to the folder, above it, out of it, to themselves; and a pipe."""
    for name, target in (('loop', '.'), ('up', '../..'), ('etc', '/etc'), ('self', 'self')):
        os.symlink(target, tree / name)
    os.mkfifo(tree / 'pipe.md')
    (tree / 'candor.yaml').write_text(KCONFIG)
    (tree / 'Kconfig').write_text('source "loop/loop/Kconfig"\nsource "etc/passwd"\n'
                                  'rsource "up/*"\nsource "self"\n')
    return ['loop/loop/Kconfig is being read already', 'there is no etc/passwd']


def large(tree):
    """Files of 100 MB, holes for the most part."""
    (tree / 'candor.yaml').write_text(PATTERN.format('a'))
    for name in 'a.c', 'a.md':
        with open(tree / name, 'wb') as file:
            file.truncate(100 << 20)
    return ['a.c: error: cannot read: File too large', 'a.md: error: cannot read']


def expression(tree):
    """An expression with exponentially many ways, over text that never matches."""
    (tree / 'candor.yaml').write_text(PATTERN.format('(?<name>(?:x+x+)+)[yz]'))
    (tree / 'a.c').write_text('x' * (8 << 20))
    return ['gave up on this expression']


def slow(tree):
    """One that stays below the bound everywhere, over much text."""
    (tree / 'candor.yaml').write_text(PATTERN.format('(?<name>(?:x|y){0,40})(?:x|y){0,40}[zw]'))
    (tree / 'a.c').write_text('xy' * (1 << 20))
    return ['gave up on this expression']


def sources(tree):
    """Files that source the next twice, and it the next: two to the power of sixty."""
    (tree / 'candor.yaml').write_text(KCONFIG)
    (tree / 'Kconfig').write_text('source "k0"\n')
    for i in range(60):
        (tree / f'k{i}').write_text(f'source "k{i + 1}"\nsource "k{i + 1}"\n' + '#' * 4096)
    return ['too many or too large files']


def nested(tree):
    """Blocks, parentheses, macros and dependencies without end."""
    (tree / 'candor.yaml').write_text(KCONFIG)
    chain = ''.join(f'config A{i}\n\tbool "a"\n\tdepends on A{i + 1}\n' for i in range(30000))
    (tree / 'Kconfig').write_text(
        'a = $(b)$(b)$(b)$(b)$(b)$(b)$(b)$(b)\nb = $(c)$(c)$(c)$(c)$(c)$(c)$(c)$(c)\n'
        'c = $(a)\nconfig M\n\tdef_bool "$(a)"\nconfig P\n\tbool "p" if ' + '(' * 3000 + '\n' + chain +
        'if A\n' * 5000)
    return ['blocks nested too deeply', 'expands to itself', 'nested too deeply']


def commands(tree):
    """Commands of a tree are never run."""
    (tree / 'candor.yaml').write_text(KCONFIG)
    (tree / 'Kconfig').write_text(f'config A\n\tdef_bool $(shell,touch {tree}/owned; echo y)\n')
    return ['']


def judge(candor, case):
    """What is wrong with how one tree is checked."""
    with tempfile.TemporaryDirectory() as folder:
        tree = pathlib.Path(folder) / 'tree'
        tree.mkdir()
        (tree / 'SUPPORT.md').write_text(STATEMENT)
        words = case(tree)
        start = time.monotonic()
        try:
            done = subprocess.run([candor, 'check', '--date', '2026-06-01'], cwd=tree, check=False,
                                  timeout=SECONDS * 3, stdout=subprocess.PIPE,
                                  preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU,
                                                                        (SECONDS, SECONDS)))
        except subprocess.TimeoutExpired:
            return ['it does not end']
        text = done.stdout.decode(errors='replace')
        wrong = [f'{word!r} is not said: {text[-500:]}' for word in words if word not in text]
        if done.returncode not in (0, 1, 2):
            wrong.append(f'it ends with {done.returncode}')
        if (tree / 'owned').exists():
            wrong.append('a command of the tree was run')
        print(f'{case.__name__}: {time.monotonic() - start:.2f} s, status {done.returncode}')
    return wrong


def main():
    """All of them, in one process each."""
    candor = str(pathlib.Path(sys.argv[1]).resolve())
    cases = (links, large, expression, slow, sources, nested, commands)
    wrong = [f'{case.__name__}: {what}' for case in cases for what in judge(candor, case)]
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss << 10
    if peak > MEMORY:
        wrong.append(f'{peak >> 20} MiB of memory')
    print('\n'.join(wrong))
    print(f'{len(cases)} trees, {len(wrong)} wrong, {peak >> 20} MiB at most')
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main())
