#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""How long `candor check` takes for a tree of the size of Xen's, beside ripgrep.

The tree is Debian's Xen 4.17, fetched into FOLDER as the conformance tests do, or the one
that CANDOR_BENCH_TREE names; its pages are in memory. Told are the whole check, the
scanner alone beside ripgrep looking for one string in the same files, and the curve over
copies of the tree (hard links). Times on a busy machine say little; the processor's time
and the ratios say more.

usage: bench-check.py CANDOR FOLDER [LARGEST]
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / 'tests/conformance'))
import xen_source  # noqa: E402

CONFIG = ROOT / 'tests/conformance/xen-tree.yaml'
SUFFIXES = 'c,h,def,inc,py,sh,S,s,lua,build'
WHOLE_MS, MEMORY_KIB, RATIO, BEND = 500, 64 * 1024, 2.0, 1.5


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


def whole(candor, tree):
    """The whole check, and again: nothing is kept between two."""
    times = show('whole check', least(15, [candor, 'check', '--config', CONFIG, '--date',
                                           '2024-01-01'], tree))
    return [('the whole check in under 500 ms', times[0] < WHOLE_MS),
            ('memory under 64 MiB', times[2] < MEMORY_KIB)]


def scanner(candor, tree):
    """Our scanner beside ripgrep's for its prefix, in files of the same names."""
    if not shutil.which('rg'):
        print('ripgrep is not installed: nothing to compare with')
        return []
    empty = tree.parent / 'empty'
    empty.mkdir(exist_ok=True)
    statement = tree / 'SUPPORT.md'
    ours = show('scanner', least(15, [candor, 'check', '--tree', '.', '--statement', statement], tree))
    none = show('scanner over nothing', least(15, [candor, 'check', '--tree', '.', '--statement',
                                                   statement], empty))
    theirs = show('ripgrep', least(15, ['rg', '-j1', '--no-ignore', '--no-mmap', '-c', '-F', '-g',
                                        f'*.{{{SUFFIXES}}}', 'SUPPORT_', '.'], tree))
    idle = least(15, ['rg', '-j1', '--no-ignore', '-c', '-F', 'SUPPORT_', '.'], empty)
    ratio = (ours[1] - none[1]) / max(theirs[1] - idle[1], 1)
    print(f"ratio of the processor's time, without what both cost over nothing: {ratio:.2f}")
    return [(f'at most {RATIO} times ripgrep', ratio <= RATIO)]


def curve(candor, tree, folder, largest):
    """The cost per copy of the tree, which must not grow."""
    config = ('format: 1\npatterns:\n- id: options\n  kind: option\n  needs: _param(\n'
              '  match: \'_param\\("(?<name>[^"]+)\'\n  files: "**/*.c"\n')
    costs = {}
    with tempfile.TemporaryDirectory(dir=folder) as work:
        work = pathlib.Path(work)
        (work / 'candor.yaml').write_text(config, encoding='ascii')
        shutil.copy(tree / 'SUPPORT.md', work)
        nr = 0
        for copies in (1, 2, 5, 10, 20, 50, 100):
            if copies > largest:
                break
            while nr < copies:
                nr += 1
                subprocess.run(['cp', '-al', tree / 'xen', work / f'c{nr}'], check=True)
            times = least(3, [candor, 'check'], work)
            costs[copies] = times[1] / copies
            show(f'{copies} times the sources, {costs[copies]:.1f} ms each', times)
    first = costs[min(5, largest)]
    return [(f'linear: no copy costs {BEND} times what one of five does',
             max(costs[n] for n in costs if n >= 5) <= BEND * first)] if largest >= 5 else []


def main():
    """Measure, print, judge."""
    candor, folder = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    largest = int(sys.argv[3]) if len(sys.argv) > 3 else 100
    named = os.environ.get('CANDOR_BENCH_TREE')
    tree = pathlib.Path(named) if named else xen_source.get(folder)
    size = sum(path.stat().st_size for path in tree.rglob('*') if path.is_file())
    print(f'{tree.name}: {size / 2**20:.0f} MiB; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores')
    results = whole(candor, tree) + scanner(candor, tree) + curve(candor, tree, folder, largest)
    for what, ok in results:
        print('ok  ' if ok else 'OVER', what)
    return 0 if all(ok for _, ok in results) else 1


if __name__ == '__main__':
    sys.exit(main())
