# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""release/evidence: test logs in, the same bytes out for the same results; bad logs named by line."""
import json
import sys

from harness import CLEAN, FINDINGS, TROUBLE, expect, main

EXPECTED = '''{
  "counts": {
    "fail": 1,
    "pass": 2,
    "skip": 2
  },
  "schema": 1,
  "tests": [
    {
      "build": "gcc",
      "name": "guest/timer",
      "result": "skip"
    },
    {
      "build": "gcc",
      "name": "unit/strbuf",
      "result": "pass"
    },
    {
      "build": "sanitized",
      "name": "unit/strbuf",
      "result": "fail"
    },
    {
      "build": "gcc",
      "name": "unit/text",
      "result": "skip"
    },
    {
      "build": "sanitized",
      "name": "unit/text",
      "result": "pass"
    }
  ]
}
'''


def record(name, result, **more):
    return json.dumps({'name': name, 'stdout': 'x\n', 'result': result, 'starttime': 1.5,
                       'duration': 0.25, 'env': {'A': 'b'}, **more}) + '\n'


def run(bench, *logs, labels=()):
    args = []
    for number, text in enumerate(logs):
        path = bench.top / f'log{number}.json'
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        args += ['--testlog', path]
    for label in labels:
        args += ['--label', label]
    return bench.run('evidence', *args, '--out', bench.top / 'e.json', '--lines',
                     bench.top / 'lines')


def test_expected(bench):
    one = [record('candor:unit / unit/strbuf', 'OK'), record('unit / unit/text', 'SKIP'),
           record('guest/timer', 'EXPECTEDFAIL', returncode=1)]
    two = [record('unit/text', 'OK'), record('unit/strbuf', 'TIMEOUT')]
    expect(run(bench, ''.join(one), ''.join(two), labels=['gcc', 'sanitized']), FINDINGS,
           '2 passed, 2 skipped, 1 failed')
    assert (bench.top / 'e.json').read_text() == EXPECTED
    assert (bench.top / 'lines').read_text() == (
        'guest/timer\tskipped\nunit/strbuf\tfailed\nunit/text\tpassed\n')
    expect(run(bench, ''.join(reversed(two)), ''.join(reversed(one)), labels=['sanitized', 'gcc']),
           FINDINGS)
    assert (bench.top / 'e.json').read_text() == EXPECTED


def test_words(bench):
    for word, status in (('OK', CLEAN), ('SKIP', CLEAN), ('EXPECTEDFAIL', CLEAN),
                         ('IGNORED', CLEAN), ('FAIL', FINDINGS), ('ERROR', FINDINGS),
                         ('TIMEOUT', FINDINGS), ('INTERRUPT', FINDINGS),
                         ('UNEXPECTEDPASS', FINDINGS)):
        expect(run(bench, record('a/b', word)), status)


def test_bad_logs(bench):
    good = record('unit/a', 'OK')
    for text, line, why in (
            ('', 1, 'empty'), (good + '\n' + good, 2, 'no JSON'), (good + '{', 2, 'no JSON'),
            (good + '[]\n', 2, 'no test record'), (good + '{"name": "a/b"}\n', 2, 'no test record'),
            (good + record('a/b', 'RUNNING'), 2, 'no final result'),
            (good + record('nameless', 'OK'), 2, 'tier/name'),
            (good + record('a/', 'OK'), 2, 'tier/name'), (record('/a', 'OK'), 1, 'tier/name'),
            (record('a/\u001b[1m', 'OK'), 1, 'tier/name'), (record('a//b', 'OK'), 1, 'tier/name'),
            (record('a/' + 'x' * 500, 'OK'), 1, 'tier/name'),
            ('{"name": "a/b", "name": "a/c", "result": "OK"}', 1, 'no JSON'),
            (b'\xff\xfe\n', 1, 'no JSON'), ('[' * 100000, 1, 'no JSON'), (b'\0\n', 1, 'no JSON'),
            ('"\\u001b', 1, 'no JSON'), (good + '{"name": "\x1b', 2, 'no JSON')):
        expect(run(bench, text), TROUBLE, f'log0.json:{line}: ', why)
        assert not (bench.top / 'e.json').exists() and not (bench.top / 'lines').exists()


def test_doubles_need_labels(bench):
    log = record('unit/a', 'OK')
    expect(run(bench, log, log), TROUBLE, "'unit/a' has two results", '--label')
    expect(run(bench, log + log), TROUBLE, 'two results')
    expect(run(bench, log, log, labels=['a', 'b']), CLEAN)
    expect(run(bench, log, log, labels=['a']), TROUBLE, 'as many labels')
    expect(run(bench, log, labels=['a b']), TROUBLE, '--label')


def test_paths(bench):
    expect(bench.run('evidence', '--out', 'x'), TROUBLE, '--testlog')
    expect(bench.run('evidence', '--testlog', 'x'), TROUBLE, '--out')
    expect(bench.run('evidence', '--testlog', bench.top / 'none', '--out', bench.top / 'e'),
           TROUBLE, 'none', 'meson test')
    log = bench.top / 'log'
    log.write_text(record('unit/a', 'OK'))
    expect(bench.run('evidence', '--testlog', log, '--out', bench.top / 'none/e'), TROUBLE,
           'none/e')


if __name__ == '__main__':
    main(sys.modules[__name__])
