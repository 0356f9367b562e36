#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Trees no one should check: a diagnostic in bounded time and memory, whatever they hold.

Each kind of input of `candor check` is each kind of hostile content: random bytes, NULs, a
hundred megabytes, deep nesting, CRLF, a byte order mark, no UTF-8, nothing. Folders hold
loops of symbolic links, pipes, sockets, names with line ends, a thousand folders inside one
another. The check may not end by a signal, nor take long or much; in every format for
programs the answer is well-formed, and no answer holds a control character of the input.
Edits are made for such input, too: they may not spoil what is sound.

usage: hostile-trees.py CANDOR CASE own|others|history
"""
import json
import os
import pathlib
import random
import resource
import socket
import subprocess
import sys
import tempfile

import run

MIB = 1 << 20
SECONDS, KIB = 20, 512 << 10

KINDS = {
    "registry": ("support/features.yaml", []),
    "waivers": ("support/waivers.yaml", []),
    "lock": ("policy/profiles/supported.lock", []),
    "code": ("src/things.c", []),
    "script": ("src/test.py", []),
    "statement": ("SUPPORT.md", []),
    "previous": ("old.md", ["--previous", "old.md"]),
    "branch": ("other.md", ["--branch", "other.md"]),
    "evidence": ("results", ["--evidence", "results"]),
    "baseline": ("known.json", ["--baseline", "known.json"]),
    "object": ("object.elf", ["--objects", "object.elf"]),
    "testlog": ("testlog.json", ["--evidence", "testlog.json"]),
}
# Of a tree that has a candor.yaml.
OTHER_CASE = "pass-other-tree"
OTHER_KINDS = {
    "config": ("candor.yaml", []),
    "kconfig": ("Kconfig", []),
    "dotconfig": ("defaults.config", []),
    "options": ("docs/options.md", []),
    "feature document": ("docs/alpha.md", []),
    "changelog": ("CHANGES.md", []),
    "matched source": ("src/a.c", []),
}
TESTLOG = b'{"name": "things:unit / unit/things", "result": "OK"}\n' * 3


def contents(good):
    """Name and content; a good file, if there is one, gives the shape."""
    noise = random.Random(4)
    yield "random", noise.randbytes(MIB // 4)
    yield "random text", bytes(noise.choices(b"SUPPORT_PROVIDES(a,\"b\"); [{-: 'x'\n\t#", k=MIB // 4))
    yield "good, then random", good + noise.randbytes(MIB // 4)
    yield "NULs", bytes(MIB)
    yield "NULs inside", good.replace(b"a", b"\0a")
    yield "CRLF", good.replace(b"\n", b"\r\n")
    yield "carriage returns", good.replace(b"\n", b"\r")
    yield "byte order mark", b"\xef\xbb\xbf" + good
    yield "UTF-16", good.decode(errors="replace").encode("utf-16")
    yield "not UTF-8", good.replace(b"a", b"\xe1\x80")
    yield "escapes", good.replace(b"a", b"\x1b[31m\x9b5m\xe2\x80\xae")
    yield "empty", b""
    yield "one line", good.replace(b"\n", b" ") * 2000
    yield "cut off", good[:len(good) // 2]
    for name, piece in (("brackets", b"["), ("braces", b"{"), ("mappings", b"a: {"),
                        ("dashes", b"- "), ("quotes", b"\""), ("parentheses", b"("),
                        ("comments", b"/*"), ("objects", b"{\"a\":"), ("anchors", b"&a [*a,"),
                        ("newlines", b"\n"), ("annotations", b"SUPPORT_PROVIDES(x, \"y\");\n"),
                        ("macros", b"SUPPORT_LIMIT(x, \"y\", A);\n#define A (A+A)\n"),
                        ("entries", b"- id: x\n"), ("gates", b"feature.x = on\n"),
                        ("results", b"unit/x\tfailed\n"), ("headings", b"### x ###\n\n    a: b\n")):
        yield name, piece * (MIB // 4 // len(piece))
    yield "huge", None
    yield "huge text", None


def limited(candor, tree, *words, command="check"):
    """Output, status and peak memory of one command; a limit on its time."""
    # What programs read is what comes out of standard output alone.
    errors = subprocess.DEVNULL if "--json" in words else subprocess.STDOUT
    child = subprocess.Popen([candor, command, *words], cwd=tree, stdout=subprocess.PIPE,
                             stderr=errors,
                             preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU,
                                                                   (SECONDS, SECONDS)))
    output = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    return output, os.waitstatus_to_exitcode(status), usage.ru_maxrss


def judge_text(output):
    """What is wrong with an answer for people."""
    bad = [byte for byte in output if byte < 32 and byte != 10 or byte == 127]
    return [f"control characters: {output[:300]}"] if bad else []


def judge_json(output):
    """What is wrong with an answer for programs."""
    try:
        json.loads(output.decode("utf-8", errors="strict"))
    except ValueError as error:
        return [f"no JSON: {error}: {output[:200]}"]
    return []


def judge(candor, tree, words, formats):
    """What is wrong with the check of a tree, in the formats named."""
    wrong = []
    for name in formats:
        output, status, memory = limited(candor, tree, *words, "--format", name)
        if status not in (0, 1, 2):
            wrong.append(f"{name}: exit status {status}: {output[-400:]}")
            continue
        if memory > KIB and b"__asan" not in pathlib.Path(candor).read_bytes():
            wrong.append(f"{name}: {memory >> 10} MiB")
        if status == 2 and output.startswith(b"candor check: "):
            continue
        wrong += judge_json(output) if name in ("json", "sarif", "gitlab") else judge_text(output)
    return wrong


def write(path, name, content):
    """A file, or one of a hundred megabytes, sparse or not."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if content is not None:
        path.write_bytes(content)
        return
    path.write_bytes(b"")
    if name == "huge":
        os.truncate(path, 100 * MIB)
        return
    with path.open("wb") as out:
        for _ in range(100):
            out.write(b"a line of text, and another\n" * (MIB // 28))


def shape_of(case, name):
    """A good file of the kind, or one that will do."""
    if name == "testlog.json":
        return TESTLOG
    good = case / name
    return good.read_bytes() if good.exists() else (case / "SUPPORT.md").read_bytes()


def try_own(candor, case):
    """Each content in each kind of file of a tree of ours."""
    return try_contents(candor, case, KINDS)


def try_others(candor, case):
    """The same in a tree of others."""
    return try_contents(candor, case.parent / OTHER_CASE, OTHER_KINDS)


def try_contents(candor, case, kinds):
    """Each content in each kind of file."""
    nr, wrong = 0, []
    for kind, (name, words) in kinds.items():
        shape = shape_of(case, name)
        for number, (content_name, content) in enumerate(contents(shape)):
            with tempfile.TemporaryDirectory() as folder:
                tree = pathlib.Path(folder) / "tree"
                run.prepare(case, tree)
                write(tree / name, content_name, content)
                formats = [("text", "json", "sarif", "gitlab", "github")[number % 5]]
                wrong += [f"{kind}: {content_name}: {text}"
                          for text in judge(candor, tree, words, formats)]
                nr += 1
                if content is not None and number % 4 == 0:
                    wrong += [f"{kind}: {content_name}: --fix: {text}"
                              for text in judge_fix(candor, tree, words)]
    return nr, wrong


def judge_fix(candor, tree, words):
    """Mending ends, and what is mended needs no mending."""
    output, status, _ = limited(candor, tree, *words, "--fix")
    if status not in (0, 1, 2):
        return [f"exit status {status}: {output[-400:]}"]
    output, status, _ = limited(candor, tree, *words, "--json")
    try:
        left = [f for f in json.loads(output)["diagnostics"] if f["fixable"]]
    except ValueError:
        left = []
    return [f"still fixable: {left[:2]}"] if left else []


def git(tree, *words):
    """Run git, whoever the user is."""
    subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@example.org",
                    "-c", "commit.gpgsign=false", "-c", "core.autocrlf=false", *words], cwd=tree,
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def try_history(candor, case):
    """Each content as a statement in the past, between two good ones."""
    nr, wrong = 0, []
    good = (case / "SUPPORT.md").read_bytes()
    for name, content in contents(good):
        with tempfile.TemporaryDirectory() as folder:
            tree = pathlib.Path(folder) / "tree"
            run.prepare(case, tree)
            git(tree, "init", "-q", "-b", "main")
            for number, text in enumerate((good, content, good + b"\n### End\n\n    Status: x\n")):
                write(tree / "SUPPORT.md", name, text)
                git(tree, "add", "-A")
                git(tree, "commit", "-q", "--allow-empty", "-m", f"version {number}")
            for words in (["history", "--json"], ["history"], ["status", "--at", "2026-06-01"],
                          ["check", "--previous", "main~1"], ["check", "--baseline", "main~1"]):
                output, status, memory = limited(candor, tree, *words[1:], command=words[0])
                if status not in (0, 1, 2):
                    wrong.append(f"{name} in the past: {words}: exit status {status}: "
                                 f"{output[-400:]}")
                elif memory > KIB and b"__asan" not in pathlib.Path(candor).read_bytes():
                    wrong.append(f"{name} in the past: {words}: {memory >> 10} MiB")
                elif "--json" not in words:
                    wrong += [f"{name} in the past: {words}: {text}" for text in judge_text(output)]
                elif status == 0:
                    wrong += [f"{name} in the past: {words}: {text}" for text in judge_json(output)]
                nr += 1
    return nr, wrong


def loops(tree):
    """Symbolic links that lead to themselves, to one another, and up."""
    (tree / "self.c").symlink_to("self.c")
    (tree / "a.c").symlink_to("b.c")
    (tree / "b.c").symlink_to("a.c")
    (tree / "up").symlink_to("..")
    (tree / "here").symlink_to(".")
    (tree / "root").symlink_to("/")


def specials(tree):
    """What is no plain file, under the names of sources."""
    os.mkfifo(tree / "pipe.c")
    with socket.socket(socket.AF_UNIX) as listener:
        os.chdir(tree)
        listener.bind("socket.c")
        os.chdir("/")
    (tree / "folder.c").mkdir()
    (tree / "null.c").symlink_to("/dev/null")
    (tree / "zero.c").symlink_to("/dev/zero")


def odd_names(tree):
    """Names that would break an answer."""
    for name in (b"line\nend.c", b"\xff\xfe.c", b"\x1b[31m.c", b"%s%n.c", b"-rf.c",
                 "\u202e.c".encode(), b"a,b::c.c", b"x" * 200 + b".c"):
        (tree / os.fsdecode(name)).write_bytes(b'SUPPORT_PROVIDES(nobody, "x86");\n')


def deep(tree):
    """A thousand folders, one in the other."""
    os.chdir(tree)
    for _ in range(1000):
        os.mkdir("d")
        os.chdir("d")
    pathlib.Path("deep.c").write_text('SUPPORT_PROVIDES(nobody, "x86");\n')
    os.chdir("/")


def wide(tree):
    """Many files, each with an annotation of nothing."""
    (tree / "many").mkdir()
    for i in range(20000):
        (tree / f"many/{i}.c").write_bytes(b'SUPPORT_TEST(nobody, "a/b");\n')


def locked_out(tree):
    """What may not be read, unless by root."""
    (tree / "src/things.c").chmod(0)


def no_inputs(tree):
    """Folders where files should be."""
    for name in ("SUPPORT.md", "support/features.yaml", "policy/profiles/supported.lock"):
        (tree / name).unlink()
        (tree / name).mkdir()


def linked_inputs(tree):
    """Inputs that are links in a circle."""
    for name in ("SUPPORT.md", "support/features.yaml", "policy/profiles/supported.lock"):
        (tree / name).unlink()
        (tree / name).symlink_to(pathlib.Path(name).name)


def try_trees(candor, case):
    """Each odd tree, in each format."""
    trees = (loops, specials, odd_names, deep, wide, locked_out, no_inputs, linked_inputs)
    wrong = []
    for spoil in trees:
        folder = tempfile.mkdtemp()
        tree = pathlib.Path(folder) / "tree"
        run.prepare(case, tree)
        spoil(tree)
        wrong += [f"{spoil.__name__}: {text}" for text in
                  judge(candor, tree, [], ("text", "json", "sarif", "github", "gitlab"))]
        # Python's own would recurse as deep as the folders are.
        subprocess.run(["rm", "-rf", folder], check=True)
    return len(trees), wrong


def try_words(candor, case):
    """Options no one should give: an answer, and no signal."""
    rows = (["--previous", "x" * 5000], ["--baseline", "\x1b[31m"], ["--branch", "--"],
            ["--rule", "\x1b"], ["--date", "2026-02-30"], ["--channel", "\n"], ["--format", ""],
            ["--baseline", "HEAD^{tree}"], ["--baseline", ":/x"], ["--baseline", "@{-1}"],
            ["--previous", "/"], ["--previous", "/dev/zero"], ["--baseline", "/dev/null"],
            ["--waivers", "/dev/zero"], ["--tree", "/dev/null"], ["--severity", "none"])
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        tree = pathlib.Path(folder) / "tree"
        run.prepare(case, tree)
        for words in rows:
            output, status, _ = limited(candor, tree, *words)
            if status != 2:
                wrong.append(f"{words}: exit status {status}: {output[-200:]}")
    return len(rows), wrong


GROUPS = {"own": ((try_own, try_trees, try_words), 300), "others": ((try_others,), 150),
          "history": ((try_history,), 100)}


def main():
    """All of a group, which is large enough."""
    candor, case = str(pathlib.Path(sys.argv[1]).resolve()), pathlib.Path(sys.argv[2]).resolve()
    os.environ["SOURCE_DATE_EPOCH"] = run.TODAY
    nr, wrong = 0, []
    attempts, least = GROUPS[sys.argv[3]]
    for attempt in attempts:
        count, problems = attempt(candor, case)
        nr += count
        wrong += problems
    print("\n".join(wrong))
    print(f"{nr} cases, {len(wrong)} wrong")
    return 1 if wrong or nr < least else 0


if __name__ == "__main__":
    sys.exit(main())
