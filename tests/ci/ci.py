# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""ci.py CASE CANDOR: what https://pre-commit.com takes from here, and YAML of the forges.

yaml       it is YAML to yamllint, with the members their services ask for, and no other
framework  out of .pre-commit-hooks.yaml, a bad commit is refused with its finding, a good
           one passes (tests/golden/contrib.py has the plain hook and the forges' scripts)
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
CANDOR = pathlib.Path(sys.argv[2]).resolve()
TREE = ROOT / 'tests/golden/check/pass-small'
BAD = ('SUPPORT_PROVIDES(beta, "x86.pvh")', 'SUPPORT_PROVIDES(bate, "x86.pvh")')


class Repository:
    """A git repository with a good tree, in a home of its own."""

    def __init__(self, folder):
        self.path = pathlib.Path(folder) / 'tree'
        tools = pathlib.Path(folder) / 'bin'
        tools.mkdir()
        (tools / 'candor').symlink_to(CANDOR)
        self.environment = {**os.environ, 'PATH': f'{tools}:{os.environ["PATH"]}', 'HOME': folder,
                            'GIT_CONFIG_NOSYSTEM': '1', 'XDG_CACHE_HOME': folder,
                            **{f'GIT_{who}_{what}': 'a@example.org' for who in ('AUTHOR', 'COMMITTER')
                               for what in ('NAME', 'EMAIL')}}
        for name in ('CI_MERGE_REQUEST_DIFF_BASE_SHA', 'BASE', 'GIT_DIR', 'GIT_INDEX_FILE'):
            self.environment.pop(name, None)
        shutil.copytree(TREE, self.path, ignore=shutil.ignore_patterns('expected.txt'))
        self.git('init', '-q', '-b', 'main')
        self.commit('one')

    def run(self, *words, **more):
        """A finished program, output as text."""
        return subprocess.run(words, cwd=self.path, env={**self.environment, **more}, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120, check=False)

    def git(self, *words):
        """git, which must succeed; its output."""
        done = self.run('git', *words)
        assert done.returncode == 0, (words, done.stdout)
        return done.stdout.strip()

    def commit(self, message):
        """Commit all, with hooks. The finished run."""
        self.git('add', '-A')
        return self.run('git', 'commit', '-q', '-m', message)

    def edit(self, old, new, name='src/things.c'):
        """Replace a text in a file."""
        path = self.path / name
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new))

    def head(self):
        """The commit at hand."""
        return self.git('rev-parse', 'HEAD')


def load(name):
    """A file as PyYAML reads it."""
    return yaml.safe_load((ROOT / name).read_text())


def test_yaml():
    """Against yamllint, and the members that each service documents."""
    names = ['contrib/ci/github.yml', 'contrib/ci/gitlab.yml', '.pre-commit-hooks.yaml']
    rules = '{extends: default, rules: {line-length: {max: 140}, document-start: disable, ' \
        'truthy: {check-keys: false}}}'
    if shutil.which('yamllint'):
        done = subprocess.run(['yamllint', '--strict', '-d', rules, *names], cwd=ROOT, text=True,
                              stdout=subprocess.PIPE, check=False)
        assert done.returncode == 0, done.stdout
    hook, = load(names[2])
    assert {'id', 'name', 'entry', 'language'} <= set(hook)


def judge_hook(r):
    """Good passes, bad is refused with its diagnostic, what was bad before does not count."""
    r.edit('The first.', 'The very first.', 'SUPPORT.md')
    done = r.commit('good')
    assert done.returncode == 0, done.stdout
    before = r.head()
    r.edit(*BAD)
    done = r.commit('bad')
    assert done.returncode and 'unknown-id' in done.stdout and 'src/things.c:' in done.stdout, done
    assert r.head() == before
    assert r.run('git', 'commit', '-q', '--no-verify', '-m', 'bad').returncode == 0
    r.edit('The very first.', 'The first of all.', 'SUPPORT.md')
    done = r.commit('good again')
    assert done.returncode == 0, done.stdout


def test_framework():
    """pre-commit installs the hook out of a repository that has .pre-commit-hooks.yaml."""
    if not shutil.which('pre-commit'):
        print('skipped: no pre-commit')
        sys.exit(77)
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as hooks:
        r = Repository(folder)
        shutil.copy(ROOT / '.pre-commit-hooks.yaml', hooks)
        for words in (('init', '-q'), ('add', '-A'), ('commit', '-qm', 'hooks')):
            done = r.run('git', '-C', hooks, *words)
            assert done.returncode == 0, done.stdout
        rev = r.run('git', '-C', hooks, 'rev-parse', 'HEAD').stdout.strip()
        config = {'repos': [{'repo': hooks, 'rev': rev, 'hooks': [{'id': 'candor-check'}]}]}
        (r.path / '.pre-commit-config.yaml').write_text(yaml.safe_dump(config))
        r.commit('config')
        done = r.run('pre-commit', 'install')
        assert done.returncode == 0, done.stdout
        judge_hook(r)


if __name__ == '__main__':
    globals()['test_' + sys.argv[1]]()
    print(f'{sys.argv[1]}: ok')
