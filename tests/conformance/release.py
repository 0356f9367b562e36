# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""release.py CANDOR: a release of these sources, as programs of others judge it.

OpenPGP by gpgv and sqv, checksums by coreutils, xz by xz, the tarball by GNU tar, bsdtar
and git; and what is in it configures, builds and checks clean, without git and network.
"""
import contextlib
import hashlib
import lzma
import os
import shutil
import subprocess
import sys

from common import ROOT, accepts, flip, refuses, run

for folder in 'release', 'style':
    sys.path.append(str(ROOT / 'tests' / folder))
import harness  # noqa: E402
import tree  # noqa: E402

VERSION = '9.8'
PREFIX = f'candor-{VERSION}'


def make_source(bench):
    """A git tree of the sources as they are here, committed or not."""
    copy = bench.top / 'source'
    for name in tree.files_of(ROOT):
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, copy / name, follow_symlinks=False)
    bench.git(copy.parent, 'init', '-q', copy)
    # All that was copied is source, whatever .gitignore says.
    bench.git(copy, 'add', '-A', '-f')
    bench.git(copy, 'commit', '-q', '-m', 'sources')
    return copy


def test_signatures(bench, out):
    """gpgv and sqv accept every signature, and refuse a changed file and a changed signature."""
    judges = [['gpgv', '-q', '--keyring', bench.keyring], ['sqv', '--keyring', bench.keyring]]
    names = sorted(p.name for p in out.iterdir() if p.suffix != '.asc')
    assert len(names) > 5, names
    for name in names:
        for judge in judges:
            accepts(*judge, out / (name + '.asc'), out / name, env=bench.environment)
    path = out / 'SHA256SUMS'
    changed = bench.top / 'changed'
    changed.write_bytes(flip(path.read_bytes(), 5))
    other_key = bench.top / 'gh2'
    bench.make_key(other_key, 'Other <other@example.org>')
    other_ring = bench.export_key(other_key, 'other.gpg')
    for judge in judges:
        refuses(*judge, str(path) + '.asc', changed, env=bench.environment)
        refuses(*judge, str(path) + '.asc', out / 'matrix.json', env=bench.environment)
        refuses(*judge[:-1], other_ring, str(path) + '.asc', path, env=bench.environment)


def test_sums(bench, out):
    """sha256sum, run where the files are."""
    judge = ['sha256sum', '--strict', '--quiet', '-c', 'SHA256SUMS']
    accepts(*judge, cwd=out)
    path = out / 'matrix.html'
    data = path.read_bytes()
    path.write_bytes(flip(data, len(data) // 2))
    refuses(*judge, cwd=out)
    path.unlink()
    refuses(*judge, cwd=out)
    path.write_bytes(data)


def test_xz(bench, out):
    """xz finds both tarballs whole; unpacked they are what UNCOMPRESSED.SHA256 says."""
    sums = (out / 'UNCOMPRESSED.SHA256').read_text()
    paths = sorted(out.glob('*.tar.xz'))
    assert len(paths) == 2, paths
    for path in paths:
        accepts('xz', '-t', path)
        digest = hashlib.sha256(accepts('xz', '-dc', path)).hexdigest()
        assert f'{digest}  {path.name[:-3]}\n' in sums, sums
    data = paths[0].read_bytes()
    for broken in data[:-1], flip(data, len(data) // 2):
        bad = bench.top / 'bad.xz'
        bad.write_bytes(broken)
        refuses('xz', '-t', bad)


def listings(tarball):
    """What GNU tar and bsdtar say is in a tarball."""
    gnu = accepts('tar', '--quoting-style=literal', '-tf', tarball)
    bsd = accepts('bsdtar', '-tf', tarball)
    return [sorted(name for name in listed.decode().splitlines() if not name.endswith('/'))
            for listed in (gnu, bsd)]


def test_listing(bench, out):
    """GNU tar, bsdtar and git agree on what the source tarball holds, and on its modes."""
    tarball = out / f'{PREFIX}.tar.xz'
    files = bench.git(bench.source, 'ls-tree', '-r', '--name-only', 'HEAD').decode().splitlines()
    wanted = sorted(f'{PREFIX}/{name}' for name in files)
    for listed in listings(tarball):
        assert listed == wanted, set(listed) ^ set(wanted)
    unpacked = bench.top / 'unpacked'
    unpacked.mkdir()
    accepts('tar', '-xf', tarball, '-C', unpacked)
    for line in bench.git(bench.source, 'ls-tree', '-r', 'HEAD').decode().splitlines():
        what, name = line.split('\t')
        path = unpacked / PREFIX / name
        mode = '120000' if path.is_symlink() else \
            '100755' if path.stat().st_mode & 0o100 else '100644'
        assert what.split()[0] == mode, line
    data = lzma.decompress(tarball.read_bytes())
    bad = bench.top / 'bad.tar'
    bad.write_bytes(flip(data, data.index(PREFIX.encode())))  # a header's checksum is wrong
    for judge in 'tar', 'bsdtar':
        refuses(judge, '-tf', bad)
    fewer = bench.top / 'fewer.tar'
    accepts('bsdtar', '-cf', fewer, '--exclude', f'{PREFIX}/SUPPORT.md', f'@{tarball}')
    assert all(listed != wanted for listed in listings(fewer))


def test_commit_id(bench, out):
    """git reads from the tarball which commit it is of."""
    judge = ['git', 'get-tar-commit-id']
    data = lzma.decompress((out / f'{PREFIX}.tar.xz').read_bytes())
    head = bench.git(bench.source, 'rev-parse', 'HEAD').decode().strip()
    assert accepts(*judge, input=data).decode().strip() == head
    plain = bench.top / 'plain.tar'
    accepts('tar', '-cf', plain, '-C', bench.source, 'SUPPORT.md')
    refuses(*judge, input=plain.read_bytes())


def offline():
    """Words before a command that has no network; none where that is not allowed."""
    words = ['unshare', '--net', '--']
    return words if shutil.which('unshare') and not run(*words, 'true').returncode else []


def test_builds(bench, out):
    """What is in the source tarball is enough to build candor and to check itself."""
    place = bench.top / 'elsewhere'
    place.mkdir()
    accepts('tar', '-xf', out / f'{PREFIX}.tar.xz', '-C', place)
    source, build = place / PREFIX, place / 'b'
    assert not (source / '.git').exists()
    environment = {**bench.environment, 'GIT_DIR': '/nonexistent'}
    setup = [*offline(), 'meson', 'setup', '--wrap-mode=nodownload', '-Dhypervisor=false',
             '-Demulated_tests=false', '-Dbuildtype=plain', build, source]
    accepts(*setup, env=environment)
    accepts(*offline(), 'ninja', '-C', build, f'-j{min(2, os.cpu_count() or 1)}',
            'tools/candor/candor', env=environment)
    candor = build / 'tools/candor/candor'
    accepts(candor, 'check', '--tree', source)
    accepts(candor, 'policy', 'lock', '--all', '--check', '--tree', source)
    # Without one of the files neither goes through.
    (source / 'support/features.yaml').write_text('format: 1\nfeatures: []\n')
    refuses(candor, 'check', '--tree', source)
    (source / 'support/base/text.c').unlink()
    shutil.rmtree(build)
    refuses(*setup, env=environment)


def inputs(bench):
    """Options for a full release of this tree: its own image and lock, which the release
    holds against the sources."""
    image, policy = sys.argv[2:]
    words = [str(word) for word in bench.inputs()]
    words[words.index('--image') + 1] = image
    words[words.index('--profile') + 1] = policy
    words[words.index('--lock') + 1] = str(bench.source / f'policy/profiles/{policy}.lock')
    return words


def main():
    """Make one release and show it to every judge."""
    os.environ.pop('SOURCE_DATE_EPOCH', None)
    failed = 0
    with contextlib.closing(harness.Bench(sys.argv[1])) as bench:
        bench.source = make_source(bench)
        harness.expect(bench.release('--version', VERSION, *inputs(bench), tree=bench.source),
                       harness.CLEAN, 'released: ')
        for name, test in sorted(globals().items()):
            if not name.startswith('test_'):
                continue
            try:
                test(bench, bench.out)
                print(f'ok   {name}')
            except (AssertionError, OSError, ValueError, subprocess.SubprocessError) as error:
                failed += 1
                print(f'FAIL {name}: {error}')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
