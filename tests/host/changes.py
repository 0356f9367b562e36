#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""host/changes: `candor host` as an administrator meets it: many at once, no room, hostile words,
boot loaders that fail, records put there by others.

usage: changes.py CANDOR
"""
import json
import os
import pathlib
import resource
import signal
import subprocess
import sys
import tempfile

CANDOR = str(pathlib.Path(sys.argv[1]).resolve())
NAMES = [f'feature_{i:02d}' for i in range(24)]
HOSTILE = ('$(touch pwned) `touch pwned` "; touch pwned; "', "'; touch pwned #", '\x1b[2J\x1b]0;x\x07',
           '- a: b\n# c\n"', '\u202e\u2066', '${IFS}\\', 'no', '{}', '\tx\r\n', '%s%n', '&amp;<b>')


class Host:
    """A root of its own, and what runs on it."""
    def __init__(self, folder):
        self.root = pathlib.Path(folder) / 'root'
        self.root.mkdir()
        self.state = pathlib.Path(folder) / 'state'
        self.state.write_text('/support/policy lab\n' + ''.join(
            f'/support/features/{name} opt-in\n' for name in NAMES))
        self.log = self.root / 'var/lib/candor/opt-in.jsonl'
        self.grub = self.root / 'etc/default/grub.d/candor.cfg'

    def words(self, command, *words):
        return [CANDOR, 'host', command, *words, '--root', self.root, '--state', self.state]

    def run(self, command, *words, **options):
        return subprocess.run(self.words(command, *words), capture_output=True, timeout=60,
                              check=False, cwd=self.root, text=True, **options)

    def enable(self, name, why='x', *words, **options):
        return self.run('enable', name, '--why', why, '--by', 'alice', *words, **options)

    def files(self):
        """All there is, with its bytes."""
        return {path.relative_to(self.root): path.read_bytes()
                for path in sorted(self.root.rglob('*'))
                if path.is_file() and path.name != 'opt-in.lock'}

    def asked(self):
        """What GRUB's own way of reading the drop-in makes of it: a shell sources it."""
        out = subprocess.run(['sh', '-ec', 'GRUB_CMDLINE_XEN_DEFAULT=before; . "$1"; '
                              'printf %s "$GRUB_CMDLINE_XEN_DEFAULT"', 'sh', self.grub],
                             capture_output=True, check=True, text=True, cwd=self.root).stdout
        first, *words = out.split()
        assert first == 'before' and all(word.startswith('opt-in=') for word in words), out
        return ','.join(word.removeprefix('opt-in=') for word in words).split(',')


def test_many_at_once(host):
    """Two dozen enables at once: none is lost, in no file."""
    running = [subprocess.Popen(host.words('enable', name, '--why', 'x', '--by', name),
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
               for name in NAMES]
    assert [process.wait(timeout=120) for process in running] == [0] * len(NAMES)
    assert host.asked() == NAMES
    lines = [json.loads(line) for line in host.log.read_text().splitlines()]
    assert sorted(line['feature'] for line in lines) == NAMES
    records = json.loads(host.run('list', '--json').stdout)['records']
    assert [record['feature'] for record in records] == NAMES
    running = [subprocess.Popen(host.words('disable', name, '--why', 'x', '--by', 'b'),
                                stdout=subprocess.DEVNULL) for name in NAMES]
    assert [process.wait(timeout=120) for process in running] == [0] * len(NAMES)
    assert not host.grub.exists() and len(host.log.read_text().splitlines()) == 2 * len(NAMES)


def test_no_room(host):
    """A file system that takes no more bytes: it says so, and all is as it was."""
    assert host.enable(NAMES[0]).returncode == 0
    before = host.files()

    def no_room():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    for limit in (0, 10, 100, 200):
        done = host.enable(NAMES[1], 'y' * 300, preexec_fn=no_room)
        assert done.returncode == 2 and 'nothing is changed' in done.stderr, (limit, done)
        assert host.files() == before, limit
    assert host.enable(NAMES[1]).returncode == 0
    assert host.asked() == NAMES[:2]


def test_hostile_words(host):
    """Reasons and names stay text: in YAML and JSON, for a shell, on a terminal."""
    for name, text in zip(NAMES, HOSTILE):
        done = host.run('enable', name, '--why', text + '!', '--by', text[:40] + '!')
        assert done.returncode == 0, done
    host.asked()
    assert not list(host.root.rglob('pwned'))
    assert not set(host.grub.read_text()) - set(
        '\n \'"#$-./:;=@ABCDEFGHIJKLMNOPQRSTUVWXYZ_`abcdefghijklmnopqrstuvwxyz,0123456789{}')
    records = json.loads(host.run('list', '--json').stdout)['records']
    assert [record['why'] for record in records] == [text + '!' for text in HOSTILE]
    for words in (['list'], ['status'], ['list', '--yaml'], ['status', '--json']):
        out = host.run(*words).stdout
        assert not set(out) & {'\x1b', '\x07', '\r', '\u202e', '\u2066'}, (words, out)
    raw = ''.join(path.read_text() for path in host.root.rglob('*.yaml')) + host.log.read_text()
    assert '\x1b' not in raw and '\r' not in raw
    for bad in (b'\xff', b'x' * 1025):
        assert host.enable(NAMES[0], bad).returncode == 2


def test_boot_loader(host):
    """What puts the boot entry to use is run under the lock's shield, and its failure told."""
    program = host.root / 'update'
    program.write_text(f'#!/bin/sh\ncat {host.grub} >> {host.root}/ran; echo to the menu; exit 0\n')
    program.chmod(0o755)
    done = host.enable(NAMES[0], 'x', '--update-command', program)
    assert done.returncode == 0 and 'to the menu' not in done.stdout, done
    assert NAMES[0] in (host.root / 'ran').read_text()
    program.write_text('#!/bin/sh\nexit 3\n')
    done = host.enable(NAMES[1], 'x', '--update-command', program)
    assert done.returncode == 2 and 'status 3' in done.stderr, done
    assert 'record and drop-in are written' in done.stderr
    assert host.asked() == NAMES[:2]
    done = host.enable(NAMES[2], 'x', '--update-command', '/no/such/program')
    assert done.returncode == 2 and '/no/such/program' in done.stderr, done
    program.write_text('#!/bin/sh\nkill -9 $$\n')
    done = subprocess.run([CANDOR, 'host', 'apply', '--root', host.root, '--update-command',
                           program], capture_output=True, text=True, check=False)
    assert done.returncode == 2 and 'signal 9' in done.stderr, done


def test_put_there_by_others(host):
    """Files that are none of ours do no harm: a pipe, a folder, a link to elsewhere."""
    folder = host.root / 'etc/candor/opt-in.d'
    assert host.enable(NAMES[0]).returncode == 0
    elsewhere = host.root / 'elsewhere'
    elsewhere.write_text('kept')
    (folder / f'{NAMES[1]}.yaml').symlink_to(elsewhere)
    host.grub.unlink()
    host.grub.symlink_to(elsewhere)
    assert host.run('status').returncode == 1
    assert host.enable(NAMES[1]).returncode == 0
    assert elsewhere.read_text() == 'kept' and not host.grub.is_symlink()
    os.mkfifo(folder / f'{NAMES[2]}.yaml')
    (folder / f'{NAMES[3]}.yaml').mkdir()
    done = host.run('status')
    assert done.returncode == 1 and done.stdout.count('cannot be read') == 2, done
    before = host.files()
    done = host.enable(NAMES[4])
    assert done.returncode == 2 and 'cannot be read: 2' in done.stderr, done
    assert host.files() == before


def test_metrics_file(host):
    """The file is replaced at once, or stays as it was."""
    out = host.root / 'candor.prom'
    out.write_text('old\n')
    assert host.run('prometheus', '--out', out).returncode == 0
    text = out.read_text()
    assert 'candor_feature_info{feature="feature_00"' in text and 'old' not in text

    def no_room():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
    assert host.run('prometheus', '--out', out, preexec_fn=no_room).returncode == 2
    assert out.read_text() == text
    assert [path.name for path in host.root.glob('candor.prom*')] == ['candor.prom']


def main():
    """Each with a host of its own."""
    failed = 0
    for name, test in sorted(globals().items()):
        if not name.startswith('test_'):
            continue
        with tempfile.TemporaryDirectory(prefix='candor-') as folder:
            try:
                test(Host(folder))
                print(f'ok   {name}')
            except AssertionError as error:
                failed += 1
                print(f'FAIL {name}: line {error.__traceback__.tb_next.tb_lineno}'
                      if error.__traceback__.tb_next else f'FAIL {name}', error)
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
