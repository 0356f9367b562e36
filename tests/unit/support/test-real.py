#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Real statements, where CANDOR_TEST_DATA names a folder that has them.

The folder holds xen-support-md/VERSION.md, and matrix.table.html, the table that
the Xen Project's own tools make of them. Nothing may crash, no status line may be
lost, and every row of that table must be a row of ours, under the same id.

usage: test-real.py CANDOR
"""
import json
import os
import pathlib
import re
import subprocess
import sys


def status_lines(text):
    """Lines of the feature part that look like a status, counted without a parser."""
    part = text.split("\n# Feature Support", 1)[1].split("\n# ", 1)[0]
    return len(re.findall(r"^[ \t]*(?:Status|Supported)[^:\n]*:", part, re.M))


def main():
    """Compare the matrix with the files and with the other table."""
    data = pathlib.Path(os.environ.get("CANDOR_TEST_DATA", "/nonexistent")) / "xen-support-md"
    files = sorted(data.glob("*.md"), reverse=True)
    if not files:
        print("skipped: CANDOR_TEST_DATA names no folder with xen-support-md/*.md")
        return 77
    done = subprocess.run([sys.argv[1], "matrix", "--json", "-", *files], check=True,
                          stdout=subprocess.PIPE, timeout=60)
    matrix = json.loads(done.stdout)
    wrong = 0
    for column, path in enumerate(files):
        found = sum(len(row["cells"][column]) for section in matrix["sections"]
                    for feature in section["features"] for row in feature["rows"])
        expected = status_lines(path.read_text())
        wrong += found != expected
        print(f"{path.name}: {found} of {expected} status lines")
        check = subprocess.run([sys.argv[1], "check", "--tree", os.path.dirname(__file__),
                                "--statement", path], stdout=subprocess.PIPE, timeout=60,
                               check=False)
        wrong += check.returncode not in (0, 1)
    ids = {row["id"] for section in matrix["sections"] for feature in section["features"]
           for row in feature["rows"]}
    ids |= {item["id"] for section in matrix["sections"]
            for item in [section, *section["features"]]}
    table = (data / "matrix.table.html").read_text()
    theirs = {name for name in re.findall(r'<th[^>]* id="([^"]*)"', table)
              if not name.startswith(("release-support", "feature-support"))}
    for name in sorted(theirs ^ ids):
        print("row in one table only:", name)
    wrong += theirs != ids
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
