#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""library.py CASE ROOT BUILD LIBRARY: libcandor.so keeps what candor.h promises of it.

exports  the functions of the header, of the version script and of the library are the same
state    no writable data but the thread's pointer to its allocator, and where the functions
         of libraries are that are loaded when first called
memory   no function of the C library that hands out memory goes round the hook
soname   is the header's major number; the library's version is the header's
header   compiles without a warning as C11, C17, C++11 and C++20, by gcc and by clang
abi      abidiff finds nothing changed against libcandor.abi (--update writes it)
install  what `meson install` lays out builds and runs a program by pkg-config alone
"""
import collections
import ctypes
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

CASE, ROOT, BUILD, LIBRARY = sys.argv[1], *(pathlib.Path(p).resolve() for p in sys.argv[2:5])
HEADER = ROOT / 'include/candor/candor.h'
BASELINE = pathlib.Path(__file__).with_name('libcandor.abi')
# What the compiler's start files put into every library.
CRT = {'__dso_handle', '__TMC_END__', 'completed.0'}
# Functions that return memory for the caller to free, beside those that are wrapped.
HANDS_OUT = set('''reallocarray aligned_alloc posix_memalign memalign valloc getline __getline
    getdelim __getdelim open_memstream scandir scandir64 scandirat canonicalize_file_name wcsdup
    tempnam getcwd get_current_dir_name __strdup __strndup cfree ftw nftw hcreate setenv putenv
    json_dumps yaml_malloc yaml_strdup cmark_render_html cmark_markdown_to_html'''.split())


def run(*words, **options):
    """Its output; a failure ends the test."""
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=False, **options)
    assert done.returncode == 0, f'{words} returns {done.returncode}:\n{done.stdout}'
    return done.stdout


def skip_without(*programs):
    """Skip the test where a program is not installed."""
    for program in programs:
        if not shutil.which(program):
            print(f'skipped: no {program}')
            sys.exit(77)


def declared():
    """Names of the header's functions."""
    text = re.sub(r'/\*.*?\*/', '', HEADER.read_text(), flags=re.S)
    return set(re.findall(r'\b(candor_[a-z_]+)\(', ' '.join(re.findall(r'CANDOR_API[^;]*;', text))))


def exported():
    """Names that the library defines for others."""
    lines = run('nm', '-D', '--defined-only', '--format=posix', LIBRARY).splitlines()
    return {line.split()[0].split('@')[0] for line in lines if line.split()[1] != 'A'}


def test_exports():
    """One list, three times."""
    script = (ROOT / 'libcandor/libcandor.map').read_text()
    listed = set(re.findall(r'^\t(candor_[a-z_]+);$', script, re.M))
    assert declared() == listed == exported(), \
        (declared() ^ listed, listed ^ exported())
    assert len(listed) > 15


def test_state():
    """Symbols in writable sections, thread-local ones included."""
    names = collections.Counter()
    for line in run('objdump', '-t', LIBRARY).splitlines():
        match = re.match(r'^[0-9a-f]+ .{7} (\.(?:t?data|t?bss)(?!\.rel\.ro)\S*)\t[0-9a-f]+ +(?:\.hidden )?(\S+)$', line)
        if match and match.group(2) not in CRT and not match.group(2).startswith('.'):
            names[match.group(2)] += match.group(1) != '.data.rel.ro'
    if '__asan' in run('nm', '-D', LIBRARY):
        print('skipped: a sanitizer has data of its own')
        sys.exit(77)
    # As the dynamic linker's own table: written once, the same for every handle. By lazy.py.
    nr = len([*ROOT.glob('support/*/*.calls'), *ROOT.glob('release/*/*.calls')])
    assert nr and +names == {'current': 1, 'calls': nr, 'why': nr, 'once': nr}, names


def test_memory():
    """Undefined symbols of the library."""
    wanted = {line.split()[0].split('@')[0]
              for line in run('nm', '-D', '--undefined-only', '--format=posix', LIBRARY).splitlines()}
    wrapped = set(re.findall(r"'(\w+)'", re.search(r'libcandor_wrapped = \[(.*?)\]',
                  (ROOT / 'libcandor/meson.build').read_text(), re.S).group(1)))
    assert {'malloc', 'free', 'calloc', 'realloc'} <= wrapped
    assert not wanted & HANDS_OUT, wanted & HANDS_OUT
    # Of the wrapped ones only those are left that memory.c itself calls.
    assert wanted & wrapped <= {'malloc', 'calloc', 'realloc', 'free', 'realpath', '__realpath_chk'}, \
        wanted & wrapped
    # One of them used where it is not wrapped would be a reference of its own.
    assert not {name for name in wanted if re.search(r'asprintf|strn?dup', name)}, wanted


def test_soname():
    """Name, link and version."""
    text = HEADER.read_text()
    major, minor = (re.search(rf'#define CANDOR_API_{part} (\d+)', text).group(1)
                    for part in ('MAJOR', 'MINOR'))
    dynamic = run('readelf', '-d', '-W', LIBRARY)
    assert f'soname: [libcandor.so.{major}]' in dynamic, dynamic
    assert LIBRARY.name.startswith(f'libcandor.so.{major}.{minor}.'), LIBRARY.name
    if '__asan' not in run('nm', '-D', LIBRARY):
        library = ctypes.CDLL(str(LIBRARY))
        library.candor_api_version.restype = ctypes.c_char_p
        assert library.candor_api_version().decode() == f'{major}.{minor}'


USER = '''#include <candor/candor.h>
#include <stdio.h>
#include <string.h>

static int take(void *context, const char *data, size_t size)
{
	return fwrite(data, 1, size, (FILE *)context) == size ? 0 : -1;
}

int main(void)
{
	struct candor_standing standing;
	struct candor_verdict verdict;
	struct candor_error error;
	struct candor *c;

	memset(&error, 0, sizeof(error));
	if (candor_create(NULL, &c))
		return 2;
	if (candor_find(c, &error) || candor_load(c, &error) || candor_check(c, &error) ||
	    candor_render(c, "diagnostics", "text", NULL, take, stdout, &error)) {
		fprintf(stderr, "%s: %s\\n", error.file, error.message);
		candor_destroy(c);
		return 1;
	}
	if (candor_read_lock(c, "policy/profiles/lab.lock", &error) ||
	    !candor_verdict_at(c, 0, &verdict) ||
	    !candor_standing_named(c, verdict.feature, CANDOR_ARCH_X86, &standing)) {
		fprintf(stderr, "%s: %s\\n", error.file, error.message);
		candor_destroy(c);
		return 1;
	}
	candor_destroy(c);
	return 0;
}
'''


def test_header():
    """As C and as C++, strictly; nothing else need be included before it."""
    tried = 0
    for compiler, language, standards in (
            ('gcc', 'c', ('c11', 'c17')), ('clang', 'c', ('c11', 'c17')),
            ('g++', 'c++', ('c++11', 'c++20')), ('clang++', 'c++', ('c++11', 'c++20'))):
        if not shutil.which(compiler):
            continue
        for standard in standards:
            run(compiler, '-x', language, f'-std={standard}', '-Wall', '-Wextra', '-pedantic',
                '-Wconversion', '-Wshadow', '-Werror', '-fsyntax-only', '-I', ROOT / 'include', '-',
                input=USER)
            tried += 1
    assert tried >= 2
    print(f'{tried} ways')


def abidw(out):
    """The library's interface, as the header shows it."""
    run('abidw', '--no-corpus-path', '--no-comp-dir-path', '--no-show-locs', '--drop-private-types', '--exported-interfaces-only',
        '--headers-dir', ROOT / 'include', '--out-file', out, LIBRARY)


def test_abi():
    """Nothing removed, nothing changed; what is new has to be written down."""
    skip_without('abidw', 'abidiff')
    if '__asan' in run('nm', '-D', LIBRARY) or run('gcc', '-dumpmachine').split('-')[0] != 'x86_64':
        print('skipped: not the build the baseline is of')
        sys.exit(77)
    if sys.argv[5:] == ['--update']:
        abidw(BASELINE)
        return
    with tempfile.TemporaryDirectory() as folder:
        now = pathlib.Path(folder) / 'now.abi'
        abidw(now)
        done = subprocess.run(['abidiff', '--no-architecture', BASELINE, now], text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode == 0, f'{done.stdout}if meant: library.py abi ... --update, and a number'


def test_install():
    """In a folder of its own, found by pkg-config."""
    skip_without('meson', 'pkg-config', 'gcc')
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        run('meson', 'install', '-C', BUILD, '--no-rebuild', '--quiet', '--destdir', folder / 'root')
        pc = next((folder / 'root').rglob('candor.pc'))
        header = next((folder / 'root').rglob('candor.h'))
        assert header.read_bytes() == HEADER.read_bytes()
        environment = {**os.environ, 'PKG_CONFIG_PATH': str(pc.parent),
                       'PKG_CONFIG_SYSROOT_DIR': str(folder / 'root')}
        flags = run('pkg-config', '--cflags', '--libs', 'candor', env=environment).split()
        version = run('pkg-config', '--modversion', 'candor', env=environment).strip()
        assert LIBRARY.name == f'libcandor.so.{version}'
        (folder / 'user.c').write_text(USER)
        sanitizer = ['-fsanitize=address,undefined'] if '__asan' in run('nm', '-D', LIBRARY) else []
        run('gcc', *sanitizer, folder / 'user.c', '-o', folder / 'user', *flags)
        path = str(pc.parent.parent)
        run(folder / 'user', cwd=ROOT, env={**os.environ, 'LD_LIBRARY_PATH': path})
        said = run(next((folder / 'root').rglob('bin/candor')), '--version',
                   env={**os.environ, 'LD_LIBRARY_PATH': path})
        assert said.startswith('candor '), said


if __name__ == '__main__':
    globals()['test_' + CASE]()
    print(f'{CASE}: ok')
