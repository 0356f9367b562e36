#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""What `candor check --fix` mends stays mended, and nothing else changes.

Trees with what is mechanical are mended. For each: --dry-run writes nothing, and its
difference, applied by patch(1), makes the same files as --fix; after --fix no finding is
fixable, and a second --fix changes nothing; what was to be mended has gone; the matrix
knows every status it knew before. The golden cases and the statements of the Xen Project,
where CANDOR_TEST_DATA has them, are mended, too. A file that cannot be written is trouble.

usage: fixes.py CANDOR CASES
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import run

GOOD = "    Status: Supported\n"
# Name: file, what is replaced, by what; the rule that must find it, and what it becomes.
SPOILT = {
    "misspelt label": ("SUPPORT.md", GOOD, "    Status: Suported\n", "undefined-label", GOOD),
    "label in capitals": ("SUPPORT.md", GOOD, "    Status: SUPPORTED\n", "undefined-label", GOOD),
    "misspelt label with more": ("SUPPORT.md", GOOD,
                                 "    Status: Suported, not security supported\n",
                                 "undefined-label",
                                 "    Status: Supported, not security supported\n"),
    "misspelt key": ("SUPPORT.md", GOOD, "    Stauts: Supported\n", "lost-status-line", GOOD),
    "list key for a level": ("SUPPORT.md", GOOD, "    Supported: Supported\n",
                             "lost-status-line", GOOD),
    "no qualifier behind a comma": ("SUPPORT.md", GOOD, "    Status, : Supported\n",
                                    "lost-status-line", GOOD),
    "not indented": ("SUPPORT.md", GOOD, "Status: Supported\n", "lost-status-line", GOOD),
    "indented by two": ("SUPPORT.md", GOOD, "  Status: Supported\n", "lost-status-line", GOOD),
    "prose right above": ("SUPPORT.md", "The first.\n\n" + GOOD,
                          "The first.\nStatus: Supported\n", "lost-status-line",
                          "The first.\n\n" + GOOD),
    "not indented and misspelt": ("SUPPORT.md", GOOD, " Status: Suported\n", "lost-status-line",
                                  GOOD),
    "stated twice": ("SUPPORT.md", GOOD, GOOD + GOOD, "duplicate-statement", GOOD),
    "stated thrice": ("SUPPORT.md", GOOD, GOOD * 3, "duplicate-statement", GOOD),
    "blanks at the end": ("SUPPORT.md", GOOD, "    Status: Supported \t \n", "trailing-blanks",
                          GOOD),
    "blanks behind a heading": ("SUPPORT.md", "### Alpha\n", "### Alpha  \n", "trailing-blanks",
                                "### Alpha\n"),
    "heading closed": ("SUPPORT.md", "### Alpha\n", "### Alpha ###\n", "closing-hashes",
                       "### Alpha\n"),
    "heading closed, blanks": ("SUPPORT.md", "### Alpha\n", "### Alpha #  \n", "closing-hashes",
                               "### Alpha\n"),
    "tab": ("SUPPORT.md", GOOD, "\tStatus: Supported\n", "tab-indent", GOOD),
    "blanks and tab": ("SUPPORT.md", GOOD, "  \tStatus: Supported\n", "tab-indent", GOOD),
    "heading's attributes": ("SUPPORT.md", "### Alpha\n", "### Alpha {#a .b}\n", "odd-markdown",
                             "### Alpha\n"),
    "byte order mark": ("SUPPORT.md", "% A small", "\ufeff% A small", "odd-markdown", "% A small"),
    "wrapped value": ("SUPPORT.md", GOOD, "    Status: Supported,\n      with caveats\n",
                      "odd-markdown", "    Status: Supported, with caveats\n"),
    "two spellings": ("SUPPORT.md", GOOD,
                      "    Status, Arm64: Supported\n    Status, ARM64 domU: Supported\n",
                      "scope-spelling",
                      "    Status, Arm64: Supported\n    Status, Arm64 domU: Supported\n"),
    "everything": ("SUPPORT.md", "### Alpha\n\nThe first.\n\n" + GOOD,
                   "### Alpha {#x} ##  \n\nThe first.\nStatus: Suported \t\n",
                   "lost-status-line", "### Alpha\n\nThe first.\n\n" + GOOD),
    "misspelt id in code": ("src/things.c", "SUPPORT_TEST(alpha,", "SUPPORT_TEST(alhpa,",
                            "unknown-id", "SUPPORT_TEST(alpha,"),
    "misspelt scope": ("src/things.c", '"x86.pvh"', '"x68.pvh"', "bad-scope", '"x86.pvh"'),
    "misspelt need": ("support/features.yaml", "needs: [alpha]", "needs: [alhpa]", "unknown-id",
                      "needs: [alpha]"),
    "no entry": ("SUPPORT.md", "## Limits\n",
                 "### It's a \"thing\": [new] #1 \\\n\n    Status: Experimental\n\n## Limits\n",
                 "unregistered-heading", ""),
    "no entries of one name": ("SUPPORT.md", "## Limits\n",
                               "### New thing\n\n    Status: Experimental\n\n"
                               "### New-Thing\n\n    Status: Experimental\n\n## Limits\n",
                               "unregistered-heading", ""),
    "no newline at the end": ("SUPPORT.md",
                              "# Format and definitions\n\nNothing here is read as a status.\n",
                              "### Beta\n\n    Status, Arm32: Suported", "undefined-label",
                              "### Beta\n\n    Status, Arm32: Supported"),
    "carriage returns": ("SUPPORT.md", GOOD, "    Status: Suported  \r\n", "undefined-label",
                         "    Status: Supported"),
}
# Nobody but a person can mend these: --fix must leave them alone.
LEFT = {
    "in a list": (GOOD, " * A list:\n\n   Status: Supported\n"),
    "in a quote": (GOOD, "> Status: Supported\n"),
    "in a comment": (GOOD, "<!--\nStatus: Supported\n-->\n"),
    "stated twice, differently": (GOOD, GOOD + "    Status: Deprecated\n"),
    "unknown label": (GOOD, "    Status: Fine\n"),
}


def check(candor, folder, *words):
    """Output and status of the check."""
    done = subprocess.run([candor, "check", *words], cwd=folder, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=60, check=False,
                          env=dict(os.environ, SOURCE_DATE_EPOCH=run.TODAY))
    return done.stdout, done.returncode


def findings(candor, folder, *words):
    """The findings."""
    return json.loads(check(candor, folder, "--json", *words)[0])["diagnostics"]


def files(folder):
    """All files and what is in them."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*")
            if path.is_file()}


def mend(candor, tree, *words):
    """Mend a tree in both ways; what is wrong with the result."""
    before, wrong = files(tree), []
    with tempfile.TemporaryDirectory() as name:
        copy = pathlib.Path(name) / "copy"
        shutil.copytree(tree, copy)
        diff, status = check(candor, tree, "--fix", "--dry-run", *words)
        if files(tree) != before:
            wrong.append("--dry-run changes files")
        if (status == 1) != bool(diff) or status > 1:
            wrong.append(f"--dry-run ends with {status}: {diff}")
        check(candor, tree, "--fix", *words)
        if diff:
            done = subprocess.run(["patch", "-p1", "-s", "--binary"], cwd=copy, input=diff,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
            if done.returncode or done.stdout:
                wrong.append(f"patch: {done.stdout}\n{diff.decode(errors='replace')}")
        if files(copy) != files(tree):
            wrong.append(f"--dry-run and --fix differ: {diff}")
    mended = files(tree)
    left = [f for f in findings(candor, tree, *words) if f["fixable"]]
    if left:
        wrong.append(f"fixable after --fix: {left}")
    check(candor, tree, "--fix", *words)
    if files(tree) != mended:
        wrong.append("a second --fix changes files")
    return wrong


def spoil(case, folder, path, old, new):
    """A copy of a case with one edit."""
    tree = pathlib.Path(folder) / "tree"
    run.prepare(case, tree)
    text = (tree / path).read_bytes().decode()
    if old not in text:
        sys.exit(f"the good case has no {old}")
    (tree / path).write_bytes(text.replace(old, new, 1).encode())
    return tree


def judge_spoilt(candor, case, path, old, new, rule, becomes):
    """What is wrong with mending one mistake."""
    with tempfile.TemporaryDirectory() as folder:
        tree = spoil(case, folder, path, old, new)
        found = [f for f in findings(candor, tree) if f["rule"] == rule]
        wrong = [] if found and all(f["fixable"] for f in found) else [f"not found: {found}"]
        wrong += mend(candor, tree)
        text = (tree / path).read_bytes().decode()
        if becomes not in text or (old in becomes and text.count(old) != 1):
            wrong.append(f"it becomes {text}")
        rest = [f for f in findings(candor, tree) if f["rule"] == rule]
        return wrong + ([f"still found: {rest}"] if rest else [])


def judge_left(candor, case, old, new):
    """What is wrong with leaving something alone."""
    with tempfile.TemporaryDirectory() as folder:
        tree = spoil(case, folder, "SUPPORT.md", old, new)
        before = files(tree)
        check(candor, tree, "--fix")
        return [] if files(tree) == before else ["it was changed"]


def judge_whole(candor, case):
    """What is wrong with mending a golden case, with its own options."""
    with tempfile.TemporaryDirectory() as folder:
        tree = pathlib.Path(folder) / "tree"
        run.prepare(case, tree)
        args = tree / "args"
        words = args.read_text().split() if args.exists() else []
        args.unlink(missing_ok=True)
        if not check(candor, tree, "--json", *words)[0].startswith(b"{"):
            return []
        return mend(candor, tree, *[word for word in words if word != "--json"])


def judge_real(candor, path):
    """What is wrong with mending a real statement: each status is kept."""
    def claims(tree):
        done = subprocess.run([candor, "matrix", "--json", "-", tree / "SUPPORT.md"],
                              stdout=subprocess.PIPE, check=True)
        return [(row["qualifier"].lower(), claim["status"]) for section in
                json.loads(done.stdout)["sections"] for feature in section["features"]
                for row in feature["rows"] for cell in row["cells"] for claim in cell]
    with tempfile.TemporaryDirectory() as folder:
        tree = pathlib.Path(folder)
        (tree / "SUPPORT.md").write_bytes(path.read_bytes())
        before = claims(tree)
        wrong = mend(candor, tree)
        lost = [claim for claim in before if claim not in claims(tree)]
        spelt = [claim for claim in lost if claim[1].split(",")[0] in
                 ("Supported", "Tech Preview", "Experimental", "Deprecated")]
        return wrong + [f"lost: {claim}" for claim in spelt]


def judge_trouble(candor, case):
    """What is wrong where files cannot be written, or the words make no sense."""
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        tree = spoil(case, folder, "SUPPORT.md", GOOD, "    Status: Suported\n")
        if check(candor, tree, "--dry-run")[1] != 2:
            wrong.append("--dry-run alone")
        # A file that is a symbolic link stays one.
        (tree / "real.md").write_bytes((tree / "SUPPORT.md").read_bytes())
        (tree / "SUPPORT.md").unlink()
        (tree / "SUPPORT.md").symlink_to("real.md")
        check(candor, tree, "--fix")
        if not (tree / "SUPPORT.md").is_symlink() or b"Suported" in (tree / "real.md").read_bytes():
            wrong.append("a symbolic link")
        if os.geteuid():
            tree.chmod(0o555)
            (tree / "real.md").write_bytes((tree / "real.md").read_bytes() + b"\n### X ###\n")
            if check(candor, tree, "--fix")[1] != 2:
                wrong.append("a folder that cannot be written")
            tree.chmod(0o755)
    return wrong


def main():
    """All of it."""
    candor, cases = str(pathlib.Path(sys.argv[1]).resolve()), pathlib.Path(sys.argv[2])
    good, wrong, nr = cases / "pass-small", [], 0
    for name, row in SPOILT.items():
        nr += 1
        wrong += [f"{name}: {text}" for text in judge_spoilt(candor, good, *row)]
    for name, row in LEFT.items():
        nr += 1
        wrong += [f"{name}: {text}" for text in judge_left(candor, good, *row)]
    for case in sorted(path for path in cases.iterdir() if path.is_dir()):
        nr += 1
        wrong += [f"{case.name}: {text}" for text in judge_whole(candor, case)]
    data = os.environ.get("CANDOR_TEST_DATA")
    for path in sorted(pathlib.Path(data, "xen-support-md").glob("*.md")) if data else []:
        nr += 1
        wrong += [f"{path.name}: {text}" for text in judge_real(candor, path)]
    wrong += judge_trouble(candor, good)
    print("\n".join(wrong))
    print(f"{nr} trees, {len(wrong)} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
