# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""documents.py CANDOR LIBRARY: all that is written as JSON, against the schemas in docs/schema.

Python parses it more strictly than it must: no key twice, no numbers out of range. The
schemas are honest: of each document, any key more, key less or value of another type is
refused. Every rendering of libcandor's as JSON has a schema, and every schema a document here.
"""
import copy
import ctypes
import json
import os
import pathlib
import re
import shutil
import sys

from common import GOLDEN, ROOT, accepts, main, need, run, statements

sys.path.append(str(ROOT / 'tests/release'))
import harness  # noqa: E402
sys.path.append(str(ROOT / 'tests/history'))
import repository  # noqa: E402

SCHEMAS = {path.name.removesuffix('.schema.json'): path
           for path in sorted((ROOT / 'docs/schema').glob('*.schema.json'))
           if path.name != 'candor.schema.json'}  # of a file we read: config-schema.py
# Where a rendering is not named as the schema.
NAMES = {'diagnostics': 'check', 'baseline': 'check-baseline', 'rule': 'explain-rule',
         'inspection': 'inspect', 'verification': 'verify'}
# What is no rendering of the library's: a host's records and states.
OF_HOSTS = {'fleet-report', 'host-list', 'host-log', 'host-record', 'host-status'}
JUDGED = set()
# Documents whose keys are promised to be sorted.
SORTED = ('evidence', 'verify')


def pairs_to_object(pairs):
    """No key twice."""
    names = [name for name, _ in pairs]
    assert len(set(names)) == len(names), f'a key twice among {names}'
    return dict(pairs)


def refuse_number(text):
    """NaN and Infinity, which are not JSON; and fractions, of which we write none."""
    raise AssertionError(f'the number {text}')


def parse(text):
    """Strictly, as UTF-8 of one document and a line's end."""
    assert text.endswith(b'\n') and not text.endswith(b'\n\n'), text[-20:]
    return json.loads(text.decode('utf-8', errors='strict'), object_pairs_hook=pairs_to_object,
                      parse_constant=refuse_number, parse_float=refuse_number)


def keys_unsorted(value):
    """Is there an object in it with keys in another order?"""
    if isinstance(value, list):
        return any(keys_unsorted(item) for item in value)
    return isinstance(value, dict) and \
        (list(value) != sorted(value) or any(keys_unsorted(item) for item in value.values()))


def validator(name):
    """Of a schema, which itself is valid."""
    import jsonschema
    schema = parse(SCHEMAS[name].read_bytes())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def complaints(name, value):
    """What the schema says of a document."""
    return [f'{error.json_path}: {error.message}' for error in validator(name).iter_errors(value)]


def places(value, path=()):
    """Paths to all values of a document, of each list only the first and the last item."""
    yield path
    if isinstance(value, dict):
        for name in value:
            yield from places(value[name], path + (name,))
    elif isinstance(value, list):
        for i in sorted({0, len(value) - 1}) if value else ():
            yield from places(value[i], path + (i,))


def at(value, path):
    """The value at a path."""
    for step in path:
        value = value[step]
    return value


def mutations(value, optional):
    """(what was done, document) for each way to spoil a document."""
    for path in places(value):
        here = at(value, path)
        if isinstance(here, dict):
            for name in [n for n in here if n not in optional]:
                other = copy.deepcopy(value)
                del at(other, path)[name]
                yield f'{path} without {name}', other
            other = copy.deepcopy(value)
            at(other, path)['surprise'] = 1
            yield f'{path} with a surprise', other
        for wrong in ({'surprise': 1}, 1.5, [[1.5]]):
            if path:
                other = copy.deepcopy(value)
                at(other, path[:-1])[path[-1]] = wrong
                yield f'{path} is {wrong}', other


def optional_keys(name):
    """Properties of the schema that no object requires."""
    found = set()

    def visit(schema):
        if isinstance(schema, dict):
            if 'properties' in schema:
                assert schema.get('additionalProperties') is False, schema
                found.update(set(schema['properties']) - set(schema['required']))
            for part in schema.values():
                visit(part)
        elif isinstance(schema, list):
            for part in schema:
                visit(part)
    visit(parse(SCHEMAS[name].read_bytes()))
    return found


def judge(name, text):
    """A document fits its schema, and nothing else would."""
    value = parse(text)
    JUDGED.add(name)
    assert not complaints(name, value), (name, complaints(name, value), text)
    assert name not in SORTED or not keys_unsorted(value), text
    check = validator(name)
    for what, other in mutations(value, optional_keys(name)):
        assert not check.is_valid(other), f'schema {name} accepts a document where {what}'
    return value


class Rendering(ctypes.Structure):
    """struct candor_rendering."""
    _fields_ = [('what', ctypes.c_char_p), ('format', ctypes.c_char_p), ('help', ctypes.c_char_p),
                ('options', ctypes.c_void_p), ('reserved', ctypes.c_void_p * 4)]


def renderings():
    """What the library renders as JSON, or as a line of it each."""
    library = ctypes.CDLL(str(pathlib.Path(sys.argv[2]).resolve()))
    library.candor_rendering_at.restype = ctypes.c_bool
    library.candor_rendering_at.argtypes = [ctypes.c_size_t, ctypes.POINTER(Rendering)]
    found, rendering = {}, Rendering()
    while library.candor_rendering_at(len(found), ctypes.byref(rendering)):
        found[rendering.what.decode(), rendering.format.decode()] = True
    assert len(found) > 40
    return {what for what, form in found if form in ('json', 'jsonl')}


def golden_documents(command):
    """JSON that the golden cases of a command expect."""
    for case in sorted((GOLDEN / command).iterdir()):
        args = case / 'args'
        words = args.read_text().split() if args.exists() else []
        if '--json' in words:
            text = (case / 'expected.txt').read_bytes()
            yield words, re.sub(rb'exit status \d+\n$', b'', text)


def test_schemas(_, candor):
    """Named after their file, with the version of the format they describe."""
    assert SCHEMAS
    for name, path in SCHEMAS.items():
        schema = parse(path.read_bytes())
        assert schema['$id'] == f'urn:candor:schema:{name}:1', path
        version = schema['properties'].get('format') or schema['properties']['schema']
        assert version['const'] == 1, path
        optional_keys(name)
    assert {NAMES.get(what, what) for what in renderings()} == set(SCHEMAS) - OF_HOSTS
    offering = set(re.findall(r'^  ([a-z][a-z-]*) ', accepts(candor, '--help').decode(), re.M))
    for command in sorted(offering):
        if re.search(r'(?m)^  --(json|yaml) |^  --format FORMAT .*json',
                     accepts(candor, command, '--help').decode()):
            assert any(f'{name}-'.startswith(f'{command}-') for name in SCHEMAS), command


def test_check(folder, candor):
    """Of these sources, and of every golden case turned to JSON."""
    value = judge('check', accepts(candor, 'check', '--json', '--tree', ROOT))
    assert value['diagnostics'] == [], value
    count = 0
    for case in sorted((GOLDEN / 'check').glob('fail-*')):
        if (case / 'args').exists():
            continue
        done = run(candor, 'check', '--json', cwd=case)
        value = parse(done.stdout)
        assert not complaints('check', value), (case, complaints('check', value))
        assert value['errors'] + value['warnings'] == len(value['diagnostics']) > 0, case
        assert (done.returncode == 0) == (value['errors'] == 0), case
        count += 1
    assert count > 20
    tree = GOLDEN / 'check/fail-bad-id'
    accepts(candor, 'check', '--write-baseline', folder / 'b.json', '--tree', tree)
    assert judge('check-baseline', (folder / 'b.json').read_bytes())['findings']
    judge('check', next(text for words, text in golden_documents('check')))


def test_explain_rule(_, candor):
    """Of every rule."""
    for line in accepts(candor, 'check', '--rules').decode().splitlines():
        value = parse(accepts(candor, 'explain-rule', line.split()[0], '--json'))
        assert not complaints('explain-rule', value), complaints('explain-rule', value)
    judge('explain-rule', accepts(candor, 'explain-rule', 'undefined-label', '--json'))


def test_matrix(folder, candor):
    """Of this project's statement and of the golden cases."""
    for files in statements():
        value = parse(accepts(candor, 'matrix', '--json', '-', *files))
        assert not complaints('matrix', value), complaints('matrix', value)
        columns = len(value['columns'])
        features = [f for section in value['sections'] for f in section['features']]
        assert all(len(row['cells']) == columns for f in features for row in f['rows'])
        assert all(text['column'] < columns for f in features for text in f['texts'])
    hostile = '% "\\\x1b\x7f</x>\n\n# Feature Support\n\n## \\"a\\u0000"\n\n### b\u2028\U0001f600' \
              '\n\n    Status, \x01: Supported\n    Limit, x86 PV: 3\n    Limit-Security: 4\n'
    path = folder / 'SUPPORT.md'
    path.write_bytes(hostile.encode() + b'\n### \xff\xc0\x80\n\n    Status: Supported\n')
    text = accepts(candor, 'matrix', '--json', '-', path)
    assert not re.search(rb'[\x00-\x09\x0b-\x1f\x7f]', text), text
    value = judge('matrix', text)
    assert value['columns'][0]['title'] == '"\\\x1b\x7f</x>', value
    assert value['sections'][0]['title'] == '\\"a\\u0000"', value


def same_answers(candor, markdown, data):
    """What is made of a statement and of its data is the same, byte for byte."""
    for words in (['matrix', '--html', '-'], ['matrix', '--json', '-'],
                  ['matrix', '--xen-table', '-']):
        assert accepts(candor, *words, markdown) == accepts(candor, *words, data), (words, data)
    answers = [parse(accepts(candor, 'query', '--json', '--statement', path))['statements'][0]
               for path in (markdown, data)]
    assert answers[0].pop('name') == str(markdown) and answers[1].pop('name') == str(data)
    assert answers[0] == answers[1], data
    done = run(candor, 'diff', markdown, data)
    assert done.returncode == 0 and b'no difference' in done.stdout, done


def test_statement(folder, candor):
    """Lossless there and back, as JSON and as YAML."""
    import yaml
    count = 0
    real = pathlib.Path(os.environ.get('CANDOR_TEST_DATA', folder)) / 'xen-support-md'
    for path in [path for files in statements() for path in files] + sorted(real.glob('*.md')):
        text = accepts(candor, 'statement', path)
        value = parse(text)
        assert not complaints('statement', value), complaints('statement', value)
        as_yaml = accepts(candor, 'statement', '--format', 'yaml', path)
        assert yaml.safe_load(as_yaml) == value, path
        for name, data in (('s.json', text), ('s.yaml', as_yaml)):
            (folder / name).write_bytes(data)
            assert accepts(candor, 'statement', folder / name) == text, (path, name)
            assert accepts(candor, 'statement', '--format', 'yaml', folder / name) == as_yaml
            if value['headings']:
                same_answers(candor, path, folder / name)
        count += 1
    assert count > 5, count
    value = judge('statement', accepts(candor, 'statement', ROOT / 'SUPPORT.md'))
    status = next(h for h in value['headings'] if h['statuses'])['statuses'][0]
    status['status'] = 'Experimental'
    status['level'] = 'not believed'
    (folder / 's.json').write_text(json.dumps(value))
    done = run(candor, 'diff', ROOT / 'SUPPORT.md', folder / 's.json')
    assert done.returncode == 1 and b'Experimental' in done.stdout, done
    changed = parse(accepts(candor, 'statement', folder / 's.json'))
    assert complaints('statement', changed) == [], changed


def test_statement_damaged(folder, candor):
    """What is no statement is refused with its place; nothing else happens."""
    value = parse(accepts(candor, 'statement', GOLDEN / 'check/pass-small/SUPPORT.md'))
    path, count = folder / 's.json', 0
    for what, other in mutations(value, ()):
        path.write_text(json.dumps(other))
        for words in (['query', '--statement', path], ['matrix', '--json', '-', path]):
            done = run(candor, *words)
            assert done.returncode in (0, 2), (what, done)
            assert done.returncode == 0 or b'error: ' in done.stderr, (what, done)
            count += done.returncode == 2
    assert count > 60, count
    for text in ('', '[]', '{"format": 1', '{"format": 2}', 'a: &b c', '\0', '[' * 100000):
        for name in ('s.json', 's.yaml', 's.yml'):
            (folder / name).write_text(text)
            done = run(candor, 'statement', folder / name)
            assert done.returncode == 2 and name.encode() in done.stderr, (text[:20], done)


def test_questions(folder, candor):
    """Of a repository whose history has every kind of change; YAML is the same document."""
    import yaml
    repo, _ = repository.small(folder / 'r')
    more = repository.random_history(folder / 'more', 3, 25)
    (repo.folder / 'docs').mkdir(exist_ok=True)
    (repo.folder / 'docs/page.md').write_text('The Device passthrough.\n')
    kinds = set()
    for cwd in (repo.folder, more.folder):
        first = next(e for e in parse(accepts(candor, 'history', '--json', cwd=cwd))['events']
                     if e['change']['kind'] == 'gained')['change']['id']
        stated = parse(accepts(candor, 'query', '--json', cwd=cwd))['statements']
        for words in (['query'], ['query', '--statement', 'main', '--arch', 'arm64'],
                      ['query', 'no such word'], ['status'], ['status', '--at', '2020-04-01'],
                      ['history', '--all-branches'], ['history', first],
                      ['diff', 'main', 'main'], ['diff', 'main~2', 'main~1', 'main'],
                      ['join', stated[0]['cases'][0]['id']]):
            done = run(candor, *words, '--json', cwd=cwd)
            assert done.returncode < 2, done
            value = judge(words[0], done.stdout)
            text = run(candor, *words, '--format', 'yaml', cwd=cwd).stdout
            assert yaml.safe_load(text) == value, words
            kinds |= {e['change']['kind'] for e in value.get('events', ())}
    words = set(parse(SCHEMAS['history'].read_bytes())['$defs']['change']['properties']
                ['kind']['enum'])
    assert kinds == words, words - kinds
    shallow = folder / 'shallow'
    repo.git_at(None, 'clone', '--quiet', '--depth', '1', f'file://{repo.folder}', shallow)
    judge('history', accepts(candor, 'history', '--json', cwd=shallow))
    repo.git('checkout', '--quiet', '--force', 'stable-4.20')
    value = judge('join', accepts(candor, 'join', 'Device passthrough', '--json',
                                  cwd=repo.folder))
    assert value['advisories'], value
    own = judge('join', accepts(candor, 'join', 'evtchn_fifo', '--json', '--tree', ROOT))
    assert own['code'] and own['gates'] and own['tests'], own


def test_policy(_, candor):
    """Every feature, in every profile."""
    text = accepts(candor, 'policy', 'list', '--json', '--tree', ROOT)
    profiles = judge('policy-list', text)['profiles']
    assert len(profiles) > 1
    for profile in profiles:
        assert profile['on'] == sorted(profile['on'])
    registry = (ROOT / 'support/features.yaml').read_text(encoding='utf-8')
    ids = re.findall(r'^ *- id: ([a-z0-9_]+)', registry, re.M)
    on = {profile['name']: profile['on'] + profile['opt_in'] for profile in profiles}
    assert any(profile['opt_in'] for profile in profiles)
    for count, name in enumerate(ids[:40]):
        profile = profiles[count % len(profiles)]['name']
        value = parse(accepts(candor, 'policy', 'explain', name, '--json', '--profile', profile,
                              '--tree', ROOT))
        assert not complaints('policy-explain', value), complaints('policy-explain', value)
        assert value['on'] == (name in on[profile]), (name, profile)
    for words, text in golden_documents('policy'):
        judge('policy-' + words[0], text)
    for words, name in ((['diff', 'supported', 'lab'], 'policy-diff'), (['lint'], 'policy-lint'),
                        (['test'], 'policy-test'),
                        (['check', '--kconfig',
                          ROOT / 'tests/golden/policy/fail-check/xen.config'], 'policy-check'),
                        (['what-if', '--all', '--status', 'umip=experimental'],
                         'policy-what-if')):
        judge(name, run(candor, 'policy', *words, '--json', '--tree', ROOT).stdout)


def test_policy_records(folder, candor):
    """The log is a document a line; a record is one, and decides the same again."""
    lines = accepts(candor, 'policy', 'log', '--tree', ROOT).splitlines(keepends=True)
    for line in lines[:8]:
        judge('policy-log', line)
    assert len(lines) > 50, len(lines)
    tree = folder / 'tree'
    shutil.copytree(ROOT / 'policy', tree / 'policy')
    (tree / 'support').mkdir()
    shutil.copy(ROOT / 'support/features.yaml', tree / 'support')
    shutil.copy(ROOT / 'SUPPORT.md', tree)
    accepts(candor, 'policy', 'lock', '--record', folder, '--tree', tree)
    path, = folder.glob('*.json')
    value = judge('policy-record', path.read_bytes())
    assert path.stem in value['decision'], path
    shutil.rmtree(tree)
    assert b'the same' in accepts(candor, 'policy', 'replay', path)
    path.write_text(path.read_text().replace('Supported, with', 'Supported; with'))
    assert run(candor, 'policy', 'replay', path).returncode == 1


def test_host(folder, candor):
    """A host that is in order, one that is not; its records, its log; many hosts in one report."""
    import yaml
    for case in ('pass-status-json', 'fail-status-json'):
        case = GOLDEN / 'host' / case
        text = re.sub(rb'exit status \d+\n$', b'', (case / 'expected.txt').read_bytes())
        value = judge('host-status', text)
        words = ['host', 'status', '--root', case, '--state', case / 'state', '--yaml']
        again = yaml.safe_load(run(candor, *words).stdout)
        again['date'] = value['date']
        assert {f['id']: f for f in again['features']} == {f['id']: f for f in value['features']}
        (folder / f'{case.name}.json').write_bytes(text.replace(b'web1', case.name.encode()))
    judge('host-list', accepts(candor, 'host', 'list', '--json', '--root', case))
    for path in (case / 'etc/candor/opt-in.d').glob('*.yaml'):
        text = json.dumps(yaml.safe_load(path.read_text())) + '\n'
        judge('host-record', text.encode())
    for line in (case / 'var/lib/candor/opt-in.jsonl').read_bytes().splitlines(keepends=True):
        judge('host-log', line)
    (folder / 'wrong.json').write_text('{}')
    for words in ([], ['--policy', ROOT / 'policy/profiles/supported.lock']):
        judge('fleet-report', run(candor, 'fleet', 'report', '--json', folder, *words).stdout)
    written = folder / 'root'
    written.mkdir()
    words = ['--root', written, '--state', case / 'state', '--why', 'x', '--by', 'y']
    accepts(candor, 'host', 'enable', 'umip', '--until', '2999-01-01', *words)
    accepts(candor, 'host', 'disable', 'umip', *words)
    for line in (written / 'var/lib/candor/opt-in.jsonl').read_bytes().splitlines(keepends=True):
        judge('host-log', line)


def test_inspect(folder, candor):
    """An image that fits its lock, and one that does not."""
    bench = harness.Bench(candor)
    try:
        lock = bench.write('a.lock', harness.lock().encode())
        good = bench.image('good.elf', harness.lock())
        value = judge('inspect', accepts(candor, 'inspect', good, '--lock', lock, '--json',
                                         cwd=folder))
        assert value['differences'] == 0 and value['findings'] == '', value
        bad = bench.image('bad.elf', harness.lock(), ['umip'])
        done = run(candor, 'inspect', bad, '--lock', lock, '--json', cwd=folder)
        assert done.returncode == 1, done
        value = judge('inspect', done.stdout)
        assert value['differences'] == 2 and value['findings'], value
        states = {f['id']: f['state'] for f in value['features']}
        assert states == {'pv_clock': 'missing', 'umip': 'extra'}, states
    finally:
        bench.close()


def test_release(_, candor):
    """Evidence, and a verdict on a good and on a spoilt release."""
    bench = harness.Bench(candor)
    try:
        harness.expect(bench.release(*bench.inputs()), harness.CLEAN)
        value = judge('evidence', (bench.out / 'evidence.json').read_bytes())
        assert sum(value['counts'].values()) == len(value['tests']) == 2, value
        value = judge('verify', bench.verify('--json').stdout)
        assert value['accepted'] is True, value
        (bench.out / 'odd\x1b').write_text('x')
        (bench.out / 'matrix.json').write_text('y')
        (bench.out / 'matrix.html.asc').unlink()
        value = judge('verify', bench.verify('--json').stdout)
        words = {f['checksum'] for f in value['files']} | {f['signature'] for f in value['files']}
        assert value['accepted'] is False and {'differs', 'unlisted', 'missing'} <= words, value
    finally:
        bench.close()


def test_yaml(folder, candor):
    """Whatever has a document as JSON has it as YAML, the same one."""
    import yaml
    tree = ['--tree', ROOT]
    config = ROOT / 'tests/golden/policy/fail-check/xen.config'
    for words in (['check', *tree], ['query', '--statement', ROOT / 'SUPPORT.md'],
                  ['explain-rule', 'undefined-label'], ['statement', ROOT / 'SUPPORT.md'],
                  ['policy', 'list', *tree], ['policy', 'explain', 'umip', *tree],
                  ['policy', 'diff', 'supported', 'lab', *tree], ['policy', 'lint', *tree],
                  ['policy', 'test', *tree], ['policy', 'check', '--kconfig', config, *tree],
                  ['policy', 'what-if', '--status', 'umip=experimental', *tree]):
        json_text = run(candor, *words, '--format', 'json', cwd=folder)
        yaml_text = run(candor, *words, '--format', 'yaml', cwd=folder)
        assert json_text.returncode == yaml_text.returncode < 2, (words, yaml_text)
        assert yaml.safe_load(yaml_text.stdout) == parse(json_text.stdout), words
    texts = [accepts(candor, 'matrix', f'--{form}', '-', ROOT / 'SUPPORT.md')
             for form in ('json', 'yaml')]
    assert yaml.safe_load(texts[1]) == parse(texts[0])


def test_zz_all(_folder, _candor):
    """Every schema was held against a document, from both sides."""
    assert JUDGED == set(SCHEMAS), set(SCHEMAS) - JUDGED


def test_parser(_folder, _candor):
    """The strict parser refuses what Python's lets pass."""
    for text in (b'{"a": 1, "a": 2}\n', b'{"a": NaN}\n', b'{"a": 1.5}\n', b'{}', b'{}\n\n',
                 b'"\xff"\n', b'{} {}\n', b'"\x01"\n'):
        try:
            parse(text)
        except (AssertionError, ValueError):
            continue
        raise AssertionError(f'{text} is accepted')
    assert keys_unsorted([{'b': 1, 'a': 2}]) and not keys_unsorted([{'a': 1, 'b': {}}])


if __name__ == '__main__':
    need('jsonschema', 'yaml')
    main(sys.modules[__name__], str(pathlib.Path(sys.argv[1]).resolve()))
