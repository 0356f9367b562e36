# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""An editor for tests: speaks the protocol to `candor lsp`, and keeps what it was told."""
import json
import os
import pathlib
import selectors
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PASS_SMALL = ROOT / 'tests/golden/check/pass-small'
TIMEOUT = 30


def frame(message):
    """A message as it goes over the wire."""
    body = message if isinstance(message, bytes) else json.dumps(message).encode()
    return b'Content-Length: %d\r\n\r\n' % len(body) + body


class Client:
    """One server, and the editor's half of the protocol."""

    def __init__(self, candor, root=None, encodings=(), markdown=True, watches=False, words=(),
                 initialize=True):
        self.server = subprocess.Popen([candor, 'lsp', *words], stdin=subprocess.PIPE,
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.server.stdout, selectors.EVENT_READ)
        self.buffer = b''
        self.number = 0
        self.published = {}
        self.shown = []
        self.asked = []
        self.versions = {}
        if initialize:
            self.abilities = self.ask('initialize', {
                'processId': os.getpid(), 'rootUri': root and pathlib.Path(root).as_uri(),
                'capabilities': {
                    'general': {'positionEncodings': list(encodings)},
                    'workspace': {'didChangeWatchedFiles': {'dynamicRegistration': watches}},
                    'textDocument': {'hover': {
                        'contentFormat': ['markdown', 'plaintext'] if markdown else ['plaintext']}}}})
            self.tell('initialized', {})

    def raw(self, data):
        """Bytes to the server."""
        self.server.stdin.write(data)
        self.server.stdin.flush()

    def send(self, message):
        """A message to the server."""
        self.raw(frame({'jsonrpc': '2.0', **message}))

    def tell(self, method, params):
        """A notification."""
        self.send({'method': method, 'params': params})

    def take(self, timeout=TIMEOUT):
        """The next message of the server, or None when it is silent or gone."""
        end = time.monotonic() + timeout
        while True:
            head, found, rest = self.buffer.partition(b'\r\n\r\n')
            if found:
                size = int(head.split(b':')[1])
                if len(rest) >= size:
                    self.buffer = rest[size:]
                    return self.sort_in(json.loads(rest[:size].decode('utf-8', errors='strict')))
            if not self.selector.select(max(0, end - time.monotonic())):
                return None
            more = os.read(self.server.stdout.fileno(), 1 << 16)
            if not more:
                return None
            self.buffer += more

    def sort_in(self, message):
        """Remember what is no answer."""
        assert message['jsonrpc'] == '2.0', message
        if message.get('method') == 'textDocument/publishDiagnostics':
            params = message['params']
            self.published[params['uri']] = params['diagnostics']
            self.versions[params['uri']] = params.get('version')
        elif message.get('method') == 'window/showMessage':
            self.shown.append(message['params']['message'])
        elif 'method' in message and 'id' in message:
            self.asked.append(message)
            self.send({'id': message['id'], 'result': None})
        return message

    def answer_to(self, number, timeout=TIMEOUT):
        """The answer to a request."""
        while True:
            message = self.take(timeout)
            assert message is not None, 'no answer'
            if message.get('id') == number and 'method' not in message:
                return message

    def request(self, method, params):
        """Send a request; its number."""
        self.number += 1
        self.send({'id': self.number, 'method': method, 'params': params})
        return self.number

    def ask(self, method, params):
        """The result of a request; a failure ends the test."""
        answer = self.answer_to(self.request(method, params))
        assert 'error' not in answer, answer
        return answer['result']

    def fails(self, method, params):
        """The code with which a request fails."""
        return self.answer_to(self.request(method, params))['error']['code']

    def settle(self):
        """Wait until the server has published what it has to say of all it was told."""
        while self.take(timeout=0.4) is not None:
            pass

    def wait_for(self, uri, accept):
        """Wait until diagnostics of a file please; return them."""
        end = time.monotonic() + TIMEOUT
        while not accept(self.published.get(uri, [])):
            assert time.monotonic() < end and self.take() is not None, self.published.get(uri)
        return self.published.get(uri, [])

    def open(self, path, text=None, version=1):
        """Open a file, with other text than the disk's if there is some; its URI."""
        uri = pathlib.Path(path).as_uri()
        if text is None:
            text = pathlib.Path(path).read_text(encoding='utf-8')
        self.tell('textDocument/didOpen', {'textDocument': {
            'uri': uri, 'languageId': 'c', 'version': version, 'text': text}})
        return uri

    def change(self, uri, version, *changes):
        """Edit: (start line, character, end line, character, text), or the whole text."""
        self.tell('textDocument/didChange', {
            'textDocument': {'uri': uri, 'version': version},
            'contentChanges': [{'text': c} if isinstance(c, str) else {
                'range': {'start': {'line': c[0], 'character': c[1]},
                          'end': {'line': c[2], 'character': c[3]}}, 'text': c[4]} for c in changes]})

    def at(self, method, uri, line, character, **more):
        """Ask for something at a place."""
        return self.ask('textDocument/' + method, {
            'textDocument': {'uri': uri}, 'position': {'line': line, 'character': character}, **more})

    def end(self):
        """Shut down as an editor does; nothing may be left."""
        assert self.ask('shutdown', None) is None
        self.tell('exit', None)
        _, errors = self.server.communicate(timeout=TIMEOUT)
        assert self.server.returncode == 0 and not errors, (self.server.returncode, errors)


def tree(files):
    """A folder with these files; the caller keeps the object."""
    folder = tempfile.TemporaryDirectory()
    for name, text in files.items():
        path = pathlib.Path(folder.name) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding='utf-8')
    return folder
