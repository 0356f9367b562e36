#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The committed locks are what the policy decides, on any machine, and no failure leaves a trace.

usage: policy-locks.py CANDOR TREE
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

CANDOR, TREE = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
SETTINGS = (
    {"LC_ALL": "C", "TZ": "UTC", "umask": 0o022, "folder": "a"},
    {"LC_ALL": "tr_TR.UTF-8", "TZ": "Asia/Kathmandu", "umask": 0o077, "folder": "b/deeper down"},
)


def policy(*words, cwd, settings=None):
    """Run `candor policy`; its status and output."""
    settings = settings or SETTINGS[0]
    env = dict(os.environ, LC_ALL=settings["LC_ALL"], TZ=settings["TZ"])
    done = subprocess.run([CANDOR, "policy", *words], cwd=cwd, env=env, umask=settings["umask"],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120,
                          check=False)
    return done.returncode, done.stdout.decode()


def copy_tree(to):
    """What the policy reads, without the locks."""
    shutil.copytree(TREE / "policy", to / "policy")
    for lock in (to / "policy/profiles").glob("*.lock"):
        lock.unlink()
    (to / "support").mkdir()
    shutil.copy(TREE / "support/features.yaml", to / "support")
    shutil.copy(TREE / "SUPPORT.md", to)


def locks(tree):
    """Name and bytes of each lock; anything else a writer left would show too."""
    return {path.name: path.read_bytes() for path in (tree / "policy/profiles").iterdir()
            if path.is_file() and path.suffix != ".lua"}


def expect(condition, what):
    """Stop at the first broken promise."""
    if not condition:
        sys.exit(f"FAILED: {what}")


def test_committed():
    """The locks in the tree are up to date."""
    status, output = policy("lock", "--all", "--check", cwd=TREE)
    expect(status == 0, "the committed locks are stale:\n" + output)


def test_same_bytes(work):
    """Other folder, locale, time zone and umask: the same bytes."""
    for settings in SETTINGS:
        tree = work / settings["folder"]
        tree.mkdir(parents=True)
        copy_tree(tree)
        for where, words in ((tree, []), (work, ["--tree", str(tree)])):
            for name in locks(tree):
                (tree / "policy/profiles" / name).unlink()
            status, output = policy("lock", "--all", *words, cwd=where, settings=settings)
            expect(status == 0, output)
            expect(locks(tree) == locks(TREE), f"locks differ under {settings}, {words}")


# A table whose order in memory differs from run to run, as Lua's seed does.
HASHED = """
local words = {}
for i = 1, 200 do
    words["word" .. i] = i
end
local order = {}
for word, i in pairs(words) do
    order[#order + 1] = word
end
rule("hashed", function(f)
    if f.built then
        return allow { because = join({ order[1], order[77], order[200] }, " "), override = true }
    end
end)
"""


def test_seeds(work):
    """Addresses and seeds of hashes differ in every run: the bytes do not."""
    tree = work / "seeds"
    tree.mkdir()
    copy_tree(tree)
    (tree / "site.lua").write_text(HASHED)
    seen = set()
    for _ in range(12):
        status, output = policy("lock", "--site", "site.lua", cwd=tree)
        expect(status == 0, output)
        seen.add((tree / "policy/profiles/supported.lock").read_bytes())
    expect(len(seen) == 1, f"{len(seen)} different locks")
    expect(b"word1 word168 word99" in seen.pop(), "pairs() is not in the order of bytes")


def test_pages():
    """The committed pages of profiles, and the reference of the language, are current."""
    for lua in sorted((TREE / "policy/profiles").glob("*.lua")):
        status, output = policy("page", lua.stem, cwd=TREE)
        expect(status == 0, output)
        page = TREE / f"docs/profiles/{lua.stem}.md"
        expect(page.exists() and page.read_text() == output,
               f"{page.name} is stale: run `candor policy page --all --out docs/profiles`")
    glance = (TREE / "docs/profiles/README.md").read_text()
    for lock in sorted((TREE / "policy/profiles").glob("*.lock")):
        text = lock.read_text()
        counts = [len(re.findall(rf"^feature\.\w+ = {word} ", text, re.M)) for word in ("on", "opt-in")]
        row = rf"\| \[{lock.stem}\].* \| {counts[0]} \| {counts[1]} \|"
        expect(re.search(row, glance), f"docs/profiles/README.md: {lock.stem} has {counts}")
    status, output = policy("words", cwd=TREE)
    expect(status == 0 and (TREE / "docs/policy-reference.md").read_text() == output,
           "the reference is stale: run `candor policy words >docs/policy-reference.md`")


def test_own_rules():
    """Our rules have no dead, shadowed or untested sentence."""
    for words in (["lint"], ["test"]):
        status, output = policy(*words, cwd=TREE)
        expect(status == 0, output)


def test_kept(work):
    """A lock that is right is not written again: that would configure a build anew."""
    tree = work / "kept"
    tree.mkdir()
    copy_tree(tree)
    policy("lock", "--all", cwd=tree)
    before = {path: path.stat() for path in (tree / "policy/profiles").iterdir()}
    status, output = policy("lock", "--all", cwd=tree)
    expect(status == 0 and "wrote" not in output and "kept" in output, output)
    for path, stat in before.items():
        now = path.stat()
        expect((now.st_ino, now.st_mtime_ns) == (stat.st_ino, stat.st_mtime_ns),
               f"{path.name} was written again")


def test_prose(work):
    """Words around a status change no lock; the status itself does."""
    tree = work / "prose"
    tree.mkdir()
    copy_tree(tree)
    statement = tree / "SUPPORT.md"
    text = statement.read_text()
    head, mark, rest = text.partition("# Feature Support\n")
    expect(mark, "SUPPORT.md has no feature part")
    statement.write_text(head + mark + "\nA new paragraph.\n" + rest)
    policy("lock", "--all", cwd=tree)
    expect(locks(tree) == locks(TREE), "prose changed a lock")
    statement.write_text(head + mark + rest.replace(": Tech Preview", ": Experimental"))
    status, output = policy("lock", "--all", "--check", cwd=tree)
    expect(status == 1 and "-lock.decision" in output and "+input.facts" in output,
           "a changed status did not show:\n" + output)
    expect(locks(tree) == locks(TREE), "--check wrote a lock")


def test_unwritable(work):
    """An output that cannot be written leaves nothing behind."""
    tree = work / "unwritable"
    tree.mkdir()
    copy_tree(tree)
    (tree / "policy/profiles/supported.lock").mkdir()
    status, output = policy("lock", cwd=tree)
    expect(status == 2 and "policy/profiles/supported.lock: error: cannot be written" in output,
           output)
    expect(not locks(tree), f"left behind: {sorted(locks(tree))}")


def test_one_wrong(work):
    """One wrong profile: no lock is touched."""
    tree = work / "wrong"
    tree.mkdir()
    copy_tree(tree)
    old = {name: b"old\n" for name in locks(TREE)}
    for name, text in old.items():
        (tree / "policy/profiles" / name).write_bytes(text)
    (tree / "policy/profiles/zzz.lua").write_text("profile { title = ")
    status, output = policy("lock", "--all", cwd=tree)
    expect(status == 2 and "policy/profiles/zzz.lua:1: error:" in output, output)
    expect(locks(tree) == old, "a lock was touched")


def main():
    """Run all."""
    test_committed()
    test_pages()
    test_own_rules()
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        for test in (test_same_bytes, test_seeds, test_kept, test_prose, test_unwritable, test_one_wrong):
            test(work)
    print("locks: all promises kept")


if __name__ == "__main__":
    main()
