#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""`candor inspect` on small images made here by the compiler, right and wrong ones.

usage: inspect.py CANDOR INCLUDE CC...
"""
import hashlib
import pathlib
import subprocess
import sys
import tempfile

CANDOR, INCLUDE, CC = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2], sys.argv[3:]
HASH = "sha256:" + "0" * 64


def lock_pairs(features, profile="small"):
    """Keys and values of a lock, sealed by its decision id."""
    pairs = [("lock.format", "1"), ("lock.profile", profile), ("lock.target", "x86_64"),
             ("input.facts", HASH)]
    pairs += [("feature." + name, value) for name, value in sorted(features.items())]
    text = "".join(f"{key}={value}\n" for key, value in pairs)
    decision = "sha256:" + hashlib.sha256(text.encode()).hexdigest()
    return pairs[:3] + [("lock.decision", decision)] + pairs[3:]


def write_lock(path, pairs):
    """A lock file."""
    path.write_text("".join(f"{key} = {value}  # rule.lua:1 why\n" for key, value in pairs))


def build(work, name, pairs, provides, raw=""):
    """An image that carries a lock and these annotations; @raw are records as they stand."""
    text = '#include <candor/support.h>\n'
    text += "".join(f'SUPPORT_PROVIDES({feature}, "{scope}");\n' for feature, scope in provides)
    for record in raw.splitlines():
        text += ('__asm__(".pushsection .candor.support,\\"R\\",@progbits\\n\\t.ascii \\"' +
                 record + '\\\\n\\"\\n\\t.popsection");\n')
    if pairs is not None:
        lines = "".join(f'\\t.ascii \\"lock\\\\t{key}\\\\t{value}\\\\n\\"\\n' for key, value in pairs)
        text += f'__asm__(".pushsection .candor.lock,\\"R\\",@progbits\\n{lines}\\t.popsection");\n'
    text += "void _start(void);\nvoid _start(void)\n{\n}\n"
    (work / "support-gates.h").write_text("")
    source, image = work / (name + ".c"), work / (name + ".elf")
    source.write_text(text)
    subprocess.run([*CC, "-O2", "-flto", "-ffreestanding", "-nostdlib", "-static", "-Wl,--gc-sections",
                    f"-I{INCLUDE}", f"-I{work}", f"-ffile-prefix-map={work}/=", str(source), "-o",
                    str(image)], check=True)
    return image


def inspect(work, image, *words):
    """Run `candor inspect`; its status and output."""
    done = subprocess.run([CANDOR, "inspect", str(image), *words], cwd=work, timeout=60,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return done.returncode, done.stdout.decode(errors="replace")


def expect(result, status, *texts):
    """The status and texts that must be there."""
    wrong = [text for text in texts if text not in result[1]]
    if result[0] != status or wrong:
        sys.exit(f"FAILED: status {result[0]}, not {status}; missing {wrong} in:\n{result[1]}")


FEATURES = {"alpha": "on", "beta": "on", "gamma": "off"}
BOTH = [("alpha", "x86"), ("beta", "x86.pvh")]


def test_pass(work, lock):
    """An image that fits, also stripped."""
    image = build(work, "good", lock_pairs(FEATURES), BOTH)
    expect(inspect(work, image, "--lock", lock), 0, "the image holds what its lock says",
           "alpha                        on    present   good.c:2 (x86)",
           "gamma                        off   absent\n")
    expect(inspect(work, image, "--lock", lock, "--json"), 0, '"differences": 0',
           '"state": "absent"')
    subprocess.run(["strip", str(image)], check=True)
    expect(inspect(work, image, "--lock", lock), 0, "the image holds what its lock says")
    profiles = work / "policy/profiles"
    profiles.mkdir(parents=True)
    write_lock(profiles / "small.lock", lock_pairs(FEATURES))
    expect(inspect(work, image), 0, "policy/profiles/small.lock")
    return image


def test_differences(work, lock):
    """A feature too few, one too many, other locks, odd records."""
    image = build(work, "missing", lock_pairs(FEATURES), BOTH[:1])
    expect(inspect(work, image, "--lock", lock), 1, "1 difference\n",
           "missing.elf: error: feature beta is on in small.lock, but the image has no code")
    image = build(work, "extra", lock_pairs(FEATURES), BOTH + [("gamma", "x86")])
    expect(inspect(work, image, "--lock", lock), 1, "1 difference\n",
           "feature gamma is off in small.lock, but the image has code for it (extra.c:4)")
    changed = dict(FEATURES, gamma="on")
    image = build(work, "changed", lock_pairs(changed), BOTH)
    expect(inspect(work, image, "--lock", lock), 1, "lock.decision is sha256:",
           "feature.gamma is off in small.lock, but on in the lock the image carries",
           "2 differences")
    image = build(work, "other", lock_pairs(FEATURES, "other"), BOTH)
    expect(inspect(work, image, "--lock", lock), 1,
           "lock.profile is small in small.lock, but other")
    image = build(work, "more", lock_pairs(dict(FEATURES, delta="off")), BOTH)
    expect(inspect(work, image, "--lock", lock), 1, "feature.delta is in the lock the image")
    forged = [(key, "on" if key == "feature.gamma" else value)
              for key, value in lock_pairs(FEATURES)]
    image = build(work, "forged", forged, BOTH)
    expect(inspect(work, image, "--lock", lock), 1, "does not fit the other lines")
    image = build(work, "nolock", None, BOTH)
    expect(inspect(work, image, "--lock", lock), 1, "the image carries no lock")
    expect(inspect(work, image), 2, "carries no policy lock")
    image = build(work, "unknown", lock_pairs(FEATURES), BOTH + [("delta", "x86")])
    expect(inspect(work, image, "--lock", lock), 1, "a record names the feature delta")
    image = build(work, "odd", lock_pairs(FEATURES), BOTH,
                  "provides\\talpha\nblesses\\talpha\\tx86\\tx.c:1")
    expect(inspect(work, image, "--lock", lock), 1, "record 3 of .candor.support",
           "record 4 of .candor.support", "2 differences")


def test_trouble(work, lock, image):
    """What is no sound image, cut at every point, and a lock that is wrong."""
    data = image.read_bytes()
    cut = work / "cut.elf"
    for size in list(range(0, len(data), max(1, len(data) // 64))) + [len(data) - 1]:
        cut.write_bytes(data[:size])
        status, output = inspect(work, cut, "--lock", lock)
        if status != 2 or "cut.elf: error:" not in output:
            sys.exit(f"FAILED: {size} of {len(data)} bytes: status {status}\n{output}")
    expect(inspect(work, lock, "--lock", lock), 2, "is not an ELF file")
    expect(inspect(work, "absent.elf", "--lock", lock), 2, "absent.elf: error: cannot be read")
    expect(inspect(work, work, "--lock", lock), 2, "cannot be read: Is a directory")
    expect(inspect(work, image, "--lock", "absent.lock"), 2, "absent.lock: error: cannot be read")
    bad = work / "bad.lock"
    bad.write_text((work / lock).read_text().replace("gamma = off", "gamma = on"))
    expect(inspect(work, image, "--lock", bad), 2, "does not fit the other lines")


def test_tools(work):
    """A feature of the tools alone is not looked for in the image."""
    work = work / "tree"
    for folder in ("policy/profiles", "support", "tools"):
        (work / folder).mkdir(parents=True)
    write_lock(work / "policy/profiles/small.lock", lock_pairs(FEATURES))
    head = "# SPDX-License-Identifier: GPL-2.0-or-later\nformat: 1\nfeatures:\n"
    (work / "support/features.yaml").write_text(head + "".join(
        f"  - id: {name}\n    title: {name}\n    section: Things\n    owner: core\n"
        f"    state: built\n" for name in ("alpha", "beta", "gamma")))
    (work / "SUPPORT.md").write_text("% Small\n\n# Feature Support\n\n## Things\n" + "".join(
        f"\n### {name}\n\n    Status: Supported\n" for name in ("alpha", "beta", "gamma")))
    (work / "tools/beta.c").write_text('#include <candor/support.h>\n'
                                       'SUPPORT_PROVIDES(beta, "tools.xl");\n')
    image = build(work, "tools", lock_pairs(FEATURES), BOTH[:1])
    expect(inspect(work, image), 0, "beta                         on    in tools\n")


def main():
    """Run all."""
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        write_lock(work / "small.lock", lock_pairs(FEATURES))
        image = test_pass(work, "small.lock")
        test_differences(work, "small.lock")
        test_trouble(work, "small.lock", image)
        test_tools(work)
    print("inspect: all promises kept")


if __name__ == "__main__":
    main()
