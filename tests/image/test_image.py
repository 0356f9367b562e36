#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Hold the hypervisor's image against the policy lock it was built from.

gates: a denied feature has no symbol and no record in the image, an allowed one
has both, and `candor inspect` says the same. headers: GRUB's own tools see both
Multiboot headers. stripped: the records outlive `strip`. rebuilt: the same tree in
another folder, umask, time zone and locale gives the same image to the byte, and a
change of a status in SUPPORT.md that flips no gate leaves every loaded byte as it was.
"""
# SUPPORT_TEST(hypercall_page, "image/gates")
# SUPPORT_TEST(umip, "image/gates")
# SUPPORT_TEST(spec_thunk, "image/thunks")
# SUPPORT_TEST(host_boot_multiboot1, "image/headers")
# SUPPORT_TEST(host_boot_multiboot2, "image/headers")
import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile

# A function that only the feature's own file defines.
SYMBOLS = {
    'console_io': 'hc_console_io',
    'debug_exit': 'debug_exit',
    'evtchn_fifo': 'evtchn_fifo_init_control',
    'host_boot_multiboot1': 'multiboot1_parse',
    'host_boot_multiboot2': 'multiboot2_parse',
    'hypercall_page': 'hypercall_page_write',
    'pv_console': 'pvconsole_create',
    'pvh_bzimage': 'bzimage_parse',
    'spec_ctrl': 'spec_guest_allow',
    'spec_ibpb': 'spec_barrier',
    'spec_thunk': 'spec_thunk_write',
    'umip': 'umip_allow',
    'vlapic_x2apic': 'vlapic_x2apic_write',
}


def run(*argv, **options):
    """Run a program; its output. Anything but success ends the test."""
    done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=False, **options)
    if done.returncode:
        sys.exit(f'{" ".join(argv)}: status {done.returncode}\n{done.stdout}')
    return done.stdout


def gates_of(source, policy):
    """Feature id -> on, from the policy's lock."""
    with open(f'{source}/policy/profiles/{policy}.lock', encoding='utf-8') as lock:
        return {m[1]: m[2] == 'on' for m in
                re.finditer(r'^feature\.(\w+) = (on|off)\b', lock.read(), re.M)}


def fail(text):
    """End the test."""
    sys.exit('FAIL: ' + text)


def case_gates(args):
    """Symbols, records and `candor inspect` agree with the lock."""
    gates = gates_of(args.source, args.policy)
    names = set(re.findall(r' [A-Za-z] (\w+)$', run('nm', args.image), re.M))
    for feature, symbol in sorted(SYMBOLS.items()):
        if feature not in gates:
            fail(f'the lock does not know {feature}')
        if (symbol in names) != gates[feature]:
            fail(f'{feature} is {"on" if gates[feature] else "off"}, but {symbol} is '
                 f'{"in" if symbol in names else "not in"} the image')
    lock = f'{args.source}/policy/profiles/{args.policy}.lock'
    run(args.candor, 'inspect', args.image, '--lock', lock)
    other = 'lab' if args.policy != 'lab' else 'supported'
    if gates_of(args.source, other) == gates:
        fail(f'the profiles {args.policy} and {other} decide alike: nothing to tell apart')
    wrong = subprocess.run([args.candor, 'inspect', args.image, '--lock',
                            f'{args.source}/policy/profiles/{other}.lock'],
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    if wrong.returncode != 1:
        fail(f'inspect takes the lock of {other} for this image (status {wrong.returncode})')


def case_headers(args):
    """GRUB sees what its loaders need."""
    for kind in ('--is-x86-multiboot', '--is-x86-multiboot2'):
        run('grub-file', kind, args.image)


def case_stripped(args):
    """strip takes symbols, not records."""
    with tempfile.TemporaryDirectory() as folder:
        image = os.path.join(folder, 'candor.elf')
        run('strip', '--strip-all', '-o', image, args.image)
        if 'no symbols' not in run('nm', image):
            fail('strip left symbols: the test proves nothing')
        run(args.candor, 'inspect', image, '--lock',
            f'{args.source}/policy/profiles/{args.policy}.lock')
        if loaded(image, folder) != loaded(args.image, folder):
            fail('strip changed what is loaded')


# Of Debian's liblzma, which unpacks the first guest's kernel before any guest runs, and of the
# first instructions of a CPU.
PLAIN_BRANCHES = re.compile(r'(lzma2?_|lz_|block_|stream_|simple_|delta_|decode_buffer|copy_or_code)'
                            r'|(boot64|secondary64)$')


def indirect_branches(image):
    """Functions with indirect calls or jumps, and how many functions there are."""
    found, functions, name = {}, 0, '?'
    for line in run('objdump', '-d', '--no-show-raw-insn', image).splitlines():
        start = re.match(r'[0-9a-f]+ <(.+)>:$', line)
        if start:
            name = start[1]
            functions += 1
        elif re.search(r'\b(call|jmp)\s+\*', line):
            found.setdefault(name, line.strip())
    return found, functions


def case_thunks(args):
    """No branch of ours goes where a register or memory says, but by a thunk."""
    found, functions = indirect_branches(args.image)
    if functions < 300:
        fail(f'{functions} functions: the disassembly is not the image\'s')
    if not any(PLAIN_BRANCHES.match(name) for name in found):
        fail('not even the known indirect branches are found: the test proves nothing')
    naked = {name: line for name, line in found.items() if not PLAIN_BRANCHES.match(name)}
    through = len(re.findall(r'<__(?:x86_indirect_thunk|llvm_retpoline)_r',
                             run('objdump', '-d', '--no-show-raw-insn', args.image)))
    if not gates_of(args.source, args.policy)['spec_thunk']:
        if not naked or through:
            fail('the thunks are off, but indirect branches are not plain')
        return
    for name, line in sorted(naked.items()):
        print(f'{name}: {line}')
    if naked:
        fail(f'{len(naked)} functions have indirect branches without a thunk')
    if through < 20:
        fail(f'only {through} branches go through thunks')


def digest(path):
    """Digest of a file."""
    with open(path, 'rb') as data:
        return hashlib.sha256(data.read()).hexdigest()


def loaded(image, folder):
    """Digest of the bytes a boot loader puts into memory."""
    flat = os.path.join(folder, 'flat')
    run('objcopy', '-O', 'binary', '-j', '.text', '-j', '.rodata', '-j', '.data', image, flat)
    return digest(flat)


def copy_tree(source, target):
    """The files the source tree consists of, without build folders."""
    shutil.copytree(source, target, symlinks=True,
                    ignore=shutil.ignore_patterns('build*', '.git', 'out', '__pycache__'))


def build_in(tree, policy, folder):
    """Configure and build the image of `tree`; its path."""
    run('meson', 'setup', folder, tree, f'-Dpolicy={policy}', '-Demulated_tests=false')
    run('ninja', '-C', folder, 'xen/arch/x86/candor.elf')
    return f'{folder}/xen/arch/x86/candor.elf'


def case_rebuilt(args):
    """Build elsewhere, compare; downgrade a feature that is off either way, decide and
    build again, compare."""
    with tempfile.TemporaryDirectory() as folder:
        tree = os.path.join(folder, 'somewhere', 'else')
        copy_tree(args.source, tree)
        build = os.path.join(folder, 'build')
        os.umask(0o077)
        os.environ.update(TZ='Asia/Kathmandu', LC_ALL='C', HOME=folder)
        image = build_in(tree, args.policy, build)
        if digest(image) != digest(args.image):
            fail(f'{tree} gives another image than {args.source}, with the same files')
        before = loaded(image, folder)
        first = run('objdump', '-s', '-j', '.candor.lock', image)
        path = f'{tree}/SUPPORT.md'
        with open(path, encoding='utf-8') as statement:
            text = statement.read()
        changed, times = re.subn(r'(### Hypercall page\n(?:(?!###).*\n)*?    Status[^:]*: )Tech Preview',
                                 r'\1Experimental', text)
        if times != 1:
            fail('SUPPORT.md has no Tech Preview of the hypercall page to change')
        with open(path, 'w', encoding='utf-8') as statement:
            statement.write(changed)
        run(args.candor, 'policy', 'lock', '--all', '--tree', tree)
        run('ninja', '-C', build, 'xen/arch/x86/candor.elf')
        if run('objdump', '-s', '-j', '.candor.lock', image) == first:
            fail('the new decision did not reach the image: the test proves nothing')
        if loaded(image, folder) != before:
            fail('a change of status changed loaded bytes')


def main():
    """Run one case."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('case', choices=[n[5:] for n in globals() if n.startswith('case_')])
    for name in ('image', 'candor', 'policy', 'source'):
        parser.add_argument('--' + name, required=True)
    args = parser.parse_args()
    args.image = os.path.abspath(args.image)
    globals()['case_' + args.case](args)
    print(f'image/{args.case}: ok')


main()
