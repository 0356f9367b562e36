#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a scheduling decision costs as vCPUs and CPUs grow: instructions, counted by
callgrind inside the hypervisor's own functions, for each time a CPU picks (with the
waking, queueing and saving that go with it), and the curve they make."""
import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

VCPUS = (10, 100, 1000, 10000)
CPUS = (1, 16, 64, 256, 1024)
ENTRIES = ("sched_pick", "sched_saved", "vcpu_recheck")


def collected(program: str, words: list, scratch: pathlib.Path) -> tuple:
    """Instructions in ENTRIES, and picks."""
    toggles = [f"--toggle-collect={name}" for name in ENTRIES]
    run = subprocess.run(
        ["valgrind", "--tool=callgrind", f"--callgrind-out-file={scratch / 'out'}",
         *toggles, program, *words],
        capture_output=True, text=True, timeout=1200, check=False)
    found = re.search(r"Collected : (\d+)", run.stderr)
    if run.returncode or not found:
        sys.exit(f"{' '.join(words)}: {run.stderr[-2000:]}")
    return int(found.group(1)), int(run.stdout)


def row(args: argparse.Namespace, sched: str, cpus: int, vcpus: int, scratch: pathlib.Path) -> float:
    """Instructions a pick of a long run, less those of starting and of a short one."""
    few, many = args.decisions, 4 * args.decisions
    short = collected(args.program, [sched, str(cpus), str(vcpus), str(few)], scratch)
    long = collected(args.program, [sched, str(cpus), str(vcpus), str(many)], scratch)
    each = (long[0] - short[0]) / (long[1] - short[1])
    print(f"{sched:8} {cpus:5} CPUs {vcpus:6} vCPUs {each:8.0f} instructions a decision  "
          f"{'#' * round(each / 50)}", flush=True)
    return each


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("--decisions", type=int, default=5000)
    parser.add_argument("--scheduler", action="append")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        scratch = pathlib.Path(name)
        for sched in args.scheduler or ["credit2", "rtds", "null"]:
            grow = [row(args, sched, 16, vcpus, scratch) for vcpus in VCPUS]
            wide = [row(args, sched, cpus, 2048, scratch) for cpus in CPUS]
            print(f"{sched:8} 1000 times the vCPUs cost {grow[-1] / grow[0]:.2f} times as much, "
                  f"1024 times the CPUs {wide[-1] / wide[0]:.2f} times", flush=True)


if __name__ == "__main__":
    main()
