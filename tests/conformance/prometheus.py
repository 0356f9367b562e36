# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""prometheus.py CANDOR: `candor host prometheus`, read by Prometheus' own Python library, and by
`promtool check metrics` of Debian's package prometheus where that is installed.
"""
import re
import shutil
import sys

from common import GOLDEN, accepts, main, need, run

HOSTILE = 'a"b\\c\nd\x1b[1m{}=,\u202e'


def metrics(folder, candor, state, by):
    """The text for a host where `by` has asked for umip."""
    root = folder / 'root'
    root.mkdir(exist_ok=True)
    words = ['--root', root, '--state', state]
    accepts(candor, 'host', 'enable', 'umip', '--why', 'x', '--by', by, '--until', '2999-12-31', *words)
    accepts(candor, 'host', 'prometheus', '--out', folder / 'candor.prom', *words)
    return (folder / 'candor.prom').read_bytes()


def parsed(text):
    """{name: [(labels, value)]} as the library reads it."""
    from prometheus_client.parser import text_string_to_metric_families
    found = {}
    for family in text_string_to_metric_families(text.decode()):
        assert family.type == 'gauge' and family.documentation, family
        for sample in family.samples:
            found.setdefault(sample.name, []).append((sample.labels, sample.value))
    return found


def promtool(text):
    """Its verdict; None where it is not installed."""
    tool = shutil.which('promtool')
    return run(tool, 'check', 'metrics', input=text) if tool else None


def test_read(folder, candor):
    """What is told is what is read, whatever a name holds."""
    state = GOLDEN / 'host/pass-prometheus/state'
    text = metrics(folder, candor, state, HOSTILE)
    found = parsed(text)
    info = {labels['feature']: labels for labels, value in found['candor_feature_info']
            if value == 1}
    assert info['umip']['state'] == 'opt-in' and info['hypfs']['state'] == 'on', info
    assert info['umip']['opted_in_by'] == re.sub('[\x1b\u202e]', '\ufffd', HOSTILE), info
    assert {tuple(sorted(labels)) for labels in info.values()} == {(
        'feature', 'level', 'opted_in_by', 'security', 'state', 'taint', 'until')}
    expiry = {labels['feature']: value
              for labels, value in found['candor_feature_expiry_timestamp_seconds']}
    assert expiry['umip'] == 32503680000, expiry  # 3000-01-01T00:00:00Z
    taint = {labels['letter']: value for labels, value in found['candor_taint']}
    assert taint == {'D': 0, 'E': 1, 'P': 1, 'S': 0, 'U': 0}, taint
    grades = {labels['grade']: value for labels, value in found['candor_findings']}
    assert sum(grades.values()) == len(found['candor_finding_info']), found
    samples = [line.rsplit(' ', 1)[0] for line in text.decode().splitlines() if line[0] != '#']
    assert len(samples) == len(set(samples)), samples
    done = promtool(text)
    assert done is None or done.returncode == 0 and not done.stdout + done.stderr, done
    print('promtool:', 'not installed' if done is None else 'content')


def test_spoilt(folder, candor):
    """The judges refuse what is spoilt."""
    text = metrics(folder, candor, GOLDEN / 'host/pass-prometheus/state', 'alice')
    for spoilt in (text.replace(b'"umip"', b'"umip'), text.replace(b'} 1', b'} one', 1),
                   text.replace(b'# TYPE candor_taint gauge', b'# TYPE candor_taint gage')):
        assert spoilt != text
        done = promtool(spoilt)
        assert done is None or done.returncode, spoilt
        try:
            parsed(spoilt)
        except (AssertionError, ValueError, IndexError):
            continue
        raise AssertionError(spoilt)


need('prometheus_client')
main(sys.modules[__name__], sys.argv[1])
