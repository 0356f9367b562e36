# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""release/manual: manual, --help and completion name the same commands and options."""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).parents[2]
PAGE = ROOT / 'docs/man/candor.1'
COMPLETION = ROOT / 'tools/candor/candor.bash-completion'
OPTION = re.compile(r'(?<![\w-])--[a-z][a-z-]*')


def run(*args):
    return subprocess.run(list(map(str, args)), check=True, capture_output=True, text=True,
                          stdin=subprocess.DEVNULL).stdout


def rendered():
    """The page as plain text: {heading: its lines}, and the whole."""
    text = re.sub('.\b', '', run('mandoc', '-T', 'utf8', '-O', 'width=200', PAGE))
    sections, heading = {}, ''
    for line in text.splitlines():
        if line.startswith('   candor ') and not line.startswith('    '):
            heading = line.strip()
        elif line and not line.startswith(' '):
            heading = line.strip()
        else:
            sections.setdefault(heading, []).append(line)
    return sections


def tags(lines):
    """Options that stand at the head of an entry, not those mentioned in its text."""
    return {o for line in lines if re.match(r' {5}\S', line) for o in OPTION.findall(line)}


def synopsis_of(lines, command):
    """The synopsis entries of a command; continued lines are indented further."""
    found, inside = '', False
    for line in lines:
        if re.match(r' {5}candor ', line):
            inside = line.split()[1:1 + len(command.split())] == command.split()
        if inside:
            found += line + '\n'
    return set(OPTION.findall(found))


def complete(candor, *words):
    script = 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _candor; ' \
             'printf "%s\\n" "${COMPREPLY[@]}"'
    return run('bash', '-c', script, 'bash', COMPLETION, candor, *words).split()


def judge_policy(candor, synopsis):
    """The subcommands of `candor policy` one by one: their help, synopsis and completion."""
    words = re.findall(r'^  ([a-z][a-z-]*) ', run(candor, 'policy', '--help'), re.M)
    assert len(words) > 10 and sorted(complete(candor, 'policy', '')) == sorted(words)
    for word in words:
        told = set(OPTION.findall(run(candor, 'policy', word, '--help'))) - {'--help'}
        in_synopsis = synopsis_of(synopsis, f'policy {word}')
        assert told == in_synopsis, (word, told ^ in_synopsis)
        offered = set(complete(candor, 'policy', word, '--')) - {'--help'}
        assert offered == told, (word, offered ^ told)


def judge_values(candor):
    """Each format that is offered to complete is one; so with rules."""
    for words in (['query'], ['check'], ['diff'], ['inspect'], ['verify'], ['statement'],
                  ['explain-rule'], ['policy', 'explain'], ['policy', 'export']):
        offered = complete(candor, *words, '--format', '')
        assert len(offered) > 1, words
        for name in offered:
            done = subprocess.run([candor, *words, '--format', name], capture_output=True,
                                  text=True, stdin=subprocess.DEVNULL, check=False)
            assert 'no format' not in done.stderr, (words, name, done.stderr)
    assert 'undefined-label' in complete(candor, 'explain-rule', 'undef')


def main(candor):
    problems = run('mandoc', '-T', 'lint', '-W', 'warning', PAGE)
    assert not problems, problems
    commands = re.findall(r'^  ([a-z][a-z-]*) ', run(candor, '--help'), re.M)
    assert {'release', 'verify', 'evidence'} <= set(commands), commands
    assert sorted(complete(candor, '')) == sorted(commands + ['--help', '--version'])
    sections = rendered()
    described = {h.split()[1] for h in sections if h.startswith('candor ')}
    assert described == set(commands), described ^ set(commands)
    for command in commands:
        told = set(OPTION.findall(run(candor, command, '--help'))) - {'--help'}
        manual = tags(sections[f'candor {command}'])
        assert told - {'--'} == manual, (command, told ^ manual)
        in_synopsis = synopsis_of(sections['SYNOPSIS'], command)
        assert in_synopsis == manual, (command, in_synopsis ^ manual)
        offered = set(complete(candor, command, '--')) - {'--help'}
        assert offered == manual, (command, offered ^ manual)
    judge_policy(candor, sections['SYNOPSIS'])
    judge_values(candor)
    assert complete(candor, 'rel') == ['release']
    print(f'{len(commands)} commands agree')


if __name__ == '__main__':
    main(sys.argv[1])
