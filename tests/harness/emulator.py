# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Start a machine in an emulator, watch its console, judge how it ends.

The console goes to a log file that is kept, each line with the second it came
in. Whatever goes wrong is one EmulatorError that says what was waited for,
shows the last lines and names the log. Only software emulation is used, so a
run is the same on every host.
"""
import gzip
import os
import queue
import re
import shutil
import signal
import subprocess
import sys
import threading
import time

# QEMU's exit status is (value << 1) | 1 of what is written to its debug port.
STATUS = {
    'poweroff': 33, 'reboot': 35, 'suspend': 37, 'crash': 39, 'watchdog': 41,
    'soft_reset': 43, 'panic': 65, 'boot-error': 67,
}
XEN_GZ = '/boot/xen-4.17-amd64.gz'
CANDOR_CPU = 'max,+svm'
# All emulated CPUs in turns, in one thread. In threads of their own they are not safe with SVM in
# QEMU 7.2: FXRSTOR on one CPU reads and writes the first CPU's flags, GIF and the like among them,
# without a lock (cpu_clear_ignne()), and whichever changes at that moment is lost: the host then takes
# interrupts with the guest's task register, and ends in a triple fault.
TCG = 'tcg,thread=' + ('multi' if os.environ.get('CANDOR_TCG') == 'multi' else 'single')
XEN_CPU = 'EPYC,-rdtscp,-monitor'
DOMAIN = re.compile(r'^\(d[0-9]+\) ')  # Candor's mark of a line of a guest
ANSI = re.compile(r'\x1b\[[0-9;?]*[A-Za-z]|\x1b[78()][0-9A-B]?')


class EmulatorError(Exception):
    """The machine did not do what the test waited for."""


def default_log_dir():
    """Where logs go unless a caller names a folder."""
    return os.environ.get('CANDOR_LOG_DIR', 'logs')


class Machine:
    """A running emulator; use it in a `with` block, which ends it."""

    def __init__(self, name, argv, timeout, log_dir=None, stdin=subprocess.DEVNULL):
        self.name = name
        self.deadline = time.monotonic() + timeout
        self.timeout = timeout
        self.lines = []  # (monotonic seconds, text)
        self._unread = queue.Queue()
        self._seen = 0
        log_dir = log_dir or default_log_dir()
        os.makedirs(log_dir, exist_ok=True)
        self.log_path = os.path.abspath(os.path.join(log_dir, name.replace('/', '-') + '.log'))
        self._log = open(self.log_path, 'w', encoding='utf-8', errors='replace')
        self._resets = os.path.splitext(self.log_path)[0] + '.resets'
        if argv[0].startswith('qemu') and '-d' not in argv:
            # A machine that resets ends as one that was switched off, with status 0: keep why.
            argv = argv + ['-d', 'cpu_reset', '-D', self._resets]
        self._log.write('$ ' + ' '.join(argv) + '\n')
        self._started = time.monotonic()
        self._process = subprocess.Popen(argv, stdin=stdin, stdout=subprocess.PIPE,
                                         stderr=subprocess.STDOUT, start_new_session=True)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.stop()

    def _read(self):
        show = os.environ.get('CANDOR_CONSOLE') == 'show'  # to the user, line by line
        for raw in self._process.stdout:
            text = ANSI.sub('', raw.decode('utf-8', 'replace')).rstrip('\r\n').replace('\r', '')
            now = time.monotonic()
            self._log.write(f'{now - self._started:9.3f} {text}\n')
            self._log.flush()
            if show:
                print(text, flush=True)
            self._unread.put((now, DOMAIN.sub('', text)))
        self._unread.put(None)

    def error(self, what):
        """An EmulatorError with what is known."""
        tail = ''.join(f'    {text}\n' for _, text in self.lines[-15:])
        return EmulatorError(f'{self.name}: {what}\n  last console lines:\n{tail}'
                             f'  log: {self.log_path}')

    def _end(self, status):
        """A status and, if a CPU met a triple fault, that and where."""
        text = name_status(status)
        try:
            with open(self._resets, encoding='utf-8', errors='replace') as log:
                found = re.search(r'(?ms)^Triple fault.*?^[ER]IP=\S+', log.read())
        except OSError:
            return text
        if found:
            text += f': triple fault, {found[0].splitlines()[-1]}, all in {self._resets}'
        return text

    def _next_line(self, waited_for, deadline):
        try:
            item = self._unread.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            raise self.error(f'waited {self.timeout:.0f} s in all for {waited_for}') from None
        if item is not None:
            self.lines.append(item)
        return item

    def expect(self, pattern, refuse=None):
        """Wait for a line that matches; returns (match, seconds it came at).

        A line that matches `refuse` fails at once.
        """
        wanted = re.compile(pattern)
        unwanted = re.compile(refuse) if refuse else None
        while True:
            item = self._next_line(f'/{pattern}/', self.deadline)
            if item is None:
                raise self.error(f'ended (status {self._end(self._process.wait())}) before '
                                 f'/{pattern}/')
            found = wanted.search(item[1])
            if found:
                return found, item[0]
            if unwanted and unwanted.search(item[1]):
                raise self.error(f'printed {item[1]!r} before /{pattern}/')

    def type(self, text):
        """Type on the console; the machine was made with stdin=subprocess.PIPE."""
        self._process.stdin.write(text.encode())
        self._process.stdin.flush()

    def wait(self):
        """Wait until the emulator ends by itself; returns its exit status."""
        while self._next_line('the emulator to end', self.deadline) is not None:
            pass
        try:
            return self._process.wait(timeout=max(0.1, self.deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            raise self.error('closed its console but does not end') from None

    def expect_status(self, status):
        """Wait for the end and hold the exit status against the wanted one."""
        got = self.wait()
        if got != status:
            raise self.error(f'ended with status {self._end(got)}, '
                             f'expected {name_status(status)}')

    def count(self, pattern):
        """How many lines read so far match."""
        return sum(1 for _, text in self.lines if re.search(pattern, text))

    def stop(self):
        """End the emulator if it still runs, and close the log."""
        if self._process.poll() is None:
            try:
                os.killpg(self._process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self._process.wait()
        if self._process.stdin:
            self._process.stdin.close()
        self._reader.join(timeout=10)
        self._log.close()


def name_status(status):
    """A status with its meaning."""
    for name, number in STATUS.items():
        if number == status:
            return f'{status} ({name})'
    return str(status)


def module_string(modules):
    """QEMU's -initrd for multiboot modules [(path, arguments)]; commas double."""
    words = [path + (' ' + args if args else '') for path, args in modules]
    return ','.join(word.replace(',', ',,') for word in words)


def qemu_base(cpu, memory, icount=False):
    """The part of the command line all machines share."""
    argv = ['qemu-system-x86_64', '-nodefaults', '-no-user-config', '-display', 'none',
            '-no-reboot', '-accel', TCG, '-machine', 'q35', '-cpu', cpu, '-smp', '1',
            '-m', str(memory), '-serial', 'stdio',
            '-device', 'isa-debug-exit,iobase=0xf4,iosize=4']
    if icount:
        argv += ['-icount', 'shift=0,sleep=off']
    return argv


def with_opt_ins(options, ids):
    """Boot options of Candor that opt into the features too: a list of ids, or of lists of them."""
    return f'{options} opt-in={",".join(ids)}'.strip() if ids else options


def candor_argv(image, modules, options='', cpu=CANDOR_CPU, memory=1024, icount=False):
    """Candor directly from QEMU's -kernel; modules are [(path, arguments)]."""
    argv = qemu_base(cpu, memory, icount)
    argv += ['-kernel', image, '-append', ('console=com1 exit=qemu ' + options).strip()]
    if modules:
        argv += ['-initrd', module_string(modules)]
    return argv


def iso_argv(iso, cpu=CANDOR_CPU, memory=1024, icount=False):
    """Whatever the ISO's GRUB starts."""
    return qemu_base(cpu, memory, icount) + ['-cdrom', iso, '-boot', 'd']


def xen_image(cache_dir):
    """Debian's packaged Xen, unpacked once; its path."""
    if not os.path.exists(XEN_GZ):
        raise EmulatorError(f'{XEN_GZ} is missing: apt-get install xen-hypervisor-4.17-amd64')
    os.makedirs(cache_dir, exist_ok=True)
    path = os.path.join(cache_dir, 'xen-4.17-amd64')
    part = f'{path}.{os.getpid()}'
    with gzip.open(XEN_GZ) as packed, open(part, 'wb') as out:
        shutil.copyfileobj(packed, out)
    os.replace(part, path)
    return path


def xen_argv(xen, modules, options='', memory=2048, icount=False):
    """Debian's Xen with modules[0] as its PVH dom0."""
    argv = qemu_base(XEN_CPU, memory, icount) + ['-device', 'amd-iommu']
    argv += ['-kernel', xen, '-append',
             ('console=com1 com1=115200 noreboot dom0=pvh dom0_mem=512M,max:512M '
              'loglvl=warning guest_loglvl=warning ' + options).strip()]
    return argv + ['-initrd', module_string(modules)]


def bare_argv(kernel, arguments='', cpu='max', memory=512):
    """A PVH guest kernel on QEMU's own loader, no hypervisor; console on 0xe9."""
    argv = qemu_base(cpu, memory)
    argv[argv.index('-serial') + 1] = 'null'
    return argv + ['-debugcon', 'stdio', '-kernel', kernel, '-append', arguments]


def run_main(main):
    """Run a test's main(): 0, or 1 with the reason; ends its emulator on SIGTERM."""
    signal.signal(signal.SIGTERM, lambda *unused: sys.exit(1))
    try:
        return main() or 0
    except EmulatorError as error:
        print(f'FAIL {error}', file=sys.stderr)
        return 1
