#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Compares `candor matrix --xen-table` with the table the Xen Project's tools make.

CANDOR_TEST_DATA names a folder with xen-support-md/VERSION.md and, of the same files,
newest first, matrix.table.html; without it the test skips. Both tables are parsed:
rows, cells, spans, ids, texts and links must be the same, but for the differences that
the golden file lists, each with its reason.

usage: xen-table.py CANDOR GOLDEN
"""
import html.parser
import os
import pathlib
import re
import subprocess
import sys


class Table(html.parser.HTMLParser):
    """Rows of cells: tag, id, spans, text and link of each."""

    def __init__(self, text):
        super().__init__()
        self.rows, self.cell = [], None
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.cell = {"tag": tag, "id": attrs.get("id"), "text": "", "href": None,
                         "rows": int(attrs.get("rowspan", 1)),
                         "columns": int(attrs.get("colspan", 1))}
            self.rows[-1].append(self.cell)
        elif tag == "a":
            self.cell["href"] = attrs.get("href")
        elif tag == "br":
            self.cell["text"] += " / "

    def handle_endtag(self, tag):
        if tag in ("td", "th"):
            self.cell = None

    def handle_data(self, data):
        if self.cell is not None:
            self.cell["text"] += data


def show(cell):
    """A cell in one line."""
    spans = f" {cell['rows']}x{cell['columns']}" if cell["rows"] * cell["columns"] > 1 else ""
    link = f" -> {cell['href']}" if cell["href"] else ""
    name = f" #{cell['id']}" if cell["id"] else ""
    return f"{cell['tag']}{spans}{name} \"{cell['text']}\"{link}"


def place(rows):
    """Each cell under its row's and its column's numbers, spans honoured."""
    taken, cells, ids = set(), {}, []
    for y, row in enumerate(rows):
        x = 0
        ids.append(next((cell["id"] for cell in reversed(row) if cell["id"]), f"row {y}"))
        for cell in row:
            while (y, x) in taken:
                x += 1
            cells[y, x] = cell
            for dy in range(cell["rows"]):
                for dx in range(cell["columns"]):
                    if (y + dy, x + dx) in taken:
                        sys.exit(f"{ids[-1]}: a cell lies over another")
                    taken.add((y + dy, x + dx))
    width = max(x for _, x in taken) + 1
    for y in range(len(rows)):
        for x in range(width):
            if (y, x) not in taken:
                sys.exit(f"{ids[y]}: no cell in column {x}")
    return cells, ids, width


def differences(theirs, ours):
    """Lines that tell the two tables apart."""
    their_cells, their_ids, their_width = place(theirs)
    our_cells, our_ids, our_width = place(ours)
    if (their_ids, their_width) != (our_ids, our_width):
        return [f"row {a}: it is {b} here" for a, b in zip(their_ids, our_ids) if a != b] + \
            [f"size: {len(their_ids)}x{their_width}, here {len(our_ids)}x{our_width}"]
    found = []
    for y, x in sorted(their_cells | our_cells):
        old, new = their_cells.get((y, x)), our_cells.get((y, x))
        if old != new:
            found.append(f"{our_ids[y]}, column {x}: " +
                         (show(old) if old else "none") + " => " +
                         (show(new) if new else "none"))
    return found


def listed(path):
    """The golden file's differences; each group stands under its reason."""
    lines, reason = [], None
    for line in path.read_text().splitlines():
        if line.startswith("#"):
            reason = line
        elif line and not reason:
            sys.exit(f"{path}: a difference without a reason: {line}")
        elif line:
            lines.append(line)
        else:
            reason = None
    return lines


def main():
    """Compare, and report what the golden file does not say."""
    candor, golden = sys.argv[1], pathlib.Path(sys.argv[2])
    data = pathlib.Path(os.environ.get("CANDOR_TEST_DATA", "/nonexistent")) / "xen-support-md"
    files = sorted(data.glob("*.md"), reverse=True)
    if not files:
        print("skipped: CANDOR_TEST_DATA names no folder with xen-support-md/*.md")
        return 77
    text = (data / "matrix.table.html").read_text()
    base = re.search(r'href="([^"]*?)' + re.escape(files[0].stem) + r'([^"#]*)"', text)
    done = subprocess.run([candor, "matrix", "--xen-table", "-", "--link",
                           base[1] + "{version}" + base[2], *files],
                          check=True, stdout=subprocess.PIPE, timeout=60)
    found = differences(Table(text).rows, Table(done.stdout.decode()).rows)
    found = [line.replace(base[1], "") for line in found]
    expected = listed(golden)
    wrong = [("new: " + line) for line in found if line not in expected]
    wrong += [("gone: " + line) for line in expected if line not in found]
    print("\n".join(wrong))
    print(f"{len(found)} differences, {len(wrong)} of them not as listed")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
