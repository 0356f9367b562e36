# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""release/reproducible: same commit and inputs, same bytes, wherever and however it is run."""
import os
import sys

from harness import CLEAN, expect, main, snapshot

HOSTILE = {b'sp ace': b'1', 'ünï/çödé'.encode(): b'2', b'raw\xff\xfe': b'3', b'-dash': b'4',
           b'deep/' * 40 + b'long': b'5'}


def unsigned(folder):
    return {name: data for name, data in snapshot(folder).items() if not name.endswith('.asc')}


def variants(bench):
    """Clones of one tree, each released under other circumstances."""
    bench.make_tree('first', HOSTILE)
    (bench.top / 'some/other place').mkdir(parents=True)
    yield 'first', 0o022, '/', {'TZ': 'UTC', 'LC_ALL': 'C', 'LANG': 'C'}
    yield 'some/other place/second', 0o077, bench.top, {
        'TZ': 'Pacific/Kiritimati', 'LC_ALL': 'tr_TR.ISO-8859-9', 'LANG': 'de_DE.UTF-8',
        'HOME': '/nonexistent', 'LANGUAGE': 'fr'}
    yield 'third', 0o000, bench.top / 'some', {'TZ': 'America/St_Johns', 'LC_ALL': 'C.UTF-8',
                                              'XZ_OPT': '-9', 'XZ_DEFAULTS': '-0',
                                              'TAR_OPTIONS': '--owner=1', 'POSIXLY_CORRECT': '1'}


def test_same_bytes(bench):
    inputs = bench.inputs()
    results = []
    for number, (name, mask, cwd, env) in enumerate(variants(bench)):
        tree = bench.top / name
        before = os.umask(mask)
        try:
            if not tree.exists():
                bench.git(bench.top, 'clone', '-q', bench.top / 'first', tree)
                bench.git(tree, 'config', 'core.quotePath', 'true')
                bench.git(tree, 'config', 'tar.umask', 'user')
            out = bench.top / f'out-{number}'
            expect(bench.release('--version', '9.8', *inputs, out=out, tree=tree, cwd=cwd,
                                 env=env), CLEAN)
        finally:
            os.umask(before)
        expect(bench.verify(path=out), CLEAN)
        assert {oct(p.stat().st_mode) for p in out.iterdir()} == {'0o100644'}
        results.append(unsigned(out))
    assert len(results) == 3 and len(results[0]) == 8
    for other in results[1:]:
        assert sorted(other) == sorted(results[0])
        for name, data in results[0].items():
            assert other[name] == data, name


def test_other_key_same_artefacts(bench):
    home = bench.top / 'gh2'
    bench.make_key(home, 'Rebuilder <r@example.org>')
    expect(bench.release(out=bench.top / 'a'), CLEAN)
    expect(bench.release(out=bench.top / 'b', env={'GNUPGHOME': str(home)}), CLEAN)
    assert unsigned(bench.top / 'a') == unsigned(bench.top / 'b')


def test_other_commit_other_bytes(bench):
    """The comparison above can fail."""
    expect(bench.release(out=bench.top / 'a'), CLEAN)
    bench.git(bench.tree, 'commit', '-q', '--allow-empty', '-m', 'second')
    expect(bench.release(out=bench.top / 'b'), CLEAN)
    a, b = unsigned(bench.top / 'a'), unsigned(bench.top / 'b')
    assert all(a[name] != b[name] for name in a)


if __name__ == '__main__':
    main(sys.modules[__name__])
