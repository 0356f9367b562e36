#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The ACPI tables as Intel's disassembler reads them: no complaint, the right content.

Usage: test-acpi-iasl.py TEST_PROGRAM. Skipped (77) without iasl.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile


def disassemble(folder, name):
    run = subprocess.run(["iasl", "-d", name + ".dat"], cwd=folder, text=True, timeout=60,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if run.returncode or re.search(r"error|warning|invalid|incorrect|unknown", run.stdout, re.I):
        sys.exit(f"iasl on {name}: status {run.returncode}\n{run.stdout}")
    with open(os.path.join(folder, name + ".dsl"), encoding="ascii") as f:
        text = f.read()
    if re.search(r"incorrect|invalid|unknown|should be", text, re.I):
        sys.exit(f"iasl finds fault with {name}:\n{text}")
    return text


def check(program, nr_vcpus):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([program, str(nr_vcpus), folder], check=True, timeout=60)
        text = {name: disassemble(folder, name)
                for name in ("xsdt", "facp", "apic", "facs", "dsdt")}
    processors = re.findall(r"Processor \((P\d\d\d), (0x[0-9A-F]+), 0x00000000, 0x00\)\s*\{\s*\}",
                            text["dsdt"])
    want = [(f"P{n:03}", f"0x{n:02X}") for n in range(nr_vcpus)]
    if processors != want:
        sys.exit(f"DSDT has processors {processors}, not {want}")
    uids = re.findall(r"Processor ID : ([0-9A-F]+)\n.*Local Apic ID : ([0-9A-F]+)\n", text["apic"])
    want = [(f"{n:02X}", f"{2 * n:02X}") for n in range(nr_vcpus)]
    if uids != want:
        sys.exit(f"MADT has (processor, APIC) {uids}, not {want}")


def main():
    if not shutil.which("iasl"):
        print("skipped: iasl is not installed (acpica-tools)")
        sys.exit(77)
    for nr_vcpus in (1, 2, 5, 128):
        check(sys.argv[1], nr_vcpus)


main()
