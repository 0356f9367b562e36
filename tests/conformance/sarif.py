# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""sarif.py CANDOR: findings as SARIF, against the standard's own schema.

The schema is OASIS's for SARIF 2.1.0, out of the npm package @microsoft/jest-sarif, which
is fetched once and kept; CANDOR_SARIF_SCHEMA names another copy. Where
CANDOR_SARIF_MULTITOOL names Microsoft's `Sarif.Multitool`, that validates, too, by the rules
of the standard and those of GitHub's code scanning. Skipped without network and schema.
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile

from common import GOLDEN, ROOT, SKIP, accepts, main, need, run

sys.path.append(str(ROOT / 'tests/golden'))
import run as golden  # noqa: E402

PACKAGE = '@microsoft/jest-sarif@1.0.0-beta.0'
MEMBER = 'package/lib/schemas/sarif-2.1.0-rtm.5.json'
CACHE = pathlib.Path(os.environ.get('XDG_CACHE_HOME') or pathlib.Path.home() / '.cache') / 'candor'
TODAY = dict(os.environ, SOURCE_DATE_EPOCH=golden.TODAY)


def fetch(folder):
    """The schema's text, out of the package; None without npm or network."""
    if not shutil.which('npm'):
        return None
    try:
        done = subprocess.run(['npm', 'pack', '--silent', PACKAGE], cwd=folder, timeout=120,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    except subprocess.TimeoutExpired:
        return None
    found = sorted(folder.glob('*.tgz'))
    if done.returncode or not found:
        return None
    with tarfile.open(found[0]) as package:
        return package.extractfile(MEMBER).read()


def load():
    """The validator of the standard's schema, or None."""
    import jsonschema
    path = pathlib.Path(os.environ.get('CANDOR_SARIF_SCHEMA') or CACHE / 'sarif-2.1.0.json')
    if not path.exists():
        with tempfile.TemporaryDirectory() as folder:
            text = fetch(pathlib.Path(folder))
        if text is None:
            return None
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)
    return jsonschema.Draft4Validator(json.loads(path.read_bytes()))


def multitool(path):
    """What the standard's own validator finds wrong, but for a home page that we do not
    have, and for findings that are about a file and not a line."""
    tool = os.environ.get('CANDOR_SARIF_MULTITOOL')
    if not tool:
        return []
    out = path.with_suffix('.verdict')
    env = dict(os.environ, DOTNET_SYSTEM_GLOBALIZATION_INVARIANT='1')
    subprocess.run([tool, 'validate', path, '-o', out, '--log', 'ForceOverwrite', '--rule-kind',
                    'Sarif;Ghas'], env=env, stdout=subprocess.DEVNULL, check=False, timeout=300)
    verdict = json.loads(out.read_bytes())
    return [(result['ruleId'], result['message']) for result in verdict['runs'][0]['results']
            if result.get('level', 'warning') in ('error', 'warning') and
            result['ruleId'] not in ('SARIF2005', 'SARIF2017')]


def sarif(candor, tree, *words):
    """The findings of a tree as SARIF."""
    done = run(candor, 'check', '--format', 'sarif', *words, cwd=tree, env=TODAY)
    return done.stdout


def test_golden_cases(folder, candor, check):
    """Every golden case, and this tree itself: valid, and the findings are those of the JSON."""
    count = 0
    for case in [ROOT, *sorted((GOLDEN / 'check').iterdir())]:
        args = case / 'args'
        words = [word for word in (args.read_text().split() if args.exists() else [])
                 if word != '--json']
        tree = folder / case.name if case != ROOT else ROOT
        if case != ROOT:
            golden.prepare(case, tree)
        text = sarif(candor, tree, *words)
        if not text:
            continue
        value = json.loads(text)
        assert not list(check.iter_errors(value)), (case, list(check.iter_errors(value))[:3])
        count += 1
        plain = json.loads(run(candor, 'check', '--json', *words, cwd=tree,
                               env=TODAY).stdout)['diagnostics']
        results = value['runs'][0]['results']
        assert [(r['ruleId'], r['level'], r['partialFingerprints']['candor/v1']) for r in results] \
            == [(f['rule'], f['severity'], f['fingerprint']) for f in plain], case
        judge_places(tree, results, plain)
        judge_rules(value['runs'][0])
    assert count > 60, count


def judge_places(tree, results, plain):
    """Files are relative URIs, and columns count characters."""
    for result, finding in zip(results, plain):
        if finding['file'] is None:
            assert 'locations' not in result, result
            continue
        place = result['locations'][0]['physicalLocation']
        assert place['artifactLocation']['uriBaseId'] == 'SRCROOT', place
        if not finding['line']:
            assert 'region' not in place, place
            continue
        assert place['region']['startLine'] == finding['line'], place
        path = tree / finding['file']
        if not finding['column'] or not path.exists():
            continue
        line = path.read_bytes().split(b'\n')[finding['line'] - 1]
        before = line[:finding['column'] - 1].decode(errors='surrogateescape')
        assert place['region']['startColumn'] == len(before) + 1, (place, finding, line)


def judge_rules(document):
    """Each result's rule is described, with help."""
    rules = document['tool']['driver']['rules']
    for result in document['results']:
        rule = rules[result['ruleIndex']]
        assert rule['id'] == result['ruleId'], rule
        assert rule['help']['text'] and '**Bad**' in rule['help']['markdown'], rule
        assert rule['defaultConfiguration']['level'] == result['level'], rule


def test_states(folder, candor, check):
    """Waivers are suppressions, the baseline gives states, edits are fixes."""
    tree = folder / 'tree'
    golden.prepare(GOLDEN / 'check/fail-undefined-label', tree)
    accepts(candor, 'check', '--write-baseline', 'known.json', cwd=tree, env=TODAY)
    statement = tree / 'SUPPORT.md'
    statement.write_text(statement.read_text()
                         .replace('Tech preview', 'Technical preview')
                         .replace('# Release', '<!-- \u00e9 -->\n\n# Release')
                         .replace('### Number of things', '### Number of things \u00e9 ###'))
    (tree / 'support/waivers.yaml').write_text(
        'format: 1\nwaivers:\n- rule: closing-hashes\n  place: SUPPORT.md\n  owner: "o"\n'
        '  reason: "why \u201cnot\u201d"\n  expires: 2026-12-31\n')
    text = sarif(candor, tree, '--baseline', 'known.json')
    value = json.loads(text)
    assert not list(check.iter_errors(value)), list(check.iter_errors(value))[:3]
    results = value['runs'][0]['results']
    seen = sorted(result['baselineState'] for result in results)
    assert seen == sorted(['absent', 'unchanged'] + ['new'] * (len(results) - 2)), results
    suppressed = [result for result in results if result['suppressions']]
    assert [result['ruleId'] for result in suppressed] == ['closing-hashes'], suppressed
    assert 'why \u201cnot\u201d' in suppressed[0]['suppressions'][0]['justification'], suppressed
    changes = suppressed[0]['fixes'][0]['artifactChanges'][0]
    region = changes['replacements'][0]['deletedRegion']
    line = statement.read_text().splitlines()[region['startLine'] - 1]
    assert line[region['startColumn'] - 1:region['endColumn'] - 1] == ' ###', (line, region)
    path = tree / 'all.sarif'
    path.write_bytes(text)
    assert not multitool(path), multitool(path)


def test_repeatable(folder, candor, check):
    """The same bytes from the same tree; and a schema that refuses what is wrong."""
    tree = folder / 'tree'
    golden.prepare(GOLDEN / 'check/fail-hostile-text', tree)
    text = sarif(candor, tree)
    assert text == sarif(candor, tree)
    value = json.loads(text)
    del value['runs'][0]['tool']
    assert not check.is_valid(value)
    value = json.loads(text)
    value['runs'][0]['results'][0]['level'] = 'fatal'
    assert not check.is_valid(value)


if __name__ == '__main__':
    need('jsonschema')
    schema = load()
    if not schema:
        print('skipped: no schema of SARIF; set CANDOR_SARIF_SCHEMA, or have npm and a network')
        sys.exit(SKIP)
    main(sys.modules[__name__], str(pathlib.Path(sys.argv[1]).resolve()), schema)
