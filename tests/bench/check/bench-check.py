#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""How long `candor check` takes for a tree of the size of Xen's, beside ripgrep.

The tree is Debian's Xen 4.17, fetched into FOLDER as the conformance tests do, or the one
that CANDOR_BENCH_TREE names; its pages are in memory. Told are the whole check; the same again
after an edit of one file, in pairs with it, for nothing is kept between two checks; the scanner
alone beside ripgrep looking for one string in the same files, in pairs too; and the curves over
copies of the tree (hard links) and over growing statements, registries and sources. Times on a
busy machine say little; the processor's time and the ratios say more.

usage: bench-check.py CANDOR FOLDER [LARGEST]
"""
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / 'tests/conformance'))
import xen_source  # noqa: E402

CONFIG = ROOT / 'tests/conformance/xen-tree.yaml'
SUFFIXES = 'c,h,def,inc,py,sh,S,s,lua,build'
WHOLE_MS, AGAIN_MS, MEMORY_KIB, RATIO, BEND = 500, 100, 64 * 1024, 2.0, 1.5


def run(command, cwd):
    """Wall and processor time in ms, and the peak of memory in KiB, of one process."""
    start = time.perf_counter()
    with subprocess.Popen([str(word) for word in command], cwd=cwd, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode in (0, 1), f'{command}: {process.returncode}'
    return (time.perf_counter() - start) * 1e3, (used.ru_utime + used.ru_stime) * 1e3, used.ru_maxrss


def least(rounds, command, cwd):
    """The least of each over some rounds: what else the machine does only adds."""
    return [min(values) for values in zip(*(run(command, cwd) for _ in range(rounds)))]


def show(name, times):
    """One line of the report."""
    print(f'{name}: {times[0]:.0f} ms, of the processor {times[1]:.0f} ms, {times[2] / 1024:.1f} MiB')
    return times


def within(times, limit):
    """Is the wall time below the limit? On a machine that is busy with other work the wall time
    is not ours: the processor's is judged, which is more than the wall time of an idle one."""
    return times[0] < limit or (os.getloadavg()[0] > os.cpu_count() and times[1] < limit)


def pairs(rounds, first, second):
    """The least of each of two, run in turn, and the median of their ratios of processor time."""
    runs = [(first(), second()) for _ in range(rounds)]
    ratio = statistics.median(a[1] / max(b[1], 0.1) for a, b in runs)
    return [[min(values) for values in zip(*side)] for side in zip(*runs)], ratio


def whole(candor, tree, folder):
    """The whole check, and again after an edit, of a copy that may be edited."""
    command = [candor, 'check', '--config', CONFIG, '--date', '2024-01-01']
    with tempfile.TemporaryDirectory(dir=folder) as work:
        copy = pathlib.Path(work) / 'tree'
        subprocess.run(['cp', '-a', tree, copy], check=True)
        edited = sorted(copy.rglob('*.c'))

        def again():
            with open(edited[len(edited) // 2], 'ab') as file:
                file.write(b'/* edited */\n')
            return run(command, copy)

        run(command, copy)
        (times, after), ratio = pairs(15, lambda: run(command, copy), again)
    show('whole check', times)
    show('again after an edit', after)
    print(f"ratio of the processor's time, whole to again, by pairs: {ratio:.2f}")
    return [(f'the whole check in under {WHOLE_MS} ms', within(times, WHOLE_MS)),
            (f'again after an edit in under {AGAIN_MS} ms', within(after, AGAIN_MS)),
            ('memory under 64 MiB', max(times[2], after[2]) < MEMORY_KIB)]


def scanner(candor, tree, folder):
    """Our scanner beside ripgrep's for its prefix, in files of the same names, on one core."""
    if not shutil.which('rg'):
        print('ripgrep is not installed: nothing to compare with')
        return []
    with tempfile.TemporaryDirectory(dir=folder) as empty:
        # Pinned to one processor both have one thread.
        ours = ['taskset', '-c', '0', candor, 'check', '--tree', '.', '--statement',
                tree / 'SUPPORT.md']
        theirs = ['taskset', '-c', '0', 'rg', '-j1', '--no-ignore', '--no-mmap', '-c', '-F']
        glob = ['-g', f'*.{{{SUFFIXES}}}']
        none, idle = least(15, ours, empty), least(15, theirs + ['SUPPORT_', '.'], empty)
        (mine, other), _ = pairs(25, lambda: run(ours, tree),
                                 lambda: run(theirs + glob + ['SUPPORT_', '.'], tree))
    show('scanner', mine)
    show('scanner over nothing', none)
    show('ripgrep', other)
    ratio = (mine[1] - none[1]) / max(other[1] - idle[1], 1)
    print(f"ratio of the processor's time, without what both cost over nothing: {ratio:.2f}")
    return [(f'at most {RATIO} times ripgrep', ratio <= RATIO)]


def roomy(folder):
    """A folder in memory, where there is room for a tree and the folders of its copies."""
    memory = pathlib.Path('/dev/shm')
    is_roomy = os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2 << 30
    return memory if is_roomy else folder


def curve(candor, tree, folder, largest):
    """The cost per copy of the tree, which must not grow, and the memory, which must not either.

    The copies are hard links: a hundred of them take no more room than their folders, and are
    read as a hundred trees.
    """
    config = ('format: 1\npatterns:\n- id: options\n  kind: option\n  needs: _param(\n'
              '  match: \'_param\\("(?<name>[^"]+)\'\n  files: "**/xen/**/*.c"\n'
              'references:\n  files: "**/docs/**"\n')
    costs, memory = {}, []
    with tempfile.TemporaryDirectory(dir=roomy(folder)) as work:
        work = pathlib.Path(work)
        (work / 'candor.yaml').write_text(config, encoding='ascii')
        shutil.copy(tree / 'SUPPORT.md', work)
        subprocess.run(['cp', '-a', tree, work / 'c1'], check=True)
        # With it, the copy would be a tree of its own.
        (work / 'c1/SUPPORT.md').unlink()
        nr = 1
        for copies in (1, 2, 5, 10, 20, 50, 100):
            if copies > largest:
                break
            while nr < copies:
                nr += 1
                subprocess.run(['cp', '-al', work / 'c1', work / f'c{nr}'], check=True)
            times = least(3, [candor, 'check'], work)
            costs[copies] = times[1] / copies
            memory.append(times[2])
            show(f'{copies} times the tree, {costs[copies]:.1f} ms each', times)
    results = [(f'memory under 64 MiB at each of {len(memory)} sizes', max(memory) < MEMORY_KIB)]
    if largest >= 5:
        results.append((f'linear: no copy costs {BEND} times what one of five does',
                        max(costs[n] for n in costs if n >= 5) <= BEND * costs[5]))
    return results


def write_features(work, nr):
    """A registry, a statement and sources of so many features, all in order."""
    (work / 'support').mkdir(exist_ok=True)
    registry, statement = ['format: 1\nfeatures:\n'], ['# Release Support\n\n# Feature Support\n']
    for i in range(nr):
        if i % 100 == 0:
            statement.append(f'\n## Section {i // 100}\n')
        registry.append(f'  - id: f{i}\n    title: Feature {i}\n    section: Section {i // 100}\n'
                        '    owner: core\n    state: built\n'
                        + (f'    needs: [f{i - 1}]\n' if i else ''))
        statement.append(f'\n### Feature {i}\n\n    Status: Supported\n\nWhat it is for.\n')
        (work / f'f{i}.c').write_text(
            f'SUPPORT_PROVIDES(f{i}, "common");\nSUPPORT_TEST(f{i}, "unit/f{i}");\n'
            f'int g{i}(void) {{ return SUPPORT_ENABLED(f{i}); }}\n')
    (work / 'support/features.yaml').write_text(''.join(registry))
    (work / 'SUPPORT.md').write_text(''.join(statement))


def features_curve(candor, folder, largest):
    """The cost per feature of registry, statement and annotations, which must not grow."""
    costs = {}
    for times_ten in (1, 10, 100):
        if times_ten > largest:
            break
        nr = 50 * times_ten
        with tempfile.TemporaryDirectory(dir=folder) as work:
            write_features(pathlib.Path(work), nr)
            for words in (['check'], ['query'], ['matrix', '--html', '-', 'SUPPORT.md']):
                times = least(3, [candor, *words], work)
                costs[words[0], nr] = times[1] / nr
                show(f'{words[0]} of {nr} features, {times[1] / nr * 1e3:.0f} us each', times)
    return [(f'linear: no feature costs {BEND} times what one of 500 does to {words}',
             costs[words, 5000] <= BEND * costs[words, 500])
            for words in ('check', 'query', 'matrix') if (words, 5000) in costs]


def main():
    """Measure, print, judge."""
    candor, folder = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    largest = int(sys.argv[3]) if len(sys.argv) > 3 else 100
    named = os.environ.get('CANDOR_BENCH_TREE')
    tree = pathlib.Path(named) if named else xen_source.get(folder)
    size = sum(path.stat().st_size for path in tree.rglob('*') if path.is_file())
    print(f'{tree.name}: {size / 2**20:.0f} MiB; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores')
    results = (whole(candor, tree, folder) + scanner(candor, tree, folder)
               + features_curve(candor, folder, largest) + curve(candor, tree, folder, largest))
    for what, ok in results:
        print('ok  ' if ok else 'OVER', what)
    return 0 if all(ok for _, ok in results) else 1


if __name__ == '__main__':
    sys.exit(main())
