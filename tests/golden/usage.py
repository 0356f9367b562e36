#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""What every command says of its usage: asked for, on standard output with status 0; wrong, on
standard error with status 2 and nothing on standard output.

Rules that hold for all commands are tried on each that `candor --help` lists; the exact words
for mistakes are in usage.txt.

usage: usage.py CANDOR [--update]
"""
import pathlib
import re
import subprocess
import sys

EXPECTED = pathlib.Path(__file__).with_name("usage.txt")
# For every command, behind its name.
WRONG = (["--no-such-option"], ["--hepl"], ["-x"])
# Mistakes of one kind each.
MISTAKES = (
    [], ["frob"], ["chek"], ["relaese", "--out", "x"], ["--hepl"], ["help", "polcy"], [""],
    ["x" * 300],
    ["check", "--stament", "x"], ["check", "--tree"], ["check", "--json=1"], ["check", "word"],
    ["matrix"], ["matrix", "--htm1=x", "y"], ["matrix", "--json", "x"],
    ["query", "--arhc", "x86"], ["query", "--level"], ["query", "--format", "xml"],
    ["query", "--json", "--format", "csv"], ["query", "--arch", "arm46"],
    ["query", "--guest", "pvhh"],
    ["status", "--at", "yesterday"], ["status", "--at"], ["status", "--brnach", "x"],
    ["status", "--at", "2023-02-30"], ["history", "--all", "x"], ["history", "--format", "wiki"],
    ["join"], ["join", "--evidenec", "x", "y"], ["join", "--format", "csv", "x"],
    ["diff"], ["diff", "a"], ["diff", "--fromat", "json", "a", "b"],
    ["policy"], ["policy", "lcok"], ["policy", "lock", "--al", "--profil", "x"],
    ["policy", "lock", "--profiel=lab"], ["policy", "explain"], ["policy", "list", "--all"],
    ["inspect"], ["inspect", "--lcok", "x"], ["inspect", "a", "b"],
    ["release"], ["release", "--ot", "x"], ["release", "--out"], ["release", "--out", "x", "y"],
    ["release", "--replace=1"], ["release", "--out=x", "--out=y"],
    ["verify"], ["verify", "--keyrnig", "x"], ["verify", "a", "b"],
    ["explain-rule", "undefined-lable"], ["explain-rule", "a", "b"], ["explain-rule", "--json"],
    ["evidence"], ["evidence", "--testlgo", "x"], ["evidence", "--testlog", "x"],
    ["host"], ["host", "enabel"], ["host", "--jsno"], ["host", "enable"], ["host", "list", "x"],
    ["host", "enable", "umip"], ["host", "enable", "umip", "--why", "x"],
    ["host", "enable", "UMIP", "--why", "x", "--by", "y"],
    ["host", "enable", "umip", "--why", " ", "--by", "y"],
    ["host", "enable", "umip", "--why", "x", "--by", "y", "--until", "tomorrow"],
    ["host", "enable", "umip", "--why", "x", "--by", "y", "--until", "2020-01-01"],
    ["host", "status", "--json", "--yaml"], ["host", "status", "--state", "/no/such/file"],
    ["host", "prometheus"],
    ["fleet"], ["fleet", "reprot"], ["fleet", "report"], ["fleet", "report", "--max-age", "x", "y"],
    ["fleet", "report", "--format", "sarif", "x"], ["fleet", "report", "--jsno", "x"],
    ["lsp", "word"], ["lsp", "--tere", "x"],
)


def run(candor, words, **streams):
    """The finished run, output as text."""
    return subprocess.run([candor, *words], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
                          timeout=60, check=False, text=True,
                          **{"stdout": subprocess.PIPE, **streams})


def judge_asked(candor, words, start):
    """What is wrong with an answer that was asked for."""
    done = run(candor, words)
    if done.returncode or done.stderr or not done.stdout.startswith(start):
        return [f"{words}: status {done.returncode}\n{done.stdout}{done.stderr}"]
    with open("/dev/full", "w", encoding="ascii") as full:
        done = run(candor, words, stdout=full)
    if done.returncode != 2 or "cannot write" not in done.stderr:
        return [f"{words} on a full disk: status {done.returncode}\n{done.stderr}"]
    return []


def judge_mistake(candor, words):
    """What is wrong with the answer to a mistake, and that answer."""
    done = run(candor, words)
    wrong = []
    if done.returncode != 2 or done.stdout or not done.stderr:
        wrong.append(f"{words}: status {done.returncode}\n{done.stdout}{done.stderr}")
    shown = " ".join(word if word else "''" for word in words)
    return wrong, f"$ candor {shown}".rstrip() + f"\n{done.stderr}"


def main():
    """Try all."""
    candor = str(pathlib.Path(sys.argv[1]).resolve())
    commands = re.findall(r"^  ([a-z][a-z-]*) ", run(candor, ["--help"]).stdout, re.M)
    wrong = [] if len(commands) >= 7 else [f"commands: {commands}"]
    text = ""
    for words, start in ((["--help"], "usage: candor "), (["-h"], "usage: candor "),
                         (["help"], "usage: candor "), (["--version"], "candor ")):
        wrong += judge_asked(candor, words, start)
    for name in commands:
        for words in ([name, "--help"], ["help", name]):
            wrong += judge_asked(candor, words, f"usage: candor {name} ")
        for words in WRONG:
            bad, said = judge_mistake(candor, [name, *words])
            wrong += bad
            if f"`candor {name} --help`" not in said:
                wrong.append(f"{said}it must name the command's help")
            if words == ["--hepl"] and "did you mean '--help'?" not in said:
                wrong.append(f"{said}it must suggest --help")
    for words in MISTAKES:
        bad, said = judge_mistake(candor, words)
        wrong += bad
        text += said
    if "--update" in sys.argv[2:]:
        EXPECTED.write_text(text, encoding="ascii")
    if text != EXPECTED.read_text(encoding="ascii"):
        wrong.append(f"{EXPECTED.name} differs; it is now:\n{text}")
    for problem in wrong:
        print(problem)
    print(f"{len(commands)} commands, {len(MISTAKES)} mistakes, {len(wrong)} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
