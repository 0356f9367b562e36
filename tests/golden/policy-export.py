#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""What `candor policy export` writes is what its readers read, and says what was decided.

A fragment is held against its own profile; meson reads the options; PyYAML, where it is
installed, the variables. Debian's configuration, where it is installed, gives what
docs/policy-export.md shows.

usage: policy-export.py CANDOR TREE [--update]
"""
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

CANDOR, TREE = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
DEBIAN = pathlib.Path("/boot/xen-4.17-amd64.config")


def run(*words, status=0):
    """Run `candor policy` in the tree; what it prints."""
    done = subprocess.run([CANDOR, "policy", *words], cwd=TREE, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=60, check=False)
    expect(done.returncode == status, f"{words}: {done.returncode}\n{done.stderr.decode()}")
    return done.stdout.decode()


def expect(condition, what):
    """Stop at the first broken promise."""
    if not condition:
        sys.exit(f"FAILED: {what}")


def decisions():
    """Of each profile, what is on, and what waits for an opt-in."""
    return {profile["name"]: (set(profile["on"]), set(profile["opt_in"]))
            for profile in json.loads(run("list", "--json"))["profiles"]}


def test_fragment(profile, work):
    """A fragment agrees with its own profile, and spoilt does not."""
    text = run("export", "--format", "kconfig", "--profile", profile)
    expect(text == run("export", "--format", "kconfig", "--profile", profile), "other bytes")
    path = work / "fragment"
    path.write_text(text)
    run("check", "--kconfig", path, "--profile", profile)
    path.write_text(text.replace("CONFIG_HVM=y", "# CONFIG_HVM is not set"))
    answer = json.loads(run("check", "--json", "--kconfig", path, "--profile", profile, status=1))
    wrong = {f["id"]: f["verdict"] for f in answer["features"]
             if f["verdict"] in ("missing", "extra")}
    expect(wrong.get("pvh_guest") == "missing", f"{profile}: {wrong}")
    expect(answer["departures"] == len(wrong), f"{profile}: {answer['departures']}")


def test_preset(profile, on):
    """One line a feature, then all others off."""
    lines = [line.split() for line in
             run("export", "--format", "preset", "--profile", profile).splitlines()
             if line and line[0] != "#"]
    expect(lines.pop() == ["disable", "*"], "the last line")
    expect({name for word, name in lines if word == "enable"} == on, f"{profile}: preset")
    expect({word for word, _ in lines} <= {"enable", "disable"}, f"{profile}: words")


def test_meson(profile, on, work):
    """Meson takes the options, with these defaults."""
    if not shutil.which("meson"):
        return
    tree = work / f"meson-{profile}"
    tree.mkdir()
    (tree / "meson.build").write_text("project('x')\n")
    (tree / "meson_options.txt").write_text(run("export", "--format", "meson",
                                                "--profile", profile))
    done = subprocess.run(["meson", "introspect", "--buildoptions", tree / "meson.build"],
                          stdout=subprocess.PIPE, timeout=60, check=True)
    values = {option["name"][8:] for option in json.loads(done.stdout)
              if option["name"].startswith("feature_") and option["value"]}
    expect(values == on, f"{profile}: meson {values ^ on}")


def test_ansible(profile, on, opt_in):
    """The variables are YAML."""
    try:
        import yaml  # pylint: disable=import-outside-toplevel
    except ImportError:
        return
    value = yaml.safe_load(run("export", "--format", "ansible", "--profile", profile))
    expect(value["candor_profile"] == profile, value["candor_profile"])
    enabled = {name for name, f in value["candor_features"].items() if f["enabled"] is True}
    expect(enabled == on | opt_in, f"{profile}: ansible {enabled ^ on ^ opt_in}")
    waiting = {name for name, f in value["candor_features"].items() if f["opt_in"] is True}
    expect(waiting == opt_in, f"{profile}: ansible {waiting ^ opt_in}")
    lock = (TREE / f"policy/profiles/{profile}.lock").read_text()
    expect(value["candor_decision"] in lock, f"{profile}: decision")


def test_debian():
    """The manual shows what is so."""
    if not DEBIAN.exists():
        print(f"skipped: no {DEBIAN}")
        return
    page = (TREE / "docs/policy-export.md").read_text()
    examples = re.findall(r"```text\n\$ candor policy (.*)\n((?:.*\n)*?)```", page)
    expect(len(examples) == 2, "two examples")
    for words, output in examples:
        found = run(*words.split(), status=1)
        if "--update" in sys.argv:
            page = page.replace(output, found)
            (TREE / "docs/policy-export.md").write_text(page)
            continue
        expect(found == output, f"docs/policy-export.md: {words} now gives\n{found}")


def main():
    """All profiles, all formats."""
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        for profile, (on, opt_in) in decisions().items():
            test_fragment(profile, work)
            test_preset(profile, on)
            test_ansible(profile, on, opt_in)
        test_meson("lab", set.union(*decisions()["lab"]), work)
    test_debian()


main()
