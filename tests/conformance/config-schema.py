# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""config-schema.py CANDOR: the schema of candor.yaml and its reader take the same files.

The schema is judged by python3-jsonschema; each file that it takes or refuses is shown to
`candor check` too.
"""
import json
import re
import subprocess
import sys

import common

SCHEMA = common.ROOT / 'docs/schema/candor.schema.json'
GOOD = ['format: 1', 'format: 1\nfeatures:\n- heading: H\n  symbols: S\n  claims: c',
        'format: 1\nkconfig:\n  shell:\n  - match: a\n    value: b\n  gates:\n  - symbol: S\n    marks: all',
        'format: 1\npatterns:\n- id: p\n  kind: option\n  match: a\n  files: [a, b]',
        'format: 1\nchannel: security-only\nwaivers: a/b.yaml']
BAD = ['{}', 'format: 2', 'format: 1\nfeature: []', 'format: 1\nfeatures: text',
       'format: 1\nfeatures: [text]', 'format: 1\nkconfig: []', 'format: 1\nnames:\n- section: S',
       'format: 1\nkconfig:\n  gates:\n  - symbol: S\n    marks: few', 'format: 1\nskip: {a: b}',
       'format: 1\npatterns:\n- id: p\n  kind: none\n  match: a', 'format: 1\nstatement: [a]',
       'format: 1\nprose:\n- match: a\n  expects: maybe', 'format: 1\nfeatures:\n- symbols: {}',
       'format: 1\nchannel: stable', 'format: 1\nwaivers: [a]']


def is_valid(text):
    """By the schema."""
    import jsonschema
    import yaml
    schema = json.loads(SCHEMA.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema).is_valid(yaml.safe_load(text))


def is_taken(candor, folder, text):
    """By the reader."""
    (folder / 'candor.yaml').write_text(text)
    (folder / 'SUPPORT.md').write_text('# Release Support\n\n# Feature Support\n')
    done = subprocess.run([candor, 'check', '--json', '--tree', folder], stdout=subprocess.PIPE,
                          check=False, timeout=60)
    return 'bad-config' not in {f['rule'] for f in json.loads(done.stdout)['diagnostics']}


def test_samples(folder, candor):
    """Both take what is good, and refuse what is bad."""
    for texts, expected in (GOOD, True), (BAD, False):
        for text in texts:
            assert is_valid(text) is expected, f'schema: {text}'
            assert is_taken(candor, folder, text) is expected, f'reader: {text}'


def test_files(_folder, _candor):
    """The one for Xen, those of the rules' examples, and a written first one."""
    assert is_valid((common.ROOT / 'tests/conformance/xen-tree.yaml').read_text())
    for path in sorted((common.ROOT / 'support/check/examples').glob('*.txt')):
        for side in path.read_text().split('%% good'):
            for text in re.findall(r'%% candor\.yaml\n(.*?)(?=\n%%|\Z)', side, re.S):
                assert is_valid(text) is ('featurse' not in text), f'{path.name}: {text}'


def test_init(folder, candor):
    """What `candor init` writes."""
    common.accepts(candor, 'init', '--tree', common.GOLDEN / 'init/pass-tree', '--out',
                   folder / 'first.yaml')
    assert is_valid((folder / 'first.yaml').read_text())


def test_keys(_folder, _candor):
    """Every key of the reader's tables is in the schema, and none else."""
    source = (common.ROOT / 'support/config/config.c').read_text()
    tables = source[source.index('arch_fields[]'):source.index('struct reader')]
    ours = set(re.findall(r'(?:[A-Z]+\(|\{ )"([a-z_]+)"', tables)) | {'match'}
    theirs = set()

    def visit(part):
        if isinstance(part, dict):
            theirs.update(part.get('properties', {}))
            for value in part.values():
                visit(value)
        elif isinstance(part, list):
            for value in part:
                visit(value)
    visit(json.loads(SCHEMA.read_text()))
    assert ours == theirs, ours ^ theirs


if __name__ == '__main__':
    common.need('jsonschema', 'yaml')
    common.main(sys.modules[__name__], sys.argv[1])
