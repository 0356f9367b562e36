# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""release/refuse: what must not or cannot be released leaves a reason and nothing else."""
import os
import resource
import signal
import subprocess
import sys

from harness import CLEAN, FINDINGS, TROUBLE, expect, expect_nothing_left, lock, main


def test_dirty_tree(bench):
    (bench.tree / 'run').write_text('changed')
    expect(bench.release(), FINDINGS, 'tree: error: tracked files differ', '--allow-dirty')
    bench.git(bench.tree, 'add', 'run')
    expect(bench.release(), FINDINGS, 'tracked files differ')
    expect_nothing_left(bench)


def test_failed_tests(bench):
    inputs = bench.inputs()
    log = bench.top / 'log.json'
    with log.open('a') as f:
        f.write('{"name": "unit/broken", "result": "FAIL"}\n')
    expect(bench.run('evidence', '--testlog', log, '--out', bench.top / 'results.json'), FINDINGS)
    expect(bench.release(*inputs), FINDINGS, 'results.json: error: 1 failed', 'unit/broken')
    expect_nothing_left(bench)


def test_nothing_tested(bench):
    log = bench.top / 'log.json'
    log.write_text('{"name": "unit/a", "result": "SKIP"}\n')
    expect(bench.run('evidence', '--testlog', log, '--out', bench.top / 'results.json'), CLEAN)
    expect(bench.release('--evidence', bench.top / 'results.json'), FINDINGS, 'no test passed')


def test_forged_evidence(bench):
    path = bench.top / 'e.json'
    for text in ('', '{', '[]', '{}', '{"tests": []}', '{"tests": [1], "schema": 1}',
                 '[' * 100000, '{"schema": 2, "counts": {}, "tests": []}'):
        path.write_text(text)
        expect(bench.release('--evidence', path), TROUBLE, 'e.json')
    expect_nothing_left(bench)


def test_lock(bench):
    path = bench.top / 'l.lock'
    args = ['--image', bench.image('candor.elf', lock()), '--profile', 'supported', '--lock', path]
    path.write_text(lock())
    expect(bench.release(*args, out=bench.top / 'good'), CLEAN)
    for text, status, why in ((lock('lab'), FINDINGS, "profile 'lab'"), ('', TROUBLE, 'l.lock'),
                              (lock() + 'x\n', TROUBLE, 'l.lock:8'),
                              (lock().replace('umip = off', 'umip = on'), TROUBLE, 'altered'),
                              (lock(target='../x'), TROUBLE, 'l.lock')):
        path.write_text(text)
        expect(bench.release(*args), status, why)
    path.unlink()
    expect(bench.release(*args), TROUBLE, 'l.lock', 'No such file')
    expect(bench.release(*args[:2]), TROUBLE, '--image')
    expect(bench.release('--profile', 'supported'), TROUBLE, '--profile')
    expect_nothing_left(bench)


def test_image_differs_from_lock(bench):
    """Off but there, on but missing, built from another lock, without a lock, no ELF at all."""
    args = ['--profile', 'supported', '--lock', bench.write('l.lock', lock().encode()), '--image']
    for image, why in ((bench.image('extra.elf', lock(), ['pv_clock', 'umip']), 'umip is off'),
                       (bench.image('less.elf', lock(), []), 'pv_clock is on'),
                       (bench.image('other.elf', lock(umip='on')), 'lock the image carries'),
                       (bench.image('none.elf', ''), 'lock'),
                       (bench.write('image.bin', b'raw'), 'no image is an ELF file')):
        expect(bench.release(*args, image), FINDINGS, image.name, why)
    expect(bench.release(*args, bench.write('cut.elf', b'\x7fELF\2\1\1')), TROUBLE, 'cut.elf')
    expect_nothing_left(bench)


def test_images(bench):
    image = bench.image('candor.elf', lock())
    args = ['--profile', 'supported', '--lock', bench.write('l.lock', lock().encode()), '--image',
            image, '--image']
    for other, why in ((image, 'same name'), (bench.top / 'none', 'No such file'),
                       (bench.write('a b', b''), 'cannot stand in a release'),
                       (bench.tree, 'directory')):
        expect(bench.release(*args, other), TROUBLE, why)
    (bench.top / 'SUPPORT.md').write_text('not that of HEAD')
    expect(bench.release(*args, bench.top / 'SUPPORT.md'), TROUBLE, 'twice in the archive')
    bench.git(bench.tree, 'rm', '-q', '--cached', 'SUPPORT.md')
    bench.git(bench.tree, 'commit', '-q', '-m', 'second')
    expect(bench.release(*args[:-1]), TROUBLE, 'HEAD has no SUPPORT.md')
    expect_nothing_left(bench)


def test_names(bench):
    for version in '', '.5', '-1', 'a/b', 'x' * 200, 'a b', 'a\nb':
        expect(bench.release('--version', version), TROUBLE, '--version')
    for out in '/', '.', '..', str(bench.top) + '/.':
        expect(bench.release(out=out), TROUBLE, 'no folder of this name')
    expect_nothing_left(bench)


def test_no_key(bench):
    home = bench.top / 'gh2'
    home.mkdir(mode=0o700)
    env = {'GNUPGHOME': str(home)}
    expect(bench.release(env=env), TROUBLE, 'no secret key')
    expect(bench.release('--key', 'nobody@example.org', env=env), TROUBLE, 'nobody@example.org')
    expect(bench.release('--key', '0' * 40), TROUBLE, '0' * 40)
    expect(bench.release(env={'GNUPGHOME': '/proc/none'}), TROUBLE)
    expect_nothing_left(bench)


def test_two_keys(bench):
    bench.gpg(bench.home, '--passphrase', '', '--quick-gen-key', 'Two <two@example.org>', 'ed25519',
              'sign', '0')
    expect(bench.release(), TROUBLE, '2 usable', '--key')
    expect_nothing_left(bench)
    expect(bench.release('--key', bench.fingerprint), CLEAN)


def test_agent_cannot_sign(bench):
    """A protected key whose passphrase nobody can be asked for."""
    home = bench.top / 'gh2'
    home.mkdir(mode=0o700)
    (home / 'gpg-agent.conf').write_text('pinentry-program /bin/false\n')
    bench.gpg(home, '--pinentry-mode', 'loopback', '--passphrase', 'secret', '--quick-gen-key',
              'P <p@example.org>', 'ed25519', 'sign', '0')
    subprocess.run(['gpgconf', '--kill', 'gpg-agent'], check=True,
                   env={**bench.environment, 'GNUPGHOME': str(home)})
    key = bench.top / 'key.gpg'
    expect(bench.release('--export-key', key, env={'GNUPGHOME': str(home)}), TROUBLE,
           'gpg does not sign')
    assert not key.exists()
    expect_nothing_left(bench)


def test_no_git(bench):
    expect(bench.release(env={'PATH': str(bench.top / 'none')}), TROUBLE, 'git: error: cannot run')
    expect_nothing_left(bench)


def test_unwritable(bench):
    for out in bench.tree / 'run/x', '/proc/x', bench.top / 'none/x', '/dev/null':
        expect(bench.release(out=out), TROUBLE)
    expect(bench.release('--export-key', bench.top / 'none/key'), TROUBLE, 'none/key')
    expect_nothing_left(bench)


def test_export_key_goes_with_the_release(bench):
    bench.out.mkdir()
    (bench.out / 'x').write_text('')
    key = bench.top / 'key.gpg'
    expect(bench.release('--export-key', key), TROUBLE, 'exists and is not this release')
    assert not key.exists()


def test_disk_full(bench):
    """A limit on file size stands in for a full disk."""
    bench.git(bench.tree, 'gc', '-q')
    (bench.tree / 'big').write_bytes(os.urandom(300000))
    bench.git(bench.tree, 'add', 'big')
    bench.git(bench.tree, 'commit', '-q', '-m', 'big')
    expect(bench.release(preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE,
                                                               (100000, 100000))), TROUBLE)
    expect_nothing_left(bench)


def test_source(bench):
    expect(bench.release(tree=bench.top / 'none'), TROUBLE, 'none')
    (bench.top / 'plain').mkdir()
    expect(bench.release(tree=bench.top / 'plain'), TROUBLE, 'plain', 'not a git repository')
    bench.git(bench.top / 'plain', 'init', '-q')
    expect(bench.release(tree=bench.top / 'plain'), TROUBLE, 'plain')
    head = bench.git(bench.tree, 'rev-parse', 'HEAD').decode().strip()
    bench.git(bench.tree, 'update-index', '--add', '--cacheinfo', f'160000,{head},sub\x1b[1mmod')
    bench.git(bench.tree, 'commit', '-q', '-m', 'submodule')
    expect(bench.release('--allow-dirty'), TROUBLE, 'sub\\x1b[1mmod', 'submodules')
    expect_nothing_left(bench)


def test_damaged_repository(bench):
    blob = bench.git(bench.tree, 'rev-parse', 'HEAD:src/main.c').decode().strip()
    (bench.tree / '.git/objects' / blob[:2] / blob[2:]).unlink()
    expect(bench.release(), TROUBLE, 'src/main.c', 'git fsck')
    expect_nothing_left(bench)


def test_replaced_objects_do_not_count(bench):
    """git replace shows other content; a release holds what the commit's id says."""
    blob = bench.git(bench.tree, 'rev-parse', 'HEAD:src/main.c').decode().strip()
    other = bench.git(bench.tree, 'rev-parse', 'HEAD:run').decode().strip()
    expect(bench.release(out=bench.top / 'a'), CLEAN)
    bench.git(bench.tree, 'replace', blob, other)
    expect(bench.release(out=bench.top / 'b'), CLEAN)
    name = 'candor-0.1.0.tar.xz'
    assert (bench.top / 'a' / name).read_bytes() == (bench.top / 'b' / name).read_bytes()


def test_epoch(bench):
    for epoch in 'x', '-1', '1.5', '99999999999', '0x10', ' 1':
        expect(bench.release(env={'SOURCE_DATE_EPOCH': epoch}), TROUBLE, 'SOURCE_DATE_EPOCH')
    expect_nothing_left(bench)


def test_usage(bench):
    expect(bench.run('release'), TROUBLE, '--out')
    expect(bench.run('release', '--out'), TROUBLE, 'needs a value')
    expect(bench.run('release', '--ou', 'x'), TROUBLE, '--ou is no option')
    expect(bench.run('release', '-x'), TROUBLE, '-x is no option')
    expect(bench.run('release', 'x'), TROUBLE)
    expect(bench.run('release', '--replace=x'), TROUBLE, 'takes no value')
    expect(bench.run('release', '--out', 'x', '--out', 'y'), TROUBLE, 'twice')
    expect(bench.run('release', *['--image', 'x'] * 65), TROUBLE, 'once too often')
    expect(bench.run('verify'), TROUBLE, 'wants DIR')
    expect(bench.run('verify', 'a', 'b'), TROUBLE, 'unexpected')
    for command in 'release', 'verify', 'evidence':
        expect(bench.run(command, '--help'), CLEAN, 'Exit status')


if __name__ == '__main__':
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    main(sys.modules[__name__])
