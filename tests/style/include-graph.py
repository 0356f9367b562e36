#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""include-graph.py [ROOT]: hold every #include against the dependency rules.

Each include of a .c, .h, .def or .S file is resolved as the compiler would (own folder for
"x.h", then the search path of the file's room, then what the machine provides), whatever the
policy builds. A room that reaches where its row in rooms.py does not let it, a cycle, a '..',
an include of the C library inside the hypervisor and one that resolves to nothing are findings.
"""
import os
import posixpath
import re
import sys

import tree
from rooms import EXCEPTIONS, GENERATED, LIBC, LIB_HEADERS, matches, room_of

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include\b[ \t]*(.*?)[ \t]*$', re.M)
NAMED = re.compile(r'^(?:"([^"]+)"|<([^>]+)>)$')


class Graph:
    def __init__(self, root):
        self.root = root
        self.found = tree.Findings()
        self.paths = tree.code_files(root, ('.c', '.h', '.S', '.def', '.S.in', '.h.in'))
        known = set(self.paths)
        self.files = known | {made for made, source in GENERATED.items() if source in known}
        self.edges = {}

    def resolve(self, path, name, quoted, search):
        folders = ([posixpath.dirname(path)] if quoted else []) + search
        for folder in folders:
            if folder + '/' + name in self.files:
                return folder + '/' + name
        return None

    def elsewhere(self, name):
        ends = [path for path in sorted(self.files) if path.endswith('/' + name)]
        return f'; {ends[0]} is not in its search path' if ends else ''

    def judge_outside(self, path, line, name, room):
        folder, _, external, _ = room
        if re.sub(r'\.h$', '', name) in external.split() or matches(name, external.split()):
            return
        if matches(re.sub(r'\.h$', '', name), LIBC.split()):
            self.found.add(path, line, f'<{name}> is of the C library, which {folder} must do '
                           'without')
        else:
            self.found.add(path, line, f'{name} resolves to nothing {folder} may use'
                           + self.elsewhere(name))

    def judge_inside(self, path, line, target, room):
        folder, uses, _, _ = room
        other = room_of(target)
        if other is None or other[0] == folder or (path, target) in EXCEPTIONS:
            return
        if not matches(other[0], uses):
            self.found.add(path, line, f'{folder} may not use {other[0]} ({target})')
        elif folder == 'xen/lib' and target not in LIB_HEADERS:
            self.found.add(path, line, f'xen/lib may use no header but its own ({target})')

    def include(self, path, line, words, room):
        named = NAMED.match(words)
        if not named:
            self.found.add(path, line, f'include of {words or "nothing"}: it cannot be checked')
            return
        name = named.group(1) or named.group(2)
        if '..' in name.split('/') or name.startswith('/'):
            self.found.add(path, line, f"{name}: includes name files without '..' and from no root")
            return
        target = self.resolve(path, name, named.group(1) is not None, room[3])
        if target is None:
            self.judge_outside(path, line, name, room)
            return
        self.edges.setdefault(path, []).append((target, line))
        self.judge_inside(path, line, target, room)

    def scan(self, path):
        room = room_of(path)
        if room is None:
            self.found.add(path, 1, 'is in no room of the table in rooms.py')
            return
        text = tree.without_comments(tree.read(self.root, path))
        for match in INCLUDE.finditer(text):
            self.include(path, text.count('\n', 0, match.start()) + 1, match.group(1), room)

    def cycles(self):
        """Report one include of each cycle. Depth first, without recursion."""
        state = {}
        for start in sorted(self.edges):
            stack = [(start, iter(self.edges[start]))] if start not in state else []
            state.setdefault(start, 'open')
            while stack:
                path, targets = stack[-1]
                target, line = next(targets, (None, 0))
                if target is None:
                    state[path] = 'done'
                    stack.pop()
                elif state.get(target) == 'open':
                    chain = [p for p, _ in stack]
                    chain = chain[chain.index(target):] + [target]
                    self.found.add(path, line, 'cycle: ' + ' -> '.join(chain))
                elif target not in state:
                    state[target] = 'open'
                    stack.append((target, iter(self.edges.get(target, []))))

    def check(self):
        for path in self.paths:
            self.scan(path)
        self.cycles()
        for (path, target), why in EXCEPTIONS.items():
            if path in self.files and target not in [t for t, _ in self.edges.get(path, [])]:
                self.found.add(path, 1, f'no longer includes {target}: drop the exception ({why})')
        edges = sum(len(targets) for targets in self.edges.values())
        self.found.finish(f'{len(self.paths)} files, {edges} includes within the tree: clean')


if __name__ == '__main__':
    Graph(os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else '.')).check()
