# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""xen-tree.py CANDOR FOLDER [--update]: what `candor check` says of Debian's Xen 4.17.

The tree is fetched into FOLDER. Every finding that contradicts two places is confirmed by
the lines that stand there, and all of them are docs/xen-4.17.md, which people read and
this test holds to what is found.
"""
import collections
import json
import pathlib
import subprocess
import sys

import xen_source

HERE = pathlib.Path(__file__).resolve().parent
CONFIG = HERE / 'xen-tree.yaml'
PAGE = HERE.parents[1] / 'docs/xen-4.17.md'
NR_FINDINGS, NR_KINDS = 25, 10

HEAD = """<!-- SPDX-FileCopyrightText: 2026 The Candor authors -->
<!-- SPDX-License-Identifier: GPL-2.0-or-later -->
# What the tool says about Xen 4.17

The tree is that of Debian's source package
`{package}`, unchanged: the statement, Kconfig, documentation
and sources that the Xen Project released. `candor check` read it with
[one file](../tests/conformance/xen-tree.yaml) that says where things stand and which names
mean which heading. {kinds} rules found {errors} contradictions, each quoted on both sides,
and {warnings} more places to look at. Where the statement says nothing at all, the second
line is the expression that none of its lines matches. This page is written by the test
that finds them, and the test fails when a line of it is no longer so:

    meson test -C build/supported conformance/xen-tree

None of this says that Xen is less safe than it claims. It says that two places that
people read give different answers, and that nobody noticed.
"""


def check(candor, tree):
    """The findings."""
    done = subprocess.run([candor, 'check', '--config', CONFIG, '--date', '2024-01-01', '--json'],
                          cwd=tree, check=False, timeout=120, stdout=subprocess.PIPE)
    assert done.returncode == 1, done.returncode
    return json.loads(done.stdout)['diagnostics']


def rules(candor):
    """Each rule's rationale."""
    text = subprocess.run([candor, 'check', '--rules'], check=True, stdout=subprocess.PIPE,
                          timeout=20).stdout.decode()
    return {line.split()[0]: line.split(None, 2)[2] for line in text.splitlines()}


def quote(tree, place):
    """The line at a place, which must be there and say something."""
    path = pathlib.Path(place['file'])
    line = (path if path.is_absolute() else tree / path).read_bytes()
    text = line.split(b'\n')[place['line'] - 1].decode(errors='replace').strip()
    assert text, f'{place}: an empty line confirms nothing'
    shown = path.name if path.is_absolute() else place['file']
    return f'    {shown}:{place["line"]}: {text[:150]}\n'


def page(tree, findings, rationales):
    """The whole page; contradictions first, then what one place alone shows."""
    groups = collections.defaultdict(list)
    for finding in findings:
        groups[finding['rule']].append(finding)
    two_sided = {rule: list_ for rule, list_ in groups.items() if any(f['related'] for f in list_)}
    contradictions = [f for list_ in two_sided.values() for f in list_ if f['related']]
    errors = [f for f in contradictions if f['severity'] == 'error']
    text = HEAD.format(package=xen_source.PACKAGE.split('=')[1], kinds=len(two_sided),
                       errors=len(errors), warnings=len(findings) - len(errors))
    for title, severity in ('Contradictions', 'error'), ('Worth a look', 'warning'):
        text += f'\n## {title}\n'
        for rule in sorted(two_sided):
            some = [f for f in two_sided[rule] if f['related'] and f['severity'] == severity]
            if not some:
                continue
            text += f'\n### {rule}\n\n{rationales[rule].capitalize()}.\n'
            for finding in some:
                text += f'\n* {finding["message"]}\n\n' + quote(tree, finding)
                text += ''.join(quote(tree, place) for place in finding['related'])
    text += '\n## In one place alone\n\n'
    for finding in findings:
        if not finding['related']:
            text += f'* {finding["rule"]}: {finding["message"]}\n\n' + quote(tree, finding) + '\n'
    return text.rstrip('\n') + '\n', contradictions


def main():
    """Find, confirm, compare."""
    candor, folder = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2]
    tree = xen_source.get(folder)
    findings = check(candor, tree)
    text, contradictions = page(tree, findings, rules(candor))
    # Of those, the ones whose both sides stand in the tree, not one of them in our own file.
    contradictions = [f for f in contradictions if any((tree / p['file']).exists()
                                                       and not p['file'].startswith('/')
                                                       for p in f['related'])]
    kinds = {f['rule'] for f in contradictions}
    print(f'{len(contradictions)} contradictions of {len(kinds)} kinds')
    assert len(contradictions) >= NR_FINDINGS and len(kinds) >= NR_KINDS
    if '--update' in sys.argv:
        PAGE.write_text(text, encoding='utf-8')
    if text != PAGE.read_text(encoding='utf-8'):
        sys.stdout.write(text)
        print(f'{PAGE.name} differs; it is now as above. Look at each change, then --update')
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
