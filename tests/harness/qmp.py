# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Read a QEMU machine's own clock from outside, through its monitor.

The ACPI PM timer counts the machine's virtual clock, which goes by executed
instructions under -icount; no guest can set or stop it. It wraps every 4.7
virtual seconds, so a thread reads it often and adds the differences up.
"""
import json
import re
import socket
import threading
import time

PM_TIMER_PORT = 0x608  # where the q35 firmware puts it
PM_TIMER_HZ = 3579545
PM_TIMER_MASK = (1 << 24) - 1


class Clock:
    """Virtual seconds since the clock was opened; use in a `with` block."""

    def __init__(self, path, patience=10.0):
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        end = time.monotonic() + patience
        while True:
            try:
                self._socket.connect(path)
                break
            except OSError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)
        self._stream = self._socket.makefile('rw', encoding='utf-8')
        self._lock = threading.Lock()
        self._total = 0
        self._stream.readline()  # the greeting
        self._command('qmp_capabilities')
        self._last = self._raw()
        self._open = True
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self._open = False
        self._thread.join(timeout=5)
        self._socket.close()

    def _command(self, name, **arguments):
        self._stream.write(json.dumps({'execute': name, 'arguments': arguments}) + '\n')
        self._stream.flush()
        while True:
            line = self._stream.readline()
            if not line:
                raise OSError('the emulator closed its monitor')
            answer = json.loads(line)
            if 'return' in answer or 'error' in answer:
                return answer.get('return')

    def _raw(self):
        text = self._command('human-monitor-command',
                             **{'command-line': f'i /w {PM_TIMER_PORT:#x}'})
        found = re.search(r'=\s*(0x[0-9a-f]+)', text or '')
        if not found:
            raise OSError(f'the PM timer cannot be read: {text!r}')
        return int(found[1], 16) & PM_TIMER_MASK

    def read(self):
        """Virtual seconds since the clock was opened."""
        with self._lock:
            now = self._raw()
            self._total += (now - self._last) & PM_TIMER_MASK
            self._last = now
            return self._total / PM_TIMER_HZ

    def _sample(self):
        try:
            while self._open:
                self.read()
                time.sleep(0.1)
        except (OSError, ValueError):
            pass
