#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""How long six statements take to become one HTML matrix.

The files are those of CANDOR_TEST_DATA/xen-support-md, or six times our own. If
pandoc is installed, it converts each of them to HTML once, which is the least that a
pipeline built on it does (a real one calls it for every heading and cell), and the
ratio is printed. The process's start and its CPU time are told apart from the rest.

usage: bench-matrix.py CANDOR SUPPORT.md
"""
import os
import pathlib
import resource
import shutil
import statistics
import subprocess
import sys
import time

ROUNDS = 40


def measure(rounds, *commands):
    """Least and median wall time, and least CPU time, of all commands in turn, in ms."""
    walls, cpus = [], []
    for _ in range(rounds):
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        for command in commands:
            subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
        walls.append((time.perf_counter() - start) * 1e3)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpus.append((after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1e3)
    return min(walls), statistics.median(walls), min(cpus)


def show(name, times):
    """One line of the report."""
    print(f"{name}: least {times[0]:.1f} ms, median {times[1]:.1f} ms, CPU {times[2]:.1f} ms")


def main():
    """Measure, and print."""
    candor, own = sys.argv[1], sys.argv[2]
    data = pathlib.Path(os.environ.get("CANDOR_TEST_DATA", "/nonexistent")) / "xen-support-md"
    files = [str(path) for path in sorted(data.glob("*.md"), reverse=True)] or [own] * 6
    size = sum(os.path.getsize(path) for path in files)
    print(f"{len(files)} statements, {size} bytes, {ROUNDS} rounds")
    show("candor --help, the process alone", measure(ROUNDS, [candor, "--help"]))
    ours = measure(ROUNDS, [candor, "matrix", "--html", "-", *files])
    show("candor matrix --html", ours)
    show("candor matrix --xen-table",
         measure(ROUNDS, [candor, "matrix", "--xen-table", "-", *files]))
    pandoc = shutil.which("pandoc")
    if not pandoc:
        print("pandoc is not installed: nothing to compare with")
        return 0
    theirs = measure(3, *([pandoc, "-f", "markdown", "-t", "html", path] for path in files))
    show("pandoc, each file once", theirs)
    print(f"ratio: {theirs[0] / ours[0]:.0f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
