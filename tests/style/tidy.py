#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""tidy.py ROOT BUILD: clang-tidy (.clang-tidy says what it looks for) on every C file.

Flags come from BUILD/compile_commands.json; a file that the policy leaves out gets those of a
file beside it. To be quick, the analyzer explores 20,000 states a function (its own limit is
225,000) and leaves tests out, and a file that was clean is looked at again only when it, any
header, the flags or the checks changed (BUILD/style-tidy holds what was clean).
"""
import concurrent.futures
import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys

import tree

# What clang needs of the flags, which may be gcc's.
KEPT = re.compile(r'-(?:I|D|U|isystem|std=|ffreestanding|mgeneral-regs-only|mcmodel|mno-)')
SHALLOW = ['-Xclang', '-analyzer-config', '-Xclang', 'max-nodes=20000']
# Only its assembly is read, by a script.
LEFT_OUT = ('xen/arch/x86/offsets.c',)


# Tests multiply small numbers, run commands in a shell, make text that has no end, and compare what they filled.
NOT_IN_TESTS = ','.join('-' + check for check in [
    'clang-analyzer-*', 'bugprone-implicit-widening-of-multiplication-result',
    'bugprone-misplaced-widening-cast', 'cert-env33-c', 'bugprone-not-null-terminated-result',
    'bugprone-suspicious-memory-comparison', 'cert-exp42-c', 'cert-flp37-c'])
# Held in the hypervisor, where a stack is small and has no guard below it.
# A gate that is 0 leaves what was got ready for the code behind it.
NOT_IN_XEN = ',-clang-analyzer-deadcode.DeadStores'
ONLY_IN_XEN = ',-misc-no-recursion,-readability-function-size'


def kept_flags(command):
    words = [word for word in shlex.split(command)[1:] if KEPT.match(word)]
    return ['-std=gnu11'] + words


def flags_by_file(root, build):
    """The flags of each file of the compilation database, without its folder's name."""
    with open(os.path.join(build, 'compile_commands.json'), encoding='utf-8') as file:
        entries = json.load(file)
    flags = {}
    for entry in entries:
        full = os.path.realpath(os.path.join(entry['directory'], entry['file']))
        path = os.path.relpath(full, root)
        if path.endswith('.c') and not path.startswith('..'):
            flags.setdefault(path, kept_flags(entry['command']))
    return flags


def flags_for(path, flags):
    """Those of the file, or of the first one in its folder."""
    if path in flags:
        return flags[path]
    beside = [known for known in sorted(flags) if os.path.dirname(known) == os.path.dirname(path)]
    return flags[beside[0]] if beside else None


def look_at(job):
    root, build, path, flags, stamp = job
    if stamp and os.path.exists(stamp):
        return path, 0, ''
    checks = NOT_IN_TESTS if path.startswith('tests/') else ''
    checks += NOT_IN_XEN if path.startswith('xen/') else ONLY_IN_XEN
    ran = subprocess.run(['clang-tidy', '--quiet', '--checks=' + checks.lstrip(','), os.path.join(root, path), '--',
                          *flags, *SHALLOW], cwd=build, check=False, text=True,
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    said = ran.stdout + (ran.stderr if ran.returncode and not ran.stdout else '')
    if not ran.returncode and not said.strip():
        with open(stamp, 'w', encoding='utf-8'):
            pass
    return path, ran.returncode, said.replace(root + '/', '')


def stamps(root, build, paths, flags):
    """A file name for each path, which changes with all that the answer depends on."""
    folder = os.path.join(build, 'style-tidy')
    os.makedirs(folder, exist_ok=True)
    common = hashlib.sha256(subprocess.run(['clang-tidy', '--version'], check=True,
                                           stdout=subprocess.PIPE).stdout)
    for path in ['.clang-tidy', 'tests/style/tidy.py'] + tree.code_files(root, ('.h', '.def')):
        common.update(tree.read(root, path).encode('utf-8', 'surrogateescape'))
    for path in paths:
        digest = common.copy()
        digest.update('\0'.join([path, *flags[path], tree.read(root, path)]).encode())
        yield os.path.join(folder, digest.hexdigest()[:32])


def main():
    root, build = os.path.realpath(sys.argv[1]), os.path.realpath(sys.argv[2])
    if not shutil.which('clang-tidy'):
        tree.skip("no 'clang-tidy' program; apt-get install clang-tidy")
    known = flags_by_file(root, build)
    paths, flags, unknown = [], {}, []
    for path in tree.code_files(root, ('.c',)):
        flags[path] = flags_for(path, known)
        if path not in LEFT_OUT:
            (paths if flags[path] else unknown).append(path)
    jobs = [(root, build, path, flags[path], stamp)
            for path, stamp in zip(paths, stamps(root, build, paths, flags))]
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for path, status, said in pool.map(look_at, jobs):
            failed += status != 0
            if said.strip():
                print(said.strip())
    for path in unknown:
        print(f'{path}: not looked at: this build compiles nothing in its folder')
    print(f'{len(paths)} files, {failed} with findings')
    sys.exit(1 if failed or not paths else 0)


if __name__ == '__main__':
    main()
