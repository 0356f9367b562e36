# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""release/tamper: no changed byte, lost, added or exchanged file gets past verify or gpgv."""
import os
import subprocess
import sys

from harness import CLEAN, FINDINGS, TROUBLE, expect, expect_nothing_left, load_json, main


def flipped(data, at):
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]


def places(data):
    return 0, len(data) // 2, len(data) - 1


def gpgv(bench, name):
    return subprocess.run(['gpgv', '-q', '--keyring', bench.keyring, bench.out / (name + '.asc'),
                           bench.out / name], check=False, capture_output=True).returncode


def sums(bench):
    return subprocess.run(['sha256sum', '--strict', '--status', '-c', 'SHA256SUMS'],
                          cwd=bench.out, check=False, capture_output=True).returncode


def test_one_byte_of_every_file(bench):
    expect(bench.release(*bench.inputs()), CLEAN)
    for path in sorted(bench.out.iterdir()):
        data = path.read_bytes()
        # test_every_byte_of_a_signature() does more of those.
        for at in [len(data) // 2] if path.suffix == '.asc' else places(data):
            path.write_bytes(flipped(data, at))
            expect(bench.verify(), FINDINGS, 'REFUSED', path.name.removesuffix('.asc'))
            if path.suffix != '.asc':
                assert gpgv(bench, path.name), (path, at)
                assert path.name == 'SHA256SUMS' or sums(bench), (path, at)
        # In a signature gpgv heeds the base64, not the lines around it.
        if path.suffix == '.asc':
            path.write_bytes(flipped(data, data.index(b'\n\n') + 40))
            assert gpgv(bench, path.stem), path
        path.write_bytes(data)
    expect(bench.verify(), CLEAN)
    expect_nothing_left(bench, ['out'])


def test_every_byte_of_a_signature(bench):
    expect(bench.release(), CLEAN)
    path = bench.out / 'SHA256SUMS.asc'
    data = path.read_bytes()
    for at in range(len(data)):
        path.write_bytes(flipped(data, at))
        expect(bench.verify(), FINDINGS, 'REFUSED')
    for changed in data + b'\n', data[:-1], data + data, b'', data.replace(b'\n', b'\r\n'):
        path.write_bytes(changed)
        expect(bench.verify(), FINDINGS, 'REFUSED')


def test_lost_file(bench):
    expect(bench.release(*bench.inputs()), CLEAN)
    for path in sorted(bench.out.iterdir()):
        data = path.read_bytes()
        path.unlink()
        expect(bench.verify(), FINDINGS, 'No such file')
        path.write_bytes(data)


def test_added_file(bench):
    expect(bench.release(), CLEAN)
    for name in b'stranger', b'stranger.asc', b'.hidden', b'SHA256SUMS.asc.asc', b'a\n\x1b[1mb\xff':
        path = os.path.join(os.fsencode(bench.out), name)
        with open(path, 'wb'):
            pass
        done = bench.verify()
        expect(done, FINDINGS, 'UNLISTED')
        assert b'\x1b' not in done.stdout and b'\xff' not in done.stdout
        expect(bench.verify('--json'), FINDINGS, 'unlisted')
        os.unlink(path)
    (bench.out / 'folder').mkdir()
    expect(bench.verify(), FINDINGS, 'UNLISTED')


def test_exchanged_signatures(bench):
    expect(bench.release(), CLEAN)
    a, b = bench.out / 'SHA256SUMS.asc', bench.out / 'UNCOMPRESSED.SHA256.asc'
    data = a.read_bytes(), b.read_bytes()
    a.write_bytes(data[1])
    b.write_bytes(data[0])
    done = bench.verify('--json')
    expect(done, FINDINGS)
    states = {f['name']: f['signature'] for f in load_json(done)['files']}
    assert states == {'SHA256SUMS': 'bad', 'UNCOMPRESSED.SHA256': 'bad',
                      'candor-0.1.0.tar.xz': 'good'}
    assert gpgv(bench, 'SHA256SUMS')


def test_list_made_by_another(bench):
    """All checksums right, all signatures valid, by a key that does not count."""
    home = bench.top / 'gh2'
    bench.make_key(home, 'Mallory <m@example.org>')
    expect(bench.release(env={'GNUPGHOME': str(home)}), CLEAN)
    expect(bench.verify(), FINDINGS, 'no key of the keyring made it')
    assert gpgv(bench, 'SHA256SUMS')


def test_fingerprint(bench):
    expect(bench.release(), CLEAN)
    expect(bench.verify('--fingerprint', 'A' * 40), FINDINGS, 'another key made it')
    expect(bench.verify('--fingerprint', bench.fingerprint), CLEAN)
    expect(bench.verify('--fingerprint', bench.fingerprint[:16]), TROUBLE, '40 hexadecimal')


def sign(bench, path, *args):
    path.with_name(path.name + '.asc').unlink()
    bench.gpg(bench.home, *args, '--detach-sign', '--armor', path)


def test_resigned_file(bench):
    """A file changed and signed again by a key that counts still differs from the list."""
    expect(bench.release(), CLEAN)
    path = bench.out / 'UNCOMPRESSED.SHA256'
    sign(bench, path)
    expect(bench.verify(), CLEAN)
    path.write_bytes(path.read_bytes() + b'\n')
    sign(bench, path)
    expect(bench.verify(), FINDINGS, 'DIFFERS', 'not the listed one')


def test_weak_digest(bench):
    expect(bench.release(), CLEAN)
    sign(bench, bench.out / 'SHA256SUMS', '--digest-algo', 'SHA512')
    expect(bench.verify(), CLEAN)
    sign(bench, bench.out / 'SHA256SUMS', '--digest-algo', 'SHA1')
    expect(bench.verify(), FINDINGS, 'REFUSED')


def test_expired_key(bench):
    """Made while the key was good; the key has run out since."""
    home = bench.top / 'gh2'
    home.mkdir(mode=0o700)
    then = '--faked-system-time', '20200101T000000!'
    bench.gpg(home, *then, '--passphrase', '', '--quick-gen-key', 'Old <o@example.org>', 'ed25519',
              'sign', '1y')
    expect(bench.release(), CLEAN)
    for path in bench.out.glob('*.asc'):
        path.unlink()
        bench.gpg(home, *then, '--armor', '--detach-sign', path.with_suffix(''))
    old = bench.export_key(home, 'old.gpg')
    expect(bench.run('verify', '--keyring', old, bench.out), FINDINGS, 'xpired')


def test_revoked_key(bench):
    expect(bench.release(), CLEAN)
    path = bench.home / 'openpgp-revocs.d' / f'{bench.fingerprint}.rev'
    bench.gpg(bench.home, '--import', input=path.read_bytes().replace(b':-----BEGIN', b'-----BEGIN'))
    revoked = bench.export_key(bench.home, 'revoked.gpg')
    expect(bench.run('verify', '--keyring', revoked, bench.out), FINDINGS, 'REFUSED')
    expect(bench.release(out=bench.top / 'again'), TROUBLE, 'no secret key that can sign')


def test_signature_options(bench):
    """A gpg.conf that adds to signatures does not make releases that only gpgv accepts."""
    (bench.home / 'gpg.conf').write_text('comment hello\nemit-version\narmor\n')
    expect(bench.release(), CLEAN)
    expect(bench.verify(), CLEAN)


def test_unlisted_in_the_list(bench):
    """A list that is signed but leaves a file out, or names one that is not there."""
    expect(bench.release(), CLEAN)
    path = bench.out / 'SHA256SUMS'
    lines = path.read_text().splitlines(keepends=True)
    for text in ''.join(lines[1:]), ''.join(lines) + '0' * 64 + '  zz\n':
        path.write_text(text)
        sign(bench, path)
        expect(bench.verify(), FINDINGS, 'REFUSED')


def test_malformed_list(bench):
    expect(bench.release(), CLEAN)
    path = bench.out / 'SHA256SUMS'
    good = path.read_text()
    first, second = good.splitlines(keepends=True)
    for text, where in (('', ':0'), (good[:-1], ':2'), (second + first, ':2'),
                        (first + first, ':2'), ('x' + good[1:], ':1'),
                        (first.replace('  ', ' *'), ':1'), ('0' * 64 + '  ../x\n', ':1'),
                        ('0' * 64 + '  -x\n', ':1'), ('0' * 64 + '  ' + 'x' * 300 + '\n', ':1'),
                        ('\0' * 80 + '\n', ':1')):
        path.write_text(text)
        expect(bench.verify(), FINDINGS, 'SHA256SUMS' + where if where != ':0' else 'REFUSED')


def test_link_instead_of_file(bench):
    expect(bench.release(), CLEAN)
    path = bench.out / 'UNCOMPRESSED.SHA256'
    os.rename(path, bench.top / 'elsewhere')
    os.symlink(bench.top / 'elsewhere', path)
    expect(bench.verify(), FINDINGS, 'no plain file')
    path.unlink()
    os.mkfifo(path)
    expect(bench.verify(), FINDINGS, 'no plain file')


def test_keyring_trouble(bench):
    expect(bench.release(), CLEAN)
    empty = bench.top / 'empty'
    empty.write_bytes(b'')
    for keyring, text in ((empty, 'empty'), (bench.top / 'none', 'none'), (bench.top, 'directory'),
                          (bench.tree / 'run', 'run')):
        expect(bench.run('verify', '--keyring', keyring, bench.out), TROUBLE, text)
    expect(bench.verify(path=bench.top / 'nowhere'), TROUBLE, 'nowhere')
    expect(bench.verify(path=empty), TROUBLE, 'Not a directory')
    expect_nothing_left(bench, ['out'])


def test_empty_folder(bench):
    (bench.top / 'void').mkdir()
    expect(bench.verify(path=bench.top / 'void'), FINDINGS, 'REFUSED')


def test_no_agent_and_user_keys_untouched(bench):
    """Verifying starts no agent and does not touch the user's GnuPG home."""
    expect(bench.release(), CLEAN)
    home = bench.top / 'user-home'
    home.mkdir(mode=0o700)
    expect(bench.verify(env={'GNUPGHOME': str(home)}), CLEAN)
    assert list(home.iterdir()) == []
    running = subprocess.run(['pgrep', '-f', f'{bench.top}/(tmp|user-home)'], check=False,
                             capture_output=True).stdout
    assert running == b'', running
    expect_nothing_left(bench, ['out'])


if __name__ == '__main__':
    main(sys.modules[__name__])
