# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""kconfig_peer.py [-c CONFIG] [-s REGEX VALUE]... FOLDER FILE [NAME=VALUE]...

Prints by kconfiglib all that kconfig-dump prints by our reader, in the same words.
Commands are not run here either: the same facts stand in for what they print.
"""
import os
import re
import sys

import kconfiglib as kl

TYPES = {kl.UNKNOWN: 'unknown', kl.BOOL: 'bool', kl.TRISTATE: 'tristate', kl.STRING: 'string',
         kl.INT: 'int', kl.HEX: 'hex'}
OPS = {kl.AND: '&&', kl.OR: '||', kl.EQUAL: '=', kl.UNEQUAL: '!=', kl.LESS: '<',
       kl.LESS_EQUAL: '<=', kl.GREATER: '>', kl.GREATER_EQUAL: '>='}


def expr(e):
    """The expression, with every parenthesis."""
    if isinstance(e, tuple):
        if e[0] is kl.NOT:
            return f'!({expr(e[1])})'
        return f'({expr(e[1])} {OPS[e[0]]} {expr(e[2])})'
    if isinstance(e, kl.Choice):
        return f'<choice {e.name}>' if e.name else '<choice>'
    if e.is_constant and e.name not in ('n', 'm', 'y'):
        return '"' + re.sub(r'(["\\])', r'\\\1', e.name) + '"'
    return e.name


def nodes(item, out):
    """Each place an item is defined at."""
    for n in item.nodes:
        line = f'  at {n.filename}:{n.linenr} depends[{expr(n.dep)}]'
        if n.prompt:
            line += f' prompt[{n.prompt[0]}] if[{expr(n.prompt[1])}]'
        out.append(line)
        out += [f'  default value[{expr(v)}] if[{expr(c)}]' for v, c in n.defaults]
        out += [f'  range value[{expr(v)}] high[{expr(h)}] if[{expr(c)}]' for v, h, c in n.ranges]
        out += [f'  select value[{expr(v)}] if[{expr(c)}]' for v, c in n.selects]
        out += [f'  imply value[{expr(v)}] if[{expr(c)}]' for v, c in n.implies]


def dump(kconf):
    """All symbols, then all choices."""
    out = []
    for s in kconf.unique_defined_syms:
        out.append(f'config {s.name} {TYPES[s.orig_type]} now {TYPES[s.type]} '
                   f'value[{s.str_value}] visible {s.visibility} choice {int(s.choice is not None)}')
        out.append(f' direct[{expr(s.direct_dep)}] selected[{expr(s.rev_dep)}] '
                   f'implied[{expr(s.weak_rev_dep)}]')
        nodes(s, out)
    for c in kconf.unique_choices:
        members = ''.join(' ' + s.name for s in c.syms)
        out.append(f'choice {TYPES[c.orig_type]} value {c.tri_value} visible {c.visibility} '
                   f'selects {c.selection.name if c.selection else "nothing"} members{members}')
        nodes(c, out)
    return out


def main():
    """Read the arguments as kconfig-dump does."""
    args, config, facts = sys.argv[1:], None, []
    while args[0] in ('-c', '-s'):
        if args[0] == '-c':
            config, args = args[1], args[2:]
        else:
            facts.append((re.compile(args[1]), args[2]))
            args = args[3:]
    folder, file, *variables = args
    for name in list(os.environ):
        if name not in ('PATH', 'HOME', 'LANG', 'LC_ALL'):
            del os.environ[name]
    os.environ.update(dict(v.split('=', 1) for v in variables))
    os.environ['srctree'] = folder
    kl._shell_fn = None
    original = kl.Kconfig._init

    def init(self, *rest):
        kl._shell_fn = lambda kconf, _, command: next(
            (value for match, value in facts if match.search(command)), 'n')
        kl._error_if_fn = kl._info_fn = lambda *_: ''
        return original(self, *rest)
    kl.Kconfig._init = init
    sys.setrecursionlimit(20000)
    kconf = kl.Kconfig(file, warn=False)
    if config:
        kconf.load_config(config)
    sys.stdout.write(''.join(line + '\n' for line in dump(kconf)))


if __name__ == '__main__':
    main()
