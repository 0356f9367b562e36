# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The rooms of the house and the dependency rules between them, in one table."""

# Search paths. The build gives the same ones by include_directories().
HV = ['xen/include', 'support/include']
X86 = HV + ['xen/arch/x86', 'xen/arch/x86/dombuild', 'xen']
CAPI = ['libcandor', 'include', 'release', 'policy', 'support']
RELEASE = ['release', 'policy', 'support']
TESTS = X86 + ['tools/candor', 'tools', 'include', 'libcandor'] + RELEASE + ['xen/arch/fake', 'tests/guest/lib', 'tests/unit/dombuild',
                       'tests/unit/dombuild/gates-on', 'tests/unit/policy', 'tests/unit/x86', 'tests/fuzz',
                       'tests/fuzz/hypercall', 'tests/sim', 'xen/sched']

FREESTANDING = '''float iso646 limits stdalign stdarg stdatomic stdbool stddef stdint
    stdnoreturn'''
LIBC = FREESTANDING + ''' assert ctype dirent elf endian errno fcntl fnmatch fts ftw getopt glob grp
    inttypes libgen locale malloc math poll pwd sched setjmp signal spawn stdio stdlib string strings termios
    time unistd wchar linux/* sys/* netinet/* arpa/*'''

# The rules: room, the rooms it may use besides itself, the headers from outside the tree it may
# use, its search path. The longest matching folder is a file's room.
ROOMS = [
    # folder, may use, external headers, search path
    ('xen/lib', ['xen/include'], FREESTANDING, HV),
    ('xen/include', ['xen/lib', 'support/include'], FREESTANDING + ' xen/*', HV),
    ('xen/core', ['xen/include', 'xen/lib', 'support/include'], FREESTANDING + ' xen/*', HV),
    ('xen/sched', ['xen/include', 'xen/lib', 'support/include'], FREESTANDING + ' xen/*', HV),
    ('xen/drivers', ['xen/include', 'xen/lib', 'support/include'], FREESTANDING + ' xen/*',
     HV + ['xen']),
    ('xen/arch/x86', ['xen/include', 'xen/lib', 'support/include'],
     FREESTANDING + ' xen/* lzma', X86),
    ('xen/arch/fake', ['xen/include', 'xen/lib', 'support/include'], LIBC + ' xen/*',
     HV + ['xen/arch/fake']),
    ('support/include', [], '', ['support/include']),
    ('support/base', [], LIBC + ' dlfcn sodium/*', ['support']),
    ('support/model', ['support/base'], LIBC, ['support']),
    ('support/registry', ['support/base', 'support/model'], LIBC + ' yaml', ['support']),
    ('support/statement', ['support/base', 'support/model', 'support/document'],
     LIBC + ' cmark jansson', ['support']),
    ('support/config', ['support/base', 'support/model'], LIBC + ' yaml pcre2', ['support']),
    ('support/extract', ['support/base', 'support/model', 'support/config'],
     LIBC + ' libelf gelf jansson pthread', ['support']),
    ('support/history', ['support/base'], LIBC + ' iconv', ['support']),
    ('support/query', ['support/base', 'support/model', 'support/registry', 'support/statement',
                       'support/extract', 'support/history'], LIBC, ['support']),
    ('support/check', ['support/base', 'support/model', 'support/config', 'support/extract'], LIBC,
     ['support']),
    ('support/emit', ['support/base', 'support/model', 'support/document', 'support/history',
                      'support/query', 'support/check'], LIBC + ' jansson', ['support']),
    ('support/document', ['support/base'], LIBC + ' yaml jansson', ['support']),
    ('include/candor', [], 'stdbool stddef stdint', ['include']),
    ('support', ['support/base', 'support/model', 'support/config', 'support/registry',
                 'support/statement', 'support/extract', 'support/history', 'support/query', 'support/check',
                 'support/emit'], LIBC, ['support']),
    ('policy', ['support', 'support/*'], LIBC + ''' lua lauxlib lualib seccomp libelf gelf elfutils/*
     jansson''',
     ['policy', 'support']),
    ('release', ['policy', 'support', 'support/*'],
     LIBC + ' jansson sodium/*', RELEASE),
    ('website', ['release', 'policy', 'support', 'support/*'], LIBC + ' cmark jansson',
     ['website'] + RELEASE),
    ('libcandor', ['include/candor', 'release', 'policy', 'support', 'support/*'],
     LIBC + ' jansson sodium/*', CAPI),
    # The tools know features by libcandor's header alone. Beside it they share what knows
    # nothing of features: support/base (texts, files, tables, complaints) and, where they
    # keep records of their own, support/document (JSON and YAML).
    ('tools/candor', ['include/candor', 'tools/host', 'tools/lsp', 'support/base'], LIBC,
     ['tools/candor', 'tools', 'include', 'support'] + RELEASE),
    ('tools/host', ['include/candor', 'support/base', 'support/document'],
     LIBC + ' jansson xentoollog', ['tools', 'include'] + RELEASE),
    ('tools/xl', ['include/candor', 'tools/host', 'support/base'], LIBC,
     ['tools', 'include'] + RELEASE),
    ('tools/lsp', ['include/candor', 'support/base'], LIBC + ' jansson',
     ['tools', 'tools/lsp', 'include', 'support']),
    ('tests/guest', ['support/include'], FREESTANDING + ' xen/*',
     ['tests/guest/lib', 'support/include']),
    ('tests', ['*'], LIBC + ''' xen/* cmocka capstone/* lua lauxlib lualib seccomp libelf gelf
     lzma archive archive_entry gpgme jansson yaml pcre2 cmark git2 sodium/* pthread''', TESTS),
]

# Exceptions to the rules: who, what, why.
EXCEPTIONS = {
    ('xen/arch/x86/start.c', 'xen/drivers/ns16550.h'): 'the boot path chooses the console',
    ('support/history/private.h', 'support/lazy-git2.h'): 'libgit2, loaded when it is first called',
}

# lib says what it has in these; it may use no other header of the hypervisor.
LIB_HEADERS = ['xen/include/hv/mtree.h', 'xen/include/hv/printk.h', 'xen/include/hv/string.h', 'xen/include/hv/types.h']

# Files the build makes, each with what it is made from.
GENERATED = {
    'support/include/support-gates.h': 'support/include/support-gates.h.in',
    'support/include/support-decision.h': 'support/include/support-decision.h.in',
    'support/include/support-list.h': 'support/include/support-list.h.in',
    'support/include/support-optin.h': 'support/include/support-optin.h.in',
    'xen/arch/x86/offsets.h': 'xen/arch/x86/offsets.c',
    # By support/base/lazy.py, of the lists *.calls.
    'support/lazy-git2.h': 'support/base/lazy.h',
    'release/lazy-archive.h': 'support/base/lazy.h',
    'release/lazy-gpgme.h': 'support/base/lazy.h',
    'tools/host/lazy-xenhypfs.h': 'support/base/lazy.h',
}


def matches(name, patterns):
    """Is name one of the patterns, or below one that ends in '/*'?"""
    return any(name == p or p == '*' or p.endswith('/*') and name.startswith(p[:-1])
               for p in patterns)


def room_of(path):
    """The row of ROOMS with the longest folder above path, or None."""
    rows = [row for row in ROOMS if path.startswith(row[0] + '/')]
    return max(rows, key=lambda row: len(row[0]), default=None)
