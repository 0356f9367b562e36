#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The examples that `candor explain-rule` shows are what it says they are.

Of every rule that `candor check --rules` lists, the bad example is found at fault by that
rule and by no other, and the good one by none.

usage: examples.py CANDOR [RULE]...
"""
import json
import pathlib
import shlex
import subprocess
import sys
import tempfile

import run


def found(candor, tree):
    """The rules that find fault with a tree."""
    options = shlex.split((tree / "args").read_text())
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder) / "tree"
        run.prepare(tree, work)
        done = subprocess.run([candor, "check", "--json", *options], cwd=work, timeout=60,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    try:
        findings = json.loads(done.stdout)["diagnostics"]
    except ValueError:
        return [f"no JSON: {done.stdout} {done.stderr}"]
    return sorted({finding["rule"] for finding in findings})


def judge(candor, rule):
    """What is wrong with a rule's examples."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([candor, "explain-rule", rule, "--write", folder], check=True, timeout=60)
        bad = found(candor, pathlib.Path(folder) / "bad")
        good = found(candor, pathlib.Path(folder) / "good")
    wrong = [] if bad == [rule] else [f"{rule}: the bad example breaks {bad}"]
    return wrong + ([f"{rule}: the good example breaks {good}"] if good else [])


def main():
    """All rules, or those named."""
    candor = str(pathlib.Path(sys.argv[1]).resolve())
    rules = sys.argv[2:] or run.rules_of(candor, "check")
    wrong = [] if rules else ["no rules"]
    for rule in rules:
        wrong += judge(candor, rule)
    print("\n".join(wrong))
    print(f"{len(rules)} rules, {len(wrong)} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
