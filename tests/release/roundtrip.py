# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""release/roundtrip: what is written is complete, well formed and accepted by other programs."""
import hashlib
import io
import lzma
import subprocess
import sys
import tarfile

from harness import (CLEAN, EPOCH, FINDINGS, STATEMENT, TROUBLE, expect, expect_nothing_left,
                     load_json, main, snapshot)

ARTEFACTS = ['UNCOMPRESSED.SHA256', 'candor-9.8-supported-x86_64.tar.xz', 'candor-9.8.tar.xz',
             'evidence.json', 'matrix.html', 'matrix.json', 'supported.lock']


def make(bench, *args):
    expect(bench.release('--version', '9.8', *bench.inputs(), *args), CLEAN, 'released: ')


def test_contents(bench):
    make(bench)
    names = sorted(ARTEFACTS + ['SHA256SUMS'])
    assert sorted(snapshot(bench.out)) == sorted(names + [n + '.asc' for n in names])
    assert all(p.stat().st_mode == 0o100644 for p in bench.out.iterdir())
    assert bench.out.stat().st_mode == 0o40755
    expect_nothing_left(bench, ['out'])


def test_accepted_by_candor(bench):
    make(bench)
    expect(bench.verify(), CLEAN, 'accepted')
    done = bench.verify('--json', '--fingerprint', bench.fingerprint.lower())
    expect(done, CLEAN)
    result = load_json(done)
    assert result['accepted'] is True
    assert [f['name'] for f in result['files']] == ['SHA256SUMS'] + ARTEFACTS
    assert {f['signer'] for f in result['files']} == {bench.fingerprint}
    expect_nothing_left(bench, ['out'])


def test_accepted_by_others(bench):
    make(bench, '--export-key', bench.top / 'exported.gpg')
    for keyring in bench.keyring, bench.top / 'exported.gpg':
        for name in ARTEFACTS + ['SHA256SUMS']:
            subprocess.run(['gpgv', '-q', '--keyring', keyring, bench.out / (name + '.asc'),
                            bench.out / name], check=True, capture_output=True)
    subprocess.run(['sha256sum', '--strict', '--quiet', '-c', 'SHA256SUMS'], cwd=bench.out,
                   check=True)
    listed = [line.split() for line in
              (bench.out / 'UNCOMPRESSED.SHA256').read_text().splitlines()]
    assert [name for _, name in listed] == ['candor-9.8-supported-x86_64.tar', 'candor-9.8.tar']
    for digest, name in listed:
        data = lzma.decompress((bench.out / (name + '.xz')).read_bytes())
        assert hashlib.sha256(data).hexdigest() == digest
    commit = bench.git(bench.tree, 'rev-parse', 'HEAD').strip()
    data = lzma.decompress((bench.out / 'candor-9.8.tar.xz').read_bytes())
    told = subprocess.run(['git', 'get-tar-commit-id'], input=data, capture_output=True,
                          check=True)
    assert told.stdout.strip() == commit


def entries(bench, name):
    data = lzma.decompress((bench.out / name).read_bytes())
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        return {m.name: (m, tar.extractfile(m).read() if m.isreg() else None) for m in tar}


def test_source_tarball(bench):
    (bench.tree / 'untracked').write_text('no')
    make(bench)
    found = entries(bench, 'candor-9.8.tar.xz')
    assert list(found) == sorted(found)
    assert sorted(found) == ['candor-9.8' + n for n in (
        '', '/LICENSES', '/LICENSES/GPL-2.0-or-later.txt', '/SUPPORT.md', '/a.c', '/link', '/run',
        '/src',        '/src/main.c')]
    for member, _ in found.values():
        assert (member.uid, member.gid, member.mtime) == (0, 0, EPOCH), member
    assert found['candor-9.8/run'][0].mode == 0o755
    assert found['candor-9.8/src'][0].mode == 0o755
    assert found['candor-9.8/SUPPORT.md'][0].mode == 0o644
    assert found['candor-9.8/src/main.c'][1] == b'int main(void);\n'
    assert found['candor-9.8/link'][0].linkname == 'src/main.c'


def test_image_tarball(bench):
    make(bench)
    prefix = 'candor-9.8-supported-x86_64'
    found = entries(bench, prefix + '.tar.xz')
    assert list(found) == [prefix] + [f'{prefix}/{n}' for n in (
        'GPL-2.0-or-later.txt', 'SUPPORT.md', 'candor.elf', 'candor.map', 'evidence.json',
        'matrix.html', 'matrix.json', 'supported.lock')]
    assert found[f'{prefix}/candor.elf'][1] == (bench.top / 'candor.elf').read_bytes()
    assert found[f'{prefix}/candor.map'][1] == b'a map'
    assert found[f'{prefix}/SUPPORT.md'][1] == STATEMENT


def test_source_date_epoch(bench):
    expect(bench.release(env={'SOURCE_DATE_EPOCH': '42'}), CLEAN)
    found = entries(bench, 'candor-0.1.0.tar.xz')
    assert {m.mtime for m, _ in found.values()} == {42}


def test_head_not_disk(bench):
    (bench.tree / 'SUPPORT.md').write_text('changed')
    expect(bench.release('--allow-dirty'), CLEAN, 'without the uncommitted changes')
    assert entries(bench, 'candor-0.1.0.tar.xz')['candor-0.1.0/SUPPORT.md'][1] == STATEMENT


def test_run_from_a_hook(bench):
    """git tells its hooks which repository they serve; --source still says which is released."""
    expect(bench.release(env={'GIT_DIR': '/nonexistent', 'GIT_INDEX_FILE': '/nonexistent',
                              'GIT_WORK_TREE': '/'}), CLEAN)


def test_second_run_keeps(bench):
    make(bench)
    before = snapshot(bench.out)
    expect(bench.release('--version', '9.8', *bench.inputs()), CLEAN, 'already there: ')
    assert snapshot(bench.out) == before
    expect_nothing_left(bench, ['out'])


def test_second_run_repairs_nothing_silently(bench):
    make(bench)
    (bench.out / 'matrix.json.asc').unlink()
    before = snapshot(bench.out)
    expect(bench.release('--version', '9.8', *bench.inputs()), TROUBLE, '--replace')
    assert snapshot(bench.out) == before


def test_replace(bench):
    make(bench)
    expect(bench.release('--version', '9.9'), TROUBLE, '--replace')
    assert (bench.out / 'candor-9.8.tar.xz').exists()
    expect(bench.release('--version', '9.9', '--replace'), CLEAN)
    assert not (bench.out / 'candor-9.8.tar.xz').exists()
    expect(bench.verify(), CLEAN)
    expect_nothing_left(bench, ['out'])


def test_replace_spares_what_is_no_release(bench):
    bench.out.mkdir()
    (bench.out / 'thesis.tex').write_text('years of work')
    expect(bench.release('--replace'), TROUBLE, 'is no release')
    (bench.out / 'SHA256SUMS').write_text('')
    (bench.out / 'sub').mkdir()
    expect(bench.release('--replace'), TROUBLE, 'is no release')
    assert (bench.out / 'thesis.tex').read_text() == 'years of work'
    expect_nothing_left(bench, ['out'])


def test_empty_folder_is_taken(bench):
    bench.out.mkdir()
    expect(bench.release(out=str(bench.out) + '//'), CLEAN)
    expect(bench.verify(), CLEAN)


def test_rsa_and_named_key(bench):
    home = bench.top / 'gh2'
    fingerprint = bench.make_key(home, 'Other <other@example.org>', 'rsa3072')
    keyring = bench.export_key(home, 'other.gpg')
    expect(bench.release('--key', 'other@example.org', env={'GNUPGHOME': str(home)}), CLEAN,
           fingerprint)
    expect(bench.run('verify', '--keyring', keyring, bench.out), CLEAN)
    expect(bench.verify(), FINDINGS, 'no key of the keyring made it')


def test_armoured_keyring(bench):
    armoured = bench.top / 'keyring.asc'
    armoured.write_bytes(bench.gpg(bench.home, '--armor', '--export'))
    expect(bench.release(), CLEAN)
    expect(bench.run('verify', '--keyring', armoured, bench.out), CLEAN, 'accepted')


if __name__ == '__main__':
    main(sys.modules[__name__])
