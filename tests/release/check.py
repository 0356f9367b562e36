# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""release/check: what `candor check` refuses is not released, and it is HEAD that is checked."""
import pathlib
import shutil
import sys

from harness import CLEAN, FINDINGS, TROUBLE, expect, expect_nothing_left, lock, main

CASES = pathlib.Path(__file__).parents[1] / 'golden/check'


def files_of(case):
    """A golden case of the check as files for a tree, without the bench's own source."""
    skipped = ('expected.txt', 'args', 'object.records', 'object.lock-records')
    files = {str(path.relative_to(case)).encode(): path.read_bytes()
             for path in case.rglob('*') if path.is_file() and path.name not in skipped}
    return {b'a.c': b'', **files}


def tree_of(bench, name):
    return bench.make_tree(name, files_of(CASES / name))


def findings(bench, tree):
    """The status of `candor check` in a tree, and its findings without the count at the end."""
    done = bench.run('check', cwd=tree)
    return done.returncode, b''.join(done.stdout.splitlines(keepends=True)[:-1])


def test_same_as_check(bench):
    """Each golden case that needs no options: the findings of the check, and nothing written."""
    statuses = []
    for case in sorted(CASES.iterdir()):
        if (case / 'args').exists() or not (case / 'support/features.yaml').exists():
            continue
        tree = tree_of(bench, case.name)
        status, found = findings(bench, tree)
        done = bench.release(tree=tree)
        expect(done, status)
        assert done.stderr.startswith(found), (case.name, found, done.stderr)
        if status == CLEAN:
            shutil.rmtree(bench.out)
        else:
            said = done.stderr[len(found):].splitlines()
            assert len(said) == 2 and b'the release is refused: ' in said[0], (case.name, said)
            assert b'cannot' not in said[0]
        expect_nothing_left(bench)
        statuses.append(status)
    assert statuses.count(FINDINGS) > 25 and statuses.count(CLEAN) > 2, statuses
    assert TROUBLE in statuses


def test_report(bench):
    expect(bench.release(tree=tree_of(bench, 'pass-small')), CLEAN,
           '  check     4 features, 8 annotations, 0 errors, 0 warnings\n')


def test_nothing_to_check(bench):
    bench.git(bench.tree, 'rm', '-q', 'SUPPORT.md')
    bench.git(bench.tree, 'commit', '-q', '-m', 'no statement')
    expect(bench.release(), CLEAN, 'nothing to check: HEAD has neither SUPPORT.md nor')


def test_head_not_disk(bench):
    """A mistake that is not committed does not count; one that is counts, corrected on disk or not."""
    tree = tree_of(bench, 'pass-small')
    source = tree / 'src/things.c'
    good = source.read_text()
    bad = good.replace('SUPPORT_PROVIDES(alpha', 'SUPPORT_PROVIDES(alpah')
    source.write_text(bad)
    (tree / 'untracked.c').write_text(bad)
    expect(bench.release('--allow-dirty', tree=tree), CLEAN, ' 0 errors, 0 warnings')
    shutil.rmtree(bench.out)
    bench.git(tree, 'commit', '-q', '-m', 'bad', 'src/things.c')
    source.write_text(good)
    (tree / 'untracked.c').unlink()
    done = bench.release('--allow-dirty', tree=tree)
    expect(done, FINDINGS, "names the unknown feature 'alpah'; did you mean 'alpha'?",
           'src/things.c:7', 'uncommitted changes were not looked at')
    expect_nothing_left(bench)


def test_below_the_root(bench):
    """--source may name any folder of the tree; what is released is the whole."""
    tree = tree_of(bench, 'fail-bad-id')
    expect(bench.release(tree=tree / 'src'), FINDINGS, '[bad-id]', 'the release is refused')


def test_lock_and_images(bench):
    """The lock given and the images' records are held against HEAD's sources."""
    args = ['--profile', 'supported', '--lock', bench.write('l.lock', lock().encode()), '--image',
            bench.image('candor.elf', lock())]
    expect(bench.release(*args), CLEAN)
    shutil.rmtree(bench.out)
    bench.git(bench.tree, 'mv', 'a.c', 'b.c')
    bench.git(bench.tree, 'commit', '-q', '-m', 'moved')
    expect(bench.release(*args), FINDINGS, "candor.elf has a record 'provides' of 'pv_clock'",
           '[stale-record]', '1 error\n')
    expect(bench.release(*args[:4], tree=tree_of(bench, 'pass-small')), FINDINGS,
           "l.lock:5:1: error:", "unknown feature 'pv_clock'", '[unknown-id]')
    expect_nothing_left(bench)


if __name__ == '__main__':
    main(sys.modules[__name__])
