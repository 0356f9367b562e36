# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""A throw-away key, a small git tree and a candor to run on it, for the release tests.

A test is a function test_*(bench); main() runs those of the calling script. One failure
fails the script, which the test runner reports.
"""
import contextlib
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import traceback

CLEAN, FINDINGS, TROUBLE = 0, 1, 2
EPOCH = 1700000000
EVIDENCE_LOG = ('{"name": "candor:unit / unit/strbuf", "result": "OK", "duration": 0.1}\n'
                '{"name": "candor:guest / guest/timer", "result": "SKIP", "duration": 9}\n')


def lock(profile='supported', umip='off', target='x86_64'):
    """A sealed lock: its decision id is the digest of what it decides."""
    values = {'lock.format': '1', 'lock.profile': profile, 'lock.target': target,
              'input.facts': 'sha256:' + '0' * 64, 'feature.pv_clock': 'on',
              'feature.umip': umip}
    text = ''.join(f'{key}={value}\n' for key, value in values.items())
    values['lock.decision'] = 'sha256:' + hashlib.sha256(text.encode()).hexdigest()
    return ''.join(f'{key} = {value}\n' for key, value in values.items())


# What the records of image() come from, and a statement that the check accepts.
SOURCE = b'SUPPORT_PROVIDES(pv_clock, "x86");\n'
STATEMENT = b'% Small\n\n# Release Support\n\n# Feature Support\n'


class Bench:
    """Temporary folder `top` with GnuPG home, tree and inputs; removed at the end."""

    def __init__(self, candor):
        self.candor = os.path.abspath(candor)
        # Agents listen on sockets below it, whose paths must be short.
        self.top = pathlib.Path(tempfile.mkdtemp(prefix='candor-', dir='/tmp'))
        self.out = self.top / 'out'
        self.home = self.top / 'gh'
        self.environment = {
            'PATH': os.environ['PATH'], 'HOME': str(self.top), 'GNUPGHOME': str(self.home),
            'TMPDIR': str(self.top / 'tmp'), 'GIT_CONFIG_NOSYSTEM': '1',
            'GIT_CONFIG_GLOBAL': '/dev/null', 'GIT_AUTHOR_NAME': 'T', 'GIT_AUTHOR_EMAIL': 't@t',
            'GIT_COMMITTER_NAME': 'T', 'GIT_COMMITTER_EMAIL': 't@t',
            'GIT_AUTHOR_DATE': f'{EPOCH} +0100', 'GIT_COMMITTER_DATE': f'{EPOCH} +0100'}
        for name in os.environ:  # sanitizers' and coverage's settings
            if name.endswith('_OPTIONS'):
                self.environment[name] = os.environ[name]
        (self.top / 'tmp').mkdir()
        self.fingerprint = self.make_key(self.home, 'Release <release@example.org>')
        self.keyring = self.export_key(self.home, 'keyring.gpg')
        self.tree = self.make_tree('tree')

    def close(self):
        for home in self.top.glob('gh*'):
            subprocess.run(['gpgconf', '--kill', 'all'], check=False,
                           env={**self.environment, 'GNUPGHOME': str(home)})
        shutil.rmtree(self.top, ignore_errors=True)

    def gpg(self, home, *args, **kwargs):
        return subprocess.run(['gpg', '--batch', '--quiet', *args], check=True,
                              capture_output=True,
                              env={**self.environment, 'GNUPGHOME': str(home)}, **kwargs).stdout

    def make_key(self, home, user, kind='ed25519'):
        home.mkdir(mode=0o700)
        self.gpg(home, '--passphrase', '', '--quick-gen-key', user, kind, 'sign', '0')
        listing = self.gpg(home, '--list-keys', '--with-colons').decode()
        return next(line.split(':')[9] for line in listing.splitlines()
                    if line.startswith('fpr'))

    def export_key(self, home, name):
        path = self.top / name
        path.write_bytes(self.gpg(home, '--export'))
        return path

    def git(self, tree, *args):
        return subprocess.run(['git', '-C', tree, *args], check=True, capture_output=True,
                              env=self.environment).stdout

    def make_tree(self, name, files=None):
        """A committed tree; `files` maps byte names to bytes."""
        tree = self.top / name
        tree.mkdir()
        base = {b'SUPPORT.md': STATEMENT, b'a.c': SOURCE, b'LICENSES/GPL-2.0-or-later.txt': b'GPL\n',
                b'src/main.c': b'int main(void);\n', b'run': b'#!/bin/sh\n'}
        for path, data in {**base, **(files or {})}.items():
            target = os.path.join(os.fsencode(tree), path)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            with open(target, 'wb') as f:
                f.write(data)
        os.chmod(tree / 'run', 0o700)
        os.symlink('src/main.c', tree / 'link')
        self.git(tree, 'init', '-q')
        self.git(tree, 'add', '-A')
        self.git(tree, 'commit', '-q', '-m', 'first')
        return tree

    def run(self, *args, env=None, **kwargs):
        return subprocess.run([self.candor, *map(str, args)], capture_output=True, check=False,
                              env={**self.environment, **(env or {})}, timeout=120, **kwargs)

    def release(self, *args, out=None, tree=None, **kwargs):
        return self.run('release', '--out', out or self.out, '--source', tree or self.tree,
                        *args, **kwargs)

    def verify(self, *args, path=None, **kwargs):
        return self.run('verify', path or self.out, '--keyring', self.keyring, *args, **kwargs)

    def write(self, name, data):
        (self.top / name).write_bytes(data)
        return self.top / name

    def image(self, name, carried, provides=('pv_clock',)):
        """An ELF object with the records that a build leaves in an image."""
        records = ''.join(f'lock\t{line.replace(" = ", chr(9))}\n'
                          for line in carried.splitlines())
        support = ''.join(f'provides\t{id}\tx86\ta.c:1\n' for id in provides)
        source = ''.join(f'.section {section},"R",@progbits\n.ascii {json.dumps(text)}\n'
                         for section, text in (('.candor.lock', records),
                                               ('.candor.support', support)))
        subprocess.run(['as', '-o', self.top / name, '-'], input=source.encode(), check=True)
        return self.top / name

    def inputs(self):
        """Options for a full release, with their files written."""
        write = self.write
        write('log.json', EVIDENCE_LOG.encode())
        done = self.run('evidence', '--testlog', self.top / 'log.json', '--out',
                        self.top / 'results.json')
        expect(done, CLEAN)
        return ['--image', self.image('candor.elf', lock()),
                '--image', write('candor.map', b'a map'),
                '--profile', 'supported',
                '--lock', write('a.lock', lock().encode()),
                '--matrix-html', write('m.html', b'<html></html>\n'),
                '--matrix-json', write('m.json', b'{}\n'),
                '--evidence', self.top / 'results.json']


def expect(done, status, *texts):
    """The exit status, and each text in what it said; nothing a terminal would obey."""
    said = done.stdout + done.stderr
    assert done.returncode == status, f'status {done.returncode}, not {status}: {said!r}'
    assert b'Sanitizer' not in said, said
    for text in texts:
        assert text.encode() in said, f'{text!r} not in {said!r}'
    assert not any(c < 32 and c != 10 for c in said), said
    if status == TROUBLE:
        assert b'\n       = ' in done.stderr, said


def expect_nothing_left(bench, allowed=()):
    """No release, no partial one, no temporary home."""
    left = [p.name for p in bench.top.iterdir() if 'partial' in p.name or p.name == 'out']
    left += [p.name for p in (bench.top / 'tmp').iterdir()]
    assert sorted(left) == sorted(allowed), left


def snapshot(folder):
    return {p.name: p.read_bytes() for p in sorted(folder.iterdir())}


def main(module):
    """Run every test_* of `module` on a bench of its own; argv: candor [TEST]..."""
    names = sys.argv[2:] or [name for name in vars(module) if name.startswith('test_')]
    failed = 0
    for name in names:
        with contextlib.closing(Bench(sys.argv[1])) as bench:
            try:
                getattr(module, name)(bench)
                print(f'ok   {name}')
            except Exception:  # every other test still runs
                failed += 1
                print(f'FAIL {name}')
                traceback.print_exc(file=sys.stdout)
    sys.exit(1 if failed or not names else 0)


def load_json(done):
    return json.loads(done.stdout)
