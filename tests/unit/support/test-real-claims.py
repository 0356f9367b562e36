#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""How every distinct qualifier and value of real statements is understood.

CANDOR_TEST_DATA names a folder with xen-support-md/VERSION.md; without it the test
skips. Each qualifier and value, as its slug, has one line per meaning in the golden
file beside this script: a change of the reader's vocabulary shows as a change there.

usage: test-real-claims.py CANDOR [--update]
"""
import json
import os
import pathlib
import re
import subprocess
import sys

GOLDEN = pathlib.Path(__file__).with_name("real-claims.txt")
HEAD = "".join(pathlib.Path(__file__).read_text().splitlines(True)[1:3])
AXES = ("archs", "widths", "guests", "roles")
SCOPE_WORDS = {"x86", "x86_64", "x86_32", "arm", "arm32", "arm64", "pv", "pvh", "hvm",
               "dom0", "domu"}


def slug(text):
    """The text as a short word."""
    return re.sub(r"[^a-z0-9_.]+", "-", text.lower()).strip("-.")[:40] or "-"


def bound(claim, name):
    """A bound in one word."""
    value = claim.get(name)
    if not value:
        return []
    return [f"{name}=" + ",".join(str(part) for part in value.values())]


def words(text):
    """The words of a text, in lower case."""
    return re.findall(r"[a-z0-9_.-]+", text.lower())


def lost_words(qualifier, implementation):
    """Words of a qualifier that are neither a scope nor in the implementation."""
    kept = words(implementation)
    return [word for word in words(qualifier)
            if word not in kept and word not in SCOPE_WORDS]


def lines_of(claim, qualifier):
    """The golden lines of one claim."""
    axes = [f"{axis}=" + ",".join(claim[axis]) for axis in AXES if axis in claim]
    if claim.get("implementation"):
        axes.append("implementation=" + slug(claim["implementation"]))
    meaning = [slug(claim["level"]), "security=" + claim["security"]]
    if "diversions" in claim:
        meaning.append("diversions=" + ",".join(slug(text) for text in claim["diversions"]))
    meaning += bound(claim, "supported") + bound(claim, "security_supported")
    meaning += [name for name in ("condition", "rest") if name in claim]
    return {" ".join(["qualifier", slug(qualifier), *axes]),
            " ".join(["value", slug(claim["status"]), *meaning])}


def main():
    """Compare what the real files' claims mean with the golden file."""
    data = pathlib.Path(os.environ.get("CANDOR_TEST_DATA", "/nonexistent")) / "xen-support-md"
    files = sorted(data.glob("*.md"), reverse=True)
    if not files:
        print("skipped: CANDOR_TEST_DATA names no folder with xen-support-md/*.md")
        return 77
    done = subprocess.run([sys.argv[1], "matrix", "--json", "-", *files], check=True,
                          stdout=subprocess.PIPE, timeout=60)
    found, wrong = set(), 0
    for section in json.loads(done.stdout)["sections"]:
        for feature in section["features"]:
            for row in feature["rows"]:
                for claim in (claim for cell in row["cells"] for claim in cell):
                    found |= lines_of(claim, row["qualifier"])
                    lost = lost_words(row["qualifier"], claim.get("implementation", ""))
                    wrong += bool(lost)
                    if lost:
                        print(f"{row['id']}: lost words {lost}")
    if "--update" in sys.argv[2:]:
        GOLDEN.write_text(HEAD + "".join(line + "\n" for line in sorted(found)))
    expected = set(GOLDEN.read_text().removeprefix(HEAD).splitlines())
    for line in sorted(found ^ expected):
        print(("new:    " if line in found else "missing: ") + line)
    print(f"{len(found)} meanings of {len(files)} files, {wrong} with words lost")
    return 1 if wrong or found != expected else 0


if __name__ == "__main__":
    sys.exit(main())
