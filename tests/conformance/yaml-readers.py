# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""yaml-readers.py CANDOR: what is written as YAML is, to PyYAML (YAML 1.1) and to ruamel (1.2, and
1.1 too), the value that the same document is as JSON.
"""
import ctypes
import json
import pathlib
import subprocess
import sys

import yaml
from ruamel.yaml import YAML

ROOT = pathlib.Path(__file__).resolve().parents[2]
CANDOR = str(pathlib.Path(sys.argv[1]).resolve())
LIBRARY = ctypes.CDLL(str(pathlib.Path(sys.argv[2]).resolve()))
WRITE = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t)

# Each command with a document, asked of this tree.
DOCUMENTS = (
    ['check'], ['query'], ['query', '--level', 'supported'], ['diff', 'SUPPORT.md', 'SUPPORT.md'],
    ['join', 'evtchn_2l'],
)
# Words that some reader of YAML takes for something else.
LOADED = ('no', 'No', 'NO', 'yes', 'on', 'off', 'y', 'n', 'true', 'True', 'null', '~', '', ' ', 'nan', '.nan',
          '.inf', '1', '01', '0o7', '0x1f', '1_000', '1e3', '1.5', '12:30:45', '2026-11-22', '2026-11-22T01:02:03Z',
          '=', '<<', '-', '- a', '? a', ': a', 'a: b', '# a', 'a # b', '&a', '*a', '!a', '%a', '@a', '`a', '[a',
          '{a', '|', '>', '"', "'", '\\', 'a\nb', 'a\n', '\n', '\t', ' a', 'a ', 'a\r\nb', '\x01', '\x1b[31m',
          '\x7f', '\x85', '\u2028', '\ufeff', '\ud7ff', '\U0001f600', '\u202e', '---', '...', 'a' * 3000)
NUMBERS = (0, 1, -1, 2 ** 63 - 1, -2 ** 63, 1.5, -0.25, 1e300, 1e-300, 1e20, 0.1, 123456789.125)


def readers():
    """(name, function of a text) for each reader."""
    yield 'PyYAML', yaml.safe_load
    for version in (1, 1), (1, 2):
        reader = YAML(typ='safe', pure=True)
        reader.version = version
        yield f'ruamel {version}', reader.load


def convert(text, source, target):
    """By the library itself. None when it refuses."""
    handle = ctypes.c_void_p()
    assert LIBRARY.candor_create(None, ctypes.byref(handle)) == 0
    pieces = []

    def take(_, data, size):
        pieces.append(ctypes.string_at(data, size))
        return 0
    data = text.encode()
    LIBRARY.candor_convert.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_size_t,
                                       ctypes.c_char_p, ctypes.c_char_p, WRITE, ctypes.c_void_p, ctypes.c_void_p]
    rc = LIBRARY.candor_convert(handle, b'x', data, len(data), source, target, WRITE(take), None, None)
    LIBRARY.candor_destroy.argtypes = [ctypes.c_void_p]
    LIBRARY.candor_destroy(handle)
    return None if rc else b''.join(pieces).decode()


def same(left, right):
    """Equal, and of the same types."""
    if type(left) is not type(right):
        return False
    if isinstance(left, dict):
        return list(left) == list(right) and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list):
        return len(left) == len(right) and all(map(same, left, right))
    return left == right


def judge(what, value, text):
    """Every reader sees the value, and the library reads it back."""
    for name, read in readers():
        seen = read(text)
        assert same(json.loads(json.dumps(seen)), value), (what, name)
    back = convert(text, b'yaml', b'json')
    assert back is not None and same(json.loads(back), value), what


def main():
    for words in DOCUMENTS:
        done = [subprocess.run([CANDOR, *words, '--format', form], cwd=ROOT, stdout=subprocess.PIPE, check=False)
                for form in ('json', 'yaml')]
        assert done[0].returncode == done[1].returncode < 2, words
        judge(words, json.loads(done[0].stdout), done[1].stdout.decode())
    value = {'texts': list(LOADED), 'numbers': list(NUMBERS), 'others': [True, False, None, {}, [], [[]], {'a': {}}],
             'keys': {word: 1 for word in LOADED if len(word) < 1000}}
    text = convert(json.dumps(value, ensure_ascii=False), b'json', b'yaml')
    judge('loaded words', value, text)
    for path in sorted((ROOT / 'docs/schema').glob('*.json')):
        value = json.loads(path.read_text())
        judge(path.name, value, convert(json.dumps(value), b'json', b'yaml'))
    print(f'{len(DOCUMENTS)} documents, {len(LOADED)} words: all readers agree')


if __name__ == '__main__':
    main()
