#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a policy limits, the hypervisor built from it keeps to.

A tree with a profile that limits all that has a number is decided, built and booted on a
machine that has more of each; the unit tests of domains run as built with it; and
`candor inspect` reads the policy's numbers from the image's records. Each SUPPORT_LIMIT()
has code that goes by SUPPORT_AT_MOST().

usage: limits.py CANDOR SOURCE LOGS
"""
# SUPPORT_TEST(limit_domains, "image/limits")
# SUPPORT_TEST(limit_host_memory, "image/limits")
# SUPPORT_TEST(limit_pcpus, "image/limits")
# SUPPORT_TEST(limit_pvh_memory, "image/limits")
# SUPPORT_TEST(limit_pvh_vcpus, "image/limits")
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

MIB = 1 << 20
LIMITS = {
    'limit_domains': 3,
    'limit_host_memory': 256 * MIB,
    'limit_pcpus': 2,
    'limit_pvh_memory': 64 * MIB,
    'limit_pvh_vcpus': 2,
}
PROFILE = 'profile { title = "Little", vendor = { "everything" }, site = { "little" } }\n'
IMAGE = 'xen/arch/x86/candor.elf'
UNIT = 'tests/unit/hv/test-hv-domain'
GUEST = 'tests/guest/guest-acpi'


def run(*argv, timeout=600):
    """A program's output; anything but success ends the test."""
    done = subprocess.run([str(word) for word in argv], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=timeout, check=False)
    if done.returncode:
        sys.exit(f'{argv}: status {done.returncode}\n{done.stdout.decode()}')
    return done.stdout.decode()


def check_code(source):
    """A limit that code states and does not go by would be a lie in the record."""
    text = '\n'.join(path.read_text() for path in sorted((source / 'xen').rglob('*.[ch]')))
    stated = set(re.findall(r'SUPPORT_LIMIT\((\w+)', text))
    kept = set(re.findall(r'SUPPORT_AT_MOST\((\w+)', text))
    assert stated == kept == set(LIMITS), f'stated {stated}, kept {kept}, tried {set(LIMITS)}'


def decide(candor, tree):
    """The profile `little`, and what explain says of one of its limits."""
    (tree / 'policy/profiles/little.lua').write_text(PROFILE)
    (tree / 'policy/rules/little.lua').write_text(''.join(
        f'limit {{ feature "{name}", to = {most}, because = "little" }}\n'
        for name, most in LIMITS.items()))
    run(candor, 'policy', 'lock', '--profile', 'little', '--tree', tree)
    said = run(candor, 'policy', 'explain', 'limit_pcpus', '--profile', 'little', '--tree', tree)
    assert re.search(r'limited to +2\b.*little', said), said


def inspect(candor, build, tree):
    """The image fits its lock, and the records have the policy's numbers."""
    run(candor, 'inspect', build / IMAGE, '--lock', tree / 'policy/profiles/little.lock',
        '--tree', tree)
    records = run('strings', '-a', build / IMAGE)
    for name, most in LIMITS.items():
        assert re.search(rf'^limit\t{name}\t[a-zA-Z ]+={most}\t', records, re.M), name


def boot(build, source, logs):
    """Twice the CPUs, memory and vCPUs that the policy allows."""
    expected = (r'option dom0_max_vcpus=3 ignored', r'memory above 256 MiB is not used',
                r'2 of 4 CPUs are not used', r'CPUs: 2 online',
                r'guest memory limited to 64 MiB')
    words = [word for line in expected for word in ('--expect', r'^\(HV\) ' + line)]
    run('python3', source / 'tests/harness/run_guest.py', 'acpi', '--name', 'image/limits',
        '--image', build / IMAGE, '--kernel', build / GUEST, '--memory', '512',
        '--machine=-smp 4', '--options', 'dom0_mem=128M dom0_max_vcpus=3', '--log-dir', logs,
        *words, '--expect', '^guest: PASS')


def main():
    """Decide, build, inspect, boot."""
    candor, source, logs = (pathlib.Path(word).resolve() for word in sys.argv[1:4])
    check_code(source)
    with tempfile.TemporaryDirectory() as folder:
        tree, build = pathlib.Path(folder, 'tree'), pathlib.Path(folder, 'build')
        shutil.copytree(source, tree, symlinks=True,
                        ignore=shutil.ignore_patterns('build*', '.git', 'out', '__pycache__'))
        decide(candor, tree)
        run('meson', 'setup', build, tree, '-Dpolicy=little')
        run('ninja', '-C', build, '-j2', IMAGE, UNIT, GUEST)
        inspect(candor, build, tree)
        print(run(build / UNIT, timeout=120))
        boot(build, source, logs)
    print(f'{len(LIMITS)} limits, each kept')


if __name__ == '__main__':
    main()
