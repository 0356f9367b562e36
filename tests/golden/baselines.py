#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""A tree starts with findings, and only tightens: baselines and waivers at work.

Against a baseline file, and against a git revision, old findings do not fail and new ones
do; fingerprints stay when lines move above them, and differ when the finding is another; a
baseline that was written is a fixed point. Waivers excuse up to their last day. What is
known shows in each format.

usage: baselines.py CANDOR CASES
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import run

WAIVERS = """format: 1
waivers:
- rule: undefined-label
  feature: alpha
  owner: security
  reason: "the label's: next, 50%"
  expires: 2026-06-01
"""


class Tree:
    """A golden case with two undefined labels, in a git repository."""

    def __init__(self, candor, case, folder):
        self.candor, self.case = candor, case
        self.path = pathlib.Path(folder) / "tree"
        shutil.copytree(case, self.path)
        (self.path / "expected.txt").unlink()
        self.git("init", "-q", "-b", "main")
        self.commit("as it was")

    def git(self, *words):
        """Run git, whoever the user is."""
        subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@example.org",
                        "-c", "commit.gpgsign=false", *words], cwd=self.path, check=True,
                       stdout=subprocess.DEVNULL)

    def commit(self, message):
        """Commit all there is."""
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)

    def run(self, *words, date="2026-06-01", cwd=None):
        """Output and status of the check."""
        done = subprocess.run([self.candor, "check", "--date", date, *words],
                              cwd=cwd or self.path, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=60, check=False)
        return done.stdout.decode(), done.returncode

    def findings(self, *words, **options):
        """The findings as JSON."""
        return json.loads(self.run("--json", *words, **options)[0])

    def edit(self, old, new, name="SUPPORT.md"):
        """Replace text that must be there."""
        path = self.path / name
        text = path.read_text()
        assert old in text, old
        path.write_text(text.replace(old, new, 1))


def states(value):
    """How many findings are in each state."""
    found = [finding["state"] for finding in value["diagnostics"]]
    return {state: found.count(state) for state in ("new", "old", "waived")}


def test_file(tree):
    """Old findings stay old when lines move and columns change; another is new."""
    assert tree.run()[1] == 1
    output, status = tree.run("--write-baseline", "known.json")
    assert (output, status) == ("", 0), output
    value = tree.findings("--baseline", "known.json")
    assert states(value) == {"new": 0, "old": 2, "waived": 0} and value["errors"] == 0, value
    output, status = tree.run("--baseline", "known.json")
    assert status == 0 and "in the baseline:\n" in output, output
    written = (tree.path / "known.json").read_text()
    tree.edit("# Release Support", "Many\n\nlines\n\nmore.\n\n# Release Support")
    assert states(tree.findings("--baseline", "known.json"))["old"] == 2
    tree.run("--write-baseline", "again.json")
    assert (tree.path / "again.json").read_text() == written
    # The same mistake once more in the same file is one more finding.
    tree.edit("    Status: Suported\n", "    Status: Suported\n    Status, x86: Suported\n")
    value = tree.findings("--baseline", "known.json")
    assert states(value)["new"] == 1 and value["errors"] == 1, value
    assert tree.run("--baseline", "known.json")[1] == 1
    # A new finding alone is mended; those in the baseline are left to later.
    tree.run("--fix", "--baseline", "known.json")
    text = (tree.path / "SUPPORT.md").read_text()
    assert "    Status: Suported\n    Status, x86: Supported\n" in text, text


def test_revision(tree):
    """The same against a commit, also of a tree below the repository's top."""
    assert states(tree.findings("--baseline", "HEAD")) == {"new": 0, "old": 2, "waived": 0}
    tree.edit("# Release Support", "More.\n\n# Release Support")
    tree.edit("    Status: Supported up to 16 GiB", "    Status: Fine")
    value = tree.findings("--baseline", "HEAD")
    new = [f["rule"] for f in value["diagnostics"] if f["state"] == "new"]
    assert new == ["undefined-label", "limit-differs"][:len(new)] and new, value
    tree.commit("worse")
    assert states(tree.findings("--baseline", "HEAD"))["new"] == 0
    assert states(tree.findings("--baseline", "HEAD~1"))["new"] == len(new)
    (tree.path / "below").mkdir()
    for name in ("SUPPORT.md", "support", "src", "policy"):
        (tree.path / name).rename(tree.path / "below" / name)
    tree.commit("moved")
    for words, cwd in (((), tree.path / "below"), (("--tree", "below"), None)):
        value = tree.findings("--baseline", "HEAD", *words, cwd=cwd)
        assert states(value)["new"] == 0 and states(value)["old"] > 2, (words, value)
    for name, wanted in (("nothing", "nothing"), ("HEAD~99", "HEAD~99"), ("", "")):
        output, status = tree.run("--baseline", name, "--tree", "below")
        assert status == 2 and wanted in output, output


def test_waivers(tree):
    """They hold up to their last day, and only for what they name."""
    (tree.path / "support/waivers.yaml").write_text(WAIVERS)
    value = tree.findings()
    assert states(value) == {"new": 1, "old": 0, "waived": 1}, value
    waived = [f["waiver"] for f in value["diagnostics"] if f["waiver"]]
    assert waived == [{"owner": "security", "reason": "the label's: next, 50%",
                       "expires": "2026-06-01"}], waived
    output, _ = tree.run()
    assert "waived:\n" in output and ", 1 waived" in output, output
    value = tree.findings(date="2026-06-02")
    assert states(value)["waived"] == 0, value
    assert "expired-waiver" in [f["rule"] for f in value["diagnostics"]], value
    for place, waived in (("SUPPORT.md", 2), ("SUPPORT.md:23", 1), ("SUPPORT.md:230", 0),
                          ("SUPPORT.m", 0), ("src/", 0), ("src/things.c", 0)):
        (tree.path / "support/waivers.yaml").write_text(
            WAIVERS.replace("feature: alpha", f"place: {place}"))
        value = tree.findings()
        assert states(value)["waived"] == waived, (place, value)
        unused = [f for f in value["diagnostics"] if f["rule"] == "unused-waiver"]
        assert bool(unused) == (not waived), (place, value)
    # What is waived does not go into a baseline: the waiver ends.
    (tree.path / "support/waivers.yaml").write_text(WAIVERS)
    tree.run("--write-baseline", "known.json")
    assert len(json.loads((tree.path / "known.json").read_text())["findings"]) == 1
    for old, new in (("undefined-label", "undefined-lable"), ("2026-06-01", "2026-13-01"),
                     ("  owner: security\n", ""), ("  feature: alpha\n", ""),
                     ("undefined-label", "unused-waiver"), ("format: 1", "format: 2"),
                     ("  owner: security\n", "  owner: security\n  owner: me\n"),
                     ("waivers:", "wavers:"), ("owner: security", "owner: [a]"),
                     ("- rule: undefined-label\n  feature: alpha\n", "- rule: undefined-label\n"), (WAIVERS, ""), (WAIVERS, "- a\n"),
                     ("  expires", "  until"), ("owner: security", "owner: ''")):
        (tree.path / "support/waivers.yaml").write_text(WAIVERS.replace(old, new))
        value = tree.findings()
        assert "bad-waiver" in [f["rule"] for f in value["diagnostics"]], (old, new, value)
        assert states(value)["waived"] == 0, (old, new, value)
    (tree.path / "support/waivers.yaml").write_text("a: [\n")
    assert tree.run()[1] == 2


def test_config(tree):
    """candor.yaml names the waivers and the channel; options go before it."""
    (tree.path / "excuses.yaml").write_text(WAIVERS)
    (tree.path / "candor.yaml").write_text(
        "format: 1\nwaivers: excuses.yaml\nchannel: release\n")
    for words, cwd in (((), None), (("--tree", "tree"), tree.path.parent)):
        assert states(tree.findings(*words, cwd=cwd))["waived"] == 1, words
    tree.edit("Supported-Until: 2027-01-31", "Supported-Until: TBD")
    tree.edit("Initial-Release: 2026-01-31", "Initial-Release: n/a")
    rules = [f["rule"] for f in tree.findings()["diagnostics"]]
    assert rules.count("placeholder") == 2, rules
    rules = [f["rule"] for f in tree.findings("--channel", "unstable")["diagnostics"]]
    assert "placeholder" not in rules, rules
    tree.edit("channel: release", "channel: relase", "candor.yaml")
    assert tree.run()[1] == 1


def test_foreign(tree):
    """Findings of the rules over a tree with a candor.yaml are known at a revision, too."""
    shutil.rmtree(tree.path)
    shutil.copytree(tree.case.parent / "fail-kconfig-hostile", tree.path)
    tree.git("init", "-q", "-b", "main")
    tree.commit("as it was")
    before = tree.findings()
    assert "kconfig" in {f["rule"].split("-")[0] for f in before["diagnostics"]}, before
    for words, cwd in (((), None), (("--tree", "tree"), tree.path.parent)):
        value = tree.findings("--baseline", "HEAD", *words, cwd=cwd)
        assert states(value) == {"new": 0, "old": len(before["diagnostics"]), "waived": 0}, value
    assert tree.run("--baseline", "nothing")[1] == 2
    # A tree object whose entry leads out of the folder it is unpacked into.
    def git(*words, data=None):
        return subprocess.run(["git", *words], cwd=tree.path, input=data, check=True,
                              stdout=subprocess.PIPE).stdout.strip()
    outside = pathlib.Path(tempfile.gettempdir(), "candor-outside.c")
    blob = git("hash-object", "-w", "--stdin", data=b"int x;\n").decode()
    entry = b"100644 " + outside.name.encode() + b"\0" + bytes.fromhex(blob)
    inner = git("hash-object", "-t", "tree", "-w", "--literally", "--stdin", data=entry).decode()
    entry = b"40000 ..\0" + bytes.fromhex(inner)
    top = git("hash-object", "-t", "tree", "-w", "--literally", "--stdin", data=entry).decode()
    evil = git("-c", "user.name=t", "-c", "user.email=t@example.org", "commit-tree", "-m", "evil",
               top).decode()
    assert tree.run("--baseline", evil)[1] in (0, 1, 2)
    assert not outside.exists()


def test_selection(tree):
    """--rule and --severity leave the rest out, of the exit status, too."""
    tree.edit("    Status, x86 PVH: Tech preview", "    Status, x86 PVH: Tech preview ")
    tree.edit("### Alpha", "### Alpha ###")
    rules = {f["rule"] for f in tree.findings()["diagnostics"]}
    assert rules == {"undefined-label", "trailing-blanks", "closing-hashes"}, rules
    assert {f["rule"] for f in tree.findings("--severity", "error")["diagnostics"]} == \
        {"undefined-label"}
    assert {f["rule"] for f in tree.findings("--rule", "trailing-blanks", "closing-hashes")
            ["diagnostics"]} == {"trailing-blanks", "closing-hashes"}
    assert tree.run("--rule", "trailing-blanks")[1] == 0
    tree.run("--fix", "--rule", "trailing-blanks")
    assert {f["rule"] for f in tree.findings()["diagnostics"]} == rules - {"trailing-blanks"}


def test_github(tree):
    """A command a line, with what would end it escaped."""
    (tree.path / "support/waivers.yaml").write_text(WAIVERS)
    tree.edit("### Beta", "### Beta ###")
    tree.edit("Supported up to 16 GiB", "Fi%ne::, x")
    output, status = tree.run("--format", "github")
    assert status == 1
    form = re.compile(r"::(error|warning|notice) file=[^,:]+,line=\d+,col=\d+,title=[a-z-]+::.+")
    assert all(form.fullmatch(line) for line in output.splitlines()), output
    kinds = [form.fullmatch(line)[1] for line in output.splitlines()]
    assert {"error", "warning", "notice"} == set(kinds), output
    assert "Fi%25ne" in output and "%0A" in output and "(waived)" in output, output


def test_gitlab(tree):
    """What GitLab's documentation asks of a report."""
    (tree.path / "support/waivers.yaml").write_text(WAIVERS)
    output, _ = tree.run("--format", "gitlab")
    issues = json.loads(output)
    for issue in issues:
        assert set(issue) >= {"description", "check_name", "fingerprint", "severity", "location"}
        assert issue["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert issue["location"]["lines"]["begin"] >= 1
        assert not issue["location"]["path"].startswith("./")
    assert len({issue["fingerprint"] for issue in issues}) == len(issues) == 2, issues
    assert [issue["severity"] for issue in issues] == ["info", "major"], issues
    # Paths are from the tree's root, wherever the check is run.
    below = tree.run("--format", "gitlab", "--tree", "tree", cwd=tree.path.parent)[0]
    assert {issue["location"]["path"] for issue in json.loads(below)} == {"SUPPORT.md"}, below


def main():
    """All tests, each in a tree of its own."""
    candor, cases = str(pathlib.Path(sys.argv[1]).resolve()), pathlib.Path(sys.argv[2])
    os.environ["SOURCE_DATE_EPOCH"] = run.TODAY
    nr_wrong = 0
    for name, test in sorted(globals().items()):
        if not name.startswith("test_"):
            continue
        with tempfile.TemporaryDirectory() as folder:
            try:
                test(Tree(candor, cases / "fail-undefined-label", folder))
                print(f"ok   {name}")
            except AssertionError as error:
                nr_wrong += 1
                print(f"FAIL {name}, line {error.__traceback__.tb_next.tb_lineno}: {error}")
    return 1 if nr_wrong else 0


if __name__ == "__main__":
    sys.exit(main())
