#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The domain builder and Debian's liblzma.a as a part of a freestanding image.

Usage: test-static-link.py SOURCE_ROOT COMPILER... Compiles for the hypervisor,
links at its address without any C library, and looks at what came out: nothing
that a loader or a constructor would have to run, no name left open.
"""

import glob
import os
import re
import subprocess
import sys
import tempfile

CONTRACT = """memcpy memmove memset memcmp strnlen printk panic heap_alloc heap_free frames_alloc
frames_assign frames_free frames_put frames_nr_free arch_frame_map arch_p2m_map arch_p2m_lookup""".split()

FLAGS = """-c -std=gnu11 -O2 -ffreestanding -mno-red-zone -mcmodel=kernel -fno-pic -mno-sse
-mno-mmx -fno-stack-protector
-D__XEN_INTERFACE_VERSION__=__XEN_LATEST_INTERFACE_VERSION__""".split()


def run(*args):
    done = subprocess.run(args, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(args)}:\n{done.stdout}{done.stderr}")
    return done.stdout


def main():
    root, compiler = sys.argv[1], sys.argv[2:]
    include = [f"-I{root}/{d}" for d in
               ("tests/unit/dombuild/gates-on", "xen/include", "support/include")]
    archive = run(*compiler, "-print-file-name=liblzma.a").strip()
    with tempfile.TemporaryDirectory() as out:
        objects = []
        for source in sorted(glob.glob(f"{root}/xen/arch/x86/dombuild/*.c")):
            objects.append(os.path.join(out, os.path.basename(source) + ".o"))
            run(*compiler, *FLAGS, *include, source, "-o", objects[-1])
        image = os.path.join(out, "image")
        # What the rest of the hypervisor supplies: any address will do for a link.
        names = [f"--defsym={name}=dombuild_pvh" for name in CONTRACT]
        run("ld", "-nostdlib", "-static", "-z", "noexecstack", "-e", "dombuild_pvh",
            "-Ttext=0xffffffff80200000", *names, "-o", image, *objects, archive)
        sections = run("readelf", "-SW", image)
        bad = re.findall(r"\s(\.(?:init_array|ctors|dynamic|interp|tdata|tbss|rela\S*)) ", sections)
        if bad:
            sys.exit(f"the image has sections nobody would act on: {bad}\n{sections}")
        symbols = run("nm", image)
        if re.search(r" [Uwv] ", symbols) or "lzma_stream_decoder" not in symbols:
            sys.exit(f"names are missing from the image:\n{symbols}")


main()
