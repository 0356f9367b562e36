# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""protocol.py CANDOR [TEST]...: the language server, held to the protocol's words."""
import json
import os
import pathlib
import random
import shutil
import sys
import tempfile
import time

from client import PASS_SMALL, Client, frame, tree

CANDOR = str(pathlib.Path(sys.argv[1]).resolve())
CODES = {'parse': -32700, 'request': -32600, 'method': -32601, 'params': -32602,
         'new': -32002, 'cancelled': -32800, 'failed': -32803}


def copy_small():
    """A tree to work in."""
    folder = tempfile.TemporaryDirectory()
    root = pathlib.Path(folder.name) / 'a tree é'
    shutil.copytree(PASS_SMALL, root)
    return folder, root


def lines_of(path, text):
    """(line, column) of a text in a file, both from 0."""
    for number, line in enumerate(path.read_text().split('\n')):
        if text in line:
            return number, line.index(text)
    raise AssertionError(text)


def text_at(location, root):
    """What a Location points out."""
    path = pathlib.Path(location['uri'].replace('%C3%A9', 'é').replace('%20', ' ')[len('file://'):])
    start, end = location['range']['start'], location['range']['end']
    assert start['line'] == end['line']
    line = path.read_text().split('\n')[start['line']]
    return str(path.relative_to(root)), line, line[start['character']:end['character']]


def test_life_cycle():
    """Nothing before initialize, nothing after shutdown, and the exit status says which it was."""
    c = Client(CANDOR, initialize=False)
    assert c.fails('textDocument/hover', {}) == CODES['new']
    assert c.fails('shutdown', None) == CODES['new']
    c.tell('textDocument/didOpen', {})
    c.tell('exit', None)
    assert c.server.wait(30) == 1
    with tree({'x': ''}) as root:
        c = Client(CANDOR, root)
        assert c.fails('initialize', {'capabilities': {}}) == CODES['request']
        assert c.fails('workspace/noSuchThing', {}) == CODES['method']
        c.tell('$/noSuchThing', {})
        assert c.ask('shutdown', None) is None
        assert c.fails('textDocument/hover', {}) == CODES['request']
        c.tell('exit', None)
        assert c.server.wait(30) == 0
    c = Client(CANDOR, PASS_SMALL)
    c.server.stdin.close()
    assert c.server.wait(30) == 1
    c = Client(CANDOR, initialize=False)
    assert c.fails('initialize', {'rootUri': 'https://example.org/', 'capabilities': {}}) == CODES['params']
    assert c.fails('initialize', {'rootUri': 'file:///no/such/folder', 'capabilities': {}}) == CODES['params']


def test_diagnostics_follow_typing():
    """Unsaved buffers stand for their files; what is right again is cleared."""
    folder, root = copy_small()
    with folder:
        c = Client(CANDOR, root)
        source = root / 'src/things.c'
        uri = c.open(source)
        c.settle()
        assert not any(c.published.values()), c.published
        line, column = lines_of(source, 'alpha, "common"')
        c.change(uri, 2, (line, column, line, column + 5, 'alhpa'))
        found = c.wait_for(uri, lambda d: d)
        assert c.versions[uri] == 2
        wrong = [d for d in found if d['code'] == 'unknown-id']
        assert wrong and wrong[0]['severity'] == 1 and wrong[0]['source'] == 'candor', found
        assert wrong[0]['range'] == {'start': {'line': line, 'character': 0},
                                     'end': {'line': line, 'character': 16}}, wrong
        assert "'alpha'" in wrong[0]['message']
        c.change(uri, 3, (line, column, line, column + 5, 'alpha'))
        c.wait_for(uri, lambda d: not d)
        # The statement and the registry likewise, each against the others.
        statement = root / 'SUPPORT.md'
        status, _ = lines_of(statement, 'Status: Supported')
        suri = c.open(statement)
        c.change(suri, 2, (status, 12, status, 21, 'Suported'))
        assert c.wait_for(suri, lambda d: d)[0]['code'] == 'undefined-label'
        c.change(suri, 3, statement.read_text().replace('### Beta', '### Bate'))
        c.wait_for(suri, lambda d: any(x['code'] == 'unregistered-heading' for x in d))
        # Closed without saving: the disk counts.
        c.tell('textDocument/didClose', {'textDocument': {'uri': suri}})
        c.wait_for(suri, lambda d: not d)
        # Saved by someone else.
        source.write_text(source.read_text().replace('beta, "x86.pvh"', 'beta, "x68.pvh"'))
        c.tell('textDocument/didClose', {'textDocument': {'uri': uri}})
        c.tell('workspace/didChangeWatchedFiles', {'changes': [{'uri': uri, 'type': 2}]})
        c.wait_for(uri, lambda d: any(x['code'] == 'bad-scope' for x in d))
        # A file that is not there yet.
        new = c.open(root / 'src/new.c', 'SUPPORT_REFUSES(alhpa, "x86");\n')
        assert c.wait_for(new, lambda d: d)[0]['code'] == 'unknown-id'
        c.end()


def test_hover():
    """The claim, as the statement has it; its text cannot become markup."""
    folder, root = copy_small()
    with folder:
        statement = root / 'SUPPORT.md'
        statement.write_text(statement.read_text().replace(
            'The first.', 'The <script>alert(1)</script> [first](javascript:x) *one*.'))
        for markdown in True, False:
            c = Client(CANDOR, root, markdown=markdown)
            source = root / 'src/things.c'
            uri = c.open(source)
            line, column = lines_of(source, 'beta, "x86.pvh"')
            hover = c.at('hover', uri, line, column + 4)
            text = hover['contents']['value']
            assert hover['contents']['kind'] == ('markdown' if markdown else 'plaintext')
            assert hover['range'] == {'start': {'line': line, 'character': column},
                                      'end': {'line': line, 'character': column + 4}}
            assert 'x86 PVH: ' in text and 'Tech Preview' in text and 'Not for every day' in text
            assert c.at('hover', uri, line, column + 7) is None, 'the scope is no id'
            assert c.at('hover', uri, 0, 0) is None
            # Of a heading and a status line.
            suri = c.open(statement)
            for what in '### Beta', 'Status, x86 PVH':
                line, column = lines_of(statement, what)
                assert 'Tech Preview' in c.at('hover', suri, line, column + 2)['contents']['value']
            line, _ = lines_of(statement, '### Alpha')
            text = c.at('hover', suri, line, 5)['contents']['value']
            assert ('\\<script\\>' in text) == markdown, text
            assert '[first](javascript' not in text or not markdown
            # Of the registry.
            registry = root / 'support/features.yaml'
            ruri = c.open(registry)
            line, column = lines_of(registry, 'needs: [alpha]')
            assert 'Alpha' in c.at('hover', ruri, line, column + 9)['contents']['value']
            c.end()


def test_definition_both_ways():
    """Code to statement, statement to code, either to the registry, and the registry to both."""
    folder, root = copy_small()
    with folder:
        c = Client(CANDOR, root)
        source, statement, registry = (root / name for name in
                                       ('src/things.c', 'SUPPORT.md', 'support/features.yaml'))
        uris = {path: c.open(path) for path in (source, statement, registry)}
        wanted = {
            (source, 'SUPPORT_TEST(beta', 13): ['SUPPORT.md', 'support/features.yaml'],
            (statement, '### Beta', 6): ['src/things.c', 'support/features.yaml'],
            (statement, 'Status, x86 PVH', 3): ['src/things.c', 'support/features.yaml'],
            (registry, 'id: beta', 5): ['SUPPORT.md', 'src/things.c', 'support/features.yaml'],
        }
        for (path, what, offset), files in wanted.items():
            line, column = lines_of(path, what)
            found = [text_at(x, root) for x in c.at('definition', uris[path], line, column + offset)]
            assert [name for name, _, _ in found] == files, found
            for name, text, _ in found:
                assert {'SUPPORT.md': '### Beta', 'src/things.c': 'SUPPORT_PROVIDES(beta, "x86.pvh");',
                        'support/features.yaml': '  - id: beta'}[name] == text, found
        line, column = lines_of(source, 'SUPPORT_ENABLED(beta')
        place = {'context': {'includeDeclaration': False}}
        found = [text_at(x, root) for x in
                 c.at('references', uris[source], line, column + 16, **place)]
        assert [(name, shown) for name, _, shown in found] == [
            ('SUPPORT.md', 'Status'), ('src/things.c', 'SUPPORT_PROVIDES'),
            ('src/things.c', 'SUPPORT_TEST'), ('src/things.c', 'SUPPORT_ENABLED')], found
        place = {'context': {'includeDeclaration': True}}
        assert len(c.at('references', uris[source], line, column + 16, **place)) == len(found) + 2
        c.end()


def test_completion():
    """Ids inside annotations and lists of ids, labels behind a status; nothing elsewhere."""
    folder, root = copy_small()
    with folder:
        c = Client(CANDOR, root)
        source = root / 'src/things.c'
        uri = c.open(source, 'int x;\nSUPPORT_PROVIDES(\n\tli\n')

        def labels(place, *at):
            return [item['label'] for item in c.at('completion', place, *at)['items']]
        assert labels(uri, 1, 17) == ['alpha', 'beta', 'gamma', 'limit_things']
        assert labels(uri, 2, 3) == ['limit_things']
        item = c.at('completion', uri, 2, 3)['items'][0]
        assert item['textEdit'] == {'newText': 'limit_things', 'range': {
            'start': {'line': 2, 'character': 1}, 'end': {'line': 2, 'character': 3}}}
        assert item['detail'] == 'Number of things' and item['documentation'] == 'Supported'
        assert labels(uri, 0, 3) == [] and labels(uri, 1, 5) == []
        registry = root / 'support/features.yaml'
        ruri = c.open(registry)
        line, column = lines_of(registry, '[alpha]')
        assert 'gamma' in labels(ruri, line, column + 1)
        statement = root / 'SUPPORT.md'
        suri = c.open(statement)
        line, column = lines_of(statement, 'Status, x86 PVH: Tech Preview')
        assert labels(suri, line, column + 18) == ['Tech Preview']
        assert labels(suri, line, column + 3) == []
        c.end()


def apply(text, edits):
    """The text after edits that do not overlap; positions are UTF-16."""
    def offset(at):
        lines = text.split('\n')
        before = '\n'.join(lines[:at['line']]) + ('\n' if at['line'] else '')
        line = lines[at['line']].encode('utf-16-le')[:2 * at['character']].decode('utf-16-le')
        return len(before) + len(line)
    for edit in sorted(edits, key=lambda e: offset(e['range']['start']), reverse=True):
        text = text[:offset(edit['range']['start'])] + edit['newText'] + text[offset(edit['range']['end']):]
    return text


def test_code_actions():
    """A misspelt id is mended by the edit that is offered, behind characters of any width too."""
    folder, root = copy_small()
    with folder:
        c = Client(CANDOR, root)
        source = root / 'src/things.c'
        text = source.read_text().replace('SUPPORT_TEST(alpha', '/* \U0001f600é */ SUPPORT_TEST(alhpa')
        uri = c.open(source, text)
        c.wait_for(uri, lambda d: any(x['code'] == 'unknown-id' for x in d))
        line = next(n for n, x in enumerate(text.split('\n')) if 'alhpa' in x)
        place = {'start': {'line': line, 'character': 0}, 'end': {'line': line, 'character': 99}}

        def actions(**context):
            return c.ask('textDocument/codeAction', {
                'textDocument': {'uri': uri}, 'range': place, 'context': {'diagnostics': [], **context}})
        offered = [a for a in actions() if 'unknown-id' in a['title']]
        assert len(offered) == 1 and offered[0]['kind'] == 'quickfix', actions()
        mended = apply(text, offered[0]['edit']['changes'][uri])
        assert mended == text.replace('alhpa', 'alpha'), mended
        assert actions(only=['refactor']) == [] and actions(only=['quickfix'])
        c.change(uri, 2, mended)
        c.wait_for(uri, lambda d: not d)
        assert actions() == []
        c.end()


def test_positions():
    """In UTF-16 units, or bytes where the editor offers that; beyond the end is the end."""
    before = '/* aé\u4e00\U0001f600z */ '
    text = before + 'SUPPORT_PROVIDES(alhpa, "common");\r\n' + before + 'SUPPORT_PROVIDES(beta, "x86.pvh");\r\nint y;'
    for offered, encode in (((), 'utf-16-le'), (('utf-16',), 'utf-16-le'), (('utf-32', 'utf-8'), 'utf-8')):
        folder, root = copy_small()
        with folder:
            c = Client(CANDOR, root, encodings=offered)
            utf8 = encode == 'utf-8'
            assert c.abilities['capabilities']['positionEncoding'] == ('utf-8' if utf8 else 'utf-16')

            def units(string):
                return len(string.encode(encode)) // (1 if utf8 else 2)
            uri = c.open(root / 'src/things.c', text)
            found = [d for d in c.wait_for(uri, lambda d: d) if d['code'] == 'unknown-id']
            assert found[0]['range']['start'] == {'line': 0, 'character': units(before)}, found
            start = units(before + 'SUPPORT_PROVIDES(')
            hover = c.at('hover', uri, 1, start + 1)
            assert hover['range']['start'] == {'line': 1, 'character': start}, hover
            # An edit behind a character outside the basic plane, then one that removes it.
            c.change(uri, 2, (0, start, 0, start + 5, 'alpha'),
                     (0, units('/* aé\u4e00'), 0, units('/* aé\u4e00\U0001f600'), ''),
                     (2, 3, 9, 99, ' z;\n'))
            c.wait_for(uri, lambda d: not any(x['code'] == 'unknown-id' for x in d))
            start = units('/* aé\u4e00z */ SUPPORT_PROVIDES(')
            assert c.at('hover', uri, 0, start)['range']['start']['character'] == start
            # The middle of a surrogate pair, or of a character's bytes, is before it.
            c.change(uri, 3, (1, units('/* aé\u4e00') + 1, 1, units('/* aé\u4e00') + 1, 'Q'))
            start = units(before.replace('\U0001f600', 'Q\U0001f600') + 'SUPPORT_PROVIDES(')
            assert c.at('hover', uri, 1, start)['range']['start']['character'] == start
            c.end()


def test_edits_as_an_editor_makes_them():
    """Random edits, applied here and there: the server's text must be ours."""
    rng = random.Random(4)
    pieces = ['a', 'é', '\u4e00', '\U0001f600', '\n', '\r\n', '\r', ' ', 'SUPPORT_ENABLED(alpha)', '']
    with tempfile.TemporaryDirectory() as name:
        root = pathlib.Path(name)
        shutil.copytree(PASS_SMALL, root, dirs_exist_ok=True)
        c = Client(CANDOR, root)
        text = 'one\r\ntwo\n'
        uri = c.open(root / 'src/edit.c', text)
        for version in range(2, 400):
            ends = sorted(rng.sample(range(len(text) + 1), 2)) if len(text) > 1 else [0, len(text)]
            # No edit starts between the two halves of a line's end: editors cannot.
            ends = [e - (text[e - 1:e + 1] == '\r\n') for e in ends]
            at = [place(text, e) for e in ends]
            new = rng.choice(pieces)
            if len(text) > 300:
                ends, at, new = [0, len(text)], [(0, 0), place(text, len(text))], 'again\n'
            c.change(uri, version, (*at[0], *at[1], new))
            text = text[:ends[0]] + new + text[ends[1]:]
        # What the server has is told by a mark at the end: its place, and that it is seen.
        mark = '\nSUPPORT_PROVIDES(alhpa, "common");\n'
        c.change(uri, 400, (*place(text, len(text)), *place(text, len(text)), mark))
        found = [d for d in c.wait_for(uri, lambda d: d) if d['code'] == 'unknown-id'][-1]
        assert found['range']['start'] == dict(zip(('line', 'character'), place(text + '\n', len(text) + 1)))
        hover_line = found['range']['start']['line']
        c.change(uri, 401, (hover_line, 17, hover_line, 22, 'alpha'))
        assert 'Alpha' in c.at('hover', uri, hover_line, 18)['contents']['value']
        c.end()


def place(text, offset):
    """(line, UTF-16 character) of an offset."""
    before = text[:offset].replace('\r\n', '\n').replace('\r', '\n')
    last = before.split('\n')[-1]
    return before.count('\n'), len(last.encode('utf-16-le')) // 2


def test_cancellation():
    """A request called back before its turn is not begun, and answered as the protocol says."""
    c = Client(CANDOR, PASS_SMALL)
    uri = c.open(PASS_SMALL / 'src/things.c')
    hover = {'textDocument': {'uri': uri}, 'position': {'line': 6, 'character': 18}}
    c.raw(b''.join(frame({'jsonrpc': '2.0', **message}) for message in (
        {'id': 'one', 'method': 'textDocument/hover', 'params': hover},
        {'id': 'two', 'method': 'textDocument/hover', 'params': hover},
        {'method': '$/cancelRequest', 'params': {'id': 'two'}},
        {'method': '$/cancelRequest', 'params': {'id': 'no such'}},
        {'id': 'three', 'method': 'textDocument/hover', 'params': hover})))
    assert 'Alpha' in c.answer_to('one')['result']['contents']['value']
    assert c.answer_to('two')['error']['code'] == CODES['cancelled']
    assert 'result' in c.answer_to('three')
    c.end()


def test_watches():
    """An editor that can watch files is asked to; one that cannot is not."""
    for watches in True, False:
        c = Client(CANDOR, PASS_SMALL, watches=watches)
        c.settle()
        assert [m['method'] for m in c.asked] == ['client/registerCapability'] * watches, c.asked
        c.end()


def test_hostile_input():
    """What is no message is answered or passed over; the next message is understood."""
    c = Client(CANDOR, PASS_SMALL)
    uri = c.open(PASS_SMALL / 'src/things.c')
    c.settle()

    def alive():
        assert 'Alpha' in c.at('hover', uri, 6, 18)['contents']['value']
    for data, code in ((frame(b'{'), 'parse'), (frame(b'\xff\xfe{}'), 'parse'), (frame(b'1'), 'parse'),
                       (b'Content-Length: x\r\n\r\n', 'parse'), (b'\r\n\r\n', 'parse'),
                       (b'Content-Length: -5\r\n\r\n', 'parse'), (frame(b'[]'), 'request'),
                       (frame(b'{}'), 'request'), (frame(b'{"id": {}, "method": "x"}'), 'request'),
                       (frame(b'{"id": 1.5, "method": "x"}'), 'request'),
                       (b'x' * 5000, 'parse'),
                       (frame(b'[' * 100000), 'parse'),
                       (b'Content-Length: 99999999\r\n\r\n' + b'y' * 99999999, 'parse')):
        c.raw(data)
        message = c.take()
        assert message['error']['code'] == CODES[code], (data[:60], message)
        assert message['id'] is None
        alive()
    for params in (None, [], {}, {'textDocument': 5}, {'textDocument': {'uri': uri}},
                   {'textDocument': {'uri': uri}, 'position': {'line': -1, 'character': 0}},
                   {'textDocument': {'uri': uri}, 'position': {'line': 0, 'character': 'x'}},
                   {'textDocument': {'uri': uri}, 'position': {'line': 1e5, 'character': 0}}):
        for method in 'hover', 'definition', 'references', 'completion', 'codeAction':
            assert c.fails('textDocument/' + method, params) == CODES['params'], (method, params)
    for method in 'didOpen', 'didChange', 'didClose':
        for params in (None, {}, {'textDocument': {}}, {'textDocument': {'uri': 5, 'text': 5}},
                       {'textDocument': {'uri': 'x', 'text': None}, 'contentChanges': 3}):
            c.tell('textDocument/' + method, params)
    for far in 2 ** 31, 2 ** 63 - 1:
        assert c.at('hover', uri, far, far) is None
    assert c.fails('textDocument/hover', {'textDocument': {'uri': 'file:///none.c'},
                                          'position': {'line': 0, 'character': 0}}) == CODES['failed']
    for name in ('untitled:Untitled-1', 'file:///', 'file://host/x.c', 'file:///a%00b.c', 'file:///%zz', '',
                 uri + '/../../../../etc/passwd', 'file:///%2e%2e'):
        c.tell('textDocument/didOpen', {'textDocument': {'uri': name, 'version': 1, 'text': 'SUPPORT_TEST('}})
        assert c.ask('textDocument/hover', {'textDocument': {'uri': name},
                                            'position': {'line': 0, 'character': 13}}) is None, name
    alive()
    # An edit that cannot be read: the document is left out, and the editor told.
    c.shown.clear()
    c.change(uri, 9, (5, 0, 2, 0, 'x'))
    c.settle()
    assert c.shown and 'left out' in c.shown[0], c.shown
    assert c.fails('textDocument/hover', {'textDocument': {'uri': uri}, 'position':
                                          {'line': 0, 'character': 0}}) == CODES['failed']
    c.end()


def resident(client):
    """Bytes of memory the server has."""
    status = pathlib.Path(f'/proc/{client.server.pid}/status').read_text()
    return int(status.split('VmRSS:')[1].split()[0]) * 1024


def test_bounded_memory():
    """A long session does not grow; what is too large is refused."""
    sanitized = b'__asan_init' in pathlib.Path(CANDOR).read_bytes()
    folder, root = copy_small()
    with folder:
        c = Client(CANDOR, root)
        uri = c.open(root / 'src/things.c')
        c.settle()
        sizes = []
        for version in range(2, 1202):
            c.change(uri, version, (0, 0, 0, 0 if version % 2 else 1, 'x' if version % 2 else ''))
            if version % 3 == 0:
                c.at('hover', uri, 6, 18)
            if version % 400 == 0:
                c.settle()
                sizes.append(resident(c))
        assert sanitized or sizes[-1] - sizes[0] < 4 << 20, sizes
        c.shown.clear()
        for number in range(1100):
            c.tell('textDocument/didOpen', {'textDocument': {
                'uri': f'file:///elsewhere/{number}', 'version': 1, 'text': 'x'}})
        c.settle()
        assert any('too many' in text for text in c.shown), c.shown
        c.tell('textDocument/didOpen', {'textDocument': {
            'uri': uri, 'version': 1, 'text': 'x' * ((16 << 20) + 1)}})
        c.settle()
        assert 'too large' in c.shown[-1]
        c.end()


def test_no_tree():
    """A folder that has nothing of ours is served with silence, until it has."""
    with tree({'src/x.c': 'SUPPORT_PROVIDES(alpha, "x86");\n'}) as name:
        root = pathlib.Path(name)
        c = Client(CANDOR, root)
        uri = c.open(root / 'src/x.c')
        c.settle()
        assert not c.published and c.at('hover', uri, 0, 18) is None
        shutil.copytree(PASS_SMALL, root, dirs_exist_ok=True)
        c.tell('workspace/didChangeWatchedFiles', {'changes': []})
        c.settle()
        assert 'Alpha' in c.at('hover', uri, 0, 18)['contents']['value']
        c.end()
    # Opened below the tree's root: it is found above.
    c = Client(CANDOR, PASS_SMALL / 'src')
    uri = c.open(PASS_SMALL / 'src/things.c')
    assert c.at('hover', uri, 6, 18)
    c.end()


def test_speed():
    """From a key to its diagnostics, and to a hover, without the editor's own time."""
    c = Client(CANDOR, PASS_SMALL)
    uri = c.open(PASS_SMALL / 'src/things.c')
    c.settle()
    times = []
    for version in range(2, 22):
        start = time.monotonic()
        c.change(uri, version, (0, 0, 0, 0, ' '))
        assert c.at('hover', uri, 6, 18)
        times.append(time.monotonic() - start)
    times.sort()
    print(f'edit and hover: median {times[10] * 1000:.1f} ms')
    assert times[10] < 2, times
    c.end()


def main():
    names = sys.argv[2:] or [name for name in globals() if name.startswith('test_')]
    for name in names:
        globals()[name]()
        print(name, 'ok', flush=True)


if __name__ == '__main__':
    os.environ.pop('TERM', None)
    json.JSONEncoder.item_separator = ','
    main()
