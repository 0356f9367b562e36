#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Statements no one should write: a diagnostic or the right matrix, in bounded time.

Every case is run through `candor check` and `candor matrix`, with limits on time and
on memory; neither may end by a signal, and what the case must make them say is there.

usage: hostile-statements.py CANDOR
"""
import json
import os
import pathlib
import random
import resource
import subprocess
import sys
import tempfile

HEAD = b"% T\n\n# Release Support\n\n    Toy-Version: 1\n\n# Feature Support\n\n## A\n\n"
GOOD = HEAD + b"    Status: Supported\n\n### B\n\n    Status, x86: Experimental\n\nOnly so.\n"
SIZE = 1 << 20
SECONDS, KIB = 60, 768 << 10


def fill(piece, tail=b""):
    """A statement of one megabyte of one piece."""
    return HEAD + piece * (SIZE // len(piece)) + tail


def cases():
    """Name, content, what `check` must say (None: anything), is the matrix GOOD's?"""
    noise = random.Random(1)
    yield "random", noise.randbytes(SIZE), b"not UTF-8", False
    yield "random-behind-head", HEAD + noise.randbytes(SIZE), b"not UTF-8", False
    yield "nul", GOOD.replace(b"Only so", b"Only\0so"), b"control character", True
    yield "all-nul", bytes(SIZE), b"control character", False
    yield "crlf", GOOD.replace(b"\n", b"\r\n"), None, True
    yield "cr", GOOD.replace(b"\n", b"\r"), b"control character", False
    yield "byte-order-mark", b"\xef\xbb\xbf" + GOOD, b"byte order mark", True
    yield "latin-1", GOOD.replace(b"Only", b"\xdcber"), b"byte that is not UTF-8", True
    yield "utf-16", GOOD.decode().encode("utf-16"), b"not UTF-8", False
    yield "reordering", GOOD.replace(b"Only", "\u202eOnly".encode()), b"reordering", True
    yield "empty", b"", b"missing-part", False
    yield "no-newline", GOOD[:-1], None, True
    yield "too-large", None, b"too large", False
    for name, piece in {"quotes": b">", "lists": b"- ", "numbers": b"1. ", "brackets": b"![[](",
                        "emphasis": b"*a _b ", "code": b"`", "html": b"<a ", "comments": b"<!--",
                        "tabs": b"\t", "fences": b"```\n", "headings": b"## a\n",
                        "deep-headings": b"###### a\n", "empty-headings": b"#\n",
                        "claims": b"    Status: Supported\n", "keys": b"    Stauts: Supported\n",
                        "lost": b"\nStatus: Supported\n", "qualifiers": b"    Status, a: b\n\n",
                        "wrapped": b"    Status: x\n      y\n", "tables": b"|a|b|\n"}.items():
        yield name, fill(piece), None, False
    yield "long-qualifier", fill(b"    Status, " + b"(x86," * 100, b": Supported\n"), None, False
    yield "long-value", HEAD + b"    Status: Supported" + b", up to 3 (x" * (SIZE // 12) + b"\n", \
        None, False
    yield "many-cases", HEAD + b"".join(b"    Status, q%d: Supported\n" % i
                                        for i in range(SIZE // 32)) + b"\nSo.\n", None, False


def run(candor, *words):
    """Output, status and memory of one command."""
    child = subprocess.Popen([candor, *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                             preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU,
                                                                   (SECONDS, SECONDS)))
    output = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    return output, os.waitstatus_to_exitcode(status), usage.ru_maxrss


def rows(output):
    """What a matrix states, apart from where."""
    matrix = json.loads(output)
    for claim in (claim for section in matrix["sections"] for feature in section["features"]
                  for row in feature["rows"] for cell in row["cells"] for claim in cell):
        del claim["line"]
    for feature in (feature for section in matrix["sections"] for feature in section["features"]):
        del feature["texts"]
    return matrix["sections"], matrix["columns"][0]["release"], matrix["columns"][0]["title"]


def judge(candor, path, wanted, is_good, good):
    """What is wrong with a case."""
    wrong = []
    for words in (["check", "--statement", path], ["matrix", "--json", "-", path],
                  ["matrix", "--xen-table", "-", path]):
        output, status, memory = run(candor, *words)
        if status not in (0, 1, 2) or (status == 2 and b"error:" not in output):
            wrong.append(f"{words[0]}: exit status {status}: {output[-300:]}")
        if memory > KIB and b"__asan" not in pathlib.Path(candor).read_bytes():
            wrong.append(f"{words[0]}: {memory >> 10} MiB")
        if words[0] == "check" and wanted and wanted not in output:
            wrong.append(f"check does not say {wanted}")
        if words[1] == "--json" and is_good and rows(output) != good:
            wrong.append("the matrix differs")
    return wrong


def special_files(folder):
    """Paths that hold no statement, and what is said of them."""
    (folder / "loop").symlink_to(folder / "pool")
    (folder / "pool").symlink_to(folder / "loop")
    (folder / "self").symlink_to(folder / "self")
    os.mkfifo(folder / "fifo")
    for name, wanted in (("loop", b"symbolic links"), ("self", b"symbolic links"),
                         ("fifo", b"Invalid argument"), ("missing", b"No such file")):
        yield folder / name, wanted
    yield folder, b"directory"
    yield pathlib.Path("/dev/zero"), b"Invalid argument"


def write_to_pipe(candor, pipe, path):
    """Output that names a pipe goes into it; it must not be replaced by a file."""
    os.mkfifo(pipe)
    path.write_bytes(GOOD)
    with open(os.open(pipe, os.O_RDONLY | os.O_NONBLOCK), "rb") as reader:
        output, status, _ = run(candor, "matrix", "--xen-table", str(pipe), str(path))
        table = reader.read() if pipe.is_fifo() else b""
    return [] if status == 0 and b"</table>" in table else [f"pipe: {status}: {output}"]


def main():
    """Run all cases."""
    candor, wrong, nr = str(pathlib.Path(sys.argv[1]).resolve()), [], 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        path = folder / "S.md"
        path.write_bytes(GOOD)
        good = rows(run(candor, "matrix", "--json", "-", str(path))[0])
        for case, content, wanted, is_good in cases():
            nr += 1
            if content is None:
                os.truncate(path, 100 << 20)
            else:
                path.write_bytes(content)
            wrong += [f"{case}: {text}" for text in judge(candor, str(path), wanted, is_good, good)]
        for special, wanted in special_files(folder):
            nr += 1
            for words in (["check", "--statement"], ["matrix", "--json", "-"]):
                output, status, _ = run(candor, *words, str(special))
                if status not in (1, 2) or wanted not in output:
                    wrong.append(f"{special}: {words[0]}: exit status {status}: {output}")
        wrong += write_to_pipe(candor, folder / "pipe", path)
        (folder / "tree").mkdir()
        (folder / "tree/again").symlink_to(folder / "tree")
        (folder / "tree/a.c").symlink_to("a.c")
        path.write_bytes(GOOD)
        output, status, _ = run(candor, "check", "--statement", str(path), "--tree",
                                str(folder / "tree"))
        if status not in (0, 1, 2):
            wrong.append(f"tree with loops: exit status {status}: {output}")
    print("\n".join(wrong))
    print(f"{nr} cases, {len(wrong)} wrong")
    return 1 if wrong or nr < 30 else 0


if __name__ == "__main__":
    sys.exit(main())
