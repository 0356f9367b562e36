#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The snippets for forges and the hook for git, in contrib, do what they say.

The hook is put to work in a repository: it stops a commit that brings a new finding, lets
one pass that brings none, and looks at what is staged, not at the folder. The scripts of the
snippets are run as the forges would, with candor in PATH; their YAML is read by PyYAML, and
validated by `check-jsonschema` against the forges' own schemas where that is installed.

usage: contrib.py CANDOR ROOT CASES
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import run


class Repository:
    """A golden case in a git repository, with candor in PATH."""

    def __init__(self, candor, case, folder):
        self.path = pathlib.Path(folder) / "repository"
        tools = pathlib.Path(folder) / "bin"
        tools.mkdir()
        (tools / "candor").symlink_to(candor)
        self.env = dict(os.environ, PATH=f"{tools}:{os.environ['PATH']}",
                        SOURCE_DATE_EPOCH=run.TODAY, GIT_CONFIG_GLOBAL="/dev/null",
                        GIT_AUTHOR_NAME="t", GIT_AUTHOR_EMAIL="t@example.org",
                        GIT_COMMITTER_NAME="t", GIT_COMMITTER_EMAIL="t@example.org")
        run.prepare(case, self.path)
        self.run("git", "init", "-q", "-b", "main")

    def run(self, *words, **env):
        """A finished command in the repository."""
        return subprocess.run(words, cwd=self.path, env=dict(self.env, **env), check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              timeout=120)

    def commit(self, message, *words):
        """Whether a commit was made."""
        self.run("git", "add", "-A", *words)
        return self.run("git", "commit", "-q", "-m", message)

    def edit(self, old, new):
        """Change the statement."""
        path = self.path / "SUPPORT.md"
        text = path.read_text()
        assert old in text, old
        path.write_text(text.replace(old, new, 1))


def try_hook(candor, root, case):
    """What is wrong with the hook."""
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        repository = Repository(candor, case, folder)
        hook = repository.path / ".git/hooks/pre-commit"
        hook.parent.mkdir(exist_ok=True)
        shutil.copy(root / "contrib/hooks/pre-commit", hook)
        steps = (
            ("first, without a HEAD", None, None, True),
            ("worse", "    Status: Supported\n", "    Status: Suported\n", False),
            ("staged is worse, the folder is not", None, None, False),
            ("mended", "Suported\n", "Supported\n\nMore.\n", True),
            ("prose", "The first.", "The very first.", True),
        )
        for name, old, new, wanted in steps:
            if old:
                repository.edit(old, new)
            if name.startswith("staged"):
                repository.edit("Suported", "Supported")
                done = repository.run("git", "commit", "-q", "-m", name)
                repository.edit("Supported\n", "Suported\n")
            else:
                done = repository.commit(name)
            if (done.returncode == 0) != wanted or (not wanted and "did you mean" not in
                                                    done.stdout):
                wrong.append(f"hook: {name}: {done.returncode}: {done.stdout}")
        # What HEAD has already stops nobody.
        repository.edit("    Status: Supported\n", "    Status: Suported\n")
        repository.run("git", "commit", "-q", "-a", "--no-verify", "-m", "past the hook")
        repository.edit("The very first.", "The first.")
        done = repository.commit("another change")
        if done.returncode:
            wrong.append(f"hook: a known finding stops a commit: {done.stdout}")
    return wrong


def script_of(snippet, name):
    """The shell of a snippet, as its forge runs it."""
    import yaml
    document = yaml.safe_load(snippet.read_text())
    if name == "gitlab":
        return document["support"]["script"]
    return [step["run"] for step in document["jobs"]["check"]["steps"] if "run" in step]


def try_script(candor, root, case, name):
    """What is wrong with a snippet."""
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        repository = Repository(candor, case, folder)
        repository.commit("good")
        script = "set -e\n" + "\n".join(script_of(root / f"contrib/ci/{name}.yml", name))
        report = repository.path / ("candor.sarif" if name == "github" else "candor.json")
        for change, wanted in ((("The first.", "The very first."), 0),
                               (("    Status: Supported\n", "    Status: Suported\n"), 1)):
            repository.edit(*change)
            repository.run("git", "commit", "-q", "-a", "-m", "change")
            base = repository.run("git", "rev-parse", "HEAD^").stdout.strip()
            for words in ({"BASE": base, "CI_MERGE_REQUEST_DIFF_BASE_SHA": base},
                          {"BASE": "0" * 40, "CI_COMMIT_BEFORE_SHA": "0" * 40}):
                report.unlink(missing_ok=True)
                done = repository.run("bash", "-c", script, **words)
                if done.returncode != wanted:
                    wrong.append(f"{name}: {change}: {done.returncode}: {done.stdout}")
                json.loads(report.read_text())
                if wanted and "undefined-label" not in report.read_text() + done.stdout:
                    wrong.append(f"{name}: the finding is not told")
    return wrong


def try_schema(root, name):
    """What the forge's own schema says."""
    if not shutil.which("check-jsonschema"):
        return []
    schema = {"github": "vendor.github-workflows", "gitlab": "vendor.gitlab-ci"}[name]
    done = subprocess.run(["check-jsonschema", "--builtin-schema", schema,
                           root / f"contrib/ci/{name}.yml"], check=False, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return [f"{name}: {done.stdout}"] if done.returncode else []


def main():
    """All of contrib."""
    candor, root, cases = (pathlib.Path(word).resolve() for word in sys.argv[1:4])
    good = cases / "pass-small"
    wrong = try_hook(candor, root, good)
    for name in ("github", "gitlab"):
        wrong += try_script(candor, root, good, name) + try_schema(root, name)
    print("\n".join(wrong))
    print(f"{len(wrong)} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
