#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes the header and the file by which one library is loaded when it is first called.

The list names headers, in one line, a library and its functions, one a line. A file that includes the
header written calls them by their own names; lazy_NAME_missing() says why the library cannot
be had, or NULL, and comes before the first call. The library is the one that the compiler
would have linked: its soname goes into the program, and into a note that packagers' tools read
(https://uapi-group.org/specifications/specs/elf_dlopen_metadata).

usage: lazy.py LIST HEADER SOURCE COMPILER...
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

TOP = '''/* Written by lazy.py: {purpose}. */
'''
HEADER = TOP + '''#ifndef CANDOR_LAZY_{upper}_H
#define CANDOR_LAZY_{upper}_H

{headers}
struct lazy_{name} {{
{fields}}};

/** NULL, or why the library cannot be had. To ask before the first call. */
const char *lazy_{name}_missing(void);

/** The library's functions. */
const struct lazy_{name} *lazy_{name}_calls(void);

{defines}
#endif
'''
SOURCE = TOP + '''#include <assert.h>
#include <pthread.h>
#include <stdint.h>

#include "base/lazy.h"
#include "{include}"

static const char *const names[] = {{
{names}}};
static_assert(sizeof(struct lazy_{name}) == sizeof(names), "a pointer for each name");

/* Written once, as the dynamic linker writes its own table. */
static struct lazy_{name} calls;
static char why[256];
static pthread_once_t once = PTHREAD_ONCE_INIT;

__attribute__((used, section(".note.dlopen"), aligned(4))) static const struct {{
	uint32_t name_size, size, type;
	char name[4];
	_Alignas(4) char text[{note_size}];
}} note = {{ 4, {note_size}, 0x407c0c0a, "FDO",
	{note} }};

static void load(void)
{{
	lazy_load("{soname}", names, sizeof(names) / sizeof(names[0]), &calls, why, sizeof(why));
}}

const char *lazy_{name}_missing(void)
{{
	pthread_once(&once, load);
	return why[0] ? why : (const char *)0;
}}

const struct lazy_{name} *lazy_{name}_calls(void)
{{
	pthread_once(&once, load);
	return &calls;
}}
'''


def soname_of(library, compiler):
    """The soname of the library that the linker takes for a name."""
    with tempfile.TemporaryDirectory() as work:
        probe = pathlib.Path(work) / 'probe.so'
        subprocess.run([*compiler, '-shared', '-nostdlib', '-o', probe, '-Wl,--no-as-needed',
                        '-l' + library], check=True)
        text = subprocess.run(['readelf', '-W', '-d', probe], check=True, capture_output=True,
                              text=True).stdout
    return re.search(r'\(NEEDED\).*\[(.+)\]', text)[1]


def main():
    """Read the list, write both files."""
    source, ret_header, ret_source, *compiler = sys.argv[1:]
    header, library, *functions = [line for line in pathlib.Path(source).read_text('ascii').split('\n')
                                   if line and line[0] != '#']
    purpose = f'the functions of {library} that are called'
    soname = soname_of(library, compiler)
    note = json.dumps([{'feature': library, 'priority': 'recommended', 'soname': [soname]}],
                      separators=(',', ':'))
    words = {
        'purpose': purpose, 'name': library, 'upper': library.upper(), 'headers': ''.join(f'#include <{word}>\n' for word in header.split()),
        'soname': soname, 'include': pathlib.Path(ret_header).name,
        'fields': ''.join(f'\t__typeof__({word}) *{word};\n' for word in functions),
        'defines': ''.join(f'#define {word} (lazy_{library}_calls()->{word})\n' for word in functions),
        'names': ''.join(f'\t"{word}",\n' for word in functions),
        'note': json.dumps(note), 'note_size': len(note) + 1,
    }
    pathlib.Path(ret_header).write_text(HEADER.format(**words), 'ascii')
    pathlib.Path(ret_source).write_text(SOURCE.format(**words), 'ascii')


if __name__ == '__main__':
    main()
