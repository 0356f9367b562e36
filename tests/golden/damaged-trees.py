#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Damages a good tree in many ways: each is reported, or shown to be harmless.

The tree is a golden case of `candor check` with results of tests and a waiver added; the
check finds nothing in it that is not waived. A second tree has a candor.yaml, Kconfig and
documents. A damage is one edit of one file, of the registry, the code, a lock, the results,
the waivers, the previous statement, candor.yaml, or what that points at; those of the statement
are in damaged-statements.py. After it, either the check says something else, with the name of a
rule; or the damage has a reason why it is harmless in the table, and a reader of that kind of
file that is not ours finds the same in it: PyYAML in the registry and the waivers, a stripper of
comments and blanks in the code, the lines as a set elsewhere.

usage: damaged-trees.py CANDOR CASE
"""
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

import run

REGISTRY, CODE = "support/features.yaml", "src/things.c"
LOCK, RESULTS, WAIVERS = "policy/profiles/supported.lock", "results.tsv", "support/waivers.yaml"
OLD, OBJECT = "old.md", "object.records"
EVIDENCE = "unit/things\tpassed\nunit/other\tfailed\n"
WAIVER = """format: 1
waivers:
- rule: odd-markdown
  feature: alpha
  owner: core
  reason: the quote is long
  expires: 2026-12-31
"""
RECORDS = """provides\talpha\tcommon\tsrc/things.c:7
provides\tbeta\tx86.pvh\tsrc/things.c:8
limit\tlimit_things\tthings=(16ULL << 30)\tsrc/things.c:9
"""
OPTIONS = f"--evidence {RESULTS} --previous {OLD} --objects object.elf --date 2026-06-01"
ALPHA = "  - id: alpha\n    title: Alpha\n    section: Things\n    owner: core\n    state: built\n"

# File, name of the damage, what is replaced, by what; and why it is harmless, where it is.
DAMAGES = [
    (REGISTRY, "id misspelt", "id: alpha", "id: alhpa"),
    (REGISTRY, "id in capitals", "id: alpha", "id: Alpha"),
    (REGISTRY, "id with a blank", "id: alpha", "id: al pha"),
    (REGISTRY, "id empty", "id: alpha", "id: ''"),
    (REGISTRY, "id is a list", "id: alpha", "id: [alpha]"),
    (REGISTRY, "id missing", "  - id: alpha\n    title", "  - title"),
    (REGISTRY, "id of another", "id: beta", "id: alpha"),
    (REGISTRY, "id doubled", "id: alpha\n", "id: alpha\n    id: alpha\n"),
    (REGISTRY, "id is a number", "id: gamma", "id: 12"),
    (REGISTRY, "title misspelt", "title: Alpha", "title: Alpa"),
    (REGISTRY, "title of another", "title: Alpha", "title: Beta"),
    (REGISTRY, "title missing", "    title: Alpha\n", ""),
    (REGISTRY, "section misspelt", "section: Things", "section: Thigns"),
    (REGISTRY, "section missing", "    section: Things\n", ""),
    (REGISTRY, "owner missing", "    owner: core\n", ""),
    (REGISTRY, "owner empty", "owner: core", "owner: ''"),
    (REGISTRY, "state unknown", "state: built", "state: build"),
    (REGISTRY, "state planned", "state: built", "state: planned"),
    (REGISTRY, "state removed", "state: built", "state: removed"),
    (REGISTRY, "state built without code", "state: planned", "state: built"),
    (REGISTRY, "need unknown", "needs: [alpha]", "needs: [alpho]"),
    (REGISTRY, "need planned", "needs: [alpha]", "needs: [gamma]"),
    (REGISTRY, "need is no list", "needs: [alpha]", "needs: alpha"),
    (REGISTRY, "conflict unknown", "needs: [alpha]", "conflicts: [alpho]"),
    (REGISTRY, "key unknown", "needs: [alpha]", "need: [alpha]"),
    (REGISTRY, "tombstone of the living", "state: built\n",
     "state: built\n    removed_in: '1'\n    removed_reason: no\n"),
    (REGISTRY, "since missing", "    since: \"0.1\"\n", ""),
    (REGISTRY, "since no version", "since: \"0.1\"", "since: early"),
    (REGISTRY, "review missing", "    review_by: 2027-01-31\n", ""),
    (REGISTRY, "review no date", "review_by: 2027-01-31", "review_by: soon"),
    (REGISTRY, "review overdue", "review_by: 2027-01-31", "review_by: 2026-01-31"),
    (REGISTRY, "entry removed", ALPHA, ""),
    (REGISTRY, "entry doubled", ALPHA, ALPHA + ALPHA),
    (REGISTRY, "format unknown", "format: 1", "format: 2"),
    (REGISTRY, "format missing", "format: 1\n", ""),
    (REGISTRY, "list missing", "features:", "feature:"),
    (REGISTRY, "tab for blanks", "    title: Alpha", "\ttitle: Alpha"),
    (REGISTRY, "bracket open", "needs: [alpha]", "needs: [alpha"),
    (REGISTRY, "indent lost", "    title: Alpha", "   title: Alpha"),
    (REGISTRY, "second document", "format: 1", "---\nformat: 1\n---\nformat: 1"),
    (REGISTRY, "alias", "owner: core", "owner: *core"),
    (REGISTRY, "control character", "owner: core", "owner: co\x01re"),
    (REGISTRY, "not UTF-8", "owner: core", b"owner: co\xffre"),
    (REGISTRY, "quotes", "owner: core", "owner: 'core'", "YAML reads the same text"),
    (REGISTRY, "comment", "owner: core", "owner: core # me", "a comment is no content"),
    (REGISTRY, "empty line", "    owner: core", "\n    owner: core", "YAML skips empty lines"),
    (REGISTRY, "keys exchanged", "    title: Alpha\n    section: Things\n",
     "    section: Things\n    title: Alpha\n", "a mapping has no order"),
    (REGISTRY, "carriage returns", "    owner: core\n", "    owner: core\r\n",
     "YAML takes both line ends"),

    (CODE, "id misspelt", 'PROVIDES(alpha,', 'PROVIDES(alpah,'),
    (CODE, "id of another", 'PROVIDES(alpha,', 'PROVIDES(gamma,'),
    (CODE, "id in quotes", 'PROVIDES(alpha,', 'PROVIDES("alpha",'),
    (CODE, "macro misspelt", 'SUPPORT_PROVIDES(alpha,', 'SUPPORT_PROVIDE(alpha,'),
    (CODE, "annotation removed", 'SUPPORT_PROVIDES(alpha, "common");\n', ''),
    (CODE, "annotation in a comment", 'SUPPORT_PROVIDES(alpha, "common");',
     '/* SUPPORT_PROVIDES(alpha, "common"); */'),
    (CODE, "annotation switched off", 'SUPPORT_PROVIDES(alpha, "common");',
     '#if 0\nSUPPORT_PROVIDES(alpha, "common");\n#endif'),
    (CODE, "scope unknown", '"x86.pvh"', '"x86.pvhh"'),
    (CODE, "scope of no claim", '"x86.pvh"', '"arm64"'),
    (CODE, "scope empty", '"x86.pvh"', '""'),
    (CODE, "scope not quoted", '"x86.pvh"', 'x86.pvh'),
    (CODE, "refusal of a claim", 'SUPPORT_TEST(alpha', 'SUPPORT_REFUSES(alpha, "x86");\n'
     'SUPPORT_TEST(alpha'),
    (CODE, "limit changed", "16ULL << 30", "16ULL << 31"),
    (CODE, "limit unknown", "(16ULL << 30)", "sizeof(int)"),
    (CODE, "limit's macro gone", "#define THINGS_MAX", "#define THINGZ_MAX"),
    (CODE, "limit's macro twice", "#define THINGS_MAX (16ULL << 30)",
     "#define THINGS_MAX 1\n#define THINGS_MAX 2"),
    (CODE, "limit overflows", "16ULL << 30", "16ULL << 300"),
    (CODE, "limit removed", 'SUPPORT_LIMIT(limit_things, "things", THINGS_MAX);\n', ''),
    (CODE, "test misspelt", 'TEST(alpha, "unit/things")', 'TEST(alpha, "unit/thing")'),
    (CODE, "test failed", 'TEST(alpha, "unit/things")', 'TEST(alpha, "unit/other")'),
    (CODE, "test removed", 'SUPPORT_TEST(beta, "unit/things");\n', ''),
    (CODE, "gate removed", " && SUPPORT_ENABLED(beta)", ""),
    (CODE, "gate of another", "SUPPORT_ENABLED(beta)", "SUPPORT_ENABLED(alpha)"),
    (CODE, "gate misspelt", "SUPPORT_ENABLED(beta)", "SUPPORT_ENABLED(bta)"),
    (CODE, "file emptied", None, ""),
    (CODE, "comment never closed", "GPL-2.0-or-later */", "GPL-2.0-or-later"),
    (CODE, "blanks", 'PROVIDES(alpha, "common")', 'PROVIDES( alpha ,\t"common" )',
     "C has no use for the blanks"),
    (CODE, "spliced line", 'PROVIDES(alpha, "common")', 'PROVIDES(alpha, \\\n"common")',
     "C joins spliced lines"),
    (CODE, "limit written otherwise", "(16ULL << 30)", "(16ULL * 1024 * 1024 * 1024)",
     "the same number"),
    (CODE, "order of lines", 'SUPPORT_TEST(alpha, "unit/things");\nSUPPORT_TEST(beta',
     'SUPPORT_TEST(alpha, "unit/things"); SUPPORT_TEST(beta', "C has no use for lines"),

    (LOCK, "on, but not what it needs", "feature.alpha = on  # rules/supported.lua:3 security "
     "supported\nfeature.beta = off", "feature.alpha = off\nfeature.beta = on"),
    (LOCK, "preview on", "feature.beta = off", "feature.beta = on"),
    (LOCK, "planned on", "feature.gamma = off", "feature.gamma = on"),
    (LOCK, "feature missing", "feature.limit_things = on\n", ""),
    (LOCK, "feature unknown", "feature.gamma", "feature.gamme"),
    (LOCK, "feature twice", "feature.gamma = off\n", "feature.gamma = off\nfeature.gamma = off\n"),
    (LOCK, "value unknown", "feature.gamma = off", "feature.gamma = no"),
    (LOCK, "no equals sign", "feature.gamma = off", "feature.gamma off"),
    (LOCK, "format unknown", "lock.format = 1", "lock.format = 9"),
    (LOCK, "format missing", "lock.format = 1\n", ""),
    (LOCK, "cut off", "feature.gamma = off\nfeature.limit_things = on\n", "feature.gam"),
    (LOCK, "NUL", "feature.gamma = off", "feature.gamma = off\0"),
    (LOCK, "reason changed", "security supported", "because", "a reason is a comment"),
    (LOCK, "blanks", "feature.gamma = off", "feature.gamma   =   off", "the same key and value"),
    (LOCK, "planned off left out", "feature.gamma = off\n", "",
     "what has no code is off by itself"),

    (RESULTS, "failed", "unit/things\tpassed", "unit/things\tfailed"),
    (RESULTS, "skipped", "unit/things\tpassed", "unit/things\tskipped"),
    (RESULTS, "missing", "unit/things\tpassed\n", ""),
    (RESULTS, "name misspelt", "unit/things", "unit/thinks"),
    (RESULTS, "word unknown", "unit/things\tpassed", "unit/things\tfine"),
    (RESULTS, "blank for tab", "unit/things\tpassed", "unit/things passed"),
    (RESULTS, "emptied", None, ""),
    (RESULTS, "order", EVIDENCE, "unit/other\tfailed\nunit/things\tpassed\n",
     "results have no order"),

    (WAIVERS, "rule misspelt", "odd-markdown", "odd-markdwon"),
    (WAIVERS, "rule of no finding", "odd-markdown", "no-gate"),
    (WAIVERS, "feature of no finding", "feature: alpha", "feature: beta"),
    (WAIVERS, "owner missing", "  owner: core\n", ""),
    (WAIVERS, "reason missing", "  reason: the quote is long\n", ""),
    (WAIVERS, "expired", "2026-12-31", "2026-05-31"),
    (WAIVERS, "no date", "2026-12-31", "never"),
    (WAIVERS, "no such day", "2026-12-31", "2026-02-30"),
    (WAIVERS, "whole rule", "  feature: alpha\n", ""),
    (WAIVERS, "format missing", "format: 1\n", ""),
    (WAIVERS, "removed", None, "format: 1\nwaivers: []\n"),
    (WAIVERS, "no YAML", "waivers:", "waivers: ]"),
    (WAIVERS, "other date", "2026-12-31", "2026-12-30", None),
    (WAIVERS, "quotes", "owner: core", "owner: \"core\"", "YAML reads the same text"),

    (OLD, "level was higher", "    Status: Supported\n", "    Status: Experimental\n"),
    (OLD, "feature is gone", "## Limits\n", "### Delta\n\n    Status: Supported\n\n## Limits\n"),
    (OLD, "not a statement", None, "nothing\n", "a statement that states nothing before"),
    (OBJECT, "record of no source", "src/things.c:7", "src/thing.c:7"),
    (OBJECT, "record of no feature", "provides\talpha", "provides\talpho"),
    (OBJECT, "record cut off", "src/things.c:9\n", "src/th"),
    (OBJECT, "line moved", "src/things.c:7", "src/things.c:70",
     "records are held against a file, whose lines move"),
]

# Of a tree that has a candor.yaml; all of them are reported.
CONFIG, KCONFIG = "candor.yaml", "Kconfig"
OTHER_CASE = "pass-other-tree"
OTHER_DAMAGES = [
    (CONFIG, "format unknown", "format: 1", "format: 2"),
    (CONFIG, "format missing", "format: 1\n", ""),
    (CONFIG, "statement elsewhere", "statement: SUPPORT.md", "statement: SUPORT.md"),
    (CONFIG, "key unknown", "statement:", "statment:"),
    (CONFIG, "everything skipped", "skip: none/**", "skip: '**'"),
    (CONFIG, "folders misspelt", "folders: arch/*", "folders: arhc/*"),
    (CONFIG, "heading of an architecture", "alpha: Alpha", "alpha: Alhpa"),
    (CONFIG, "Kconfig's folder", "folder: .", "folder: kconf"),
    (CONFIG, "Kconfig's file", "file: Kconfig", "file: Kconfi"),
    (CONFIG, "shell", "match: echo", "match: ecko"),
    (CONFIG, "shell value", 'value: "y"', 'value: "n"'),
    (CONFIG, "claims unknown", "claims: [x86]", "claims: [x68]"),
    (CONFIG, "config missing", "configs: defaults.config\n  gates",
     "configs: default.config\n  gates"),
    (CONFIG, "gate misspelt", "symbol: EXPERT", "symbol: EXPRET"),
    (CONFIG, "marks unknown", "marks: all", "marks: al"),
    (CONFIG, "heading misspelt", "heading: Alpha\n    symbols", "heading: Alpa\n    symbols"),
    (CONFIG, "symbol misspelt", "symbols: ALPHA", "symbols: ALHPA"),
    (CONFIG, "option misspelt", "options: alpha", "options: alhpa"),
    (CONFIG, "document misspelt", "documents: docs/alpha.md\n    s",
     "documents: docs/alhpa.md\n    s"),
    (CONFIG, "sources gone", "sources: src/**", "sources: srcs/**"),
    (CONFIG, "terms no expression", "terms: \\bAlpha\\b", "terms: ("),
    (CONFIG, "configs of a feature", "configs: defaults.config\n  - name",
     "configs: default.config\n  - name"),
    (CONFIG, "terms of what is stated", "terms: nothing at all", "terms: Alpha"),
    (CONFIG, "kind unknown", "kind: option", "kind: opton"),
    (CONFIG, "expression misspelt", "match: option", "match: optoin"),
    (CONFIG, "needs misspelt", "needs: option(", "needs: optoin("),
    (CONFIG, "files misspelt", "files: src/**\n  - id", "files: srcs/**\n  - id"),
    (CONFIG, "refusal found", "match: never found", "match: option"),
    (CONFIG, "archs unknown", "archs: x86", "archs: x68"),
    (CONFIG, "names no expression", "'^zzz$'", "'^['"),
    (CONFIG, "expects unknown", 'expects: "on"', 'expects: "onn"'),
    (CONFIG, "quote lost", "none) driver$'", "none) driver$"),
    (CONFIG, "options elsewhere", "options: docs/options.md", "options: docs/option.md"),
    (CONFIG, "features elsewhere", "features: docs/alpha.md", "features: docs/alhpa.md"),
    (CONFIG, "changelog elsewhere", "changelogs: CHANGES.md", "changelogs: CHANGE.md"),
    (CONFIG, "references elsewhere", "files: docs/**\n", "files: dcos/**\n"),
    (KCONFIG, "symbol renamed", "config ALPHA", "config ALHPA"),
    (KCONFIG, "type unknown", 'bool "Alpha"', 'bol "Alpha"'),
    (KCONFIG, "choice open", "endchoice\n", ""),
    (KCONFIG, "marker without gate", 'bool "Alpha"', 'bool "Alpha (EXPERT)"'),
    (KCONFIG, "gate before it", "\tdefault y\n", "\tdefault y\n\tdepends on EXPERT\n"),
    (KCONFIG, "status in help", "\t  Alpha.", "\t  Alpha is experimental."),
    (KCONFIG, "quote open", 'bool "Two"', 'bool "Two'),
    ("defaults.config", "symbol unknown", "CONFIG_", "CONFIG_X"),
    ("docs/options.md", "option misspelt", "alpha", "alhpa"),
    ("docs/alpha.md", "status", "Supported", "Experimental"),
    ("SUPPORT.md", "status", "Status: Supported", "Status: Experimental"),
]


def facts(path, data):
    """What a reader of this kind of file that is not ours finds in it."""
    text = data.decode()
    if path.endswith(".yaml"):
        import yaml
        return yaml.safe_load(text)
    if path.endswith(".c"):
        text = re.sub(r"\\\n", "", text)
        text = re.sub(r"/\*.*?\*/|//[^\n]*", " ", text, flags=re.S)
        text = text.replace("16ULL * 1024 * 1024 * 1024", "16ULL << 30")
        return "".join(text.split())
    if path == OBJECT:
        return re.sub(r":\d+$", "", text, flags=re.M)
    if path == OLD:
        return None
    lines = {"".join(line.split("#")[0].split()) for line in text.splitlines()}
    return lines - {"", "feature.gamma=off"}


def is_harmless(path, good, damaged):
    """Does the other reader find the same?"""
    if path == OLD:
        return b"# Feature Support" not in damaged
    return facts(path, good) == facts(path, damaged)


def build(case, folder):
    """The good tree, as files by name."""
    shutil.copytree(case, folder)
    (folder / "expected.txt").unlink()
    statement = folder / "SUPPORT.md"
    text = statement.read_text().replace("The first.\n", "> A quote.\n\nThe first.\n")
    statement.write_text(text)
    (folder / OLD).write_text(text)
    (folder / RESULTS).write_text(EVIDENCE)
    (folder / WAIVERS).write_text(WAIVER)
    (folder / OBJECT).write_text(RECORDS)


def build_other(case, folder):
    """The good tree that has a candor.yaml."""
    shutil.copytree(case, folder)
    (folder / "expected.txt").unlink()


def check(candor, good, path=None, data=None):
    """What the check prints, and its status, for a tree with one file replaced."""
    options = OPTIONS if (good / OBJECT).exists() else "--date 2026-06-01"
    with tempfile.TemporaryDirectory() as name:
        tree = pathlib.Path(name) / "tree"
        shutil.copytree(good, tree)
        if path:
            (tree / path).write_bytes(data)
        if (tree / OBJECT).exists():
            run.make_elf(tree / "object.elf", [(".candor.support", (tree / OBJECT).read_bytes())])
        done = subprocess.run([candor, "check", *shlex.split(options)], cwd=tree, timeout=60,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return done.stdout, done.returncode


def judge(candor, good, clean, row):
    """(what is wrong, is it reported?) with one damage."""
    path, name, old, new, *harmless = row
    text = (good / path).read_bytes()
    old, new = (part if isinstance(part, (bytes, type(None))) else part.encode()
                for part in (old, new))
    if old is not None and old not in text:
        sys.exit(f"{path}: {name}: the good file has no {old}")
    damaged = new if old is None else text.replace(old, new, 1)
    output, status = check(candor, good, path, damaged)
    if status not in (0, 1, 2):
        return [f"{path}: {name}: exit status {status}"], False
    # The list of what is waived is no report.
    if output != clean:
        said = re.search(rb"(error|warning): .*\[[a-z-]+\]", output)
        waived = output.replace(b"2026-12-30", b"2026-12-31") == clean
        return ([] if said or waived else [f"{path}: {name}: no rule: {output}"]), True
    if harmless and harmless[0] and is_harmless(path, text, damaged):
        return [], False
    return [f"{path}: {name}: neither reported nor harmless"], False


def try_all(candor, good, damages, sound):
    """(what is wrong, how many are reported), each damage by itself; @sound is said before."""
    wrong, reported = [], 0
    clean, status = check(candor, good)
    if status or b"error:" in clean or sound not in clean:
        sys.exit(f"the good tree is not good: {clean.decode()}")
    for row in damages:
        problems, is_reported = judge(candor, good, clean, row)
        wrong += problems
        reported += is_reported
    return wrong, reported


def main():
    """Every damage of both trees."""
    candor, case = str(pathlib.Path(sys.argv[1]).resolve()), pathlib.Path(sys.argv[2])
    os.environ["SOURCE_DATE_EPOCH"] = run.TODAY
    with tempfile.TemporaryDirectory() as name:
        good, other = pathlib.Path(name) / "good", pathlib.Path(name) / "other"
        build(case, good)
        wrong, reported = try_all(candor, good, DAMAGES, b"1 waived")
        build_other(case.parent / OTHER_CASE, other)
        more, reported_there = try_all(candor, other, OTHER_DAMAGES, b"0 warnings")
    print("\n".join(wrong + more))
    reported += reported_there
    distinct = len({(row[0], row[2], row[3]) for row in DAMAGES + OTHER_DAMAGES})
    print(f"{distinct} distinct damages: {reported} reported, {distinct - reported} harmless, "
          f"{len(wrong + more)} wrong")
    return 1 if wrong or more or distinct < 60 else 0


if __name__ == "__main__":
    sys.exit(main())
