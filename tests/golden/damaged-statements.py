#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Damages a good statement in many ways: each is reported, or shown to be harmless.

The good statement is that of a golden case of `candor check`, which finds nothing in
it. A damage is one edit. After it, either the check reports something, or the matrix
as JSON is the good one but for line numbers, or the only thing that changed is prose
that is not part of any status.

usage: damaged-statements.py CANDOR CASE
"""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

ALPHA, BETA = "    Status: Supported\n", "    Status, x86 PVH: Tech Preview\n"
LIMIT = "    Status: Supported up to 16 GiB\n"
SAME, PROSE = "same", "prose"

# Name: what is replaced, by what, and how it is harmless where it is not reported.
DAMAGES = {
    "misspelt label": (ALPHA, "    Status: Suported\n"),
    "label in lower case": (ALPHA, "    Status: supported\n"),
    "label in capitals": (ALPHA, "    Status: SUPPORTED\n"),
    "label with a word more": (ALPHA, "    Status: Supported mostly\n", SAME),
    "unknown label": (ALPHA, "    Status: Fine\n"),
    "no value": (ALPHA, "    Status:\n"),
    "no colon": (ALPHA, "    Status Supported\n"),
    "semicolon for colon": (ALPHA, "    Status; Supported\n"),
    "equals for colon": (ALPHA, "    Status = Supported\n"),
    "two colons": (ALPHA, "    Status:: Supported\n"),
    "misspelt key": (ALPHA, "    Stauts: Supported\n"),
    "key in lower case": (ALPHA, "    status: Supported\n"),
    "key in capitals": (ALPHA, "    STATUS: Supported\n"),
    "unknown key": (ALPHA, "    State: Supported\n"),
    "other key": (ALPHA, "    Supported: Supported\n"),
    "blank in key": (ALPHA, "    Sta tus: Supported\n"),
    "not indented": (ALPHA, "Status: Supported\n"),
    "indented by one": (ALPHA, " Status: Supported\n"),
    "indented by three": (ALPHA, "   Status: Supported\n"),
    "indented by five": (ALPHA, "     Status: Supported\n", SAME),
    "indented by a tab": (ALPHA, "\tStatus: Supported\n", SAME),
    "blanks at the end": (ALPHA, "    Status: Supported   \n", SAME),
    "blanks before the colon": (ALPHA, "    Status : Supported\n", SAME),
    "no blank behind the colon": (ALPHA, "    Status:Supported\n", SAME),
    "full stop": (ALPHA, "    Status: Supported.\n", SAME),
    "in a list": (ALPHA, "  * Status: Supported\n"),
    "in a quote": (ALPHA, "> Status: Supported\n"),
    "in a fence": (ALPHA, "```\nStatus: Supported\n```\n"),
    "in a comment": (ALPHA, "<!--\n    Status: Supported\n-->\n"),
    "in a div": (ALPHA, "<div>\n    Status: Supported\n</div>\n"),
    "in a table": (ALPHA, "| Status: Supported |\n"),
    "struck out": (ALPHA, "~~Status: Supported~~\n"),
    "removed": (ALPHA, ""),
    "stated twice": (ALPHA, ALPHA + ALPHA),
    "stated twice, differently": (ALPHA, ALPHA + "    Status: Experimental\n"),
    "wrapped": (ALPHA, "    Status: Supported,\n      with caveats\n"),
    "level lowered": (ALPHA, "    Status: Not supported\n"),
    "undefined diversion": (ALPHA, "    Status: Supported, sort of\n"),
    "misspelt diversion": (ALPHA, "    Status: Supported, with caveat\n"),
    "diversion without comma": (ALPHA, "    Status: Supported with caveats\n", SAME),
    "empty diversion": (ALPHA, "    Status: Supported,\n", SAME),
    "control character": (ALPHA, "    Status: Sup\x01ported\n"),
    "NUL in the value": (ALPHA, "    Status: Supported\0\n"),
    "zero-width space": (ALPHA, "    Status: Supported\u200e\n"),
    "reordered text": (ALPHA, "    Status: \u202eSupported\n"),
    "not UTF-8": (ALPHA, b"    Status: Supported\xff\n"),
    "no-break space": (ALPHA, "    Status:\u00a0Supported\n"),
    "no-break indent": (ALPHA, "\u00a0   Status: Supported\n"),
    "no empty line before": ("The first.\n\n", "The first.\n"),
    "wrong architecture": (BETA, "    Status, Arm32: Tech Preview\n"),
    "empty qualifier": (BETA, "    Status, : Tech Preview\n"),
    "limit changed": (LIMIT, "    Status: Supported up to 17 GiB\n"),
    "unit changed": (LIMIT, "    Status: Supported up to 16 TiB\n"),
    "unit dropped": (LIMIT, "    Status: Supported up to 16\n"),
    "limit dropped": (LIMIT, "    Status: Supported\n"),
    "limit as a word": (LIMIT, "    Status: Supported up to sixteen GiB\n"),
    "limit too large": (LIMIT, "    Status: Supported up to 99999999999999999999 GiB\n"),
    "limit negative": (LIMIT, "    Status: Supported up to -16 GiB\n"),
    "heading renamed": ("### Alpha\n", "### Alfa\n"),
    "heading in lower case": ("### Alpha\n", "### alpha\n"),
    "heading closed": ("### Alpha\n", "### Alpha ###\n", SAME),
    "heading with a colon": ("### Alpha\n", "### Alpha:\n"),
    "heading without blank": ("### Alpha\n", "###Alpha\n"),
    "heading indented": ("### Alpha\n", "    ### Alpha\n"),
    "heading with attributes": ("### Alpha\n", "### Alpha {#other}\n"),
    "heading raised": ("### Alpha\n", "## Alpha\n"),
    "heading to the top": ("### Alpha\n", "# Alpha\n"),
    "heading deeper": ("### Alpha\n", "#### Alpha\n", SAME),
    "heading doubled": ("### Beta\n", "### Alpha\n"),
    "heading twice": ("### Alpha\n", "### Alpha\n\n### Alpha\n"),
    "heading removed": ("### Alpha\n", ""),
    "heading underlined": ("## Things\n", "Things\n------\n", SAME),
    "section renamed": ("## Things\n", "## Thing\n"),
    "section removed": ("## Limits\n", ""),
    "sections joined": ("## Limits\n", "## Things\n"),
    "part renamed": ("# Feature Support\n", "# Features\n"),
    "part lowered": ("# Feature Support\n", "## Feature Support\n"),
    "part removed": ("# Feature Support\n", ""),
    "part in lower case": ("# Feature Support\n", "# feature support\n", SAME),
    "part early": ("# Feature Support\n", "# Feature Support\n\n# Format\n"),
    "release part renamed": ("# Release Support\n", "# Release\n"),
    "release part removed": ("# Release Support\n", ""),
    "date of another order": ("2026-01-31", "31-01-2026"),
    "date that is none": ("2026-01-31", "2026-02-30"),
    "date with slashes": ("2026-01-31", "2026/01/31"),
    "dates out of order": ("2027-01-31", "2025-01-31"),
    "leap day of no leap year": ("2028-02-29", "2027-02-29"),
    "end cut off": ("# Format and definitions\n\nNothing here is read as a status.\n", "", SAME),
    "comment never closed": ("-->", ""),
    "fence never closed": ("The first.\n", "```\nThe first.\n"),
    "byte order mark": ("% A small", "\ufeff% A small"),
    "title removed": ("% A small statement\n", "", PROSE),
    "description changed": ("The first.", "The fist.", PROSE),
    "numbered list": ("The first.", "1. The first."),
    "block quote": ("The first.", "> The first."),
    "status in the conditions": ("Not for every day.", "    Status, x86 PVH: Supported"),
}


def apply(text, old, new):
    """The text with one edit."""
    old, new = (part if isinstance(part, bytes) else part.encode() for part in (old, new))
    if text.count(old) < 1:
        sys.exit(f"the good statement has no {old}")
    return text.replace(old, new, 1)


def run(candor, folder, *words):
    """Output and status of a command in a folder."""
    done = subprocess.run([candor, *words], cwd=folder, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=60, check=False)
    return done.stdout, done.returncode


def understood(candor, folder):
    """Levels, scopes and numbers of every case; and all texts."""
    output, status = run(candor, folder, "matrix", "--json", "-", "SUPPORT.md")
    if status:
        return None, None
    matrix = json.loads(output)
    for section in matrix["sections"]:
        for feature in section["features"]:
            for row in feature["rows"]:
                for claim in (claim for cell in row["cells"] for claim in cell):
                    del claim["line"]
    facts = json.loads(json.dumps(matrix))
    facts["columns"][0].pop("title")
    for section in facts["sections"]:
        for feature in section["features"]:
            del feature["texts"]
    return matrix, facts


def narrower(found, good):
    """Do the cases differ only in wording that promises no more than before?"""
    order = ["unknown", "no", "caveats", "external", "yes"]
    ours = [claim for s in found["sections"] for f in s["features"] for r in f["rows"]
            for cell in r["cells"] for claim in cell]
    theirs = [claim for s in good["sections"] for f in s["features"] for r in f["rows"]
              for cell in r["cells"] for claim in cell]
    return len(ours) == len(theirs) and all(
        a["level"] == b["level"] and order.index(a["security"]) <= order.index(b["security"])
        and all(a.get(key) == b.get(key) for key in ("archs", "guests", "roles", "limits"))
        for a, b in zip(ours, theirs))


def main():
    """Apply every damage by itself."""
    candor, case = str(pathlib.Path(sys.argv[1]).resolve()), pathlib.Path(sys.argv[2])
    wrong, reported, texts = [], 0, set()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name) / "case"
        shutil.copytree(case, folder)
        path = folder / "SUPPORT.md"
        text = path.read_bytes()
        clean, status = run(candor, folder, "check")
        if status:
            sys.exit(f"the good statement is not good: {clean.decode()}")
        good, facts = understood(candor, folder)
        for damage, (old, new, *harmless) in DAMAGES.items():
            damaged = apply(text, old, new)
            texts.add(damaged)
            path.write_bytes(damaged)
            output, status = run(candor, folder, "check")
            if status not in (0, 1):
                wrong.append(f"{damage}: exit status {status}")
            if output != clean:
                reported += 1
                if b" [" not in output:
                    wrong.append(f"{damage}: reported without a rule: {output}")
                continue
            now, now_facts = understood(candor, folder)
            proof = now == good or (harmless == [PROSE] and now_facts == facts) or \
                (harmless == [SAME] and now and narrower(now_facts, facts))
            if not harmless or not proof:
                wrong.append(f"{damage}: neither reported nor harmless")
    print("\n".join(wrong))
    print(f"{len(texts)} distinct damages: {reported} reported, "
          f"{len(texts) - reported} harmless, {len(wrong)} wrong")
    return 1 if wrong or len(texts) < 60 else 0


if __name__ == "__main__":
    sys.exit(main())
