#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Hold the pages against the tree they describe.

man: the manuals are clean to mandoc and name each boot option and each status
that the hypervisor has, and none besides; every command of candor has its part.
links: what the Markdown pages link to is there, the anchor too. commands: what
`console` blocks run exists, with the options they give it.

usage: pages.py man|links|commands CANDOR
"""
import pathlib
import re
import shlex
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
MANUALS = ROOT / 'docs/man'
LINK = re.compile(r'(?<!!)\[[^\]\n]+\]\(([^)\s]+)\)')
OPTION = re.compile(r'(?<![\w-])--[a-z][a-z-]*')


def run(*argv):
    """A program's output, whatever its status."""
    return subprocess.run([str(word) for word in argv], stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                          timeout=60).stdout


def in_tree(*patterns):
    """Files of the tree that match, those of build folders and other trees left out."""
    found = {path for pattern in patterns for path in ROOT.glob(pattern)}
    return sorted(path for path in found if path.is_file())


def pages():
    """The Markdown pages people read."""
    return in_tree('*.md', 'docs/**/*.md')


def difference(what, told, real):
    """What a page tells and what there is, one line for each that only one has."""
    return ([f'{what}: {name} is not described' for name in sorted(real - told)] +
            [f'{what}: {name} is described, but there is none' for name in sorted(told - real)])


def boot_options():
    """The options of the hypervisor's command line, from the table that parses them."""
    text = (ROOT / 'xen/arch/x86/cmdline.c').read_text(encoding='utf-8')
    table = text[text.index('} options[] = {'):]
    return set(re.findall(r'^\t\{ "(\w+)",', table[:table.index('};')], re.M))


def statuses():
    """(reason, value written to the exit device) from the header and the names."""
    arch = (ROOT / 'xen/include/arch/arch.h').read_text(encoding='utf-8')
    values = {name: int(value, 16) for name, value in
              re.findall(r'HOST_EXIT_(\w+) = (0x[0-9a-f]+)', arch)}
    domain = (ROOT / 'xen/core/domain.c').read_text(encoding='utf-8')
    names = re.findall(r'\[SHUTDOWN_\w+\] = "(\w+)"', domain)
    told = {(name, values['SHUTDOWN'] + code) for code, name in enumerate(names)}
    told.add(('panic of the hypervisor', values['PANIC']))
    told.add(('boot that cannot go on', values['BOOT_ERROR']))
    return {f'{name}, {value:#x}, status {2 * value + 1}' for name, value in told}


def check_hypervisor_manual():
    """candor-hypervisor(7) against cmdline.c and the exit statuses."""
    page = (MANUALS / 'candor-hypervisor.7').read_text(encoding='utf-8')
    told = set(re.findall(r'^\.It Cm (\w+)(?: Ns = .*)?$', page, re.M))
    rows = re.findall(r'^\.It (.+) Ta (0x[0-9a-f]+) Ta (\d+)$', page, re.M)
    told_statuses = {f'{name}, {value}, status {status}' for name, value, status in rows}
    return (difference('candor-hypervisor(7), boot option', told, boot_options()) +
            difference('candor-hypervisor(7), exit', told_statuses, statuses()))


def check_command_manual(candor):
    """candor(1) against the commands and options that the program's help names."""
    page = (MANUALS / 'candor.1').read_text(encoding='utf-8')
    parts = {heading: text for heading, text in
             re.findall(r'^\.Ss candor (\S+)\n(.*?)(?=^\.S[sh])', page, re.M | re.S)}
    known = commands(candor)
    problems = difference('candor(1), command', set(parts), set(known))
    for name, offered in known.items():
        if run(candor, 'help', name) != run(candor, name, '--help'):
            problems.append(f'candor help {name} does not print the help of {name}')
        for option in sorted(offered - {'--help', '--'}):
            if f'Fl -{option[2:]}' not in parts.get(name, ''):
                problems.append(f'candor(1): {name} {option} is not described')
    return problems


def check_man(candor):
    """All manuals."""
    problems = []
    for path in in_tree('docs/man/*.[0-9]'):
        # What lies beside the page or in another package is not installed here.
        problems += [line for line in run('mandoc', '-T', 'lint', '-W', 'style', path).splitlines()
                     if 'referenced manual not found' not in line and 'mandoc.db' not in line]
    return problems + check_hypervisor_manual() + check_command_manual(candor)


def anchor(heading):
    """A heading's anchor as web pages of repositories make it."""
    text = re.sub(r'[`*]', '', heading).strip().lower()
    return re.sub(r'[^\w\- ]', '', text).replace(' ', '-')


def without_code(text):
    """The text with blocks and spans of code blanked, their lines kept."""
    def blank(found):
        return '\n' * found[0].count('\n')
    return re.sub(r'`[^`\n]*`', '``', re.sub(r'^```.*?^```$', blank, text, flags=re.M | re.S))


def link_problem(path, target):
    """Why a link leads nowhere, or None. Only the tree is looked at, never the network."""
    if re.match(r'[a-z]+:', target):
        return None
    name, _, part = target.partition('#')
    to = (path.parent / name).resolve() if name else path
    if not to.exists() or ROOT not in [to, *to.parents]:
        return 'is not there'
    if part:
        headings = re.findall(r'^#+ (.*)$', without_code(to.read_text(encoding='utf-8')), re.M)
        if part not in [anchor(heading) for heading in headings]:
            return 'has no such heading'
    return None


def check_links(_):
    """Every link of every page."""
    problems, count = [], 0
    for path in pages():
        lines = without_code(path.read_text(encoding='utf-8')).splitlines()
        for number, line in enumerate(lines, start=1):
            for target in LINK.findall(line):
                count += 1
                why = link_problem(path, target)
                if why:
                    problems.append(f'{path.relative_to(ROOT)}:{number}: {target} {why}')
    return problems if count else ['no link was found in any page']


def commands(candor):
    """The commands of candor and the options that the help of each names."""
    names = re.findall(r'^  ([a-z][a-z-]*) ', run(candor, '--help'), re.M)
    return {name: set(OPTION.findall(run(candor, name, '--help'))) | {'--help'} for name in names}


def console_lines(path):
    """(line number, command) of the page's console blocks; continued lines are joined."""
    lines = path.read_text(encoding='utf-8').splitlines()
    inside, command, start = False, '', 0
    for number, line in enumerate(lines, start=1):
        text = line.strip()
        if text.startswith('```'):
            inside = text == '```console'
        elif inside and (command or re.match(r'[$#] ', text)):
            start = start if command else number
            command += text.removeprefix('$ ').removeprefix('# ') if not command else ' ' + text
            if command.endswith('\\'):
                command = command[:-1]
                continue
            yield start, command
            command = ''


def simple_commands(line):
    """The words of each command in a line of shell."""
    inner = re.findall(r'\$\(([^()]*)\)', line)
    lexer = shlex.shlex(re.sub(r'\$\([^()]*\)', 'X', line), posix=True, punctuation_chars='|&;')
    lexer.whitespace_split = True
    words = []
    for word in list(lexer) + [';']:
        if word and set(word) <= set('|&;'):
            if words:
                yield words
            words = []
        else:
            words.append(word)
    for part in inner:
        yield from simple_commands(part)


def dev_commands():
    """What ./dev help lists."""
    return set(re.findall(r'^  ([a-z]+) ', run(ROOT / 'dev', 'help'), re.M))


def command_problem(words, known):
    """Why this command cannot be run, or None."""
    name = pathlib.Path(words[0]).name
    if words[0] == './dev':
        return None if words[1] in known['dev'] else f'./dev has no command {words[1]}'
    if name == 'candor':
        if words[1] not in known['candor']:
            return None if words[1] == '--help' else f'candor has no command {words[1]}'
        options = {word.partition('=')[0] for word in words[2:] if word.startswith('--')}
        extra = options - known['candor'][words[1]]
        return f'candor {words[1]} has no option {" ".join(sorted(extra))}' if extra else None
    if name.startswith('python') and not (ROOT / words[1]).is_file():
        return f'{words[1]} is not there'
    builtin = name in ('cd', 'export')
    return None if builtin or shutil.which(words[0]) else f'there is no command {words[0]}'


def check_commands(candor):
    """Every command of every console block."""
    known = {'candor': commands(candor), 'dev': dev_commands()}
    problems, count = [], 0
    for path in pages():
        where = path.relative_to(ROOT)
        if re.search(r'^ *```(sh|bash|shell)\b', path.read_text(encoding='utf-8'), re.M):
            problems.append(f'{where}: write blocks of commands as ```console')
        for number, line in console_lines(path):
            for words in simple_commands(line):
                count += 1
                why = command_problem(words, known)
                if why:
                    problems.append(f'{where}:{number}: {why}')
    return problems if count else ['no command was found in any page']


def main():
    """Print what is wrong; 1 if anything is."""
    checks = {'man': check_man, 'links': check_links, 'commands': check_commands}
    problems = checks[sys.argv[1]](sys.argv[2])
    print('\n'.join(problems) or f'style/{sys.argv[1]}: nothing to complain of')
    return 1 if problems else 0


if __name__ == '__main__':
    sys.exit(main())
