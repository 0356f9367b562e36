#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs `candor` over the golden cases of one command and compares exact output.

A case is a folder. It is copied, its `args` (if any) are added to the command,
and what the command prints and returns must be `expected.txt`, byte for byte.
`object.records` and `object.lock-records` become sections of `object.elf`.
A folder named pass-* must return 0. Of a command with rules, one named
fail-RULE[-VARIANT] must report RULE (examples.py sees to it that each rule is seen at
work); of others fail-* must not return 0.

usage: run.py CANDOR COMMAND FOLDER [--update]
"""
import os
import pathlib
import shlex
import shutil
import struct
import subprocess
import sys
import tempfile

TODAY = "1780272000"  # 2026-06-01: rules about time must find the same next year


def make_elf(path, sections):
    """Write a 64-bit little-endian ELF relocatable with these sections."""
    names = b"\0"
    body = b""
    headers = [b"\0" * 64]
    for name, data in sections + [(".shstrtab", None)]:
        at = len(names)
        names += name.encode() + b"\0"
        if data is None:
            data = names
        headers.append(struct.pack("<IIQQQQIIQQ", at, 3 if data is names else 1, 0, 0,
                                   64 + len(body), len(data), 0, 0, 1, 0))
        body += data
    head = b"\x7fELF" + bytes([2, 1, 1]) + b"\0" * 9
    head += struct.pack("<HHIQQQIHHHHHH", 1, 62, 1, 0, 0, 64 + len(body), 0, 64, 0, 0, 64,
                        len(headers), len(headers) - 1)
    path.write_bytes(head + body + b"".join(headers))


def prepare(case, work):
    """Copy a case, and make its object."""
    shutil.copytree(case, work)
    sections = [(section, (work / name).read_bytes())
                for section, name in ((".candor.support", "object.records"),
                                      (".candor.lock", "object.lock-records"))
                if (work / name).exists()]
    if sections:
        make_elf(work / "object.elf", sections)
    for name in ("expected.txt", "object.records", "object.lock-records"):
        (work / name).unlink(missing_ok=True)


def run_case(candor, command, case):
    """What the command prints for a case, and its exit status."""
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder) / "case"
        prepare(case, work)
        args = work / "args"
        words = shlex.split(args.read_text()) if args.exists() else []
        done = subprocess.run([candor, command, *words], cwd=work, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=60, check=False,
                              env=dict(os.environ, SOURCE_DATE_EPOCH=TODAY))
    return done.stdout + b"exit status %d\n" % done.returncode, done.returncode


def rules_of(candor, command):
    """Ids of the command's rules; none if it has no such option."""
    done = subprocess.run([candor, command, "--rules"], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, check=False)
    return [line.split()[0] for line in done.stdout.decode().splitlines()] \
        if done.returncode == 0 else []


def reports(output, rule):
    """Does an output, plain or JSON, report the rule?"""
    return b"[%s]" % rule.encode() in output or b'"rule": "%s"' % rule.encode() in output


def judge(case, output, status, rules):
    """What is wrong with a case's result, apart from its exact text."""
    if case.name.startswith("pass-"):
        return "it must return 0" if status else None
    if not rules and not status:
        return "it must not return 0"
    named = [rule for rule in rules if case.name[5:].startswith(rule)]
    if named and not any(reports(output, rule) for rule in named):
        return f"it must report {max(named, key=len)}"
    return None


def main():
    """Run all cases of a folder."""
    candor, command = str(pathlib.Path(sys.argv[1]).resolve()), sys.argv[2]
    folder, update = pathlib.Path(sys.argv[3]), "--update" in sys.argv[4:]
    rules = rules_of(candor, command)
    cases = sorted(path for path in folder.iterdir() if path.is_dir())
    wrong = [] if cases else ["no case found"]
    for case in cases:
        output, status = run_case(candor, command, case)
        expected = case / "expected.txt"
        if update:
            expected.write_bytes(output)
        problem = judge(case, output, status, rules)
        if problem:
            wrong.append(f"{case.name}: {problem}")
        if not expected.exists() or expected.read_bytes() != output:
            wrong.append(f"{case.name}: output differs; it is now:\n" +
                         output.decode(errors="backslashreplace"))
    for text in wrong:
        print(text)
    print(f"{len(cases)} cases, {len(wrong)} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
