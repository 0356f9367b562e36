#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Turns the rules' examples into C, sorted by id: a row of `check_examples` a rule.

Every row of rules.def must have its file in the folder examples beside it, and every
file but base.txt its row.

usage: embed-examples.py rules.def OUTPUT.c OUTPUT.d
"""
import pathlib
import re
import sys


def quote(line):
    """A line of text as a C string literal; octal escapes cannot run on into what follows.

    Blanks at its end are written as \\s, so that they are seen.
    """
    while re.search(r"\\s *$", line):
        line = re.sub(r"\\s( *)$", r" \1", line)
    return '"' + "".join(chr(byte) if 32 <= byte < 127 and byte not in b'"\\?' else f"\\{byte:03o}"
                         for byte in line.encode()) + '\\n"'


def main():
    """Read all, write one file."""
    table, output = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    files = {path.stem: path for path in (table.parent / "examples").glob("*.txt")}
    rules = set(re.findall(r'^(?:RULE|READ)\("([a-z0-9-]+)"', table.read_text("utf-8"), re.M))
    wrong = [f"{id}: no examples/{id}.txt" for id in sorted(rules - set(files))]
    wrong += [f"{files[id]}: no such rule" for id in sorted(set(files) - rules - {"base"})]
    if wrong:
        sys.exit("\n".join(wrong))
    rows = []
    for name in sorted(files):
        lines = files[name].read_text("utf-8").splitlines()
        rows.append(f'\t{{ "{name}",\n' + "\n".join("\t  " + quote(line) for line in lines) +
                    " },\n")
    output.write_text('#include "check/examples.h"\n\nconst struct example check_examples[] = {\n' +
                      "".join(rows) + "};\n\n"
                      "const size_t check_nr_examples =\n"
                      "\tsizeof(check_examples) / sizeof(check_examples[0]);\n", "ascii")
    pathlib.Path(sys.argv[3]).write_text(
        f"{output}: {table} " + " ".join(str(files[name]) for name in sorted(files)) + "\n", "utf-8")


if __name__ == "__main__":
    main()
