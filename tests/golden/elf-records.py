#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Records of annotations outlive the build: -flto, --gc-sections and strip.

A small program is built by each compiler in several ways. `candor check` must
then find every record in it, and the loaded part must hold none of them. Built
again with other scopes and another lock, as after a change of status that decides
the same, the loaded part must be byte-identical.

usage: elf-records.py CANDOR INCLUDE_FOLDER
"""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

# Each function is unused: what a compiler and a linker may drop, they drop.
UNUSED = """#include <candor/support.h>
SUPPORT_PROVIDES({id}, "{scope}");
SUPPORT_TEST({id}, "unit/{id}");
static int {id}_unused(void) {{ return 1; }}
int {id}_function(void);
int {id}_function(void) {{ return SUPPORT_ENABLED({id}) ? {id}_unused() : 2; }}
"""
MAIN = """#include <candor/support.h>
#define LIMIT_MAX 0x2A
SUPPORT_LIMIT(third, "things", LIMIT_MAX);
SUPPORT_REFUSES(third, "arm64");
int main(void) { return SUPPORT_ENABLED(first) ? 0 : 3; }
"""
IDS = ("first", "second", "third")
LOCK = """.section .candor.lock,"R",@progbits
.ascii "lock\\tlock.format\\t1\\nlock\\tlock.decision\\tsha256:{digit}\\n"
.section .note.GNU-stack,"",@progbits
"""
GATES = "".join(f"#define SUPPORT_GATE_{name} 1\n" for name in IDS)
EXPECTED = {("provides", "first"), ("test", "first"), ("provides", "second"),
            ("test", "second"), ("limit", "third"), ("refuses", "third")}
WAYS = (
    ["-O0"],
    ["-O2", "-ffunction-sections", "-fdata-sections", "-Wl,--gc-sections"],
    ["-O2", "-flto", "-Wl,--gc-sections", "-ffunction-sections"],
    ["-Os", "-flto", "-Wl,--gc-sections", "-Wl,-s"],
    ["-O2", "-static", "-Wl,--gc-sections"],
)


def run(*words, **options):
    """Run a program that must succeed, and return what it prints."""
    return subprocess.run([str(word) for word in words], check=True, stdout=subprocess.PIPE,
                          timeout=120, **options).stdout


def build(compiler, ways, tree, output):
    """Compile the program's three files into one executable."""
    run(compiler, *ways, "-I", tree / "gates", "-I", tree / "include",
        f"-fmacro-prefix-map={tree}/=", "-Wl,--build-id=none",
        *sorted((tree / "src").iterdir()), "-o", output)


def loaded_part(path, work):
    """The bytes of an executable that are mapped when it runs."""
    bare = work / "bare"
    run("objcopy", "-O", "binary", path, bare)
    return bare.read_bytes()


def records_found(candor, tree, path):
    """(kind, id) of each record that `candor check` reads in an executable."""
    # No registry entry is known to this folder, so each record is reported.
    other = tree / "empty"
    other.mkdir(exist_ok=True)
    registry = other / "none.yaml"
    registry.write_text("format: 1\nfeatures: []\n")
    done = subprocess.run([candor, "check", "--json", "--tree", other, "--registry", registry,
                           "--objects", path], stdout=subprocess.PIPE, timeout=60, check=False)
    found = set()
    for item in json.loads(done.stdout)["diagnostics"]:
        if item["rule"] == "stale-record":
            words = item["message"].split("'")
            found.add((words[1], words[3]))
        elif item["rule"].startswith("bad-"):
            raise SystemExit(item["message"])
    return found


def examine(candor, compiler, ways, tree, work):
    """Names of what is wrong with one way to build."""
    name, wrong = f"{compiler} {' '.join(ways)}", []
    program = work / "program"
    build(compiler, ways, tree, program)
    run(program)
    for step in ("linked", "stripped"):
        if step == "stripped":
            run("strip", "--strip-all", program)
        found = records_found(candor, tree, program)
        if found != EXPECTED:
            wrong.append(f"{name}, {step}: found {sorted(found)}")
    stripped, loaded = program.read_bytes(), loaded_part(program, work)
    for text in (b"unit/first", b"provides\t", b"\tx86\t", b"src/main.c"):
        if text in loaded:
            wrong.append(f"{name}: the loaded part holds {text}")
    write_sources(tree, "x86.pvh", "2")
    build(compiler, ways, tree, program)
    write_sources(tree, "x86", "1")
    if program.read_bytes() == stripped or b"sha256:2" not in program.read_bytes():
        wrong.append(f"{name}: the second build is not another")
    if loaded_part(program, work) != loaded:
        wrong.append(f"{name}: a change of status changed the loaded part")
    return wrong


def write_sources(tree, scope, digit):
    """The program's sources with this scope in their annotations, and its lock."""
    for name in IDS[:2]:
        (tree / "src" / f"{name}.c").write_text(UNUSED.format(id=name, scope=scope))
    (tree / "src" / "main.c").write_text(MAIN)
    (tree / "src" / "lock.S").write_text(LOCK.replace("{digit}", digit))


def make_tree(tree, include):
    """The program and its gates."""
    for folder in ("src", "gates"):
        (tree / folder).mkdir(parents=True)
    shutil.copytree(include, tree / "include")
    (tree / "gates" / "support-gates.h").write_text(GATES)
    write_sources(tree, "x86", "1")


def main():
    """Build in every way with every compiler that is there."""
    candor, include = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
    compilers = [name for name in ("gcc", "clang") if shutil.which(name)]
    wrong = [] if compilers else ["neither gcc nor clang is there"]
    with tempfile.TemporaryDirectory() as folder:
        tree = pathlib.Path(folder) / "tree"
        make_tree(tree, include)
        for compiler in compilers:
            for ways in WAYS:
                # clang's link-time optimizer comes with lld.
                extra = ["-fuse-ld=lld"] if compiler == "clang" and "-flto" in ways else []
                wrong += examine(candor, compiler, ways + extra, tree, pathlib.Path(folder))
    for text in wrong:
        print(text)
    print(f"{len(compilers) * len(WAYS)} builds, {len(wrong)} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
