#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Hold the hypervisor's image against the policy lock it was built from.

gates: a denied feature has no symbol and no record in the image, an allowed one
has both, and `candor inspect` says the same. denied: no source file of a denied feature
is among what the image was compiled from, and no text of one is in what is loaded; of
every feature whose files the build leaves out. headers: GRUB's own tools see both
Multiboot headers. stripped: the records outlive `strip`. rebuilt: the same tree in
another folder, umask, time zone and locale gives the same image to the byte, and a
change of a status in SUPPORT.md that flips no gate leaves every loaded byte as it was,
but for the decision's name and the letter of what waits for an opt-in.
"""
# SUPPORT_TEST(hypercall_page, "image/gates")
# SUPPORT_TEST(umip, "image/gates")
# SUPPORT_TEST(spec_thunk, "image/thunks")
# SUPPORT_TEST(host_boot_multiboot1, "image/headers")
# SUPPORT_TEST(host_boot_multiboot2, "image/headers")
import argparse
import ast
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
    """Feature id -> in the image, from the policy's lock."""
    with open(f'{source}/policy/profiles/{policy}.lock', encoding='utf-8') as lock:
        return {m[1]: m[2] != 'off' for m in
                re.finditer(r'^feature\.(\w+) = (on|off|opt-in)  #', lock.read(), re.M)}


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


# Where meson leaves files out: the dictionary's name, and the folder of its files.
GATED = {'xen/meson.build': 'hv_gated_sources', 'xen/arch/x86/meson.build': 'hv_x86_gated'}


def gated_files(source):
    """Feature id -> the files that are in the image with it alone."""
    files = {'pvh_bzimage': [f'xen/arch/x86/dombuild/{name}.c'
                             for name in ('bzimage', 'lzma-libc', 'unxz')]}
    for path, name in GATED.items():
        with open(f'{source}/{path}', encoding='utf-8') as build:
            text = re.search(rf'^{name} = (\{{.*?^\}})', build.read(), re.M | re.S)[1]
        table = ast.literal_eval(re.sub(r'files\((.*?)\)', r'[\1]', text))
        for feature, names in table.items():
            files.setdefault(feature, []).extend(f'{os.path.dirname(path)}/{n}' for n in names)
    return files


def literals(path):
    """The longer texts of a source file, as a compiler keeps them."""
    with open(path, encoding='utf-8') as text:
        found = re.findall(r'(?<!include )"((?:[^"\\\n])+)"', text.read())
    return {word.encode() for word in found if len(word) >= 10 and '%' not in word}


def case_denied(args):
    """Neither files nor texts of what is denied; those of the rest are found the same way."""
    gates = gates_of(args.source, args.policy)
    gated = gated_files(args.source)
    compiled = set(re.findall(r'DW_AT_name +: .*?(xen/\S+\.c)$', run(
        'readelf', '--debug-dump=info', '--dwarf-depth=1', args.image), re.M))
    with tempfile.TemporaryDirectory() as folder:
        image = flatten(args.image, folder)
    kept = set()
    for path in compiled:
        kept |= literals(f'{args.source}/{path}')
    nr_texts = nr_files = 0
    for feature, paths in sorted(gated.items()):
        for path in paths:
            nr_files += path in compiled
            if gates[feature]:
                continue
            if path in compiled:
                fail(f'{feature} is off, but {path} was compiled into the image')
            for text in sorted(literals(f'{args.source}/{path}') - kept):
                nr_texts += 1
                if text in image:
                    fail(f'{feature} is off, but {text} of {path} is in the image')
    if not nr_files or not any(text in image for text in kept):
        fail('no file or no text that is in the image is found: the test proves nothing')
    print(f'{len(gated)} features, {sum(not gates[f] for f in gated)} of them denied, '
          f'{nr_texts} texts not there')


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


def flatten(image, folder):
    """The bytes a boot loader puts into memory."""
    flat = os.path.join(folder, 'flat')
    run('objcopy', '-O', 'binary', '-j', '.text', '-j', '.rodata', '-j', '.data', image, flat)
    with open(flat, 'rb') as data:
        return data.read()


def loaded(image, folder):
    """Their digest."""
    return hashlib.sha256(flatten(image, folder)).hexdigest()


def value_of(tree, policy, key):
    """A key's value in the policy's lock; None."""
    with open(f'{tree}/policy/profiles/{policy}.lock', encoding='utf-8') as lock:
        found = re.search(rf'^{re.escape(key)} = (\S+)', lock.read(), re.M)
    return found[1] if found else None


def same_but_names(before, after, decisions, letters):
    """Are loaded bytes alike but for the decision's name and one taint letter?"""
    if decisions[0].encode() not in before:
        fail('the decision is not in the image: it cannot be told')
    differing = [pair for pair in zip(before.replace(*(d.encode() for d in decisions)), after)
                 if pair[0] != pair[1]]
    wanted = [] if letters[0] == letters[1] else [tuple(letter.encode()[0] for letter in letters)]
    return len(before) == len(after) and differing == wanted


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
        before = flatten(image, folder)
        names = [value_of(tree, args.policy, key)
                 for key in ('lock.decision', 'taint.hypercall_page')]
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
        then = [value_of(tree, args.policy, key)
                for key in ('lock.decision', 'taint.hypercall_page')]
        if not same_but_names(before, flatten(image, folder), *zip(names, then)):
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
