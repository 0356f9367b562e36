#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""What setting, stopping and expiring a timer costs as timers grow from 10 to 100,000:
instructions, counted by callgrind, each operation's with all it calls, and the curve they
make. Ends with 1 if any grows more than the logarithm of the number of timers does."""
import argparse
import math
import pathlib
import re
import subprocess
import sys
import tempfile

TIMERS = (10, 100, 1000, 10000, 100000)
WHAT = {
    "fill": "set and expire, random times",
    "fill_up": "set and expire, each later",
    "fill_down": "set and expire, each sooner",
    "set": "set one of those that are set",
    "stop": "stop",
    "expire": "expire, and set again",
}


def instructions(program: str, words: list, scratch: pathlib.Path) -> int:
    """Instructions in the measured functions."""
    run = subprocess.run(
        ["valgrind", "--tool=callgrind", f"--callgrind-out-file={scratch / 'out'}",
         "--toggle-collect=measured_*", program, *words],
        capture_output=True, text=True, timeout=1200, check=False)
    found = re.search(r"Collected : (\d+)", run.stderr)
    if run.returncode or not found:
        sys.exit(f"{' '.join(words)}: {run.stderr[-2000:]}")
    return int(found.group(1))


def each(program: str, what: str, timers: int, scratch: pathlib.Path) -> float:
    """Instructions an operation: amortized over enough to see the dear ones as often as they come."""
    operations = max(timers, 20000)
    if what.startswith("fill"):
        operations -= operations % timers
    return instructions(program, [what, str(timers), str(operations)], scratch) / operations


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    args = parser.parse_args()
    allowed = math.log2(TIMERS[-1]) / math.log2(TIMERS[0])
    failed = False
    with tempfile.TemporaryDirectory() as name:
        for what, words in WHAT.items():
            costs = [each(args.program, what, timers, pathlib.Path(name)) for timers in TIMERS]
            for timers, cost in zip(TIMERS, costs):
                print(f"{words:30} {timers:7} timers {cost:7.0f} instructions  "
                      f"{'#' * round(cost / 50)}")
            growth = costs[-1] / costs[0]
            failed |= growth > allowed
            print(f"{words:30} 10,000 times the timers cost {growth:.2f} times as much; "
                  f"a logarithm allows {allowed:.2f}", flush=True)
    sys.exit(failed)


if __name__ == "__main__":
    main()
