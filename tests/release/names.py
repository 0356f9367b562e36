# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""release/names: file names of every kind go into the tarball as they are."""
import io
import lzma
import os
import subprocess
import sys
import tarfile
import unicodedata

from harness import CLEAN, expect, main

NAMES = {
    b'sp ace': b'a', b'new\nline': b'b', b'-dash': b'c', b'--': b'd', b'\x01ctrl\x1b[31m': b'e',
    b'raw\xff\xfe': b'f', 'ünï/çödé €'.encode(): b'g', b'back\\slash': b'h', b'quo"te\'': b'i',
    unicodedata.normalize('NFD', 'é').encode(): b'nfd', unicodedata.normalize('NFC', 'é').encode(): b'nfc',
    b'x' * 120: b'j', b'y' * 255: b'k', b'deep/' * 60 + b'file': b'l', b'a': b'm', b'a-b/c': b'n',
    b'a.d': b'o', b'trail ': b'p', b'*?[x]': b'q', b'empty': b'', b'raw\xc3/\x80\xf0': b'r',
    b'dir\xff/' + b'z' * 200: b's', b'VERSION': b't', b'pax_global_header': b'u',
}


def make(bench):
    tree = bench.make_tree('hostile', NAMES)
    os.symlink(b'../\xff\nnowhere', os.fsencode(tree) + b'/odd link')
    bench.git(tree, 'add', '-A')
    bench.git(tree, 'commit', '-q', '-m', 'links')
    expect(bench.release(tree=tree), CLEAN)
    return lzma.decompress((bench.out / 'candor-0.1.0.tar.xz').read_bytes())


def check_folder(top):
    found = {}
    for folder, _, files in os.walk(os.fsencode(top)):
        for name in files:
            path = os.path.join(folder, name)
            relative = os.path.relpath(path, os.fsencode(top))
            if os.path.islink(path):
                found[relative] = os.readlink(path)
            else:
                with open(path, 'rb') as f:
                    found[relative] = f.read()
    for name, data in NAMES.items():
        assert found.pop(name) == data, name
    assert found.pop(b'odd link') == b'../\xff\nnowhere'
    assert sorted(found) == [b'LICENSES/GPL-2.0-or-later.txt', b'SUPPORT.md', b'a.c', b'link', b'run',
                             b'src/main.c']


def test_gnu_tar(bench):
    data = make(bench)
    (bench.top / 'x').mkdir()
    done = subprocess.run(['tar', '-x', '-C', bench.top / 'x'], input=data, capture_output=True,
                          check=False, env=bench.environment)
    assert done.returncode == 0, done
    check_folder(bench.top / 'x/candor-0.1.0')


def test_python_tarfile(bench):
    data = make(bench)
    with tarfile.open(fileobj=io.BytesIO(data), encoding='utf-8', errors='surrogateescape') as tar:
        tar.extractall(bench.top / 'x')
    check_folder(bench.top / 'x/candor-0.1.0')


def test_utf8_is_declared(bench):
    """A name that is UTF-8 is a pax path record, not raw bytes of unknown meaning."""
    data = make(bench)
    with tarfile.open(fileobj=io.BytesIO(data), encoding='utf-8', errors='surrogateescape') as tar:
        headers = {m.name: m.pax_headers for m in tar}
    name = 'candor-0.1.0/ünï/çödé €'
    assert headers[name]['path'] == name
    assert 'hdrcharset' not in headers[name], headers[name]


def test_refused_names(bench):
    """A tree object can hold what no file system does."""
    blob = bench.git(bench.tree, 'rev-parse', 'HEAD:run').decode().strip()
    for name in '..', '.', 'a/../b':
        entry = f'100644 {name}\0'.encode() + bytes.fromhex(blob)
        tree = subprocess.run(['git', '-C', bench.tree, 'hash-object', '-t', 'tree', '-w',
                               '--stdin', '--literally'], input=entry, capture_output=True,
                              check=True, env=bench.environment).stdout.decode().strip()
        commit = bench.git(bench.tree, 'commit-tree', '-m', 'evil', tree).decode().strip()
        bench.git(bench.tree, 'update-ref', 'HEAD', commit)
        done = bench.release('--allow-dirty')
        assert done.returncode == 2 and b'\n       = ' in done.stderr, (name, done)
        assert not bench.out.exists()


if __name__ == '__main__':
    main(sys.modules[__name__])
